// The path of trust down to a zone, as questions: DS and DNSKEY of every zone between the closest
// trust anchor and it. Ancestors are shared by all zones below them and kept for a while; what does
// not validate is asked again before anyone judges it.
//
// Belongs to the engine thread. Outlives every survey that uses it.
#pragma once

#include <map>
#include <memory>
#include <optional>

#include "dns/dnssec_path.hpp"
#include "dns/resolver.hpp"
#include "dns/running.hpp"

namespace survey {

/// A link of the path is kept for its TTL, and at most so long (RFC 4035 section 5.3.3 bounds it by
/// the signatures too: a link is judged anew for each survey).
inline constexpr dns::Duration kMaxLinkAge = std::chrono::hours(1);
/// A link that does not validate, or could not be asked for, is asked for again after this long at
/// the earliest; so is one with a smaller TTL.
inline constexpr dns::Duration kBrokenLinkAge = std::chrono::minutes(1);
/// Zones of one path, and links kept of all paths, at most.
inline constexpr std::size_t kMaxPathZones = 32;
inline constexpr std::size_t kMaxLinks = 100'000;

/// A path, by its last zone.
using Path = std::shared_ptr<const dns::dnssec::PathZone>;

/// The zone whose word the response behind `resolution` is, when that response tells: the owner of
/// a SOA record in a denial, or the signer. Servers that serve parent and child answer for the
/// child before the resolver knows of it. Only names at or below `resolution.closest_zone` and at
/// or above `lowest` count. Pure.
std::optional<dns::Name> zone_in_response(const dns::Resolution& resolution,
                                          const dns::Name& lowest);

/// The zone that holds the addresses of `resolution`, or denies them; as far as its response tells.
/// Pure.
dns::Name zone_of_addresses(const dns::Resolution& resolution);

class PathAsker {
 public:
  /// All outlive the object, and what `trust` refers to. `max_links` is for tests.
  PathAsker(dns::Resolver& resolver, const dns::Clock& clock, const dns::dnssec::Trust& trust,
            std::size_t max_links = kMaxLinks);
  ~PathAsker();
  PathAsker(const PathAsker&) = delete;
  PathAsker& operator=(const PathAsker&) = delete;

  /// The path from the closest trust anchor at or above `zone` (from the root when there is none)
  /// down to `zone`. Whatever was not found before `deadline` is null in it, or cuts it off at the
  /// top; null when nothing was found at all. Several surveys that want one zone's link ask once.
  dns::Task<Path> path_to(dns::Name zone, dns::SteadyTime deadline);

  /// The path to the zone that holds the addresses of `resolution`; null when no server of that
  /// zone answered. An unsigned answer of servers that seem to be a signed zone's may come from an
  /// unsigned zone below: then they are asked where it begins.
  dns::Task<Path> path_to_addresses(dns::Resolution resolution, dns::SteadyTime deadline);

  /// No zone above `zone` is asked about it: the root, and zones with a trust anchor.
  bool begins_at(const dns::Name& zone) const;

  /// What the path comes to now. Remembered for paths that are kept.
  dns::dnssec::Status status_of(const Path& path);

  /// Links kept, expired ones included.
  std::size_t size() const { return links_.size(); }

 private:
  /// A judgement, and until when time alone does not change it.
  struct Judged {
    dns::dnssec::Status status = dns::dnssec::Status::indeterminate;
    dns::dnssec::Seconds holds_until = dns::dnssec::Seconds::max();

    bool is_good() const {
      return status == dns::dnssec::Status::secure || status == dns::dnssec::Status::insecure;
    }
  };
  struct Link {
    Path path;
    dns::SteadyTime asked{};
    dns::SteadyTime expires{};
    Judged judged;
  };
  /// One asking for a link, or what there is of it.
  struct Asked {
    Path above;
    std::shared_ptr<const dns::Exchange> ds;
    std::shared_ptr<const dns::Exchange> dnskey;
    bool complete = true;  ///< false: there was no time for all of it
  };
  struct Found {
    Path path;
    bool complete = false;
  };

  dns::Task<Found> find(dns::Name zone, dns::SteadyTime deadline);
  dns::Task<Found> ask(dns::Name zone, dns::SteadyTime deadline);
  dns::Task<Asked> ask_once(dns::Name zone, const Asked* before, dns::SteadyTime deadline);
  dns::Task<void> ask_ds(dns::Name zone, Asked& asked, const Asked* before,
                         std::optional<dns::Name>& above, dns::SteadyTime deadline);
  dns::Task<void> ask_dnskey(dns::Name zone, Asked& asked, const Asked* before,
                             dns::SteadyTime deadline);
  dns::Task<void> ask_above(dns::Name above, Asked& asked, dns::SteadyTime deadline);
  dns::Task<dns::Resolution> resolve(dns::Name zone, dns::RRType type,
                                     std::shared_ptr<const dns::Exchange> before,
                                     dns::SteadyTime deadline);

  bool is_fresh(const Path& path);
  Path fresh(const dns::Name& zone);
  Judged judge(const Path& path);
  bool may_validate(const dns::Name& zone, const Path& above);
  bool was_good(const dns::Name& zone) const;
  dns::SteadyTime expiry(const Path& path, const Judged& judged, bool may_validate) const;
  void keep(Link link);
  void make_room();

  dns::Resolver& resolver_;
  const dns::Clock& clock_;
  const dns::dnssec::Trust trust_;
  const std::size_t max_links_;
  std::map<dns::Name, Link> links_;
  std::size_t sweep_at_;  ///< number of links at which expired ones are dropped
  dns::Running<dns::Name, Found> running_;
};

}  // namespace survey
