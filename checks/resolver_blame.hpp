// Whether servers of the zone are seen to fail in the way that resolvers fail: then these are where
// to begin, even if not every resolver meets them. Pure functions.
#pragma once

#include <algorithm>

#include "checks/facts.hpp"

namespace checks {

/// A server gives no usable answer over any transport.
inline bool some_server_fails(const Facts& facts) {
  return std::any_of(facts.addresses.begin(), facts.addresses.end(),
                     [](const AddressFacts& address) { return address.failing(); });
}

/// A server gives what does not validate.
inline bool some_server_is_invalid(const Facts& facts) {
  return std::any_of(facts.addresses.begin(), facts.addresses.end(),
                     [](const AddressFacts& address) { return address.dnssec.valid == false; });
}

}  // namespace checks
