// The pages for people: the overview and one zone, as complete HTML documents with their own small
// style sheet, without scripts. Everything shown is escaped. Pure functions.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "dns/time.hpp"
#include "exporter/http_parameters.hpp"
#include "exporter/sharding.hpp"
#include "exporter/store.hpp"

namespace exporter {

/// What stands on every page.
struct PageFrame {
  std::string version;                                 ///< of the exporter; may be empty
  std::string vantage;                                 ///< may be empty
  std::shared_ptr<const Sharding> sharding = nullptr;  ///< null: all zones are surveyed here
};

/// Zones on one page of the overview.
inline constexpr std::size_t kZonesPerPage = 200;

/// All zones, worst first: numbers for all of `zones`, rows for those that `parameters` asks for.
/// Links are relative to "/".
std::string render_overview(std::span<const StoredZone> zones, const OverviewParameters& parameters,
                            const PageFrame& frame, dns::WallTime now);

/// One zone, with or without a report. Links are relative to "/zones/".
std::string render_zone_page(const StoredZone& zone, const PageFrame& frame, dns::WallTime now);

/// `text` with &, <, >, " and ' escaped, and control characters and what is not UTF-8 replaced.
std::string html_escaped(std::string_view text);

}  // namespace exporter
