#include "tests/world/shape.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>

#include "dns/codes.hpp"
#include "dns/rdata.hpp"
#include "tests/lab/master_file.hpp"

namespace world {
namespace {

constexpr std::uint32_t kFirstIpv4 = 0x7F100000;  // 127.16.0.0: below it is room for programs

dns::Name top_level(const dns::Name& name) {
  return name.suffix(1);
}

/// Gives loopback addresses out in the order in which real ones come up.
class Loopback {
 public:
  dns::IpAddress of(std::size_t copy, const dns::IpAddress& real) {
    const auto known = given_.find({copy, real});
    if (known != given_.end()) return known->second;
    const bool ipv4 = real.family() == dns::Family::ipv4;
    const std::uint32_t number = ipv4 ? kFirstIpv4 + ipv4_++ : ++ipv6_;
    std::vector<std::uint8_t> octets(ipv4 ? 4 : 16);
    if (!ipv4) octets[0] = 0xFD;
    for (std::size_t i = 0; i < 4; ++i) {
      octets[octets.size() - 1 - i] = static_cast<std::uint8_t>(number >> (8 * i));
    }
    const dns::IpAddress made = *dns::IpAddress::from_octets(octets);
    given_.emplace(std::pair(copy, real), made);
    return made;
  }

 private:
  std::map<std::pair<std::size_t, dns::IpAddress>, dns::IpAddress> given_;
  std::uint32_t ipv4_ = 0;
  std::uint32_t ipv6_ = 0;
};

/// `name` with its top-level domain as it is called in copy `copy`: "ns1.nic.de" is "ns1.nic.dec7".
dns::Name in_copy(const dns::Name& name, std::size_t copy) {
  if (copy == 0) return name;
  const std::size_t labels = name.label_count();
  std::string last(name.label(labels - 1));
  last += "c" + std::to_string(copy);
  dns::Name made;
  for (std::size_t i = labels; i-- > 0;) {
    dns::Result<dns::Name> next = made.prefixed(i + 1 == labels ? last : name.label(i));
    if (!next) return {};  // names of top-level domains are short
    made = std::move(*next);
  }
  return made;
}

/// The delegations that `wanted` need to be found: their own, and those of the zones that hold the
/// names of nameservers.
std::set<dns::Name> closure(const Shape& shape, const std::vector<dns::Name>& wanted) {
  std::map<dns::Name, const Delegation*> by_name;
  for (const Delegation& each : shape.delegations) by_name.emplace(each.zone, &each);
  std::set<dns::Name> needed;
  std::vector<dns::Name> open = wanted;
  for (const dns::Name& server : shape.root_servers) open.push_back(top_level(server));
  while (!open.empty()) {
    const dns::Name zone = std::move(open.back());
    open.pop_back();
    const auto found = by_name.find(zone);
    if (found == by_name.end() || !needed.insert(zone).second) continue;
    for (const dns::Name& server : found->second->nameservers) open.push_back(top_level(server));
  }
  return needed;
}

/// `count` of the shape's zones, evenly spread, in canonical order.
std::vector<dns::Name> chosen(const Shape& shape, std::size_t count) {
  std::vector<std::pair<std::uint64_t, dns::Name>> ordered;
  for (const Delegation& each : shape.delegations) {
    ordered.emplace_back(stable_hash(each.zone), each.zone);
  }
  std::sort(ordered.begin(), ordered.end());
  ordered.resize(std::min(count, ordered.size()));
  std::vector<dns::Name> zones;
  for (auto& [hash, zone] : ordered) zones.push_back(std::move(zone));
  std::sort(zones.begin(), zones.end());
  return zones;
}

}  // namespace

dns::Result<Shape> read_shape(std::string_view text) {
  const auto records = lab::parse_master_text(text, dns::Name());
  if (!records) return tl::unexpected(records.error());
  Shape shape;
  std::map<dns::Name, Delegation> delegations;
  for (const dns::Record& record : *records) {
    const dns::Name owner = record.owner.lowered();
    if (record.type == dns::RRType::ns) {
      const dns::Name server = dns::Name::from_wire(record.rdata)->lowered();
      if (owner.is_root()) {
        shape.root_servers.push_back(server);
      } else {
        delegations[owner].nameservers.push_back(server);
      }
    } else if (record.type == dns::RRType::ds) {
      if (const auto ds = dns::parse_ds(record.rdata)) {
        delegations[owner].algorithm = ds->algorithm;
      }
    } else if (record.type == dns::RRType::a || record.type == dns::RRType::aaaa) {
      shape.addresses[owner].push_back(*dns::IpAddress::from_octets(record.rdata));
    }
  }
  for (auto& [zone, delegation] : delegations) {
    delegation.zone = zone;
    std::erase_if(delegation.nameservers,
                  [&](const dns::Name& server) { return !shape.addresses.contains(server); });
    if (!delegation.nameservers.empty()) shape.delegations.push_back(std::move(delegation));
  }
  if (shape.root_servers.empty() || shape.delegations.empty()) {
    return dns::fail("this is no root zone: it has no NS records of the root, or no delegations");
  }
  return shape;
}

std::uint64_t stable_hash(const dns::Name& name) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const char c : name.wire()) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
  }
  return hash ^ (hash >> 32U);
}

