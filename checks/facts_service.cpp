// Facts about the service as a whole: how many nameserver names and addresses work.
#include <algorithm>
#include <set>

#include "checks/facts.hpp"

namespace checks {

namespace {

using dns::Family;
using dns::Transport;

constexpr std::array kFamilies{Family::ipv4, Family::ipv6};
constexpr std::array kTransports{Transport::udp, Transport::tcp};

// The addresses by which a name is known as one nameserver among the others.
using AddressSet = std::set<std::size_t>;

struct NameState {
  bool determined = false;
  bool up = false;
  bool open = false;     // not up, and an address that should have been asked was not
  bool complete = true;  // every address that was asked is up
};

// An address that the deadline, or the end of a budget, kept from being asked.
bool was_left_out(const AddressFacts& address) {
  const bool usable = address.transports[0].vantage_usable || address.transports[1].vantage_usable;
  return address.seen->may_ask && usable && !address.determined();
}

bool was_not_resolved(const NameserverFacts& nameserver, std::optional<Family> family) {
  const bool a = nameserver.seen->a.result == dns::ResolutionResult::not_asked;
  const bool aaaa = nameserver.seen->aaaa.result == dns::ResolutionResult::not_asked;
  if (!family) return a && aaaa;
  return *family == Family::ipv4 ? a : aaaa;
}

// Names by their address sets; names without an address stand alone.
class DistinctNames {
 public:
  DistinctNames(const Facts& facts, std::optional<Family> family) {
    std::size_t without_address = 0;
    for (const NameserverFacts& nameserver : facts.nameservers) {
      AddressSet set;
      NameState state;
      for (const std::size_t index : nameserver.servers) {
        const AddressFacts& address = facts.address_of(facts.servers[index]);
        if (family && address.seen->address.family() != *family) continue;
        set.insert(facts.servers[index].address);
        state.open = state.open || was_left_out(address);
        if (!address.determined()) continue;
        state.determined = true;
        state.up = state.up || address.up();
        // Glue that the zone itself no longer has does not count against the name.
        if (!address.up() && !facts.servers[index].stale_glue) state.complete = false;
      }
      if (set.empty()) {
        ++without_address;
        unresolved_ = unresolved_ || was_not_resolved(nameserver, family);
      } else {
        state.open = state.open && !state.up;
        states_[set] = state;
      }
    }
    count_ = without_address + states_.size();
  }

  std::size_t count() const { return count_; }
  bool any_address() const { return !states_.empty(); }
  // How many work is known: a survey that its deadline cut short proves no outage.
  bool known() const {
    return count_if([](const NameState& state) { return state.determined; }) != 0 &&
           count_if([](const NameState& state) { return state.open; }) == 0 && !unresolved_;
  }
  std::size_t working() const {
    return count_if([](const NameState& state) { return state.up; });
  }
  std::size_t complete() const {
    return count_if([](const NameState& state) { return state.up && state.complete; });
  }

 private:
  template <typename Predicate>
  std::size_t count_if(const Predicate& predicate) const {
    return static_cast<std::size_t>(
        std::count_if(states_.begin(), states_.end(),
                      [&predicate](const auto& entry) { return predicate(entry.second); }));
  }
  std::map<AddressSet, NameState> states_;
  std::size_t count_ = 0;
  bool unresolved_ = false;  // a name's addresses were not asked for in time
};

// True when it is proven that no name has an address of the family.
bool proven_without(const Facts& facts, Family family) {
  return std::all_of(facts.nameservers.begin(), facts.nameservers.end(),
                     [family](const NameserverFacts& nameserver) {
                       return nameserver.of(family) && nameserver.of(family)->empty();
                     });
}

std::optional<std::size_t> working_of(const Facts& facts, Family family) {
  const DistinctNames names(facts, family);
  if (!names.any_address()) {
    return proven_without(facts, family) ? std::optional<std::size_t>(0) : std::nullopt;
  }
  return names.known() ? std::optional(names.working()) : std::nullopt;
}

std::optional<std::size_t> addresses_up(const Facts& facts, Family family, Transport transport) {
  if (facts.survey.vantage.of(family, transport) == survey::Usable::no) return std::nullopt;
  std::size_t up = 0;
  bool any = false;
  bool determined = false;
  for (const AddressFacts& address : facts.addresses) {
    if (address.seen->address.family() != family) continue;
    any = true;
    const TransportFacts& over = address.over(transport);
    if (address.seen->may_ask && !over.determined()) return std::nullopt;
    determined = determined || over.determined();
    if (over.up()) ++up;
  }
  const bool known = any ? determined : proven_without(facts, family);
  return known ? std::optional(up) : std::nullopt;
}

// Nobody to ask, and that is no matter of time.
bool nobody_serves(const Facts& facts) {
  return facts.servers.empty() && !facts.nameservers.empty() &&
         std::none_of(facts.nameservers.begin(), facts.nameservers.end(),
                      [](const NameserverFacts& nameserver) {
                        return was_not_resolved(nameserver, std::nullopt);
                      });
}

}  // namespace

void derive_service_facts(Facts& facts) {
  ServiceFacts& service = facts.service;
  const DistinctNames names(facts, std::nullopt);
  service.names = names.count();
  service.names_complete = names.complete();
  if (names.known() || nobody_serves(facts)) service.names_working = names.working();
  for (const Family family : kFamilies) {
    const auto f = static_cast<std::size_t>(family);
    service.names_working_of[f] = working_of(facts, family);
    for (const Transport transport : kTransports) {
      service.addresses_up[f][static_cast<std::size_t>(transport)] =
          addresses_up(facts, family, transport);
    }
  }
}

}  // namespace checks
