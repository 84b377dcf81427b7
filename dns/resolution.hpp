// What iterative resolution finds, as values: where a zone is delegated, and what a name resolves
// to. Written by dns/resolver.hpp, read by everything above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/exchange.hpp"
#include "dns/root_hints.hpp"
#include "dns/time.hpp"

namespace dns {

/// Names kept of one NS RRset, and addresses kept of one name; the rest is left out (the
/// amplification of CVE-2020-8616, "NXNSAttack", grows with both).
inline constexpr std::size_t kMaxNameserversPerZone = 64;
inline constexpr std::size_t kMaxAddressesPerName = 32;

/// How the resolution of one (name, type) ended.
enum class ResolutionResult : std::uint8_t {
  ok,
  nodata,
  nxdomain,
  servfail,   ///< every server of some zone on the way answered with an error RCODE or was lame
  timeout,    ///< no server of some zone on the way answered
  loop,       ///< the name needs itself to be resolved (a cycle without glue), or CNAMEs loop
  limit,      ///< a bound on depth, referrals, queries or names was met
  forbidden,  ///< the only addresses on the way may not be asked (address policy)
  not_asked,  ///< the deadline passed first, or resolution was stopped
};

std::string_view to_text(ResolutionResult result);

/// The outcome of resolving one name and type from the root down.
struct Resolution {
  Name name;
  RRType type{};
  ResolutionResult result = ResolutionResult::not_asked;
  std::vector<Record> records;  ///< of `type`, at the end of the alias chain
  std::vector<Name> aliases;    ///< CNAME/DNAME targets followed, in order
  Name closest_zone;            ///< deepest zone whose servers were asked: where it broke, or ended
  std::vector<Name> cycle;      ///< the names that need each other, when result is loop
  std::string reason;           ///< one sentence when not ok and not nodata/nxdomain
  std::shared_ptr<const Exchange> last;   ///< the exchange that decided; may be null
  std::shared_ptr<const Exchange> alias;  ///< that gave the first alias; null without aliases
  WallTime observed{};
  std::vector<IpAddress> addresses() const;  ///< A and AAAA records as addresses
};

/// The parent of a zone and its servers, as found from the root down.
struct ParentSearch {
  bool found = false;
  Name parent;                               ///< deepest zone above the one searched
  std::vector<NameserverAddresses> servers;  ///< of the parent; addresses known so far
  std::string reason;                        ///< one sentence when not found
  ResolutionResult result = ResolutionResult::not_asked;
  std::shared_ptr<const Exchange> last;  ///< the exchange that decided; may be null
};

}  // namespace dns
