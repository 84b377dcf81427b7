// How many queries a second the zones need at each address, beside what pacing lets through. Pure.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "dns/address.hpp"
#include "exporter/config.hpp"
#include "exporter/store.hpp"

namespace exporter {

struct AddressDemand {
  dns::IpAddress address;
  std::size_t zones = 0;          ///< surveyed zones with a server there, or that ask there
  double queries_per_second = 0;  ///< what their rounds need
  double limit = 0;               ///< what pacing lets through
};

/// The addresses at which the surveyed ones of `zones` need more than `pacing` lets through, the
/// worst first. `queries_per_round` is what one round of one zone asks of each address; resolvers
/// are asked less often.
std::vector<AddressDemand> excessive_demand(std::span<const StoredZone> zones,
                                            const Config::Pacing& pacing, double queries_per_round);

/// Queries that a healthy round sends to each address, from the table of questions.
double queries_per_round();

}  // namespace exporter
