// Iterative resolution from the root hints (RFC 1034 section 5.3.3), with a cache of zone cuts.
//
// The cache serves only the path: cuts are kept for at most min(TTL, 1 h), the data asked for is
// never cached. Every bound is a constant below. It asks with DO=1 and RD=0 and never uses the
// system's resolver. Belongs to the engine thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "dns/client.hpp"
#include "dns/resolution.hpp"

namespace dns {

// Bounds of one resolution, against loops and amplification (CVE-2020-8616 "NXNSAttack",
// CVE-2023-50387's neighbourhood, RFC 1034 section 5.3.3 "bound the amount of work").
inline constexpr int kMaxReferrals = 30;
inline constexpr int kMaxAliases = 8;
inline constexpr int kMaxGluelessDepth = 6;
inline constexpr int kMaxQueriesPerResolution = 150;
inline constexpr int kMaxNamesPerResolution = 64;  ///< nameserver names looked up on the way
inline constexpr int kMaxGluelessPerCut = 8;       ///< of one cut, each time it is asked
inline constexpr Duration kMaxCutAge = std::chrono::hours(1);
inline constexpr std::size_t kMaxCuts = 200'000;
/// A cut learned longer ago than this is asked for again before a name counts as unresolvable.
inline constexpr Duration kFreshCutAge = std::chrono::minutes(1);

struct ResolverSettings {
  RootHints hints = builtin_root_hints();
  std::uint16_t port = 53;
  int attempts = 2;
  Duration timeout = std::chrono::seconds(2);
  bool use_ipv4 = true;
  bool use_ipv6 = true;
};

class Resolver {
 public:
  Resolver(Client& client, ResolverSettings settings);
  ~Resolver();
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  /// Resolves `name`/`type`. Ancestor cuts may come from the cache; the answer never does.
  Task<Resolution> resolve(Name name, RRType type, SteadyTime deadline);

  /// Finds the zone above `zone` and its servers, with every address that glue or resolution
  /// gives. For the root itself there is no parent: `found` is false and the reason says so.
  Task<ParentSearch> find_parent(Name zone, SteadyTime deadline);

  /// Forgets every cached cut at or below `zone`, so that the next search asks again.
  void forget(const Name& zone);

  /// A family that the vantage cannot use is not asked.
  void set_usable(bool ipv4, bool ipv6);

  const ResolverSettings& settings() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dns
