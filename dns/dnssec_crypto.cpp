#include "dns/dnssec_crypto.hpp"

#include <algorithm>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "dns/dnssec_limits.hpp"

namespace dns::dnssec {
namespace {

template <auto free>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    free(object);
  }
};
using Bignum = std::unique_ptr<BIGNUM, Free<BN_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using MdContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Free<OSSL_PARAM_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, Free<OSSL_PARAM_BLD_free>>;
using EcdsaSignature = std::unique_ptr<ECDSA_SIG, Free<ECDSA_SIG_free>>;

using Octets = std::span<const std::uint8_t>;

/// Whatever fails in a scope leaves its reasons in a queue of the thread; they are nobody's here.
struct ErrorQueueGuard {
  ErrorQueueGuard() = default;
  ErrorQueueGuard(const ErrorQueueGuard&) = delete;
  ErrorQueueGuard& operator=(const ErrorQueueGuard&) = delete;
  ~ErrorQueueGuard() { ERR_clear_error(); }
};

enum class KeyKind : std::uint8_t { none, rsa, ecdsa, eddsa };

/// How keys and signatures of an algorithm look.
struct Form {
  KeyKind kind = KeyKind::none;
  const char* name = nullptr;      // OpenSSL's, of the key type or of the curve
  std::size_t size = 0;            // octets: of a coordinate, or of an EdDSA key
  std::size_t signature_size = 0;  // octets, of an EdDSA signature
};

Form form_of(std::uint8_t algorithm) {
  switch (static_cast<Algorithm>(algorithm)) {
    case Algorithm::rsasha1:
    case Algorithm::rsasha1_nsec3_sha1:
    case Algorithm::rsasha256:
    case Algorithm::rsasha512:
      return {KeyKind::rsa, "RSA", 0, 0};
    case Algorithm::ecdsap256sha256:
      return {KeyKind::ecdsa, "P-256", 32, 64};
    case Algorithm::ecdsap384sha384:
      return {KeyKind::ecdsa, "P-384", 48, 96};
    case Algorithm::ed25519:
      return {KeyKind::eddsa, "ED25519", 32, 64};
    case Algorithm::ed448:
      return {KeyKind::eddsa, "ED448", 57, 114};
  }
  return {};
}

const EVP_MD* md_of(std::uint8_t algorithm, const Hashes& hashes) {
  switch (static_cast<Algorithm>(algorithm)) {
    case Algorithm::rsasha1:
    case Algorithm::rsasha1_nsec3_sha1:
      return hashes.sha1();
    case Algorithm::rsasha256:
    case Algorithm::ecdsap256sha256:
      return hashes.sha256();
    case Algorithm::rsasha512:
      return hashes.sha512();
    case Algorithm::ecdsap384sha384:
      return hashes.sha384();
    case Algorithm::ed25519:
    case Algorithm::ed448:
      break;
  }
  return nullptr;
}

EVP_PKEY* key_from(const char* type, OSSL_PARAM_BLD* builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder));
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  if (!params || !context || EVP_PKEY_fromdata_init(context.get()) <= 0) return nullptr;
  EVP_PKEY* key = nullptr;
  if (EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params.get()) <= 0) {
    return nullptr;
  }
  return key;
}

/// RFC 3110 section 2: the exponent's length in one octet, or in three that begin with zero; the
/// exponent; the modulus.
EVP_PKEY* rsa_key(Octets octets) {
  if (octets.empty()) return nullptr;
  std::size_t length = octets[0];
  std::size_t at = 1;
  if (length == 0) {
    if (octets.size() < 3) return nullptr;
    length = static_cast<std::size_t>(octets[1] << 8 | octets[2]);
    at = 3;
  }
  if (length == 0 || length >= octets.size() - at) return nullptr;
  const Octets modulus = octets.subspan(at + length);
  // Before the numbers are made: leading zeros apart, neither is longer than this.
  if (length > kMaxRsaModulusBits / 8 || modulus.size() > kMaxRsaModulusBits / 8 + 1) {
    return nullptr;
  }
  const Bignum e(BN_bin2bn(octets.data() + at, static_cast<int>(length), nullptr));
  const Bignum n(BN_bin2bn(modulus.data(), static_cast<int>(modulus.size()), nullptr));
  if (!e || !n) return nullptr;
  const int bits = BN_num_bits(n.get());
  if (bits < kMinRsaModulusBits || bits > kMaxRsaModulusBits || !BN_is_odd(n.get()) ||
      BN_num_bits(e.get()) > kMaxRsaExponentBits || !BN_is_odd(e.get()) || BN_is_one(e.get())) {
    return nullptr;
  }
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1) {
    return nullptr;
  }
  return key_from("RSA", builder.get());
}

/// RFC 6605 section 4: the two coordinates of an uncompressed point, without the octet 4.
EVP_PKEY* ecdsa_key(const Form& form, Octets octets) {
  if (octets.size() != 2 * form.size) return nullptr;
  Bytes point;
  point.reserve(1 + octets.size());
  point.push_back(POINT_CONVERSION_UNCOMPRESSED);
  point.insert(point.end(), octets.begin(), octets.end());
  const ParamBuilder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, form.name, 0) !=
          1 ||
      OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                       point.size()) != 1) {
    return nullptr;
  }
  return key_from("EC", builder.get());
}

