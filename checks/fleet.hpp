// What only the reports of several zones tell: whether an address fails for all of its zones, so
// that the server is down, or for some of them, so that it lacks those zones; and what the zones
// above them are worth. Pure functions and values.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <vector>

#include "checks/report.hpp"

namespace checks {

/// One address that serves several zones and fails for at least one of them.
struct SharedAddress {
  dns::IpAddress address;
  std::size_t zones = 0;                 ///< that have it as a server and know its state
  std::size_t failing = 0;               ///< for which it works over no transport
  std::vector<dns::Name> failing_zones;  ///< the first kMaxFailingZones of them, sorted
  Finding finding;                       ///< of the check con-shared-address, about the address
};

inline constexpr std::size_t kMaxFailingZones = 100;

/// The addresses that two or more of `reports` share and that fail for at least one, those failing
/// for the most zones first. No pointer of `reports` may be null. Costs one pass over all servers.
std::vector<SharedAddress> shared_addresses(
    std::span<const std::shared_ptr<const ZoneReport>> reports);

/// A zone above configured ones, by the newest survey that saw it.
struct Ancestor {
  dns::Name zone;
  dns::dnssec::Status status{};
  dns::WallTime seen{};
};

/// Folds the ancestors of many reports into one list, each down to the first that is bogus or
/// cannot be told: a break is named once. Reports in canonical order of their zones are cheap:
/// neighbours have the same ancestors, which are then found without a search. Belongs to one
/// thread.
class Ancestors {
 public:
  void add(const ZoneReport& report);

  /// In canonical order.
  const std::map<dns::Name, Ancestor>& all() const { return all_; }

 private:
  std::map<dns::Name, Ancestor> all_;
  std::vector<Ancestor*> latest_;  ///< those of the last report, in its order
};

}  // namespace checks
