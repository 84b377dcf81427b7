// What the engine remembers of each address it asks: its token bucket, and how much is outstanding
// there. Internal to the engine's files; not thread-safe. Reads no clock.
#pragma once

#include <array>
#include <cstddef>
#include <unordered_map>
#include <utility>

#include "dns/intrusive_list.hpp"
#include "dns/pacing.hpp"
#include "dns/query.hpp"

namespace dns {

/// One address. The queries that refer to it keep it in the table.
struct Destination {
  /// The queries to it over one transport.
  struct Lane {
    std::size_t admitted = 0;     ///< of the window's places, those taken
    LinkList<Query> waiting;      ///< for a place
    LinkList<Query> outstanding;  ///< sent by UDP and unanswered
  };

  explicit Destination(const RateLimit& limit) : bucket(limit) {}

  Lane& lane(Transport transport) { return lanes[static_cast<std::size_t>(transport)]; }

  TokenBucket bucket;
  std::size_t queries = 0;  ///< that hold a pointer to this
  std::array<Lane, 2> lanes;
};

/// The addresses asked lately. Idle ones with a full bucket are forgotten as the table grows.
class Destinations {
 public:
  /// Addresses remembered at a time, 60 MB. Beyond it an address is not asked until another is
  /// idle with a full bucket, which at the default rate takes a second.
  static constexpr std::size_t kMaxAddresses = 262'144;

  explicit Destinations(RateLimits limits, std::size_t max_addresses = kMaxAddresses);

  /// The entry of `address`, made when it is not there; null when there is no room. It stays
  /// where it is while its `queries` is not 0, else until the next call.
  Destination* find(const IpAddress& address, SteadyTime now);

  /// The entry of `address` if it is there, else null.
  Destination* known(const IpAddress& address);

  /// Replaces the limits; buckets keep what was taken from them.
  void set_limits(RateLimits limits);

  /// Addresses remembered now.
  std::size_t size() const { return entries_.size(); }

 private:
  bool make_room(SteadyTime now);

  RateLimits limits_;
  std::size_t max_addresses_;
  std::size_t sweep_at_;
  SteadyTime next_sweep_{};
  std::unordered_map<IpAddress, Destination> entries_;
};

}  // namespace dns
