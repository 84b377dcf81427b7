// What one response means on the way down from the root: an answer, an alias to follow, a proof
// that there is nothing, a referral to a zone below, or nothing of use.
//
// This is where it is decided what to believe: only what has AA is an answer, a referral leads only
// below the zone whose server was asked, and glue counts only for names in that referral and in the
// bailiwick of the zone asked (RFC 2181 section 5.4.1, RFC 9471). Pure functions; safe to call from
// any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "dns/exchange.hpp"
#include "dns/root_hints.hpp"

namespace dns {

/// An NS RRset with the addresses that came with it.
struct NsSet {
  Name zone;                                 ///< its owner
  std::vector<NameserverAddresses> servers;  ///< without repeats, at most kMaxNameserversPerZone
  std::uint32_t ttl = 0;                     ///< the smallest of the NS records
};

enum class StepKind : std::uint8_t {
  answer,
  alias,  ///< CNAME, or DNAME above the name
  nodata,
  nxdomain,
  referral,
  lame,   ///< NOERROR or NXDOMAIN, but neither authoritative nor a referral downwards
  error,  ///< another RCODE
};

struct Step {
  StepKind kind = StepKind::lame;
  std::vector<Record> records;  ///< answer: the RRset asked for
  Name alias;                   ///< alias: where it leads
  NsSet referral;               ///< referral: the zone below and its servers
  std::optional<Name> soa;  ///< nodata, nxdomain: the zone that says so, when its SOA came along
};

/// What `response` to `question` means when it comes from a server of `zone`.
Step interpret(const Message& response, const Question& question, const Name& zone);

/// The NS RRset of `owner` in an authoritative answer from a server of `zone`, with the addresses
/// in the additional section that lie in the bailiwick of `zone`. Empty `servers` when there is
/// none.
NsSet ns_set_in_answer(const Message& response, const Name& owner, const Name& zone);

}  // namespace dns
