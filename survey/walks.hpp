// Our own way down from the root, as resolvers take it that are not like the one the survey uses:
// with one address family only, and asking for each name above the zone, as those do that minimise
// query names (RFC 9156). The survey itself is the walk with both families. Asked for at the slow
// cadence; a walk that failed is repeated sooner, so that it is soon known to last or to be over.
// Belongs to the engine thread.
#pragma once

#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "dns/resolver.hpp"
#include "survey/memory.hpp"
#include "survey/path.hpp"

namespace survey {

/// The walks of one survey take no longer than this; who was not asked by then (because thousands
/// of zones walk the same way) is due again soon. Whoever found only silence all that time is
/// stuck: no resolver waits longer.
inline constexpr dns::Duration kWalkPatience = std::chrono::seconds(12);
/// Names that are known to exist, over all zones; then all are asked for anew.
inline constexpr std::size_t kMaxNamesShared = 100'000;
/// Names above one zone that are asked for: few zones have any.
inline constexpr std::size_t kMaxNamesAbove = 8;

/// Resolvers with one family each. Their zone cuts are shared by all zones, for at most an hour;
/// before a failure is told, the way is asked for anew.
struct FamilyResolvers {
  FamilyResolvers(dns::Client& client, const dns::ResolverSettings& settings);

  dns::Resolver& of(dns::Family family) { return family == dns::Family::ipv4 ? ipv4 : ipv6; }

  dns::Resolver ipv4;
  dns::Resolver ipv6;
  /// Names above zones that came to a good end, and when: one answer does for all zones below, of
  /// which reverse zones have thousands.
  std::map<dns::Name, std::pair<dns::SteadyTime, dns::Resolution>> above;
};

/// The names above `zone` that are no zones as far as is known: between it and its parent, and,
/// where the path is known, between zones higher up. They exist, since there are zones below.
std::vector<dns::Name> names_above(const dns::Name& zone, const std::optional<dns::Name>& parent,
                                   const Path& path_to_parent);

/// The part that asks, for one survey.
class WalkAsker {
 public:
  /// All outlive the object.
  WalkAsker(dns::Resolver& resolver, FamilyResolvers& families, PathAsker& paths,
            const dns::Clock& clock, const ZonePlan& plan, ZoneMemory::State& state)
      : resolver_(resolver),
        families_(families),
        paths_(paths),
        clock_(clock),
        plan_(plan),
        state_(state),
        begun_(clock.steady()) {}

  /// Never asked, or not for `slow_every`; after a walk that got stuck, not for `delegation_every`;
  /// when time ran out, not for a minute; nor when one of `families`, over which the zone is served
  /// now, was left out then.
  bool is_due(const std::vector<dns::Family>& families) const;

  /// Walks over `families` side by side, and asks for the names above.
  dns::Task<void> ask(std::vector<dns::Family> families, std::optional<dns::Name> parent,
                      dns::SteadyTime deadline);

  /// A walk of this survey got stuck.
  bool got_stuck() const;

  /// What the walks came to last, of this round or for three of their cadences. One that got stuck
  /// while `vantage` had no use of its family is forgotten: it says nothing, now or later.
  std::vector<OwnWalk> walks(const Vantage& vantage);

 private:
  bool wants(WalkId id) const { return plan_.walks.test(static_cast<std::size_t>(id)); }
  dns::Task<void> walk(dns::Family family, dns::SteadyTime deadline);
  dns::Task<void> ask_above(std::optional<dns::Name> parent, dns::SteadyTime deadline);
  dns::Task<void> ask_name(dns::Name name, dns::SteadyTime deadline);
  /// What was kept of it, until the next one is noted; null when time ran out.
  const OwnWalk* note(WalkId id, dns::Resolution end, dns::SteadyTime deadline);

  dns::Resolver& resolver_;
  FamilyResolvers& families_;
  PathAsker& paths_;
  const dns::Clock& clock_;
  const ZonePlan& plan_;
  ZoneMemory::State& state_;
  dns::SteadyTime begun_;
  std::vector<OwnWalk> seen_;  ///< in this survey
  bool cut_ = false;           ///< something could not be asked in time
  bool had_time_ = false;      ///< nothing but its patience ends this look
};

}  // namespace survey
