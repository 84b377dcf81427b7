#include "dns/dnssec_path.hpp"

#include <algorithm>
#include <utility>

#include "dns/dnssec_canonical.hpp"

namespace dns::dnssec {
namespace {

// No zone is deeper than a name has labels (RFC 1035 section 3.1: 255 octets).
constexpr std::size_t kMaxPathSteps = 128;

DsReason reason_of(const DenialVerdict& denial) {
  switch (denial.status) {
    case Status::secure:
      return DsReason::absence_proven;
    case Status::insecure:
      return denial.reason == DenialReason::iterations_over_limit ? DsReason::iterations_over_limit
                                                                  : DsReason::opt_out;
    case Status::indeterminate:
      return DsReason::denial_not_understood;
    case Status::bogus:
      return denial.reason == DenialReason::not_a_delegation ? DsReason::not_a_delegation
                                                             : DsReason::absence_not_proven;
  }
  return DsReason::absence_not_proven;
}

Status status_of(DsReason reason) {
  switch (reason) {
    case DsReason::valid:
      return Status::secure;
    case DsReason::absence_proven:
    case DsReason::opt_out:
    case DsReason::iterations_over_limit:
    case DsReason::no_supported_ds:
      return Status::insecure;
    case DsReason::no_answer:
    case DsReason::denial_not_understood:
      return Status::indeterminate;
    case DsReason::not_signed:
    case DsReason::absence_not_proven:
    case DsReason::not_a_delegation:
      return Status::bogus;
  }
  return Status::indeterminate;
}

DenialQuestion question_about(const Name& zone, const Message& response) {
  DenialQuestion question;
  question.qname = zone;
  question.qtype = RRType::ds;
  if (response.rcode == Rcode::nxdomain) {
    question.claim = Claim::name_error;
  } else {
    const bool referral = !find_records(response.authority, zone, RRType::ns).empty();
    question.claim = referral ? Claim::unsigned_delegation : Claim::no_data;
  }
  return question;
}

// The name may be proven not to exist, or to be no delegation: then no chain of trust leads into
// what servers call the zone, and what they say in it is signed by nobody.
DsReason judge_denial(const DenialQuestion& question, const DenialVerdict& denial) {
  const DsReason reason = reason_of(denial);
  if (reason != DsReason::absence_proven) return reason;
  const bool nowhere = question.claim == Claim::name_error || denial.name_denied;
  const bool no_cut = question.claim == Claim::no_data && !denial.delegation;
  return nowhere || no_cut ? DsReason::not_a_delegation : reason;
}

const Message* response_of(const std::shared_ptr<const Exchange>& exchange) {
  const bool tells = exchange && exchange->answered() && !exchange->gave_up_edns();
  return tells ? exchange->response.get() : nullptr;
}

bool has_answer(const Message* response) {
  return response != nullptr &&
         (response->rcode == Rcode::noerror || response->rcode == Rcode::nxdomain);
}

void judge_keys(PathStep& step, std::span<const Record* const> anchors, const Trust& trust,
                Seconds now) {
  const Message* const response = response_of(step.zone->dnskey);
  if (!has_answer(response)) {
    step.status = Status::indeterminate;
    return;
  }
  WorkBudget work;
  const RrsetView dnskeys = collect_rrset(response->answer, step.zone->zone, RRType::dnskey);
  step.keys = validate_dnskeys(step.zone->zone, anchors, dnskeys, now, trust.verifier, work);
  step.status = step.keys->status;
}

PathStep judge_step(const std::shared_ptr<const PathZone>& zone, const PathStep* above,
                    const Trust& trust, Seconds now) {
  PathStep step;
  step.zone = zone;
  if (above == nullptr) {
    step.is_anchor = true;
    const std::vector<const Record*> anchors = trust.anchors.of(zone->zone);
    judge_keys(step, anchors, trust, now);
    return step;
  }
  if (above->status != Status::secure) {
    step.status =
        above->is_anchor && above->status == Status::bogus ? Status::indeterminate : above->status;
    return step;
  }
  step.ds = validate_ds(zone->zone, response_of(zone->ds), above->keys->keys, now, trust.verifier);
  step.status = step.ds->status;
  if (step.status == Status::secure) judge_keys(step, step.ds->records, trust, now);
  return step;
}

}  // namespace

std::string_view to_text(DsReason reason) {
  switch (reason) {
    case DsReason::valid:
      return "valid";
    case DsReason::absence_proven:
      return "absence-proven";
    case DsReason::opt_out:
      return "opt-out";
    case DsReason::iterations_over_limit:
      return "iterations-over-limit";
    case DsReason::no_supported_ds:
      return "no-supported-ds";
    case DsReason::no_answer:
      return "no-answer";
    case DsReason::denial_not_understood:
      return "denial-not-understood";
    case DsReason::not_signed:
      return "not-signed";
    case DsReason::absence_not_proven:
      return "absence-not-proven";
    case DsReason::not_a_delegation:
      return "not-a-delegation";
  }
  return "";
}

DsVerdict validate_ds(const Name& zone, const Message* response, const KeySet& parent_keys,
                      Seconds now, Verifier& verifier) {
  DsVerdict verdict;
  if (!has_answer(response)) return verdict;
  WorkBudget work;
  // A referral brings DS in its authority section (RFC 4035 section 3.1.4.1).
  RrsetView ds = collect_rrset(response->answer, zone, RRType::ds);
  if (ds.records.empty()) ds = collect_rrset(response->authority, zone, RRType::ds);
  if (!ds.records.empty()) {
    verdict.rrset = validate_rrset(ds, parent_keys, now, verifier, work);
    verdict.valid_until = verdict.rrset->valid_until;
    verdict.reason = !verdict.rrset->is_secure()              ? DsReason::not_signed
                     : has_supported_ds(ds.records, verifier) ? DsReason::valid
                                                              : DsReason::no_supported_ds;
    verdict.records = std::move(ds.records);
  } else {
    const DenialQuestion question = question_about(zone, *response);
    verdict.denial = prove_denial(question, response->authority, parent_keys, now, verifier, work);
    verdict.valid_until = verdict.denial->valid_until;
    verdict.reason = judge_denial(question, *verdict.denial);
  }
  verdict.status = status_of(verdict.reason);
  return verdict;
}

PathVerdict judge_path(const std::shared_ptr<const PathZone>& last, const Trust& trust,
                       Seconds now) {
  std::vector<std::shared_ptr<const PathZone>> zones;
  bool anchored = false;
  for (std::shared_ptr<const PathZone> at = last; at && !anchored; at = at->above) {
    zones.push_back(at);
    anchored = !trust.anchors.of(at->zone).empty();
    if (zones.size() == kMaxPathSteps) break;
  }
  PathVerdict verdict;
  if (!anchored) return verdict;
  std::reverse(zones.begin(), zones.end());
  verdict.steps.reserve(zones.size());
  for (const std::shared_ptr<const PathZone>& zone : zones) {
    const PathStep* const above = verdict.steps.empty() ? nullptr : &verdict.steps.back();
    PathStep step = judge_step(zone, above, trust, now);
    verdict.steps.push_back(std::move(step));
    if (!verdict.decided_at && verdict.steps.back().status != Status::secure) {
      verdict.decided_at = verdict.steps.size() - 1;
    }
  }
  verdict.status = verdict.steps.back().status;
  if (verdict.decided_at == 0U && verdict.status == Status::bogus) {
    verdict.status = Status::indeterminate;
  }
  return verdict;
}

}  // namespace dns::dnssec
