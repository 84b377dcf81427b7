// The resolver view of the facts: what each configured resolver makes of the zone, and which layer
// fails by our own look at the servers and the resolvers' together. Part of checks/facts.hpp; lives
// and dies with the Facts.
//
// A resolver that does not work at all says nothing about a zone. Whether it works is told by the
// parent's SOA, which it is asked for in the same moment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "survey/resolver_observation.hpp"

namespace checks {

/// What a resolver makes of the zone's apex SOA.
enum class ResolverView : std::uint8_t {
  unknown,        ///< not asked in time, or this place cannot ask
  works,          ///< it gives the SOA
  dnssec_fails,   ///< SERVFAIL, but it gives the SOA without checking
  fails,          ///< an error or silence, with and without checking; it works for the parent
  denies,         ///< it says that the zone, or its SOA, does not exist
  unusable,       ///< it does not answer for the parent either, or refuses everything
  not_recursive,  ///< it answers without RA: no resolver
};
std::string_view to_text(ResolverView view);

struct ResolverFacts {
  const survey::ResolverObservation* seen = nullptr;
  ResolverView view = ResolverView::unknown;
  const dns::Exchange* checked = nullptr;    ///< SOA with CD=0; null when it was not asked
  const dns::Exchange* unchecked = nullptr;  ///< SOA with CD=1
  const dns::Exchange* control = nullptr;    ///< the parent's SOA; null for the root
  std::optional<dns::Soa> soa;               ///< that `checked` gives
  std::uint32_t soa_ttl = 0;                 ///< what is left of its TTL, when asked
  bool authenticated = false;                ///< AD in `checked`
  std::vector<std::uint16_t> errors;         ///< EDE INFO-CODEs of `checked`, each once

  /// What the resolver says with CD=1 to the question of `checked`, or null when it was not asked.
  const dns::Exchange* unchecked_of(const dns::Exchange& checked_exchange) const;

  bool works() const { return view == ResolverView::works; }
  /// It works, but not for the zone.
  bool failing() const {
    return view == ResolverView::dnssec_fails || view == ResolverView::fails ||
           view == ResolverView::denies;
  }
  bool judged() const { return works() || failing(); }
  std::optional<dns::Rcode> rcode_checked() const { return rcode_of(checked); }
  std::optional<dns::Rcode> rcode_unchecked() const { return rcode_of(unchecked); }

  static std::optional<dns::Rcode> rcode_of(const dns::Exchange* exchange) {
    if (exchange == nullptr || !exchange->answered()) return std::nullopt;
    return exchange->response->rcode;
  }
};

/// EDE INFO-CODEs of a response, each once, in its order (RFC 8914).
std::vector<std::uint16_t> extended_errors(const dns::Message& response);

/// The layer that explains what servers and resolvers show. Values of the label `layer`.
enum class FailureLayer : std::uint8_t {
  none,
  authoritative,  ///< the zone's servers, or its delegation
  dnssec,
  one_resolver,
  disagreement,  ///< several resolvers fail, others do not
};
inline constexpr std::size_t kFailureLayers = 5;
std::string_view to_text(FailureLayer layer);

struct ResolverViewFacts {
  std::vector<ResolverFacts> resolvers;  ///< in the order of the configuration
  std::size_t working = 0;
  std::size_t failing = 0;
  std::size_t dnssec_failing = 0;  ///< of these, only because of DNSSEC
  /// By our own look: no server gives a usable answer, or the parent does not delegate the zone.
  bool servers_fail = false;
  std::optional<FailureLayer> layer;  ///< nothing while no resolver could be judged

  std::size_t judged() const { return working + failing; }
  /// True when `some` of the resolvers judged are no accident of one of them: several, and more
  /// than half.
  bool are_most(std::size_t some) const { return some >= 2 && 2 * some > judged(); }
};

}  // namespace checks
