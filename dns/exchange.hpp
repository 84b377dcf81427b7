// What was asked of one server over one transport, and what came back. An Exchange is an immutable
// value once made; everything above dns/ is derived from Exchanges.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "dns/address.hpp"
#include "dns/message.hpp"
#include "dns/time.hpp"

namespace dns {

/// How an Exchange ended.
enum class Outcome : std::uint8_t {
  answered,     ///< a response that matches the query, whatever its RCODE
  timeout,      ///< nothing came within the last attempt's time
  refused,      ///< ICMP port unreachable, or a TCP RST to our SYN
  unreachable,  ///< no route, host or network unreachable, prohibited
  reset,        ///< the TCP connection was reset after it stood
  closed,       ///< the TCP connection was closed without an answer
  malformed,    ///< only messages that do not parse came
  mismatched,   ///< only messages that do not match the query came (source, id, question)
  forbidden,    ///< the address policy does not allow this address; nothing was sent
  not_asked,    ///< the deadline passed, or a limit was met, before anything was sent
  cancelled,    ///< the survey was stopped
};

std::string_view to_text(Outcome outcome);

/// Datagrams that came for a pending query and were not its answer, by reason.
struct Drops {
  std::uint16_t wrong_source = 0;
  std::uint16_t wrong_id = 0;
  std::uint16_t wrong_question = 0;
  std::uint16_t not_a_response = 0;  ///< QR=0 or another opcode
  std::uint16_t malformed = 0;

  bool any() const {
    return wrong_source != 0 || wrong_id != 0 || wrong_question != 0 || not_a_response != 0 ||
           malformed != 0;
  }
};

struct Exchange {
  Question question;  ///< as last sent: without `edns` when the server needed that
  Endpoint server;
  Transport transport = Transport::udp;
  Outcome outcome = Outcome::not_asked;
  std::uint8_t attempts = 0;            ///< queries sent
  std::uint8_t attempts_timed_out = 0;  ///< of these
  bool edns_failed = false;  ///< answered only without OPT, or said FORMERR/NOTIMP/BADVERS to it
  Drops drops;
  WallTime sent{};     ///< of the attempt that was answered, else of the last one
  Duration elapsed{};  ///< from sending to the answer; over TCP with the connect where it was new
  std::shared_ptr<const Message> response;  ///< not null exactly when answered

  bool answered() const { return outcome == Outcome::answered; }
  /// After two timeouts the last attempt goes without OPT, so without DO: DNSSEC records that are
  /// missing in its answer prove nothing.
  bool gave_up_edns() const { return !question.edns && attempts_timed_out != 0; }
};

/// A question over UDP with its follow-up: when the answer had TC=1, `tcp` is the retry.
struct FollowedExchange {
  std::shared_ptr<const Exchange> first;
  std::shared_ptr<const Exchange> tcp;  ///< null unless a retry over TCP was made

  /// The exchange whose answer counts: the TCP retry where one was made, else the first.
  const Exchange& final() const { return tcp ? *tcp : *first; }
};

/// What an answer is (RFC 2308 section 2, RFC 9499 section 4): NODATA has no RCODE, it is
/// determined.
enum class ResponseKind : std::uint8_t {
  answer,           ///< the RRset asked for, or a CNAME/DNAME that leads away, with AA
  nodata,           ///< NOERROR, AA, the name exists but not the type
  nxdomain,         ///< NXDOMAIN, AA
  referral,         ///< NS RRset below the zone asked and above or at the qname, no AA
  upward_referral,  ///< NS RRset of an ancestor of `zone`, or of `zone` itself, no AA
  lame,             ///< NOERROR or NXDOMAIN without AA and without a referral: not authoritative
  error,            ///< any other RCODE
};

std::string_view to_text(ResponseKind kind);

/// Determines the kind of a response to `question` from a server that is asked for `zone`. Records
/// of another class than IN count for nothing. A referral that wrongly has AA set still is one when
/// it has no answer and no SOA (RFC 2308 section 2.2).
ResponseKind classify(const Message& response, const Question& question, const Name& zone);

/// The dig command line that asks the same question the same way, in one attempt, safe to paste
/// into a POSIX shell: "dig @192.0.2.1 +notcp +ignore +norecurse ... example.org. SOA".
std::string dig_command(const Exchange& exchange);

}  // namespace dns
