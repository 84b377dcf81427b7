#include "survey/addresses.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

namespace survey {
namespace {

using dns::ResolutionResult;

// A verdict about the name; anything else is a failure that may pass, or nothing known yet.
bool is_settled(ResolutionResult result) {
  return result == ResolutionResult::ok || result == ResolutionResult::nodata;
}

bool may_pass(ResolutionResult result) {
  switch (result) {
    case ResolutionResult::servfail:
    case ResolutionResult::timeout:
    case ResolutionResult::limit:
    case ResolutionResult::not_asked:
      return true;
    default:
      return false;
  }
}

void add(std::vector<KnownServer>& servers, const dns::Name& nameserver,
         const dns::IpAddress& address, bool KnownServer::*reason) {
  auto known = std::find_if(servers.begin(), servers.end(),
                            [&](const KnownServer& server) { return server.address == address; });
  if (known == servers.end()) {
    if (servers.size() >= dns::kMaxAddressesPerName) return;
    known = servers.insert(servers.end(), KnownServer{nameserver, address, false, false, false});
  }
  (*known).*reason = true;
}

// Once a name's addresses are known, those remembered from before are gone on purpose: they must
// not come back when the name cannot be resolved later.
void forget_replaced(ZoneMemory::State& state, const Nameserver& nameserver) {
  const bool something_known = !nameserver.glue.empty() ||
                               nameserver.a.result == ResolutionResult::ok ||
                               nameserver.aaaa.result == ResolutionResult::ok;
  std::erase_if(state.last_known, [&](const auto& entry) {
    const auto& [name, address] = entry.first;
    const dns::Resolution& resolution =
        address.family() == dns::Family::ipv4 ? nameserver.a : nameserver.aaaa;
    return name == nameserver.name && something_known && is_settled(resolution.result);
  });
}

// The state of following names from the parent's on; see reach().
class Walk {
 public:
  /// What was last seen before `oldest` no longer counts.
  Walk(const ZoneMemory::State& state, dns::SteadyTime oldest, bool ipv4, bool ipv6)
      : state_(state), oldest_(oldest), ipv4_(ipv4), ipv6_(ipv6) {
    for (const auto& [key, seen] : state_.last_known) {
      if (seen > oldest_) last_known_[key.first].push_back(key.second);
    }
  }

  void add_name(const dns::Name& name, const std::vector<dns::IpAddress>& glue, bool in_parent,
                bool in_child) {
    const auto known = nameservers_.find(name);
    if (known != nameservers_.end()) {
      known->second.in_parent = known->second.in_parent || in_parent;
      known->second.in_child = known->second.in_child || in_child;
      return;
    }
    if (nameservers_.size() >= kMaxNameserversPerZone) return;
    Nameserver& added = nameservers_[name];
    added.name = name;
    added.in_parent = in_parent;
    added.in_child = in_child;
    added.glue = glue;
    const auto memory = state_.names.find(name);
    if (memory != state_.names.end()) {
      added.a = memory->second.a;
      added.aaaa = memory->second.aaaa;
      added.path = memory->second.path;
    }
    open_.push_back(name);
  }

  Reach follow() {
    for (std::size_t next = 0; next < open_.size(); ++next) {
      const dns::Name name = open_[next];
      const Nameserver& nameserver = nameservers_.at(name);
      for (KnownServer& server : merge_addresses(name, nameserver.glue, nameserver.a,
                                                 nameserver.aaaa, last_known_[name])) {
        if (in_use(server.address)) visit(std::move(server));
      }
    }
    Reach reached;
    for (auto& [name, nameserver] : nameservers_) {
      reached.nameservers.push_back(std::move(nameserver));
    }
    std::sort(servers_.begin(), servers_.end(), [](const KnownServer& a, const KnownServer& b) {
      return std::tie(a.nameserver, a.address) < std::tie(b.nameserver, b.address);
    });
    reached.servers = std::move(servers_);
    return reached;
  }

