// The delegation and what the parent's servers say about it.
#include "tests/catch.hpp"
#include "tests/unit/checks_cases.hpp"
#include "tests/unit/survey_builder.hpp"

using checks::Severity;
using dns::Rcode;

namespace tests {

namespace {

// The delegation of the healthy world, to change.
std::map<std::string, std::vector<std::string>> healthy_referral() {
  return {{"ns1.example.test", {"192.0.2.1", "2001:db8::1"}},
          {"ns2.example.test", {"192.0.2.2", "2001:db8::2"}},
          {"ns3.example.test", {"192.0.2.3", "2001:db8::3"}}};
}

World world_of(std::vector<World::Host> hosts) {
  World world;
  world.hosts = std::move(hosts);
  return world;
}

survey::Survey extra_at_parent() {
  survey::Survey survey = healthy();
  add_nameserver(survey, "ns4.example.test", {"192.0.2.4"}, true, false);
  auto referral = healthy_referral();
  referral["ns4.example.test"] = {"192.0.2.4"};
  set_every_referral(survey, referral);
  return survey;
}

survey::Survey disjoint() {
  survey::Survey survey = healthy();
  add_nameserver(survey, "ns1.old.net", {"203.0.113.1"}, true, false);
  add_nameserver(survey, "ns2.old.net", {"203.0.113.2"}, true, false);
  set_every_referral(survey, {{"ns1.old.net", {}}, {"ns2.old.net", {}}});
  return survey;
}

void fail_parent(survey::ParentServer& parent) {
  for (auto* exchange : {&parent.ns.first, &parent.ds.first}) {
    edit(*exchange, [](dns::Exchange& failed, dns::Message&) {
      failed.outcome = dns::Outcome::timeout;
      failed.attempts = failed.attempts_timed_out = 3;
    });
  }
}

}  // namespace

std::vector<Case> delegation_cases() {
  return {
      {"NXDOMAIN at the parent",
       "del-exists",
       Severity::critical,
       {},
       [] {
         survey::Survey survey = healthy();
         undelegate(survey, Rcode::nxdomain);
         return judge_once(survey);
       }},
      {"NODATA at the parent",
       "del-exists",
       Severity::critical,
       {},
       [] {
         survey::Survey survey = healthy();
         undelegate(survey, Rcode::noerror);
         return judge_once(survey);
       }},
      {"the path to the parent is broken",
       "del-parent-found",
       Severity::error,
       {},
       [] {
         survey::Survey survey = healthy();
         survey.delegation.parent.found = false;
         survey.delegation.parent.result = dns::ResolutionResult::timeout;
         survey.delegation.parent.reason = "no server of . answered";
         survey.delegation.servers.clear();
         return judge_once(survey);
       }},
      {"one parent server is silent",
       "del-parent-server-up",
       Severity::warning,
       {},
       [] {
         survey::Survey survey = healthy();
         fail_parent(survey.delegation.servers[1]);
         return judge_once(survey);
       }},
      {"all parent servers are silent",
       "del-parent-server-up",
       Severity::error,
       {},
       [] {
         survey::Survey survey = healthy();
         for (survey::ParentServer& parent : survey.delegation.servers) fail_parent(parent);
         return judge_once(survey);
       }},
      {"one parent server answers REFUSED",
       "del-parent-server-up",
       Severity::warning,
       {},
       [] {
         survey::Survey survey = healthy();
         edit(survey.delegation.servers[0].ns.first, [](dns::Exchange&, dns::Message& message) {
           message.rcode = Rcode::refused;
           message.authority.clear();
         });
         return judge_once(survey);
       }},
      {"one parent server has an old NS set",
       "del-parent-consistent",
       Severity::error,
       {},
       [] {
         survey::Survey survey = healthy();
         auto referral = healthy_referral();
         referral.erase("ns3.example.test");
         set_referral(survey, "198.51.100.2", referral);
         return judge_once(survey);
       }},
      {"one parent server has no DS",
       "cns-ds",
       Severity::error,
       {},
       [] {
         survey::Survey survey = healthy();
         survey::Survey other = [] {
           World world;
           world.ds = false;
           return world.build();
         }();
         survey.delegation.servers[1].ds = other.delegation.servers[1].ds;
         return judge_once(survey);
       }},
      {"a single nameserver",
       "del-ns-count",
       Severity::error,
       {},
       [] {
         return judge_once(world_of({{"ns1.example.test", {"192.0.2.1", "2001:db8::1"}}}).build());
       }},
      {"fourteen nameservers",
       "del-ns-count-max",
       Severity::notice,
       {},
       [] {
         World world;
         for (int i = 4; i <= 14; ++i) {
           world.hosts.push_back(
               {"ns" + std::to_string(i) + ".example.test", {"192.0.2." + std::to_string(i)}});
         }
         return judge_once(world.build());
       }},
      {"no IPv4 at all",
       "del-ns-family-count",
       Severity::warning,
       {},
       [] {
         return judge_once(world_of({{"ns1.example.test", {"2001:db8::1"}},
                                     {"ns2.example.test", {"2001:db8::2"}}})
                               .build());
       }},
      {"IPv6 at one name only",
       "del-ns-family-count",
       Severity::notice,
       {},
       [] {
         return judge_once(world_of({{"ns1.example.test", {"192.0.2.1"}},
                                     {"ns2.example.test", {"192.0.2.2", "2001:db8::2"}}})
                               .build());
       }},
      {"a name that only the parent has",
       "del-ns-match",
       Severity::error,
       {},
       [] { return judge_once(extra_at_parent()); }},
      {"a name that only the zone has",
       "del-ns-match",
       Severity::notice,
       {},
       [] {
         survey::Survey survey = healthy();
         auto referral = healthy_referral();
         referral.erase("ns3.example.test");
         set_every_referral(survey, referral);
         return judge_once(survey);
       }},
      {"no name in common",
       "del-ns-disjoint",
       Severity::error,
       {},
       [] { return judge_once(disjoint()); }},
      {"no name in common, and the parent's are dead",
       "del-ns-disjoint",
       Severity::critical,
       {"error con-tcp", "error con-udp"},
       [] {
         survey::Survey survey = disjoint();
         silence(survey, "203.0.113.1");
         silence(survey, "203.0.113.2");
         return judge_once(survey);
       }},
      {"an unexpected name at the parent",
       "del-ns-expected",
       Severity::critical,
       {"error del-ns-match"},
       [] {
         checks::ZoneSettings settings;
         settings.expected_nameservers = {name("ns3.example.test"), name("NS1.example.test"),
                                          name("ns2.example.test")};
         return judge_once(extra_at_parent(), settings);
       }},
      {"a missing name",
       "del-ns-expected",
       Severity::error,
       {},
       [] {
         checks::ZoneSettings settings;
         for (const char* host : {"ns1", "ns2", "ns3", "ns4"}) {
           settings.expected_nameservers.push_back(name(std::string(host) + ".example.test"));
         }
         return judge_once(healthy(), settings);
       }},
      {"the NS set changes between two rounds",
       "del-ns-change",
       Severity::notice,
       {},
       [] {
         Rounds rounds;
         rounds.round(healthy());
         survey::Survey survey = healthy();
         auto referral = healthy_referral();
         referral.erase("ns3.example.test");
         set_every_referral(survey, referral);
         return rounds.round(survey);
       }},
  };
}

TEST_CASE("an NS set's change is told for a day, with what changed") {
  Rounds rounds;
  rounds.round(healthy());
  rounds.round(extra_at_parent(), std::chrono::hours(23));
  const auto later = rounds.round(extra_at_parent(), std::chrono::hours(2));
  REQUIRE(find(*later, "del-ns-change") != nullptr);
  CHECK(find(*later, "del-ns-change")->sentence.find("added ns4.example.test") !=
        std::string::npos);
  CHECK(find(*rounds.round(extra_at_parent()), "del-ns-change") == nullptr);
}

TEST_CASE("words of parent servers from different passes are not compared") {
  survey::Survey survey = healthy();
  auto referral = healthy_referral();
  referral.erase("ns3.example.test");
  set_referral(survey, "198.51.100.2", referral);
  edit(survey.delegation.servers[1].ns.first,
       [](dns::Exchange& exchange, dns::Message&) { exchange.sent -= std::chrono::minutes(30); });
  const auto report = judge_once(survey);
  CHECK(find(*report, "del-parent-consistent") == nullptr);
  CHECK(find(*report, "del-ns-match") == nullptr);
  CHECK(report->parent_nameservers.size() == 3);
}

TEST_CASE("a parent server that serves the zone too gives child data and no finding") {
  survey::Survey survey = healthy();
  for (survey::ParentServer& parent : survey.delegation.servers) {
    edit(parent.ns.first, [](dns::Exchange&, dns::Message& message) {
      message.aa = true;
      message.answer = std::move(message.authority);
      message.authority.clear();
    });
  }
  const auto report = judge_once(survey);
  CHECK(serious(*report).empty());
  CHECK(find(*report, "del-parent-server-up") == nullptr);
  CHECK(report->parent_nameservers.size() == 3);
}

TEST_CASE("what cannot be found from a place that is cut off is not held against the zone") {
  using survey::Usable;
  survey::Survey survey = healthy();
  survey.delegation.parent.found = false;
  survey.delegation.parent.result = dns::ResolutionResult::timeout;
  set_resolution(survey, "ns1.example.test", dns::ResolutionResult::timeout, "test");
  const auto blamed = [&survey](Usable ipv4, Usable ipv6) {
    survey.vantage.udp_ipv4 = survey.vantage.tcp_ipv4 = ipv4;
    survey.vantage.udp_ipv6 = survey.vantage.tcp_ipv6 = ipv6;
    const auto report = judge_once(survey);
    const bool parent = find(*report, "del-parent-found") != nullptr;
    CHECK(parent == (find(*report, "adr-ns-result") != nullptr));
    return parent;
  };
  CHECK(blamed(Usable::yes, Usable::yes));
  CHECK(blamed(Usable::unknown, Usable::unknown));  // nobody looked
  CHECK(blamed(Usable::yes, Usable::no));
  CHECK_FALSE(blamed(Usable::no, Usable::no));
  CHECK_FALSE(blamed(Usable::no, Usable::unknown));  // IPv6 is not used here
}

TEST_CASE("an empty DS answer of the child's own servers proves nothing") {
  survey::Survey survey = healthy();
  for (survey::ParentServer& parent : survey.delegation.servers) {
    edit(parent.ds.first, [](dns::Exchange&, dns::Message& message) {
      message.answer.clear();
      message.authority = {record(name("example.test"), dns::RRType::soa, soa_rdata(World().soa))};
    });
  }
  const auto report = judge_once(survey);
  const bool told =
      std::any_of(report->measurements.begin(), report->measurements.end(),
                  [](const auto& of) { return of.metric == checks::Metric::zone_ds_records; });
  CHECK_FALSE(told);
}

TEST_CASE("the root has no parent and gets no delegation findings") {
  World world;
  world.zone = ".";
  world.hosts = {{"a.root.test", {"192.0.2.1", "2001:db8::1"}},
                 {"b.root.test", {"192.0.2.2", "2001:db8::2"}}};
  const auto report = judge_once(world.build());
  CHECK(serious(*report).empty());
  CHECK_FALSE(report->parent.has_value());
  for (const checks::Measurement& measurement : report->measurements) {
    CHECK(measurement.metric != checks::Metric::zone_delegated);
    CHECK(measurement.metric != checks::Metric::zone_delegation_consistent);
  }
}

TEST_CASE("silent families are not counted while a name's addresses are unknown") {
  survey::Survey survey =
      world_of({{"ns1.example.test", {"192.0.2.1"}}, {"ns2.example.test", {"192.0.2.2"}}}).build();
  REQUIRE(find(*judge_once(survey), "del-ns-family-count") != nullptr);
  for (survey::Nameserver& of : survey.nameservers) {
    of.aaaa.result = dns::ResolutionResult::not_asked;
  }
  for (survey::AddressObservation& seen : survey.addresses) {
    seen.answers.erase(std::remove_if(seen.answers.begin(), seen.answers.end(),
                                      [](const survey::Answer& of) {
                                        return of.id == survey::QuestionId::ns_address;
                                      }),
                       seen.answers.end());
  }
  CHECK(find(*judge_once(survey), "del-ns-family-count") == nullptr);
}

}  // namespace tests
