// How findings speak of resolvers. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "checks/facts.hpp"

namespace checks {

/// "office (192.0.2.53)", or the address alone where that is its name.
inline std::string resolver_text(const ResolverFacts& resolver) {
  const survey::RecursiveResolver& configured = resolver.seen->resolver;
  const std::string address = configured.endpoint.address.to_text();
  return configured.name == address ? address : configured.name + " (" + address + ")";
}

/// The same of all for which `wanted` is true.
template <typename Wanted>
std::vector<std::string> resolver_texts(const Facts& facts, const Wanted& wanted) {
  std::vector<std::string> texts;
  for (const ResolverFacts& resolver : facts.resolvers.resolvers) {
    if (wanted(resolver)) texts.push_back(resolver_text(resolver));
  }
  return texts;
}

/// The first for which `wanted` is true, or null.
template <typename Wanted>
const ResolverFacts* find_resolver(const Facts& facts, const Wanted& wanted) {
  for (const ResolverFacts& resolver : facts.resolvers.resolvers) {
    if (wanted(resolver)) return &resolver;
  }
  return nullptr;
}

/// "fails" or "fail".
inline std::string by_count(std::size_t count, std::string_view one, std::string_view several) {
  return std::string(count == 1 ? one : several);
}

}  // namespace checks
