// Proof that something does not exist: NSEC (RFC 4035 section 5.4, RFC 6840 section 4), NSEC3 with
// opt-out (RFC 5155 section 8), and compact denial (RFC 9824).
//
// The caller says what a response claims; the verdict says whether the denial records in its
// authority section prove that under the zone's keys, and if not, what is missing. All reasoning is
// ours: ldns's helpers accept insufficient proofs and crash on hostile ones.
//
// Pure functions but for the memory of the Verifier. No errors: whatever octets the records hold,
// there is a verdict. Safe to call from several threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "dns/dnssec_keys.hpp"
#include "dns/dnssec_validation.hpp"

namespace dns::dnssec {

/// What a response says does not exist.
enum class Claim : std::uint8_t {
  name_error,  ///< NXDOMAIN: the name, anything below it, and a wildcard that would match it
  no_data,     ///< NODATA: the type at the name, or at the wildcard that matches it; DS at a parent
               ///< included; an empty non-terminal has no types
  wildcard_answer,      ///< data from a wildcard: the name itself, and anything closer to it
  unsigned_delegation,  ///< a referral without DS: the name is delegated, and has no DS
};

struct DenialQuestion {
  Name qname;      ///< of a referral the name that is delegated
  RRType qtype{};  ///< of no_data
  Claim claim{};
  /// Of wildcard_answer: RrsetVerdict::closest_encloser of the data.
  std::optional<Name> closest_encloser;
};

/// Why a claim is proven or not.
enum class DenialReason : std::uint8_t {
  proven,             ///< secure
  proven_by_opt_out,  ///< insecure: an NSEC3 record with opt-out covers what may be there unsigned

  iterations_over_limit,  ///< insecure: more than kMaxNsec3Iterations (RFC 9276 section 3.2)

  unknown_hash_algorithm,  ///< indeterminate: NSEC3 records were ignored for it (RFC 5155
                           ///< section 8.1)
  unknown_flags,           ///< indeterminate: NSEC3 records were ignored for them (section 8.2)
  unknown_records,         ///< indeterminate: neither NSEC nor NSEC3, but validly signed records of
                           ///< a type that is not known here

  // All below are bogus.
  no_records,               ///< no NSEC or NSEC3 record in the authority section
  records_not_valid,        ///< what is missing may be in records whose signatures do not count
  records_malformed,        ///< what is missing may be in records that no signer makes
  parameters_differ,        ///< NSEC3 records of several parameter sets (RFC 5155 section 8.2)
  name_not_denied,          ///< no record matches or covers the name
  name_exists,              ///< a record shows that the name exists, maybe as an empty non-terminal
  type_exists,              ///< the record at the name lists the type, or CNAME
  wildcard_not_denied,      ///< no record matches or covers the wildcard that could match
  wildcard_exists,          ///< a record shows that the wildcard exists
  wildcard_type_exists,     ///< the record at the wildcard lists the type, or CNAME
  closer_name_exists,       ///< a name between wildcard and qname exists: the wildcard cannot match
  no_closest_encloser,      ///< no NSEC3 record matches an ancestor of the name
  next_closer_not_covered,  ///< no NSEC3 record covers the name below the closest encloser
  parent_side_of_cut,  ///< the record is of a delegation or DNAME above or at the name: it says
                       ///< nothing of what is there or below (RFC 6840 section 4.1)
  child_side_of_cut,   ///< the record is of the child's apex: it says nothing of DS
  not_a_delegation,    ///< the record at the name does not list NS (RFC 6840 section 4.4)
  work_limit,          ///< the bounds were met before a proof was complete (CVE-2023-50868)
};

/// For machines: "proven", "name-not-denied", ...; constant.
std::string_view to_text(DenialReason reason);

enum class DenialMethod : std::uint8_t { none, nsec, nsec3 };

struct DenialVerdict {
  Status status = Status::bogus;
  DenialReason reason = DenialReason::no_records;
  DenialMethod method = DenialMethod::none;  ///< of the records found
  /// RFC 9824: an NSEC record at the name itself that lists RRSIG, NSEC and NXNAME, or only some of
  /// these; no fault.
  bool compact = false;
  /// With no_data: NXNAME says that the name does not exist.
  bool name_denied = false;
  /// With no_data for DS: the name is a delegation.
  bool delegation = false;
  std::uint16_t iterations = 0;          ///< of the NSEC3 records
  std::optional<Name> closest_encloser;  ///< as far as the proof needed one
  std::vector<const Record*> proof;  ///< the records that prove it; valid while the section lives
  /// Every NSEC and NSEC3 RRset of the section, at most kMaxDenialRecords.
  std::vector<RrsetVerdict> rrsets;
  /// When the denial stops, or stopped, to validate: the earliest RrsetVerdict::valid_until of the
  /// proof, or of all denial records when there is no proof.
  std::optional<Seconds> valid_until;
  bool work_limit_reached = false;  ///< there may be more to say than was computed

  /// What is claimed is proven, if only as far as opt-out goes.
  bool is_proven() const {
    return reason == DenialReason::proven || reason == DenialReason::proven_by_opt_out;
  }
};

/// Judges what the zone `keys.zone` denies, by the records in `authority`, at `now`. For DS the
/// zone is the parent. A qname outside the zone is not denied by it.
DenialVerdict prove_denial(const DenialQuestion& question, std::span<const Record> authority,
                           const KeySet& keys, Seconds now, Verifier& verifier, WorkBudget& work,
                           RrsetMemory* memory = nullptr);

/// Whether data that `data` found secure stand for their owner: made from a wildcard, they need the
/// proof, in the same answer's `authority`, that the owner itself is not there (RFC 4035 section
/// 5.3.4). Nothing when they are not from a wildcard.
std::optional<DenialVerdict> prove_expansion(const RrsetVerdict& data,
                                             std::span<const Record> authority, const KeySet& keys,
                                             Seconds now, Verifier& verifier, WorkBudget& work,
                                             RrsetMemory* memory = nullptr);

}  // namespace dns::dnssec
