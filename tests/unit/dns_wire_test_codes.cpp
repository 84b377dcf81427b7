#include "dns/codes.hpp"
#include "tests/catch.hpp"

namespace {

using dns::Rcode;
using dns::RRType;
using dns::rrtype_from_text;

TEST_CASE("types have their mnemonics, or TYPE and the number") {
  CHECK(dns::to_text(RRType::a) == "A");
  CHECK(dns::to_text(RRType::nsec3param) == "NSEC3PARAM");
  CHECK(dns::to_text(RRType::any) == "ANY");
  CHECK(dns::to_text(RRType::caa) == "CAA");
  CHECK(dns::to_text(static_cast<RRType>(32769)) == "DLV");
  CHECK(dns::to_text(static_cast<RRType>(0)) == "TYPE0");
  CHECK(dns::to_text(static_cast<RRType>(54)) == "TYPE54");
  CHECK(dns::to_text(static_cast<RRType>(65535)) == "TYPE65535");
}

TEST_CASE("every type is read back from its text, in any case") {
  for (unsigned number = 0; number <= 65535; ++number) {
    const auto type = static_cast<RRType>(number);
    const std::string text = dns::to_text(type);
    if (rrtype_from_text(text) != type) FAIL(text);
    if (rrtype_from_text("TYPE" + std::to_string(number)) != type) FAIL(number);
  }
  CHECK(rrtype_from_text("dnskey") == RRType::dnskey);
  CHECK(rrtype_from_text("Nsap-Ptr") == static_cast<RRType>(23));
  CHECK(rrtype_from_text("type257") == RRType::caa);
  for (const std::string_view wrong :
       {"", "TYPE", "TYPE65536", "TYPE-1", "TYPE1x", "TYPE 1", "AA", "TYPE000001", "SOA ", "*"}) {
    INFO(wrong);
    CHECK_FALSE(rrtype_from_text(wrong));
  }
}

TEST_CASE("RCODEs have their mnemonics, or RCODE and the number") {
  CHECK(dns::to_text(Rcode::noerror) == "NOERROR");
  CHECK(dns::to_text(Rcode::nxdomain) == "NXDOMAIN");
  CHECK(dns::to_text(Rcode::badvers) == "BADVERS");
  CHECK(dns::to_text(Rcode::badcookie) == "BADCOOKIE");
  CHECK(dns::to_text(static_cast<Rcode>(12)) == "RCODE12");
  CHECK(dns::to_text(static_cast<Rcode>(24)) == "RCODE24");
  CHECK(dns::to_text(static_cast<Rcode>(4095)) == "RCODE4095");
}

TEST_CASE("Extended DNS Errors have their registered purposes") {
  CHECK(dns::ede_purpose(0) == "Other Error");
  CHECK(dns::ede_purpose(6) == "DNSSEC Bogus");
  CHECK(dns::ede_purpose(20) == "Not Authoritative");
  CHECK(dns::ede_purpose(24) == "Invalid Data");
  CHECK(dns::ede_purpose(30) == "Invalid Query Type");
  CHECK(dns::ede_purpose(65535).empty());
}

TEST_CASE("families and transports are what labels say") {
  CHECK(dns::to_text(dns::Family::ipv4) == "ipv4");
  CHECK(dns::to_text(dns::Family::ipv6) == "ipv6");
  CHECK(dns::to_text(dns::Transport::udp) == "udp");
  CHECK(dns::to_text(dns::Transport::tcp) == "tcp");
}

}  // namespace
