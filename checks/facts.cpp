#include "checks/facts.hpp"

#include <algorithm>

namespace checks {

std::unique_ptr<const Facts> derive_facts(const survey::Survey& survey, const History& history,
                                          const ZoneSettings& settings, dns::WallTime now) {
  auto facts = std::make_unique<Facts>(survey, now);
  derive_address_facts(*facts, settings);
  derive_nameserver_facts(*facts);
  derive_serial_facts(*facts, history, settings);
  derive_delegation_facts(*facts);
  derive_service_facts(*facts);
  return facts;
}

const NameserverFacts* Facts::find_nameserver(const dns::Name& name) const {
  const auto found =
      std::find_if(nameservers.begin(), nameservers.end(),
                   [&name](const NameserverFacts& other) { return other.seen->name == name; });
  return found == nameservers.end() ? nullptr : &*found;
}

bool Facts::works(const NameserverFacts& nameserver) const {
  return std::any_of(nameserver.servers.begin(), nameserver.servers.end(),
                     [this](std::size_t index) { return address_of(servers[index]).up(); });
}

bool Facts::vantage_lacks(dns::Family family) const {
  return survey.vantage.of(family, dns::Transport::udp) == survey::Usable::no &&
         survey.vantage.of(family, dns::Transport::tcp) == survey::Usable::no;
}

}  // namespace checks
