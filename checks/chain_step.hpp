// One step of a path of trust, as findings tell of it. Pure functions.
#pragma once

#include <string>

#include "checks/chain_text.hpp"

namespace checks {

/// What is wrong with a step that is bogus: the middle of a sentence.
inline std::string step_fault_text(const dns::dnssec::PathStep& step) {
  return step.keys ? keys_fault_text(*step.keys) : ds_fault_text(step.ds.value());
}

/// The exchange that shows it; null without one.
inline const dns::Exchange* exchange_of(const dns::dnssec::PathStep& step) {
  return step.keys ? step.zone->dnskey.get() : step.zone->ds.get();
}

}  // namespace checks
