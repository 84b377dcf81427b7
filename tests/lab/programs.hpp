// Real servers from Debian as children of the lab: NSD, Knot, BIND, PowerDNS, and Unbound as a
// validating resolver. Each gets a directory and a generated configuration of its own, unprivileged
// ports, no control port, and runs as whoever runs the lab. A server counts as started when it
// answers; what it wrote is part of the error when it does not.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "dns/result.hpp"
#include "tests/lab/build.hpp"
#include "tests/lab/process.hpp"

namespace lab {

struct ProgramOptions {
  std::filesystem::path directory;  ///< of the lab; each program makes one below it
  std::uint16_t port = 5300;
};

/// Starts one authoritative server program and waits until it answers for each of its zones.
dns::Result<ChildProcess> start_program(Software software, const ProgramPlan& plan,
                                        const ProgramOptions& options);

/// What Unbound needs besides addresses: it resolves only by asking the lab.
struct ResolverPlan {
  std::vector<dns::IpAddress> addresses;  ///< where it listens
  /// The servers of every zone: a port other than 53 cannot be learned from a referral.
  std::map<dns::Name, std::vector<dns::IpAddress>> stubs;
  std::filesystem::path root_hints;
  std::filesystem::path trust_anchor;  ///< empty: no validation
};

/// Starts Unbound and waits until it resolves the SOA of the root.
dns::Result<ChildProcess> start_resolver(const ResolverPlan& plan, const ProgramOptions& options);

}  // namespace lab
