// From a zone's DS records, or trust anchors, to the keys that may be used for it: RFC 4035 section
// 5.2, RFC 4509 section 3, with a verdict for every DS.
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

/// What one DS record, or one trust anchor, does for the zone.
enum class AnchorStatus : std::uint8_t {
  anchors,                  ///< its key is there and validly signs the DNSKEY RRset
  key_does_not_sign,        ///< its key is there; `signature` says why that is of no use
  key_revoked,              ///< its key is there with the REVOKE flag (RFC 5011)
  key_not_zone_key,         ///< its key is there without the zone flag
  key_protocol_not_3,       ///< its key is there with another protocol
  digest_differs,           ///< a key has its tag and algorithm, but not its digest
  algorithm_differs,        ///< a key has its tag, but another algorithm
  no_such_key,              ///< no key has its tag
  ignored,                  ///< SHA-1 beside a digest of the SHA-2 family (RFC 4509 section 3)
  algorithm_not_supported,  ///< not by us (RFC 4035 section 5.2)
  digest_not_supported,     ///< not by us (RFC 4035 section 5.2)
  digest_size_wrong,        ///< the digest has not the size of its type
  work_limit,               ///< not judged: more records than kMaxAnchorsPerZone
  malformed,                ///< the RDATA is neither a DS nor a DNSKEY
};

/// For machines: "anchors", "digest-differs", ...; constant.
std::string_view to_text(AnchorStatus status);

struct AnchorVerdict {
  const Record* record = nullptr;  ///< the DS or DNSKEY; valid while its section lives
  AnchorStatus status = AnchorStatus::malformed;
  std::uint16_t key_tag = 0;
  std::uint8_t algorithm = 0;
  std::uint8_t digest_type = 0;    ///< 0 for a trust anchor that is a DNSKEY
  std::optional<std::size_t> key;  ///< index into DnskeyVerdict::keys, of the key it stands for
  /// With `key_does_not_sign`: the best of the signatures with the key's tag, `missing` for none.
  std::optional<SignatureStatus> signature;
};

/// Why the keys of a zone are, or are not, to be trusted.
enum class ChainReason : std::uint8_t {
  anchored,         ///< secure
  no_supported_ds,  ///< insecure: no DS has an algorithm and digest that we support
  no_anchors,       ///< indeterminate: nothing to start from; absence of DS is proven elsewhere
  no_dnskeys,       ///< bogus: anchors, but no DNSKEY RRset
  no_key_matches,   ///< bogus: no DS has its key in the DNSKEY RRset
  anchored_key_does_not_sign,  ///< bogus: the keys are there, but no signature of theirs counts
  work_limit,                  ///< bogus: the bounds were met before a good signature was
};

/// For machines: "anchored", "no-key-matches", ...; constant.
std::string_view to_text(ChainReason reason);

struct DnskeyVerdict {
  Status status = Status::indeterminate;
  ChainReason reason = ChainReason::no_anchors;
  /// The zone's keys, those with an anchor marked. To be used for its RRsets only when `status` is
  /// secure.
  KeySet keys;
  std::vector<AnchorVerdict> anchors;  ///< in the order given
  /// The DNSKEY RRset judged by all of its own keys, anchored or not: for what there is to say
  /// about each signature. Being secure here alone means nothing.
  RrsetVerdict rrset;
  /// When the chain stops, or stopped, here: the latest expiration among signatures by anchored
  /// keys that are right in every respect but time.
  std::optional<Seconds> valid_until;

  bool is_secure() const { return status == Status::secure; }
  /// Why no key that an anchor stands for signs the keys: the best that can be said of a signature
  /// by one of them. The reason of `rrset` when no anchor has its key.
  SignatureStatus entry_signature() const;
};

/// Judges the DNSKEY RRset of `zone` by `anchors`: DS records, which must be authenticated, or
/// trust anchors as DS or DNSKEY records, or both.
DnskeyVerdict validate_dnskeys(const Name& zone, std::span<const Record* const> anchors,
                               const RrsetView& dnskeys, Seconds now, Verifier& verifier,
                               WorkBudget& work);

/// Whether a delegation with these authenticated DS records is to be validated at all: false when
/// no record has an algorithm and a digest that we support (RFC 4035 section 5.2).
bool has_supported_ds(std::span<const Record* const> ds, const Verifier& verifier);

}  // namespace dns::dnssec
