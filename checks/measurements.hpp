// The numbers of a report: one function per family of checks/metrics.hpp, nothing judged here.
#pragma once

#include <vector>

#include "checks/facts.hpp"
#include "checks/history.hpp"
#include "checks/report.hpp"
#include "checks/settings.hpp"

namespace checks {

/// All measurements of a round, sorted by metric. `history` is the one that this round was folded
/// into (for counters and times). `report` is read for its servers and nameservers, which the
/// measurements index, and for its findings. A value that could not be determined is absent.
std::vector<Measurement> measure(const Facts& facts, const History& history,
                                 const ZoneSettings& settings, const ZoneReport& report);

}  // namespace checks
