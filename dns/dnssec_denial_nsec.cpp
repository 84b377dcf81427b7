// Proofs by NSEC: RFC 4035 section 5.4 with the corrections of RFC 6840 section 4, and RFC 9824.
#include <algorithm>

#include "dns/dnssec_denial_proof.hpp"

namespace dns::dnssec {
namespace {

/// How many labels two names have in common from the right.
std::size_t common_labels(const Name& a, const Name& b) {
  const std::size_t a_labels = a.label_count();
  const std::size_t b_labels = b.label_count();
  std::size_t common = std::min(a_labels, b_labels);
  while (common > 0 && !(a.suffix(common) == b.suffix(common))) --common;
  return common;
}

class NsecProof {
 public:
  NsecProof(const DenialQuestion& question, const Name& zone,
            const std::vector<NsecEvidence>& evidence)
      : question_(question), zone_(zone), evidence_(evidence) {}

  Proof prove() {
    switch (question_.claim) {
      case Claim::name_error:
        return prove_name_error();
      case Claim::no_data:
        return prove_no_data();
      case Claim::wildcard_answer:
        return prove_wildcard_answer();
      case Claim::unsigned_delegation:
        return prove_unsigned_delegation();
    }
    return {};
  }

 private:
  /// A record that covers a name, or why the ones that do are of no use.
  struct Cover {
    const NsecEvidence* evidence = nullptr;
    DenialReason reason = DenialReason::name_not_denied;
  };

  const Name& qname() const { return question_.qname; }

  const NsecEvidence* matching(const Name& name) const {
    const auto found =
        std::find_if(evidence_.begin(), evidence_.end(),
                     [&name](const NsecEvidence& one) { return one.record->owner == name; });
    return found == evidence_.end() ? nullptr : &*found;
  }

  /// The name stands strictly between owner and next in canonical order. The last record of a zone
  /// has the apex as its next.
  bool spans(const NsecEvidence& one, const Name& name) const {
    const Name& owner = one.record->owner;
    const Name& next = one.nsec.next;
    if (!next.is_at_or_below(zone_) || !(owner < name)) return false;
    return next == zone_ || (owner < next && name < next);
  }

  /// Of a delegation or DNAME above the name: what is below is not of this zone.
  static bool is_cut_above(const NsecEvidence& one, const Name& name) {
    return name.is_below(one.record->owner) &&
           (one.nsec.types.is_delegation() || one.nsec.types.has(RRType::dname));
  }

  Cover covering(const Name& name) const {
    Cover cover;
    for (const NsecEvidence& one : evidence_) {
      if (!spans(one, name)) continue;
      if (!is_cut_above(one, name)) return {&one, DenialReason::proven};
      cover.reason = DenialReason::parent_side_of_cut;
    }
    return cover;
  }

  /// The covered name has no records, but names below it have: an empty non-terminal (RFC 4592
  /// section 2.2.2).
  static bool is_empty_non_terminal(const NsecEvidence& cover, const Name& name) {
    return cover.nsec.next.is_below(name);
  }

  /// The longest ancestor of a covered name that exists: owner and next do, and what is above them.
  static Name closest_encloser(const NsecEvidence& cover, const Name& name) {
    return name.suffix(
        std::max(common_labels(name, cover.record->owner), common_labels(name, cover.nsec.next)));
  }

  static bool is_compact(const NsecEvidence& one) {
    return one.nsec.types.has_only({RRType::rrsig, RRType::nsec, RRType::nxname});
  }

  Proof prove_name_error() const {
    if (const NsecEvidence* const match = matching(qname())) {
      if (!match->nsec.types.has(RRType::nxname) || !is_compact(*match)) {
        return no_proof(DenialReason::name_exists);
      }
      return {DenialReason::proven, {match->record}, std::nullopt, true, true, false};
    }
    const Cover cover = covering(qname());
    if (cover.evidence == nullptr) return no_proof(cover.reason);
    if (is_empty_non_terminal(*cover.evidence, qname())) {
      return no_proof(DenialReason::name_exists);
    }
    Proof proof{DenialReason::proven, {cover.evidence->record}};
    proof.closest_encloser = closest_encloser(*cover.evidence, qname());
    deny_wildcard(proof);
    return proof;
  }

