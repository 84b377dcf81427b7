#include "checks/report.hpp"

#include <algorithm>
#include <array>

namespace checks {

namespace {

constexpr std::array<std::string_view, 5> kSeverities{"info", "notice", "warning", "error",
                                                      "critical"};

constexpr std::array<std::string_view, 14> kResults{
    "ok",          "timeout",           "connection_failed", "servfail",    "refused",
    "nxdomain",    "not_authoritative", "referral",          "other_rcode", "malformed",
    "unreachable", "truncated",         "not_asked",         "no_soa"};

}  // namespace

std::string_view to_text(Severity severity) {
  return kSeverities.at(static_cast<std::size_t>(severity));
}

std::optional<Severity> severity_from_text(std::string_view text) {
  for (std::size_t i = 0; i < kSeverities.size(); ++i) {
    if (kSeverities[i] == text) return static_cast<Severity>(i);
  }
  return std::nullopt;
}

std::string_view result_text(int code) {
  if (code < 0 || static_cast<std::size_t>(code) >= kResults.size()) return "not_asked";
  return kResults[static_cast<std::size_t>(code)];
}

Severity ZoneReport::worst() const {
  Severity worst = Severity::info;
  for (const Finding& finding : findings) worst = std::max(worst, finding.severity);
  return worst;
}

}  // namespace checks
