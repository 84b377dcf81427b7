// Small text forms for the sentences of findings: times, durations, lists of names. Pure functions;
// all output is one line and bounded whatever the input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dns/address.hpp"
#include "dns/name.hpp"
#include "dns/time.hpp"

namespace checks {

/// List members that a sentence names before it says "and 12 more".
inline constexpr std::size_t kMaxListed = 8;

/// "21 days", "3 h 20 min", "4 min 10 s", "800 ms": two units at most. Negative is shown as 0 s.
std::string duration_text(double seconds);

/// "2026-11-22 16:00 UTC".
std::string time_text(dns::WallTime time);

/// The same of seconds since 1970.
std::string time_text(std::int64_t seconds);

/// "1 server", "3 servers".
std::string count_text(std::size_t count, std::string_view singular, std::string_view plural);

/// "a, b and c"; after kMaxListed members "and N more".
std::string list_text(const std::vector<std::string>& members);
std::string list_text(const std::vector<dns::Name>& names);
std::string list_text(const std::vector<dns::IpAddress>& addresses);

/// "ns1.example.com (192.0.2.1)".
std::string server_text(const dns::Name& nameserver, const dns::IpAddress& address);

/// The same without control characters, cut at 300 octets: for text that came from a resolution or
/// another room and may hold what a foreign server sent.
std::string one_line(std::string_view text);

/// The same without a final full stop, for use within a sentence.
std::string without_stop(std::string text);

}  // namespace checks
