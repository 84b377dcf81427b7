#include "tests/lab/build.hpp"

#include <algorithm>
#include <cstdio>
#include <set>
#include <sstream>
#include <utility>

#include "tests/lab/master_file.hpp"

namespace lab {
namespace {

constexpr const char* kTimers = " 14400 3600 1209600 3600";  // refresh, retry, expire, minimum

/// Owns what is made on the way; build_world() below is the story.
class Builder {
 public:
  Builder(const World& world, const BuildOptions& options)
      : world_(world),
        options_(options),
        mutations_(std::make_shared<const Mutations>(world.mutations)),
        keys_(options.keys) {}

  dns::Result<WorldPlan> build();

 private:
  void index();
  const WorldZone& zone_of(dns::Name name) const;
  dns::Result<void> make_keys();
  dns::Result<void> place(const WorldZone& zone, const WorldServer& server);
  dns::Result<void> place_scripted(const WorldZone& zone, const WorldServer& server,
                                   const dns::IpAddress& address);
  dns::Result<void> place_program(const WorldZone& zone, const WorldServer& server,
                                  const dns::IpAddress& address);
  dns::Result<std::string> text_of(const WorldZone& zone, const Copy& copy) const;
  dns::Result<std::string> sign(const WorldZone& zone, const Copy& copy, const std::string& text,
                                const Validity& validity) const;
  std::string name_of(const WorldZone& zone, const Copy& copy) const;
  dns::Result<std::shared_ptr<const ZoneData>> data_of(const WorldZone& zone, const Copy& copy);
  std::string unsigned_text(const WorldZone& zone, const Copy& copy) const;
  void add_apex(const WorldZone& zone, const Copy& copy, std::set<std::string>& lines) const;
  void add_delegation(const WorldZone& parent, const WorldZone& child,
                      std::set<std::string>& lines) const;
  dns::Result<void> check_requests(const WorldZone& zone) const;
  std::string requests_text(const WorldZone& zone) const;
  void add_addresses(const dns::Name& owner, const std::vector<dns::IpAddress>& addresses,
                     std::set<std::string>& lines) const;
  std::string serial(const Copy& copy) const;
  bool usable(const dns::IpAddress& address) const {
    return options_.ipv6 || address.family() == dns::Family::ipv4;
  }
  std::string root_hints() const;

