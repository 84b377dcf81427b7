#include "dns/dnssec_denial.hpp"

#include <algorithm>

#include "dns/dnssec_denial_proof.hpp"

namespace dns::dnssec {
namespace {

/// What the authority section holds: evidence, and what was left out of it and why.
struct Collected {
  std::vector<NsecEvidence> nsec;
  std::vector<Nsec3Evidence> nsec3;
  bool found = false;  // any NSEC or NSEC3 record at all
  bool not_valid = false;
  bool malformed = false;
  bool unknown_hash = false;
  bool unknown_flags = false;
  bool unknown_records = false;
  bool iterations_over_limit = false;
  bool parameters_differ = false;
};

bool have_equal_parameters(const Nsec3& a, const Nsec3& b) {
  return a.iterations == b.iterations && a.salt == b.salt;
}

void add_nsec(const Record& record, Collected& collected) {
  std::optional<Nsec> nsec = parse_nsec(record.rdata);
  if (!nsec) {
    collected.malformed = true;
    return;
  }
  collected.nsec.push_back({&record, *std::move(nsec)});
}

void add_nsec3(const Record& record, const Name& zone, Collected& collected,
               std::uint16_t& iterations) {
  std::optional<Nsec3> nsec3 = parse_nsec3(record.rdata);
  if (!nsec3) {
    collected.malformed = true;
    return;
  }
  if (nsec3->hash_algorithm != kNsec3Sha1) {
    collected.unknown_hash = true;
    return;
  }
  if ((nsec3->flags & ~kNsec3OptOut) != 0) {
    collected.unknown_flags = true;
    return;
  }
  iterations = std::max(iterations, nsec3->iterations);
  if (nsec3->iterations > kMaxNsec3Iterations) {
    collected.iterations_over_limit = true;
    return;
  }
  const bool in_zone = record.owner != zone && record.owner.parent() == zone;
  const auto owner = in_zone ? nsec3_hash_from_label(record.owner.label(0)) : std::nullopt;
  Nsec3Hash next{};
  if (!owner || nsec3->next.size() != next.size()) {
    collected.malformed = true;
    return;
  }
  std::copy(nsec3->next.begin(), nsec3->next.end(), next.begin());
  if (!collected.nsec3.empty() && !have_equal_parameters(collected.nsec3.front().nsec3, *nsec3)) {
    collected.parameters_differ = true;
    return;
  }
  collected.nsec3.push_back({&record, *owner, next, *std::move(nsec3)});
}

/// An RRset that denies is one record, signed as itself: a signer has no two for one name, and what
/// a wildcard yields is nobody's place in the chain.
bool is_well_formed(const RrsetView& rrset, const RrsetVerdict& verdict) {
  const bool one = rrset.records.size() == 1 || CanonicalRrset(rrset).size() == 1;
  return one && !verdict.closest_encloser;
}

/// Signed by the zone, and of a type that was invented since: it may well be what denies.
bool has_unknown_records(std::span<const Record> authority, const KeySet& keys, Seconds now,
                         Verifier& verifier, WorkBudget& work, RrsetMemory* memory) {
  for (const RrsetView& rrset : collect_rrsets(authority)) {
    if (has_mnemonic(rrset.type) || rrset.signatures.empty()) continue;
    if (validate_rrset(rrset, keys, now, verifier, work, memory).is_secure()) return true;
  }
  return false;
}

/// Judges the denial records of a section; verdicts and bounds met go to `verdict`.
Collected collect(std::span<const Record> authority, const KeySet& keys, Seconds now,
                  Verifier& verifier, WorkBudget& work, RrsetMemory* memory,
                  DenialVerdict& verdict) {
  Collected collected;
  for (const RrsetView& rrset : collect_rrsets(authority)) {
    if (rrset.type != RRType::nsec && rrset.type != RRType::nsec3) continue;
    collected.found = true;
    if (verdict.method == DenialMethod::none) {
      verdict.method = rrset.type == RRType::nsec ? DenialMethod::nsec : DenialMethod::nsec3;
    }
    if (verdict.rrsets.size() == kMaxDenialRecords) {
      verdict.work_limit_reached = true;
      break;
    }
    const RrsetVerdict& judged =
        verdict.rrsets.emplace_back(validate_rrset(rrset, keys, now, verifier, work, memory));
    verdict.work_limit_reached = verdict.work_limit_reached || judged.work_limit_reached;
    if (!judged.is_secure()) {
      collected.not_valid = true;
    } else if (!is_well_formed(rrset, judged)) {
      collected.malformed = true;
    } else if (rrset.type == RRType::nsec) {
      add_nsec(*rrset.records.front(), collected);
    } else {
      add_nsec3(*rrset.records.front(), keys.zone, collected, verdict.iterations);
    }
  }
  collected.unknown_records =
      !collected.found && has_unknown_records(authority, keys, now, verifier, work, memory);
  return collected;
}

/// What to say of a claim that no evidence proves: what was left out may have been what is missing.
DenialReason reason_for_failure(DenialReason reason, const Collected& collected,
                                const DenialVerdict& verdict) {
  if (collected.iterations_over_limit) return DenialReason::iterations_over_limit;
  if (collected.unknown_hash) return DenialReason::unknown_hash_algorithm;
  if (collected.unknown_flags) return DenialReason::unknown_flags;
  if (collected.unknown_records) return DenialReason::unknown_records;
  if (verdict.work_limit_reached) return DenialReason::work_limit;
  if (collected.not_valid) return DenialReason::records_not_valid;
  if (collected.malformed) return DenialReason::records_malformed;
  if (collected.parameters_differ) return DenialReason::parameters_differ;
  return collected.found ? reason : DenialReason::no_records;
}

Status status_of(DenialReason reason) {
  switch (reason) {
    case DenialReason::proven:
      return Status::secure;
    case DenialReason::proven_by_opt_out:
    case DenialReason::iterations_over_limit:
      return Status::insecure;
    case DenialReason::unknown_hash_algorithm:
    case DenialReason::unknown_flags:
    case DenialReason::unknown_records:
      return Status::indeterminate;
    default:
      return Status::bogus;
  }
}

void take_over(Proof&& proof, DenialMethod method, DenialVerdict& verdict) {
  verdict.reason = proof.reason;
  verdict.method = method;
  verdict.compact = proof.compact;
  verdict.name_denied = proof.name_denied;
  verdict.delegation = proof.delegation;
  verdict.closest_encloser = std::move(proof.closest_encloser);
  if (!verdict.is_proven()) return;
  // One record may prove several things.
  for (const Record* const record : proof.records) {
    if (std::find(verdict.proof.begin(), verdict.proof.end(), record) == verdict.proof.end()) {
      verdict.proof.push_back(record);
    }
  }
}

void find_end(DenialVerdict& verdict) {
  for (const RrsetVerdict& rrset : verdict.rrsets) {
    const bool counts =
        !verdict.is_proven() ||
        std::any_of(verdict.proof.begin(), verdict.proof.end(), [&rrset](const Record* record) {
          return record->type == rrset.type && record->owner == rrset.owner;
        });
    if (!counts || !rrset.valid_until) continue;
    if (!verdict.valid_until || *rrset.valid_until < *verdict.valid_until) {
      verdict.valid_until = rrset.valid_until;
    }
  }
}

/// The question has what its claim needs.
bool is_answerable(const DenialQuestion& question, const Name& zone) {
  if (!question.qname.is_at_or_below(zone)) return false;
  if (question.claim != Claim::wildcard_answer) return true;
  return question.closest_encloser && question.closest_encloser->is_at_or_below(zone) &&
         question.qname.is_below(*question.closest_encloser);
}

}  // namespace

std::string_view to_text(DenialReason reason) {
  switch (reason) {
    case DenialReason::proven:
      return "proven";
    case DenialReason::proven_by_opt_out:
      return "proven-by-opt-out";
    case DenialReason::iterations_over_limit:
      return "iterations-over-limit";
    case DenialReason::unknown_hash_algorithm:
      return "unknown-hash-algorithm";
    case DenialReason::unknown_flags:
      return "unknown-flags";
    case DenialReason::unknown_records:
      return "unknown-records";
    case DenialReason::no_records:
      return "no-records";
    case DenialReason::records_not_valid:
      return "records-not-valid";
    case DenialReason::records_malformed:
      return "records-malformed";
    case DenialReason::parameters_differ:
      return "parameters-differ";
    case DenialReason::name_not_denied:
      return "name-not-denied";
    case DenialReason::name_exists:
      return "name-exists";
    case DenialReason::type_exists:
      return "type-exists";
    case DenialReason::wildcard_not_denied:
      return "wildcard-not-denied";
    case DenialReason::wildcard_exists:
      return "wildcard-exists";
    case DenialReason::wildcard_type_exists:
      return "wildcard-type-exists";
    case DenialReason::closer_name_exists:
      return "closer-name-exists";
    case DenialReason::no_closest_encloser:
      return "no-closest-encloser";
    case DenialReason::next_closer_not_covered:
      return "next-closer-not-covered";
    case DenialReason::parent_side_of_cut:
      return "parent-side-of-cut";
    case DenialReason::child_side_of_cut:
      return "child-side-of-cut";
    case DenialReason::not_a_delegation:
      return "not-a-delegation";
    case DenialReason::work_limit:
      return "work-limit";
  }
  return "";
}

DenialReason judge_types(const TypeBitmap& types, const DenialQuestion& question) {
  if (question.qtype == RRType::ds) {
    // The root has no parent: there the record of the apex is the right one.
    if (types.has(RRType::soa) && !question.qname.is_root()) {
      return DenialReason::child_side_of_cut;
    }
  } else if (types.is_delegation()) {
    return DenialReason::parent_side_of_cut;
  }
  const bool exists = types.has(question.qtype) || types.has(RRType::cname);
  return exists ? DenialReason::type_exists : DenialReason::proven;
}

DenialReason judge_delegation(const TypeBitmap& types) {
  if (types.has(RRType::soa)) return DenialReason::child_side_of_cut;
  if (!types.has(RRType::ns)) return DenialReason::not_a_delegation;
  return types.has(RRType::ds) ? DenialReason::type_exists : DenialReason::proven;
}

std::optional<Name> wildcard_of(const Name& closest_encloser) {
  Result<Name> wildcard = closest_encloser.prefixed("*");
  if (!wildcard) return std::nullopt;
  return *std::move(wildcard);
}

DenialVerdict prove_denial(const DenialQuestion& question, std::span<const Record> authority,
                           const KeySet& keys, Seconds now, Verifier& verifier, WorkBudget& work,
                           RrsetMemory* memory) {
  DenialVerdict verdict;
  const Collected collected = collect(authority, keys, now, verifier, work, memory, verdict);
  verdict.reason = DenialReason::name_not_denied;
  const bool answerable = is_answerable(question, keys.zone);
  if (answerable && !collected.nsec.empty()) {
    take_over(prove_by_nsec(question, keys.zone, collected.nsec), DenialMethod::nsec, verdict);
  }
  if (answerable && !verdict.is_proven() && !collected.nsec3.empty() &&
      !collected.parameters_differ && !collected.iterations_over_limit) {
    take_over(prove_by_nsec3(question, keys.zone, collected.nsec3, work), DenialMethod::nsec3,
              verdict);
  }
  if (verdict.reason == DenialReason::work_limit) verdict.work_limit_reached = true;
  if (!verdict.is_proven()) verdict.reason = reason_for_failure(verdict.reason, collected, verdict);
  verdict.status = status_of(verdict.reason);
  find_end(verdict);
  return verdict;
}

std::optional<DenialVerdict> prove_expansion(const RrsetVerdict& data,
                                             std::span<const Record> authority, const KeySet& keys,
                                             Seconds now, Verifier& verifier, WorkBudget& work,
                                             RrsetMemory* memory) {
  if (!data.is_secure() || !data.closest_encloser) return std::nullopt;
  const DenialQuestion question{data.owner, data.type, Claim::wildcard_answer,
                                data.closest_encloser};
  return prove_denial(question, authority, keys, now, verifier, work, memory);
}

}  // namespace dns::dnssec
