// How values of a report read, for people and for JSON: results, times, durations. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "checks/report.hpp"
#include "dns/time.hpp"

namespace exporter {

/// The word for a code of dnszone_nameserver_result: "ok", "timeout", ... "no_soa"; "unknown" for a
/// code that is not defined.
std::string_view result_text(int result);

/// The same for people: "connection failed".
std::string result_words(int result);

/// What a transport's detail tells besides its result: nothing for REFUSED where the result says
/// "refused", "after 2 attempts" for a timeout, nothing for a success.
std::string added_detail(const checks::ServerState::PerTransport& state);

/// A resolver's Extended DNS Errors: "7 Signature Expired, 22"; empty without any.
std::string extended_errors_text(const checks::ResolverState& state);

/// What a resolver said to "ds", "nonexistent" or "caa", or null when it was not asked.
const checks::ResolverWord* find_word(const checks::ResolverState& state,
                                      std::string_view question);

/// No answer, or an error: nothing that a healthy zone gets.
bool is_failure(const checks::ResolverWord& word);

/// How a resolver's answer ended, without its Extended DNS Errors: "SERVFAIL", "timeout after 3
/// attempts"; empty when it was not asked so.
std::string resolver_outcome_text(const std::optional<dns::Rcode>& rcode,
                                  const std::string& outcome);

/// RFC 3339 in UTC, to the second: "2026-11-22T16:00:00Z".
std::string rfc3339(dns::WallTime time);

/// A time to answer: "0.4 ms", "27 ms", "1.25 s".
std::string response_time_text(dns::Duration time);

/// A span in its two largest units: "12 s", "3 min", "2 h 5 min", "4 d 3 h". Negative spans read "0
/// s".
std::string span_text(dns::Duration span);
/// From `from` to `to`, as span_text.
std::string span_text(dns::WallTime from, dns::WallTime to);

/// What a finding is about: "ns1.example.com 192.0.2.1 over UDP", "ns1.example.com", "the zone".
std::string subject_text(const checks::Subject& subject);

/// `text` with control characters and what is not UTF-8 replaced by U+FFFD: sentences quote
/// servers, and a terminal obeys what it is sent.
std::string printable(std::string_view text);

/// What the vantage could not use when the zone was surveyed, in sentences; empty when nothing.
std::string blindness_text(const checks::ZoneReport& report);

/// "1 error", "2 errors"; `one` takes an s in the plural.
std::string counted(std::size_t count, std::string_view one);

/// Findings by severity, worst first: "1 critical, 2 errors, 1 notice"; "no findings" without any.
std::string finding_counts_text(const checks::ZoneReport& report);

/// Why a zone without a finding of weight is not called healthy either, and where to look; for
/// reports whose status is undetermined.
std::string undetermined_text(const checks::ZoneReport& report);

/// "UDP", "TCP".
std::string_view upper_text(dns::Transport transport);

}  // namespace exporter
