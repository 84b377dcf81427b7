// What a survey asks the parent, and what it does when the delegation changes, is gone, or cannot
// be had.
#include <algorithm>

#include "survey/delegation.hpp"
#include "survey/servers.hpp"
#include "tests/catch.hpp"
#include "tests/unit/survey_bench.hpp"

namespace {

using namespace survey;
using namespace survey_test;
using namespace std::chrono_literals;
using dns::ResolutionResult;
using dns::RRType;
using support::ip;
using support::name;

}  // namespace

TEST_CASE("which of the parent's addresses are asked") {
  dns::ParentSearch parent;
  parent.servers = {{name("a."), {ip("192.0.2.1"), ip("2001:db8::1")}},
                    {name("b."), {ip("192.0.2.2"), ip("192.0.2.1")}}};
  const std::vector<ParentTarget> targets = parent_targets(parent, true, true);
  REQUIRE(targets.size() == 3);
  CHECK(parent_targets(parent, true, false).size() == 2);

  CHECK(one_per_family(targets, 0) ==
        std::vector<ParentTarget>{{name("a."), ip("192.0.2.1")}, {name("a."), ip("2001:db8::1")}});
  CHECK(one_per_family(targets, 1)[0].address == ip("192.0.2.2"));
  CHECK(one_per_family(targets, 2)[0].address == ip("192.0.2.1"));

  const dns::SteadyTime now{48h};
  std::map<dns::IpAddress, ParentWord> words;
  words[ip("192.0.2.1")].asked = now - 30min;
  words[ip("192.0.2.2")].asked = now - 90min;
  const std::vector<ParentTarget> due = not_asked_since(targets, words, now, 1h);
  REQUIRE(due.size() == 2);
  CHECK(due[0].address == ip("2001:db8::1"));
  CHECK(due[1].address == ip("192.0.2.2"));
}

TEST_CASE("a zone that is no longer delegated is still asked for a day") {
  SurveyBench bench;
  bench.survey();
  bench.change(*bench.tld, "zone.test.", RRType::ns, "");
  bench.change(*bench.tld, "zone.test.", RRType::ds, "");
  bench.change(*bench.tld, "ns1.zone.test.", RRType::a, "");
  bench.change(*bench.tld, "ns2.zone.test.", RRType::a, "");
  bench.clock.advance(5min);
  auto survey = bench.survey();
  REQUIRE(survey->delegation.servers.size() == 2);
  for (const ParentServer& parent : survey->delegation.servers) {
    CHECK(parent.ns.final().response->rcode == dns::Rcode::nxdomain);
  }
  REQUIRE(survey->servers.size() == 2);
  CHECK_FALSE(nameserver(*survey, "ns1.zone.test.").in_parent);
  CHECK(nameserver(*survey, "ns1.zone.test.").in_child);
  CHECK(survey->servers[0].from_last_known);

  bench.clock.advance(25h);
  survey = bench.survey();
  CHECK(survey->servers.empty());
  CHECK(survey->nameservers.empty());
}

TEST_CASE("a change of the delegation is seen on all parents at once") {
  SurveyBench bench;
  bench.survey();
  bench.world.serve(kServer3, bench.zone);
  SECTION("of the nameservers") {
    bench.change(*bench.tld, "zone.test.", RRType::ns,
                 "zone.test. NS ns1.zone.test.\n zone.test. NS ns3.zone.test.\n"
                 "ns3.zone.test. A 127.54.1.3");
    bench.change(*bench.zone, "zone.test.", RRType::ns,
                 "zone.test. NS ns1.zone.test.\n zone.test. NS ns3.zone.test.\n"
                 "ns3.zone.test. A 127.54.1.3");
    bench.clock.advance(5min);
    const auto survey = bench.survey();
    CHECK(servers_in(*survey) == Texts{"ns1.zone.test 127.54.1.1", "ns3.zone.test 127.54.1.3"});
  }
  SECTION("of the DS") {
    bench.change(*bench.tld, "zone.test.", RRType::ds, "zone.test. DS 1234");
    bench.clock.advance(5min);
    const auto survey = bench.survey();
    REQUIRE(survey->delegation.servers.size() == 2);
    for (const ParentServer& parent : survey->delegation.servers) {
      const dns::Record& ds = parent.ds.final().response->answer.at(0);
      CHECK(dns::parse_ds(ds.rdata)->key_tag == 1234);
    }
  }
}

