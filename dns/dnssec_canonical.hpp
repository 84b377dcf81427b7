// RRsets, and the canonical form over which signatures are made (RFC 4034 sections 3.1.8.1 and 6,
// RFC 6840 section 5.1).
//
// The form is our own, not ldns's: records arrive decompressed and checked by dns/message.hpp, so
// that lowering the case of the names in some 25 types is all that is left to do, without copying
// every record into another library's objects; ldns stands against it in the tests. Nothing given
// is changed. Pure functions; no errors: RDATA that has not the form of its type is taken as it is,
// and then no signature over it verifies.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dns/rdata.hpp"

namespace dns::dnssec {

/// An RRset of class IN as it stood in one section, with the RRSIG records that cover it. The
/// pointers are valid while the section lives unchanged.
struct RrsetView {
  Name owner;
  RRType type{};
  std::vector<const Record*> records;
  std::vector<const Record*> signatures;
};

/// The RRset of this owner and type in `section`; without records or signatures when it has none.
RrsetView collect_rrset(std::span<const Record> section, const Name& owner, RRType type);

/// All RRsets of a section in the order of their first record. RRSIG records are no RRset of their
/// own; signatures over nothing are left out. Linear in the section's size.
std::vector<RrsetView> collect_rrsets(std::span<const Record> section);

/// RDATA with the names lowered that the canonical form lowers: those of the types listed in RFC
/// 4034 section 6.2, less NSEC (RFC 6840 section 5.1).
Bytes canonical_rdata(RRType type, std::span<const std::uint8_t> rdata);

/// An RRset brought to canonical form once, for any number of its signatures: RDATA lowered, sorted
/// (RFC 4034 section 6.3) and without duplicates. A value; immutable after construction.
class CanonicalRrset {
 public:
  explicit CanonicalRrset(const RrsetView& rrset);

  /// What `rrsig` signs: its RDATA without the signature, then every record with the owner
  /// reconstructed for a wildcard (RFC 4035 section 5.3.2) and the original TTL. `rrsig.labels`
  /// must not exceed the labels of the owner.
  Bytes signed_data(const Rrsig& rrsig) const;

  /// Distinct records.
  std::size_t size() const { return rdatas_.size(); }

 private:
  Name owner_;
  RRType type_;
  std::vector<Bytes> rdatas_;
};

/// The labels of `name` that an RRSIG counts: not the root's, not a leftmost "*" (RFC 4034 section
/// 3.1.3).
std::size_t signed_labels(const Name& name);

}  // namespace dns::dnssec
