// The world file: read strictly, and built into zones that hang together.
#include "tests/lab/world.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "tests/catch.hpp"
#include "tests/lab/build.hpp"
#include "tests/lab/master_file.hpp"
#include "tests/lab/world_files.hpp"

namespace {

const std::string kRoot =
    "zones:\n"
    "  - zone: .\n    title: root\n    signed: true\n    servers: [{name: a.roots., address: "
    "127.1.0.1}]\n";

lab::World world(const std::string& more) {
  auto result = lab::parse_world(kRoot + more, "world.yaml");
  if (!result) FAIL(result.error().sentence);
  return *result;
}

std::string mistake(const std::string& more) {
  const auto result = lab::parse_world(kRoot + more, "world.yaml");
  REQUIRE_FALSE(result);
  return result.error().sentence;
}

lab::WorldPlan built(const lab::World& from, bool ipv6 = false) {
  lab::BuildOptions options;
  options.now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + std::chrono::hours(16);
  options.ipv6 = ipv6;
  // Instead of the programs.
  options.sign = [](const lab::SigningJob& job) {
    return job.keys->sign(job.text, job.validity, job.denial);
  };
  auto plan = lab::build_world(from, options);
  if (!plan) FAIL(plan.error().sentence);
  return *plan;
}

dns::Name name(const char* text) {
  return dns::Name::from_text(text).value();
}
dns::IpAddress address(const char* text) {
  return dns::IpAddress::from_text(text).value();
}

const lab::ZoneData& zone_at(const lab::WorldPlan& plan, const char* at, const char* zone) {
  return *plan.scripted.at(address(at)).zones.at(name(zone)).data;
}

}  // namespace

TEST_CASE("the world of the integration tests can be read and built") {
  std::ifstream in(DNSZONE_WORLD_FILE);
  std::ostringstream text;
  text << in.rdbuf();
  const auto read = lab::parse_world(text.str(), DNSZONE_WORLD_FILE);
  if (!read) FAIL(read.error().sentence);
  CHECK(read->zones.size() > 60);
  const auto plan = built(*read, true);
  CHECK(plan.programs.size() == 5);
  CHECK_FALSE(plan.trust_anchor.empty());
  CHECK(plan.programs.at(lab::Software::powerdns).online.size() == 1);
}

TEST_CASE("the world of the DNSSEC scenarios can be read and built") {
  std::ifstream in(DNSZONE_DNSSEC_WORLD_FILE);
  std::ostringstream text;
  text << in.rdbuf();
  const auto read = lab::parse_world(text.str(), DNSZONE_DNSSEC_WORLD_FILE);
  if (!read) FAIL(read.error().sentence);
  CHECK(read->zones.size() > 90);
  for (const auto& zone : read->zones) CHECK_FALSE(zone.status.empty());
  const auto plan = built(*read);
  const auto& online = plan.programs.at(lab::Software::knot).online;
  REQUIRE(online.contains(name("ed25519-nsec3.good")));
  CHECK(online.at(name("ed25519-nsec3.good")).algorithm == 15);
  CHECK(online.at(name("ed25519-nsec3.good")).denial == lab::Denial::nsec3);
}

TEST_CASE("the world of the alerts can be read and built, healed, too") {
  std::ifstream in(DNSZONE_ALERTS_WORLD_FILE);
  std::ostringstream text;
  text << in.rdbuf();
  const auto read = lab::parse_world(text.str(), DNSZONE_ALERTS_WORLD_FILE);
  if (!read) FAIL(read.error().sentence);
  CHECK(read->zones.size() > 30);
  const auto whole = lab::healed(*read);
  if (!whole) FAIL(whole.error().sentence);
  const auto broken = built(*read, true);
  const auto healthy = built(*whole, true);
  // Sockets are made once.
  REQUIRE(broken.scripted.size() == healthy.scripted.size());
  for (const auto& [at, script] : broken.scripted) CHECK(healthy.scripted.contains(at));
}

TEST_CASE("a healed world has neither faults nor other copies, and the same zones and addresses") {
  const auto healed = lab::healed(world(
      "  - zone: x.\n    title: t\n    signed: true\n    edits: [{do: unsign, type: DNSKEY}]\n"
      "    servers: [{name: ns1, address: 127.1.1.1, copy: {unsigned: true}},\n"
      "      {name: ns2, address: 127.1.1.2, listed: child, faults: [{do: drop}]},\n"
      "      {name: ns3, address: 127.1.1.3, glue: 127.1.1.9, published: []}]\n"));
  if (!healed) FAIL(healed.error().sentence);
  const auto plan = built(*healed);
  CHECK(plan.scripted.size() == 4);
  const auto& parent = zone_at(plan, "127.1.0.1", ".");
  CHECK(parent.find(name("x"), dns::RRType::ns)->rdata.size() == 3);
  for (const char* at : {"127.1.1.1", "127.1.1.2", "127.1.1.3"}) {
    CHECK(plan.scripted.at(address(at)).zones.at(name("x")).faults.empty());
    CHECK(zone_at(plan, at, "x").find(name("x"), dns::RRType::dnskey)->signatures.size() == 1);
  }
  for (const auto* zone : {&parent, &zone_at(plan, "127.1.1.1", "x")}) {
    const auto* rrset = zone->find(name("ns3.x"), dns::RRType::a);
    REQUIRE(rrset != nullptr);
    CHECK(dns::parse_address(dns::RRType::a, rrset->rdata[0]) == address("127.1.1.3"));
  }
}

