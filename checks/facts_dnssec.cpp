// Facts about DNSSEC: every address by its own keys, and what that makes of the zone.
#include "checks/facts_dnssec.hpp"

#include <algorithm>
#include <utility>

#include "checks/facts.hpp"
#include "checks/read_once.hpp"
#include "dns/dnssec_canonical.hpp"
#include "dns/dnssec_limits.hpp"
#include "dns/dnssec_nsec.hpp"

namespace checks {

namespace {

using dns::RRType;
using dns::dnssec::Claim;
using dns::dnssec::RrsetVerdict;
using dns::dnssec::RrsetView;
using dns::dnssec::Seconds;
using dns::dnssec::Status;
using survey::QuestionId;

Seconds seconds(std::int64_t since_1970) {
  return Seconds(std::chrono::seconds(since_1970));
}

std::int64_t number(Seconds time) {
  return time.time_since_epoch().count();
}

// ---- dates ----

void add_dates(JudgedRrset& rrset, const Validity& validity) {
  if (!rrset.latest || validity.expiration > rrset.latest->expiration) rrset.latest = validity;
  const bool valid =
      validity.inception <= rrset.judged_at && rrset.judged_at <= validity.expiration;
  if (valid && (!rrset.current || validity.expiration > rrset.current->expiration)) {
    rrset.current = validity;
  }
}

// Signatures that are wrong in another respect than time never made the RRset valid: their dates
// mean nothing. While no keys are known, all may be right.
void read_dates(JudgedRrset& rrset, const dns::dnssec::KeySet* entries) {
  for (const dns::dnssec::SignatureVerdict& signature : rrset.verdict.signatures) {
    if (signature.status == dns::dnssec::SignatureStatus::malformed) continue;
    if (rrset.keys_known && !signature.is_right_but_for_time()) continue;
    if (entries != nullptr && (!signature.key || !entries->keys[*signature.key].anchored)) continue;
    add_dates(rrset,
              {number(signature.inception), number(signature.expiration), signature.rrsig.key_tag});
  }
}

// Under opt-out a name that is denied may be delegated all the same, without signatures (RFC 5155
// section 6); and nothing is proven by more iterations than are computed (RFC 9276 section 3.2).
bool may_be_delegated(const dns::Message& message) {
  return std::any_of(
      message.authority.begin(), message.authority.end(), [](const dns::Record& record) {
        if (record.type != RRType::nsec3) return false;
        const auto nsec3 = dns::dnssec::parse_nsec3(record.rdata);
        return nsec3 &&
               (nsec3->is_opt_out() || nsec3->iterations > dns::dnssec::kMaxNsec3Iterations);
      });
}

// What the addresses of a zone say in the same words is judged once.
struct JudgedOnce {
  ReadOnce<dns::dnssec::DnskeyVerdict> keys;
  dns::dnssec::RrsetMemory& rrsets;
};

// Judged at one address of an ordinary zone: the keys, SOA, NS and two denials.
constexpr std::size_t kUsualRrsets = 10;

// ---- one address ----

class AddressValidator {
 public:
  AddressValidator(AddressFacts& address, const Facts& facts, const dns::dnssec::Trust& trust,
                   JudgedOnce& once)
      : address_(address), facts_(facts), trust_(trust), once_(once) {}

  /// First, for all else is judged by them.
  void judge_keys() {
    address_.dnssec.rrsets.reserve(kUsualRrsets);
    const survey::Answer* const answer = address_.seen->find(QuestionId::dnskey);
    const dns::Exchange* const exchange = address_.dnskey_exchange;
    if (answer == nullptr || exchange == nullptr || !address_.dnskeys || exchange->gave_up_edns()) {
      return;
    }
    const std::int64_t at = facts_.told_at(answer, *exchange);
    address_.dnssec.keys =
        once_.keys.of(*exchange->response, at, [&](const dns::Message& response) {
          dns::dnssec::WorkBudget work;
          const RrsetView dnskeys =
              dns::dnssec::collect_rrset(response.answer, zone(), RRType::dnskey);
          return validate_dnskeys(zone(), facts_.dnssec.anchors, dnskeys, seconds(at),
                                  trust_.verifier, work);
        });
    if (address_.dnskeys->empty()) return;
    const dns::dnssec::DnskeyVerdict& verdict = *address_.dnssec.keys;
    JudgedRrset rrset = made(SignedRrset::dnskey, *exchange, at);
    rrset.keys_known = true;
    rrset.verdict = verdict.rrset;
    const bool leads = std::any_of(verdict.keys.keys.begin(), verdict.keys.keys.end(),
                                   [](const dns::dnssec::Key& key) { return key.anchored; });
    add_judged(address_.dnssec, std::move(rrset), leads ? &verdict.keys : nullptr);
  }

