// What parsing and writing messages costs: the hot path of every exchange.
#include <unordered_map>

#include <benchmark/benchmark.h>

#include "dns/exchange.hpp"
#include "dns/ldns_wrapper.hpp"
#include "dns/message.hpp"
#include "tests/unit/message_builder.hpp"

namespace {

using dns::Bytes;
using dns::RRType;
using tests::MessageBuilder;
using tests::Octets;

constexpr std::size_t kZone = tests::kQnameOffset;

/// The beginning of an answer with the SOA record of a TLD, compressed.
MessageBuilder with_soa() {
  MessageBuilder builder;
  builder.question("example.", RRType::soa)
      .answer(Octets().pointer(kZone), RRType::soa,
              Octets()
                  .labels("ns1.dns.nic.")
                  .pointer(kZone)
                  .labels("hostmaster.nic.")
                  .pointer(kZone)
                  .u32(2026073102)
                  .u32(1800)
                  .u32(900)
                  .u32(604800)
                  .u32(86400));
  return builder;
}

/// The SOA answer of a TLD as most servers send it: compressed, with OPT, unsigned.
Bytes soa_answer() {
  return with_soa().opt().wire();
}

Bytes rrsig(unsigned covered) {
  return Octets()
      .u16(covered)
      .u8(8)
      .u8(1)
      .u32(86400)
      .u32(1800000000)
      .u32(1790000000)
      .u16(4711)
      .name("example.")
      .fill(256, 0xab);
}

/// The same, signed with RSA-2048: what a survey asks for most.
Bytes signed_soa_answer() {
  return with_soa().answer(Octets().pointer(kZone), RRType::rrsig, rrsig(6)).opt().wire();
}

/// A referral with six nameservers, DS and the glue of both families.
Bytes referral() {
  MessageBuilder builder(0x8000);
  builder.question("www.example.", RRType::a);
  const std::size_t zone = kZone + 4;
  std::vector<std::size_t> names;
  for (int i = 0; i < 6; ++i) {
    names.push_back(builder.offset() + 12);
    builder.authority(
        Octets().pointer(zone), RRType::ns,
        Octets().labels(std::string(1, static_cast<char>('a' + i)) + ".nic.").pointer(zone));
  }
  builder.authority(Octets().pointer(zone), RRType::ds, Octets().u16(4711).u8(8).u8(2).fill(32, 7));
  builder.authority(Octets().pointer(zone), RRType::rrsig, rrsig(43));
  for (const std::size_t name : names) {
    builder.additional(Octets().pointer(name), RRType::a, Octets().fill(4, 9));
    builder.additional(Octets().pointer(name), RRType::aaaa, Octets().fill(16, 9));
  }
  return builder.opt().wire();
}

void parse(benchmark::State& state, const Bytes& wire) {
  for (auto _ : state) {
    auto message = dns::parse_message(wire);
    if (!message) {
      state.SkipWithError(message.error().sentence.c_str());
      break;
    }
    benchmark::DoNotOptimize(message);
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) *
                          static_cast<std::int64_t>(wire.size()));
}

void parse_with_ldns(benchmark::State& state, const Bytes& wire) {
  for (auto _ : state) {
    ldns_pkt* raw = nullptr;
    const ldns_status status = ldns_wire2pkt(&raw, wire.data(), wire.size());
    const dns::ldns::Pkt packet(raw);
    if (status != LDNS_STATUS_OK) {
      state.SkipWithError("ldns refused the message");
      break;
    }
    benchmark::DoNotOptimize(raw);
  }
}

BENCHMARK_CAPTURE(parse, soa_answer, soa_answer());
BENCHMARK_CAPTURE(parse, signed_soa_answer, signed_soa_answer());
BENCHMARK_CAPTURE(parse, referral, referral());
BENCHMARK_CAPTURE(parse_with_ldns, soa_answer, soa_answer());
BENCHMARK_CAPTURE(parse_with_ldns, signed_soa_answer, signed_soa_answer());
BENCHMARK_CAPTURE(parse_with_ldns, referral, referral());

void refuse_truncated(benchmark::State& state) {
  Bytes wire = signed_soa_answer();
  wire.erase(wire.end() - 40, wire.end());  // g++ 12 warns of resize() under its sanitizers
  for (auto _ : state) {
    auto message = dns::parse_message(wire);
    benchmark::DoNotOptimize(message);
  }
}
BENCHMARK(refuse_truncated);

void write_query(benchmark::State& state) {
  dns::Question question;
  question.qname = *dns::Name::from_text("www.example.org.");
  question.qtype = RRType::soa;
  std::uint16_t id = 0;
  for (auto _ : state) {
    const Bytes wire = dns::write_query(question, id++);
    benchmark::DoNotOptimize(wire.data());
  }
}
BENCHMARK(write_query);

void classify_referral(benchmark::State& state) {
  const dns::Message message = *dns::parse_message(referral());
  dns::Question question;
  question.qname = *dns::Name::from_text("www.example.");
  question.qtype = RRType::a;
  const dns::Name zone;
  for (auto _ : state) {
    auto kind = dns::classify(message, question, zone);
    benchmark::DoNotOptimize(kind);
  }
}
BENCHMARK(classify_referral);

void look_up_name(benchmark::State& state) {
  std::unordered_map<dns::Name, int> map;
  for (int i = 0; i < 10000; ++i) {
    map[*dns::Name::from_text("ns" + std::to_string(i) + ".example.org.")] = i;
  }
  const dns::Name wanted = *dns::Name::from_text("NS777.Example.org.");
  for (auto _ : state) {
    auto found = map.find(wanted);
    benchmark::DoNotOptimize(found);
  }
}
BENCHMARK(look_up_name);

void order_names(benchmark::State& state) {
  const dns::Name a = *dns::Name::from_text("a.really.long.owner.example.org.");
  const dns::Name b = *dns::Name::from_text("b.really.long.owner.example.org.");
  for (auto _ : state) {
    auto order = a <=> b;
    benchmark::DoNotOptimize(order);
  }
}
BENCHMARK(order_names);

}  // namespace

BENCHMARK_MAIN();
