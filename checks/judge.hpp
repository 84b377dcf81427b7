// Judging: from a Survey and the History of earlier rounds to a ZoneReport and the next History.
// A pure function but for the memory of Verifier and ChainMemory: no I/O, no clock but the
// survey's, no state. Safe to call from any thread.
#pragma once

#include <memory>

#include "checks/chain_report.hpp"
#include "checks/history.hpp"
#include "checks/report.hpp"
#include "checks/settings.hpp"
#include "dns/dnssec_path.hpp"
#include "survey/survey.hpp"

namespace checks {

struct Judgement {
  std::shared_ptr<const ZoneReport> report;
  std::shared_ptr<const History> history;
};

/// `now` is the time the judgement is made for: survey.finished unless `--time` says another.
/// With `memory` the reports of many zones share what is equal in them.
Judgement judge(const survey::Survey& survey, const History& history, const ZoneSettings& settings,
                const dns::dnssec::Trust& trust, dns::WallTime now, ChainMemory* memory = nullptr);

}  // namespace checks
