// The chain of trust as JSON: "chain" of a zone (docs/check-json.md). A pure function.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "checks/report.hpp"

namespace exporter {

/// The steps from the trust anchor to the zone. What is unknown is absent.
nlohmann::ordered_json chain_json(const checks::ZoneReport& report);

}  // namespace exporter
