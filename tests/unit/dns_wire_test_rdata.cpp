#include "dns/rdata.hpp"
#include "dns/resolution.hpp"
#include "tests/catch.hpp"
#include "tests/unit/message_builder.hpp"

namespace {

using dns::Bytes;
using dns::RRType;
using tests::Octets;

/// The octets of base64 text; `=` ends it.
Bytes from_base64(std::string_view text) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  Bytes out;
  unsigned bits = 0;
  int count = 0;
  for (const char c : text) {
    if (c == '=') break;
    bits = (bits << 6 | static_cast<unsigned>(kDigits.find(c))) & 0xffffff;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out.push_back(static_cast<std::uint8_t>(bits >> count));
    }
  }
  return out;
}

Bytes key(unsigned flags, unsigned algorithm, std::string_view base64) {
  return Octets().u16(flags).u8(3).u8(algorithm).raw(from_base64(base64));
}

TEST_CASE("key tags are those of RFC 4034 and of the root") {
  // RFC 4034 section 5.4.
  CHECK(dns::key_tag(key(256, 5,
                         "AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZ"
                         "DRD99WYwYqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9Xzc"
                         "nOf+EPbtG9DMBmADjFDc2w/rljwvFw==")) == 60485);
  // The root's trust anchors of 2017 and 2024.
  CHECK(dns::key_tag(key(257, 8,
                         "AwEAAaz/tAm8yTn4Mfeh5eyI96WSVexTBAvkMgJzkKTOiW1vkIbzxeF3+/4RgWOq7HrxRixH"
                         "lFlExOLAJr5emLvN7SWXgnLh4+B5xQlNVz8Og8kvArMtNROxVQuCaSnIDdD5LKyWbRd2n9WG"
                         "e2R8PzgCmr3EgVLrjyBxWezF0jLHwVN8efS3rCj/EWgvIWgb9tarpVUDK/b58Da+sqqls3eN"
                         "buv7pr+eoZG+SrDK6nWeL3c6H5Apxz7LjVc1uTIdsIXxuOLYA4/ilBmSVIzuDWfdRUfhHdY6"
                         "+cn8HFRm+2hM8AnXGXws9555KrUB5qihylGa8subX2Nn6UwNR1AkUTV74bU=")) == 20326);
  CHECK(dns::key_tag(key(257, 8,
                         "AwEAAa96jeuknZlaeSrvyAJj6ZHv28hhOKkx3rLGXVaC6rXTsDc449/cidltpkyGwCJNnOAl"
                         "FNKF2jBosZBU5eeHspaQWOmOElZsjICMQMC3aeHbGiShvZsx4wMYSjH8e7Vrhbu6irwCzVBA"
                         "pESjbUdpWWmEnhathWu1jo+siFUiRAAxm9qyJNg/wOZqqzL/dL/q8PkcRU5oUKEpUge71M3e"
                         "j2/7CPqpdVwuMoTvoB+ZOT4YeGyxMvHmbrxlFzGOHOijtzN+u1TQNatX2XBuzZNQ1K+s2CXk"
                         "PIZo7s6JgZyvaBevYtxPvYLw4z9mR7K2vaF18UYH9Z9GNUUeayffKC73PYc=")) == 38696);
  // Algorithm 1: the modulus' last octets but one (RFC 4034 appendix B.1).
  CHECK(dns::key_tag(Octets().u16(256).u8(3).u8(1).raw({9, 9, 0x12, 0x34, 0x56})) == 0x1234);
  // Too short to be a key, and the largest.
  CHECK(dns::key_tag({}) == 0);
  CHECK(dns::key_tag(Octets().u16(256).u8(3).u8(1)) == 0);
  CHECK(dns::key_tag(Bytes{1}) == 0x100);
  // 32,767 words and half a one: 0x7fff * 0xffff + 0xff00, the carry added once.
  CHECK(dns::key_tag(Bytes(65535, 0xff)) == 0xff00);
}

