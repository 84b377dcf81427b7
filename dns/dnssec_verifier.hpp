// The cryptography of DNSSEC with a memory: whether a key made a signature over some data.
//
// Twelve servers that serve the same signature cost one verification. What is remembered is the
// result of (algorithm, public key, signed data, signature) alone: never a name, never a time, so
// that it cannot go stale and a verdict judged with a full memory is the one judged with an empty
// one.
//
// Thread-safe: one is built in main and passed by reference to whoever judges. Bounded in bytes;
// what was not used lately is forgotten first. No errors: every outcome is a CryptoResult.
#pragma once

#include <array>
#include <atomic>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "dns/dnssec_crypto.hpp"
#include "dns/generation_cache.hpp"
#include "dns/rdata.hpp"

namespace dns::dnssec {

/// The memory of a Verifier, in bytes.
struct VerifierBounds {
  std::size_t results = std::size_t{16} << 20;  ///< some 100 each: 170,000 signatures
  std::size_t keys = std::size_t{16} << 20;     ///< some 5,000 each: 3,000 keys
};

class Verifier {
 public:
  explicit Verifier(VerifierBounds bounds = {});
  Verifier(const Verifier&) = delete;
  Verifier& operator=(const Verifier&) = delete;

  /// Whether `signature`, the field of an RRSIG, is one of `data` by the key. Time, names and flags
  /// are the caller's to judge.
  CryptoResult verify(const Dnskey& key, std::span<const std::uint8_t> data,
                      std::span<const std::uint8_t> signature);

  /// Whether signatures of the algorithm can be verified here: known to this project, built into
  /// the cryptographic library, and allowed by its policy.
  bool supports(std::uint8_t algorithm) const { return supported_[algorithm]; }

  /// The digest of a DS over the parts one after the other (RFC 4034 section 5.1.4); nothing when
  /// the digest type is not supported.
  std::optional<Bytes> digest(std::uint8_t digest_type, std::span<const std::uint8_t> owner,
                              std::span<const std::uint8_t> dnskey_rdata) const {
    return hashes_.digest(digest_type, owner, dnskey_rdata);
  }

  /// How verifications ended since the start, for dnszone_exporter_verifications_total.
  struct Counters {
    std::uint64_t cached = 0;   ///< answered from memory
    std::uint64_t valid = 0;    ///< computed
    std::uint64_t invalid = 0;  ///< computed; by an unusable key too
  };
  Counters counters() const;

  /// Bytes in use now, by the count of VerifierBounds.
  std::size_t bytes() const;

 private:
  using Fingerprint = std::array<std::uint8_t, 32>;  // SHA-256: nobody can make two alike
  struct FingerprintHash {
    std::size_t operator()(const Fingerprint& print) const noexcept;
  };
  using SharedKey = std::shared_ptr<const PublicKey>;
  using Results = GenerationCache<Fingerprint, CryptoResult, FingerprintHash>;
  using Keys = GenerationCache<Fingerprint, SharedKey, FingerprintHash>;

  std::optional<CryptoResult> remembered(const Fingerprint& print);
  void remember(const Fingerprint& print, CryptoResult result);
  SharedKey public_key(const Dnskey& key, const Fingerprint& print);

  const Hashes hashes_;
  std::bitset<256> supported_;  // constant after construction
  mutable std::mutex mutex_;
  Results results_;  // guarded by mutex_
  Keys keys_;        // guarded by mutex_
  std::atomic<std::uint64_t> cached_{0};
  std::atomic<std::uint64_t> valid_{0};
  std::atomic<std::uint64_t> invalid_{0};
};

}  // namespace dns::dnssec
