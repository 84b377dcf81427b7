// A world has the shape of the root zone that it is made from, whatever its size.
#include "tests/world/shape.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "tests/catch.hpp"
#include "tests/world/rsa_keys.hpp"

namespace {

using world::Delegation;
using world::Plan;
using world::Shape;

dns::Name name(const char* text) {
  return *dns::Name::from_text(text);
}

constexpr const char* kRootZone = R"(
. 86400 IN SOA a.root-servers.net. nstld.example. 1 1800 900 604800 86400
. 518400 IN NS a.root-servers.net.
net. 172800 IN NS ns1.nic.net.
net. 86400 IN DS 1 13 2 0000000000000000000000000000000000000000000000000000000000000000
aa. 172800 IN NS ns1.nic.aa.
aa. 172800 IN NS ns2.nic.net.
aa. 86400 IN DS 1 8 2 0000000000000000000000000000000000000000000000000000000000000000
bb. 172800 IN NS ns1.nic.aa.
a.root-servers.net. 172800 IN A 198.41.0.4
ns1.nic.net. 172800 IN A 192.5.6.30
ns2.nic.net. 172800 IN A 192.5.6.31
ns1.nic.aa. 172800 IN A 192.5.6.30
ns1.nic.aa. 172800 IN AAAA 2001:503::30
)";

/// How many zones each address serves.
std::map<dns::IpAddress, std::size_t> zones_at(const Shape& shape) {
  std::map<dns::IpAddress, std::size_t> zones;
  for (const Delegation& each : shape.delegations) {
    std::set<dns::IpAddress> of_zone;
    for (const dns::Name& server : each.nameservers) {
      const auto& addresses = shape.addresses.at(server);
      of_zone.insert(addresses.begin(), addresses.end());
    }
    for (const dns::IpAddress& address : of_zone) ++zones[address];
  }
  return zones;
}

/// The numbers of zones at all addresses, sorted: what a shape is, whatever the addresses.
std::vector<std::size_t> sharing(const Shape& shape) {
  std::vector<std::size_t> counts;
  for (const auto& [address, count] : zones_at(shape)) counts.push_back(count);
  std::sort(counts.begin(), counts.end());
  return counts;
}

bool is_loopback(const dns::IpAddress& address) {
  return address.family() == dns::Family::ipv4 ? address.octets()[0] == 127
                                               : address.octets()[0] == 0xFD;
}

}  // namespace

TEST_CASE("the shape of a root zone is read") {
  const auto shape = world::read_shape(kRootZone);
  REQUIRE(shape);
  CHECK(shape->root_servers == std::vector{name("a.root-servers.net")});
  REQUIRE(shape->delegations.size() == 3);
  CHECK(shape->delegations[0].zone == name("aa"));
  CHECK(shape->delegations[0].nameservers == std::vector{name("ns1.nic.aa"), name("ns2.nic.net")});
  CHECK(shape->delegations[0].algorithm == 8);
  CHECK(shape->delegations[1].algorithm == 0);
  CHECK(shape->delegations[2].algorithm == 13);
  CHECK_FALSE(world::read_shape("example. 1 IN A 192.0.2.1"));
}

TEST_CASE("every real address becomes one loopback address") {
  const Plan plan = world::plan_world(*world::read_shape(kRootZone), 3);
  CHECK(plan.surveyed == std::vector{name("aa"), name("bb"), name("net")});
  const auto& addresses = plan.shape.addresses;
  CHECK(addresses.at(name("ns1.nic.net"))[0] == addresses.at(name("ns1.nic.aa"))[0]);
  CHECK(addresses.at(name("ns1.nic.aa")).size() == 2);
  for (const auto& [server, those] : addresses) {
    CHECK(std::all_of(those.begin(), those.end(), is_loopback));
  }
  CHECK(sharing(plan.shape) == std::vector<std::size_t>{1, 2, 3});
}

TEST_CASE("fewer zones bring along those that hold their nameservers' names") {
  const Shape shape = *world::read_shape(kRootZone);
  const Plan plan = world::plan_world(shape, 1);
  REQUIRE(plan.surveyed.size() == 1);
  std::set<dns::Name> zones;
  for (const Delegation& each : plan.shape.delegations) zones.insert(each.zone);
  CHECK(zones.contains(plan.surveyed[0]));
  for (const auto& [server, addresses] : plan.shape.addresses) {
    CHECK(zones.contains(server.suffix(1)));
  }
}

TEST_CASE("more zones are copies of all, with names and addresses of their own") {
  const Shape shape = *world::read_shape(kRootZone);
  const Plan plan = world::plan_world(shape, 8);
  CHECK(plan.surveyed.size() == 8);
  CHECK(plan.shape.delegations.size() == 9);
  CHECK(std::set<dns::Name>(plan.surveyed.begin(), plan.surveyed.end()).size() == 8);
  CHECK(plan.surveyed[3] == name("aac1"));
  CHECK(plan.shape.delegations[3].nameservers ==
        std::vector{name("ns1.nic.aac1"), name("ns2.nic.netc1")});
  CHECK(sharing(plan.shape) == std::vector<std::size_t>{1, 1, 1, 2, 2, 2, 3, 3, 3});
}

TEST_CASE("with a limit each zone has so many servers") {
  Shape shape = *world::read_shape(kRootZone);
  world::limit_servers(shape, 1);
  for (const Delegation& each : shape.delegations) {
    REQUIRE(each.nameservers.size() == 1);
    CHECK(shape.addresses.at(each.nameservers[0]).size() == 1);
  }
}

TEST_CASE("the made-up root zone is like the real one, and always the same") {
  const Shape shape = world::made_up_shape();
  CHECK(shape.delegations.size() == 1'438);
  CHECK(shape.root_servers.size() == 13);
  std::size_t servers = 0;
  for (const auto& [address, zones] : zones_at(shape)) servers += zones;
  CHECK(servers > 11'000);
  CHECK(servers < 18'000);
  CHECK(sharing(shape).back() > 100);
  const auto is_unsigned = [](const Delegation& each) { return each.algorithm == 0; };
  const auto unsigned_zones =
      std::count_if(shape.delegations.begin(), shape.delegations.end(), is_unsigned);
  CHECK(unsigned_zones > 40);
  CHECK(unsigned_zones < 140);
  CHECK(sharing(shape) == sharing(world::made_up_shape()));
}

TEST_CASE("few primes make many keys, each another one") {
  const std::vector<std::string> primes = world::find_primes(6, 1);
  CHECK(primes.size() == 4);
  std::set<std::string> keys;
  for (std::size_t i = 0; i < 6; ++i) keys.insert(world::rsa_key(primes, i));
  CHECK(keys.size() == 6);
}
