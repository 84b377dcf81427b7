// Which servers a survey asks, and at which addresses: of the parent's names and the child's,
// from glue, resolution and memory.
#include <string>

#include "survey/addresses.hpp"
#include "survey/memory.hpp"
#include "survey/servers.hpp"
#include "tests/catch.hpp"
#include "tests/unit/survey_bench.hpp"

namespace {

using namespace survey;
using namespace survey_test;
using namespace std::chrono_literals;
using dns::ResolutionResult;
using dns::RRType;
using support::FakeReply;
using support::ip;
using support::name;
using support::Seen;

// "address reason" of each.
Texts merged(const std::vector<KnownServer>& servers) {
  Texts texts;
  for (const KnownServer& server : servers) {
    std::string text = server.address.to_text();
    if (server.from_glue) text += " glue";
    if (server.from_resolution) text += " resolved";
    if (server.from_last_known) text += " remembered";
    texts.push_back(text);
  }
  return texts;
}

}  // namespace

TEST_CASE("addresses of a nameserver are glue, resolved and remembered") {
  using R = ResolutionResult;
  const dns::Name ns = name("ns.test.");
  const auto merge = [&](const std::vector<dns::IpAddress>& glue, const dns::Resolution& a,
                         const dns::Resolution& aaaa, const std::vector<dns::IpAddress>& last) {
    return merged(merge_addresses(ns, glue, a, aaaa, last));
  };
  const dns::IpAddress v4 = ip("192.0.2.1");
  const dns::IpAddress old4 = ip("192.0.2.9");
  const dns::IpAddress old6 = ip("2001:db8::9");

  CHECK(merge({v4}, resolved(R::ok, "192.0.2.1"), resolved(R::nodata), {}) ==
        Texts{"192.0.2.1 glue resolved"});
  CHECK(merge({v4}, resolved(R::ok, "192.0.2.2"), resolved(R::ok, "2001:db8::2"), {}) ==
        Texts{"192.0.2.1 glue", "192.0.2.2 resolved", "2001:db8::2 resolved"});
  // What resolves now replaces what did before.
  CHECK(merge({}, resolved(R::ok, "192.0.2.2"), resolved(R::nodata), {old4, old6}) ==
        Texts{"192.0.2.2 resolved"});
  // A family that cannot be resolved keeps its own.
  CHECK(merge({}, resolved(R::ok, "192.0.2.2"), resolved(R::timeout), {old4, old6}) ==
        Texts{"192.0.2.2 resolved", "2001:db8::9 remembered"});
  CHECK(merge({}, resolved(R::nxdomain), resolved(R::nxdomain), {old4, old6}) ==
        Texts{"192.0.2.9 remembered", "2001:db8::9 remembered"});
  // So does a name that has lost all its addresses.
  CHECK(merge({}, resolved(R::nodata), resolved(R::nodata), {old4}) ==
        Texts{"192.0.2.9 remembered"});
  CHECK(merge({old4}, resolved(R::timeout), resolved(R::nodata), {old4}) ==
        Texts{"192.0.2.9 glue"});
}

TEST_CASE("the number of addresses of a name is bounded") {
  std::vector<dns::IpAddress> glue;
  for (int i = 1; i <= 200; ++i) glue.push_back(ip("192.0.2." + std::to_string(i)));
  CHECK(merge_addresses(name("ns."), glue, {}, {}, {}).size() == dns::kMaxAddressesPerName);
}

