// Keys and signatures for the lab's zones: real ones, made when the lab starts, so that validators
// of every make can judge them and dates are relative to now. A ZoneKeys is immutable; signing with
// the same one from several threads at a time is not safe (ldns changes the key while it signs).
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "dns/name.hpp"
#include "dns/result.hpp"

namespace lab {

/// Between which times signatures are valid.
struct Validity {
  std::chrono::sys_seconds inception;
  std::chrono::sys_seconds expiration;
};

/// How the absence of names is proven.
enum class Denial { nsec, nsec3, nsec3_opt_out };

/// A key signing key and a zone signing key of algorithm 13 (ECDSAP256SHA256).
class ZoneKeys {
 public:
  /// Makes two new keys.
  static dns::Result<ZoneKeys> generate(const dns::Name& zone);
  ZoneKeys(ZoneKeys&&) noexcept;
  ZoneKeys& operator=(ZoneKeys&&) noexcept;
  ~ZoneKeys();

  /// The signed zone as master-file text: `text` with DNSKEY, NSEC or NSEC3, and RRSIG records.
  /// `text` must hold the SOA and no DNSSEC records.
  dns::Result<std::string> sign(std::string_view text, const Validity& validity,
                                Denial denial = Denial::nsec) const;

  /// The DS record of the key signing key (SHA-256), one line of a master file.
  std::string ds_text() const;
  /// The DNSKEY record of the key signing key, one line: what a trust anchor file holds.
  std::string anchor_text() const;
  /// The private keys in BIND's format, for servers that sign by themselves.
  std::string ksk_private_text() const;
  std::string zsk_private_text() const;

 private:
  struct Impl;
  explicit ZoneKeys(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace lab