  void judge_rrsets() {
    judge_answer(nullptr, address_.best->exchange, SignedRrset::soa, RRType::soa);
    judge_answer(address_.seen->find(QuestionId::ns), address_.ns_exchange, SignedRrset::ns,
                 RRType::ns);
    judge_additional();
    for (const survey::Answer& answer : address_.seen->answers) {
      if (answer.id == QuestionId::ns_address) judge_own_address(answer);
    }
    judge_denial();
    decide();
  }

 private:
  const dns::Name& zone() const { return facts_.survey.zone; }

  static JudgedRrset made(SignedRrset kind, const dns::Exchange& exchange, std::int64_t at) {
    JudgedRrset rrset;
    rrset.rrset = kind;
    rrset.exchange = &exchange;
    rrset.judged_at = at;
    return rrset;
  }

  void finish(JudgedRrset rrset) { add_judged(address_.dnssec, std::move(rrset)); }

  bool has_keys() const { return address_.dnssec.keys && !address_.dnssec.keys->keys.keys.empty(); }

  const dns::dnssec::KeySet& keys() const {
    return has_keys() ? address_.dnssec.keys->keys : no_keys_;
  }

  // Of what is judged by keys that outlive this object.
  dns::dnssec::RrsetMemory* memory() const { return has_keys() ? &once_.rrsets : nullptr; }

  JudgedRrset judge(const RrsetView& view, SignedRrset kind, const dns::Exchange& exchange,
                    std::int64_t at, dns::dnssec::WorkBudget& work) const {
    JudgedRrset rrset = made(kind, exchange, at);
    rrset.keys_known = has_keys();
    rrset.verdict = validate_rrset(view, keys(), seconds(at), trust_.verifier, work, memory());
    return rrset;
  }

  void judge_answer(const survey::Answer* answer, const dns::Exchange* exchange, SignedRrset kind,
                    RRType type) {
    if (exchange == nullptr || exchange->gave_up_edns()) return;
    const RrsetView view =
        dns::dnssec::collect_rrset(exchange->response->answer, exchange->question.qname, type);
    if (view.records.empty()) return;
    if (kind == SignedRrset::address && !belongs_here(view)) return;
    dns::dnssec::WorkBudget work;
    const std::int64_t at = facts_.told_at(answer, *exchange);
    JudgedRrset rrset = judge(view, kind, *exchange, at, work);
    const auto expansion = prove_expansion(rrset.verdict, exchange->response->authority, keys(),
                                           seconds(at), trust_.verifier, work, memory());
    if (expansion && expansion->status == Status::bogus) rrset.unproven = expansion->reason;
    if (answer != nullptr && is_by_former_key(answer->carried_over, rrset.verdict)) return;
    finish(std::move(rrset));
  }

  void judge_own_address(const survey::Answer& answer) {
    for (const OwnAddressAnswer& own : address_.own_addresses) {
      if (own.kind != dns::ResponseKind::answer || own.exchange != &answer.exchange.final()) {
        continue;
      }
      judge_answer(&answer, own.exchange, SignedRrset::address, own.type);
    }
  }

  // Below the zone there may be another one with keys of its own, or without any. Where it is on
  // the same servers, resolution passes it by: its signatures tell, or the path to it.
  bool belongs_here(const RrsetView& addresses) const {
    if (!addresses.owner.is_at_or_below(zone()) || is_signed_below(addresses, zone())) return false;
    const NameserverFacts* const nameserver = facts_.find_nameserver(addresses.owner);
    if (nameserver == nullptr) return true;
    const survey::Nameserver& seen = *nameserver->seen;
    if (seen.path && seen.path->zone.is_below(zone())) return false;
    return !seen.a.closest_zone.is_below(zone()) && !seen.aaaa.closest_zone.is_below(zone());
  }

