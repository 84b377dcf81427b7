// What is wrong with a link of the chain of trust, in the words of findings. Pure functions.
#pragma once

#include <string>

#include "checks/facts.hpp"

namespace checks {

/// What is wrong with the parent's word about DS, for the middle of a sentence.
std::string ds_fault_text(const dns::dnssec::DsVerdict& ds);
/// What is wrong with the DNSKEY RRset, for the middle of a sentence.
std::string keys_fault_text(const dns::dnssec::DnskeyVerdict& keys);
/// What is wrong with a step that is bogus.
std::string step_fault_text(const dns::dnssec::PathStep& step);
/// The exchange that shows it; null without one.
const dns::Exchange* exchange_of(const dns::dnssec::PathStep& step);

}  // namespace checks
