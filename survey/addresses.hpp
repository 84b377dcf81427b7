// The zone's nameserver names and their addresses: which names there are, when they are resolved,
// and which addresses serve the zone because of them. The pure part is above, the part that asks
// below. Belongs to the engine thread.
#pragma once

#include <map>
#include <vector>

#include "dns/resolver.hpp"
#include "survey/delegation.hpp"
#include "survey/memory.hpp"

namespace survey {

/// A server by name and address, with every reason to count it as one.
struct KnownServer {
  dns::Name nameserver;
  dns::IpAddress address;
  bool from_glue = false;
  bool from_resolution = false;
  bool from_last_known = false;  ///< and neither of the two others
  friend bool operator==(const KnownServer&, const KnownServer&) = default;
};

/// The addresses of one nameserver name: glue ∪ resolved ∪ remembered. What is remembered counts
/// for a family that cannot be resolved, and for a name that is proven to have no address at all;
/// not when its resolution gives other addresses, since then the remembered ones are gone on
/// purpose.
std::vector<KnownServer> merge_addresses(const dns::Name& nameserver,
                                         const std::vector<dns::IpAddress>& glue,
                                         const dns::Resolution& a, const dns::Resolution& aaaa,
                                         const std::vector<dns::IpAddress>& last_known);

/// Who serves the zone, followed from the parent's names.
struct Reach {
  std::vector<Nameserver> nameservers;  ///< sorted by name
  std::vector<KnownServer> servers;     ///< sorted by name, then address
};

/// Starts from the parent's nameservers (those of the last `last_known_for` when the delegation
/// gives none now) and adds, as long as something new comes, the names that the servers reached
/// give in their apex NS RRset. A server that names only itself, and that no one else names, is not
/// reached.
Reach reach(const DelegationView& delegation, const ZoneMemory::State& state, const ZonePlan& plan,
            dns::SteadyTime now, bool ipv4, bool ipv6);

/// Notes what this round knows: the parent's names, addresses as last known, when each was seen.
/// Forgets what was not seen for `last_known_for`.
void remember(ZoneMemory::State& state, const DelegationView& delegation, const Reach& reached,
              const ZonePlan& plan, dns::SteadyTime now);

/// When a name is resolved again after `result`: at the delegation's cadence, or sooner when the
/// failure may pass.
dns::Duration resolve_again_after(dns::ResolutionResult result, const ZonePlan& plan);

/// The part that asks, for one survey.
class AddressAsker {
 public:
  /// All outlive the object.
  AddressAsker(dns::Resolver& resolver, PathAsker& paths, const dns::Clock& clock,
               const ZonePlan& plan, ZoneMemory::State& state)
      : resolver_(resolver), paths_(paths), clock_(clock), plan_(plan), state_(state) {}

  /// The names of `reached` of which a family is due.
  std::vector<dns::Name> due(const Reach& reached) const;

  /// Resolves the families of `names` that are due.
  dns::Task<void> resolve(std::vector<dns::Name> names, dns::SteadyTime deadline);

  /// The names resolved since this was called last: their paths may have changed.
  std::vector<dns::Name> take_path_wanted();

  /// Looks for the path to the zone that holds the addresses of `name`. Not needed to ask servers:
  /// it may run beside everything else of the survey.
  dns::Task<void> find_path(dns::Name name, dns::SteadyTime deadline);

  /// Makes the names whose resolution failed in a way that may pass due at once.
  void repeat_failed(const Reach& reached);

 private:
  dns::Task<void> resolve_one(dns::Name name, dns::RRType type, dns::SteadyTime deadline);
  bool is_due(const NameMemory& memory, dns::RRType type) const;
  bool is_own(const dns::Name& name, const dns::Name& zone) const;

  dns::Resolver& resolver_;
  PathAsker& paths_;
  const dns::Clock& clock_;
  const ZonePlan& plan_;
  ZoneMemory::State& state_;
};

}  // namespace survey
