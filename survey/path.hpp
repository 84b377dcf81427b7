// The path of trust down to a zone, as questions: DS and DNSKEY of every zone between the closest
// trust anchor and it. Ancestors are shared by all zones below them and kept for a while; what does
// not validate is asked again before anyone judges it.
//
// Belongs to the engine thread. Outlives every survey that uses it.
#pragma once

#include <map>
#include <memory>

#include "dns/dnssec_path.hpp"
#include "dns/resolver.hpp"

namespace survey {

/// A link of the path is kept for its TTL, and at most so long (RFC 4035 section 5.3.3 bounds it by
/// the signatures too: a link is judged anew for each survey).
inline constexpr dns::Duration kMaxLinkAge = std::chrono::hours(1);
/// A link that does not validate, or could not be asked for, is asked for again after this long at
/// the earliest.
inline constexpr dns::Duration kBrokenLinkAge = std::chrono::minutes(1);
/// Zones of one path, and links kept of all paths, at most.
inline constexpr std::size_t kMaxPathZones = 32;
inline constexpr std::size_t kMaxLinks = 100'000;

class PathAsker {
 public:
  /// All outlive the object.
  PathAsker(dns::Resolver& resolver, const dns::Clock& clock, const dns::dnssec::Trust& trust);
  ~PathAsker();
  PathAsker(const PathAsker&) = delete;
  PathAsker& operator=(const PathAsker&) = delete;

  /// The path from the closest trust anchor at or above `zone` (from the root when there is none)
  /// down to `zone`. Whatever was not found before `deadline` is null in it, or cuts it off at the
  /// top; null when nothing was found at all. Several surveys that want one zone's link ask once.
  dns::Task<std::shared_ptr<const dns::dnssec::PathZone>> path_to(dns::Name zone,
                                                                  dns::SteadyTime deadline);

 private:
  // ...
};

}  // namespace survey
