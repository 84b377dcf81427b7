#include "exporter/report_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>

#include "exporter/zone_status.hpp"

namespace exporter {
namespace {

constexpr std::array<std::string_view, 14> kResults{
    "ok",          "timeout",           "connection_failed", "servfail",    "refused",
    "nxdomain",    "not_authoritative", "referral",          "other_rcode", "malformed",
    "unreachable", "truncated",         "not_asked",         "no_soa",
};

constexpr int kOk = 0;
constexpr int kNotAsked = 12;

std::string fixed(double value, int decimals) {
  std::array<char, 64> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::fixed, decimals);
  return {buffer.data(), end.ptr};
}

/// `value` with zeros in front up to `width`.
template <typename Value>
std::string padded(Value value, std::size_t width) {
  std::string text = std::to_string(value);
  if (text.size() < width) text.insert(0, width - text.size(), '0');
  return text;
}

/// The length of the printable UTF-8 sequence (RFC 3629) that `text` begins with; 0 when it begins
/// with a control character (C0, DEL, C1) or with no such sequence.
std::size_t sequence_length(std::string_view text) {
  const auto octet = [&text](std::size_t i) {
    return i < text.size() ? static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])) : 0U;
  };
  const std::uint32_t lead = octet(0);
  if (lead < 0x80) return lead >= 0x20 && lead != 0x7F ? 1 : 0;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  std::uint32_t code = lead & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((octet(i) & 0xC0U) != 0x80) return 0;
    code = code << 6U | (octet(i) & 0x3FU);
  }
  constexpr std::array<std::uint32_t, 5> kLeast{0, 0, 0xA0, 0x800, 0x10000};  // C1 ends at 0x9F
  const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
  return code >= kLeast.at(length) && code <= 0x10FFFF && !surrogate ? length : 0;
}

/// Equal without regard to the case of ASCII letters.
bool same(char a, char b) {
  const auto lowered = [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  };
  return lowered(a) == lowered(b);
}

struct Unit {
  std::int64_t seconds;
  const char* name;
};
constexpr std::array<Unit, 4> kUnits{{{86400, " d"}, {3600, " h"}, {60, " min"}, {1, " s"}}};

}  // namespace

std::string_view result_text(int result) {
  if (result < 0 || static_cast<std::size_t>(result) >= kResults.size()) return "unknown";
  return kResults.at(static_cast<std::size_t>(result));
}

std::string result_words(int result) {
  std::string words(result_text(result));
  std::replace(words.begin(), words.end(), '_', ' ');
  return words;
}

std::string added_detail(const checks::ServerState::PerTransport& state) {
  if (state.result == kOk) return {};
  const std::string words = result_words(state.result);
  const std::string_view detail = state.detail;
  const bool repeats =
      detail.size() >= words.size() && std::equal(words.begin(), words.end(), detail.begin(), same);
  if (!repeats) return state.detail;
  const std::size_t rest = detail.find_first_not_of(' ', words.size());
  return rest == std::string_view::npos ? std::string() : std::string(detail.substr(rest));
}

std::string extended_errors_text(const checks::ResolverState& state) {
  std::string text;
  for (const std::uint16_t code : state.errors) {
    if (!text.empty()) text += ", ";
    text += std::to_string(code);
    const std::string_view purpose = dns::ede_purpose(code);
    if (!purpose.empty()) text.append(" ").append(purpose);
  }
  return text;
}

const checks::ResolverWord* find_word(const checks::ResolverState& state,
                                      std::string_view question) {
  for (const checks::ResolverWord& word : state.words) {
    if (word.question == question) return &word;
  }
  return nullptr;
}

bool is_failure(const checks::ResolverWord& word) {
  return word.rcode_checked != dns::Rcode::noerror && word.rcode_checked != dns::Rcode::nxdomain;
}

std::string resolver_outcome_text(const std::optional<dns::Rcode>& rcode,
                                  const std::string& outcome) {
  return rcode ? dns::to_text(*rcode) : outcome;
}

std::string rfc3339(dns::WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(seconds - day);
  return padded(static_cast<int>(date.year()), 4) + '-' +
         padded(static_cast<unsigned>(date.month()), 2) + '-' +
         padded(static_cast<unsigned>(date.day()), 2) + 'T' + padded(clock.hours().count(), 2) +
         ':' + padded(clock.minutes().count(), 2) + ':' + padded(clock.seconds().count(), 2) + 'Z';
}

