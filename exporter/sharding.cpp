#include "exporter/sharding.hpp"

#include <algorithm>

namespace exporter {
namespace {

/// Of SplitMix64 (Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", 2014):
/// the step of its state, which is odd and without pattern, and the function that makes a number of
/// it, in which every bit of the state sways every bit of the result.
constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15ULL;

constexpr std::uint64_t mixed(std::uint64_t bits) {
  bits = (bits ^ (bits >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  bits = (bits ^ (bits >> 27U)) * 0x94D049BB133111EBULL;
  return bits ^ (bits >> 31U);
}

/// Octet for octet: std::hash may differ between builds, and reading words at a time between
/// machines. Has nothing in common with the hash that gives a zone its place in the interval
/// (Scheduler::offset), or a shard's zones would come all at once.
std::uint64_t hash_of(const dns::Name& zone) {
  std::uint64_t hash = kStep;
  const dns::Name lowered = zone.lowered();
  for (const char c : lowered.wire()) hash = mixed(hash ^ static_cast<unsigned char>(c));
  return hash;
}

/// Number `shard` of the sequence that SplitMix64 gives for `seed`.
std::uint64_t weight_of(std::uint64_t seed, unsigned shard) {
  return mixed(seed + (shard + std::uint64_t{1}) * kStep);
}

}  // namespace

std::uint64_t shard_weight(const dns::Name& zone, unsigned shard) {
  return weight_of(hash_of(zone), shard);
}

unsigned shard_of(const dns::Name& zone, unsigned of) {
  const std::uint64_t seed = hash_of(zone);
  unsigned best = 0;
  std::uint64_t best_weight = weight_of(seed, 0);
  for (unsigned shard = 1; shard < of; ++shard) {
    const std::uint64_t weight = weight_of(seed, shard);
    if (weight < best_weight)
      continue;  // no two are equal: other states, and mixed() is one to one
    best = shard;
    best_weight = weight;
  }
  return best;
}

std::optional<unsigned> Sharding::other_shard_of(const dns::Name& zone) const {
  if (!std::binary_search(elsewhere.begin(), elsewhere.end(), zone)) return std::nullopt;
  return shard_of(zone, shard.of);
}

}  // namespace exporter
