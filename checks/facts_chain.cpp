// Facts about the chain of trust: the path down to the parent, and what the parent's servers say
// about DS of the zone.
#include <algorithm>
#include <map>
#include <vector>

#include "checks/facts.hpp"
#include "checks/read_once.hpp"

namespace checks {

namespace {

using dns::dnssec::DsVerdict;
using dns::dnssec::Seconds;
using dns::dnssec::Status;

Seconds now_of(const Facts& facts) {
  return Seconds(std::chrono::seconds(facts.now_seconds()));
}

// What the parent's addresses say of DS, in a referral or an answer; in the same words once.
class DsJudge {
 public:
  DsJudge(const Facts& facts, const dns::dnssec::Trust& trust) : facts_(facts), trust_(trust) {}

  std::shared_ptr<const DsVerdict> judge(const dns::Message& response) {
    return once_.of(response, 0, [this](const dns::Message& said) {
      return validate_ds(facts_.survey.zone, &said, facts_.dnssec.path.keys(), now_of(facts_),
                         trust_.verifier);
    });
  }

 private:
  const Facts& facts_;
  const dns::dnssec::Trust& trust_;
  ReadOnce<DsVerdict> once_;
};

// What a referral brings along about DS (RFC 4035 section 3.1.4); only to who asked with DO.
void judge_referral(Facts& facts, std::size_t parent, DsJudge& ds) {
  const ParentFacts& said = facts.delegation.parents[parent];
  if (said.word != ParentWord::delegation || said.truncated) return;
  const dns::Question& asked = said.exchange->question;
  if (!asked.edns || !asked.edns->dnssec_ok) return;
  facts.dnssec.parents[parent].referral = ds.judge(*said.exchange->response);
}

// The DS that most of the parent's addresses give with a valid signature: one of them may have an
// old copy of the zone, which cns-ds tells. Of equally many the first.
std::optional<std::size_t> choose_ds(const Facts& facts) {
  std::map<std::vector<dns::Bytes>, std::size_t> said;
  std::optional<std::size_t> chosen;
  std::size_t most = 0;
  // From the last to the first, so that of equally many the first one wins.
  for (std::size_t i = facts.dnssec.parents.size(); i-- > 0;) {
    const std::shared_ptr<const DsVerdict>& ds = facts.dnssec.parents[i].ds;
    const std::shared_ptr<const std::vector<dns::Bytes>>& rdata = facts.delegation.parents[i].ds;
    if (!ds || ds->status != Status::secure || !rdata) continue;
    const std::size_t alike = ++said[*rdata];
    if (alike < most) continue;
    most = alike;
    chosen = i;
  }
  return chosen;
}

// Validly signed, but none of a digest and an algorithm that can be verified.
std::vector<const dns::Record*> unsupported_ds(const DnssecFacts& dnssec) {
  for (const ParentDnssec& parent : dnssec.parents) {
    if (parent.ds && parent.ds->reason == dns::dnssec::DsReason::no_supported_ds) {
      return parent.ds->records;
    }
  }
  return {};
}

// Secure as soon as one parent address says so with a valid signature: whoever asks that one must
// validate.
void judge_parents(Facts& facts, const dns::dnssec::Trust& trust) {
  DnssecFacts& dnssec = facts.dnssec;
  DsJudge judge(facts, trust);
  bool insecure = false;
  bool bogus = false;
  for (std::size_t i = 0; i < facts.delegation.parents.size(); ++i) {
    const ParentFacts& parent = facts.delegation.parents[i];
    if (!parent.recent) continue;
    judge_referral(facts, i, judge);
    if (parent.ds_exchange == nullptr) continue;
    if (parent.ds_exchange->gave_up_edns()) continue;
    dnssec.parents[i].ds = judge.judge(*parent.ds_exchange->response);
    const DsVerdict& ds = *dnssec.parents[i].ds;
    insecure = insecure || ds.status == Status::insecure;
    if (ds.reason == dns::dnssec::DsReason::not_a_delegation &&
        facts.delegation.delegated == false) {
      dnssec.proven_undelegated = true;
      continue;
    }
    bogus = bogus || ds.status == Status::bogus;
  }
  dnssec.ds_parent = choose_ds(facts);
  if (dnssec.ds_parent) {
    dnssec.anchors = dnssec.parents[*dnssec.ds_parent].ds->records;
  } else {
    dnssec.anchors = unsupported_ds(dnssec);
  }
  dnssec.delegation = dnssec.ds_parent ? Status::secure
                      : insecure       ? Status::insecure
                      : bogus          ? Status::bogus
                                       : Status::indeterminate;
}

}  // namespace

void derive_chain_facts(Facts& facts, const dns::dnssec::Trust& trust) {
  DnssecFacts& dnssec = facts.dnssec;
  dnssec.parents.resize(facts.delegation.parents.size());
  dnssec.anchors = trust.anchors.of(facts.survey.zone);
  dnssec.is_anchor = !dnssec.anchors.empty();
  if (dnssec.is_anchor) {
    const bool supported = has_supported_ds(dnssec.anchors, trust.verifier);
    dnssec.delegation = supported ? Status::secure : Status::insecure;
    return;
  }
  if (!facts.survey.path) return;
  dnssec.path = judge_path(facts.survey.path, trust, now_of(facts));
  if (dnssec.path.is_secure()) {
    judge_parents(facts, trust);
  } else {
    dnssec.delegation = dnssec.path.status;
  }
}

}  // namespace checks
