// How a random zone is signed: its algorithm and parameters, and what is wrong with its keys or its
// signatures where they are themselves made as they should be. Part of random_world.hpp.
#pragma once

#include <array>
#include <random>
#include <string>

#include "tests/lab/world.hpp"

namespace lab {

using RandomEngine = std::mt19937;

/// True in so many of a hundred.
inline bool chance(RandomEngine& engine, unsigned percent) {
  return engine() % 100 < percent;
}

template <typename Values>
auto one_of(RandomEngine& engine, const Values& values) {
  return values[engine() % values.size()];
}

/// Any algorithm that a signer of today offers, and how names are denied.
void choose_signing(RandomEngine& engine, WorldZone& zone);
/// "alg=13 nsec3 iterations=10".
std::string signing_text(const WorldZone& zone);

/// More than validators compute (RFC 9276 section 3.2).
bool has_too_many_iterations(const WorldZone& zone);

/// Keys as no policy would make them, and DS of some of them: "keys: ksk13+ds2 zsk13!revoked".
std::string choose_keys(RandomEngine& engine, WorldZone& zone);

/// One edit of the signed zone, signed again where that is a signer's fault: "edit: wrong-labels
/// soa". For a zone with its usual keys.
std::string choose_edit(RandomEngine& engine, WorldZone& zone);

}  // namespace lab
