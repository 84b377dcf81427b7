// A world of random zones below three kinds of signed parents, each zone with at most one random
// fault: of its keys, of how it is signed, or a mutation of what its servers say. All of a zone
// follows from the seed and its number, so that one of them can be looked at again by itself.
#pragma once

#include <cstdint>

#include "tests/lab/world.hpp"

namespace lab {

/// Of `count` random zones named z0, z1, ... The title of each says how it is built, and its fault:
/// "signed alg=13 nsec3 ds=right below nsec | soa: signature-bit".
World random_world(std::uint32_t seed, int count);

}  // namespace lab
