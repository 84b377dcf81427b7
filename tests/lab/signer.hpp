// Keys and signatures for the lab's zones: real ones, made when the lab starts, so that validators
// of every make can judge them and dates are relative to now. A ZoneKeys is immutable; signing with
// the same one from several threads at a time is not safe (ldns changes the key while it signs).
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dns/name.hpp"
#include "dns/rdata.hpp"
#include "dns/result.hpp"

namespace lab {

/// Between which times signatures are valid.
struct Validity {
  std::chrono::sys_seconds inception;
  std::chrono::sys_seconds expiration;
};

/// How the absence of names is proven.
enum class Denial { nsec, nsec3, nsec3_opt_out };

/// A key signing key, a zone signing key, or one key for both.
enum class KeyRole { ksk, zsk, csk };

/// What is wrong with the DS records of a key.
enum class DsFault { none, digest, algorithm, key_tag, unknown_digest, unknown_algorithm };

/// ECDSAP256SHA256, of keys that nothing else is said about.
inline constexpr std::uint8_t kDefaultAlgorithm = 13;
inline constexpr std::uint8_t kSha256Digest = 2;

/// One key of a zone, and at which point of its life it is. A rollover is a list of these.
struct KeySpec {
  KeyRole role = KeyRole::ksk;
  std::uint8_t algorithm = kDefaultAlgorithm;  ///< 5, 7, 8, 10, 13, 14, 15 or 16
  bool is_published = true;                    ///< in the DNSKEY RRset
  bool signs = true;
  std::vector<std::uint8_t> ds;  ///< digest types of the DS records that the parent has of it
  DsFault ds_fault = DsFault::none;
  bool is_zone_key = true;  ///< RFC 4034 section 2.1.1
  bool is_revoked = false;  ///< RFC 5011 section 2.1
  std::uint8_t protocol = 3;
};

/// A key signing key with a DS and a zone signing key.
std::vector<KeySpec> usual_keys(std::uint8_t algorithm = kDefaultAlgorithm);

/// A key as the tools of BIND keep it in two files.
struct KeyFile {
  KeyRole role = KeyRole::ksk;
  std::string base;         ///< K<zone>+<algorithm>+<tag>
  std::string public_text;  ///< the DNSKEY record, one line
  std::string private_text;
};

/// RSA keys in BIND's format, shared by the zones of a world: to find the primes of each would take
/// longer than all the rest.
using RsaPool = std::vector<std::string>;

class ZoneKeys {
 public:
  /// Makes new keys; the RSA ones are those of `pool`, which grows as needed. Fails when ldns
  /// cannot make a key of the algorithm.
  static dns::Result<ZoneKeys> generate(const dns::Name& zone, const std::vector<KeySpec>& specs,
                                        RsaPool& pool);
  /// The usual keys of the default algorithm.
  static dns::Result<ZoneKeys> generate(const dns::Name& zone);
  ZoneKeys(ZoneKeys&&) noexcept;
  ZoneKeys& operator=(ZoneKeys&&) noexcept;
  ~ZoneKeys();

  /// The signed zone as master-file text: `text` with DNSKEY, NSEC or NSEC3, and RRSIG records.
  /// `text` must hold the SOA and no DNSSEC records. `iterations` are NSEC3's extra ones; `only`
  /// are the places of the keys to sign with and to publish, all of them when it is empty.
  dns::Result<std::string> sign(std::string_view text, const Validity& validity,
                                Denial denial = Denial::nsec, std::uint16_t iterations = 0,
                                const std::vector<std::size_t>& only = {}) const;

  /// Makes the signature in the RDATA of an RRSIG anew, over `rrset` and the RRSIG's other fields
  /// as they are, by the key that they name. Names in RDATA must be in lower case. Fails when the
  /// zone has no such key.
  dns::Result<void> sign_again(dns::Record& rrsig, std::span<const dns::Record* const> rrset) const;

  /// The DS records that the parent has, one line of a master file each.
  std::string ds_text() const;
  /// What the zone itself says that its DS should be: CDS and CDNSKEY (RFC 7344 section 4).
  std::string cds_text() const;
  /// The published DNSKEY records, one line each.
  std::string dnskey_text() const;
  /// The DNSKEY records of the key signing keys, one line each: what a trust anchor file holds.
  std::string anchor_text() const;
  /// The keys that sign, for programs that sign by themselves.
  std::vector<KeyFile> files() const;

 private:
  struct Impl;
  explicit ZoneKeys(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace lab
