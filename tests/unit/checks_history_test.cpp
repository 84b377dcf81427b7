// What is kept between rounds, and that it stays bounded.
#include "tests/catch.hpp"
#include "tests/unit/survey_builder.hpp"

namespace tests {

namespace {

survey::Survey all_at(std::uint32_t serial) {
  survey::Survey survey = healthy();
  edit_every_soa(survey, [serial](dns::Soa& soa) { soa.serial = serial; });
  return survey;
}

const checks::ServerHistory& of(const Rounds& rounds, const char* host, const char* at) {
  return rounds.history.servers.at({name(host), ip(at)});
}

}  // namespace

TEST_CASE("servers that no NS set names any more are forgotten after seven days") {
  Rounds rounds;
  rounds.round(healthy(), std::chrono::days(6));
  World world;
  world.hosts.pop_back();
  rounds.round(world.build(), std::chrono::days(2));
  CHECK(rounds.history.servers.size() == 6);
  rounds.round(world.build());
  CHECK(rounds.history.servers.size() == 4);
}

TEST_CASE("serials are bounded, and the one a lagging server is measured from is kept") {
  Rounds rounds;
  rounds.round(all_at(1000));
  for (std::uint32_t i = 1; i <= 200; ++i) {
    survey::Survey survey = all_at(1000 + i);
    set_serial(survey, "192.0.2.2", 1000);
    rounds.round(survey);
  }
  CHECK(rounds.history.serials.size() <= checks::kMaxSerialsRemembered);
  survey::Survey survey = all_at(1200);
  set_serial(survey, "192.0.2.2", 1000);
  const auto report = rounds.round(survey);
  for (const checks::Measurement& measured : report->measurements) {
    if (measured.metric != checks::Metric::nameserver_serial_drift_seconds) continue;
    if (report->servers[static_cast<std::size_t>(measured.server)].address == ip("192.0.2.2")) {
      CHECK(measured.value == 200 * 60);
    }
  }
}

TEST_CASE("only standing findings have streaks") {
  Rounds rounds;
  survey::Survey survey = healthy();
  silence(survey, "192.0.2.2");
  rounds.round(survey);
  CHECK(rounds.history.streaks.size() >= 2);
  rounds.round(healthy());
  CHECK(rounds.history.streaks.empty());
}

TEST_CASE("an answer that was lost once and is kept over rounds counts once") {
  const auto lost = [](std::chrono::seconds ago) {
    survey::Survey survey = healthy();
    for (auto* exchange :
         {&survey.delegation.servers[1].ns.first, &survey.delegation.servers[1].ds.first}) {
      edit(*exchange, [ago](dns::Exchange& failed, dns::Message&) {
        failed.outcome = dns::Outcome::timeout;
        failed.attempts = failed.attempts_timed_out = 3;
        failed.sent -= ago;
      });
    }
    return survey;
  };
  const auto severity = [](const checks::ZoneReport& report) {
    const checks::Finding* found = find(report, "del-parent-server-up");
    REQUIRE(found != nullptr);
    return found->severity;
  };
  Rounds rounds;
  for (int i = 0; i < 5; ++i) {
    CHECK(severity(*rounds.round(lost(std::chrono::minutes(i)))) == checks::Severity::notice);
  }
  // Asked again in vain, twice: the third loss in a row.
  CHECK(severity(*rounds.round(lost(std::chrono::minutes(0)))) == checks::Severity::notice);
  CHECK(severity(*rounds.round(lost(std::chrono::minutes(0)))) == checks::Severity::warning);
}

TEST_CASE("counters, losses and changes of a server") {
  Rounds rounds;
  survey::Survey dead = healthy();
  silence(dead, "192.0.2.2", dns::Transport::udp);
  rounds.round(healthy());
  rounds.round(dead);
  rounds.round(dead);
  rounds.round(healthy());
  const checks::TransportHistory& udp = of(rounds, "ns2.example.test", "192.0.2.2").transports[0];
  CHECK(udp.queries == 4 + 3 + 3 + 4);
  CHECK(udp.timeouts == 6);
  CHECK(udp.result_changes == 2);
  CHECK(udp.state_changes == 0b101);
  CHECK(udp.failing_rounds == 0);
  CHECK(udp.lost_known == 2);
  // Up over TCP all the time: it never failed as a server.
  CHECK_FALSE(of(rounds, "ns2.example.test", "192.0.2.2").failing_since.has_value());
}

TEST_CASE("history is not touched by a partial survey that asked nothing") {
  Rounds rounds;
  survey::Survey dead = healthy();
  silence(dead, "192.0.2.2");
  rounds.round(dead);
  survey::Survey unasked = healthy();
  address(unasked, "192.0.2.2").answers.clear();
  unasked.partial = true;
  rounds.round(unasked);
  CHECK(of(rounds, "ns2.example.test", "192.0.2.2").failing_since == kNow);
  CHECK(of(rounds, "ns2.example.test", "192.0.2.2").transports[0].failing_rounds == 1);
}

}  // namespace tests
