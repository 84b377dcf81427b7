// Signals about a zone's delegation that stand outside the zone, and outside its parent's
// delegation: whether operators of its nameservers vouch for its first DS (RFC 9615), and where its
// parent wants to be told of changes (RFC 9859). They are resolved from the root down, at the slow
// cadence, and only for zones whose own records give a reason. The pure part is above, the part
// that asks below. Belongs to the engine thread.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "dns/resolver.hpp"
#include "survey/memory.hpp"
#include "survey/path.hpp"

namespace survey {

/// Nameservers whose operators are asked about one zone, each for two types; the rest is left out.
/// Their names come from strangers, and each may lead through a chain of zones of its own.
inline constexpr std::size_t kMaxSignals = 16;

/// One look takes no longer than this: a report does not wait for operators that keep silent.
inline constexpr dns::Duration kSignalPatience = std::chrono::seconds(10);

/// Where the operator of `nameserver` vouches for `zone` (RFC 9615 section 4.1). Nothing when the
/// name would be longer than names may be.
std::optional<dns::Name> signalling_name(const dns::Name& zone, const dns::Name& nameserver);

/// Where `parent` has DSYNC records for `zone`, in the order in which they are to be looked for
/// (RFC 9859 section 4.1). The parent is known, so that the steps which guess it from denials are
/// left out. Empty for a zone that is not below `parent`.
std::vector<dns::Name> dsync_names(const dns::Name& zone, const dns::Name& parent);

/// What there is reason to ask for.
struct SignalNeeds {
  std::vector<dns::Name> nameservers;  ///< outside the zone, sorted; at most kMaxSignals
  std::vector<dns::Bytes> published;   ///< type and RDATA of the zone's CDS and CDNSKEY, sorted
  std::optional<dns::Name> notify;     ///< the parent that may have DSYNC records
};

/// Of nameservers there are any when some server has CDS or CDNSKEY records and the parent has no
/// DS; a parent when some server has these, or CSYNC. `parent_names` are the parent's nameservers
/// for the zone.
SignalNeeds signal_needs(const ZonePlan& plan, const ZoneMemory::State& state,
                         const std::vector<dns::Name>& parent_names,
                         const std::map<dns::IpAddress, AddressObservation>& observations);

/// The part that asks, for one survey.
class SignalAsker {
 public:
  /// All outlive the object.
  SignalAsker(dns::Resolver& resolver, PathAsker& paths, const dns::Clock& clock,
              const ZonePlan& plan, ZoneMemory::State& state)
      : resolver_(resolver), paths_(paths), clock_(clock), plan_(plan), state_(state) {}

  /// Never asked, asked `slow_every` ago, other nameservers or other records than then; after a
  /// failure that may pass already at the delegation's cadence.
  bool is_due(const SignalNeeds& needs) const;

  /// Asks what is due. One at a time.
  dns::Task<void> ask(SignalNeeds needs, dns::SteadyTime deadline);

  /// What was found last, of this round or for three cadences; of what is needed no more, nothing.
  Signals observations(const SignalNeeds& needs);

 private:
  bool bootstrap_is_due(const SignalNeeds& needs) const;
  bool notify_is_due(const SignalNeeds& needs) const;
  dns::Task<void> ask_operators(SignalNeeds needs, dns::SteadyTime deadline);
  dns::Task<void> ask_operator(Signal& signal, dns::SteadyTime deadline);
  dns::Task<void> ask_parent(dns::Name parent, dns::SteadyTime deadline);
  dns::Task<void> resolve(dns::Name name, dns::RRType type, dns::SteadyTime deadline,
                          dns::Resolution& into);
  void note(SignalLook& look, bool may_pass) const;

  dns::Resolver& resolver_;
  PathAsker& paths_;
  const dns::Clock& clock_;
  const ZonePlan& plan_;
  ZoneMemory::State& state_;
};

}  // namespace survey
