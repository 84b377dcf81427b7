// What `dnszone_exporter check` prints: a table for people, or JSON for programs. Pure functions.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "checks/report.hpp"
#include "exporter/zone_status.hpp"

namespace exporter {

using Reports = std::span<const std::shared_ptr<const checks::ZoneReport>>;

struct TableStyle {
  bool color = false;       ///< ANSI colours; only for a terminal
  std::size_t width = 100;  ///< columns; sentences are wrapped to it, commands never are
  bool utf8 = true;         ///< else plain ASCII
};

/// Text that ends with a newline. No pointer of `reports` may be null.
std::string render_table(Reports reports, const TableStyle& style);

/// The document of `--format=json`, schema "dnszone_exporter/check/1", indented, ending with a
/// newline.
std::string render_json(Reports reports);

/// The worst status, from healthy over warnings and undetermined (which may hide an error) to
/// errors; undetermined when there are no reports. For the exit code of `check`.
ZoneStatus worst_status(Reports reports);

}  // namespace exporter
