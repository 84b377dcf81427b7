#include "checks/facts.hpp"

#include <algorithm>
#include <utility>

namespace checks {

std::unique_ptr<const Facts> derive_facts(const survey::Survey& survey, const History& history,
                                          const ZoneSettings& settings,
                                          const dns::dnssec::Trust& trust, dns::WallTime now) {
  auto facts = std::make_unique<Facts>(survey, now);
  dns::dnssec::RrsetMemory memory;
  derive_address_facts(*facts, settings);
  derive_nameserver_facts(*facts);
  derive_serial_facts(*facts, history, settings);
  derive_delegation_facts(*facts);
  derive_service_facts(*facts);
  derive_chain_facts(*facts, trust);
  derive_dnssec_facts(*facts, trust, memory);
  derive_apex_facts(*facts, trust, memory);
  derive_denial_facts(*facts, trust, memory);
  derive_name_facts(*facts, trust);
  derive_key_facts(*facts);
  derive_signal_facts(*facts, trust);
  derive_resolver_facts(*facts);
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

bool Facts::vantage_is_cut_off() const {
  using survey::Usable;
  const auto [ipv4, ipv6] = std::pair(survey.vantage.udp_ipv4, survey.vantage.udp_ipv6);
  return ipv4 != Usable::yes && ipv6 != Usable::yes && (ipv4 == Usable::no || ipv6 == Usable::no);
}

std::int64_t Facts::told_at(const survey::Answer* answer, const dns::Exchange& exchange) const {
  if (answer == nullptr || !answer->carried_over) return now_seconds();
  const auto age = std::chrono::floor<std::chrono::seconds>(survey.finished - exchange.sent);
  return now_seconds() - std::max<std::int64_t>(age.count(), 0);
}

}  // namespace checks