void limit_servers(Shape& shape, std::size_t count) {
  std::size_t turn = 0;
  for (auto& [server, addresses] : shape.addresses) {
    std::stable_sort(addresses.begin(), addresses.end());
    addresses = {turn++ % 2 == 0 ? addresses.front() : addresses.back()};
  }
  for (Delegation& each : shape.delegations) {
    each.nameservers.resize(std::min(count, each.nameservers.size()));
  }
}

Plan plan_world(const Shape& shape, std::size_t count) {
  const std::size_t copies = (count + shape.delegations.size() - 1) / shape.delegations.size();
  const std::vector<dns::Name> wanted = chosen(shape, count);
  const std::set<dns::Name> kept = closure(shape, wanted);
  Plan plan;
  plan.shape.root_servers = shape.root_servers;
  Loopback loopback;
  const auto add_addresses = [&](const dns::Name& server, std::size_t copy) {
    std::vector<dns::IpAddress>& to = plan.shape.addresses[in_copy(server, copy)];
    if (!to.empty()) return;
    for (const dns::IpAddress& real : shape.addresses.at(server)) {
      to.push_back(loopback.of(copy, real));
    }
  };
  for (const dns::Name& server : shape.root_servers) add_addresses(server, 0);
  for (std::size_t copy = 0; copy < copies; ++copy) {
    for (const Delegation& each : shape.delegations) {
      if (!kept.contains(each.zone)) continue;
      Delegation made{in_copy(each.zone, copy), {}, each.algorithm};
      for (const dns::Name& server : each.nameservers) {
        made.nameservers.push_back(in_copy(server, copy));
        add_addresses(server, copy);
      }
      plan.shape.delegations.push_back(std::move(made));
    }
    for (const dns::Name& zone : wanted) {
      if (plan.surveyed.size() < count) plan.surveyed.push_back(in_copy(zone, copy));
    }
  }
  return plan;
}

// --- a made-up root zone
// --------------------------------------------------------------------------

namespace {

constexpr std::size_t kMadeUpZones = 1'438;
constexpr std::size_t kLargestOperator = 125;

/// Random numbers from a fixed seed, drawn without the distributions of the library, which differ
/// between implementations.
class Draw {
 public:
  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(engine_() % limit); }

 private:
  std::mt19937_64 engine_{20'260'731};
};

dns::Name name(const std::string& text) {
  return *dns::Name::from_text(text);
}

dns::IpAddress ipv4(std::uint32_t number) {
  const std::uint8_t octets[] = {
      static_cast<std::uint8_t>(number >> 24), static_cast<std::uint8_t>(number >> 16),
      static_cast<std::uint8_t>(number >> 8), static_cast<std::uint8_t>(number)};
  return *dns::IpAddress::from_octets(octets);
}

dns::IpAddress ipv6(std::uint32_t number) {
  std::vector<std::uint8_t> octets(16);
  octets[0] = 0x20;
  for (std::size_t i = 0; i < 4; ++i) {
    octets[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  }
  return *dns::IpAddress::from_octets(octets);
}

/// How many nameservers an operator gives each of its zones: as in the real root zone mostly four
/// or six, seldom two or more than eight.
std::size_t width(Draw& draw) {
  constexpr std::size_t kWidths[] = {2, 3, 3, 4, 4, 4, 4, 4, 5, 5, 6, 6, 6, 6, 6, 6, 7, 8, 8, 13};
  return kWidths[draw.below(std::size(kWidths))];
}

std::uint8_t algorithm(Draw& draw) {
  const std::size_t percent = draw.below(100);
  if (percent < 6) return 0;
  return percent < 81 ? 8 : percent < 97 ? 13 : 10;
}

}  // namespace

Shape made_up_shape() {
  Draw draw;
  Shape shape;
  std::uint32_t number = 0x0B000000;
  const auto add = [&](const dns::Name& server) -> const std::vector<dns::IpAddress>& {
    std::vector<dns::IpAddress>& addresses = shape.addresses[server];
    if (addresses.empty()) {
      addresses = {ipv4(++number)};
      if (draw.below(20) != 0) addresses.push_back(ipv6(number));
    }
    return addresses;
  };
  for (char letter = 'a'; letter <= 'm'; ++letter) {
    shape.root_servers.push_back(name(std::string(1, letter) + ".root-servers.net"));
    add(shape.root_servers.back());
  }
  std::size_t left = 0;
  std::vector<std::vector<dns::IpAddress>> machines;
  for (std::size_t i = 0; i < kMadeUpZones; ++i) {
    const std::string zone = i == 0 ? "net" : "tld" + std::to_string(i);
    if (left == 0) {  // the next operator: few are large, the first is the largest
      left = i == 0 ? kLargestOperator : 1 + kLargestOperator / (1 + draw.below(kLargestOperator));
      machines.clear();
      const std::size_t servers = width(draw);
      for (std::size_t s = 0; s < servers; ++s) {
        machines.push_back(add(name("ns" + std::to_string(s + 1) + ".nic." + zone)));
      }
    }
    --left;
    Delegation made{name(zone), {}, algorithm(draw)};
    for (std::size_t s = 0; s < machines.size(); ++s) {
      const dns::Name server = name("ns" + std::to_string(s + 1) + ".nic." + zone);
      shape.addresses[server] = machines[s];
      made.nameservers.push_back(server);
    }
    shape.delegations.push_back(std::move(made));
  }
  std::sort(shape.delegations.begin(), shape.delegations.end(),
            [](const Delegation& a, const Delegation& b) { return a.zone < b.zone; });
  return shape;
}

}  // namespace world
