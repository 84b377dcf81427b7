// The nameserver names themselves.
#include "tests/catch.hpp"
#include "tests/unit/checks_cases.hpp"
#include "tests/unit/denial_edits.hpp"
#include "tests/unit/survey_builder.hpp"

using checks::Severity;

namespace tests {

namespace {

World with_third(const World::Host& host) {
  World world;
  world.hosts[2] = host;
  return world;
}

survey::Survey alias_at_apex(std::string_view at) {
  survey::Survey survey = healthy();
  for (const auto transport : {dns::Transport::udp, dns::Transport::tcp}) {
    edit_all(survey, at, transport, [&](dns::Exchange&, dns::Message& message) {
      message.answer = {record(survey.zone, dns::RRType::cname, name_rdata(name("other.test")))};
      message.authority.clear();
    });
  }
  return survey;
}

// Every name below the zone leads to the same below another one.
survey::Survey dname_at_apex(const Edit& change) {
  survey::Survey survey = healthy();
  edit_every(survey, [&change](dns::Message& message) {
    if (message.rcode != dns::Rcode::nxdomain) return;
    const dns::Name qname = message.question->qname;
    const dns::Name zone = name(kZone);
    message.rcode = dns::Rcode::noerror;
    message.authority.clear();
    message.answer = {record(zone, dns::RRType::dname, name_rdata(name("other.test"))),
                      signature_over(zone, dns::RRType::dname),
                      record(qname, dns::RRType::cname,
                             name_rdata(*name("other.test").prefixed(qname.label(0))))};
    change(message);
  });
  return survey;
}

survey::Survey in_a_circle() {
  World world;
  world.hosts = {{"ns1.other.test", {}}, {"ns2.other.test", {}}};
  survey::Survey survey = world.build();
  for (const char* host : {"ns1.other.test", "ns2.other.test"}) {
    set_resolution(survey, host, dns::ResolutionResult::loop, "test");
    nameserver(survey, host).a.cycle = {name("other.test"), name("example.test")};
    nameserver(survey, host).a.last = nullptr;  // nobody could be asked
  }
  return survey;
}

}  // namespace

std::vector<Case> name_cases() {
  return {
      {"a nameserver's name is an alias",
       "del-ns-cname",
       Severity::error,
       {},
       [] {
         survey::Survey survey =
             with_third({"ns.provider.net", {"192.0.2.3", "2001:db8::3"}}).build();
         nameserver(survey, "ns.provider.net").a.aliases = {name("real.provider.net")};
         return judge_once(survey);
       }},
      {"an underscore in a name",
       "del-ns-syntax",
       Severity::warning,
       {},
       [] {
         return judge_once(with_third({"ns_3.provider.net", {"192.0.2.3", "2001:db8::3"}}).build());
       }},
      {"reserved hyphens",
       "del-ns-syntax",
       Severity::notice,
       {},
       [] {
         return judge_once(with_third({"ns--3.provider.net", {"192.0.2.3"}}).build());
       }},
      {"two names with one address",
       "del-ns-same-ip",
       Severity::warning,
       {},
       [] {
         return judge_once(with_third({"ns3.example.test", {"192.0.2.2", "2001:db8::3"}}).build());
       }},
      {"all names with one address",
       "del-ns-same-ip",
       Severity::error,
       {},
       [] {
         World world;
         world.hosts = {{"ns1.example.test", {"192.0.2.1"}}, {"ns2.example.test", {"192.0.2.1"}}};
         return judge_once(world.build());
       }},
      {"names that need each other",
       "del-ns-cycle",
       Severity::critical,
       {},
       [] { return judge_once(in_a_circle()); }},
      {"one name that needs itself",
       "del-ns-cycle",
       Severity::error,
       {},
       [] {
         survey::Survey survey = with_third({"ns.other.test", {}}).build();
         set_resolution(survey, "ns.other.test", dns::ResolutionResult::loop, "test");
         return judge_once(survey);
       }},
      {"a nameserver's domain is not registered",
       "del-ns-dangling",
       Severity::critical,
       {},
       [] {
         survey::Survey survey = with_third({"ns1.gone.shop", {}}).build();
         set_resolution(survey, "ns1.gone.shop", dns::ResolutionResult::nxdomain, "shop");
         return judge_once(survey);
       }},
      {"the same below the zone's own parent",
       "del-ns-dangling",
       Severity::critical,
       {},
       [] {
         survey::Survey survey = with_third({"ns1.gone.test", {}}).build();
         set_resolution(survey, "ns1.gone.test", dns::ResolutionResult::nxdomain, "test");
         return judge_once(survey);
       }},
      {"a CNAME at the apex",
       "del-child-alias",
       Severity::error,
       {},
       [] { return judge_once(alias_at_apex("192.0.2.2")); }},
      {"a DNAME at the apex",
       "del-child-alias",
       Severity::notice,
       {},
       [] { return judge_once(dname_at_apex([](dns::Message&) {})); }},
      {"a CNAME with another TTL than the DNAME that it is made of",
       "sec-dname",
       Severity::notice,
       {},
       [] {
         return judge_once(
             dname_at_apex([](dns::Message& message) { message.answer.back().ttl = 60; }));
       }},
      {"a CNAME that does not follow from the DNAME",
       "sec-dname",
       Severity::error,
       {},
       [] {
         return judge_once(dname_at_apex([](dns::Message& message) {
           message.answer.back().rdata = name_rdata(name("elsewhere.test"));
         }));
       }},
      {"a DNAME without its CNAME",
       "sec-dname",
       Severity::error,
       {},
       [] {
         return judge_once(dname_at_apex([](dns::Message& message) { message.answer.pop_back(); }));
       }},
      {"two DNAME records",
       "sec-dname",
       Severity::error,
       {},
       [] {
         return judge_once(dname_at_apex([](dns::Message& message) {
           message.answer.insert(
               message.answer.begin(),
               record(name("example.test"), dns::RRType::dname, name_rdata(name("another.test"))));
         }));
       }},
      {"a DNAME without a signature",
       "neg-sig",
       Severity::error,
       {},
       [] {
         return judge_once(dname_at_apex(
             [](dns::Message& message) { message.answer.erase(message.answer.begin() + 1); }));
       }},
  };
}

TEST_CASE("what a dangling name needs to be one") {
  survey::Survey survey = with_third({"ns1.gone.shop", {}}).build();
  SECTION("a deeper zone denied it: no registry") {
    set_resolution(survey, "ns1.gone.shop", dns::ResolutionResult::nxdomain, "gone.shop");
  }
  SECTION("the root denied the top-level domain: nobody can register that") {
    set_resolution(survey, "ns1.gone.shop", dns::ResolutionResult::nxdomain, ".");
  }
  SECTION("the name leads to an alias that does not exist") {
    set_resolution(survey, "ns1.gone.shop", dns::ResolutionResult::nxdomain, "shop");
    nameserver(survey, "ns1.gone.shop").a.aliases = {name("elsewhere.shop")};
    nameserver(survey, "ns1.gone.shop").aaaa.aliases = {name("elsewhere.shop")};
  }
  const auto report = judge_once(survey);
  CHECK(find(*report, "del-ns-dangling") == nullptr);
  CHECK(find(*report, "adr-ns-result", "ns1.gone.shop") != nullptr);
}

TEST_CASE("host names as they should be") {
  for (const char* host : {"ns1.example.test", "1.2.3.example", "xn--nxasmq6b.example",
                           "a-b.example", "NS1.Example.TEST"}) {
    CHECK(find(*judge_once(with_third({host, {"192.0.2.3"}}).build()), "del-ns-syntax") == nullptr);
  }
  for (const char* host : {"-ns.example", "ns-.example", "ns.1.2.3", "a\\.b.example", "."}) {
    CHECK(find(*judge_once(with_third({host, {"192.0.2.3"}}).build()), "del-ns-syntax") != nullptr);
  }
}

TEST_CASE("a dead zone in a circle has one critical finding, not two") {
  const auto report = judge_once(in_a_circle());
  CHECK(find(*report, "del-working-ns") == nullptr);
  CHECK(find(*report, "del-ns-cycle", "ns1.other.test")
            ->sentence.find("through other.test and example.test") != std::string::npos);
}

TEST_CASE("a circle in which nobody could be asked is shown by the delegation") {
  const auto report = judge_once(in_a_circle());
  CHECK(find(*report, "del-ns-cycle", "ns1.other.test")->command.find(" example.test. NS") !=
        std::string::npos);
}

}  // namespace tests