TEST_CASE("what a running lab cannot change cannot be healed") {
  const auto failure = [](const char* what) {
    const auto healed =
        lab::healed(world(std::string("  - {zone: x., title: t, signed: true, ") + what + "}\n"));
    REQUIRE_FALSE(healed);
    return healed.error().sentence;
  };
  CHECK(failure("servers: [{name: ns1, address: 127.1.1.1, software: nsd}]") ==
        "ns1.x. of x. cannot be switched: only what the scripted server says can");
  CHECK(failure("servers: [{name: ns1, address: 127.1.1.1, tcp: closed}]").find("switched") !=
        std::string::npos);
  CHECK(failure("compact: nodata, servers: [{name: ns1, address: 127.1.1.1}]") ==
        "x. signs while it answers, which cannot be switched");
}

TEST_CASE("the next edition of a world has newer serials and may keep the keys") {
  const auto from = world(
      "  - {zone: x., title: t, signed: true, servers: [{name: ns1, address: 127.1.1.1}, "
      "{name: ns2, address: 127.1.1.2, copy: {editions_behind: 1}}]}\n");
  const auto first = built(from);
  lab::BuildOptions options;
  options.now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);
  options.keys = first.keys;
  options.edition = 2;
  const auto next = lab::build_world(from, options);
  REQUIRE(next);
  const auto soa = [](const lab::WorldPlan& plan, const char* at) {
    return dns::parse_soa(zone_at(plan, at, "x").find(name("x"), dns::RRType::soa)->rdata[0])
        .value();
  };
  CHECK(soa(first, "127.1.1.1").serial == 2026112201);
  CHECK(soa(*next, "127.1.1.1").serial == 2026112202);
  CHECK(soa(*next, "127.1.1.2").serial == 2026112201);
  CHECK(next->trust_anchor == first.trust_anchor);
  CHECK(zone_at(*next, "127.1.0.1", ".").find(name("x"), dns::RRType::ds)->rdata ==
        zone_at(first, "127.1.0.1", ".").find(name("x"), dns::RRType::ds)->rdata);
  CHECK(built(from).trust_anchor != first.trust_anchor);
}

TEST_CASE("a key set is published, signs and is delegated to as its keys say") {
  const auto plan = built(
      world("  - zone: z.\n    title: t\n    signed: true\n"
            "    servers: [{name: ns, address: 127.1.0.2}]\n"
            "    keys: [{role: ksk}, {role: ksk, state: removed, ds: [sha1, sha384]},\n"
            "           {role: zsk, state: published}, {role: zsk, algorithm: ed25519,\n"
            "            state: unpublished}, {role: zsk, algorithm: ed25519, revoked: true}]\n"));
  const auto* ds = zone_at(plan, "127.1.0.1", ".").find(name("z"), dns::RRType::ds);
  REQUIRE(ds != nullptr);
  CHECK(ds->rdata.size() == 3);
  const lab::ZoneData& zone = zone_at(plan, "127.1.0.2", "z");
  const auto* keys = zone.find(name("z"), dns::RRType::dnskey);
  REQUIRE(keys != nullptr);
  std::vector<int> flags;
  for (const auto& rdata : keys->rdata) flags.push_back(dns::parse_dnskey(rdata)->flags);
  std::sort(flags.begin(), flags.end());
  CHECK(flags == std::vector<int>{256, 257, 384});
  CHECK(zone.find(name("z"), dns::RRType::soa)->signatures.size() == 2);  // by the two of ed25519
}

