#include "tests/lab/world_files.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace lab {
namespace {

using Json = nlohmann::ordered_json;

bool is_left_out(const WorldZone& zone, const FileOptions& options) {
  return zone.needs_ipv6 && !options.ipv6;
}

bool is_there(const dns::IpAddress& address, const FileOptions& options) {
  return options.ipv6 || address.family() == dns::Family::ipv4;
}

Json server_json(const WorldServer& server, const FileOptions& options) {
  Json result;
  result["nameserver"] = server.name.to_label();
  result["addresses"] = Json::array();
  for (const auto& address : server.addresses) {
    if (is_there(address, options)) result["addresses"].push_back(address.to_text());
  }
  result["software"] = std::string(to_text(server.software));
  result["faulty"] = !server.faults.empty() || !server.udp_listens || !server.tcp_listens ||
                     server.software == Software::nobody;
  return result;
}

Json expectation_json(const Expectation& expectation) {
  Json result;
  result["check"] = expectation.check;
  result["severity"] = expectation.severity;
  if (expectation.nameserver) result["nameserver"] = expectation.nameserver->to_label();
  if (expectation.address) result["address"] = expectation.address->to_text();
  if (expectation.transport) {
    result["transport"] = std::string(dns::to_text(*expectation.transport));
  }
  if (!expectation.shows.empty()) result["shows"] = expectation.shows;
  if (!expectation.says.empty()) result["says"] = expectation.says;
  return result;
}

Json zone_json(const WorldZone& zone, const FileOptions& options) {
  Json result;
  result["zone"] = zone.zone.to_label();
  result["title"] = zone.title;
  result["signed"] = zone.is_signed;
  if (!zone.status.empty()) result["status"] = zone.status;
  if (!zone.unbound.empty()) result["unbound"] = zone.unbound;
  if (is_left_out(zone, options))
    result["skipped"] = "needs IPv6 in a network namespace of its own";
  result["servers"] = Json::array();
  for (const auto& server : zone.servers) {
    result["servers"].push_back(server_json(server, options));
  }
  result["expect"] = Json::array();
  for (const auto& expectation : zone.expect) {
    if (expectation.address && !is_there(*expectation.address, options)) continue;
    result["expect"].push_back(expectation_json(expectation));
  }
  result["allow"] = zone.allow;
  return result;
}

}  // namespace

std::string zones_text(const World& world, const FileOptions& options) {
  std::string text;
  for (const auto& zone : world.zones) {
    if (!is_left_out(zone, options)) text += zone.zone.to_label() + "\n";
  }
  return text;
}

std::string world_json(const World& world, const FileOptions& options) {
  Json result;
  result["directory"] = options.directory.string();
  result["port"] = options.port;
  result["ipv6"] = options.ipv6;
  if (world.resolver) result["resolver"] = world.resolver->to_text();
  result["zones"] = Json::array();
  for (const auto& zone : world.zones) result["zones"].push_back(zone_json(zone, options));
  return result.dump(2) + "\n";
}

std::string exporter_yaml(const World& world, const FileOptions& options) {
  const bool anchored = std::any_of(world.zones.begin(), world.zones.end(), [](const auto& zone) {
    return zone.zone.is_root() && zone.is_signed;
  });
  const std::string anchors =
      anchored ? "  trust_anchor_file: \"" + (options.directory / "anchor.key").string() + "\"\n"
               : "";
  std::string text = "# Every zone of the lab. Written by dnszone_lab.\ndefaults:\n  interval: " +
                     options.interval + "\nresolution:\n  root_hints: \"" +
                     (options.directory / "root.hints").string() + "\"\n" + anchors +
                     "  port: " + std::to_string(options.port) +
                     "\n  allow: [127.0.0.0/8, \"fd00::/8\", \"::1/128\"]\n"
                     "pacing:\n  prefixes:\n    - {prefix: 127.0.0.0/8, queries_per_second: 0}\n"
                     "    - {prefix: \"fd00::/8\", queries_per_second: 0}\n";
  if (world.resolver) {
    text += "resolvers:\n  - {address: " + world.resolver->to_text() +
            ", name: unbound, port: " + std::to_string(options.port) + ", local: true}\n";
  }
  text += "zones:\n";
  for (const auto& zone : world.zones) {
    if (!is_left_out(zone, options)) text += "  - \"" + zone.zone.to_label() + "\"\n";
  }
  return text;
}

}  // namespace lab
