// What is left of the service, and what several rounds tell.
#include "checks/fleet.hpp"
#include "tests/catch.hpp"
#include "tests/unit/checks_cases.hpp"
#include "tests/unit/survey_builder.hpp"

using checks::Severity;
using dns::Transport;

namespace tests {

namespace {

survey::Survey slow(std::chrono::milliseconds udp) {
  survey::Survey survey = healthy();
  edit(answer(survey, "192.0.2.2", survey::QuestionId::soa_udp).exchange.first,
       [udp](dns::Exchange& exchange, dns::Message&) { exchange.elapsed = udp; });
  return survey;
}

survey::Survey lossy() {
  survey::Survey survey = healthy();
  edit(answer(survey, "192.0.2.2", survey::QuestionId::soa_udp).exchange.first,
       [](dns::Exchange& exchange, dns::Message&) {
         exchange.attempts = 2;
         exchange.attempts_timed_out = 1;
       });
  return survey;
}

survey::Survey dead(std::string_view at) {
  survey::Survey survey = healthy();
  silence(survey, at);
  return survey;
}

std::shared_ptr<const checks::ZoneReport> rounds_of(int count, const survey::Survey& survey) {
  Rounds rounds;
  std::shared_ptr<const checks::ZoneReport> last;
  for (int i = 0; i < count; ++i) last = rounds.round(survey);
  return last;
}

// The reports of two zones that share all their servers; one is dead for both, or for one.
std::shared_ptr<const checks::ZoneReport> shared_report(bool for_both) {
  survey::Survey first = dead("192.0.2.2");
  survey::Survey second = for_both ? dead("192.0.2.2") : healthy();
  const std::vector<std::shared_ptr<const checks::ZoneReport>> reports{judge_once(first),
                                                                       judge_once(second)};
  const auto shared = checks::shared_addresses(reports);
  auto report = std::make_shared<checks::ZoneReport>();
  for (const checks::SharedAddress& of : shared) report->findings.push_back(of.finding);
  return report;
}

}  // namespace

std::vector<Case> service_cases() {
  return {
      {"all dead",
       "del-working-ns",
       Severity::critical,
       {"error con-tcp", "error con-udp"},
       [] {
         survey::Survey survey = healthy();
         silence_all(survey);
         return judge_once(survey);
       }},
      {"one nameserver left",
       "del-working-ns",
       Severity::error,
       {"error con-tcp", "error con-udp"},
       [] {
         survey::Survey survey = healthy();
         for (const char* at : {"192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"}) {
           silence(survey, at);
         }
         return judge_once(survey);
       }},
      {"dead for eight days",
       "del-dead-listed",
       Severity::error,
       {},
       [] {
         survey::Survey survey = healthy();
         silence(survey, "192.0.2.3");
         silence(survey, "2001:db8::3");
         Rounds rounds;
         rounds.round(survey, std::chrono::days(8));
         return rounds.round(survey);  // the second round: con-udp is a notice still
       }},
      {"a name works over one family only",
       "con-family-diff",
       Severity::notice,
       {"error con-tcp", "error con-udp"},
       [] { return judge_once(dead("2001:db8::3")); }},
      {"the zone works over one family only",
       "con-zone-family",
       Severity::warning,
       {"error con-tcp", "error con-udp"},
       [] {
         survey::Survey survey = healthy();
         for (const char* at : {"2001:db8::1", "2001:db8::2", "2001:db8::3"}) silence(survey, at);
         return judge_once(survey);
       }},
      {"fewer than two nameservers are complete",
       "con-availability",
       Severity::notice,
       {"error con-tcp", "error con-udp"},
       [] {
         survey::Survey survey = healthy();
         silence(survey, "2001:db8::1");
         silence(survey, "192.0.2.2");
         return judge_once(survey);
       }},
      {"slow over UDP",
       "con-rtt",
       Severity::warning,
       {},
       [] { return judge_once(slow(std::chrono::milliseconds(812))); }},
      {"every first query is lost",
       "con-loss",
       Severity::warning,
       {},
       [] { return rounds_of(24, lossy()); }},
      {"up and down",
       "con-flap",
       Severity::warning,
       {},
       [] {
         Rounds rounds;
         for (int i = 0; i < 4; ++i) {
           rounds.round(dead("192.0.2.2"));
           rounds.round(healthy());
         }
         return rounds.round(healthy());
       }},
      {"failing for some rounds",
       "con-since",
       Severity::info,
       {},
       [] { return rounds_of(2, dead("192.0.2.2")); }},
      {"an address fails for all of its zones",
       "con-shared-address",
       Severity::warning,
       {},
       [] { return shared_report(true); }},
      {"an address fails for one of its zones",
       "con-shared-address",
       Severity::notice,
       {},
       [] { return shared_report(false); }},
  };
}

TEST_CASE("a top-level domain without IPv6 service is an error") {
  World world;
  world.zone = "test";
  world.parent = ".";
  world.hosts = {{"a.nic.test", {"192.0.2.1", "2001:db8::1"}},
                 {"b.nic.test", {"192.0.2.2", "2001:db8::2"}}};
  survey::Survey survey = world.build();
  silence(survey, "2001:db8::1");
  silence(survey, "2001:db8::2");
  CHECK(find(*judge_once(survey), "con-zone-family")->severity == Severity::error);
}

TEST_CASE("a limit is a limit: at it nothing is slow") {
  CHECK(find(*judge_once(slow(std::chrono::milliseconds(500))), "con-rtt") == nullptr);
  checks::ZoneSettings settings;
  settings.thresholds.response_time_udp = 0.1;
  CHECK(find(*judge_once(slow(std::chrono::milliseconds(500)), settings), "con-rtt") != nullptr);
}

TEST_CASE("a survey cut short proves no outage") {
  survey::Survey survey = healthy();
  silence_all(survey);
  survey.partial = true;
  for (const char* at : {"192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1"}) {
    address(survey, at).answers.clear();
  }
  CHECK(find(*judge_once(survey), "del-working-ns") == nullptr);
}

TEST_CASE("a zone none of whose nameservers has an address is gone") {
  World world;
  world.hosts = {{"ns1.other.test", {}}, {"ns2.other.test", {}}};
  const auto report = judge_once(world.build());
  CHECK(find(*report, "del-working-ns")->severity == Severity::critical);
}

TEST_CASE("loss is judged over enough rounds, and outages are no loss") {
  CHECK(find(*rounds_of(15, lossy()), "con-loss") == nullptr);
  Rounds rounds;
  for (int i = 0; i < 20; ++i) rounds.round(healthy());
  for (int i = 0; i < 12; ++i) rounds.round(dead("192.0.2.2"));
  CHECK(find(*rounds.round(healthy()), "con-loss") == nullptr);
  // One first query in seven lost: a notice at most.
  Rounds some;
  std::shared_ptr<const checks::ZoneReport> last;
  for (int i = 0; i < 32; ++i) last = some.round(i % 7 == 0 ? lossy() : healthy());
  REQUIRE(find(*last, "con-loss") != nullptr);
  CHECK(find(*last, "con-loss")->severity == Severity::notice);
}

TEST_CASE("shared addresses: only of several zones, worst first, bounded") {
  std::vector<std::shared_ptr<const checks::ZoneReport>> reports{judge_once(dead("192.0.2.2"))};
  CHECK(checks::shared_addresses(reports).empty());
  reports.push_back(judge_once(healthy()));
  survey::Survey both = dead("192.0.2.2");
  silence(both, "192.0.2.1");
  reports.push_back(judge_once(both));
  const auto shared = checks::shared_addresses(reports);
  REQUIRE(shared.size() == 2);
  CHECK(shared[0].address == ip("192.0.2.2"));
  CHECK(shared[0].failing == 2);
  CHECK(shared[0].zones == 3);
  CHECK(shared[1].failing == 1);
  CHECK(shared[0].finding.check == "con-shared-address");
}

}  // namespace tests
