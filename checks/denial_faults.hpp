// Comparing how the addresses of a zone deny: what is wrong everywhere is a fault of the zone, what
// only some do is theirs. For the checks of denial. Pure functions.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "checks/catalogue.hpp"
#include "checks/facts.hpp"

namespace checks {

/// What a check says of one address: the middle of a sentence, empty when there is no fault.
struct DenialFault {
  std::string text;
  const dns::Exchange* exchange = nullptr;
  Severity worst = Severity::error;  ///< error: validators cannot use what it denies by
};

/// Nothing when the address says nothing about it. Only asked about addresses that sign.
using JudgeDenial = std::function<std::optional<DenialFault>(const AddressFacts&)>;

/// Adds a finding about the zone for a fault that all addresses have, else one about each server
/// that has it; `consequence` ends the sentence. An error where validators care and fewer than two
/// addresses are good; else at most a warning.
void report_denial_faults(const Context& context, Findings& findings, const JudgeDenial& judge,
                          std::string_view consequence);

/// Of faults that make an answer about a missing name useless to validators.
inline constexpr std::string_view kNamesFail =
    ": to validating resolvers names that do not exist are SERVFAIL.";
/// The same about a missing type.
inline constexpr std::string_view kTypesFail =
    ": to validating resolvers types that a name does not have are SERVFAIL.";

}  // namespace checks