  // Addresses that come along with the NS set: only what is signed there is looked at.
  void judge_additional() {
    const dns::Exchange* const exchange = address_.ns_exchange;
    if (exchange == nullptr) return;
    const std::vector<dns::Record>& additional = exchange->response->additional;
    const bool any_signed =
        std::any_of(additional.begin(), additional.end(),
                    [](const dns::Record& record) { return record.type == RRType::rrsig; });
    if (!any_signed) return;
    dns::dnssec::WorkBudget work;
    const std::int64_t at = facts_.told_at(address_.seen->find(QuestionId::ns), *exchange);
    for (const RrsetView& view : dns::dnssec::collect_rrsets(additional)) {
      const bool wanted = (view.type == RRType::a || view.type == RRType::aaaa) &&
                          !view.signatures.empty() && belongs_here(view);
      if (!wanted) continue;
      JudgedRrset rrset = judge(view, SignedRrset::address, *exchange, at, work);
      rrset.in_additional = true;
      finish(std::move(rrset));
    }
  }

  std::optional<dns::dnssec::DenialQuestion> denied() const {
    const NegativeFacts& negative = address_.negative;
    dns::dnssec::DenialQuestion question;
    question.qname = negative.exchange->question.qname;
    question.qtype = negative.exchange->question.qtype;
    switch (negative.kind) {
      case NegativeKind::nxdomain:
        question.claim = Claim::name_error;
        return question;
      case NegativeKind::nodata:
      case NegativeKind::compact:
        question.claim = Claim::no_data;
        return question;
      case NegativeKind::wildcard:
        question.claim = Claim::wildcard_answer;
        return question;
      default:
        return std::nullopt;
    }
  }

  void judge_denial() {
    const dns::Exchange* const exchange = address_.negative.exchange;
    if (exchange == nullptr || exchange->gave_up_edns()) return;
    dns::dnssec::WorkBudget work;
    const std::int64_t at = facts_.told_at(address_.seen->find(QuestionId::nonexistent), *exchange);
    if (address_.negative.kind == NegativeKind::dname) {
      // The only signature there is: what is made of a DNAME has none (RFC 6672 section 5.3.1).
      const std::vector<dns::Record>& answer = exchange->response->answer;
      const RrsetView dname = dns::dnssec::collect_rrset(answer, zone(), RRType::dname);
      return finish(judge(dname, SignedRrset::denial, *exchange, at, work));
    }
    std::optional<dns::dnssec::DenialQuestion> question = denied();
    if (!question) return;
    if (question->claim == Claim::wildcard_answer && !judge_synthesised(*question, work, at))
      return;
    const dns::Message& message = *exchange->response;
    const RrsetView soa = dns::dnssec::collect_rrset(message.authority, zone(), RRType::soa);
    if (!soa.records.empty()) finish(judge(soa, SignedRrset::denial, *exchange, at, work));
    dns::dnssec::DenialVerdict denial = prove_denial(*question, message.authority, keys(),
                                                     seconds(at), trust_.verifier, work, memory());
    for (const RrsetVerdict& verdict : denial.rrsets) {
      const bool alias = question->claim == Claim::wildcard_answer;
      if (alias && is_of_another_zone(verdict)) continue;
      JudgedRrset rrset = made(SignedRrset::denial, *exchange, at);
      rrset.keys_known = has_keys();
      rrset.verdict = verdict;
      finish(std::move(rrset));
    }
    if (!has_keys()) return;  // nothing to judge it by: only its dates are of use
    address_.dnssec.denial = std::move(denial);
    address_.dnssec.denial_exchange = exchange;
  }

  // A server may follow an alias into another zone that it serves, and say there what does not
  // exist.
  bool is_of_another_zone(const RrsetVerdict& verdict) const {
    if (!verdict.owner.is_at_or_below(zone())) return true;
    return std::any_of(verdict.signatures.begin(), verdict.signatures.end(),
                       [&](const dns::dnssec::SignatureVerdict& signature) {
                         const dns::Name& signer = signature.rrsig.signer;
                         return signer.is_below(zone()) && verdict.owner.is_at_or_below(signer);
                       });
  }