 private:
  void visit(KnownServer server) {
    const dns::IpAddress address = server.address;
    if (addresses_.count(address) == 0) {
      if (addresses_.size() >= kMaxAddressesPerZone) return;
      addresses_.insert(address);
      const auto memory = state_.addresses.find(address);
      if (memory != state_.addresses.end() && memory->second.child_ns_seen > oldest_) {
        for (const dns::Name& name : memory->second.child_ns) add_name(name, {}, false, true);
      }
    }
    servers_.push_back(std::move(server));
  }

  bool in_use(const dns::IpAddress& address) const {
    return address.family() == dns::Family::ipv4 ? ipv4_ : ipv6_;
  }

  const ZoneMemory::State& state_;
  dns::SteadyTime oldest_;
  bool ipv4_;
  bool ipv6_;
  std::map<dns::Name, std::vector<dns::IpAddress>> last_known_;
  std::map<dns::Name, Nameserver> nameservers_;
  std::vector<dns::Name> open_;
  std::set<dns::IpAddress> addresses_;
  std::vector<KnownServer> servers_;
};

}  // namespace

std::vector<KnownServer> merge_addresses(const dns::Name& nameserver,
                                         const std::vector<dns::IpAddress>& glue,
                                         const dns::Resolution& a, const dns::Resolution& aaaa,
                                         const std::vector<dns::IpAddress>& last_known) {
  std::vector<KnownServer> servers;
  for (const dns::IpAddress& address : glue) {
    add(servers, nameserver, address, &KnownServer::from_glue);
  }
  for (const dns::Resolution* resolution : {&a, &aaaa}) {
    for (const dns::IpAddress& address : resolution->addresses()) {
      add(servers, nameserver, address, &KnownServer::from_resolution);
    }
  }
  const bool nothing_known = servers.empty();
  for (const dns::IpAddress& address : last_known) {
    const dns::Resolution& resolution = address.family() == dns::Family::ipv4 ? a : aaaa;
    if (is_settled(resolution.result) && !nothing_known) continue;
    const bool known = std::any_of(servers.begin(), servers.end(), [&](const KnownServer& server) {
      return server.address == address;
    });
    if (!known) add(servers, nameserver, address, &KnownServer::from_last_known);
  }
  return servers;
}

Reach reach(const DelegationView& delegation, const ZoneMemory::State& state, const ZonePlan& plan,
            dns::SteadyTime now, bool ipv4, bool ipv6) {
  const dns::SteadyTime oldest = now - plan.last_known_for;
  Walk walk(state, oldest, ipv4, ipv6);
  for (const dns::NameserverAddresses& server : delegation.nameservers) {
    walk.add_name(server.name, server.addresses, true, false);
  }
  if (delegation.nameservers.empty()) {
    for (const auto& [name, seen] : state.parent_names) {
      if (seen > oldest) walk.add_name(name, {}, false, false);
    }
  }
  return walk.follow();
}

void remember(ZoneMemory::State& state, const DelegationView& delegation, const Reach& reached,
              const ZonePlan& plan, dns::SteadyTime now) {
  if (!delegation.nameservers.empty()) {
    state.parent_names.clear();
    for (const dns::NameserverAddresses& server : delegation.nameservers) {
      state.parent_names[server.name] = now;
    }
  }
  for (const Nameserver& nameserver : reached.nameservers) {
    state.names[nameserver.name].seen = now;
    forget_replaced(state, nameserver);
  }
  for (const KnownServer& server : reached.servers) {
    state.addresses[server.address].seen = now;
    if (!server.from_last_known) state.last_known[{server.nameserver, server.address}] = now;
  }
  const dns::SteadyTime limit = now - plan.last_known_for;
  std::erase_if(state.last_known, [&](const auto& entry) { return entry.second <= limit; });
  std::erase_if(state.parent_names, [&](const auto& entry) { return entry.second <= limit; });
  std::erase_if(state.names, [&](const auto& entry) { return entry.second.seen <= limit; });
  std::erase_if(state.addresses, [&](const auto& entry) { return entry.second.seen <= limit; });
}

dns::Duration resolve_again_after(ResolutionResult result, const ZonePlan& plan) {
  return may_pass(result) ? plan.delegation_every / 5 : plan.delegation_every;
}

std::vector<dns::Name> AddressAsker::due(const Reach& reached) const {
  std::vector<dns::Name> names;
  for (const Nameserver& nameserver : reached.nameservers) {
    const auto memory = state_.names.find(nameserver.name);
    if (memory == state_.names.end() || is_due(memory->second, dns::RRType::a) ||
        is_due(memory->second, dns::RRType::aaaa)) {
      names.push_back(nameserver.name);
    }
  }
  return names;
}

dns::Task<void> AddressAsker::resolve(std::vector<dns::Name> names, dns::SteadyTime deadline) {
  dns::Scope scope;
  for (const dns::Name& name : names) {
    const NameMemory& memory = state_.names[name];
    const bool a = is_due(memory, dns::RRType::a);
    const bool aaaa = is_due(memory, dns::RRType::aaaa);
    if (a) scope.spawn(resolve_one(name, dns::RRType::a, deadline));
    if (aaaa) scope.spawn(resolve_one(name, dns::RRType::aaaa, deadline));
  }
  co_await scope.join();
}

std::vector<dns::Name> AddressAsker::take_path_wanted() {
  std::vector<dns::Name> names;
  for (auto& [name, memory] : state_.names) {
    if (std::exchange(memory.path_wanted, false)) names.push_back(name);
  }
  return names;
}

dns::Task<void> AddressAsker::find_path(dns::Name name, dns::SteadyTime deadline) {
  const NameMemory& resolved = state_.names[name];
  dns::Resolution of = resolved.a.result == ResolutionResult::ok ? resolved.a : resolved.aaaa;
  if (!of.last && resolved.a.last) of = resolved.a;
  Path path;
  const dns::Name zone = zone_of_addresses(of);
  if (!is_own(name, zone)) {
    Path found = co_await paths_.path_to_addresses(std::move(of), deadline);
    if (found && !(found->zone == plan_.zone)) path = std::move(found);
  }
  NameMemory& memory = state_.names[name];
  state_.grown = true;
  memory.proof_wanted = path && paths_.status_of(path) != dns::dnssec::Status::insecure;
  memory.path = std::move(path);
}

void AddressAsker::repeat_failed(const Reach& reached) {
  for (const Nameserver& nameserver : reached.nameservers) {
    NameMemory& memory = state_.names[nameserver.name];
    if (may_pass(memory.a.result)) memory.next_a = dns::SteadyTime::min();
    if (may_pass(memory.aaaa.result)) memory.next_aaaa = dns::SteadyTime::min();
  }
}

dns::Task<void> AddressAsker::resolve_one(dns::Name name, dns::RRType type,
                                          dns::SteadyTime deadline) {
  const bool is_a = type == dns::RRType::a;
  dns::Resolution resolution = co_await resolver_.resolve(name, type, deadline);
  NameMemory& memory = state_.names[name];
  const dns::SteadyTime now = clock_.steady();
  memory.seen = now;
  (is_a ? memory.next_a : memory.next_aaaa) = now + resolve_again_after(resolution.result, plan_);
  // What there was no time to ask takes nothing away from what is known, while that is not too old.
  dns::SteadyTime& got = is_a ? memory.got_a : memory.got_aaaa;
  const bool known =
      got != dns::SteadyTime::min() && got + kCadencesKept * plan_.delegation_every > now;
  if (resolution.result == ResolutionResult::not_asked && known) co_return;
  got = now;
  (is_a ? memory.a : memory.aaaa) = std::move(resolution);
  state_.grown = true;
  memory.path_wanted = true;
}

// The surveyed zone's own servers are asked for what it holds. Where they serve the zone above too
// the resolver may not know better than that one.
bool AddressAsker::is_own(const dns::Name& name, const dns::Name& zone) const {
  return zone == plan_.zone || (name.is_at_or_below(plan_.zone) && !zone.is_below(plan_.zone));
}

bool AddressAsker::is_due(const NameMemory& memory, dns::RRType type) const {
  const dns::SteadyTime next = type == dns::RRType::a ? memory.next_a : memory.next_aaaa;
  return next <= clock_.steady();
}

}  // namespace survey
