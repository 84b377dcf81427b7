// Our own walks: over which families, when, where they end, and which names on the way are asked
// for.
#include <algorithm>
#include <string>

#include "survey/servers.hpp"
#include "survey/walks.hpp"
#include "tests/catch.hpp"
#include "tests/unit/survey_bench.hpp"

namespace {

using namespace survey;
using namespace survey_test;
using namespace std::chrono_literals;
using dns::ResolutionResult;
using dns::RRType;
using support::FakeReply;
using support::name;
using support::Seen;

constexpr const char* kSix = "::1";

class WalkBench : public SurveyBench {
 public:
  WalkBench() { plan.walks.set(); }

  // The zone's only nameserver has an IPv4 address, and a name in a zone on an IPv6 address.
  void hide_names_behind_ipv6() {
    policy = dns::AddressPolicy(
        {*dns::Prefix::from_text("127.0.0.0/8"), *dns::Prefix::from_text("::1/128")});
    for (support::FakeZone* where : {tld.get(), zone.get()}) {
      change(*where, "zone.test.", RRType::ns, "zone.test. NS ns.six.test.");
    }
    change(*tld, "six.test.", RRType::ns, "six.test. NS a.six.test.\n a.six.test. AAAA ::1");
    world.serve(kSix, "six.test.", R"(
      six.test. SOA 1
      six.test. NS a.six.test.
      a.six.test. AAAA ::1
      ns.six.test. A 127.54.1.1
    )");
  }
};

bool has_ipv6_loopback(asio::io_context& io) {
  asio::ip::tcp::acceptor probe(io);
  std::error_code none;
  probe.open(asio::ip::tcp::v6(), none);
  if (!none) probe.bind({asio::ip::address_v6::loopback(), 0}, none);
  return !none;
}

Path path_of(const std::vector<const char*>& zones) {
  Path path;
  for (const char* zone : zones) {
    auto next = std::make_shared<dns::dnssec::PathZone>();
    next->zone = name(zone);
    next->above = path;
    path = std::move(next);
  }
  return path;
}

Texts texts(const std::vector<dns::Name>& names) {
  Texts all;
  for (const dns::Name& each : names) all.push_back(each.to_label());
  return all;
}

}  // namespace

TEST_CASE("a zone is walked to over the families that serve it, at the slow cadence") {
  WalkBench bench;
  auto survey = bench.survey();
  REQUIRE(survey->walks.size() == 1);
  CHECK(survey->walks[0].id == WalkId::ipv4);
  CHECK(survey->walks[0].end.result == ResolutionResult::ok);
  CHECK(survey->walks[0].end.closest_zone == name("zone.test."));
  CHECK(survey->walks[0].end.records.empty());
  CHECK(survey->walks[0].end.last == nullptr);
  const auto observed = survey->walks[0].end.observed;
  const auto from_parent = [&bench] {
    return bench.world.server(kParent1).asked("zone.test.", RRType::soa) +
           bench.world.server(kParent2).asked("zone.test.", RRType::soa);
  };
  CHECK(from_parent() == 1);

  bench.clock.advance(59min);
  survey = bench.survey();
  REQUIRE(survey->walks.size() == 1);
  CHECK(survey->walks[0].end.observed == observed);
  CHECK(from_parent() == 1);

  bench.clock.advance(1min);
  survey = bench.survey();
  REQUIRE(survey->walks.size() == 1);
  CHECK(survey->walks[0].end.observed > observed);
  CHECK(from_parent() == 2);
}

TEST_CASE("no walks are made for disabled checks") {
  WalkBench bench;
  bench.plan.walks.reset();
  CHECK(bench.survey()->walks.empty());
  CHECK(bench.asked(kParent1, RRType::soa) + bench.asked(kParent2, RRType::soa) == 0);
}

TEST_CASE(
    "a walk that cannot use the family of a zone on its way ends there, and is repeated soon") {
  WalkBench bench;
  if (!has_ipv6_loopback(bench.io)) {
    WARN("this machine has no IPv6 loopback");
    return;
  }
  bench.hide_names_behind_ipv6();
  auto survey = bench.survey();
  CHECK(servers_in(*survey) == Texts{"ns.six.test 127.54.1.1"});
  REQUIRE(survey->walks.size() == 1);
  CHECK(survey->walks[0].is_stuck());
  CHECK(survey->walks[0].end.closest_zone == name("zone.test."));
  INFO(survey->walks[0].end.reason);
  CHECK(survey->walks[0].end.reason.find("ns.six.test has no address that can be found") !=
        std::string::npos);
  CHECK(survey->walks[0].end.reason.find("at six.test)") != std::string::npos);

  bench.change(*bench.tld, "a.six.test.", RRType::aaaa, "a.six.test. A 127.54.1.3");
  bench.world.serve(kServer3, bench.world.server(kSix).zones.front());
  bench.clock.advance(4min);
  CHECK(bench.survey()->walks[0].is_stuck());
  bench.clock.advance(1min);
  CHECK_FALSE(bench.survey()->walks[0].is_stuck());
}

