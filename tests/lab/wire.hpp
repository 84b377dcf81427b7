// The lab's own reading of queries and writing of replies (RFC 1035 section 4, RFC 6891). It shares
// no code with dns/message.*, so that a mistake there cannot hide in its own mirror image. Pure
// functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "dns/name.hpp"
#include "tests/lab/zone_data.hpp"

namespace lab {

inline constexpr std::size_t kMaxPlainUdpSize = 512;  // RFC 1035 section 2.3.4
inline constexpr std::size_t kMaxMessageSize = 65535;

struct QueryEdns {
  std::uint16_t udp_size = 0;
  std::uint8_t version = 0;
  bool dnssec_ok = false;
  bool wants_nsid = false;
};

struct Query {
  std::uint16_t id = 0;
  std::uint8_t opcode = 0;
  bool rd = false;
  bool cd = false;
  dns::Name qname;
  dns::RRType qtype{};
  std::uint16_t qclass = 1;
  std::optional<QueryEdns> edns;

  bool dnssec_ok() const { return edns && edns->dnssec_ok; }
};

/// Nothing when `wire` is not a query with exactly one question.
std::optional<Query> parse_query(std::span<const std::uint8_t> wire);

/// The reply in wire form, at most `limit` octets: beyond that additional records are left out, and
/// when that is not enough only the question stays, with TC=1 (RFC 2181 section 9). Glue that does
/// not fit means TC=1, too (RFC 9471). An OPT record answers an OPT record; `nsid` goes into it
/// when it is not empty and was asked for.
dns::Bytes write_reply(const Query& query, const Reply& reply, std::size_t limit,
                       const std::string& nsid = {});

/// Where the first record starts in a message that write_reply made for `query`.
std::size_t first_record_offset(const Query& query);

}  // namespace lab
