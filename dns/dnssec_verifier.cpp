#include "dns/dnssec_verifier.hpp"

#include <cstring>
#include <initializer_list>
#include <new>
#include <stdexcept>

#include <openssl/evp.h>

namespace dns::dnssec {
namespace {

using Octets = std::span<const std::uint8_t>;

// What an entry costs: its node and its share of the buckets.
constexpr std::size_t kResultBytes = 96;
// The same and what OpenSSL keeps for a key, which it does not tell: measured, and rounded up.
constexpr std::size_t kKeyBytes = 4096;
constexpr std::size_t kBytesPerKeyOctet = 4;

/// SHA-256 over the algorithm and the parts, each behind its length: no two lists of parts make the
/// same octets.
bool fingerprint(const EVP_MD* sha256, EVP_MD_CTX* context, std::uint8_t algorithm,
                 std::initializer_list<Octets> parts, std::uint8_t* out) {
  bool good = EVP_DigestInit_ex2(context, sha256, nullptr) == 1 &&
              EVP_DigestUpdate(context, &algorithm, 1) == 1;
  for (const Octets part : parts) {
    const std::uint64_t size = part.size();
    good = good && EVP_DigestUpdate(context, &size, sizeof size) == 1 &&
           EVP_DigestUpdate(context, part.data(), part.size()) == 1;
  }
  return good && EVP_DigestFinal_ex(context, out, nullptr) == 1;
}

}  // namespace

std::size_t Verifier::FingerprintHash::operator()(const Fingerprint& print) const noexcept {
  std::size_t hash = 0;
  std::memcpy(&hash, print.data(), sizeof hash);
  return hash;
}

Verifier::Verifier(VerifierBounds bounds) : results_(bounds.results), keys_(bounds.keys) {
  if (hashes_.sha256() == nullptr) throw std::runtime_error("OpenSSL has no SHA-256");
  for (std::size_t number = 0; number < supported_.size(); ++number) {
    const auto algorithm = static_cast<std::uint8_t>(number);
    supported_[number] = algorithm_info(algorithm).known && library_supports(algorithm, hashes_);
  }
}

CryptoResult Verifier::verify(const Dnskey& key, Octets data, Octets signature) {
  if (!supports(key.algorithm)) return CryptoResult::unsupported;
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(),
                                                                   EVP_MD_CTX_free);
  Fingerprint print;
  Fingerprint key_print;
  const bool printed = context &&
                       fingerprint(hashes_.sha256(), context.get(), key.algorithm, {key.public_key},
                                   key_print.data()) &&
                       fingerprint(hashes_.sha256(), context.get(), key.algorithm,
                                   {key_print, signature, data}, print.data());
  if (!printed) throw std::bad_alloc();  // SHA-256 fails for no other reason
  if (const std::optional<CryptoResult> result = remembered(print)) {
    cached_.fetch_add(1, std::memory_order_relaxed);
    return *result;
  }
  const CryptoResult result = public_key(key, key_print)->verify(data, signature);
  (result == CryptoResult::valid ? valid_ : invalid_).fetch_add(1, std::memory_order_relaxed);
  remember(print, result);
  return result;
}

// In the three below the garbage is declared before the lock, so that it is destroyed after it.

std::optional<CryptoResult> Verifier::remembered(const Fingerprint& print) {
  Results::Garbage garbage;
  const std::lock_guard lock(mutex_);
  return results_.find(print, garbage);
}

void Verifier::remember(const Fingerprint& print, CryptoResult result) {
  Results::Garbage garbage;
  const std::lock_guard lock(mutex_);
  results_.insert(print, result, kResultBytes, garbage);
}

Verifier::SharedKey Verifier::public_key(const Dnskey& key, const Fingerprint& print) {
  Keys::Garbage garbage;
  {
    const std::lock_guard lock(mutex_);
    if (std::optional<SharedKey> known = keys_.find(print, garbage)) return *std::move(known);
  }
  // Made outside the lock: two threads may make the same key, and one is thrown away.
  SharedKey made = std::make_shared<const PublicKey>(key.algorithm, key.public_key, hashes_);
  const std::size_t bytes = kKeyBytes + kBytesPerKeyOctet * key.public_key.size();
  const std::lock_guard lock(mutex_);
  keys_.insert(print, made, bytes, garbage);
  return made;
}

Verifier::Counters Verifier::counters() const {
  return {cached_.load(std::memory_order_relaxed), valid_.load(std::memory_order_relaxed),
          invalid_.load(std::memory_order_relaxed)};
}

std::size_t Verifier::bytes() const {
  const std::lock_guard lock(mutex_);
  return results_.bytes() + keys_.bytes();
}

}  // namespace dns::dnssec
