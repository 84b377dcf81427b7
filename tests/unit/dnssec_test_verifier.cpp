// The tables, and the Verifier: every algorithm against ldns, its memory, and its bounds.
#include <atomic>
#include <initializer_list>
#include <thread>

#include "dns/dnssec_algorithms.hpp"
#include "dns/dnssec_verifier.hpp"
#include "tests/catch.hpp"
#include "tests/unit/dnssec_dates.hpp"
#include "tests/unit/dnssec_signer.hpp"
#include "tests/unit/message_builder.hpp"

namespace {

using dns::Bytes;
using dns::Dnskey;
using dns::dnssec::Advice;
using dns::dnssec::algorithm_info;
using dns::dnssec::CryptoResult;
using dns::dnssec::digest_info;
using dns::dnssec::Verifier;
using tests::kExpiration;
using tests::kInception;
using tests::Octets;
using tests::SigningKey;

/// A signature and what it is of.
struct Signed {
  Dnskey key;
  Bytes data;
  Bytes signature;
};

Signed signed_by(std::uint8_t algorithm) {
  const SigningKey key("example.", algorithm);
  const auto rrset = tests::records("www.example. 300 IN A 192.0.2.1\n");
  const auto rrsig = dns::parse_rrsig(key.sign(rrset, kInception, kExpiration).rdata);
  const dns::dnssec::CanonicalRrset canonical(tests::rrset_of(rrset));
  return {*dns::parse_dnskey(key.dnskey().rdata), canonical.signed_data(*rrsig), rrsig->signature};
}

TEST_CASE("the registered advice on algorithms and digests") {
  CHECK(algorithm_info(13).mnemonic == "ECDSAP256SHA256");
  CHECK(algorithm_info(13).sign == Advice::recommended);
  CHECK_FALSE(algorithm_info(13).deprecated());
  CHECK(algorithm_info(14).sign == Advice::may);
  // RFC 9905: not to be signed with, still to be validated.
  for (const auto sha1 : std::initializer_list<std::uint8_t>{5, 7}) {
    CHECK(algorithm_info(sha1).sign == Advice::must_not);
    CHECK(algorithm_info(sha1).validate == Advice::recommended);
    CHECK(algorithm_info(sha1).deprecated());
    CHECK(algorithm_info(sha1).known);
  }
  CHECK(algorithm_info(10).sign == Advice::not_recommended);
  CHECK(algorithm_info(12).validate == Advice::must_not);  // RFC 9906
  CHECK_FALSE(algorithm_info(12).known);
  CHECK(algorithm_info(99).mnemonic.empty());
  CHECK_FALSE(algorithm_info(99).known);
  CHECK(digest_info(1).delegate == Advice::must_not);
  CHECK(digest_info(1).known);
  CHECK(digest_info(2).delegate == Advice::recommended);
  CHECK(digest_info(4).size == 48);
  CHECK_FALSE(digest_info(3).known);
  CHECK(dns::dnssec::algorithm_text(13) == "ECDSAP256SHA256 (13)");
  CHECK(dns::dnssec::algorithm_text(99) == "algorithm 99");
  CHECK(dns::dnssec::digest_text(2) == "SHA-256 (2)");
  CHECK(dns::dnssec::digest_text(9) == "digest type 9");
  CHECK(dns::dnssec::to_text(Advice::must_not) == "MUST NOT");
}

TEST_CASE("what ldns signs is valid, and nothing else is") {
  Verifier verifier;
  const auto algorithm =
      GENERATE(std::uint8_t{5}, std::uint8_t{7}, std::uint8_t{8}, std::uint8_t{10},
               std::uint8_t{13}, std::uint8_t{14}, std::uint8_t{15}, std::uint8_t{16});
  INFO("algorithm " << int{algorithm});
  if (!verifier.supports(algorithm)) {
    // The system's policy on SHA-1 is the system's; all else must be there.
    REQUIRE((algorithm == 5 || algorithm == 7));
    WARN("not supported by this system's OpenSSL");
    CHECK(verifier.verify({257, 3, algorithm, {1}}, {}, {}) == CryptoResult::unsupported);
    return;
  }
  const Signed good = signed_by(algorithm);
  CHECK(verifier.verify(good.key, good.data, good.signature) == CryptoResult::valid);

  Signed bad = good;
  bad.data.back() ^= 1;
  CHECK(verifier.verify(bad.key, bad.data, bad.signature) == CryptoResult::invalid);
  bad = good;
  bad.signature[bad.signature.size() / 2] ^= 0x10;
  CHECK(verifier.verify(bad.key, bad.data, bad.signature) == CryptoResult::invalid);
  bad = good;
  bad.signature.pop_back();
  CHECK(verifier.verify(bad.key, bad.data, bad.signature) == CryptoResult::invalid);
  bad = good;
  bad.signature.push_back(0);
  CHECK(verifier.verify(bad.key, bad.data, bad.signature) == CryptoResult::invalid);
  bad = good;
  bad.signature.clear();
  CHECK(verifier.verify(bad.key, bad.data, bad.signature) == CryptoResult::invalid);
  bad = good;
  bad.signature.assign(bad.signature.size(), 0);
  CHECK(verifier.verify(bad.key, bad.data, bad.signature) == CryptoResult::invalid);
  bad = good;
  bad.key = signed_by(algorithm).key;
  CHECK(verifier.verify(bad.key, bad.data, bad.signature) == CryptoResult::invalid);
  bad = good;
  bad.key.public_key.clear();
  CHECK(verifier.verify(bad.key, bad.data, bad.signature) == CryptoResult::unusable_key);
  bad = good;
  bad.key.public_key.resize(3);
  CHECK(verifier.verify(bad.key, bad.data, bad.signature) == CryptoResult::unusable_key);
}

TEST_CASE("an algorithm that is not known is unsupported") {
  Verifier verifier;
  for (const auto algorithm :
       std::initializer_list<std::uint8_t>{0, 1, 3, 6, 12, 17, 23, 253, 255}) {
    CHECK_FALSE(verifier.supports(algorithm));
    CHECK(verifier.verify({257, 3, algorithm, Bytes(64, 1)}, {}, {}) == CryptoResult::unsupported);
  }
  CHECK_FALSE(verifier.digest(0, {}, {}));
  CHECK_FALSE(verifier.digest(3, {}, {}));
  CHECK(verifier.digest(2, {}, {})->size() == 32);
}

/// RSA keys of a shape: exponent and modulus.
Dnskey rsa(const Bytes& exponent, const Bytes& modulus, bool long_form = false) {
  Octets octets;
  if (long_form) {
    octets.u8(0).u16(static_cast<unsigned>(exponent.size()));
  } else {
    octets.u8(static_cast<unsigned>(exponent.size()));
  }
  return {257, 3, 8, octets.raw(exponent).raw(modulus)};
}

TEST_CASE("RSA keys are bounded") {
  Verifier verifier;
  const Bytes data = {1, 2, 3};
  const auto result = [&](const Dnskey& key) {
    return verifier.verify(key, data, Bytes(key.public_key.size(), 1));
  };
  const Bytes e = {1, 0, 1};
  CHECK(result(rsa(e, Bytes(64, 0xff))) == CryptoResult::invalid);
  CHECK(result(rsa(e, Bytes(63, 0xff))) == CryptoResult::unusable_key);
  CHECK(result(rsa(e, Bytes(512, 0xff))) == CryptoResult::invalid);
  CHECK(result(rsa(e, Bytes(513, 0xff))) == CryptoResult::unusable_key);
  CHECK(result(rsa(e, Bytes(65000, 0xff))) == CryptoResult::unusable_key);
  CHECK(result(rsa(e, Bytes(256, 0xff), true)) == CryptoResult::invalid);
  CHECK(result(rsa(Bytes(8, 0xff), Bytes(256, 0xff))) == CryptoResult::invalid);
  CHECK(result(rsa(Bytes(9, 0xff), Bytes(256, 0xff))) == CryptoResult::unusable_key);
  CHECK(result(rsa({1}, Bytes(256, 0xff))) == CryptoResult::unusable_key);
  CHECK(result(rsa({4}, Bytes(256, 0xff))) == CryptoResult::unusable_key);
  CHECK(result(rsa(e, Bytes(256, 0xfe))) == CryptoResult::unusable_key);  // even
  CHECK(result({257, 3, 8, {0}}) == CryptoResult::unusable_key);
  CHECK(result({257, 3, 8, {0, 0, 0}}) == CryptoResult::unusable_key);
  CHECK(result({257, 3, 8, {0, 0xff, 0xff, 1}}) == CryptoResult::unusable_key);
  // Off the curve.
  CHECK(result({257, 3, 13, Bytes(64, 5)}) == CryptoResult::unusable_key);
}

TEST_CASE("the second time is from memory, whatever the result") {
  Verifier verifier;
  const Signed good = signed_by(13);
  Signed bad = good;
  bad.data.back() ^= 1;
  for (int i = 0; i < 12; ++i) {
    CHECK(verifier.verify(good.key, good.data, good.signature) == CryptoResult::valid);
    CHECK(verifier.verify(bad.key, bad.data, bad.signature) == CryptoResult::invalid);
  }
  const Verifier::Counters counters = verifier.counters();
  CHECK(counters.valid == 1);
  CHECK(counters.invalid == 1);
  CHECK(counters.cached == 22);
  CHECK(verifier.bytes() > 0);
}

TEST_CASE("octets that move between data and signature are something else") {
  Verifier verifier;
  const Signed good = signed_by(15);
  CHECK(verifier.verify(good.key, good.data, good.signature) == CryptoResult::valid);
  Signed moved = good;
  moved.data.insert(moved.data.begin(), moved.signature.back());
  moved.signature.pop_back();
  CHECK(verifier.verify(moved.key, moved.data, moved.signature) == CryptoResult::invalid);
  CHECK(verifier.counters().cached == 0);
}

TEST_CASE("memory is bounded and what is in use stays") {
  Verifier verifier({std::size_t{16} << 10, std::size_t{16} << 10});
  const Signed good = signed_by(15);
  const Bytes other_signature(64, 1);
  std::uint64_t cached = 0;
  for (std::uint32_t i = 0; i < 2000; ++i) {
    CHECK(verifier.verify(good.key, Octets().u32(i).bytes(), other_signature) ==
          CryptoResult::invalid);
    if (i % 10 == 0) {
      cached += i == 0 ? 0 : 1;
      CHECK(verifier.verify(good.key, good.data, good.signature) == CryptoResult::valid);
    }
    CHECK(verifier.bytes() <= (std::size_t{32} << 10));
  }
  CHECK(verifier.counters().cached == cached);
  CHECK(verifier.counters().valid == 1);
}

TEST_CASE("without memory every verification is computed") {
  Verifier verifier({0, 0});
  const Signed good = signed_by(15);
  for (int i = 0; i < 3; ++i) {
    CHECK(verifier.verify(good.key, good.data, good.signature) == CryptoResult::valid);
  }
  CHECK(verifier.counters().valid == 3);
  CHECK(verifier.bytes() == 0);
}

TEST_CASE("threads share a verifier") {
  Verifier verifier({std::size_t{8} << 10, std::size_t{16} << 10});
  const std::vector<Signed> all = {signed_by(8), signed_by(13), signed_by(15)};
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      for (std::uint32_t i = 0; i < 100; ++i) {
        const Signed& one = all[(i + static_cast<unsigned>(t)) % all.size()];
        if (verifier.verify(one.key, one.data, one.signature) != CryptoResult::valid) ++wrong;
        const Bytes noise = Octets().u32(i % 50);
        if (verifier.verify(one.key, noise, one.signature) != CryptoResult::invalid) ++wrong;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  const Verifier::Counters counters = verifier.counters();
  CHECK(counters.cached + counters.valid + counters.invalid == 800);
}

}  // namespace