  /// Completes a proof that the name does not exist with one that no wildcard matches it.
  void deny_wildcard(Proof& proof) const {
    const std::optional<Name> wildcard = wildcard_of(*proof.closest_encloser);
    if (!wildcard) return;
    const Cover cover = covering(*wildcard);
    if (matching(*wildcard) != nullptr ||
        (cover.evidence != nullptr && is_empty_non_terminal(*cover.evidence, *wildcard))) {
      proof.reason = DenialReason::wildcard_exists;
    } else if (cover.evidence == nullptr) {
      proof.reason = DenialReason::wildcard_not_denied;
    } else {
      proof.records.push_back(cover.evidence->record);
    }
  }

  Proof prove_no_data() const {
    if (const NsecEvidence* const match = matching(qname())) {
      Proof proof{judge_types(match->nsec.types, question_), {match->record}};
      proof.compact = is_compact(*match);
      proof.name_denied = proof.compact && match->nsec.types.has(RRType::nxname);
      proof.delegation = match->nsec.types.is_delegation();
      return proof;
    }
    const Cover cover = covering(qname());
    if (cover.evidence == nullptr) return no_proof(cover.reason);
    Proof proof{DenialReason::proven, {cover.evidence->record}};
    if (is_empty_non_terminal(*cover.evidence, qname())) return proof;
    proof.closest_encloser = closest_encloser(*cover.evidence, qname());
    deny_wildcard_type(proof);
    return proof;
  }

  /// Completes a proof that the name does not exist with one that the wildcard that matches it has
  /// not the type.
  void deny_wildcard_type(Proof& proof) const {
    const std::optional<Name> wildcard = wildcard_of(*proof.closest_encloser);
    const NsecEvidence* const match = wildcard ? matching(*wildcard) : nullptr;
    if (match != nullptr) {
      proof.reason = judge_types(match->nsec.types, question_);
      if (proof.reason == DenialReason::type_exists) {
        proof.reason = DenialReason::wildcard_type_exists;
      }
      proof.records.push_back(match->record);
      return;
    }
    const Cover cover = wildcard ? covering(*wildcard) : Cover();
    if (cover.evidence != nullptr && is_empty_non_terminal(*cover.evidence, *wildcard)) {
      proof.records.push_back(cover.evidence->record);
    } else {
      proof.reason = DenialReason::wildcard_not_denied;
    }
  }

  Proof prove_wildcard_answer() const {
    if (matching(qname()) != nullptr) return no_proof(DenialReason::name_exists);
    const Cover cover = covering(qname());
    if (cover.evidence == nullptr) return no_proof(cover.reason);
    if (is_empty_non_terminal(*cover.evidence, qname())) {
      return no_proof(DenialReason::name_exists);
    }
    Proof proof{DenialReason::proven, {cover.evidence->record}};
    proof.closest_encloser = closest_encloser(*cover.evidence, qname());
    if (proof.closest_encloser != question_.closest_encloser) {
      proof.reason = DenialReason::closer_name_exists;
    }
    return proof;
  }

  Proof prove_unsigned_delegation() const {
    const NsecEvidence* const match = matching(qname());
    if (match == nullptr) {
      const Cover cover = covering(qname());
      return no_proof(cover.evidence == nullptr ? cover.reason : DenialReason::not_a_delegation);
    }
    Proof proof{judge_delegation(match->nsec.types), {match->record}};
    proof.delegation = proof.is_proven();
    return proof;
  }

  const DenialQuestion& question_;
  const Name& zone_;
  const std::vector<NsecEvidence>& evidence_;
};

}  // namespace

Proof prove_by_nsec(const DenialQuestion& question, const Name& zone,
                    const std::vector<NsecEvidence>& evidence) {
  return NsecProof(question, zone, evidence).prove();
}

}  // namespace dns::dnssec
