// Comparing the RRsets of all addresses: what is wrong everywhere is a fault of the zone, what only
// some serve is theirs. For the checks of signatures. Pure functions.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "checks/catalogue.hpp"
#include "checks/facts.hpp"

namespace checks {

enum class FaultLevel : std::uint8_t { good, warning, critical };

/// What a check says of one RRset; nothing when the RRset says nothing about it.
using JudgeRrset = std::function<std::optional<FaultLevel>(const JudgedRrset&)>;
/// The middle of a sentence: "the signature of SOA of example.org expired ...".
using DescribeRrset = std::function<std::string(const JudgedRrset&)>;

/// Adds a finding about the zone for what all addresses have in common, and one about each server
/// that is worse than that. Without validators who care none is worse than a warning; a server's
/// own is a warning while two or more are better.
void report_rrset_faults(const Context& context, Findings& findings, const JudgeRrset& judge,
                         const DescribeRrset& describe);

/// Of an RRset whose fault breaks every lookup (SOA, DNSKEY, denial) critical, else a warning.
FaultLevel broken(const JudgedRrset& rrset);

/// "SOA of example.org".
std::string rrset_text(const JudgedRrset& rrset);

/// What validating resolvers make of a fault: a sentence with a leading blank.
std::string consequence(const Context& context);

/// Seconds until the signature that counts expires, negative when it has; 0 without dates.
double remaining(const JudgedRrset& rrset);

}  // namespace checks
