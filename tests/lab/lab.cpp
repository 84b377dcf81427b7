#include "tests/lab/lab.hpp"

#include <chrono>
#include <fstream>
#include <map>
#include <set>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

#include "tests/lab/programs.hpp"
#include "tests/lab/world_files.hpp"

namespace lab {
namespace {

namespace fs = std::filesystem;

dns::Result<void> write_file(const fs::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) return dns::fail("cannot write " + path.string());
  return {};
}

/// Two sockets per address and connections besides: more than the usual 1024.
void allow_many_sockets() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

/// True when this is the network namespace the machine runs in; false in one of a test's own, and
/// when it cannot be known, which is so only for those who may not change addresses anyway.
bool in_machine_namespace() {
  std::error_code failed;
  const auto own = fs::read_symlink("/proc/self/ns/net", failed);
  const auto machine = fs::read_symlink("/proc/1/ns/net", failed);
  return !failed && own == machine;
}

dns::Result<void> add_ipv6_addresses(const World& world, const fs::path& directory) {
  if (in_machine_namespace()) {
    return dns::fail(
        "--ipv6 adds addresses to lo, so it works only in a network namespace of its "
        "own: run under `unshare -n` (as root) or `unshare -rn`");
  }
  const auto log = directory / "ip.log";
  if (auto up = run_to_end({"ip", "link", "set", "lo", "up"}, directory, log); !up) return up;
  std::set<dns::IpAddress> addresses;
  for (const auto& zone : world.zones) {
    for (const auto& server : zone.servers) {
      for (const auto& address : server.addresses) {
        if (address.family() == dns::Family::ipv6) addresses.insert(address);
      }
    }
  }
  for (const auto& address : addresses) {
    const auto added = run_to_end(
        {"ip", "-6", "address", "replace", address.to_text() + "/128", "dev", "lo", "nodad"},
        directory, log);
    if (!added) return added;
  }
  return {};
}

/// Where each zone is served by something that answers with authority.
std::map<dns::Name, std::vector<dns::IpAddress>> authoritative_addresses(const World& world,
                                                                         bool ipv6) {
  std::map<dns::Name, std::vector<dns::IpAddress>> result;
  for (const auto& zone : world.zones) {
    for (const auto& server : zone.servers) {
      if (server.software == Software::unbound || server.software == Software::nobody) continue;
      for (const auto& address : server.addresses) {
        if (ipv6 || address.family() == dns::Family::ipv4) result[zone.zone].push_back(address);
      }
    }
  }
  return result;
}

}  // namespace

dns::Result<std::unique_ptr<Lab>> Lab::start(const World& world, const LabOptions& options) {
  std::unique_ptr<Lab> lab(new Lab(world, options));
  if (const auto started = lab->start_all(); !started) return tl::unexpected(started.error());
  return lab;
}

dns::Result<void> Lab::start_all() {
  std::error_code failed;
  fs::create_directories(options_.directory, failed);
  if (failed) return dns::fail("cannot make " + options_.directory.string());
  options_.directory = fs::canonical(options_.directory, failed);
  if (options_.ipv6) {
    if (auto added = add_ipv6_addresses(world_, options_.directory); !added) return added;
  }
  const auto plan = build(options_.shown);
  if (!plan) return tl::unexpected(plan.error());
  if (auto written = write_files(*plan); !written) return written;
  if (auto started = start_scripted(*plan); !started) return started;
  if (auto started = start_programs(*plan); !started) return started;
  describe(*plan);
  return {};
}

dns::Result<WorldPlan> Lab::build(Shown what) {
  const auto world = what == Shown::healed ? healed(world_) : world_;
  if (!world) return tl::unexpected(world.error());
  BuildOptions build;
  build.now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  build.keys = keys_;
  build.edition = editions_ + 1;
  build.ipv6 = options_.ipv6;
  build.loss = options_.loss;
  build.sign = [this](const SigningJob& job) {
    return sign_by_program(job, options_.directory / "signing");
  };
  auto plan = build_world(*world, build);
  if (!plan) return plan;
  keys_ = plan->keys;
  ++editions_;
  return plan;
}

dns::Result<void> Lab::show(Shown what) {
  // What cannot be healed cannot be broken either.
  // Also before the faults come back: what healing cannot undo must not be served twice.
  if (const auto possible = healed(world_); !possible) return tl::unexpected(possible.error());
  auto plan = build(what);
  if (!plan) return tl::unexpected(plan.error());
  for (auto& [address, script] : plan->scripted) {
    const auto replaced = server_.replace({address, options_.port}, std::move(script));
    if (!replaced) return replaced;
  }
  return {};
}

dns::Result<void> Lab::start_scripted(const WorldPlan& plan) {
  allow_many_sockets();
  for (const auto& [address, script] : plan.scripted) {
    const auto bound = server_.add({address, options_.port}, script);
    if (!bound) return tl::unexpected(bound.error());
  }
  return server_.start();
}

dns::Result<void> Lab::start_programs(const WorldPlan& plan) {
  const ProgramOptions options{options_.directory, options_.port};
  ResolverPlan resolver;
  for (const auto& [software, program] : plan.programs) {
    if (software == Software::unbound) {
      resolver.addresses = program.addresses;
      continue;
    }
    auto child = start_program(software, program, options);
    if (!child) return tl::unexpected(child.error());
    programs_.push_back({std::string(to_text(software)), std::move(*child)});
  }
  if (world_.resolver) resolver.addresses.push_back(*world_.resolver);
  if (resolver.addresses.empty()) return {};
  resolver.stubs = authoritative_addresses(world_, options_.ipv6);
  resolver.root_hints = options_.directory / "root.hints";
  if (!plan.trust_anchor.empty()) resolver.trust_anchor = options_.directory / "anchor.key";
  auto child = start_resolver(resolver, options);
  if (!child) return tl::unexpected(child.error());
  programs_.push_back({"unbound", std::move(*child)});
  return {};
}

dns::Result<void> Lab::write_files(const WorldPlan& plan) const {
  const FileOptions about{options_.directory, options_.port, options_.ipv6, options_.interval};
  const std::pair<const char*, std::string> files[] = {
      {"root.hints", plan.root_hints},
      {"anchor.key", plan.trust_anchor},
      {"zones.txt", zones_text(world_, about)},
      {"world.json", world_json(world_, about)},
      {"exporter.yaml", exporter_yaml(world_, about)},
  };
  for (const auto& [name, text] : files) {
    if (auto written = write_file(options_.directory / name, text); !written) return written;
  }
  return {};
}

void Lab::describe(const WorldPlan& plan) {
  table_ = "scripted server: " + std::to_string(plan.scripted.size()) + " addresses\n";
  for (const auto& [software, program] : plan.programs) {
    table_ += std::string(to_text(software)) + ":";
    for (const auto& address : program.addresses) table_ += " " + address.to_text();
    table_ += "\n";
  }
  if (world_.resolver) table_ += "resolver: " + world_.resolver->to_text() + "\n";
  for (const auto& program : programs_) {
    table_ += "process " + std::to_string(program.process.pid()) + ": " + program.name + "\n";
  }
  table_ += std::to_string(world_.zones.size()) + " zones on port " +
            std::to_string(options_.port) + ", files in " + options_.directory.string() + "\n";
}

std::vector<std::string> Lab::ended() {
  std::vector<std::string> result;
  for (auto& program : programs_) {
    if (!program.process.is_running()) {
      result.push_back(program.name + " ended: " + program.process.exit_text());
    }
  }
  return result;
}

}  // namespace lab