TEST_CASE("CDS and CDNSKEY are those of a zone's key signing keys, wherever they stand") {
  const std::string zones =
      "  - zone: a.\n    title: a\n    signed: true\n    ds: false\n"
      "    cds: [{of: a., at: a.}]\n    servers: [{name: ns1, address: 127.1.0.2}]\n"
      "  - zone: b.\n    title: b\n    signed: true\n"
      "    cds: [{of: a., at: x.b.}]\n    servers: [{name: ns1, address: 127.1.0.3}]\n";
  const lab::WorldPlan plan = built(world(zones));
  const lab::ZoneData& own = zone_at(plan, "127.1.0.2", "a.");
  const lab::ZoneData& other = zone_at(plan, "127.1.0.3", "b.");
  CHECK(zone_at(plan, "127.1.0.1", ".").find(name("a."), dns::RRType::ds) == nullptr);
  for (const dns::RRType type : {dns::RRType::cds, dns::RRType::cdnskey}) {
    const lab::RRset* const at_apex = own.find(name("a."), type);
    const lab::RRset* const elsewhere = other.find(name("x.b."), type);
    REQUIRE(at_apex != nullptr);
    REQUIRE(elsewhere != nullptr);
    CHECK(at_apex->rdata.size() == 1);
    CHECK(elsewhere->rdata == at_apex->rdata);
    CHECK(elsewhere->signatures.size() == 1);
  }
  lab::BuildOptions options;
  options.now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);
  const auto wrong =
      lab::build_world(world("  - zone: a.\n    title: a\n    cds: [{of: b., at: a.}]\n"
                             "    servers: [{name: ns1, address: 127.1.0.2}]\n"),
                       options);
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().sentence == "a.: no CDS can be made of b., which has no keys");
}

TEST_CASE("an edited zone is for the scripted server only") {
  lab::BuildOptions options;
  options.now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);
  const auto plan =
      lab::build_world(world("  - zone: z.\n    title: t\n    signed: true\n"
                             "    servers: [{name: ns, address: 127.1.0.2, software: nsd}]\n"
                             "    edits: [{do: unsign}]\n"),
                       options);
  REQUIRE_FALSE(plan);
  CHECK(plan.error().sentence == "z. is edited, which the scripted server serves only");
}

TEST_CASE("what a world file may not say is named with its line") {
  CHECK(mistake("  - zone: x.\n    title: t\n    server: []\n") ==
        "world.yaml: line 8: no key is called server");
  CHECK(mistake("  - zone: x.\n    title: t\n    servers: [{name: n, address: 127.1.0}]\n")
            .find("line 8") != std::string::npos);
  CHECK(mistake("  - zone: x.\n    title: t\n    servers: [{name: n, faults: [{do: nap}]}]\n")
            .find("no fault is called nap") != std::string::npos);
  CHECK(mistake("  - zone: x.\n    servers: [{name: n}]\n").find("needs a title") !=
        std::string::npos);
  CHECK(mistake("  - zone: .\n    title: t\n    servers: [{name: n}]\n").find("twice") !=
        std::string::npos);
  CHECK_FALSE(lab::parse_world("zones: []", "w"));
  CHECK_FALSE(lab::parse_world("zones: [", "w"));
}

TEST_CASE("a zone that is repeated is that many zones") {
  const auto many = world(
      "  - {zone: 'x<n>.', repeat: 3, title: 'Zone <n>', servers: [{name: ns, address: "
      "127.1.1.<n>}]}\n");
  REQUIRE(many.zones.size() == 4);
  CHECK(many.zones[3].zone == name("x3"));
  CHECK(many.zones[3].title == "Zone 3");
  CHECK(many.zones[3].servers[0].addresses[0] == address("127.1.1.3"));
}

TEST_CASE("parents get delegations, glue and DS") {
  const auto plan = built(
      world("  - {zone: x., title: t, signed: true, servers: [{name: ns1, address: 127.1.1.1}, "
            "{name: ns2, address: 127.1.1.2, listed: child}, {name: ns3, address: 127.1.1.3, "
            "listed: parent, "
            "glue: 127.1.1.9}, {name: ns.roots., address: 127.1.0.1}]}\n"));
  const auto& root = zone_at(plan, "127.1.0.1", ".");
  CHECK(root.find(name("x"), dns::RRType::ns)->rdata.size() == 3);
  CHECK(root.find(name("x"), dns::RRType::ds)->signatures.size() == 1);
  CHECK(root.find(name("ns1.x"), dns::RRType::a) != nullptr);
  CHECK(root.find(name("ns2.x"), dns::RRType::a) == nullptr);
  const auto glue = root.find(name("ns3.x"), dns::RRType::a);
  REQUIRE(glue != nullptr);
  CHECK(dns::parse_address(dns::RRType::a, glue->rdata[0]) == address("127.1.1.9"));
  CHECK(root.find(name("ns.roots"), dns::RRType::a)->signatures.size() == 1);
  const auto& child = zone_at(plan, "127.1.1.1", "x");
  CHECK(child.find(name("x"), dns::RRType::ns)->rdata.size() == 3);
  CHECK(child.find(name("ns3.x"), dns::RRType::a)->rdata.size() == 1);
  CHECK(plan.root_hints == ". 3600 IN NS a.roots.\na.roots. 3600 IN A 127.1.0.1\n");
}