TEST_CASE("serials compare as RFC 1982 says") {
  using dns::serial_distance;
  CHECK(serial_distance(0, 0) == 0);
  CHECK(serial_distance(0, 1) == 1);
  CHECK(serial_distance(1, 0) == -1);
  CHECK(serial_distance(0xffffffff, 0) == 1);
  CHECK(serial_distance(0, 0xffffffff) == -1);
  CHECK(serial_distance(0xffffffff, 0x7ffffffe) == 0x7fffffff);
  CHECK(serial_distance(0, 0x7fffffff) == 0x7fffffff);
  CHECK(serial_distance(0, 0x80000001) == -0x7fffffff);
  // Undefined there; ahead here, whichever way round.
  CHECK(serial_distance(0, 0x80000000) == 0x80000000LL);
  CHECK(serial_distance(0x80000000, 0) == 0x80000000LL);
  CHECK(serial_distance(2026073102, 2026080100) == 6998);
}

TEST_CASE("signature dates are read around now") {
  using dns::signature_time;
  CHECK(signature_time(1800000000, 1790000000) == 1800000000);
  CHECK(signature_time(1780000000, 1790000000) == 1780000000);
  // RFC 4034 section 3.1.5: past 2106 the 32 bits wrap.
  CHECK(signature_time(100, 4294967290) == 4294967296 + 100);
  CHECK(signature_time(4294967290, 4294967296 + 5) == 4294967290);
}

TEST_CASE("SOA RDATA has two names and five numbers") {
  const Bytes right = Octets()
                          .name("ns1.example.")
                          .name("host\\.master.example.")
                          .u32(1)
                          .u32(2)
                          .u32(3)
                          .u32(4)
                          .u32(5);
  const auto soa = dns::parse_soa(right);
  REQUIRE(soa);
  CHECK(soa->mname.to_text() == "ns1.example.");
  CHECK(soa->rname.to_text() == "host\\.master.example.");
  CHECK(soa->serial == 1);
  CHECK(soa->refresh == 2);
  CHECK(soa->retry == 3);
  CHECK(soa->expire == 4);
  CHECK(soa->minimum == 5);
  for (std::size_t size = 0; size < right.size(); ++size) {
    CHECK_FALSE(dns::parse_soa(std::span(right).first(size)));
  }
  CHECK_FALSE(dns::parse_soa(Octets().raw(right).u8(0).bytes()));
  CHECK_FALSE(dns::parse_soa(Octets().pointer(12).pointer(12).fill(20, 0).bytes()));
}

TEST_CASE("RRSIG RDATA has its fixed part, a signer and a signature") {
  const Bytes right = Octets()
                          .u16(6)
                          .u8(13)
                          .u8(2)
                          .u32(3600)
                          .u32(2000)
                          .u32(1000)
                          .u16(4711)
                          .name("Example.org.")
                          .raw({1, 2, 3});
  const auto rrsig = dns::parse_rrsig(right);
  REQUIRE(rrsig);
  CHECK(rrsig->type_covered == RRType::soa);
  CHECK(rrsig->algorithm == 13);
  CHECK(rrsig->labels == 2);
  CHECK(rrsig->original_ttl == 3600);
  CHECK(rrsig->expiration == 2000);
  CHECK(rrsig->inception == 1000);
  CHECK(rrsig->key_tag == 4711);
  CHECK(rrsig->signer.to_text() == "Example.org.");
  CHECK(rrsig->signature == Bytes{1, 2, 3});
  for (std::size_t size = 0; size + 3 <= right.size(); ++size) {
    CHECK_FALSE(dns::parse_rrsig(std::span(right).first(size)));
  }
  CHECK(dns::parse_rrsig(std::span(right).first(right.size() - 2)));
}

