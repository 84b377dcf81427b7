// From the description of a world to what its servers need: zone contents with delegations, glue,
// DS and real signatures, scripts for the scripted server, zone files for the others, root hints
// and trust anchor. Does no I/O; the time and the programs that sign come in.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dns/address.hpp"
#include "dns/result.hpp"
#include "tests/lab/script.hpp"
#include "tests/lab/world.hpp"

namespace lab {

/// The keys of the signed zones.
using KeyRing = std::map<dns::Name, std::shared_ptr<const ZoneKeys>>;

struct BuildOptions {
  std::chrono::sys_seconds now;
  KeyRing keys;          ///< those of an earlier plan, taken instead of new ones
  unsigned edition = 1;  ///< the last digits of every serial: how often the world was built
  bool ipv6 = false;
  double loss = 0;  ///< share of UDP queries that every scripted server loses
  /// Signs the zones whose signer is a program; without it, they are an error.
  std::function<dns::Result<std::string>(const SigningJob&)> sign;
};

/// What a server that signs a zone by itself needs to know.
struct OnlineSigning {
  std::vector<KeyFile> keys;
  Denial denial = Denial::nsec;
  std::uint8_t algorithm = kDefaultAlgorithm;
};

/// What one real server program serves.
struct ProgramPlan {
  std::vector<dns::IpAddress> addresses;      ///< sorted, each once
  std::map<dns::Name, std::string> zones;     ///< master-file text
  std::map<dns::Name, OnlineSigning> online;  ///< of zones that the program signs: Knot, PowerDNS
};

struct WorldPlan {
  std::map<dns::IpAddress, ServerScript> scripted;
  std::map<Software, ProgramPlan> programs;
  std::string root_hints;
  std::string trust_anchor;  ///< empty when the root is not signed
  KeyRing keys;
};

/// Fails with a sentence when a zone's records are wrong, when one address is to be served by two
/// programs, and when a program is to serve two different copies of one zone.
dns::Result<WorldPlan> build_world(const World& world, const BuildOptions& options);

}  // namespace lab