TEST_CASE("copies differ only in what they should") {
  const auto plan = built(
      world("  - {zone: x., title: t, signed: true, servers: [{name: ns1, address: 127.1.1.1}, "
            "{name: ns2, address: 127.1.1.2, copy: {days_old: 4}}, "
            "{name: ns3, address: 127.1.1.3, copy: {unsigned: true}}, "
            "{name: ns4, address: 127.1.1.4, copy: {signatures_end_in_hours: -24}}, "
            "{name: ns5, address: 127.1.1.5, copy: {missing: true}}]}\n"));
  const auto soa = [&](const char* at) {
    return dns::parse_soa(zone_at(plan, at, "x").find(name("x"), dns::RRType::soa)->rdata[0])
        .value();
  };
  CHECK(soa("127.1.1.1").serial == 2026112201);
  CHECK(soa("127.1.1.2").serial == 2026111801);
  CHECK(soa("127.1.1.3").serial == 2026112201);
  CHECK_FALSE(zone_at(plan, "127.1.1.3", "x").is_signed());
  const auto expiration = [&](const char* at) {
    const auto* rrset = zone_at(plan, at, "x").find(name("x"), dns::RRType::soa);
    return dns::parse_rrsig(rrset->signatures.at(0)).value().expiration;
  };
  const auto now = static_cast<std::uint32_t>(
      (std::chrono::sys_days(std::chrono::year(2026) / 11 / 22) + std::chrono::hours(16))
          .time_since_epoch() /
      std::chrono::seconds(1));
  CHECK(expiration("127.1.1.1") == now + 14 * 86400 - 3600);
  CHECK(expiration("127.1.1.4") == now - 86400);
  CHECK_FALSE(plan.scripted.at(address("127.1.1.5")).zones.at(name("x")).data);
}

TEST_CASE("no TTL is longer than the world's longest") {
  auto from =
      world("  - {zone: x., title: t, signed: true, servers: [{name: ns1, address: 127.1.1.1}]}\n");
  from.longest_ttl = 2;
  const auto plan = built(from);
  for (const dns::RRType type : {dns::RRType::soa, dns::RRType::dnskey, dns::RRType::ns}) {
    CHECK(zone_at(plan, "127.1.1.1", "x").find(name("x"), type)->ttl == 2);
  }
  CHECK(zone_at(plan, "127.1.0.1", ".").find(name("x"), dns::RRType::ds)->ttl == 2);
}

TEST_CASE("a parent has the DS of what it delegates only") {
  const auto plan =
      built(world("  - {zone: x., title: t, signed: true, servers: "
                  "[{name: ns1, address: 127.1.1.1, listed: child}]}\n"));
  CHECK(zone_at(plan, "127.1.0.1", ".").find(name("x"), dns::RRType::ds) == nullptr);
}

TEST_CASE("IPv6 is left out altogether unless it is there") {
  const auto both = world(
      "  - {zone: x., title: t, servers: [{name: ns1, address: [127.1.1.1, 'fd00::1']}]}\n"
      "  - {zone: y., title: t, needs_ipv6: true, servers: [{name: ns1, address: 'fd00::2'}]}\n");
  const auto without = built(both);
  CHECK(zone_at(without, "127.1.0.1", ".").find(name("ns1.x"), dns::RRType::aaaa) == nullptr);
  CHECK_FALSE(without.scripted.contains(address("fd00::1")));
  const auto with = built(both, true);
  CHECK(zone_at(with, "127.1.0.1", ".").find(name("ns1.x"), dns::RRType::aaaa) != nullptr);
  CHECK(with.scripted.contains(address("fd00::1")));

  lab::FileOptions options;
  CHECK(lab::zones_text(both, options) == ".\nx\n");
  CHECK(lab::world_json(both, options).find("\"skipped\"") != std::string::npos);
  options.ipv6 = true;
  CHECK(lab::zones_text(both, options) == ".\nx\ny\n");
  CHECK(lab::world_json(both, options).find("\"skipped\"") == std::string::npos);
}

TEST_CASE("one address is not for two programs") {
  lab::BuildOptions options;
  options.now = std::chrono::sys_days(std::chrono::year(2026) / 11 / 22);
  const auto plan = lab::build_world(
      world("  - {zone: x., title: t, servers: [{name: n, address: 127.1.0.1, software: nsd}]}\n"),
      options);
  REQUIRE_FALSE(plan);
  CHECK(plan.error().sentence == "127.1.0.1 is to be served by both scripted and nsd");
}

TEST_CASE("a healthy world is made to measure") {
  const auto plan = built(lab::healthy_world(5));
  CHECK(plan.scripted.size() == 4 + 15);
  CHECK(zone_at(plan, "127.61.1.5", "zone4.bench").is_signed());
}
