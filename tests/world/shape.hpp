// The shape of a root zone: which top-level domains are delegated to which nameservers at which
// addresses, and how each is signed. Read from a real root zone, or made up with much the same
// numbers where there is none. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "dns/address.hpp"
#include "dns/name.hpp"
#include "dns/result.hpp"

namespace world {

/// One zone below the root.
struct Delegation {
  dns::Name zone;
  std::vector<dns::Name> nameservers;
  std::uint8_t algorithm = 0;  ///< of its keys; 0: it is not signed
};

struct Shape {
  std::vector<dns::Name> root_servers;
  std::vector<Delegation> delegations;  ///< in canonical order
  /// Of every nameserver. Every nameserver's name lies below some delegated zone.
  std::map<dns::Name, std::vector<dns::IpAddress>> addresses;
};

/// The shape of the root zone in `text`, master-file form. Fails on text that is no root zone.
dns::Result<Shape> read_shape(std::string_view text);

/// A made-up root zone, the same each time: some 1,400 zones of operators of very different size,
/// of which the largest serves more than a hundred from the same addresses.
Shape made_up_shape();

/// Each nameserver keeps one address, and each zone its first `count` nameservers: that many
/// servers for every zone that has so many names.
void limit_servers(Shape& shape, std::size_t count);

/// FNV-1a of the name: the same on every machine.
std::uint64_t stable_hash(const dns::Name& name);

/// A world made from a shape.
struct Plan {
  Shape shape;                      ///< addresses are 127.0.0.0/8 and fd00::/8 now
  std::vector<dns::Name> surveyed;  ///< the zones asked for; the others only hold their names
};

/// A world of `count` zones: that many of the shape's, spread evenly over their hashes, with the
/// zones that nameservers' names lie in; or, for more than it has, as many copies of it as needed,
/// each with names and addresses of its own. Every real address becomes one loopback address.
Plan plan_world(const Shape& shape, std::size_t count);

}  // namespace world
