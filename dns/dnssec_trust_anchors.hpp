// Trust anchors: DS and DNSKEY records that are believed without a signature, where every chain of
// trust begins (RFC 4033 section 2, RFC 4035 section 5). Those of the root are built in; others,
// at any name, several at once, are read from text.
//
// Values; errors are sentences. Safe to read from several threads.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "dns/rdata.hpp"
#include "dns/result.hpp"

namespace dns::dnssec {

/// Records of all trust anchors together, at most; a file with more is refused, and so is one with
/// more than kMaxAnchorsPerZone for one zone, of which some would never be looked at.
inline constexpr std::size_t kMaxTrustAnchors = 256;
/// What there is to say of a record for which there is no room any more.
inline constexpr std::string_view kTooManyTrustAnchors =
    "there are more than 256 trust anchors, or more than 32 of one zone";
/// Octets of a text with trust anchors, at most: 256 keys of 4096 bits need a fifth of it.
inline constexpr std::size_t kMaxTrustAnchorText = std::size_t{1} << 20;

class TrustAnchors {
 public:
  /// No anchors: nothing can be judged, every zone is indeterminate.
  TrustAnchors() = default;

  /// Adds a DS or DNSKEY record of class IN. False, and nothing added, when it is neither or its
  /// RDATA is malformed, when it is known already, or when there are kMaxTrustAnchors, or
  /// kMaxAnchorsPerZone of its zone. The TTL of an anchor means nothing and becomes 0.
  bool add(Record record);

  /// Whether this very record is among them, whatever its TTL and the case of its owner.
  bool contains(const Record& record) const;

  /// The anchors of `zone` itself; valid while this object lives unchanged.
  std::vector<const Record*> of(const Name& zone) const;

  /// The deepest name at or above `zone` that has an anchor: where the chain to `zone` begins.
  std::optional<Name> closest(const Name& zone) const;

  bool empty() const { return records_.empty(); }
  /// In the order in which they were added.
  const std::vector<Record>& records() const { return records_; }

  /// The same records, in whatever order.
  friend bool operator==(const TrustAnchors& a, const TrustAnchors& b) { return equal(a, b); }

 private:
  static bool equal(const TrustAnchors& a, const TrustAnchors& b);

  std::vector<Record> records_;
};

/// The keys of the root zone that IANA publishes as trust anchors: KSK-2017 (20326) and KSK-2024
/// (38696), as DS records.
TrustAnchors builtin_trust_anchors();

/// Reads anchors from text in master file format (RFC 1035 section 5), with DS and DNSKEY records
/// in which numbers are written as numbers; comments and records in parentheses allowed, TTL and
/// class optional, a record given twice counted once. Of the files of RFC 5011 software that say
/// `;;state=N` after a key, only keys that are valid (2) or missing (3) count: the others wait for
/// their hold-down time or are revoked. Fails with a sentence that names the line on anything else,
/// also on keys that can never be an anchor, and on text without an anchor.
Result<TrustAnchors> parse_trust_anchors(std::string_view text);

/// The same for text that holds exactly one record; its sentences name no line.
Result<Record> parse_trust_anchor(std::string_view text);

}  // namespace dns::dnssec