TEST_CASE("no walk is made to servers that do not work") {
  WalkBench bench;
  for (const char* each : {kServer1, kServer2}) {
    bench.world.server(each).twist = [](const Seen&, FakeReply& reply) {
      reply.message.rcode = dns::Rcode::refused;
    };
  }
  CHECK(bench.survey()->walks.empty());
  CHECK(bench.asked(kParent1, RRType::soa) + bench.asked(kParent2, RRType::soa) == 0);
}

TEST_CASE("a walk for which there was no time is made again after a minute") {
  WalkBench bench;
  bench.survey();
  bench.clock.advance(1h);
  for (const char* each : {kParent1, kParent2}) {
    bench.world.server(each).twist = [](const Seen& query, FakeReply& reply) {
      if (query.qtype == RRType::soa) reply.send = false;
    };
  }
  const auto cut = bench.survey(800ms);
  REQUIRE(cut->walks.size() == 1);
  CHECK(cut->walks[0].end.result == ResolutionResult::ok);  // of an hour ago
  for (const char* each : {kParent1, kParent2}) bench.world.server(each).twist = nullptr;
  const auto observed = cut->walks[0].end.observed;
  bench.clock.advance(30s);
  CHECK(bench.survey()->walks[0].end.observed == observed);
  bench.clock.advance(30s);
  CHECK(bench.survey()->walks[0].end.observed > observed);
}

TEST_CASE("a walk that got stuck while its family was unusable is forgotten") {
  WalkBench bench;
  bench.start();
  WalkMemory& memory = bench.memory.state().walks;
  OwnWalk four;
  four.id = WalkId::ipv4;
  four.end.result = ResolutionResult::ok;
  OwnWalk six = four;
  six.id = WalkId::ipv6;
  six.end.result = ResolutionResult::timeout;
  memory.walks = {four, six};
  memory.asked = bench.clock.steady();
  memory.next = memory.asked + 1h;
  FamilyResolvers families(bench.client, bench.settings);
  WalkAsker asker(*bench.resolver, families, *bench.paths, bench.clock, bench.plan,
                  bench.memory.state());
  Vantage vantage;
  vantage.udp_ipv4 = Usable::no;
  CHECK(asker.walks(vantage).size() == 2);
  vantage.udp_ipv6 = Usable::no;
  CHECK(asker.walks(vantage).size() == 1);
  CHECK(asker.is_due({}));
  vantage.udp_ipv6 = Usable::yes;
  CHECK(asker.walks(vantage).size() == 1);
}

TEST_CASE("names above a zone that are no zones") {
  const dns::Name zone = name("a.b.co.test.");
  CHECK(texts(names_above(zone, name("test."), nullptr)) == Texts{"b.co.test", "co.test"});
  CHECK(names_above(zone, name("b.co.test."), path_of({".", "test.", "co.test.", "b.co.test."}))
            .empty());
  CHECK(texts(names_above(zone, name("b.co.test."), path_of({".", "test.", "b.co.test."}))) ==
        Texts{"co.test"});
  CHECK(names_above(zone, std::nullopt, nullptr).empty());
  CHECK(names_above(name("."), std::nullopt, nullptr).empty());
  const dns::Name deep = name("1.2.3.4.5.6.7.8.9.10.11.12.test.");
  CHECK(names_above(deep, name("test."), nullptr).size() == kMaxNamesAbove);
}

TEST_CASE("names between a zone and its parent are asked for") {
  WalkBench bench;
  bench.plan.zone = name("zone.co.test.");
  bench.change(*bench.tld, "zone.co.test.", RRType::ns,
               "zone.co.test. NS ns1.zone.test.\n zone.co.test. NS ns2.zone.test.");
  auto zone = bench.world.serve(kServer1, "zone.co.test.", R"(
    zone.co.test. SOA 7
    zone.co.test. NS ns1.zone.test.
    zone.co.test. NS ns2.zone.test.
  )");
  bench.world.serve(kServer2, zone);
  const auto denying = [](const Seen& query, FakeReply& reply) {
    if (query.qname == name("co.test.")) reply.message.rcode = dns::Rcode::nxdomain;
  };
  const bool denies = GENERATE(false, true);
  for (const char* each : {kParent1, kParent2}) {
    if (denies) bench.world.server(each).twist = denying;
  }
  const auto survey = bench.survey();
  REQUIRE(survey->walks.size() == 2);
  const dns::Resolution& end = survey->walks[1].end;
  CHECK(survey->walks[1].id == WalkId::above);
  CHECK(end.name == name("co.test."));
  CHECK(end.closest_zone == name("test."));
  CHECK(end.result == (denies ? ResolutionResult::nxdomain : ResolutionResult::nodata));
  CHECK((end.last != nullptr) == denies);
}

