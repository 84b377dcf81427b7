#include "exporter/zone_status.hpp"

#include <algorithm>

namespace exporter {

std::string_view to_text(ZoneStatus status) {
  switch (status) {
    case ZoneStatus::healthy:
      return "healthy";
    case ZoneStatus::warnings:
      return "warnings";
    case ZoneStatus::errors:
      return "errors";
    case ZoneStatus::undetermined:
      return "undetermined";
  }
  return {};
}

ZoneStatus status_of(const checks::ZoneReport& report) {
  checks::Severity worst = checks::Severity::info;
  for (const checks::Finding& finding : report.findings) worst = std::max(worst, finding.severity);
  if (worst >= checks::Severity::error) return ZoneStatus::errors;
  if (worst == checks::Severity::warning) return ZoneStatus::warnings;
  const bool any_up = std::any_of(report.servers.begin(), report.servers.end(),
                                  [](const checks::ServerState& server) {
                                    return server.udp.result == 0 || server.tcp.result == 0;
                                  });
  return any_up && !report.partial ? ZoneStatus::healthy : ZoneStatus::undetermined;
}

std::array<std::size_t, 5> count_findings(const checks::ZoneReport& report) {
  std::array<std::size_t, 5> counts{};
  for (const checks::Finding& finding : report.findings) {
    ++counts.at(static_cast<std::size_t>(finding.severity));
  }
  return counts;
}

std::optional<dns::WallTime> stale_from(const checks::ZoneReport& report, dns::Duration interval) {
  if (interval <= dns::Duration::zero()) return std::nullopt;
  return report.surveyed +
         std::chrono::duration_cast<std::chrono::milliseconds>(interval * kStaleIntervals);
}

bool is_stale(const checks::ZoneReport& report, dns::Duration interval, dns::WallTime now) {
  const auto from = stale_from(report, interval);
  return from && now > *from;
}

}  // namespace exporter
