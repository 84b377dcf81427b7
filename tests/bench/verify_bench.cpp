// Verifications per second by algorithm: plain OpenSSL, the Verifier the first time, and the
// Verifier when another server has served the same signature before. Then what a whole RRset costs,
// which is what a server costs.
#include <map>
#include <memory>
#include <string>

#include <benchmark/benchmark.h>
#include <openssl/evp.h>

#include "dns/dnssec_algorithms.hpp"
#include "dns/dnssec_crypto.hpp"
#include "dns/dnssec_validation.hpp"
#include "tests/unit/dnssec_dates.hpp"
#include "tests/unit/dnssec_signer.hpp"

namespace {

using dns::Bytes;
using dns::dnssec::CryptoResult;
using dns::dnssec::Hashes;
using dns::dnssec::PublicKey;
using dns::dnssec::Verifier;
using tests::kExpiration;
using tests::kInception;
using tests::kNow;

/// An RRset as a TLD has it, signed.
struct Sample {
  tests::SigningKey key;
  std::vector<dns::Record> section = tests::records(
      "example. 3600 IN NS a.nic.example.\n"
      "example. 3600 IN NS b.nic.example.\n"
      "example. 3600 IN NS c.nic.example.\n"
      "example. 3600 IN NS d.nic.example.\n");
  dns::Dnskey dnskey;
  Bytes data;
  Bytes signature;
  dns::dnssec::KeySet keys;

  explicit Sample(std::uint8_t algorithm)
      : key("example.", algorithm, tests::SigningKey::kZsk, 2048) {
    const dns::Record rrsig = key.sign(section, kInception, kExpiration);
    const auto fields = *dns::parse_rrsig(rrsig.rdata);
    data = dns::dnssec::CanonicalRrset(tests::rrset_of(section)).signed_data(fields);
    signature = fields.signature;
    dnskey = *dns::parse_dnskey(key.dnskey().rdata);
    const dns::Record published = key.dnskey();
    const std::vector<const dns::Record*> records = {&published};
    keys = dns::dnssec::make_key_set(key.zone(), records);
    section.push_back(rrsig);
  }
};

const Sample& sample(std::uint8_t algorithm) {
  static std::map<std::uint8_t, Sample> samples;
  return samples.try_emplace(algorithm, algorithm).first->second;
}

void require(benchmark::State& state, bool good) {
  if (!good) state.SkipWithError("the signature is not valid");
}

/// OpenSSL with a key made from the DNSKEY each time.
void openssl_new_key(benchmark::State& state, std::uint8_t algorithm) {
  const Sample& one = sample(algorithm);
  const Hashes hashes;
  for (auto _ : state) {
    const PublicKey key(algorithm, one.dnskey.public_key, hashes);
    require(state, key.verify(one.data, one.signature) == CryptoResult::valid);
  }
  state.SetItemsProcessed(state.iterations());
}

/// OpenSSL with the key at hand.
void openssl(benchmark::State& state, std::uint8_t algorithm) {
  const Sample& one = sample(algorithm);
  const Hashes hashes;
  const PublicKey key(algorithm, one.dnskey.public_key, hashes);
  for (auto _ : state) require(state, key.verify(one.data, one.signature) == CryptoResult::valid);
  state.SetItemsProcessed(state.iterations());
}

/// The Verifier knows the key, and has not seen the signature: it remembers no results.
void verifier_miss(benchmark::State& state, std::uint8_t algorithm) {
  const Sample& one = sample(algorithm);
  Verifier verifier({0, std::size_t{1} << 20});
  for (auto _ : state) {
    require(state, verifier.verify(one.dnskey, one.data, one.signature) == CryptoResult::valid);
  }
  state.SetItemsProcessed(state.iterations());
}

/// Another server has served the signature before.
void verifier_hit(benchmark::State& state, std::uint8_t algorithm) {
  const Sample& one = sample(algorithm);
  Verifier verifier;
  for (auto _ : state) {
    require(state, verifier.verify(one.dnskey, one.data, one.signature) == CryptoResult::valid);
  }
  state.SetItemsProcessed(state.iterations());
}

/// A server's signed RRset judged whole: by a Verifier that remembers no results, as for the first
/// server of a zone, or by one that has seen the same signature, as for all others.
void one_server(benchmark::State& state, std::uint8_t algorithm, bool seen_before) {
  const Sample& one = sample(algorithm);
  const auto rrset = tests::rrset_of(one.section);
  const std::size_t remembered = seen_before ? std::size_t{1} << 20 : 0;
  Verifier verifier({remembered, std::size_t{1} << 20});
  for (auto _ : state) {
    dns::dnssec::WorkBudget work;
    require(state, dns::dnssec::validate_rrset(rrset, one.keys, kNow, verifier, work).is_secure());
  }
  state.SetItemsProcessed(state.iterations());
}

void first_server(benchmark::State& state, std::uint8_t algorithm) {
  one_server(state, algorithm, false);
}

void next_server(benchmark::State& state, std::uint8_t algorithm) {
  one_server(state, algorithm, true);
}

/// Twelve servers with the same signed RRset, each judged whole; items are servers.
void twelve_servers(benchmark::State& state, std::uint8_t algorithm) {
  constexpr int kServers = 12;
  const Sample& one = sample(algorithm);
  const auto rrset = tests::rrset_of(one.section);
  for (auto _ : state) {
    state.PauseTiming();
    auto verifier = std::make_unique<Verifier>();
    state.ResumeTiming();
    for (int server = 0; server < kServers; ++server) {
      dns::dnssec::WorkBudget work;
      require(state,
              dns::dnssec::validate_rrset(rrset, one.keys, kNow, *verifier, work).is_secure());
    }
    state.PauseTiming();
    verifier.reset();
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * kServers);
}

void register_all() {
  const Verifier verifier;
  for (const int number : {5, 8, 10, 13, 14, 15, 16}) {
    const auto algorithm = static_cast<std::uint8_t>(number);
    if (!verifier.supports(algorithm)) continue;
    const std::string name(dns::dnssec::algorithm_info(algorithm).mnemonic);
    benchmark::RegisterBenchmark(("openssl_new_key/" + name).c_str(), openssl_new_key, algorithm);
    benchmark::RegisterBenchmark(("openssl/" + name).c_str(), openssl, algorithm);
    benchmark::RegisterBenchmark(("verifier_miss/" + name).c_str(), verifier_miss, algorithm);
    benchmark::RegisterBenchmark(("verifier_hit/" + name).c_str(), verifier_hit, algorithm);
    benchmark::RegisterBenchmark(("first_server/" + name).c_str(), first_server, algorithm);
    benchmark::RegisterBenchmark(("next_server/" + name).c_str(), next_server, algorithm);
    benchmark::RegisterBenchmark(("twelve_servers/" + name).c_str(), twelve_servers, algorithm);
  }
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  register_all();
  benchmark::RunSpecifiedBenchmarks();
}