TEST_CASE("names between the zone and names below it") {
  const dns::Name zone = name("zone.test.");
  const std::vector<dns::Name> nameservers{name("ns1.dc.zone.test."), name("ns2.dc.zone.test."),
                                           name("ns3.zone.test."), name("a.ns3.zone.test."),
                                           name("ns.x.other.test.")};
  CHECK(texts(names_between(zone, nameservers, {})) == Texts{"dc.zone.test"});
  CHECK(texts(names_between(zone, nameservers, {{name("www.zone.test."), RRType::a}})) ==
        Texts{"dc.zone.test"});
  CHECK(texts(names_between(zone, {}, {{name("www.a.b.zone.test."), RRType::mx}})) ==
        Texts{"b.zone.test", "a.b.zone.test", "www.a.b.zone.test"});
  CHECK(texts(names_between(name("."), {name("a.root-servers.net.")}, {})) ==
        Texts{"net", "root-servers.net"});
  std::vector<Sentinel> many;
  for (int i = 0; i < 40; ++i) {
    many.push_back({name("w.x" + std::to_string(i) + ".zone.test."), RRType::a});
  }
  CHECK(names_between(zone, {}, many).size() == kMaxNamesBetween);
}

TEST_CASE("one round in which a family does not serve the zone takes nothing away for an hour") {
  WalkBench bench;
  if (!has_ipv6_loopback(bench.io)) return;
  bench.hide_names_behind_ipv6();
  REQUIRE(bench.survey()->walks.size() == 1);
  CHECK(bench.survey()->walks[0].is_stuck());
  bench.clock.advance(5min);  // it is due again, and its server is down for this one round
  bench.world.server(kServer1).twist = [](const Seen&, FakeReply& reply) {
    reply.message.rcode = dns::Rcode::refused;
  };
  bench.survey();
  bench.world.server(kServer1).twist = nullptr;
  bench.clock.advance(1min);
  const auto after = bench.survey();
  REQUIRE(after->walks.size() == 1);
  CHECK(after->walks[0].is_stuck());
}

TEST_CASE("a zone that begins to work is walked to at once") {
  WalkBench bench;
  for (const char* each : {kServer1, kServer2}) {
    bench.world.server(each).twist = [](const Seen&, FakeReply& reply) {
      reply.message.rcode = dns::Rcode::refused;
    };
  }
  CHECK(bench.survey()->walks.empty());
  for (const char* each : {kServer1, kServer2}) bench.world.server(each).twist = nullptr;
  bench.clock.advance(1min);
  CHECK(bench.survey()->walks.size() == 1);
}

TEST_CASE("zones with the same names above them ask for these once") {
  WalkBench bench;
  bench.change(*bench.tld, "a.co.test.", RRType::ns, "a.co.test. NS ns1.zone.test.");
  bench.change(*bench.tld, "b.co.test.", RRType::ns, "b.co.test. NS ns1.zone.test.");
  bench.world.serve(kServer1, "a.co.test.", "a.co.test. SOA 7\n a.co.test. NS ns1.zone.test.");
  bench.world.serve(kServer1, "b.co.test.", "b.co.test. SOA 7\n b.co.test. NS ns1.zone.test.");
  ZoneMemory first;
  for (const char* each : {"a.co.test.", "b.co.test."}) {
    bench.plan.zone = name(each);
    const auto survey = bench.survey();
    REQUIRE(survey->walks.size() == 2);
    CHECK(survey->walks[1].end.name == name("co.test."));
    CHECK(survey->walks[1].end.result == ResolutionResult::nodata);
    std::swap(first.state(), bench.memory.state());
  }
  std::size_t asked = 0;
  for (const char* each : {kParent1, kParent2}) {
    asked += bench.world.server(each).asked("co.test.", RRType::a);
  }
  CHECK(asked == 1);
}

TEST_CASE("a walk that comes to no end in its time is stuck") {
  WalkBench bench;
  if (!has_ipv6_loopback(bench.io)) return;
  bench.settings.timeout = 2s;
  bench.hide_names_behind_ipv6();
  // Over IPv4 the zone of the nameservers' names has many servers, and all keep silent.
  std::string glue;
  for (int i = 1; i <= 30; ++i) {
    const std::string address = "127.54.9." + std::to_string(i);
    bench.world.server(address).answers_udp = false;
    glue += "a.six.test. A " + address + "\n";
  }
  bench.change(*bench.tld, "a.six.test.", RRType::a, glue.c_str());
  std::shared_ptr<const Survey> survey;
  for (int round = 0; round < 3; ++round) {
    survey = bench.survey(25s);
    bench.clock.advance(5min);
  }
  REQUIRE(survey->walks.size() == 1);
  INFO(survey->walks[0].end.reason);
  CHECK(survey->walks[0].is_stuck());
  CHECK(survey->walks[0].end.result == ResolutionResult::timeout);
}
