#include "tests/world/rsa_keys.hpp"

#include <cassert>
#include <initializer_list>
#include <memory>
#include <thread>
#include <utility>

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace world {
namespace {

constexpr int kPrimeBits = 1024;
constexpr unsigned long kExponent = 65'537;

struct BnFree {
  void operator()(BIGNUM* number) const { BN_free(number); }
};
struct CtxFree {
  void operator()(BN_CTX* context) const { BN_CTX_free(context); }
};
using Bn = std::unique_ptr<BIGNUM, BnFree>;
using Ctx = std::unique_ptr<BN_CTX, CtxFree>;

Bn number() {
  return Bn(BN_new());
}

Bn from_hex(const std::string& text) {
  BIGNUM* raw = nullptr;
  BN_hex2bn(&raw, text.c_str());
  return Bn(raw);
}

Bn less_one(const Bn& from) {
  Bn made(BN_dup(from.get()));
  BN_sub_word(made.get(), 1);
  return made;
}

std::string base64(const Bn& value) {
  std::string octets(static_cast<std::size_t>(BN_num_bytes(value.get())), '\0');
  BN_bn2bin(value.get(), reinterpret_cast<unsigned char*>(octets.data()));
  std::string text((octets.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(octets.data()),
                                   static_cast<int>(octets.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

/// A prime that the exponent does not divide less one, so that any two make a key.
std::string prime() {
  const Bn found = number();
  do {
    BN_generate_prime_ex(found.get(), kPrimeBits, 0, nullptr, nullptr, nullptr);
  } while (BN_mod_word(found.get(), kExponent) == 1);
  char* const raw = BN_bn2hex(found.get());
  std::string text(raw);
  OPENSSL_free(raw);
  return text;
}

}  // namespace

std::vector<std::string> find_primes(std::size_t keys, std::size_t threads) {
  std::size_t count = 2;
  while (count * (count - 1) / 2 < keys) ++count;
  std::vector<std::string> primes(count);
  std::vector<std::thread> workers;
  for (std::size_t first = 0; first < threads; ++first) {
    workers.emplace_back([&primes, first, threads] {
      for (std::size_t i = first; i < primes.size(); i += threads) primes[i] = prime();
    });
  }
  for (std::thread& worker : workers) worker.join();
  return primes;
}

std::string rsa_key(const std::vector<std::string>& primes, std::size_t index) {
  std::size_t larger = 1;  // pairs in the order (1,0) (2,0) (2,1) (3,0) ...
  while (larger * (larger + 1) / 2 <= index) ++larger;
  assert(larger < primes.size());
  const Ctx context(BN_CTX_new());
  const Bn p = from_hex(primes[larger]);
  const Bn q = from_hex(primes[index - larger * (larger - 1) / 2]);
  const Bn exponent = number();
  BN_set_word(exponent.get(), kExponent);
  const Bn modulus = number();
  BN_mul(modulus.get(), p.get(), q.get(), context.get());
  const Bn p1 = less_one(p);
  const Bn q1 = less_one(q);
  const Bn phi = number();
  BN_mul(phi.get(), p1.get(), q1.get(), context.get());
  const Bn secret(BN_mod_inverse(nullptr, exponent.get(), phi.get(), context.get()));
  const Bn secret_p = number();
  BN_mod(secret_p.get(), secret.get(), p1.get(), context.get());
  const Bn secret_q = number();
  BN_mod(secret_q.get(), secret.get(), q1.get(), context.get());
  const Bn coefficient(BN_mod_inverse(nullptr, q.get(), p.get(), context.get()));
  std::string text = "Private-key-format: v1.2\nAlgorithm: 8 (RSASHA256)\n";
  for (const auto& [field, value] :
       std::initializer_list<std::pair<const char*, const Bn*>>{{"Modulus", &modulus},
                                                                {"PublicExponent", &exponent},
                                                                {"PrivateExponent", &secret},
                                                                {"Prime1", &p},
                                                                {"Prime2", &q},
                                                                {"Exponent1", &secret_p},
                                                                {"Exponent2", &secret_q},
                                                                {"Coefficient", &coefficient}}) {
    text += std::string(field) + ": " + base64(*value) + "\n";
  }
  return text;
}

}  // namespace world