std::string response_time_text(dns::Duration time) {
  const double milliseconds = std::max(0.0, dns::to_seconds(time) * 1000);
  if (milliseconds < 9.95) return fixed(milliseconds, 1) + " ms";
  if (milliseconds < 999.5) return fixed(milliseconds, 0) + " ms";
  return fixed(milliseconds / 1000, 2) + " s";
}

std::string span_text(dns::Duration span) {
  std::int64_t rest =
      std::max<std::int64_t>(0, std::chrono::duration_cast<std::chrono::seconds>(span).count());
  for (std::size_t i = 0; i < kUnits.size(); ++i) {
    const Unit& unit = kUnits.at(i);
    if (rest < unit.seconds) continue;
    std::string text = std::to_string(rest / unit.seconds) + unit.name;
    rest %= unit.seconds;
    // Seconds beside minutes are noise to a reader, and so are minutes beside days.
    if (i < 2 && rest >= kUnits.at(i + 1).seconds) {
      const Unit& next = kUnits.at(i + 1);
      text += ' ' + std::to_string(rest / next.seconds) + next.name;
    }
    return text;
  }
  return "0 s";
}

std::string span_text(dns::WallTime from, dns::WallTime to) {
  return span_text(std::chrono::duration_cast<dns::Duration>(to - from));
}

std::string subject_text(const checks::Subject& subject) {
  std::string text;
  if (subject.nameserver) text = subject.nameserver->to_label();
  if (subject.address) {
    if (!text.empty()) text += ' ';
    text += subject.address->to_text();
  }
  if (text.empty()) text = "the zone";
  if (subject.transport) {
    text += " over ";
    text += upper_text(*subject.transport);
  }
  return text;
}

std::string printable(std::string_view text) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string out;
  out.reserve(text.size());
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = sequence_length(text.substr(at));
    out += length == 0 ? kReplacement : text.substr(at, length);
    at += std::max<std::size_t>(length, 1);
  }
  return out;
}

std::string counted(std::size_t count, std::string_view one) {
  std::string text = std::to_string(count) + ' ';
  text += one;
  if (count != 1) text += 's';
  return text;
}

std::string finding_counts_text(const checks::ZoneReport& report) {
  const auto counts = count_findings(report);
  std::string text;
  for (std::size_t i = counts.size(); i-- > 0;) {
    if (counts.at(i) == 0) continue;
    if (!text.empty()) text += ", ";
    const auto severity = static_cast<checks::Severity>(i);
    // "2 critical" and "2 info" are adjectives and take no plural.
    const bool noun = severity != checks::Severity::critical && severity != checks::Severity::info;
    text += noun ? counted(counts.at(i), checks::to_text(severity))
                 : std::to_string(counts.at(i)) + ' ' + std::string(checks::to_text(severity));
  }
  return text.empty() ? "no findings" : text;
}

std::string undetermined_text(const checks::ZoneReport& report) {
  if (report.partial) return "What was asked shows nothing of weight; the rest is unknown.";
  const bool asked = std::any_of(
      report.servers.begin(), report.servers.end(), [](const checks::ServerState& server) {
        return server.udp.result != kNotAsked || server.tcp.result != kNotAsked;
      });
  if (asked) return "No server gives a usable answer; whether that lasts is not known yet.";
  return "Nothing could be judged: no server could be asked. Where other zones look the same, it "
         "is "
         "this machine's own network: can it reach port " +
         std::to_string(report.port) + " over UDP and TCP?";
}

std::string blindness_text(const checks::ZoneReport& report) {
  std::string ways;
  for (const dns::Family family : {dns::Family::ipv4, dns::Family::ipv6}) {
    std::string over;
    std::size_t count = 0;
    for (const auto& [lost, transport] : report.unusable) {
      if (lost != family) continue;
      over = " over " + std::string(upper_text(transport));
      if (++count == 2) over.clear();
    }
    if (count == 0) continue;
    if (!ways.empty()) ways += " and ";
    ways += (family == dns::Family::ipv4 ? "IPv4" : "IPv6") + over;
  }
  if (ways.empty()) return {};
  return "This vantage cannot use " + ways +
         ": its control targets (the root servers, unless the configuration names others) do not "
         "answer. What can be reached only so is not judged. Look at this machine's own network.";
}

std::string_view upper_text(dns::Transport transport) {
  return transport == dns::Transport::udp ? "UDP" : "TCP";
}

}  // namespace exporter
