// How an Exchange is put into words, and the command that repeats it. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "dns/exchange.hpp"

namespace checks {

/// How the exchange ended, in a few words: "timeout after 3 attempts", "connection refused",
/// "SERVFAIL (EDE 18: Prohibited)", "NOERROR". Only the registered purpose of an Extended DNS Error
/// is shown, never its free text, which a foreign server chose.
std::string outcome_text(const dns::Exchange& exchange);

/// "timeout", "connection refused": as outcome_text, without the number of attempts.
std::string outcome_kind(const dns::Exchange& exchange);

/// What came for the query and was not its answer: "2 messages from another address or port and 1
/// with a wrong id"; empty when nothing was dropped.
std::string drops_text(const dns::Drops& drops);

/// The `dig` command that repeats the exchange; empty for null.
std::string command_for(const dns::Exchange* exchange);

}  // namespace checks
