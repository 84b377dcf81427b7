// The resolver view of a survey, as values: which resolvers are configured, what each is asked, and
// what it answered. Part of survey/survey.hpp.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "dns/exchange.hpp"
#include "dns/time.hpp"
#include "survey/id_set.hpp"

namespace survey {

/// Resolvers that one configuration may name.
inline constexpr std::size_t kMaxResolvers = 16;
/// Names of one zone that must exist, and nameserver names, that resolvers are asked for.
inline constexpr std::size_t kMaxSentinels = 8;
inline constexpr std::size_t kMaxNamesAskedOfResolvers = 16;

/// A recursive resolver whose view counts: the operator's own choice, so it is asked whatever the
/// address policy says.
struct RecursiveResolver {
  std::string name;        ///< label value: never from a response
  dns::Endpoint endpoint;  ///< each once in a configuration
  bool local = false;      ///< the operator's own, as opposed to a public one
  bool validating = true;  ///< false: it is not asked what it says without checking
  friend bool operator==(const RecursiveResolver&, const RecursiveResolver&) = default;
};

/// A name and type that must exist in a zone.
struct Sentinel {
  dns::Name name;
  dns::RRType type{};
  friend bool operator==(const Sentinel&, const Sentinel&) = default;
};

/// What a resolver is asked for, each with RD=1 and DO=1, and with CD=1 as well when a validating
/// one answers SERVFAIL; survey/resolvers.hpp says when.
enum class ResolverQuestionId : std::uint8_t {
  soa,          ///< apex SOA; of a validating resolver with CD=1 in any case
  control,      ///< SOA of the parent: whether the resolver works at all
  nonexistent,  ///< A of a random name below the apex
  ds,
  caa,
  ns,
  ns_address,  ///< A and AAAA of each nameserver name
  sentinel,    ///< what the configuration says must exist
};

/// A set of them, by ResolverQuestionId.
using ResolverQuestionSet = std::bitset<8>;

constexpr ResolverQuestionSet resolver_set_of(std::initializer_list<ResolverQuestionId> ids) {
  return bits_of<8>(ids);
}

/// One question put to one resolver, with what came of it.
struct ResolverAnswer {
  ResolverQuestionId id{};
  bool checking = true;  ///< CD=0
  dns::FollowedExchange exchange;
};

/// What one resolver said when it was last asked.
struct ResolverObservation {
  RecursiveResolver resolver;
  std::vector<ResolverAnswer> answers;
  dns::WallTime asked{};
  bool carried_over = false;  ///< asked in an earlier round

  /// The first answer to `id`, or null when it was not asked.
  const ResolverAnswer* find(ResolverQuestionId id, bool checking = true) const;
};

}  // namespace survey
