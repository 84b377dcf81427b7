// dnszone_world: writes a world of top-level domains into a directory, for benchmarks: signed zone
// files, root hints, trust anchors, and lists of what is where. tests/world/world.py serves it.
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <CLI/CLI.hpp>

#include "tests/world/shape.hpp"
#include "tests/world/zones.hpp"

namespace {

namespace fs = std::filesystem;

struct Arguments {
  std::string root_zone;
  std::string directory;
  std::size_t zones = 1'438;
  std::size_t servers = 0;
};

dns::Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return dns::fail("cannot read " + path);
  return text.str();
}

dns::Result<void> write_file(const fs::path& path, const std::string& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  out.close();
  if (!out) return dns::fail("cannot write " + path.string());
  return {};
}

dns::Result<world::Shape> wanted_shape(const Arguments& arguments) {
  if (arguments.root_zone.empty()) return world::made_up_shape();
  const auto text = read_file(arguments.root_zone);
  if (!text) return tl::unexpected(text.error());
  return world::read_shape(*text);
}

fs::path zone_file(const Arguments& arguments, const dns::Name& zone) {
  return fs::path(arguments.directory) / "zones" / (zone.to_label() + ".zone");
}

/// Writes all zones below the root, with as many threads as there are cores; the DS records of
/// each.
dns::Result<std::vector<std::string>> write_delegated(const Arguments& arguments,
                                                      const world::Plan& plan,
                                                      const world::ZoneMaker& maker,
                                                      std::size_t threads) {
  std::vector<std::string> ds(plan.shape.delegations.size());
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  dns::Result<void> result;
  const auto work = [&] {
    for (std::size_t i = next++; i < ds.size(); i = next++) {
      auto made = maker.delegated(i);
      auto written =
          made ? write_file(zone_file(arguments, plan.shape.delegations[i].zone), made->text)
               : dns::Result<void>(tl::unexpected(made.error()));
      if (made) ds[i] = std::move(made->ds);
      if (written) continue;
      const std::lock_guard lock(mutex);
      result = std::move(written);
      next = ds.size();
    }
  };
  std::vector<std::thread> workers;
  for (std::size_t i = 0; i < threads; ++i) workers.emplace_back(work);
  for (std::thread& worker : workers) worker.join();
  if (!result) return tl::unexpected(result.error());
  return ds;
}

/// The lists: zones to survey, and every server of theirs; who serves what; hints.
dns::Result<void> write_lists(const Arguments& arguments, const world::Plan& plan) {
  const world::Shape& shape = plan.shape;
  const std::set<dns::Name> surveyed(plan.surveyed.begin(), plan.surveyed.end());
  std::set<dns::IpAddress> of_root;
  std::string hints;
  for (const dns::Name& server : shape.root_servers) {
    hints += ". 3600000 IN NS " + server.to_text() + "\n";
    for (const dns::IpAddress& address : shape.addresses.at(server)) {
      const bool ipv4 = address.family() == dns::Family::ipv4;
      hints +=
          server.to_text() + " 3600000 IN " + (ipv4 ? "A " : "AAAA ") + address.to_text() + "\n";
      of_root.insert(address);
    }
  }
  std::string zones;
  std::string servers;
  std::string served;
  for (const world::Delegation& each : shape.delegations) {
    bool at_root = false;
    for (const dns::Name& server : each.nameservers) {
      for (const dns::IpAddress& address : shape.addresses.at(server)) {
        at_root = at_root || of_root.contains(address);
        if (!surveyed.contains(each.zone)) continue;
        servers += each.zone.to_label() + " " + server.to_label() + " " + address.to_text() + "\n";
      }
    }
    served += each.zone.to_label() + (at_root ? " root\n" : " tld\n");
    if (surveyed.contains(each.zone)) zones += each.zone.to_label() + "\n";
  }
  std::string roots;
  for (const dns::IpAddress& address : of_root) roots += address.to_text() + "\n";
  for (const auto& [name, text] :
       {std::pair("zones.txt", &zones), std::pair("servers.txt", &servers),
        std::pair("served.txt", &served), std::pair("hints.zone", &hints),
        std::pair("roots.txt", &roots)}) {
    auto written = write_file(fs::path(arguments.directory) / name, *text);
    if (!written) return written;
  }
  return {};
}

dns::Result<void> make(const Arguments& arguments) {
  auto shape = wanted_shape(arguments);
  if (!shape) return tl::unexpected(shape.error());
  if (arguments.servers > 0) world::limit_servers(*shape, arguments.servers);
  const world::Plan plan = world::plan_world(*shape, arguments.zones);
  fs::create_directories(fs::path(arguments.directory) / "zones");
  const std::size_t threads = std::max(1U, std::thread::hardware_concurrency());
  const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  const world::ZoneMaker maker(plan, now, threads);
  const auto ds = write_delegated(arguments, plan, maker, threads);
  if (!ds) return tl::unexpected(ds.error());
  const auto root = maker.root(*ds);
  if (!root) return tl::unexpected(root.error());
  const fs::path directory = arguments.directory;
  for (const auto& [path, text] : {std::pair(directory / "root.zone", &root->text),
                                   std::pair(directory / "anchors", &root->anchors)}) {
    auto written = write_file(path, *text);
    if (!written) return written;
  }
  return write_lists(arguments, plan);
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app{"Writes a world of top-level domains, signed and ready to be served."};
  app.add_option("directory", arguments.directory, "Where to write it")->required();
  app.add_option("--root-zone", arguments.root_zone,
                 "A root zone to take the shape from; without it, one is made up");
  app.add_option("--zones", arguments.zones, "Zones to survey")->check(CLI::Range(1, 200'000));
  app.add_option("--servers", arguments.servers, "Servers of each zone at most; 0: as they are");
  CLI11_PARSE(app, argc, argv);
  const auto made = make(arguments);
  if (made) return 0;
  std::cerr << "dnszone_world: " << made.error().sentence << "\n";
  return 1;
}