  const World& world_;
  const BuildOptions& options_;
  const std::shared_ptr<const Mutations> mutations_;
  std::map<dns::Name, const WorldZone*> zones_;
  std::map<dns::Name, std::vector<const WorldZone*>> children_;  // by parent
  std::map<dns::Name, std::set<std::string>> hosts_;  // addresses of nameservers, by zone
  RsaPool rsa_pool_;
  KeyRing keys_;
  std::map<std::string, std::shared_ptr<const ZoneData>> copies_;  // by zone and kind of copy
  std::map<dns::IpAddress, Software> owners_;
  WorldPlan plan_;
};

dns::Result<WorldPlan> Builder::build() {
  index();
  if (const auto made = make_keys(); !made) return tl::unexpected(made.error());
  for (const auto& zone : world_.zones) {
    if (const auto fit = check_requests(zone); !fit) return tl::unexpected(fit.error());
    for (const auto& server : zone.servers) {
      if (const auto placed = place(zone, server); !placed) return tl::unexpected(placed.error());
    }
  }
  for (auto& [software, program] : plan_.programs) {
    std::sort(program.addresses.begin(), program.addresses.end());
    const auto end = std::unique(program.addresses.begin(), program.addresses.end());
    program.addresses.erase(end, program.addresses.end());
  }
  plan_.root_hints = root_hints();
  if (const auto root = keys_.find(dns::Name()); root != keys_.end()) {
    plan_.trust_anchor = root->second->anchor_text();
  }
  plan_.keys = std::move(keys_);
  return std::move(plan_);
}

void Builder::index() {
  for (const auto& zone : world_.zones) zones_[zone.zone] = &zone;
  for (const auto& zone : world_.zones) {
    if (!zone.zone.is_root()) children_[zone_of(zone.zone.parent()).zone].push_back(&zone);
    for (const auto& server : zone.servers) {
      add_addresses(server.name, server.published.value_or(server.addresses),
                    hosts_[zone_of(server.name).zone]);
    }
  }
}

/// The deepest zone that `name` lies in; parse_world sees to it that there is a root.
const WorldZone& Builder::zone_of(dns::Name name) const {
  while (true) {
    const auto found = zones_.find(name);
    if (found != zones_.end()) return *found->second;
    name = name.parent();
  }
}

dns::Result<void> Builder::make_keys() {
  for (const auto& zone : world_.zones) {
    if (!zone.is_signed || keys_.contains(zone.zone)) continue;
    const auto specs = zone.keys.empty() ? usual_keys(zone.algorithm) : zone.keys;
    auto keys = ZoneKeys::generate(zone.zone, specs, rsa_pool_);
    if (!keys) return tl::unexpected(keys.error());
    keys_.emplace(zone.zone, std::make_shared<const ZoneKeys>(std::move(*keys)));
  }
  return {};
}

dns::Result<void> Builder::place(const WorldZone& zone, const WorldServer& server) {
  for (const auto& address : server.addresses) {
    if (!usable(address) || server.software == Software::nobody) continue;
    const auto [owner, added] = owners_.emplace(address, server.software);
    if (owner->second != server.software) {
      return dns::fail(address.to_text() + " is to be served by both " +
                       std::string(to_text(owner->second)) + " and " +
                       std::string(to_text(server.software)));
    }
    const auto placed = server.software == Software::scripted
                            ? place_scripted(zone, server, address)
                            : place_program(zone, server, address);
    if (!placed) return placed;
  }
  return {};
}

dns::Result<void> Builder::place_scripted(const WorldZone& zone, const WorldServer& server,
                                          const dns::IpAddress& address) {
  ServerScript& script = plan_.scripted[address];
  if (script.nsid.empty()) {
    script.nsid = server.name.to_label();
    if (options_.loss > 0) {
      Fault lose;
      lose.kind = FaultKind::lose;
      lose.ratio = options_.loss;
      script.faults.push_back(lose);
    }
  }
  script.mutations = mutations_;
  script.udp = script.udp && server.udp_listens;
  script.tcp = script.tcp && server.tcp_listens;
  ServedZone& served = script.zones[zone.zone];
  served.faults = server.faults;
  if (server.copy.is_missing) return {};
  auto data = data_of(zone, server.copy);
  if (!data) return tl::unexpected(data.error());
  served.data = std::move(*data);
  if (zone.compact != Compactness::none) {
    served.compact = std::make_shared<const CompactDenial>(keys_.at(zone.zone), zone.compact);
  }
  if (!server.copy.additional_ends_in) return {};
  Copy copy = server.copy;
  copy.signatures_end_in = copy.additional_ends_in;
  auto additional = data_of(zone, copy);
  if (!additional) return tl::unexpected(additional.error());
  served.additional = std::move(*additional);
  return {};
}

dns::Result<void> Builder::place_program(const WorldZone& zone, const WorldServer& server,
                                         const dns::IpAddress& address) {
  ProgramPlan& program = plan_.programs[server.software];
  program.addresses.push_back(address);
  if (server.software == Software::unbound || program.zones.contains(zone.zone)) return {};
  if (!zone.edits.empty() || !server.copy.edits.empty()) {
    return dns::fail(zone.zone.to_text() + " is edited, which the scripted server serves only");
  }
  const bool is_signed = zone.is_signed && !server.copy.is_unsigned;
  if (is_signed && (server.software == Software::powerdns || zone.signer == Signer::server)) {
    program.online[zone.zone] = {keys_.at(zone.zone)->files(), zone.denial, zone.algorithm};
    program.zones[zone.zone] = unsigned_text(zone, server.copy);
    return {};
  }
  auto text = text_of(zone, server.copy);
  if (!text) return tl::unexpected(text.error());
  program.zones[zone.zone] = std::move(*text);
  return {};
}

/// The same for copies that are to be the same; an edited one is like no other.
std::string Builder::name_of(const WorldZone& zone, const Copy& copy) const {
  std::string name = zone.zone.to_label() + "|" + (copy.is_unsigned ? "u" : "") +
                     (copy.has_cds ? "c" : "") + std::to_string(copy.days_old) + "|" +
                     std::to_string(copy.editions_behind) + "|";
  if (copy.signatures_end_in) name += std::to_string(copy.signatures_end_in->count());
  for (const auto& each : copy.nameservers) name += "|" + each.to_label();
  for (const std::size_t key : copy.keys) name += "|key " + std::to_string(key);
  if (copy.denial) name += "|denial " + std::to_string(static_cast<int>(*copy.denial));
  if (copy.nsec3_iterations) name += "|iterations " + std::to_string(*copy.nsec3_iterations);
  if (!copy.edits.empty()) name += "|edited " + std::to_string(copies_.size());
  return name;
}

dns::Result<std::shared_ptr<const ZoneData>> Builder::data_of(const WorldZone& zone,
                                                              const Copy& copy) {
  auto& known = copies_[name_of(zone, copy)];
  if (known) return known;
  const auto text = text_of(zone, copy);
  if (!text) return tl::unexpected(text.error());
  auto records = parse_master_text(*text, zone.zone);
  if (!records) return tl::unexpected(records.error());
  if (zone.is_signed && !copy.is_unsigned) {
    std::vector<ZoneEdit> edits = zone.edits;
    edits.insert(edits.end(), copy.edits.begin(), copy.edits.end());
    records = edit_zone(std::move(*records), edits, *keys_.at(zone.zone), options_.now);
    if (!records) return dns::fail(zone.zone.to_text() + ": " + records.error().sentence);
  }
  for (auto& record : *records) record.ttl = std::min(record.ttl, world_.longest_ttl);
  auto data = ZoneData::from_records(zone.zone, std::move(*records));
  if (!data) return tl::unexpected(data.error());
  known = std::make_shared<const ZoneData>(std::move(*data));
  return known;
}

dns::Result<std::string> Builder::text_of(const WorldZone& zone, const Copy& copy) const {
  const std::string text = unsigned_text(zone, copy);
  if (!zone.is_signed || copy.is_unsigned) return text;
  // Signed an hour ago, so that no clock is ahead of it.
  Validity validity{options_.now - std::chrono::hours(1),
                    options_.now - std::chrono::hours(1) + zone.signature_lifetime};
  if (copy.signatures_end_in) {
    validity.expiration = options_.now + *copy.signatures_end_in;
    validity.inception = validity.expiration - zone.signature_lifetime;
  }
  return sign(zone, copy, text, validity);
}

dns::Result<std::string> Builder::sign(const WorldZone& zone, const Copy& copy,
                                       const std::string& text, const Validity& validity) const {
  const ZoneKeys& keys = *keys_.at(zone.zone);
  if (zone.signer == Signer::library) {
    return keys.sign(text, validity, copy.denial.value_or(zone.denial),
                     copy.nsec3_iterations.value_or(zone.nsec3_iterations), copy.keys);
  }
  if (zone.signer == Signer::server || !options_.sign) {
    return dns::fail("nothing here can sign " + zone.zone.to_text());
  }
  return options_.sign({zone.signer, zone.zone, text, &keys, validity, zone.denial});
}

/// The zone as master-file text with absolute names: SOA first, then every line once.
std::string Builder::unsigned_text(const WorldZone& zone, const Copy& copy) const {
  std::set<std::string> lines;
  add_apex(zone, copy, lines);
  if (const auto hosts = hosts_.find(zone.zone); hosts != hosts_.end()) {
    lines.insert(hosts->second.begin(), hosts->second.end());
  }
  if (const auto children = children_.find(zone.zone); children != children_.end()) {
    for (const WorldZone* child : children->second) add_delegation(zone, *child, lines);
  }
  const std::string mname = zone.servers.front().name.to_text();
  const std::string rname =
      zone.zone.is_root() ? "hostmaster." : "hostmaster." + zone.zone.to_text();
  std::string text = "$ORIGIN " + zone.zone.to_text() + "\n$TTL 3600\n" + zone.zone.to_text() +
                     " 3600 IN SOA " + mname + " " + rname + " " + serial(copy) + kTimers + "\n";
  for (const auto& line : lines) text += line;
  if (copy.has_cds) text += keys_.at(zone.zone)->cds_text();
  return text + requests_text(zone) + zone.records;
}

dns::Result<void> Builder::check_requests(const WorldZone& zone) const {
  for (const DsRequest& request : zone.cds) {
    if (keys_.contains(request.of)) continue;
    return dns::fail(zone.zone.to_text() + ": no CDS can be made of " + request.of.to_text() +
                     ", which has no keys");
  }
  return {};
}

/// CDS are DS records, and CDNSKEY are DNSKEY records, at another owner and of another type.
std::string Builder::requests_text(const WorldZone& zone) const {
  std::string text;
  for (const DsRequest& request : zone.cds) {
    std::istringstream lines(keys_.at(request.of)->ds_text() + keys_.at(request.of)->anchor_text());
    std::string owner, ttl, rrclass, type, rdata;
    while (lines >> owner >> ttl >> rrclass >> type && std::getline(lines, rdata)) {
      const std::string comment = rdata.substr(0, rdata.find(';'));
      text += request.at.to_text() + " 3600 IN C" + type + comment + "\n";
    }
  }
  return text;
}

void Builder::add_apex(const WorldZone& zone, const Copy& copy,
                       std::set<std::string>& lines) const {
  const auto add = [&](const dns::Name& name) {
    lines.insert(zone.zone.to_text() + " 3600 IN NS " + name.to_text() + "\n");
  };
  if (!copy.nameservers.empty()) {
    for (const auto& name : copy.nameservers) add(name);
    return;
  }
  for (const auto& server : zone.servers) {
    if (server.in_child) add(server.name);
  }
}

void Builder::add_delegation(const WorldZone& parent, const WorldZone& child,
                             std::set<std::string>& lines) const {
  bool is_delegated = false;
  for (const auto& server : child.servers) {
    if (!server.in_parent) continue;
    is_delegated = true;
    lines.insert(child.zone.to_text() + " 3600 IN NS " + server.name.to_text() + "\n");
    if (server.glue) {
      add_addresses(server.name, *server.glue, lines);
    } else if (server.name.is_at_or_below(child.zone)) {
      add_addresses(server.name, server.addresses, lines);
    }
  }
  if (is_delegated && parent.is_signed && child.is_signed && child.has_ds)
    lines.insert(keys_.at(child.zone)->ds_text());
}

void Builder::add_addresses(const dns::Name& owner, const std::vector<dns::IpAddress>& addresses,
                            std::set<std::string>& lines) const {
  for (const auto& address : addresses) {
    if (!usable(address)) continue;
    const char* type = address.family() == dns::Family::ipv4 ? " 3600 IN A " : " 3600 IN AAAA ";
    lines.insert(owner.to_text() + type + address.to_text() + "\n");
  }
}

/// Of the form YYYYMMDDnn (RFC 1912 section 2.2).
std::string Builder::serial(const Copy& copy) const {
  const std::chrono::year_month_day day{
      std::chrono::floor<std::chrono::days>(options_.now - std::chrono::days(copy.days_old))};
  const unsigned value = static_cast<unsigned>(static_cast<int>(day.year())) * 1'000'000U +
                         static_cast<unsigned>(day.month()) * 10'000U +
                         static_cast<unsigned>(day.day()) * 100U + options_.edition -
                         copy.editions_behind;
  return std::to_string(value);
}

std::string Builder::root_hints() const {
  std::set<std::string> lines;
  for (const auto& zone : world_.zones) {
    if (!zone.zone.is_root()) continue;
    for (const auto& server : zone.servers) {
      lines.insert(". 3600 IN NS " + server.name.to_text() + "\n");
      add_addresses(server.name, server.addresses, lines);
    }
  }
  std::string text;
  for (const auto& line : lines) text += line;
  return text;
}

}  // namespace

dns::Result<WorldPlan> build_world(const World& world, const BuildOptions& options) {
  return Builder(world, options).build();
}

}  // namespace lab
