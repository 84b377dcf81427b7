// The generated pages of docs/: made from the tables, so that they cannot drift. A test compares
// them with the committed files. Pure functions.
#pragma once

#include <string>

namespace checks {

/// docs/checks.md: every check with its severity, its meaning and its reference.
std::string checks_page();

/// The part of docs/metrics.md about zones: every family that comes from reports, and the
/// thresholds. exporter/list_metrics.hpp adds what the exporter says about itself.
std::string metrics_page();

}  // namespace checks