TEST_CASE("servers are followed from the parent's names on") {
  const dns::SteadyTime now{48h};
  ZonePlan plan;
  plan.zone = name("zone.test.");
  ZoneMemory memory;
  ZoneMemory::State& state = memory.state();
  DelegationView delegation;
  delegation.answered = true;
  delegation.nameservers = {{name("ns1.zone.test."), {ip("192.0.2.1")}}};
  state.names[name("ns2.zone.test.")].a = resolved(ResolutionResult::ok, "192.0.2.2");
  state.names[name("old.zone.test.")].a = resolved(ResolutionResult::ok, "192.0.2.9");
  const auto names = [&] {
    Texts texts;
    for (const Nameserver& each : reach(delegation, state, plan, now, true, true).nameservers) {
      texts.push_back(each.name.to_label() + (each.in_parent ? " parent" : "") +
                      (each.in_child ? " child" : ""));
    }
    return texts;
  };
  const auto child_says = [&](const char* address, std::vector<dns::Name> ns) {
    state.addresses[ip(address)].child_ns = std::move(ns);
    state.addresses[ip(address)].child_ns_seen = now;
  };

  CHECK(names() == Texts{"ns1.zone.test parent"});
  child_says("192.0.2.1", {name("ns1.zone.test."), name("ns2.zone.test.")});
  CHECK(names() == Texts{"ns1.zone.test parent child", "ns2.zone.test child"});

  SECTION("a server that only it itself names is not reached") {
    child_says("192.0.2.9", {name("old.zone.test.")});
    CHECK(names() == Texts{"ns1.zone.test parent child", "ns2.zone.test child"});
  }
  SECTION("a server that a child-only server names is") {
    child_says("192.0.2.2", {name("old.zone.test.")});
    CHECK(names().size() == 3);
  }
  SECTION("what a server said a day ago no longer counts") {
    state.addresses[ip("192.0.2.1")].child_ns_seen = now - 24h;
    CHECK(names() == Texts{"ns1.zone.test parent"});
  }
  SECTION("the parent's last names stand in for a day when there are none") {
    remember(state, delegation, reach(delegation, state, plan, now, true, true), plan, now);
    delegation.nameservers.clear();
    const Reach later = reach(delegation, state, plan, now + 23h, true, true);
    REQUIRE(later.nameservers.size() == 2);
    CHECK_FALSE(later.nameservers[0].in_parent);
    CHECK(merged(later.servers) == Texts{"192.0.2.1 remembered", "192.0.2.2 resolved"});
    CHECK(reach(delegation, state, plan, now + 25h, true, true).nameservers.empty());
  }
  SECTION("families that are not in use are left out") {
    CHECK(reach(delegation, state, plan, now, false, true).servers.empty());
  }
  SECTION("names and addresses are bounded") {
    delegation.nameservers.clear();
    for (int i = 0; i < 200; ++i) {
      dns::NameserverAddresses server{name("n" + std::to_string(i) + ".test."), {}};
      for (int j = 1; j <= 10; ++j) {
        server.addresses.push_back(ip("10.0." + std::to_string(i) + "." + std::to_string(j)));
      }
      delegation.nameservers.push_back(std::move(server));
    }
    const Reach reached = reach(delegation, state, plan, now, true, true);
    CHECK(reached.nameservers.size() == kMaxNameserversPerZone);
    CHECK(reached.servers.size() == kMaxAddressesPerZone);
  }
}

TEST_CASE("an address that a name gave up does not come back") {
  const dns::SteadyTime now{48h};
  ZonePlan plan;
  ZoneMemory memory;
  ZoneMemory::State& state = memory.state();
  const dns::Name ns = name("ns.test.");
  DelegationView delegation;
  delegation.nameservers = {{ns, {}}};
  const auto round = [&](dns::Resolution a, dns::SteadyTime at) {
    state.names[ns].a = std::move(a);
    const Reach reached = reach(delegation, state, plan, at, true, true);
    remember(state, delegation, reached, plan, at);
    return merged(reached.servers);
  };
  using R = ResolutionResult;
  CHECK(round(resolved(R::ok, "192.0.2.1"), now) == Texts{"192.0.2.1 resolved"});
  CHECK(round(resolved(R::timeout), now + 1h) == Texts{"192.0.2.1 remembered"});
  CHECK(round(resolved(R::ok, "192.0.2.2"), now + 2h) == Texts{"192.0.2.2 resolved"});
  CHECK(round(resolved(R::timeout), now + 3h) == Texts{"192.0.2.2 remembered"});
  CHECK(round(resolved(R::timeout), now + 25h) == Texts{"192.0.2.2 remembered"});
  CHECK(round(resolved(R::timeout), now + 27h) == Texts{});
  CHECK(state.last_known.empty());
}

TEST_CASE("failures that may pass are resolved again sooner") {
  ZonePlan plan;
  CHECK(resolve_again_after(ResolutionResult::ok, plan) == 5min);
  CHECK(resolve_again_after(ResolutionResult::nxdomain, plan) == 5min);
  CHECK(resolve_again_after(ResolutionResult::timeout, plan) == 1min);
  CHECK(resolve_again_after(ResolutionResult::servfail, plan) == 1min);
}

TEST_CASE("addresses are looked up for families that are not used") {
  SurveyBench bench;
  bench.settings.use_ipv6 = false;
  bench.change(*bench.zone, "ns1.zone.test.", RRType::aaaa, "ns1.zone.test. AAAA fd00::1");
  bench.change(*bench.tld, "ns1.zone.test.", RRType::aaaa, "ns1.zone.test. AAAA fd00::1");
  const auto survey = bench.survey();
  CHECK(nameserver(*survey, "ns1.zone.test.").aaaa.addresses() ==
        std::vector<dns::IpAddress>{ip("fd00::1")});
  CHECK(nameserver(*survey, "ns1.zone.test.").glue.size() == 2);
  CHECK(nameserver(*survey, "ns2.zone.test.").aaaa.result == ResolutionResult::nodata);
  CHECK(survey->servers.size() == 2);  // and no one is asked over IPv6
  CHECK_FALSE(survey->partial);
}

