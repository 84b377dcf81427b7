#include "dns/exchange.hpp"

#include <algorithm>

namespace dns {
namespace {

/// True when the answer section has what was asked for: the RRset, or an alias in its place.
bool has_answer(const Message& response, const Question& question) {
  return std::any_of(response.answer.begin(), response.answer.end(), [&](const Record& record) {
    if (record.rrclass != RRClass::in) return false;
    if (record.type == RRType::dname && question.qname.is_below(record.owner)) return true;
    const bool wanted = record.type == question.qtype || record.type == RRType::cname ||
                        question.qtype == RRType::any;
    return wanted && record.owner == question.qname;
  });
}

/// What the authority section delegates.
struct Authority {
  bool soa = false;
  bool below_zone = false;        ///< NS on the way from the zone to the qname
  bool at_or_above_zone = false;  ///< NS of the zone itself or of an ancestor
};

Authority read_authority(const Message& response, const Question& question, const Name& zone) {
  Authority authority;
  for (const Record& record : response.authority) {
    if (record.rrclass != RRClass::in) continue;
    if (record.type == RRType::soa) authority.soa = true;
    if (record.type != RRType::ns) continue;
    if (zone.is_at_or_below(record.owner)) {
      authority.at_or_above_zone = true;
    } else if (record.owner.is_below(zone) && question.qname.is_at_or_below(record.owner)) {
      authority.below_zone = true;
    }
  }
  return authority;
}

/// `text` as one word of a POSIX shell.
std::string shell_word(const std::string& text) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

/// dig's word for the type; by number where dig may be older than the mnemonic, since it would take
/// the word for a name.
std::string dig_type(RRType type) {
  constexpr std::uint16_t kLastOldSmallType = 65;    // HTTPS
  constexpr std::uint16_t kFirstOldAssignment = 99;  // SPF
  constexpr std::uint16_t kNewAssignments = 261;     // RESINFO and what came after it
  const auto number = static_cast<std::uint16_t>(type);
  const bool recent = (number > kLastOldSmallType && number < kFirstOldAssignment) ||
                      type == RRType::nxname || (number >= kNewAssignments && number < 32768);
  return recent ? "TYPE" + std::to_string(number) : to_text(type);
}

std::string dig_option(OptionCode code) {
  switch (code) {
    case OptionCode::nsid:
      return " +nsid";
    case OptionCode::expire:
      return " +expire";
    default:
      return " +ednsopt=" + std::to_string(static_cast<unsigned>(code));
  }
}

std::string dig_edns(const std::optional<EdnsRequest>& edns) {
  if (!edns) return " +noedns +nocookie";
  std::string out = edns->dnssec_ok ? " +dnssec" : " +edns=0";
  out += " +bufsize=" + std::to_string(edns->udp_size);
  if (edns->cookie.empty()) {
    out += " +nocookie";
  } else {
    constexpr char kHex[] = "0123456789abcdef";
    out += " +cookie=";
    for (const std::uint8_t octet : edns->cookie) {
      out += kHex[octet >> 4];
      out += kHex[octet & 0xf];
    }
  }
  for (const OptionCode code : edns->ask_for) out += dig_option(code);
  return out;
}

}  // namespace

std::string_view to_text(Outcome outcome) {
  switch (outcome) {
    case Outcome::answered:
      return "answered";
    case Outcome::timeout:
      return "timeout";
    case Outcome::refused:
      return "refused";
    case Outcome::unreachable:
      return "unreachable";
    case Outcome::reset:
      return "reset";
    case Outcome::closed:
      return "closed";
    case Outcome::malformed:
      return "malformed";
    case Outcome::mismatched:
      return "mismatched";
    case Outcome::forbidden:
      return "forbidden";
    case Outcome::not_asked:
      return "not_asked";
    case Outcome::cancelled:
      return "cancelled";
  }
  return "";
}

std::string_view to_text(ResponseKind kind) {
  switch (kind) {
    case ResponseKind::answer:
      return "answer";
    case ResponseKind::nodata:
      return "nodata";
    case ResponseKind::nxdomain:
      return "nxdomain";
    case ResponseKind::referral:
      return "referral";
    case ResponseKind::upward_referral:
      return "upward_referral";
    case ResponseKind::lame:
      return "lame";
    case ResponseKind::error:
      return "error";
  }
  return "";
}

ResponseKind classify(const Message& response, const Question& question, const Name& zone) {
  if (response.rcode == Rcode::nxdomain) {
    return response.aa ? ResponseKind::nxdomain : ResponseKind::lame;
  }
  if (response.rcode != Rcode::noerror) return ResponseKind::error;
  if (response.aa && has_answer(response, question)) return ResponseKind::answer;
  if (!response.aa && !response.answer.empty()) return ResponseKind::lame;
  const Authority authority = read_authority(response, question, zone);
  // RFC 2308 section 2.2: what tells a referral from NODATA is that it has NS and no SOA.
  if (!authority.soa && response.answer.empty() && authority.below_zone) {
    return ResponseKind::referral;
  }
  if (response.aa) return ResponseKind::nodata;
  return !authority.soa && authority.at_or_above_zone ? ResponseKind::upward_referral
                                                      : ResponseKind::lame;
}

std::string dig_command(const Exchange& exchange) {
  const Question& question = exchange.question;
  std::string out = "dig @" + exchange.server.address.to_text();
  if (exchange.server.port != 53) out += " -p " + std::to_string(exchange.server.port);
  out += exchange.transport == Transport::tcp ? " +tcp" : " +notcp +ignore";
  out += question.recursion_desired ? " +recurse" : " +norecurse";
  out += " +noadflag";  // dig sets AD by default, we do not
  if (question.checking_disabled) out += " +cdflag";
  out += dig_edns(question.edns);
  out += " +time=2 +tries=1";
  const std::string qname = shell_word(question.qname.to_text());
  // Without -q, dig takes a word that begins with one of these for an option.
  const bool like_an_option = qname.find_first_of("-+@%") <= 1;
  out += like_an_option ? " -q " + qname + " -t " : " " + qname + " ";
  return out + dig_type(question.qtype);
}

}  // namespace dns
