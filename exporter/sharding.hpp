// Which zones are whose when several exporters share one list of them: rendezvous hashing, "highest
// random weight" (Thaler and Ravishankar, "Using Name-Based Mappings to Increase Hit Rates",
// IEEE/ACM Transactions on Networking 6(1), 1998). Every shard has a weight for every zone, drawn
// from the names of both; the zone belongs to the shard with the greatest. So nobody keeps a table,
// and one shard more takes its share evenly from the others, while all other zones stay.
//
// Pure functions, the same on every machine and in every release: exporters of different versions
// must not disagree on a zone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "dns/name.hpp"

namespace exporter {

inline constexpr unsigned kMaxShards = 1'000;

/// One of several exporters that share a list of zones.
struct Shard {
  unsigned number = 0;  ///< 0 to of - 1
  unsigned of = 1;

  friend bool operator==(const Shard&, const Shard&) = default;
};

/// The same as the command line says it; what it leaves out, the configuration file says.
struct ShardArguments {
  std::optional<unsigned> number;
  std::optional<unsigned> of;
};

/// How much `shard` wants `zone`, whose case does not count.
std::uint64_t shard_weight(const dns::Name& zone, unsigned shard);

/// The shard, 0 to `of` - 1, that surveys `zone`. O(of).
unsigned shard_of(const dns::Name& zone, unsigned of);

/// The other side of a shard of a configuration: what it leaves to others.
struct Sharding {
  Shard shard;
  std::vector<dns::Name> elsewhere;  ///< the zones of other shards, in canonical order

  /// The shard that has `zone`, when that is one of `elsewhere`. O(log n).
  std::optional<unsigned> other_shard_of(const dns::Name& zone) const;
};

}  // namespace exporter