TEST_CASE("a nameserver that only the child names is resolved and asked in the same survey") {
  SurveyBench bench;
  bench.change(*bench.zone, "-", RRType::txt,
               "zone.test. NS ns3.zone.test.\n ns3.zone.test. A 127.54.1.3");
  bench.world.serve(kServer3, bench.zone);
  const auto survey = bench.survey();
  CHECK(names_in(*survey) == Texts{"ns1.zone.test", "ns2.zone.test", "ns3.zone.test"});
  const Nameserver& third = nameserver(*survey, "ns3.zone.test.");
  CHECK_FALSE(third.in_parent);
  CHECK(third.in_child);
  CHECK(is_authoritative_soa(*observation(*survey, kServer3).find(QuestionId::soa_udp),
                             survey->zone));
  CHECK_FALSE(survey->partial);
}

TEST_CASE("an address with two names is asked once") {
  SurveyBench bench;
  bench.change(*bench.tld, "ns2.zone.test.", RRType::a, "ns2.zone.test. A 127.54.1.1");
  bench.change(*bench.zone, "ns2.zone.test.", RRType::a, "ns2.zone.test. A 127.54.1.1");
  const auto survey = bench.survey();
  CHECK(survey->addresses.size() == 1);
  CHECK(survey->servers.size() == 2);
  CHECK(bench.world.server(kServer1).asked("zone.test.", RRType::dnskey) == 1);
}

TEST_CASE("a nameserver is asked where it last was when its name is gone") {
  SurveyBench bench;
  bench.change(*bench.tld, "zone.test.", RRType::ns,
               "zone.test. NS ns1.zone.test.\n zone.test. NS ns.other.test.\n"
               "ns.other.test. A 127.54.1.2");
  bench.world.server(kParent1).twist = [](const Seen& query, FakeReply& reply) {
    if (query.qtype != RRType::ns) return;
    std::erase_if(reply.message.additional,
                  [](const dns::Record& record) { return record.owner == name("ns.other.test."); });
  };
  bench.world.server(kParent2).twist = bench.world.server(kParent1).twist;
  bench.change(*bench.zone, "zone.test.", RRType::ns,
               "zone.test. NS ns1.zone.test.\n zone.test. NS ns.other.test.");
  auto survey = bench.survey();
  CHECK(nameserver(*survey, "ns.other.test.").a.result == ResolutionResult::ok);
  REQUIRE(survey->servers.size() == 2);
  CHECK(survey->servers[0].from_resolution);

  bench.change(*bench.tld, "ns.other.test.", RRType::a, "");
  bench.clock.advance(6min);
  survey = bench.survey();
  CHECK(nameserver(*survey, "ns.other.test.").a.result == ResolutionResult::nxdomain);
  REQUIRE(survey->servers.size() == 2);
  CHECK(survey->servers[0].nameserver == name("ns.other.test."));
  CHECK(survey->servers[0].from_last_known);
  CHECK_FALSE(survey->servers[0].from_resolution);
  CHECK(observation(*survey, kServer2).find(QuestionId::soa_udp) != nullptr);

  bench.clock.advance(24h);
  survey = bench.survey();
  CHECK(survey->servers.size() == 1);
  CHECK(names_in(*survey) == Texts{"ns.other.test", "ns1.zone.test"});
}

TEST_CASE("an address that the policy forbids is told and not asked") {
  SurveyBench bench;
  bench.change(*bench.tld, "ns2.zone.test.", RRType::a, "ns2.zone.test. A 10.1.2.3");
  bench.change(*bench.zone, "ns2.zone.test.", RRType::a, "ns2.zone.test. A 10.1.2.3");
  const auto survey = bench.survey();
  const AddressObservation& forbidden = observation(*survey, "10.1.2.3");
  CHECK_FALSE(forbidden.may_ask);
  CHECK(forbidden.answers.empty());
  CHECK_FALSE(survey->partial);
  CHECK(bench.asked(kRoot, RRType::soa) == 2);  // the first look at the vantage
}

TEST_CASE("where many questions wait already, the slow ones are left to a later round") {
  SurveyBench bench;
  dns::EngineSettings settings;
  settings.default_rate = {0, 0};
  settings.address_policy = bench.policy;
  settings.rates = {{*dns::Prefix::from_text("127.54.1.1/32"), {5, 1}}};
  bench.engine.reconfigure(settings);
  bench.plan.slow_patience = {};
  const auto crowded = bench.survey();
  CHECK_FALSE(crowded->partial);
  CHECK(observation(*crowded, kServer1).find(QuestionId::dnskey) != nullptr);
  CHECK(observation(*crowded, kServer1).find(QuestionId::options) == nullptr);
  CHECK(observation(*crowded, kServer2).find(QuestionId::options) != nullptr);
  settings.rates.clear();
  bench.engine.reconfigure(settings);
  CHECK(observation(*bench.survey(), kServer1).find(QuestionId::options) != nullptr);
}
