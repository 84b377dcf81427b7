// Proofs by NSEC3: RFC 5155 section 8, with the work bounded (CVE-2023-50868).
#include <algorithm>

#include "dns/dnssec_denial_proof.hpp"

namespace dns::dnssec {
namespace {

class Nsec3Proof {
 public:
  Nsec3Proof(const DenialQuestion& question, const Name& zone,
             const std::vector<Nsec3Evidence>& evidence, WorkBudget& work)
      : question_(question),
        zone_(zone),
        evidence_(evidence),
        work_(work),
        hasher_(evidence.front().nsec3.iterations, evidence.front().nsec3.salt),
        cost_(std::uint32_t{evidence.front().nsec3.iterations} + 1) {}

  Proof prove() {
    Proof proof = prove_claim();
    // Whatever could not be hashed was not found either: that is then the reason.
    if (!proof.is_proven() && limit_reached_) proof.reason = DenialReason::work_limit;
    if (!proof.is_proven() && hashless_) proof.reason = DenialReason::unknown_hash_algorithm;
    return proof;
  }

 private:
  Proof prove_claim() {
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

  const Name& qname() const { return question_.qname; }

  /// Nothing once the work for this answer is used up.
  std::optional<Nsec3Hash> hash(const Name& name) {
    if (!hasher_.has_hashed(name) && !work_.take_hashes(cost_)) {
      limit_reached_ = true;
      return std::nullopt;
    }
    const std::optional<Nsec3Hash> hashed = hasher_.hash(name);
    if (!hashed) hashless_ = true;
    return hashed;
  }

  const Nsec3Evidence* matching(const Name& name) {
    const std::optional<Nsec3Hash> hashed = hash(name);
    if (!hashed) return nullptr;
    const auto found =
        std::find_if(evidence_.begin(), evidence_.end(),
                     [&hashed](const Nsec3Evidence& one) { return one.owner == *hashed; });
    return found == evidence_.end() ? nullptr : &*found;
  }

  /// Strictly between owner and next on the circle of hashes.
  static bool spans(const Nsec3Evidence& one, const Nsec3Hash& hash) {
    if (one.owner < one.next) return one.owner < hash && hash < one.next;
    return hash != one.owner && (one.owner < hash || hash < one.next);
  }

  const Nsec3Evidence* covering(const Name& name) {
    const std::optional<Nsec3Hash> hashed = hash(name);
    if (!hashed) return nullptr;
    const auto found =
        std::find_if(evidence_.begin(), evidence_.end(),
                     [&hashed](const Nsec3Evidence& one) { return spans(one, *hashed); });
    return found == evidence_.end() ? nullptr : &*found;
  }

  /// The closest encloser of qname, which itself has no matching record, and the record that covers
  /// the name one label longer (RFC 5155 section 8.3).
  struct Encloser {
    Proof proof;  // `proven` when there is one
    bool opt_out = false;
  };

  Encloser find_encloser() {
    Name next_closer = qname();
    while (next_closer != zone_) {
      const Name candidate = next_closer.parent();
      const Nsec3Evidence* const match = matching(candidate);
      if (match != nullptr) return judge_encloser(*match, candidate, next_closer);
      next_closer = candidate;
    }
    return {no_proof(DenialReason::no_closest_encloser)};
  }

  Encloser judge_encloser(const Nsec3Evidence& match, const Name& encloser,
                          const Name& next_closer) {
    if (match.nsec3.types.is_delegation() || match.nsec3.types.has(RRType::dname)) {
      return {no_proof(DenialReason::parent_side_of_cut)};
    }
    const Nsec3Evidence* const cover = covering(next_closer);
    if (cover == nullptr) return {no_proof(DenialReason::next_closer_not_covered)};
    Proof proof{DenialReason::proven, {match.record, cover->record}};
    proof.closest_encloser = encloser;
    return {std::move(proof), cover->nsec3.is_opt_out()};
  }

  static DenialReason proven(bool opt_out) {
    return opt_out ? DenialReason::proven_by_opt_out : DenialReason::proven;
  }

  /// Section 8.4.
  Proof prove_name_error() {
    if (const Nsec3Evidence* const match = matching(qname())) {
      const TypeBitmap& types = match->nsec3.types;
      if (!types.has(RRType::nxname) || !types.has_only({RRType::rrsig, RRType::nxname})) {
        return no_proof(DenialReason::name_exists);
      }
      return {DenialReason::proven, {match->record}, std::nullopt, true, true, false};
    }
    Encloser encloser = find_encloser();
    Proof& proof = encloser.proof;
    if (!proof.is_proven()) return std::move(proof);
    proof.reason = proven(encloser.opt_out);
    const std::optional<Name> wildcard = wildcard_of(*proof.closest_encloser);
    if (!wildcard) return std::move(proof);
    const Nsec3Evidence* const cover = covering(*wildcard);
    if (matching(*wildcard) != nullptr) {
      proof.reason = DenialReason::wildcard_exists;
    } else if (cover == nullptr) {
      proof.reason = DenialReason::wildcard_not_denied;
    } else {
      proof.records.push_back(cover->record);
    }
    return std::move(proof);
  }

  /// Sections 8.5 to 8.7.
  Proof prove_no_data() {
    if (const Nsec3Evidence* const match = matching(qname())) {
      Proof proof{judge_types(match->nsec3.types, question_), {match->record}};
      proof.name_denied = match->nsec3.types.has(RRType::nxname);
      proof.delegation = match->nsec3.types.is_delegation();
      return proof;
    }
    Encloser encloser = find_encloser();
    Proof& proof = encloser.proof;
    if (!proof.is_proven()) return std::move(proof);
    const std::optional<Name> wildcard = wildcard_of(*proof.closest_encloser);
    const Nsec3Evidence* const match = wildcard ? matching(*wildcard) : nullptr;
    if (match == nullptr) {
      // Under opt-out the name may be an unsigned delegation, or an empty non-terminal above one.
      proof.reason =
          encloser.opt_out ? DenialReason::proven_by_opt_out : DenialReason::wildcard_not_denied;
      return std::move(proof);
    }
    proof.records.push_back(match->record);
    proof.reason = judge_types(match->nsec3.types, question_);
    if (proof.reason == DenialReason::proven) proof.reason = proven(encloser.opt_out);
    if (proof.reason == DenialReason::type_exists) {
      proof.reason = DenialReason::wildcard_type_exists;
    }
    return std::move(proof);
  }

  /// Section 8.8: the closest encloser is known from the labels of the signature.
  Proof prove_wildcard_answer() {
    if (matching(qname()) != nullptr) return no_proof(DenialReason::name_exists);
    const std::size_t labels = question_.closest_encloser->label_count();
    const Name next_closer = qname().suffix(labels + 1);
    if (matching(next_closer) != nullptr) return no_proof(DenialReason::closer_name_exists);
    const Nsec3Evidence* const cover = covering(next_closer);
    if (cover == nullptr) return no_proof(DenialReason::next_closer_not_covered);
    Proof proof{proven(cover->nsec3.is_opt_out()), {cover->record}};
    proof.closest_encloser = question_.closest_encloser;
    return proof;
  }

  /// Section 8.9.
  Proof prove_unsigned_delegation() {
    if (const Nsec3Evidence* const match = matching(qname())) {
      Proof proof{judge_delegation(match->nsec3.types), {match->record}};
      proof.delegation = proof.is_proven();
      return proof;
    }
    Encloser encloser = find_encloser();
    Proof& proof = encloser.proof;
    if (!proof.is_proven()) return std::move(proof);
    proof.reason =
        encloser.opt_out ? DenialReason::proven_by_opt_out : DenialReason::not_a_delegation;
    return std::move(proof);
  }

  const DenialQuestion& question_;
  const Name& zone_;
  const std::vector<Nsec3Evidence>& evidence_;
  WorkBudget& work_;
  Nsec3Hasher hasher_;
  const std::uint32_t cost_;
  bool limit_reached_ = false;
  bool hashless_ = false;
};

}  // namespace

Proof prove_by_nsec3(const DenialQuestion& question, const Name& zone,
                     const std::vector<Nsec3Evidence>& evidence, WorkBudget& work) {
  return Nsec3Proof(question, zone, evidence, work).prove();
}

}  // namespace dns::dnssec
