// What came of resolving a nameserver's name, as the checks on names, glue and addresses all need
// it.
#pragma once

#include <optional>

#include "checks/facts.hpp"

namespace checks {

/// The registrable domain that a registry denied (NXDOMAIN) for a nameserver outside the zone:
/// anyone may register it. Known for domains directly below a top-level domain or below the zone's
/// own parent; nothing in other cases.
std::optional<dns::Name> unregistered_domain(const Facts& facts, const NameserverFacts& nameserver);

/// True when the name's resolution failed for a family and gave no address for the other.
bool resolution_failed(const NameserverFacts& nameserver);

/// True for servfail, timeout, nxdomain, limit and forbidden: the results that adr-ns-result names.
bool is_failure(dns::ResolutionResult result);

/// True when the failure lies at the zone's own servers, which other checks report.
bool fails_at_own_servers(const Facts& facts, const dns::Resolution& resolution);

}  // namespace checks
