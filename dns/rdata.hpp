// Resource records as values: RDATA in uncompressed wire form, and typed views of the types that
// this project reads. Parsing a typed view never trusts RDLENGTH: a result is there only when the
// RDATA has exactly the form its RFC gives.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "dns/address.hpp"
#include "dns/codes.hpp"
#include "dns/name.hpp"

namespace dns {

using Bytes = std::vector<std::uint8_t>;

/// One resource record as it stood in a message. Names inside `rdata` are decompressed.
struct Record {
  Name owner;
  RRType type{};
  RRClass rrclass = RRClass::in;
  std::uint32_t ttl = 0;
  Bytes rdata;
};

/// RFC 1035 section 3.3.13. Times are in seconds.
struct Soa {
  Name mname;
  Name rname;
  std::uint32_t serial = 0;
  std::uint32_t refresh = 0;
  std::uint32_t retry = 0;
  std::uint32_t expire = 0;
  std::uint32_t minimum = 0;
};

/// RFC 4034 section 3.1. `expiration` and `inception` are seconds modulo 2^32 (section 3.1.5).
struct Rrsig {
  RRType type_covered{};
  std::uint8_t algorithm = 0;
  std::uint8_t labels = 0;
  std::uint32_t original_ttl = 0;
  std::uint32_t expiration = 0;
  std::uint32_t inception = 0;
  std::uint16_t key_tag = 0;
  Name signer;
  Bytes signature;
};

/// RFC 4034 section 2.1.
struct Dnskey {
  std::uint16_t flags = 0;
  std::uint8_t protocol = 0;
  std::uint8_t algorithm = 0;
  Bytes public_key;
};

/// RFC 4034 section 5.1.
struct Ds {
  std::uint16_t key_tag = 0;
  std::uint8_t algorithm = 0;
  std::uint8_t digest_type = 0;
  Bytes digest;
};

/// RFC 9859 section 2.1: where a parent wants to hear of changes of `type`, and how.
struct Dsync {
  RRType type{};
  std::uint8_t scheme = 0;  ///< 1: NOTIFY
  std::uint16_t port = 0;
  Name target;
};

std::optional<Soa> parse_soa(std::span<const std::uint8_t> rdata);
std::optional<Rrsig> parse_rrsig(std::span<const std::uint8_t> rdata);
std::optional<Dnskey> parse_dnskey(std::span<const std::uint8_t> rdata);
std::optional<Ds> parse_ds(std::span<const std::uint8_t> rdata);
std::optional<Dsync> parse_dsync(std::span<const std::uint8_t> rdata);
/// The one name that is the RDATA of NS, CNAME, DNAME and PTR.
std::optional<Name> parse_name_rdata(std::span<const std::uint8_t> rdata);
/// A or AAAA RDATA; `type` says which length is right.
std::optional<IpAddress> parse_address(RRType type, std::span<const std::uint8_t> rdata);

/// RFC 4034 appendix B, over DNSKEY RDATA.
std::uint16_t key_tag(std::span<const std::uint8_t> dnskey_rdata);

/// Presentation form of the RDATA (by ldns; RFC 3597 form when it has none for the type). Safe to
/// call from several threads on different records.
std::string rdata_to_text(RRType type, std::span<const std::uint8_t> rdata);

/// Serial number arithmetic, RFC 1982: how far `to` is ahead of `from`; negative when behind. The
/// undefined distance of exactly 2^31 counts as ahead.
std::int64_t serial_distance(std::uint32_t from, std::uint32_t to);

/// The wall time that a signature date modulo 2^32 means when read at `now` (RFC 4034 section
/// 3.1.5), in seconds since 1970.
std::int64_t signature_time(std::uint32_t date, std::int64_t now_seconds);

}  // namespace dns