TEST_CASE("DNSKEY, DS, name and address RDATA") {
  const auto dnskey = dns::parse_dnskey(Bytes{1, 1, 3, 13, 7, 8});
  REQUIRE(dnskey);
  CHECK(dnskey->flags == 257);
  CHECK(dnskey->protocol == 3);
  CHECK(dnskey->algorithm == 13);
  CHECK(dnskey->public_key == Bytes{7, 8});
  CHECK(dns::parse_dnskey(Bytes{0, 0, 3, 0})->public_key.empty());
  CHECK_FALSE(dns::parse_dnskey(Bytes{1, 1, 3}));

  const auto ds = dns::parse_ds(Bytes{0x12, 0x67, 13, 2, 9});
  REQUIRE(ds);
  CHECK(ds->key_tag == 0x1267);
  CHECK(ds->algorithm == 13);
  CHECK(ds->digest_type == 2);
  CHECK(ds->digest == Bytes{9});
  CHECK_FALSE(dns::parse_ds(Bytes{0x12, 0x67, 13, 2}));
  CHECK_FALSE(dns::parse_ds({}));

  const Bytes notify = Octets().u16(59).u8(1).u16(5300).name("notify.example.").bytes();
  const auto dsync = dns::parse_dsync(notify);
  REQUIRE(dsync);
  CHECK(dsync->type == RRType::cds);
  CHECK(dsync->scheme == 1);
  CHECK(dsync->port == 5300);
  CHECK(dsync->target.to_text() == "notify.example.");
  CHECK_FALSE(dns::parse_dsync({}));
  CHECK_FALSE(dns::parse_dsync(Bytes{0, 59, 1, 0, 53}));
  CHECK_FALSE(dns::parse_dsync(Bytes{0, 59, 1, 0, 53, 0, 0}));

  CHECK(dns::parse_name_rdata(Octets().name("ns1.example.").bytes())->to_text() == "ns1.example.");
  CHECK(dns::parse_name_rdata(Bytes{0})->is_root());
  CHECK_FALSE(dns::parse_name_rdata({}));
  CHECK_FALSE(dns::parse_name_rdata(Bytes{0, 0}));
  CHECK_FALSE(dns::parse_name_rdata(Bytes{1, 'a'}));
  CHECK_FALSE(dns::parse_name_rdata(Bytes{0xc0, 0x0c}));

  CHECK(dns::parse_address(RRType::a, Bytes{192, 0, 2, 1})->to_text() == "192.0.2.1");
  CHECK(dns::parse_address(RRType::aaaa, Bytes(16, 0))->to_text() == "::");
  CHECK_FALSE(dns::parse_address(RRType::a, Bytes(16, 0)));
  CHECK_FALSE(dns::parse_address(RRType::aaaa, Bytes(4, 0)));
  CHECK_FALSE(dns::parse_address(RRType::ns, Bytes(4, 0)));
  CHECK_FALSE(dns::parse_address(RRType::a, {}));
}

TEST_CASE("a resolution gives its records as addresses") {
  dns::Resolution resolution;
  const dns::Name owner = *dns::Name::from_text("ns1.example.");
  resolution.records = {
      {owner, RRType::a, dns::RRClass::in, 60, {192, 0, 2, 1}},
      {owner, RRType::aaaa, dns::RRClass::in, 60, Bytes(16, 1)},
      {owner, RRType::a, dns::RRClass::chaos, 60, {192, 0, 2, 2}},
      {owner, RRType::a, dns::RRClass::in, 60, {1}},
      {owner, RRType::ns, dns::RRClass::in, 60, {0}},
  };
  const auto addresses = resolution.addresses();
  REQUIRE(addresses.size() == 2);
  CHECK(addresses[0].to_text() == "192.0.2.1");
  CHECK(addresses[1].to_text() == "101:101:101:101:101:101:101:101");
}

TEST_CASE("resolution results have their texts") {
  using dns::ResolutionResult;
  CHECK(dns::to_text(ResolutionResult::ok) == "ok");
  CHECK(dns::to_text(ResolutionResult::nodata) == "nodata");
  CHECK(dns::to_text(ResolutionResult::nxdomain) == "nxdomain");
  CHECK(dns::to_text(ResolutionResult::servfail) == "servfail");
  CHECK(dns::to_text(ResolutionResult::timeout) == "timeout");
  CHECK(dns::to_text(ResolutionResult::loop) == "loop");
  CHECK(dns::to_text(ResolutionResult::limit) == "limit");
  CHECK(dns::to_text(ResolutionResult::forbidden) == "forbidden");
  CHECK(dns::to_text(ResolutionResult::not_asked) == "not_asked");
}

}  // namespace
