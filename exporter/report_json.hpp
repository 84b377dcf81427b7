// Reports as JSON, schema "dnszone_exporter/check/1" (docs/check-json.md). Key order is stable,
// what is unknown is absent, and what is not UTF-8 is replaced. Pure functions.
#pragma once

#include <memory>
#include <span>
#include <string>

#include "checks/report.hpp"
#include "exporter/store.hpp"

namespace exporter {

/// One element of "zones".
std::string zone_json(const checks::ZoneReport& report);

/// The element of a configured zone that has no report yet: its name and "undetermined".
std::string pending_zone_json(const dns::Name& zone);

/// The document of `check`, indented by two, with a final newline. No pointer may be null.
std::string check_json(std::span<const std::shared_ptr<const checks::ZoneReport>> reports);

/// {"zones": [...]} with the status of each zone, one zone per line.
std::string zone_list_json(std::span<const StoredZone> zones);

}  // namespace exporter
