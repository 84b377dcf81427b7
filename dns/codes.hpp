// The registered numbers of the DNS (IANA "Domain Name System (DNS) Parameters") that this project
// names, and their text forms. A number without a name here is still valid: the enumerations are
// open, and the text of an unknown one follows RFC 3597 (TYPE65280) or says the number (RCODE24).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace dns {

enum class RRType : std::uint16_t {
  a = 1,
  ns = 2,
  cname = 5,
  soa = 6,
  ptr = 12,
  mx = 15,
  txt = 16,
  aaaa = 28,
  srv = 33,
  naptr = 35,
  dname = 39,
  opt = 41,
  ds = 43,
  rrsig = 46,
  nsec = 47,
  dnskey = 48,
  nsec3 = 50,
  nsec3param = 51,
  tlsa = 52,
  cds = 59,
  cdnskey = 60,
  csync = 62,
  zonemd = 63,
  svcb = 64,
  https = 65,
  dsync = 66,
  nxname = 128,
  tsig = 250,
  axfr = 252,
  any = 255,
  caa = 257,
};

enum class RRClass : std::uint16_t { in = 1, chaos = 3, none = 254, any = 255 };

/// Extended RCODE: header nibble and the upper eight bits from OPT (RFC 6891 section 6.1.3).
enum class Rcode : std::uint16_t {
  noerror = 0,
  formerr = 1,
  servfail = 2,
  nxdomain = 3,
  notimp = 4,
  refused = 5,
  notauth = 9,
  badvers = 16,
  badcookie = 23,
};

/// EDNS option codes that are sent or read.
enum class OptionCode : std::uint16_t {
  nsid = 3,
  expire = 9,
  cookie = 10,
  tcp_keepalive = 11,
  padding = 12,
  ede = 15,
  report_channel = 18,
  zoneversion = 19,
};

enum class Family : std::uint8_t { ipv4, ipv6 };
enum class Transport : std::uint8_t { udp, tcp };

std::string to_text(RRType type);

/// The type has a name here, such as "MX"; else to_text() gives "TYPE" and its number.
bool has_mnemonic(RRType type);
std::string to_text(Rcode rcode);
std::string_view to_text(Family family);        // "ipv4", "ipv6"
std::string_view to_text(Transport transport);  // "udp", "tcp"

/// Mnemonic in any case, or TYPEnnn; nothing for other text.
std::optional<RRType> rrtype_from_text(std::string_view text);

/// The purpose of an EDE INFO-CODE as registered (RFC 8914), "" for an unregistered one.
std::string_view ede_purpose(std::uint16_t info_code);

}  // namespace dns
