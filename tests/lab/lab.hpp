// A whole world, running: the scripted server, the real ones and the resolver, and the files that
// tell others about it. Everything stops when the object goes, also when starting fails half-way.
// Not thread-safe: one owner, the main thread (see process.hpp).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "dns/result.hpp"
#include "tests/lab/build.hpp"
#include "tests/lab/process.hpp"
#include "tests/lab/scripted_server.hpp"
#include "tests/lab/world.hpp"

namespace lab {

/// What a lab shows of its world.
enum class Shown { as_described, healed };

struct LabOptions {
  std::filesystem::path directory;  ///< made when it is not there
  std::uint16_t port = 5300;
  bool ipv6 = false;  ///< adds the world's IPv6 addresses to lo: only in a namespace of its own
  double loss = 0;
  std::uint32_t seed = 1;             ///< of the losses
  std::string interval = "60s";       ///< of the surveys, for exporter.yaml
  Shown shown = Shown::as_described;  ///< at first
};

class Lab {
 public:
  /// Starts everything and writes root.hints, anchor.key, zones.txt, world.json and exporter.yaml.
  static dns::Result<std::unique_ptr<Lab>> start(const World& world, const LabOptions& options);

  /// Goes over to the world as it is described or to the healed one, with the same keys and with
  /// newer serials. On failure everything stays as it was.
  dns::Result<void> show(Shown what);

  /// The programs that ended since, with how; empty while all is well.
  std::vector<std::string> ended();

  /// What runs where, for people.
  const std::string& table() const { return table_; }

 private:
  Lab(const World& world, LabOptions options)
      : world_(world), options_(std::move(options)), server_(options_.seed) {}

  dns::Result<void> start_all();
  dns::Result<WorldPlan> build(Shown what);
  dns::Result<void> start_scripted(const WorldPlan& plan);
  dns::Result<void> start_programs(const WorldPlan& plan);
  dns::Result<void> write_files(const WorldPlan& plan) const;
  void describe(const WorldPlan& plan);

  struct Program {
    std::string name;
    ChildProcess process;
  };

  const World& world_;
  LabOptions options_;
  ScriptedServer server_;
  KeyRing keys_;
  unsigned editions_ = 0;
  std::vector<Program> programs_;
  std::string table_;
};

}  // namespace lab