EVP_PKEY* eddsa_key(const Form& form, Octets octets) {
  if (octets.size() != form.size) return nullptr;
  return EVP_PKEY_new_raw_public_key_ex(nullptr, form.name, nullptr, octets.data(), octets.size());
}

/// The DER form that OpenSSL wants of the two numbers that an RRSIG has (RFC 6605 section 4).
Bytes der_signature(Octets signature, std::size_t size) {
  const EcdsaSignature pair(ECDSA_SIG_new());
  Bignum r(BN_bin2bn(signature.data(), static_cast<int>(size), nullptr));
  Bignum s(BN_bin2bn(signature.data() + size, static_cast<int>(size), nullptr));
  if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
  static_cast<void>(r.release());  // the pair owns them now
  static_cast<void>(s.release());
  const int length = i2d_ECDSA_SIG(pair.get(), nullptr);
  if (length <= 0) return {};
  Bytes der(static_cast<std::size_t>(length));
  unsigned char* out = der.data();
  i2d_ECDSA_SIG(pair.get(), &out);
  return der;
}

Md fetch(const char* name) {
  return Md(EVP_MD_fetch(nullptr, name, nullptr));
}

}  // namespace

void MdFree::operator()(evp_md_st* md) const {
  EVP_MD_free(md);
}

Hashes::Hashes()
    : sha1_(fetch("SHA1")),
      sha256_(fetch("SHA256")),
      sha384_(fetch("SHA384")),
      sha512_(fetch("SHA512")) {
  ERR_clear_error();
}

std::optional<Bytes> Hashes::digest(std::uint8_t digest_type, Octets first, Octets second) const {
  const EVP_MD* md = nullptr;
  switch (static_cast<Digest>(digest_type)) {
    case Digest::sha1:
      md = sha1();
      break;
    case Digest::sha256:
      md = sha256();
      break;
    case Digest::sha384:
      md = sha384();
      break;
  }
  if (md == nullptr) return std::nullopt;
  const ErrorQueueGuard guard;
  const MdContext context(EVP_MD_CTX_new());
  Bytes out(EVP_MAX_MD_SIZE);
  unsigned size = 0;
  if (!context || EVP_DigestInit_ex2(context.get(), md, nullptr) != 1 ||
      EVP_DigestUpdate(context.get(), first.data(), first.size()) != 1 ||
      EVP_DigestUpdate(context.get(), second.data(), second.size()) != 1 ||
      EVP_DigestFinal_ex(context.get(), out.data(), &size) != 1) {
    return std::nullopt;
  }
  out.resize(size);
  return out;
}

PublicKey::PublicKey(std::uint8_t algorithm, Octets octets, const Hashes& hashes)
    : md_(md_of(algorithm, hashes)) {
  const ErrorQueueGuard guard;
  const Form form = form_of(algorithm);
  supported_ = form.kind != KeyKind::none && (form.kind == KeyKind::eddsa || md_ != nullptr);
  if (!supported_) return;
  switch (form.kind) {
    case KeyKind::rsa:
      key_ = rsa_key(octets);
      break;
    case KeyKind::ecdsa:
      ecdsa_size_ = form.size;
      key_ = ecdsa_key(form, octets);
      break;
    case KeyKind::eddsa:
      key_ = eddsa_key(form, octets);
      break;
    case KeyKind::none:
      break;
  }
}

PublicKey::~PublicKey() {
  EVP_PKEY_free(key_);
}

CryptoResult PublicKey::verify(Octets data, Octets signature) const {
  if (!supported_) return CryptoResult::unsupported;
  if (key_ == nullptr) return CryptoResult::unusable_key;
  const ErrorQueueGuard guard;
  Bytes der;
  if (ecdsa_size_ != 0) {
    if (signature.size() != 2 * ecdsa_size_) return CryptoResult::invalid;
    der = der_signature(signature, ecdsa_size_);
    signature = der;
  }
  const MdContext context(EVP_MD_CTX_new());
  if (!context || EVP_DigestVerifyInit(context.get(), nullptr, md_, nullptr, key_) != 1) {
    return CryptoResult::unsupported;
  }
  const int verified =
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), data.data(), data.size());
  return verified == 1 ? CryptoResult::valid : CryptoResult::invalid;
}

bool library_supports(std::uint8_t algorithm, const Hashes& hashes) {
  const ErrorQueueGuard guard;
  const Form form = form_of(algorithm);
  switch (form.kind) {
    case KeyKind::none:
      return false;
    case KeyKind::eddsa:
      return KeyContext(EVP_PKEY_CTX_new_from_name(nullptr, form.name, nullptr)) != nullptr;
    case KeyKind::ecdsa:
      return md_of(algorithm, hashes) != nullptr &&
             KeyContext(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr)) != nullptr;
    case KeyKind::rsa:
      break;
  }
  // A system's policy may forbid SHA-1 in signatures; the refusal comes when verifying begins. Any
  // odd number of the right size will do for a modulus.
  Bytes octets = {1, 3};
  octets.insert(octets.end(), 128, 0xff);
  const PublicKey probe(algorithm, octets, hashes);
  const Bytes signature(128, 1);
  return probe.verify(octets, signature) == CryptoResult::invalid;
}

}  // namespace dns::dnssec
