// Reads world.yaml. Every mapping is walked once, and a key that is not expected is an error: a
// scenario with a misspelt fault would otherwise pass as a healthy zone.
#include <algorithm>
#include <functional>
#include <map>
#include <stdexcept>
#include <utility>

#include <yaml-cpp/yaml.h>

#include "tests/lab/world.hpp"

namespace lab {
namespace {

/// Thrown inside this file only; parse_world turns it into a Result.
class Mistake : public std::runtime_error {
 public:
  Mistake(const YAML::Node& at, const std::string& sentence)
      : std::runtime_error(place(at) + sentence) {}

 private:
  static std::string place(const YAML::Node& at) {
    return at.Mark().is_null() ? "" : "line " + std::to_string(at.Mark().line + 1) + ": ";
  }
};

using Handler = std::function<void(const YAML::Node&)>;

void walk(const YAML::Node& node, const std::map<std::string, Handler>& handlers) {
  if (!node.IsMap()) throw Mistake(node, "a mapping is expected here");
  for (const auto& entry : node) {
    const auto key = entry.first.as<std::string>();
    const auto handler = handlers.find(key);
    if (handler == handlers.end()) throw Mistake(entry.first, "no key is called " + key);
    handler->second(entry.second);
  }
}

template <typename T>
T value_of(const dns::Result<T>& result, const YAML::Node& at) {
  if (!result) throw Mistake(at, result.error().sentence);
  return *result;
}

/// A name, completed with `origin` unless it ends with a dot.
dns::Name name_in(const dns::Name& origin, const YAML::Node& node) {
  auto text = node.as<std::string>();
  if (text.empty() || text.back() != '.') {
    text += origin.is_root() ? "." : "." + origin.to_text();
  }
  return value_of(dns::Name::from_text(text), node);
}

dns::IpAddress address_in(const YAML::Node& node) {
  return value_of(dns::IpAddress::from_text(node.as<std::string>()), node);
}

/// One value, or a list of them.
std::vector<YAML::Node> list_of(const YAML::Node& node) {
  if (!node.IsSequence()) return {node};
  return {node.begin(), node.end()};
}

std::vector<dns::IpAddress> addresses_in(const YAML::Node& node) {
  std::vector<dns::IpAddress> addresses;
  for (const auto& item : list_of(node)) addresses.push_back(address_in(item));
  return addresses;
}

template <typename T>
T choice(const YAML::Node& node, const std::map<std::string, T>& choices) {
  const auto found = choices.find(node.as<std::string>());
  if (found == choices.end()) throw Mistake(node, node.as<std::string>() + " is no choice here");
  return found->second;
}

dns::Transport transport_in(const YAML::Node& node) {
  return choice<dns::Transport>(node, {{"udp", dns::Transport::udp}, {"tcp", dns::Transport::tcp}});
}

dns::RRType type_in(const YAML::Node& node) {
  const auto type = dns::rrtype_from_text(node.as<std::string>());
  if (!type) throw Mistake(node, "no such type");
  return *type;
}

std::vector<dns::RRType> types_in(const YAML::Node& node) {
  std::vector<dns::RRType> types;
  for (const auto& item : list_of(node)) types.push_back(type_in(item));
  return types;
}

Fault fault_in(const YAML::Node& node) {
  Fault fault;
  bool has_kind = false;
  walk(
      node,
      {{"do",
        [&](const YAML::Node& value) {
          const auto kind = fault_kind_from_text(value.as<std::string>());
          if (!kind) throw Mistake(value, "no fault is called " + value.as<std::string>());
          fault.kind = *kind;
          has_kind = true;
        }},
       {"transport", [&](const YAML::Node& value) { fault.transport = transport_in(value); }},
       {"qtype", [&](const YAML::Node& value) { fault.qtypes = types_in(value); }},
       {"rcode",
        [&](const YAML::Node& value) {
          fault.rcode = choice<dns::Rcode>(value, {{"FORMERR", dns::Rcode::formerr},
                                                   {"SERVFAIL", dns::Rcode::servfail},
                                                   {"NXDOMAIN", dns::Rcode::nxdomain},
                                                   {"NOTIMP", dns::Rcode::notimp},
                                                   {"REFUSED", dns::Rcode::refused},
                                                   {"NOTAUTH", dns::Rcode::notauth}});
        }},
       {"milliseconds",
        [&](const YAML::Node& value) { fault.delay = std::chrono::milliseconds(value.as<int>()); }},
       {"ratio", [&](const YAML::Node& value) { fault.ratio = value.as<double>(); }},
       {"from", [&](const YAML::Node& value) { fault.source = address_in(value); }}});
  if (!has_kind) throw Mistake(node, "a fault needs `do`");
  return fault;
}

ZoneEdit edit_in(const YAML::Node& node, const dns::Name& origin) {
  ZoneEdit edit;
  bool has_kind = false;
  walk(node, {{"do",
               [&](const YAML::Node& value) {
                 const auto kind = edit_kind_from_text(value.as<std::string>());
                 if (!kind) throw Mistake(value, "no edit is called " + value.as<std::string>());
                 edit.kind = *kind;
                 has_kind = true;
               }},
              {"owner", [&](const YAML::Node& value) { edit.owner = name_in(origin, value); }},
              {"type", [&](const YAML::Node& value) { edit.types = types_in(value); }},
              {"listed", [&](const YAML::Node& value) { edit.listed = types_in(value); }},
              {"name", [&](const YAML::Node& value) { edit.name = name_in(origin, value); }},
              {"count", [&](const YAML::Node& value) { edit.count = value.as<int>(); }}});
  if (!has_kind) throw Mistake(node, "an edit needs `do`");
  return edit;
}

std::vector<ZoneEdit> edits_in(const YAML::Node& node, const dns::Name& origin) {
  std::vector<ZoneEdit> edits;
  for (const auto& item : list_of(node)) edits.push_back(edit_in(item, origin));
  return edits;
}

std::uint8_t algorithm_in(const YAML::Node& node) {
  return choice<std::uint8_t>(node, {{"rsasha1", 5},
                                     {"rsasha1-nsec3", 7},
                                     {"rsasha256", 8},
                                     {"rsasha512", 10},
                                     {"ecdsap256", 13},
                                     {"ecdsap384", 14},
                                     {"ed25519", 15},
                                     {"ed448", 16}});
}

KeySpec key_in(const YAML::Node& node, std::uint8_t algorithm) {
  KeySpec key;
  key.algorithm = algorithm;
  bool has_role = false;
  bool has_ds = false;
  walk(node, {{"role",
               [&](const YAML::Node& value) {
                 key.role = choice<KeyRole>(
                     value, {{"ksk", KeyRole::ksk}, {"zsk", KeyRole::zsk}, {"csk", KeyRole::csk}});
                 has_role = true;
               }},
              {"algorithm", [&](const YAML::Node& value) { key.algorithm = algorithm_in(value); }},
              {"state",
               [&](const YAML::Node& value) {
                 const int state = choice<int>(
                     value, {{"active", 3}, {"published", 1}, {"unpublished", 2}, {"removed", 0}});
                 key.is_published = (state & 1) != 0;
                 key.signs = (state & 2) != 0;
               }},
              {"ds",
               [&](const YAML::Node& value) {
                 has_ds = true;
                 for (const auto& item : list_of(value)) {
                   const int digest =
                       choice<int>(item, {{"none", 0}, {"sha1", 1}, {"sha256", 2}, {"sha384", 4}});
                   if (digest != 0) key.ds.push_back(static_cast<std::uint8_t>(digest));
                 }
               }},
              {"ds_fault",
               [&](const YAML::Node& value) {
                 key.ds_fault =
                     choice<DsFault>(value, {{"digest", DsFault::digest},
                                             {"algorithm", DsFault::algorithm},
                                             {"key-tag", DsFault::key_tag},
                                             {"unknown-digest", DsFault::unknown_digest},
                                             {"unknown-algorithm", DsFault::unknown_algorithm}});
               }},
              {"zone_key", [&](const YAML::Node& value) { key.is_zone_key = value.as<bool>(); }},
              {"revoked", [&](const YAML::Node& value) { key.is_revoked = value.as<bool>(); }},
              {"protocol", [&](const YAML::Node& value) {
                 key.protocol = static_cast<std::uint8_t>(value.as<int>());
               }}});
  if (!has_role) throw Mistake(node, "a key needs its `role`");
  if (!has_ds && key.role != KeyRole::zsk) key.ds = {kSha256Digest};
  return key;
}

Denial denial_in(const YAML::Node& node) {
  return choice<Denial>(
      node,
      {{"nsec", Denial::nsec}, {"nsec3", Denial::nsec3}, {"nsec3-opt-out", Denial::nsec3_opt_out}});
}

Copy copy_in(const YAML::Node& node, const dns::Name& origin) {
  Copy copy;
  walk(node, {{"missing", [&](const YAML::Node& value) { copy.is_missing = value.as<bool>(); }},
              {"unsigned", [&](const YAML::Node& value) { copy.is_unsigned = value.as<bool>(); }},
              {"days_old", [&](const YAML::Node& value) { copy.days_old = value.as<int>(); }},
              {"editions_behind",
               [&](const YAML::Node& value) { copy.editions_behind = value.as<unsigned>(); }},
              {"signatures_end_in_hours",
               [&](const YAML::Node& value) {
                 copy.signatures_end_in = std::chrono::hours(value.as<int>());
               }},
              {"keys",
               [&](const YAML::Node& value) {
                 for (const auto& item : list_of(value))
                   copy.keys.push_back(item.as<std::size_t>());
               }},
              {"denial", [&](const YAML::Node& value) { copy.denial = denial_in(value); }},
              {"nsec3_iterations",
               [&](const YAML::Node& value) { copy.nsec3_iterations = value.as<std::uint16_t>(); }},
              {"cds", [&](const YAML::Node& value) { copy.has_cds = value.as<bool>(); }},
              {"additional_ends_in_hours",
               [&](const YAML::Node& value) {
                 copy.additional_ends_in = std::chrono::hours(value.as<int>());
               }},
              {"edits", [&](const YAML::Node& value) { copy.edits = edits_in(value, origin); }},
              {"nameservers", [&](const YAML::Node& value) {
                 for (const auto& item : list_of(value))
                   copy.nameservers.push_back(name_in(origin, item));
               }}});
  return copy;
}

WorldServer server_in(const YAML::Node& node, const dns::Name& origin) {
  WorldServer server;
  bool has_name = false;
  const std::map<std::string, Software> software{
      {"scripted", Software::scripted}, {"nsd", Software::nsd},
      {"knot", Software::knot},         {"bind", Software::bind},
      {"powerdns", Software::powerdns}, {"unbound", Software::unbound},
      {"nobody", Software::nobody}};
  const std::map<std::string, bool> listening{{"listens", true}, {"closed", false}};
  walk(node,
       {{"name",
         [&](const YAML::Node& value) {
           server.name = name_in(origin, value);
           has_name = true;
         }},
        {"address", [&](const YAML::Node& value) { server.addresses = addresses_in(value); }},
        {"software", [&](const YAML::Node& value) { server.software = choice(value, software); }},
        {"udp", [&](const YAML::Node& value) { server.udp_listens = choice(value, listening); }},
        {"tcp", [&](const YAML::Node& value) { server.tcp_listens = choice(value, listening); }},
        {"faults",
         [&](const YAML::Node& value) {
           for (const auto& item : list_of(value)) server.faults.push_back(fault_in(item));
         }},
        {"copy", [&](const YAML::Node& value) { server.copy = copy_in(value, origin); }},
        {"listed",
         [&](const YAML::Node& value) {
           const int where =
               choice<int>(value, {{"both", 3}, {"parent", 1}, {"child", 2}, {"nowhere", 0}});
           server.in_parent = (where & 1) != 0;
           server.in_child = (where & 2) != 0;
         }},
        {"glue", [&](const YAML::Node& value) { server.glue = addresses_in(value); }},
        {"published", [&](const YAML::Node& value) { server.published = addresses_in(value); }}});
  if (!has_name) throw Mistake(node, "a server needs a name");
  return server;
}

Expectation expectation_in(const YAML::Node& node, const dns::Name& origin) {
  Expectation expectation;
  walk(
      node,
      {{"check", [&](const YAML::Node& value) { expectation.check = value.as<std::string>(); }},
       {"severity",
        [&](const YAML::Node& value) { expectation.severity = value.as<std::string>(); }},
       {"nameserver",
        [&](const YAML::Node& value) { expectation.nameserver = name_in(origin, value); }},
       {"address", [&](const YAML::Node& value) { expectation.address = address_in(value); }},
       {"transport", [&](const YAML::Node& value) { expectation.transport = transport_in(value); }},
       {"shows", [&](const YAML::Node& value) { expectation.shows = value.as<std::string>(); }},
       {"says", [&](const YAML::Node& value) { expectation.says = value.as<std::string>(); }}});
  if (expectation.check.empty() || expectation.severity.empty()) {
    throw Mistake(node, "an expectation needs `check` and `severity`");
  }
  return expectation;
}

/// What a zone says about its signatures; `zone` must outlive what is returned.
std::map<std::string, Handler> signing_keys_of(WorldZone& zone) {
  return {{"signed", [&](const YAML::Node& value) { zone.is_signed = value.as<bool>(); }},
          {"ds", [&](const YAML::Node& value) { zone.has_ds = value.as<bool>(); }},
          {"denial", [&](const YAML::Node& value) { zone.denial = denial_in(value); }},
          {"compact",
           [&](const YAML::Node& value) {
             zone.compact = choice<Compactness>(
                 value, {{"nodata", Compactness::nodata}, {"nxname", Compactness::nxname}});
           }},
          {"nsec3_iterations",
           [&](const YAML::Node& value) { zone.nsec3_iterations = value.as<std::uint16_t>(); }},
          {"signer",
           [&](const YAML::Node& value) {
             zone.signer = choice<Signer>(value, {{"library", Signer::library},
                                                  {"bind", Signer::bind},
                                                  {"ldns", Signer::ldns},
                                                  {"server", Signer::server}});
           }},
          {"algorithm", [](const YAML::Node&) {}},  // read before the keys
          {"keys",
           [&](const YAML::Node& value) {
             for (const auto& item : value) zone.keys.push_back(key_in(item, zone.algorithm));
           }},
          {"edits", [&](const YAML::Node& value) { zone.edits = edits_in(value, zone.zone); }},
          {"signature_lifetime_hours", [&](const YAML::Node& value) {
             zone.signature_lifetime = std::chrono::hours(value.as<int>());
           }}};
}

DsRequest ds_request_in(const YAML::Node& node) {
  DsRequest request;
  const auto name = [](const YAML::Node& value) {
    return value_of(dns::Name::from_text(value.as<std::string>()), value);
  };
  walk(node, {{"of", [&](const YAML::Node& value) { request.of = name(value); }},
              {"at", [&](const YAML::Node& value) { request.at = name(value); }}});
  return request;
}

/// What a zone says about itself besides, and what is expected of it.
std::map<std::string, Handler> zone_keys_of(WorldZone& zone) {
  const auto nothing = [](const YAML::Node&) {};
  return {{"zone", nothing},
          {"repeat", nothing},
          {"title", [&](const YAML::Node& value) { zone.title = value.as<std::string>(); }},
          {"status", [&](const YAML::Node& value) { zone.status = value.as<std::string>(); }},
          {"unbound", [&](const YAML::Node& value) { zone.unbound = value.as<std::string>(); }},
          {"needs_ipv6", [&](const YAML::Node& value) { zone.needs_ipv6 = value.as<bool>(); }},
          {"servers",
           [&](const YAML::Node& value) {
             for (const auto& item : value) zone.servers.push_back(server_in(item, zone.zone));
           }},
          {"cds",
           [&](const YAML::Node& value) {
             for (const auto& item : value) zone.cds.push_back(ds_request_in(item));
           }},
          {"records", [&](const YAML::Node& value) { zone.records = value.as<std::string>(); }},
          {"expect",
           [&](const YAML::Node& value) {
             for (const auto& item : value) zone.expect.push_back(expectation_in(item, zone.zone));
           }},
          {"allow", [&](const YAML::Node& value) {
             for (const auto& item : list_of(value)) zone.allow.push_back(item.as<std::string>());
           }}};
}

WorldZone zone_in(const YAML::Node& node, const YAML::Node& usual_servers) {
  WorldZone zone;
  if (!node["zone"]) throw Mistake(node, "a zone needs its name in `zone`");
  zone.zone = value_of(dns::Name::from_text(node["zone"].as<std::string>()), node["zone"]);
  if (node["algorithm"]) zone.algorithm = algorithm_in(node["algorithm"]);
  auto handlers = zone_keys_of(zone);
  handlers.merge(signing_keys_of(zone));
  walk(node, handlers);
  if (zone.servers.empty() && usual_servers.IsDefined()) {
    for (const auto& item : usual_servers) zone.servers.push_back(server_in(item, zone.zone));
  }
  if (zone.title.empty() || zone.servers.empty()) {
    throw Mistake(node, "the zone " + zone.zone.to_text() + " needs a title and servers");
  }
  return zone;
}

/// A zone with `repeat: N` stands for N zones; `<n>` in any of its values is the number, from 1.
void add_zones(const YAML::Node& node, const YAML::Node& usual_servers,
               std::vector<WorldZone>& zones) {
  if (!node.IsMap() || !node["repeat"]) {
    zones.push_back(zone_in(node, usual_servers));
    return;
  }
  const std::string pattern = YAML::Dump(node);
  const int count = node["repeat"].as<int>();
  for (int number = 1; number <= count; ++number) {
    std::string text = pattern;
    for (std::size_t at = text.find("<n>"); at != std::string::npos; at = text.find("<n>", at)) {
      text.replace(at, 3, std::to_string(number));
    }
    zones.push_back(zone_in(YAML::Load(text), usual_servers));
  }
}

void check_whole(const World& world) {
  std::vector<dns::Name> names;
  for (const auto& zone : world.zones) names.push_back(zone.zone);
  std::sort(names.begin(), names.end());
  if (names.empty() || !names.front().is_root()) {
    throw std::runtime_error("a world needs the root zone");
  }
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) throw std::runtime_error(twice->to_text() + " is described twice");
}

}  // namespace

dns::Result<World> parse_world(std::string_view text, const std::string& file) {
  try {
    World world;
    const YAML::Node root = YAML::Load(std::string(text));
    const YAML::Node servers = root["servers"];
    walk(root, {{"resolver", [&](const YAML::Node& value) { world.resolver = address_in(value); }},
                {"longest_ttl",
                 [&](const YAML::Node& value) { world.longest_ttl = value.as<std::uint32_t>(); }},
                {"servers", [](const YAML::Node&) {}},  // of the zones that list none
                {"zones", [&](const YAML::Node& value) {
                   for (const auto& item : value) add_zones(item, servers, world.zones);
                 }}});
    check_whole(world);
    return world;
  } catch (const std::exception& error) {  // yaml-cpp throws, and so do the helpers above
    return dns::fail(file + ": " + error.what());
  }
}

}  // namespace lab
