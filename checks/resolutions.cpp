#include "checks/resolutions.hpp"

namespace checks {

namespace {

using dns::ResolutionResult;

bool gave_addresses(const NameserverFacts& nameserver) {
  for (const auto& known : nameserver.addresses) {
    if (known && !known->empty()) return true;
  }
  return false;
}

}  // namespace

std::optional<dns::Name> unregistered_domain(const Facts& facts,
                                             const NameserverFacts& nameserver) {
  const dns::Name& name = nameserver.seen->name;
  if (nameserver.in_domain || gave_addresses(nameserver)) return std::nullopt;
  for (const dns::Resolution* resolution : {&nameserver.seen->a, &nameserver.seen->aaaa}) {
    // The last of a chain of aliases does not exist: that is not this name's domain.
    if (resolution->result != ResolutionResult::nxdomain || !resolution->aliases.empty()) continue;
    const dns::Name& registry = resolution->closest_zone;
    const dns::ParentSearch& parent = facts.survey.delegation.parent;
    const bool tld = registry.label_count() == 1;
    const bool own_parent = parent.found && !registry.is_root() && registry == parent.parent;
    if (!tld && !own_parent) continue;
    if (!name.is_below(registry)) continue;
    return name.suffix(registry.label_count() + 1);
  }
  return std::nullopt;
}

bool resolution_failed(const NameserverFacts& nameserver) {
  if (gave_addresses(nameserver)) return false;
  return is_failure(nameserver.seen->a.result) || is_failure(nameserver.seen->aaaa.result);
}

bool is_failure(ResolutionResult result) {
  switch (result) {
    case ResolutionResult::servfail:
    case ResolutionResult::timeout:
    case ResolutionResult::nxdomain:
    case ResolutionResult::limit:
    case ResolutionResult::forbidden:
      return true;
    case ResolutionResult::ok:
    case ResolutionResult::nodata:
    case ResolutionResult::loop:  // del-ns-cycle
    case ResolutionResult::not_asked:
      return false;
  }
  return false;
}

bool fails_at_own_servers(const Facts& facts, const dns::Resolution& resolution) {
  return (resolution.result == ResolutionResult::timeout ||
          resolution.result == ResolutionResult::servfail) &&
         resolution.closest_zone.is_at_or_below(facts.survey.zone);
}

}  // namespace checks
