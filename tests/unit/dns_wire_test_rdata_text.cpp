#include <thread>

#include "dns/ldns_wrapper.hpp"
#include "dns/rdata.hpp"
#include "tests/catch.hpp"
#include "tests/unit/message_builder.hpp"
#include "tests/unit/message_samples.hpp"

namespace {

using dns::Bytes;
using dns::rdata_to_text;
using dns::RRType;
using tests::Octets;

RRType type_of(unsigned number) {
  return static_cast<RRType>(number);
}

TEST_CASE("RDATA in presentation form") {
  CHECK(rdata_to_text(RRType::a, Bytes{192, 0, 2, 1}) == "192.0.2.1");
  CHECK(rdata_to_text(RRType::aaaa, Octets().u32(0x20010db8).fill(12, 0)) == "2001:db8::");
  CHECK(rdata_to_text(RRType::ns, Octets().name("ns1.Example.org.")) == "ns1.Example.org.");
  CHECK(rdata_to_text(RRType::soa,
                      Octets().name("ns1.a.").name("x.a.").u32(1).u32(2).u32(3).u32(4).u32(5)) ==
        "ns1.a. x.a. 1 2 3 4 5");
  CHECK(rdata_to_text(RRType::mx, Octets().u16(10).name("mx.a.")) == "10 mx.a.");
  CHECK(rdata_to_text(RRType::txt, Octets().string("a \"b\"").string("")) == R"("a \"b\"" "")");
  CHECK(rdata_to_text(RRType::ds, Octets().u16(20326).u8(8).u8(2).raw({0xe0, 0x6d})) ==
        "20326 8 2 e06d");
  CHECK(rdata_to_text(RRType::dnskey, Octets().u16(257).u8(3).u8(13).raw({1, 2, 3, 4})) ==
        "257 3 13 AQIDBA==");
  CHECK(rdata_to_text(RRType::nsec, Octets().name("b.").raw({0, 1, 0x62})) == "b. A NS SOA");
  CHECK(rdata_to_text(RRType::nsec3param, Bytes{1, 0, 0, 0, 0}) == "1 0 0 -");
}

TEST_CASE("signatures are written with their dates") {
  const auto text = [](std::uint32_t expiration, std::uint32_t inception, const Bytes& signature) {
    return rdata_to_text(RRType::rrsig, Octets()
                                            .u16(6)
                                            .u8(13)
                                            .u8(2)
                                            .u32(3600)
                                            .u32(expiration)
                                            .u32(inception)
                                            .u16(4711)
                                            .name("a.")
                                            .raw(signature));
  };
  CHECK(text(1786651200, 1785528000, {1, 2, 3}) ==
        "SOA 13 2 3600 20260813200000 20260731200000 4711 a. AQID");
  CHECK(text(0, 0xffffffff, {0xff}) == "SOA 13 2 3600 19700101000000 21060207062815 4711 a. /w==");
  CHECK(text(951782400, 951868799, {0xff, 0xfe}) ==
        "SOA 13 2 3600 20000229000000 20000229235959 4711 a. //4=");
}

TEST_CASE("unknown types, wrong forms and empty RDATA are in the form of RFC 3597") {
  CHECK(rdata_to_text(type_of(65280), Bytes{0xab, 0x0c}) == R"(\# 2 ab0c)");
  CHECK(rdata_to_text(type_of(65280), {}) == R"(\# 0)");
  CHECK(rdata_to_text(RRType::a, Bytes{1, 2, 3}) == R"(\# 3 010203)");
  CHECK(rdata_to_text(RRType::soa, Bytes{0}) == R"(\# 1 00)");
  CHECK(rdata_to_text(RRType::rrsig, Bytes(18, 0)).substr(0, 5) == R"(\# 18)");
  CHECK(rdata_to_text(RRType::ns, Bytes{0xc0, 0x0c}) == R"(\# 2 c00c)");
  CHECK(rdata_to_text(RRType::opt, Bytes{0, 3, 0, 0}) == R"(\# 4 00030000)");
  CHECK(rdata_to_text(type_of(10), {}) == R"(\# 0)");
}

/// The octets of RDATA that ldns reads from presentation form.
Bytes read_back(RRType type, const std::string& text) {
  const std::string line = ". 0 IN " + dns::to_text(type) + " " + text;
  ldns_rr* raw = nullptr;
  const ldns_status status = ldns_rr_new_frm_str(&raw, line.c_str(), 0, nullptr, nullptr);
  const dns::ldns::Rr rr(raw);
  INFO(line << ": " << ldns_get_errorstr_by_id(status));
  REQUIRE(status == LDNS_STATUS_OK);
  std::uint8_t* octets = nullptr;
  std::size_t size = 0;
  REQUIRE(ldns_rr2wire(&octets, rr.get(), LDNS_SECTION_ANSWER, &size) == LDNS_STATUS_OK);
  const std::unique_ptr<std::uint8_t, void (*)(void*)> owner(octets, std::free);
  REQUIRE(size >= 11);
  return {octets + 11, octets + size};
}

TEST_CASE("the text of every known form is read back as the same octets") {
  int read = 0;
  for (const auto& sample : tests::message_samples()) {
    if (!sample.error.empty() || sample.name.rfind("form_", 0) != 0) continue;
    // ldns reads neither a key without octets nor the name that NSAP-PTR holds.
    if (sample.name == "form_dnskey_empty" || sample.name == "form_nsap_ptr") continue;
    const auto message = dns::parse_message(sample.wire);
    REQUIRE(message);
    const dns::Record& record = message->answer.at(0);
    const std::string text = rdata_to_text(record.type, record.rdata);
    INFO(sample.name << ": " << text);
    CHECK(read_back(record.type, text) == record.rdata);
    ++read;
  }
  CHECK(read > 50);
}

TEST_CASE("no RDATA of any type crashes, and every text is one printable line") {
  // A fixed sequence (Numerical Recipes' generator): the same RDATA in every run.
  std::uint32_t state = 20261122;
  const auto next = [&state](std::uint32_t below) {
    state = state * 1664525 + 1013904223;
    return (state >> 8) % below;
  };
  for (unsigned type = 0; type <= 264; ++type) {
    for (int round = 0; round < 60; ++round) {
      Bytes rdata(next(48));
      for (auto& octet : rdata) octet = static_cast<std::uint8_t>(next(round % 2 == 0 ? 4 : 256));
      const std::string text = rdata_to_text(type_of(type), rdata);
      for (const char c : text) {
        if (c < ' ' || c > '~') FAIL("TYPE" << type << " wrote an octet " << int(c));
      }
      if (text.empty()) FAIL("TYPE" << type << " wrote nothing");
    }
  }
}

TEST_CASE("texts are written from several threads at once") {
  const auto samples = tests::message_samples();
  std::vector<std::string> first;
  const auto write_all = [&samples] {
    std::string all;
    for (const auto& sample : samples) {
      const auto message = dns::parse_message(sample.wire);
      if (!message) continue;
      for (const auto& record : message->answer) all += rdata_to_text(record.type, record.rdata);
    }
    return all;
  };
  const std::string expected = write_all();
  std::vector<std::string> texts(4);
  std::vector<std::thread> threads;
  for (auto& text : texts) {
    threads.emplace_back([&text, &write_all] {
      for (int round = 0; round < 20; ++round) text = write_all();
    });
  }
  for (auto& thread : threads) thread.join();
  for (const auto& text : texts) CHECK(text == expected);
}

}  // namespace