  // Signatures by zones that do not hold the name are none (RFC 4035 section 5.3.1).
  bool is_signed_from_above(const RrsetView& view) const {
    return std::any_of(view.signatures.begin(), view.signatures.end(),
                       [this](const dns::Record* record) {
                         const auto rrsig = dns::parse_rrsig(record->rdata);
                         return rrsig && zone().is_at_or_below(rrsig->signer);
                       });
  }

  // Data from a wildcard: signed as such, it also needs the proof that the name is not there. A
  // CNAME leads elsewhere and is not followed.
  bool judge_synthesised(dns::dnssec::DenialQuestion& question, dns::dnssec::WorkBudget& work,
                         std::int64_t at) {
    const dns::Exchange& exchange = *address_.negative.exchange;
    bool synthesised = false;
    for (const RRType type : {question.qtype, RRType::cname}) {
      const RrsetView view =
          dns::dnssec::collect_rrset(exchange.response->answer, question.qname, type);
      if (view.records.empty()) continue;
      if (!is_signed_from_above(view) && may_be_delegated(*exchange.response)) continue;
      JudgedRrset rrset = judge(view, SignedRrset::denial, exchange, at, work);
      question.closest_encloser = rrset.verdict.closest_encloser;
      synthesised = rrset.verdict.closest_encloser.has_value();
      finish(std::move(rrset));
    }
    return synthesised;
  }

  void decide() {
    AddressDnssec& dnssec = address_.dnssec;
    decide_signed();
    if (facts_.dnssec.delegation != Status::secure || !dnssec.keys) return;
    const bool all =
        std::all_of(dnssec.rrsets.begin(), dnssec.rrsets.end(), [](const JudgedRrset& rrset) {
          return rrset.in_additional || rrset.rrset == SignedRrset::denial || rrset.is_secure();
        });
    const bool keys_secure = dnssec.keys->is_secure();
    // With good keys all hangs on the SOA; without signatures of it nothing can be told.
    if (!keys_secure || !address_.best->exchange->gave_up_edns()) {
      dnssec.valid = keys_secure && all;
      dnssec.usable = keys_secure && dnssec.has_secure_soa();
    }
    decide_denial(keys_secure);
  }

  // Validators refuse the whole answer when a part of it is bogus: the SOA that comes with a proof
  // (RFC 2308 section 3), or the data from a wildcard, as well as the proof.
  void decide_denial(bool keys_secure) {
    AddressDnssec& dnssec = address_.dnssec;
    const bool bogus =
        std::any_of(dnssec.rrsets.begin(), dnssec.rrsets.end(), [](const JudgedRrset& rrset) {
          return rrset.rrset == SignedRrset::denial && rrset.keys_known && !rrset.is_secure();
        });
    if (bogus) {
      dnssec.denial_valid = false;
      return;
    }
    if (!dnssec.denial) return;
    const bool proven = dnssec.denial->is_proven();
    if (!proven && dnssec.denial->status != Status::bogus) return;
    dnssec.denial_valid = keys_secure && proven;
  }

  void decide_signed() {
    if (!address_.dnskeys) return;
    const std::vector<JudgedRrset>& rrsets = address_.dnssec.rrsets;
    const bool any = std::any_of(rrsets.begin(), rrsets.end(), [](const JudgedRrset& rrset) {
      return rrset.is_signed &&
             (rrset.rrset == SignedRrset::soa || rrset.rrset == SignedRrset::dnskey);
    });
    const bool gave_up =
        address_.best->exchange->gave_up_edns() ||
        (address_.dnskey_exchange != nullptr && address_.dnskey_exchange->gave_up_edns());
    if (!address_.dnskeys->empty() && !any && gave_up) return;
    address_.is_signed = !address_.dnskeys->empty() && any;
  }

