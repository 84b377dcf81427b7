// Facts about nameserver names and about servers, which are names at addresses.
#include <algorithm>

#include "checks/facts.hpp"

namespace checks {

namespace {

using Addresses = std::vector<dns::IpAddress>;

const dns::Resolution& resolution_of(const survey::Nameserver& nameserver, dns::Family family) {
  return family == dns::Family::ipv4 ? nameserver.a : nameserver.aaaa;
}

void sort_unique(Addresses& addresses) {
  std::sort(addresses.begin(), addresses.end());
  addresses.erase(std::unique(addresses.begin(), addresses.end()), addresses.end());
}

// What the zone's own servers say about an in-domain name; nothing when none of them tells.
std::optional<Addresses> own_addresses(const Facts& facts, const dns::Name& name,
                                       dns::Family family) {
  const dns::RRType type = family == dns::Family::ipv4 ? dns::RRType::a : dns::RRType::aaaa;
  std::optional<Addresses> found;
  for (const AddressFacts& address : facts.addresses) {
    for (const OwnAddressAnswer& own : address.own_addresses) {
      if (own.name != name || own.type != type) continue;
      if (own.kind == dns::ResponseKind::answer || own.kind == dns::ResponseKind::nodata ||
          own.kind == dns::ResponseKind::nxdomain) {
        if (!found) found.emplace();
        found->insert(found->end(), own.addresses.begin(), own.addresses.end());
      }
    }
  }
  if (found) sort_unique(*found);
  return found;
}

std::optional<Addresses> resolved(const Facts& facts, const NameserverFacts& nameserver,
                                  dns::Family family) {
  const dns::Resolution& resolution = resolution_of(*nameserver.seen, family);
  switch (resolution.result) {
    case dns::ResolutionResult::ok: {
      Addresses addresses = resolution.addresses();
      sort_unique(addresses);
      return addresses;
    }
    case dns::ResolutionResult::nodata:
    case dns::ResolutionResult::nxdomain:
      return Addresses{};
    default:
      break;
  }
  if (!nameserver.in_domain) return std::nullopt;
  return own_addresses(facts, nameserver.seen->name, family);
}

// Only glue gives the address, and the name is known to resolve without it.
bool is_stale_glue(const ServerFacts& server, const NameserverFacts& nameserver,
                   const dns::IpAddress& address) {
  if (!server.seen->from_glue || server.seen->from_resolution) return false;
  const std::optional<Addresses>& known = nameserver.of(address.family());
  return known && std::find(known->begin(), known->end(), address) == known->end();
}

}  // namespace

void derive_nameserver_facts(Facts& facts) {
  facts.nameservers.resize(facts.survey.nameservers.size());
  for (std::size_t i = 0; i < facts.nameservers.size(); ++i) {
    NameserverFacts& nameserver = facts.nameservers[i];
    nameserver.seen = &facts.survey.nameservers[i];
    nameserver.in_domain = nameserver.seen->name.is_at_or_below(facts.survey.zone);
    for (const auto family : {dns::Family::ipv4, dns::Family::ipv6}) {
      nameserver.addresses[static_cast<std::size_t>(family)] = resolved(facts, nameserver, family);
    }
  }
  for (const survey::Server& seen : facts.survey.servers) {
    const auto nameserver = std::find_if(
        facts.nameservers.begin(), facts.nameservers.end(),
        [&seen](const NameserverFacts& other) { return other.seen->name == seen.nameserver; });
    // A survey names every server's nameserver and address; one that did not is not judged.
    if (nameserver == facts.nameservers.end() || seen.address >= facts.addresses.size()) continue;
    ServerFacts server;
    server.seen = &seen;
    server.address = seen.address;
    server.nameserver = static_cast<std::size_t>(nameserver - facts.nameservers.begin());
    server.stale_glue =
        is_stale_glue(server, *nameserver, facts.addresses[seen.address].seen->address);
    nameserver->servers.push_back(facts.servers.size());
    facts.servers.push_back(server);
  }
}

Addresses NameserverFacts::glue_of(dns::Family family) const {
  Addresses of_family;
  std::copy_if(glue.begin(), glue.end(), std::back_inserter(of_family),
               [family](const dns::IpAddress& address) { return address.family() == family; });
  return of_family;
}

bool NameserverFacts::proven_empty() const {
  return std::all_of(addresses.begin(), addresses.end(),
                     [](const auto& known) { return known && known->empty(); });
}

}  // namespace checks
