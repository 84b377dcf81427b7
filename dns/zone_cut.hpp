// Zone cuts as iterative resolution knows them: a zone, the names of its servers and the addresses
// that glue or resolution gave, and the cache that keeps them for a while. Belongs to the engine
// thread.
#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <vector>

#include "dns/referral.hpp"
#include "dns/time.hpp"

namespace dns {

/// An address that just failed is asked after all others for this long.
inline constexpr Duration kAvoidFailedAddress = std::chrono::minutes(1);

struct CutAddress {
  IpAddress address;
  SteadyTime avoid_until{};  ///< it failed lately: others first
};

struct CutServer {
  Name name;
  std::vector<CutAddress> addresses;
  /// When the addresses of a family may be looked up again (by Resolver::find_parent).
  SteadyTime next_a_lookup{};
  SteadyTime next_aaaa_lookup{};

  /// Adds an address unless it is there or there are kMaxAddressesPerName.
  void add(const IpAddress& address);
  bool has(Family family) const;
};

/// The servers vector keeps its size once made, so that an index stays good over a suspension.
struct Cut {
  Name zone;
  std::vector<CutServer> servers;
  SteadyTime learned{};
  SteadyTime expires{};

  /// Notes that `address` failed or answered well, wherever it stands.
  void avoid(const IpAddress& address, SteadyTime until);
};

Cut make_cut(const NsSet& set, SteadyTime now, Duration max_age);

/// The distinct addresses of the cut in the order to ask them: one of each server first, starting
/// with a server and a family that `rotation` picks, so that load spreads; addresses to avoid come
/// last.
std::vector<IpAddress> ask_order(const Cut& cut, std::size_t rotation, SteadyTime now, bool ipv4,
                                 bool ipv6);

class CutCache {
 public:
  explicit CutCache(std::size_t max_cuts) : max_cuts_(max_cuts) {}

  /// The deepest cut at or above `name` that has not expired at `now` and was learned at or after
  /// `not_before`; null when there is none.
  std::shared_ptr<Cut> deepest(const Name& name, SteadyTime now, SteadyTime not_before) const;

  /// Keeps `cut` in place of an older one of the zone, until it expires. When the cache is full,
  /// expired cuts go first, then those that were learned first.
  void store(std::shared_ptr<Cut> cut, SteadyTime now);

  /// Forgets every cut at or below `zone`.
  void forget(const Name& zone);

  std::size_t size() const { return cuts_.size(); }

 private:
  void make_room(SteadyTime now);

  std::size_t max_cuts_;
  // In canonical order, so that what is below a zone stands right behind it.
  std::map<Name, std::shared_ptr<Cut>> cuts_;
};

}  // namespace dns
