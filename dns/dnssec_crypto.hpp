// OpenSSL behind values: the public keys of DNSSEC, verification by them, and digests. Private to
// dns/dnssec_*.cpp: nothing of OpenSSL shows in here either.
//
// All objects are immutable after construction and safe to use from several threads at once.
// Nothing leaves an error in OpenSSL's queue.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "dns/dnssec_algorithms.hpp"
#include "dns/rdata.hpp"

// OpenSSL's EVP_PKEY and EVP_MD.
struct evp_pkey_st;
struct evp_md_st;

namespace dns::dnssec {

/// What cryptography says about one signature.
enum class CryptoResult : std::uint8_t {
  valid,
  invalid,
  unusable_key,  ///< the octets are no key of the algorithm, or one outside the bounds
  unsupported,   ///< the library does not know the algorithm, or its policy forbids it
};

struct MdFree {
  void operator()(evp_md_st* md) const;
};
using Md = std::unique_ptr<evp_md_st, MdFree>;

/// The hash functions, fetched once: OpenSSL's implicit fetch costs more than hashing a record.
class Hashes {
 public:
  Hashes();

  const evp_md_st* sha1() const { return sha1_.get(); }
  const evp_md_st* sha256() const { return sha256_.get(); }
  const evp_md_st* sha384() const { return sha384_.get(); }
  const evp_md_st* sha512() const { return sha512_.get(); }

  /// The digest of a DS over the parts one after the other; nothing when the digest is not known or
  /// the library refuses it.
  std::optional<Bytes> digest(std::uint8_t digest_type, std::span<const std::uint8_t> first,
                              std::span<const std::uint8_t> second) const;

 private:
  Md sha1_;
  Md sha256_;
  Md sha384_;
  Md sha512_;
};

/// A public key in the form OpenSSL works with.
class PublicKey {
 public:
  /// `octets` is the public key field of a DNSKEY. Never fails: octets that are no usable key make
  /// one by which nothing verifies.
  PublicKey(std::uint8_t algorithm, std::span<const std::uint8_t> octets, const Hashes& hashes);
  PublicKey(const PublicKey&) = delete;
  PublicKey& operator=(const PublicKey&) = delete;
  ~PublicKey();

  /// `signature` is the signature field of an RRSIG of the key's algorithm.
  CryptoResult verify(std::span<const std::uint8_t> data,
                      std::span<const std::uint8_t> signature) const;

 private:
  evp_pkey_st* key_ = nullptr;     // null: unusable
  const evp_md_st* md_ = nullptr;  // of `hashes`; null for EdDSA, which hashes by itself
  std::size_t ecdsa_size_ = 0;     // octets of one coordinate; 0 for other algorithms
  bool supported_ = false;
};

/// Whether the library can and may verify signatures of an algorithm. Costs a trial set-up.
bool library_supports(std::uint8_t algorithm, const Hashes& hashes);

}  // namespace dns::dnssec
