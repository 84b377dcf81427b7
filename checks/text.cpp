#include "checks/text.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace checks {

namespace {

std::string with_unit(std::int64_t value, std::string_view unit) {
  return std::to_string(value) + " " + std::string(unit);
}

std::string two_units(std::int64_t value, std::int64_t per_big, std::string_view big,
                      std::int64_t per_small, std::string_view small) {
  std::string text = with_unit(value / per_big, big);
  const std::int64_t rest = value % per_big / per_small;
  if (rest != 0) text += " " + with_unit(rest, small);
  return text;
}

template <typename Range, typename ToText>
std::vector<std::string> texts(const Range& range, const ToText& to_text) {
  std::vector<std::string> out;
  out.reserve(range.size());
  for (const auto& member : range) out.push_back(to_text(member));
  return out;
}

}  // namespace

std::string duration_text(double seconds) {
  constexpr double kLongest = 1e11;  // 3,000 years: no cast below can overflow
  if (std::isnan(seconds) || seconds <= 0) return "0 s";
  if (seconds < 1) {
    const auto milliseconds = static_cast<std::int64_t>(std::lround(seconds * 1000));
    return with_unit(milliseconds, "ms");
  }
  if (seconds < 10) {
    char text[16];
    std::snprintf(text, sizeof text, "%.1f s", seconds);
    return text;
  }
  const auto whole = static_cast<std::int64_t>(std::min(seconds, kLongest));
  if (whole < 60) return with_unit(whole, "s");
  if (whole < 3600) return two_units(whole, 60, "min", 1, "s");
  if (whole < 2 * 86400) return two_units(whole, 3600, "h", 60, "min");
  if (whole < 10 * 86400) return two_units(whole, 86400, "days", 3600, "h");
  return with_unit(whole / 86400, "days");
}

std::string time_text(dns::WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(std::chrono::floor<std::chrono::minutes>(time - day));
  char text[48];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d UTC", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()));
  return text;
}

std::string time_text(std::int64_t seconds) {
  return time_text(dns::WallTime(std::chrono::seconds(seconds)));
}

std::string count_text(std::size_t count, std::string_view singular, std::string_view plural) {
  return std::to_string(count) + " " + std::string(count == 1 ? singular : plural);
}

std::string list_text(const std::vector<std::string>& members) {
  const std::size_t shown = members.size() <= kMaxListed ? members.size() : kMaxListed - 1;
  std::string text;
  for (std::size_t i = 0; i < shown; ++i) {
    if (i != 0) text += i + 1 == members.size() ? " and " : ", ";
    text += members[i];
  }
  if (shown < members.size()) text += " and " + std::to_string(members.size() - shown) + " more";
  return text;
}

std::string list_text(const std::vector<dns::Name>& names) {
  return list_text(texts(names, [](const dns::Name& name) { return name.to_label(); }));
}

std::string list_text(const std::vector<dns::IpAddress>& addresses) {
  return list_text(
      texts(addresses, [](const dns::IpAddress& address) { return address.to_text(); }));
}

std::string server_text(const dns::Name& nameserver, const dns::IpAddress& address) {
  return nameserver.to_label() + " (" + address.to_text() + ")";
}

std::string one_line(std::string_view text) {
  constexpr std::size_t kLongest = 300;
  std::string out;
  for (const char c : text.substr(0, kLongest)) {
    const auto octet = static_cast<unsigned char>(c);
    out += octet < 0x20 || octet >= 0x7F ? ' ' : c;
  }
  return out;
}

std::string without_stop(std::string text) {
  if (!text.empty() && text.back() == '.') text.pop_back();
  return text;
}

}  // namespace checks
