// Whether an RRset is signed by the keys of its zone: RFC 4035 section 5.3, each signature with the
// reason why it counts or does not, and when it stops counting.
//
// Pure functions but for the memory of the Verifier, which changes no verdict. Time is a parameter.
// No errors: whatever octets the records hold, there is a verdict. Safe to call from several
// threads.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "dns/dnssec_canonical.hpp"
#include "dns/dnssec_keys.hpp"
#include "dns/dnssec_limits.hpp"
#include "dns/dnssec_verifier.hpp"
#include "dns/shared_list.hpp"

namespace dns::dnssec {

class RrsetMemory;

/// Wall time as signatures count it.
using Seconds = std::chrono::sys_seconds;

/// RFC 4035 section 4.3.
enum class Status : std::uint8_t { secure, insecure, bogus, indeterminate };
std::string_view to_text(Status status);

/// What one signature is worth. The order is from good to bad: of several signatures over an RRset
/// the smallest tells best what is wrong.
enum class SignatureStatus : std::uint8_t {
  valid,
  expired,             ///< right in every respect but time
  not_yet_valid,       ///< right in every respect but time
  work_limit,          ///< not verified: the bounds of dnssec_limits.hpp were met (CVE-2023-50387)
  crypto_failed,       ///< the data, the signature or the key is another than was signed with
  key_revoked,         ///< RFC 5011 section 2.1
  key_not_zone_key,    ///< the zone flag is clear: RFC 4034 section 2.1.1
  key_protocol_not_3,  ///< RFC 4034 section 2.1.2
  key_unusable,        ///< its octets are no key of its algorithm, or outside the bounds
  key_algorithm_differs,    ///< the zone has the key tag with another algorithm
  no_such_key,              ///< the zone has no key with this tag
  algorithm_not_supported,  ///< RFC 4035 section 5.2
  dates_reversed,           ///< expires before its inception: RFC 4034 section 3.1.5
  too_many_labels,          ///< counts more labels than the owner has: RFC 4035 section 5.3.1
  too_few_labels,           ///< counts fewer than the zone has: for a wildcard outside of it
  signer_not_zone,          ///< the signer's name is not the zone's: RFC 4035 section 5.3.1
  malformed,                ///< the RDATA is no RRSIG
  missing,                  ///< no signature covers the RRset
};

/// For machines: "valid", "crypto-failed", ...; constant.
std::string_view to_text(SignatureStatus status);

struct SignatureVerdict {
  const Record* record = nullptr;  ///< the RRSIG; valid while the section it stands in lives
  SignatureStatus status = SignatureStatus::malformed;
  Rrsig rrsig;          ///< default when malformed
  Seconds inception{};  ///< rrsig's dates as read at the time of judgement
  Seconds expiration{};
  std::optional<std::size_t> key;  ///< index into the KeySet of the key that made it
  /// The RRset has a larger TTL than was signed: validators cut it (RFC 4035 section 5.3.3); a
  /// fault of the server, not a bogus answer.
  bool ttl_above_original = false;
  bool ttl_differs = false;  ///< from that of the RRset: RFC 4034 section 3

  /// Right in every respect but, maybe, time.
  bool is_right_but_for_time() const { return status <= SignatureStatus::not_yet_valid; }
};

/// What the signatures over one RRset come to.
struct RrsetVerdict {
  Name owner;
  RRType type{};
  Status status = Status::bogus;  ///< secure or bogus
  /// `valid`, or the best that can be said of a signature; `missing` when there is none.
  SignatureStatus reason = SignatureStatus::missing;
  /// In the order they were judged: those that can be valid now first. At most
  /// kMaxSignaturesPerRrset.
  SharedList<SignatureVerdict> signatures;
  /// The one to report: of the valid ones, else of those right but for time, the last to expire.
  std::optional<std::size_t> best;
  /// When the RRset stops, or stopped, to validate: the latest expiration among signatures that are
  /// right in every respect but time. Nothing without one.
  std::optional<Seconds> valid_until;
  /// Set when the RRset was synthesised from a wildcard: the owner of the wildcard without "*". The
  /// answer then also needs a proof that the name itself does not exist.
  std::optional<Name> closest_encloser;
  bool ttl_above_original = false;  ///< by the signature reported
  bool ttl_differs = false;         ///< of the signature reported
  bool work_limit_reached = false;  ///< there may be more to say than was computed

  bool is_secure() const { return status == Status::secure; }
};

/// Judges `rrset` by the keys of `keys.zone` at `now`. An RRset of an owner outside the zone has no
/// signature by the zone. An empty RRset is bogus. With `memory` an RRset that comes again in the
/// same words is not judged again.
RrsetVerdict validate_rrset(const RrsetView& rrset, const KeySet& keys, Seconds now,
                            Verifier& verifier, WorkBudget& work, RrsetMemory* memory = nullptr);

}  // namespace dns::dnssec
