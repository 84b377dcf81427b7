// The one-word verdict on a zone, as the JSON, the table, the pages and the exit code of `check`
// say it. Pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "checks/report.hpp"
#include "dns/time.hpp"

namespace exporter {

enum class ZoneStatus : std::uint8_t {
  healthy,       ///< nothing at severity warning or above, and at least one server answered
  warnings,      ///< the worst finding is a warning
  errors,        ///< an error or a critical finding
  undetermined,  ///< nothing is known to be wrong, but not enough could be asked to say so
};

/// "healthy", "warnings", "errors", "undetermined".
std::string_view to_text(ZoneStatus status);

/// The verdict on `report`. A partial survey without warnings is undetermined: what was not asked
/// may be broken.
ZoneStatus status_of(const checks::ZoneReport& report);

/// Findings per severity, indexed by checks::Severity.
std::array<std::size_t, 5> count_findings(const checks::ZoneReport& report);

/// A report older than this many intervals exports only the time of its survey.
inline constexpr int kStaleIntervals = 5;

/// The last moment at which `report` is not stale: kStaleIntervals × `interval` after its survey.
/// Nothing for an interval of zero (a survey on demand): such a report does not become stale.
std::optional<dns::WallTime> stale_from(const checks::ZoneReport& report, dns::Duration interval);

/// True after stale_from().
bool is_stale(const checks::ZoneReport& report, dns::Duration interval, dns::WallTime now);

}  // namespace exporter
