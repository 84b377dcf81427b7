// dnszone_lab: a DNS world in a box, for tests and for `./dev demo`.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include <CLI/CLI.hpp>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "tests/lab/lab.hpp"
#include "tests/lab/random_world.hpp"

namespace {

constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;

struct Arguments {
  std::string world;
  int healthy_zones = 0;
  int random_zones = 0;
  std::string ready_file;
  lab::LabOptions lab;
};

dns::Result<lab::World> read_world(const Arguments& arguments) {
  if (arguments.healthy_zones > 0) return lab::healthy_world(arguments.healthy_zones);
  if (arguments.random_zones > 0) {
    return lab::random_world(arguments.lab.seed, arguments.random_zones);
  }
  std::ifstream in(arguments.world, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return dns::fail("cannot read " + arguments.world);
  return lab::parse_world(text.str(), arguments.world);
}

/// A file that appears at once and whole. Nothing is written where nobody wants to know.
bool announce(const std::string& path, const char* what) {
  if (path.empty()) return true;
  const std::string draft = path + ".new";
  std::ofstream(draft) << what << "\n";
  if (std::rename(draft.c_str(), path.c_str()) == 0) return true;
  std::cerr << "dnszone_lab: cannot write " << path << "\n";
  return false;
}

/// The signals that end or switch the lab. Blocked before any thread starts, so that only wait()
/// sees them.
sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2}) sigaddset(&signals, number);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return signals;
}

/// Until a signal ends the lab or a program ends by itself.
int wait(lab::Lab& lab, const sigset_t& signals, const std::string& ready_file) {
  const timespec second{1, 0};
  while (true) {
    const int number = sigtimedwait(&signals, nullptr, &second);
    if (number == SIGUSR1 || number == SIGUSR2) {
      const bool broken = number == SIGUSR1;
      const auto done = lab.show(broken ? lab::Shown::as_described : lab::Shown::healed);
      if (!done) std::cerr << "dnszone_lab: " << done.error().sentence << "\n";
      if (!done || !announce(ready_file, broken ? "broken" : "healthy")) return kExitFailed;
    } else if (number > 0) {
      return 0;
    }
    const auto ended = lab.ended();
    for (const auto& what : ended) std::cerr << "dnszone_lab: " << what << "\n";
    if (!ended.empty()) return kExitFailed;
  }
}

int run(const Arguments& arguments) {
  const sigset_t signals = block_signals();
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  const auto world = read_world(arguments);
  if (!world) {
    std::cerr << "dnszone_lab: " << world.error().sentence << "\n";
    return kExitUsage;
  }
  const auto lab = lab::Lab::start(*world, arguments.lab);
  if (!lab) {
    std::cerr << "dnszone_lab: " << lab.error().sentence << "\n";
    return kExitFailed;
  }
  std::cout << (*lab)->table() << std::flush;
  if (!announce(arguments.ready_file, "ready")) return kExitFailed;
  return wait(**lab, signals, arguments.ready_file);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"A DNS world in a box: healthy and broken zones on loopback addresses"};
  app.require_subcommand(1);
  CLI::App* command = app.add_subcommand("run", "Starts a world and stays until SIGTERM");
  Arguments arguments;
  auto* world = command->add_option("--world", arguments.world, "The world's description");
  auto* healthy = command->add_option("--healthy-zones", arguments.healthy_zones,
                                      "So many zones without faults instead");
  healthy->check(CLI::Range(1, 15000))->excludes(world);
  command
      ->add_option("--random-zones", arguments.random_zones,
                   "So many random zones instead, each with one mutation of its answers")
      ->check(CLI::Range(1, 5000))
      ->excludes(world)
      ->excludes(healthy);
  std::string directory;
  command->add_option("--dir", directory, "Directory for configurations, logs and results")
      ->required();
  command->add_option("--port", arguments.lab.port, "Port of all servers")
      ->check(CLI::Range(1, 65535))
      ->capture_default_str();
  command->add_flag("--ipv6", arguments.lab.ipv6,
                    "Serve IPv6, too; only in a network namespace of its own");
  command->add_option("--loss", arguments.lab.loss, "Share of UDP queries that are lost")
      ->check(CLI::Range(0.0, 1.0));
  command->add_option("--seed", arguments.lab.seed, "Seed of the losses and of random zones");
  command->add_option("--interval", arguments.lab.interval, "Interval written to exporter.yaml");
  command->add_option("--ready-file", arguments.ready_file,
                      "Written when everything answers, and after each switch: SIGUSR1 breaks what "
                      "the world says is broken, SIGUSR2 heals it");
  bool healthy_first = false;
  command->add_flag("--healthy-first", healthy_first,
                    "Without the world's faults until SIGUSR1; on the scripted server only");
  try {
    app.parse(argc, argv);
    if (arguments.world.empty() && arguments.healthy_zones == 0 && arguments.random_zones == 0) {
      throw CLI::ValidationError("run", "needs --world, --healthy-zones or --random-zones");
    }
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  arguments.lab.directory = directory;
  if (healthy_first) arguments.lab.shown = lab::Shown::healed;
  return run(arguments);
}