TEST_CASE("a parent that does not answer keeps no one from being asked") {
  SurveyBench bench;
  bench.survey();
  bench.clock.advance(6min);
  SECTION("one of them") {
    bench.world.server(kParent1).answers_udp = false;
    for (int i = 0; i < 2; ++i) {
      const auto survey = bench.survey();
      CHECK(survey->delegation.parent.found);
      CHECK(survey->servers.size() == 2);
      CHECK(nameserver(*survey, "ns1.zone.test.").in_parent);
      bench.clock.advance(6min);
    }
  }
  SECTION("one of them for a moment: it is asked again the next time") {
    bench.world.server(kParent1).answers_udp = false;
    bench.world.server(kParent2).answers_udp = false;
    bench.survey();
    bench.world.server(kParent1).answers_udp = true;
    bench.world.server(kParent2).answers_udp = true;
    bench.clock.advance(6min);
    const auto survey = bench.survey();
    REQUIRE(survey->delegation.servers.size() == 2);
    for (const ParentServer& parent : survey->delegation.servers) {
      CHECK(parent.ns.final().answered());
      CHECK(parent.ds.final().answered());
    }
  }
  SECTION("both: the last names and addresses are used") {
    bench.world.server(kParent1).answers_udp = false;
    bench.world.server(kParent2).answers_udp = false;
    const auto survey = bench.survey();
    CHECK(survey->servers.size() == 2);
    CHECK(is_authoritative_soa(*observation(*survey, kServer1).find(QuestionId::soa_udp),
                               survey->zone));
    REQUIRE(survey->delegation.servers.size() == 2);
    // Whose turn it was.
    const auto& parents = survey->delegation.servers;
    CHECK(std::any_of(parents.begin(), parents.end(),
                      [](const ParentServer& parent) { return !parent.ns.final().answered(); }));
  }
  SECTION("nor the root: the path is broken") {
    bench.clock.advance(1h);
    bench.world.server(kRoot).answers_udp = false;
    bench.plan.zone = name("zone.test.");
    const auto survey = bench.survey();
    CHECK_FALSE(survey->delegation.parent.found);
    CHECK(survey->delegation.parent.result == ResolutionResult::timeout);
    CHECK_FALSE(survey->delegation.parent.reason.empty());
    CHECK(survey->servers.size() == 2);
  }
}

TEST_CASE("parent and child on the same servers") {
  SurveyBench bench;
  for (const char* parent : {kParent1, kParent2}) bench.world.serve(parent, bench.zone);
  const auto survey = bench.survey();
  CHECK(servers_in(*survey) == Texts{"ns1.zone.test 127.54.1.1", "ns2.zone.test 127.54.1.2"});
  CHECK(nameserver(*survey, "ns1.zone.test.").in_parent);
  CHECK(nameserver(*survey, "ns1.zone.test.").in_child);
}

TEST_CASE("the root is surveyed from its hints") {
  SurveyBench bench;
  bench.plan.zone = name(".");
  const auto survey = bench.survey();
  CHECK_FALSE(survey->delegation.parent.found);
  CHECK(survey->delegation.servers.empty());
  CHECK(servers_in(*survey) == Texts{"a.root 127.54.0.1"});
  CHECK(nameserver(*survey, "a.root.").in_parent);
  CHECK(nameserver(*survey, "a.root.").in_child);
  CHECK(is_authoritative_soa(*observation(*survey, kRoot).find(QuestionId::soa_udp), name(".")));
  CHECK_FALSE(survey->partial);
}
