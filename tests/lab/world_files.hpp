// The files that tell others about a running world: what to survey, what must be found, and a
// configuration for the exporter. Pure functions that return the text.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "tests/lab/world.hpp"

namespace lab {

struct FileOptions {
  std::filesystem::path directory;
  std::uint16_t port = 5300;
  bool ipv6 = false;
  std::string interval = "60s";
};

/// One zone per line, without those that need IPv6 when there is none.
std::string zones_text(const World& world, const FileOptions& options);

/// Zones, their servers and expectations; a scenario that cannot run has `skipped` with the reason.
std::string world_json(const World& world, const FileOptions& options);

/// A configuration that surveys every zone of the lab, without limits on the pace.
std::string exporter_yaml(const World& world, const FileOptions& options);

}  // namespace lab
