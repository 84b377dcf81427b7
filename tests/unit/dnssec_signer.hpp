// Records from presentation form, and keys that sign them, for the tests of validation: ldns does
// both, so that what is tested does not make its own input. A mistake in a test's own text throws.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "dns/dnssec_validation.hpp"
#include "dns/rdata.hpp"

namespace tests {

using dns::dnssec::Seconds;

inline dns::Name name(std::string_view text) {
  return *dns::Name::from_text(text);
}

/// "20040409183619" as RRSIG records are printed.
Seconds date(std::string_view text);

/// One line of a master file, with owner, TTL and class.
dns::Record record(const std::string& text);
/// The same for many lines.
std::vector<dns::Record> records(std::string_view lines);

std::vector<const dns::Record*> pointers(const std::vector<dns::Record>& records);
std::vector<dns::Record> operator+(std::vector<dns::Record> a, const std::vector<dns::Record>& b);

/// The RRset that the first of `section` begins.
dns::dnssec::RrsetView rrset_of(const std::vector<dns::Record>& section);

/// RRSIG RDATA.
dns::Bytes rrsig_rdata(const dns::Rrsig& rrsig);
dns::Record rrsig_record(const dns::Name& owner, const dns::Rrsig& rrsig);

/// A private key of ldns's. Signing with one from several threads at a time is not safe.
class SigningKey {
 public:
  static constexpr std::uint16_t kKsk = 257;
  static constexpr std::uint16_t kZsk = 256;

  /// RSA keys have `rsa_bits`.
  SigningKey(std::string_view zone, std::uint8_t algorithm, std::uint16_t flags = kKsk,
             std::uint16_t rsa_bits = 1024);
  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;
  ~SigningKey();

  const dns::Name& zone() const;
  dns::Record dnskey() const;
  std::uint16_t tag() const { return dns::key_tag(dnskey().rdata); }
  dns::Record ds(std::uint8_t digest_type = 2) const;

  /// The RRSIG over an RRset, from canonical form to signature by ldns.
  dns::Record sign(const std::vector<dns::Record>& rrset, Seconds inception,
                   Seconds expiration) const;

  /// The fields of that RRSIG, to be spoiled before sign_as().
  dns::Rrsig fields(const std::vector<dns::Record>& rrset, Seconds inception,
                    Seconds expiration) const;
  /// A cryptographically good signature with just these fields.
  dns::Record sign_as(const std::vector<dns::Record>& rrset, dns::Rrsig fields) const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace tests
