// The records that deny: NSEC (RFC 4034 section 4) and NSEC3 (RFC 5155 section 3) as typed views,
// and the NSEC3 hash of a name. Values and pure functions; a parser gives nothing for RDATA that
// has not exactly the form of its type.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_map>

#include "dns/dnssec_crypto.hpp"
#include "dns/rdata.hpp"

// OpenSSL's EVP_MD_CTX.
struct evp_md_ctx_st;

namespace dns::dnssec {

/// The types that exist at a name (RFC 4034 section 4.1.2).
class TypeBitmap {
 public:
  TypeBitmap() = default;
  /// `octets` must have been checked for form.
  explicit TypeBitmap(std::span<const std::uint8_t> octets)
      : octets_(octets.begin(), octets.end()) {}

  bool has(RRType type) const;
  /// True when no type but some of these is listed.
  bool has_only(std::initializer_list<RRType> types) const;
  bool empty() const { return octets_.empty(); }

  /// The name is the parent's side of a zone cut: NS without SOA.
  bool is_delegation() const { return has(RRType::ns) && !has(RRType::soa); }

 private:
  Bytes octets_;
};

struct Nsec {
  Name next;
  TypeBitmap types;
};

/// The only registered hash algorithm of NSEC3, RFC 5155 section 11.
inline constexpr std::uint8_t kNsec3Sha1 = 1;
/// RFC 5155 section 3.1.2.1.
inline constexpr std::uint8_t kNsec3OptOut = 1;

using Nsec3Hash = std::array<std::uint8_t, 20>;

struct Nsec3 {
  std::uint8_t hash_algorithm = 0;
  std::uint8_t flags = 0;
  std::uint16_t iterations = 0;
  Bytes salt;
  Bytes next;  ///< hashed; as long as the record says
  TypeBitmap types;

  bool is_opt_out() const { return (flags & kNsec3OptOut) != 0; }
};

std::optional<Nsec> parse_nsec(std::span<const std::uint8_t> rdata);
std::optional<Nsec3> parse_nsec3(std::span<const std::uint8_t> rdata);

/// The hash that the first label of an NSEC3 owner spells (base32hex, RFC 4648 section 7, in any
/// case); nothing when it is none of 20 octets.
std::optional<Nsec3Hash> nsec3_hash_from_label(std::string_view label);
/// The label, in lower case.
std::string nsec3_label(const Nsec3Hash& hash);

/// Hashes names with one set of NSEC3 parameters (RFC 5155 section 5), each name once. A hash costs
/// `iterations` + 1 applications of SHA-1; counting them is the caller's. Not thread-safe.
class Nsec3Hasher {
 public:
  Nsec3Hasher(std::uint16_t iterations, Bytes salt);

  /// Nothing when the library has no SHA-1.
  std::optional<Nsec3Hash> hash(const Name& name);
  bool has_hashed(const Name& name) const { return done_.count(name) != 0; }

 private:
  struct ContextFree {
    void operator()(evp_md_ctx_st* context) const;
  };

  std::uint16_t iterations_;
  Bytes salt_;
  Md sha1_;
  std::unique_ptr<evp_md_ctx_st, ContextFree> context_;
  std::unordered_map<Name, Nsec3Hash> done_;
};

}  // namespace dns::dnssec
