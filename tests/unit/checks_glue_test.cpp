// Glue, and the addresses that nameserver names resolve to.
#include "tests/catch.hpp"
#include "tests/unit/checks_cases.hpp"
#include "tests/unit/survey_builder.hpp"

using checks::Severity;

namespace tests {

namespace {

using Referral = std::map<std::string, std::vector<std::string>>;

Referral healthy_referral() {
  return {{"ns1.example.test", {"192.0.2.1", "2001:db8::1"}},
          {"ns2.example.test", {"192.0.2.2", "2001:db8::2"}},
          {"ns3.example.test", {"192.0.2.3", "2001:db8::3"}}};
}

// The healthy world with another third nameserver.
World with_third(const World::Host& host) {
  World world;
  world.hosts[2] = host;
  return world;
}

// ns3's glue has one address more than the name; a server answers there.
survey::Survey stale_glue() {
  survey::Survey survey = healthy();
  Referral referral = healthy_referral();
  referral["ns3.example.test"].push_back("192.0.2.33");
  set_every_referral(survey, referral);
  survey::AddressObservation copy = address(survey, "192.0.2.3");
  copy.address = ip("192.0.2.33");
  survey.addresses.push_back(copy);
  survey::Server added;
  added.nameserver = name("ns3.example.test");
  added.address = survey.addresses.size() - 1;
  added.from_glue = true;
  survey.servers.push_back(added);
  return survey;
}

}  // namespace

std::vector<Case> glue_cases() {
  return {
      {"no glue for an in-domain name",
       "del-glue-in-domain",
       Severity::error,
       {},
       [] {
         survey::Survey survey = healthy();
         Referral referral = healthy_referral();
         referral["ns3.example.test"].clear();
         set_every_referral(survey, referral);
         return judge_once(survey);
       }},
      {"no glue for a sibling's name",
       "del-glue-sibling",
       Severity::notice,
       {},
       [] {
         return judge_once(with_third({"ns.sibling.test", {"192.0.2.3", "2001:db8::3"}}).build());
       }},
      {"glue is another address",
       "del-glue-match",
       Severity::error,
       {},
       [] {
         survey::Survey survey = healthy();
         Referral referral = healthy_referral();
         referral["ns3.example.test"] = {"192.0.2.33", "2001:db8::3"};
         set_every_referral(survey, referral);
         return judge_once(survey);
       }},
      {"an address that glue lacks",
       "del-glue-match",
       Severity::notice,
       {},
       [] {
         survey::Survey survey = healthy();
         Referral referral = healthy_referral();
         referral["ns3.example.test"] = {"192.0.2.3"};
         set_every_referral(survey, referral);
         return judge_once(survey);
       }},
      {"only glue gives the name an address",
       "del-glue-orphan",
       Severity::error,
       {},
       [] {
         survey::Survey survey = healthy();
         set_resolution(survey, "ns3.example.test", dns::ResolutionResult::nodata, "example.test");
         return judge_once(survey);
       }},
      {"an address that only glue gives is dead",
       "del-glue-reachable",
       Severity::notice,
       {"error con-tcp", "error con-udp", "error del-glue-match"},
       [] {
         survey::Survey survey = stale_glue();
         silence(survey, "192.0.2.33");
         return judge_once(survey);
       }},
      {"glue from outside the parent",
       "del-glue-unneeded",
       Severity::notice,
       {},
       [] {
         survey::Survey survey =
             with_third({"ns.provider.net", {"192.0.2.3", "2001:db8::3"}}).build();
         Referral referral = healthy_referral();
         referral.erase("ns3.example.test");
         referral["ns.provider.net"] = {"192.0.2.3", "2001:db8::3"};
         set_every_referral(survey, referral);
         return judge_once(survey);
       }},
      {"private glue",
       "del-glue-private",
       Severity::error,
       {"error del-glue-match"},
       [] {
         survey::Survey survey = stale_glue();
         Referral referral = healthy_referral();
         referral["ns3.example.test"].push_back("10.0.0.3");
         set_every_referral(survey, referral);
         survey::AddressObservation& seen = survey.addresses.back();
         seen = {};
         seen.address = ip("10.0.0.3");
         seen.may_ask = false;
         return judge_once(survey);
       }},
      {"parent servers give different glue",
       "del-glue-parent-variants",
       Severity::warning,
       {},
       [] {
         survey::Survey survey = healthy();
         Referral referral = healthy_referral();
         referral["ns3.example.test"] = {"192.0.2.3"};
         set_referral(survey, "198.51.100.2", referral);
         return judge_once(survey);
       }},
      {"a name without addresses",
       "adr-ns-resolves",
       Severity::error,
       {},
       [] {
         return judge_once(with_third({"ns.provider.net", {}}).build());
       }},
      {"a name that does not exist",
       "adr-ns-result",
       Severity::error,
       {},
       [] {
         survey::Survey survey = with_third({"ns.provider.net", {}}).build();
         set_resolution(survey, "ns.provider.net", dns::ResolutionResult::nxdomain, "provider.net");
         return judge_once(survey);
       }},
      {"a name whose zone is dead",
       "adr-ns-result",
       Severity::error,
       {},
       [] {
         survey::Survey survey = with_third({"ns.provider.net", {}}).build();
         set_resolution(survey, "ns.provider.net", dns::ResolutionResult::timeout, "provider.net");
         return judge_once(survey);
       }},
      {"one family of a name fails",
       "adr-ns-result",
       Severity::warning,
       {},
       [] {
         survey::Survey survey =
             with_third({"ns.provider.net", {"192.0.2.3", "2001:db8::3"}}).build();
         dns::Resolution& aaaa = nameserver(survey, "ns.provider.net").aaaa;
         aaaa.result = dns::ResolutionResult::servfail;
         aaaa.records.clear();
         return judge_once(survey);
       }},
      {"the server works and its name is gone",
       "adr-answers-unresolvable",
       Severity::notice,
       {"error adr-ns-result"},
       [] {
         survey::Survey survey =
             with_third({"ns.provider.net", {"192.0.2.3", "2001:db8::3"}}).build();
         set_resolution(survey, "ns.provider.net", dns::ResolutionResult::servfail, "provider.net");
         return judge_once(survey);
       }},
      {"a name with a private address",
       "adr-global",
       Severity::error,
       {},
       [] {
         survey::Survey survey = with_third({"ns.provider.net", {"10.0.0.3"}}).build();
         survey::AddressObservation& seen = address(survey, "10.0.0.3");
         seen.may_ask = false;
         seen.answers.clear();
         return judge_once(survey);
       }},
  };
}

TEST_CASE("an address that the configuration allows is nothing to report") {
  survey::Survey survey = with_third({"ns.provider.net", {"10.0.0.3"}}).build();
  CHECK(find(*judge_once(survey), "adr-global") == nullptr);
}

TEST_CASE("stale glue that works is told once") {
  const auto report = judge_once(stale_glue());
  CHECK(serious(*report) == std::vector<std::string>{"error del-glue-match"});
  CHECK(find(*report, "del-glue-reachable") == nullptr);
}

TEST_CASE("what the zone's own servers say stands in for a resolution that was not made") {
  survey::Survey survey = healthy();
  for (survey::Nameserver& of : survey.nameservers) {
    for (dns::Resolution* resolution : {&of.a, &of.aaaa}) {
      resolution->result = dns::ResolutionResult::not_asked;
      resolution->records.clear();
    }
  }
  Referral referral = healthy_referral();
  referral["ns3.example.test"] = {"192.0.2.33", "2001:db8::3"};
  set_every_referral(survey, referral);
  CHECK(find(*judge_once(survey), "del-glue-match", "ns3.example.test") != nullptr);
}

TEST_CASE("a truncated referral may lack glue") {
  survey::Survey survey = healthy();
  Referral referral = healthy_referral();
  referral["ns3.example.test"].clear();
  set_every_referral(survey, referral);
  for (survey::ParentServer& parent : survey.delegation.servers) {
    edit(parent.ns.first, [](dns::Exchange&, dns::Message& message) { message.tc = true; });
  }
  CHECK(find(*judge_once(survey), "del-glue-in-domain") == nullptr);
}

TEST_CASE("a name in the parent's own zone needs no glue") {
  World world = with_third({"ns.test", {"192.0.2.3", "2001:db8::3"}});
  CHECK(find(*judge_once(world.build()), "del-glue-sibling") == nullptr);
}

TEST_CASE("names of a dead zone are not reported as unresolvable too") {
  survey::Survey survey = healthy();
  silence_all(survey);
  set_resolution(survey, "ns3.example.test", dns::ResolutionResult::timeout, "example.test");
  CHECK(find(*judge_once(survey), "adr-ns-result") == nullptr);
}

}  // namespace tests
