#include "tests/lab/world.hpp"

#include <array>
#include <utility>

namespace lab {
namespace {

constexpr std::array<std::string_view, 7> kSoftware{"scripted", "nsd",     "knot",  "bind",
                                                    "powerdns", "unbound", "nobody"};

dns::IpAddress v4(int a, int b, int c) {
  return dns::IpAddress::from_text("127." + std::to_string(a) + "." + std::to_string(b) + "." +
                                   std::to_string(c))
      .value();
}

dns::Name name_of(const std::string& text) {
  return dns::Name::from_text(text).value();
}

WorldZone healthy_zone(const std::string& zone, const std::string& title,
                       const std::vector<dns::IpAddress>& addresses) {
  WorldZone result;
  result.zone = name_of(zone);
  result.title = title;
  result.is_signed = true;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    WorldServer server;
    server.name = result.zone.prefixed("ns" + std::to_string(i + 1)).value();
    server.addresses = {addresses[i]};
    result.servers.push_back(std::move(server));
  }
  return result;
}

}  // namespace

std::string_view to_text(Software software) {
  return kSoftware.at(static_cast<std::size_t>(software));
}

dns::Result<World> healed(World world) {
  world.mutations.clear();
  for (auto& zone : world.zones) {
    if (zone.compact != Compactness::none) {
      return dns::fail(zone.zone.to_text() + " signs while it answers, which cannot be switched");
    }
    zone.edits.clear();
    for (auto& server : zone.servers) {
      if (server.software != Software::scripted || !server.udp_listens || !server.tcp_listens) {
        return dns::fail(server.name.to_text() + " of " + zone.zone.to_text() +
                         " cannot be switched: only what the scripted server says can");
      }
      WorldServer whole;
      whole.name = server.name;
      whole.addresses = server.addresses;
      server = std::move(whole);
    }
  }
  return world;
}

World healthy_world(int count) {
  World world;
  world.zones.push_back(healthy_zone(".", "The root", {v4(60, 0, 1), v4(60, 0, 2)}));
  world.zones.push_back(healthy_zone("bench.", "A top-level domain", {v4(60, 0, 3), v4(60, 0, 4)}));
  constexpr int kPerBlock = 250;
  for (int i = 0; i < count; ++i) {
    const int block = 1 + i / kPerBlock;
    const int host = 1 + i % kPerBlock;
    world.zones.push_back(
        healthy_zone("zone" + std::to_string(i) + ".bench.", "A healthy zone",
                     {v4(61, block, host), v4(62, block, host), v4(63, block, host)}));
  }
  return world;
}

}  // namespace lab
