// How fast each destination address may be asked: a token bucket per address, with limits by
// longest matching prefix. The bucket is per address and not per zone, since hundreds of zones
// share a server. It reads no clock: the time is passed in.
//
// A reservation says when a query may go out, so that a bucket is one moment and nothing queues
// inside (the generic cell rate algorithm of ITU-T I.371, which is a token bucket told in times).
//
// Not thread-safe.
#pragma once

#include <utility>
#include <vector>

#include "dns/address.hpp"
#include "dns/time.hpp"

namespace dns {

/// A token bucket: `burst` queries at once when it is full, refilled at `queries_per_second`. A
/// rate of 0 means no limit.
struct RateLimit {
  double queries_per_second = 20;
  double burst = 20;
};

/// One token bucket. `burst` below 1 counts as 1.
class TokenBucket {
 public:
  explicit TokenBucket(const RateLimit& limit);

  /// When the next query may go out, at `now` or later. Takes nothing.
  SteadyTime next(SteadyTime now) const;
  /// Takes the token that next(now) told of.
  void take(SteadyTime now);
  /// True when nothing distinguishes it from a new one.
  bool full(SteadyTime now) const { return filled_ <= now; }
  /// Changes the limit and keeps what has been taken.
  void set_limit(const RateLimit& limit);

 private:
  Duration interval_{};   // zero: no limit
  Duration tolerance_{};  // how far ahead of the steady rate a burst may run
  SteadyTime filled_{};   // when the bucket is full again
};

/// Which limit holds for which address.
class RateLimits {
 public:
  RateLimits(const RateLimit& default_limit, std::vector<std::pair<Prefix, RateLimit>> limits);

  /// The limit of the longest prefix that holds `address`, else the default.
  const RateLimit& of(const IpAddress& address) const;

 private:
  RateLimit default_limit_;
  std::vector<std::pair<Prefix, RateLimit>> limits_;  // longest prefix first
};

}  // namespace dns
