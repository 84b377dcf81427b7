// judge() as a whole: the three-rounds rule, the vantage rule, configuration, the report.
#include "tests/catch.hpp"
#include "tests/unit/survey_builder.hpp"

using checks::Metric;
using checks::Severity;
using dns::Transport;

namespace tests {

namespace {

survey::Survey dead(std::string_view at) {
  survey::Survey survey = healthy();
  silence(survey, at);
  return survey;
}

// Nothing answers over IPv6, because this vantage has none.
survey::Survey without_ipv6() {
  survey::Survey survey = healthy();
  for (const char* at : {"2001:db8::1", "2001:db8::2", "2001:db8::3"}) silence(survey, at);
  survey.vantage = {survey::Usable::yes, survey::Usable::yes, survey::Usable::no,
                    survey::Usable::no};
  return survey;
}

std::size_t count(const checks::ZoneReport& report, Metric metric) {
  return static_cast<std::size_t>(
      std::count_if(report.measurements.begin(), report.measurements.end(),
                    [metric](const auto& of) { return of.metric == metric; }));
}

Severity severity_of(const checks::ZoneReport& report, std::string_view check) {
  const checks::Finding* finding = find(report, check);
  REQUIRE(finding != nullptr);
  return finding->severity;
}

}  // namespace

TEST_CASE("a reachability finding is a notice until its third round in a row") {
  Rounds rounds;
  CHECK(severity_of(*rounds.round(dead("192.0.2.2")), "con-udp") == Severity::notice);
  CHECK(severity_of(*rounds.round(dead("192.0.2.2")), "con-udp") == Severity::notice);
  const auto third = rounds.round(dead("192.0.2.2"));
  CHECK(severity_of(*third, "con-udp") == Severity::error);
  CHECK(find(*third, "con-udp")->since == kNow);
  rounds.round(healthy());
  const auto again = rounds.round(dead("192.0.2.2"));
  CHECK(severity_of(*again, "con-udp") == Severity::notice);
  CHECK(find(*again, "con-udp")->since == kNow + std::chrono::minutes(4));
}

TEST_CASE("other findings have their severity at once") {
  Rounds rounds;
  survey::Survey survey = healthy();
  set_every_signature(survey, -30 * 86400, -3600);
  CHECK(severity_of(*rounds.round(survey), "sec-rrsig-expired") == Severity::critical);
}

TEST_CASE("a failure that changes its kind is still one failure") {
  Rounds rounds;
  rounds.round(dead("192.0.2.2"));
  rounds.round(dead("192.0.2.2"));
  survey::Survey survey = healthy();
  set_rcode(survey, "192.0.2.2", dns::Rcode::servfail);
  CHECK(severity_of(*rounds.round(survey), "del-lame") == Severity::error);
}

TEST_CASE("a slow round after an outage is the first slow round") {
  Rounds rounds;
  for (int i = 0; i < 4; ++i) rounds.round(dead("192.0.2.2"));
  survey::Survey survey = healthy();
  edit(answer(survey, "192.0.2.2", survey::QuestionId::soa_udp).exchange.first,
       [](dns::Exchange& exchange, dns::Message&) { exchange.elapsed = std::chrono::seconds(1); });
  CHECK(severity_of(*rounds.round(survey), "con-rtt") == Severity::notice);
}

TEST_CASE("one-shot checks soften nothing") {
  CHECK(severity_of(*judge_once(dead("192.0.2.2")), "con-udp") == Severity::error);
}

TEST_CASE("what an unusable vantage sees counts for nothing") {
  const auto report = judge_once(without_ipv6());
  CHECK(serious(*report).empty());
  CHECK(find(*report, "con-udp") == nullptr);
  for (const checks::Measurement& of : report->measurements) {
    const bool ipv6 =
        of.server >= 0 &&
        report->servers[static_cast<std::size_t>(of.server)].address.family() == dns::Family::ipv6;
    if (of.metric == Metric::nameserver_result && ipv6) CHECK(of.value == 12);
    CHECK_FALSE((of.metric == Metric::nameserver_up && ipv6));
    CHECK_FALSE((of.metric == Metric::nameserver_timeouts && ipv6));
    CHECK_FALSE((of.metric == Metric::nameserver_rcode && ipv6));
    CHECK_FALSE((of.metric == Metric::nameserver_serial_drift && ipv6));
    CHECK_FALSE((of.metric == Metric::zone_nameservers_working && of.family == dns::Family::ipv6));
    CHECK_FALSE((of.metric == Metric::zone_servers_working && of.family == dns::Family::ipv6));
    if (of.metric == Metric::zone_nameservers_working && !of.family) CHECK(of.value == 3);
  }
}

TEST_CASE("a zone that is dead over the usable family is dead") {
  survey::Survey survey = without_ipv6();
  for (const char* at : {"192.0.2.1", "192.0.2.2", "192.0.2.3"}) silence(survey, at);
  CHECK(severity_of(*judge_once(survey), "del-working-ns") == Severity::critical);
}

TEST_CASE("while the vantage is unusable, failing-since and streaks stand still") {
  Rounds rounds;
  rounds.round(dead("2001:db8::2"));
  rounds.round(dead("2001:db8::2"));
  const auto blind = rounds.round(without_ipv6());
  CHECK(find(*blind, "con-udp") == nullptr);
  CHECK(count(*blind, Metric::nameserver_failing_since_timestamp_seconds) == 1);
  const auto third = rounds.round(dead("2001:db8::2"));
  CHECK(severity_of(*third, "con-udp") == Severity::error);
  CHECK(find(*third, "con-udp")->since == kNow);
  for (const checks::ServerState& server : third->servers) {
    if (server.address == ip("2001:db8::2")) CHECK(server.failing_since == kNow);
  }
}

TEST_CASE("a vantage that never has IPv6 does not keep old streaks of the zone alive") {
  Rounds rounds;
  survey::Survey down = without_ipv6();
  for (const char* at : {"192.0.2.1", "192.0.2.2", "192.0.2.3"}) silence(down, at);
  for (int i = 0; i < 3; ++i) rounds.round(down);
  CHECK(severity_of(*rounds.round(down), "del-working-ns") == Severity::critical);
  rounds.round(without_ipv6());
  const auto again = rounds.round(down);
  CHECK(severity_of(*again, "del-working-ns") == Severity::notice);
  CHECK(find(*again, "del-working-ns")->since == kNow + std::chrono::minutes(5));
}

TEST_CASE("disabled checks and groups are not found, other severities are") {
  checks::ZoneSettings settings;
  settings.selection.disabled = {"con-tcp"};
  CHECK(find(*judge_once(dead("192.0.2.2"), settings), "con-tcp") == nullptr);
  CHECK(find(*judge_once(dead("192.0.2.2"), settings), "con-udp") != nullptr);
  settings.selection.disabled = {"connectivity"};
  CHECK(find(*judge_once(dead("192.0.2.2"), settings), "con-udp") == nullptr);
  settings.selection.disabled = {};
  settings.selection.severity = {{"connectivity", Severity::info}, {"con-udp", Severity::warning}};
  const auto report = judge_once(dead("192.0.2.2"), settings);
  CHECK(severity_of(*report, "con-udp") == Severity::warning);
  CHECK(severity_of(*report, "con-tcp") == Severity::info);
}

TEST_CASE("a configured severity waits for the third round too") {
  Rounds rounds;
  rounds.settings.selection.severity = {{"con-udp", Severity::critical}};
  rounds.round(dead("192.0.2.2"));
  CHECK(severity_of(*rounds.round(dead("192.0.2.2")), "con-udp") == Severity::notice);
  CHECK(severity_of(*rounds.round(dead("192.0.2.2")), "con-udp") == Severity::critical);
}

TEST_CASE("the report describes the zone") {
  checks::ZoneSettings settings;
  settings.interval = std::chrono::seconds(60);
  const auto report = judge_once(healthy(), settings);
  CHECK(report->zone == name("example.test"));
  CHECK(report->parent == name("test"));
  CHECK(report->surveyed == kNow);
  CHECK(report->interval == std::chrono::seconds(60));
  CHECK(report->parent_nameservers.size() == 3);
  CHECK(report->child_nameservers.size() == 3);
  CHECK(report->nameservers.size() == 3);
  CHECK(report->ds_records == 1);
  CHECK(report->servers.size() == 6);
  CHECK(report->worst() == Severity::info);
  CHECK_FALSE(report->partial);
}

TEST_CASE("a survey of nothing is judged too") {
  survey::Survey survey;
  survey.zone = name("example.test");
  survey.finished = kNow;
  const auto report = judge_once(survey);
  CHECK(report->servers.empty());
  CHECK(count(*report, Metric::zone_last_survey_timestamp_seconds) == 1);
  CHECK(find(*report, "del-working-ns") == nullptr);
}

TEST_CASE("a server that the survey's tables do not hold is passed over") {
  survey::Survey survey = healthy();
  survey.servers[0].nameserver = name("unknown.example.test");
  survey.servers[1].address = 99;
  CHECK(judge_once(survey)->servers.size() == 4);
}

TEST_CASE("carried-over answers count no queries and no response times twice") {
  Rounds rounds;
  rounds.round(healthy());
  const auto report = rounds.round(healthy());
  for (const checks::Measurement& of : report->measurements) {
    if (of.metric == Metric::nameserver_queries_total && of.transport == Transport::udp) {
      CHECK(of.value == 8);
    }
    if (of.metric == Metric::nameserver_responses_within_limit_total &&
        of.transport == Transport::udp) {
      CHECK(of.value == 8);
    }
  }
}

}  // namespace tests
