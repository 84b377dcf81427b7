// Where resolution starts: the root's nameserver names and addresses, built in (IANA, "root hints")
// or read from a file in master-file form.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dns/address.hpp"
#include "dns/name.hpp"
#include "dns/result.hpp"

namespace dns {

/// A nameserver name with the addresses that are known for it.
struct NameserverAddresses {
  Name name;
  std::vector<IpAddress> addresses;
};

/// One entry per root server.
using RootHints = std::vector<NameserverAddresses>;

/// The 13 root servers.
RootHints builtin_root_hints();

/// Parses NS records of the root and A/AAAA records of their names (master-file form, as
/// named.root). Fails with the line of the first mistake, and when no root server has an address.
Result<RootHints> parse_root_hints(std::string_view text);

}  // namespace dns
