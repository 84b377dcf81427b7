// The resolver view: what the configured resolvers are asked about a zone, and when. They are asked
// as a stub resolver asks, with and without checking (CD), so that a zone that validators refuse
// can be told from one that nobody can reach. Nothing is asked when no resolver is configured.
// Belongs to the engine thread.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

#include "dns/client.hpp"
#include "survey/memory.hpp"

namespace survey {

/// One look at the resolvers takes no longer than this; who was not asked by then (because
/// thousands of zones ask the same resolver) stays due.
inline constexpr dns::Duration kResolverPatience = std::chrono::seconds(12);

/// A question that is to be put to a resolver.
struct ResolverAsk {
  ResolverQuestionId id{};
  bool checking = true;
  dns::Question question;
};

/// The first questions: the zone's SOA, with and without checking, and the parent's.
std::vector<ResolverAsk> first_asks(const ZonePlan& plan, const RecursiveResolver& resolver,
                                    const std::optional<dns::Name>& parent);

/// The others. Where the resolver does not give the zone's SOA (`resolves` is false), only the
/// parent's DS, a name that does not exist, and CAA.
std::vector<ResolverAsk> further_asks(const ZonePlan& plan,
                                      const std::vector<dns::Name>& nameservers, bool resolves,
                                      const std::function<std::uint32_t()>& random);

/// The questions among `answers` that a validating resolver answered with SERVFAIL, again without
/// checking: whether it is DNSSEC that fails (RFC 4035 section 3.2.2).
std::vector<ResolverAsk> unchecked_asks(const RecursiveResolver& resolver,
                                        const std::vector<ResolverAnswer>& answers);

/// The part that asks, for one survey.
class ResolverAsker {
 public:
  /// All outlive the object.
  ResolverAsker(dns::Client& client, const ZonePlan& plan, ZoneMemory::State& state,
                const std::function<std::uint32_t()>& random)
      : client_(client),
        plan_(plan),
        state_(state),
        random_(random),
        begun_(client.engine().clock().steady()) {}

  /// Never asked, or not for `resolvers_every`; a minute after a look at which one failed for this
  /// zone only, and when a server has just begun to fail.
  bool is_due(bool newly_failing) const;

  /// Asks all resolvers side by side. `parent` is the zone whose SOA shows whether a resolver works
  /// at all; nothing for the root.
  dns::Task<void> ask(std::vector<dns::Name> nameservers, std::optional<dns::Name> parent,
                      dns::SteadyTime deadline);

  /// What each configured resolver said last, of this round or for three of their cadences.
  std::vector<ResolverObservation> observations() const;

 private:
  struct Look;
  dns::Task<void> ask_resolver(Look& look, std::size_t index);
  dns::Task<std::vector<ResolverAnswer>> ask_all(std::size_t index, std::vector<ResolverAsk> asks,
                                                 dns::SteadyTime deadline);
  dns::Task<ResolverAnswer> ask_one(dns::Endpoint resolver, ResolverAsk ask,
                                    dns::SteadyTime deadline);
  dns::SteadyTime now() const { return client_.engine().clock().steady(); }

  dns::Client& client_;
  const ZonePlan& plan_;
  ZoneMemory::State& state_;
  const std::function<std::uint32_t()>& random_;
  dns::SteadyTime begun_;
};

}  // namespace survey