  AddressFacts& address_;
  const Facts& facts_;
  const dns::dnssec::Trust& trust_;
  JudgedOnce& once_;
  const dns::dnssec::KeySet no_keys_{facts_.survey.zone, {}};
};

// ---- the zone ----

// Its own anchors may be out of date, or the clock here wrong: then the zone is not to blame.
bool own_anchor_fails(const Facts& facts) {
  if (!facts.dnssec.is_anchor || facts.dnssec.delegation != Status::secure) return false;
  bool judged = false;
  for (const AddressFacts& address : facts.addresses) {
    if (!address.dnssec.keys) continue;
    if (address.dnssec.keys->is_secure()) return false;
    judged = true;
  }
  return judged;
}

Status status_of(const Facts& facts) {
  if (facts.dnssec.delegation != Status::secure) return facts.dnssec.delegation;
  bool judged = false;
  for (const AddressFacts& address : facts.addresses) {
    if (address.dnssec.usable == true) return Status::secure;
    judged = judged || address.dnssec.usable.has_value();
  }
  return judged && !facts.dnssec.own_anchor_fails ? Status::bogus : Status::indeterminate;
}

// Where a server serves the zone signed, the others could as well.
void mark_without_signatures(Facts& facts) {
  const bool some_sign =
      std::any_of(facts.addresses.begin(), facts.addresses.end(),
                  [](const AddressFacts& address) { return address.is_signed == true; });
  if (!some_sign) return;
  for (AddressFacts& address : facts.addresses) {
    if (address.is_signed != false || !address.dnskeys || address.dnskeys->empty()) continue;
    const std::vector<JudgedRrset>& rrsets = address.dnssec.rrsets;
    address.dnssec.gives_no_signatures = std::none_of(
        rrsets.begin(), rrsets.end(), [](const JudgedRrset& rrset) { return rrset.is_signed; });
  }
}

}  // namespace

void add_judged(AddressDnssec& dnssec, JudgedRrset rrset, const dns::dnssec::KeySet* entries) {
  rrset.is_signed = rrset.verdict.reason != dns::dnssec::SignatureStatus::missing;
  read_dates(rrset, entries);
  dnssec.rrsets.push_back(std::move(rrset));
}

bool is_signed_below(const RrsetView& rrset, const dns::Name& zone) {
  return std::any_of(
      rrset.signatures.begin(), rrset.signatures.end(), [&](const dns::Record* record) {
        const auto rrsig = dns::parse_rrsig(record->rdata);
        return rrsig && rrsig->signer.is_below(zone) && rrset.owner.is_at_or_below(rrsig->signer);
      });
}

bool is_by_former_key(bool carried_over, const RrsetVerdict& verdict) {
  return carried_over && (verdict.reason == dns::dnssec::SignatureStatus::no_such_key ||
                          verdict.reason == dns::dnssec::SignatureStatus::key_algorithm_differs);
}

bool AddressDnssec::has_secure_soa() const {
  return std::any_of(rrsets.begin(), rrsets.end(), [](const JudgedRrset& rrset) {
    return rrset.rrset == SignedRrset::soa && rrset.is_secure();
  });
}

std::string_view to_text(SignedRrset rrset) {
  switch (rrset) {
    case SignedRrset::soa:
      return "soa";
    case SignedRrset::ns:
      return "ns";
    case SignedRrset::dnskey:
      return "dnskey";
    case SignedRrset::denial:
      return "denial";
    case SignedRrset::address:
      return "address";
  }
  return "";
}

const dns::dnssec::PathStep* DnssecFacts::broken_ancestor() const {
  if (!path.decided_at) return nullptr;
  const dns::dnssec::PathStep& step = path.steps[*path.decided_at];
  return step.status == Status::bogus ? &step : nullptr;
}

bool Facts::validators_care() const {
  switch (dnssec.delegation) {
    case Status::secure:
    case Status::bogus:
      return true;
    case Status::insecure:
      return false;
    case Status::indeterminate:  // the chain could not be seen: others may see it
      return !delegation.applies || delegation.ds_records.value_or(0) > 0;
  }
  return false;
}

void derive_dnssec_facts(Facts& facts, const dns::dnssec::Trust& trust,
                         dns::dnssec::RrsetMemory& memory) {
  JudgedOnce once{{}, memory};
  for (AddressFacts& address : facts.addresses) {
    if (!address.up()) continue;
    AddressValidator validator(address, facts, trust, once);
    validator.judge_keys();
    validator.judge_rrsets();
  }
  facts.dnssec.own_anchor_fails = own_anchor_fails(facts);
  facts.dnssec.status = status_of(facts);
  mark_without_signatures(facts);
}

}  // namespace checks
