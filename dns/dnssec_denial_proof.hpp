// What the proofs by NSEC and by NSEC3 have in common: the evidence they reason on and the result
// they give. Private to dns/dnssec_denial*.cpp. Values and pure functions.
#pragma once

#include <optional>
#include <utility>
#include <vector>

#include "dns/dnssec_denial.hpp"
#include "dns/dnssec_nsec.hpp"

namespace dns::dnssec {

/// A denial record whose signature counts.
struct NsecEvidence {
  const Record* record;
  Nsec nsec;
};
struct Nsec3Evidence {
  const Record* record;
  Nsec3Hash owner;
  Nsec3Hash next;
  Nsec3 nsec3;
};

/// What reasoning over some evidence came to.
struct Proof {
  DenialReason reason = DenialReason::name_not_denied;
  std::vector<const Record*> records = {};
  std::optional<Name> closest_encloser = std::nullopt;
  bool compact = false;
  bool name_denied = false;
  bool delegation = false;

  bool is_proven() const {
    return reason == DenialReason::proven || reason == DenialReason::proven_by_opt_out;
  }
};

inline Proof no_proof(DenialReason reason) {
  return {reason};
}

/// What the types at a name say about `question`, which is a claim of no_data: `proven`, or why
/// not.
DenialReason judge_types(const TypeBitmap& types, const DenialQuestion& question);
/// The same for a claim of unsigned_delegation.
DenialReason judge_delegation(const TypeBitmap& types);

/// "*." and the name; nothing when that would be too long to exist.
std::optional<Name> wildcard_of(const Name& closest_encloser);

/// Here and below `question.qname` is at or below the zone, and below the closest encloser where
/// the claim has one.
Proof prove_by_nsec(const DenialQuestion& question, const Name& zone,
                    const std::vector<NsecEvidence>& evidence);

/// All of `evidence` has the same parameters, within the bounds.
Proof prove_by_nsec3(const DenialQuestion& question, const Name& zone,
                     const std::vector<Nsec3Evidence>& evidence, WorkBudget& work);

}  // namespace dns::dnssec
