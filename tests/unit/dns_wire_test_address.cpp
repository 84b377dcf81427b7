#include <unordered_set>

#include "dns/address.hpp"
#include "tests/catch.hpp"

namespace {

using dns::endpoint_from_text;
using dns::Family;
using dns::IpAddress;
using dns::Prefix;

IpAddress address(std::string_view text) {
  const auto parsed = IpAddress::from_text(text);
  INFO(text);
  REQUIRE(parsed);
  return *parsed;
}

TEST_CASE("addresses are read and written") {
  CHECK(IpAddress().to_text() == "0.0.0.0");
  CHECK(address("192.0.2.1").to_text() == "192.0.2.1");
  CHECK(address("192.0.2.1").family() == Family::ipv4);
  CHECK(address("192.0.2.1").octets().size() == 4);
  // RFC 5952 section 4.
  CHECK(address("2001:0DB8:0:0:1:0:0:1").to_text() == "2001:db8::1:0:0:1");
  CHECK(address("2001:db8:0:1:1:1:1:1").to_text() == "2001:db8:0:1:1:1:1:1");
  CHECK(address("::").to_text() == "::");
  CHECK(address("::ffff:192.0.2.1").to_text() == "::ffff:192.0.2.1");
  CHECK(address("2001:db8::1").family() == Family::ipv6);
  CHECK(address("2001:db8::1").octets().size() == 16);
  for (const std::string_view wrong :
       {"", "192.0.2", "192.0.2.256", "192.0.2.01", "192.0.2.1 ", " 192.0.2.1", "1.2.3.4.5",
        "fe80::1%eth0", "[::1]", "192.0.2.1:53", "2001:db8", ":::", "1::2::3",
        "12345::", "example.org", "0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000"}) {
    INFO(wrong);
    CHECK_FALSE(IpAddress::from_text(wrong));
  }
  CHECK_FALSE(IpAddress::from_text(std::string_view("192.0.2.1\0x", 11)));
  CHECK(IpAddress::from_text("x\ny").error().sentence == "\"x?y\" is not an IP address");
}

TEST_CASE("octets make addresses only in four or sixteen") {
  const std::array<std::uint8_t, 16> octets{192, 0, 2, 1};
  CHECK(IpAddress::from_octets(std::span(octets).first(4))->to_text() == "192.0.2.1");
  CHECK(IpAddress::from_octets(octets)->family() == Family::ipv6);
  CHECK_FALSE(IpAddress::from_octets(std::span(octets).first(0)));
  CHECK_FALSE(IpAddress::from_octets(std::span(octets).first(5)));
}

TEST_CASE("addresses order by family, then octets, and hash") {
  CHECK(address("255.255.255.255") < address("::"));
  CHECK(address("9.0.0.0") < address("10.0.0.0"));
  CHECK(address("0.0.0.0") != address("::"));
  const std::unordered_set<IpAddress> set{address("::1"), address("0:0::1"), address("127.0.0.1")};
  CHECK(set.size() == 2);
  const std::unordered_set<dns::Endpoint> endpoints{
      {address("::1"), 53}, {address("::1"), 54}, {address("::1"), 53}};
  CHECK(endpoints.size() == 2);
}

TEST_CASE("endpoints are read and written") {
  const auto text = [](std::string_view from) {
    const auto endpoint = endpoint_from_text(from, 53);
    return endpoint ? endpoint->to_text() : "refused";
  };
  CHECK(text("192.0.2.1") == "192.0.2.1:53");
  CHECK(text("192.0.2.1:5300") == "192.0.2.1:5300");
  CHECK(text("2001:db8::1") == "[2001:db8::1]:53");
  CHECK(text("[2001:db8::1]") == "[2001:db8::1]:53");
  CHECK(text("[2001:db8::1]:0") == "[2001:db8::1]:0");
  CHECK(text("[::]:65535") == "[::]:65535");
  for (const std::string_view wrong :
       {"", "192.0.2.1:", "192.0.2.1:65536", "192.0.2.1:-1", "192.0.2.1:+1", "192.0.2.1:5x",
        "192.0.2.1:5:6", "[192.0.2.1]:53", "[192.0.2.1]", "[::1", "[::1]53", "[]:53", ":53",
        "[::1]:", "localhost:53"}) {
    INFO(wrong);
    CHECK(text(wrong) == "refused");
  }
}

TEST_CASE("prefixes contain what their bits say") {
  const auto prefix = [](std::string_view text) { return *Prefix::from_text(text); };
  CHECK(prefix("127.0.0.0/8").contains(address("127.255.0.1")));
  CHECK_FALSE(prefix("127.0.0.0/8").contains(address("128.0.0.1")));
  CHECK_FALSE(prefix("127.0.0.0/8").contains(address("::ffff:127.0.0.1")));
  CHECK(prefix("198.18.0.0/15").contains(address("198.19.255.255")));
  CHECK_FALSE(prefix("198.18.0.0/15").contains(address("198.20.0.0")));
  CHECK(prefix("0.0.0.0/0").contains(address("8.8.8.8")));
  CHECK_FALSE(prefix("0.0.0.0/0").contains(address("::")));
  CHECK(prefix("::/0").contains(address("2001:db8::1")));
  CHECK(prefix("2001:db8::/32").contains(address("2001:db8:ffff::")));
  CHECK(prefix("192.0.2.1").length() == 32);
  CHECK(prefix("::1").to_text() == "::1/128");
  CHECK_FALSE(prefix("192.0.2.1").contains(address("192.0.2.0")));
  for (const std::string_view wrong :
       {"", "/8", "127.0.0.0/", "127.0.0.0/33", "::/129", "127.0.0.1/8", "127.0.0.0/-1",
        "127.0.0.0/8/8", "128.0.0.0/0", "2001:db8::1/64", "127.0.0.0/0x8", "127.0.0.0/+8"}) {
    INFO(wrong);
    CHECK_FALSE(Prefix::from_text(wrong));
  }
}

TEST_CASE("special-purpose addresses have their registered purpose") {
  struct Row {
    std::string_view text;
    std::string_view purpose;
  };
  const Row rows[] = {
      {"0.0.0.0", "Unspecified"},
      {"0.1.2.3", "\"This network\""},
      {"10.255.255.255", "Private-Use"},
      {"100.64.0.1", "Shared Address Space"},
      {"100.127.255.255", "Shared Address Space"},
      {"127.0.0.1", "Loopback"},
      {"169.254.1.1", "Link Local"},
      {"172.16.0.0", "Private-Use"},
      {"172.31.255.255", "Private-Use"},
      {"192.0.0.1", "IPv4 Service Continuity Prefix"},
      {"192.0.0.8", "IPv4 dummy address"},
      {"192.0.0.11", "IETF Protocol Assignments"},
      {"192.0.0.170", "NAT64/DNS64 Discovery"},
      {"192.0.0.171", "NAT64/DNS64 Discovery"},
      {"192.0.0.172", "IETF Protocol Assignments"},
      {"192.0.2.1", "Documentation (TEST-NET-1)"},
      {"192.88.99.1", "Deprecated (6to4 Relay Anycast)"},
      {"192.168.1.1", "Private-Use"},
      {"198.18.0.1", "Benchmarking"},
      {"198.19.255.255", "Benchmarking"},
      {"198.51.100.1", "Documentation (TEST-NET-2)"},
      {"203.0.113.1", "Documentation (TEST-NET-3)"},
      {"224.0.0.1", "Multicast"},
      {"239.255.255.255", "Multicast"},
      {"240.0.0.1", "Reserved"},
      {"255.255.255.255", "Limited Broadcast"},
      {"::", "Unspecified"},
      {"::1", "Loopback"},
      {"::2", "Deprecated (IPv4-compatible Address)"},
      {"::ffff:8.8.8.8", "IPv4-mapped Address"},
      {"64:ff9b::10.0.0.1", "Private-Use"},
      {"64:ff9b::127.0.0.1", "Loopback"},
      {"64:ff9b:1::1", "IPv4-IPv6 Translat."},
      {"100::1", "Discard-Only Address Block"},
      {"100:0:0:1::1", "Dummy IPv6 Prefix"},
      {"2001::1", "TEREDO"},
      {"2001:1::4", "IETF Protocol Assignments"},
      {"2001:1ff::1", "IETF Protocol Assignments"},
      {"2001:2::1", "Benchmarking"},
      {"2001:2:1::1", "IETF Protocol Assignments"},
      {"2001:10::1", "Deprecated (previously ORCHID)"},
      {"2001:db8::1", "Documentation"},
      {"2002:c000:201::1", "6to4"},
      {"3fff::1", "Documentation"},
      {"3fff:fff::1", "Documentation"},
      {"5f00::1", "Segment Routing (SRv6) SIDs"},
      {"fc00::1", "Unique-Local"},
      {"fdff::1", "Unique-Local"},
      {"fe80::1", "Link-Local Unicast"},
      {"febf::1", "Link-Local Unicast"},
      {"fec0::1", "Deprecated (Site-Local Unicast)"},
      {"ff02::1", "Multicast"},
      {"4000::1", "Reserved by IETF"},
      {"1::1", "Reserved by IETF"},
  };
  const dns::AddressPolicy strict;
  for (const Row& row : rows) {
    INFO(row.text);
    CHECK(dns::special_purpose(address(row.text)) == row.purpose);
    CHECK_FALSE(strict.may_ask(address(row.text)));
  }
}

TEST_CASE("ordinary and registered globally reachable addresses may be asked") {
  const dns::AddressPolicy strict;
  for (const std::string_view text : {"1.1.1.1",
                                      "9.255.255.255",
                                      "11.0.0.0",
                                      "100.63.255.255",
                                      "100.128.0.0",
                                      "126.0.0.1",
                                      "128.0.0.1",
                                      "172.15.255.255",
                                      "172.32.0.0",
                                      "192.0.0.9",
                                      "192.0.0.10",
                                      "192.0.1.0",
                                      "192.31.196.1",
                                      "192.52.193.1",
                                      "192.175.48.6",
                                      "193.0.14.129",
                                      "198.17.255.255",
                                      "198.20.0.0",
                                      "223.255.255.255",
                                      "64:ff9b::8.8.8.8",
                                      "2001:1::1",
                                      "2001:1::2",
                                      "2001:1::3",
                                      "2001:3::1",
                                      "2001:4:112::1",
                                      "2001:20::1",
                                      "2001:30::1",
                                      "2001:200::1",
                                      "2001:503:ba3e::2:30",
                                      "2001:db7::1",
                                      "2001:db9::1",
                                      "2003::1",
                                      "2620:4f:8000::1",
                                      "2a00::1",
                                      "3ffe::1",
                                      "3fff:1000::1"}) {
    INFO(text);
    CHECK(dns::special_purpose(address(text)).empty());
    CHECK(strict.may_ask(address(text)));
  }
}

TEST_CASE("the policy allows what it names, and only that") {
  const dns::AddressPolicy lab({*Prefix::from_text("127.0.0.0/8"), *Prefix::from_text("::1")});
  CHECK(lab.may_ask(address("127.1.2.3")));
  CHECK(lab.may_ask(address("::1")));
  CHECK(lab.may_ask(address("193.0.14.129")));
  CHECK_FALSE(lab.may_ask(address("10.0.0.1")));
  CHECK_FALSE(lab.may_ask(address("::ffff:127.0.0.1")));
  CHECK_FALSE(lab.may_ask(address("64:ff9b::127.0.0.1")));
}

}  // namespace
