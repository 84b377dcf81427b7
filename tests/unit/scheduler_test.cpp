// The schedule with injected time: spread, stability, no overlap, lag, missed rounds, reload.
#include "exporter/scheduler.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <string>

#include "tests/catch.hpp"

namespace {

using namespace std::chrono_literals;
using exporter::DueRound;
using exporter::Scheduler;

using Zones = std::vector<std::pair<dns::Name, dns::Duration>>;

dns::Name name(const std::string& text) {
  return dns::Name::from_text(text).value();
}

Zones many(int count, dns::Duration interval) {
  Zones zones;
  for (int i = 0; i < count; ++i)
    zones.emplace_back(name("zone" + std::to_string(i) + ".test"), interval);
  return zones;
}

constexpr dns::SteadyTime kStart{1'000'000s};

/// Runs the scheduler from `from` to `to`, finishing every round at once; the start times by zone.
std::map<dns::Name, std::vector<dns::SteadyTime>> run(Scheduler& scheduler, dns::SteadyTime from,
                                                      dns::SteadyTime to) {
  std::map<dns::Name, std::vector<dns::SteadyTime>> starts;
  dns::SteadyTime now = from;
  while (now <= to) {
    for (const DueRound& round : scheduler.take_due(now)) {
      starts[round.zone].push_back(now);
      scheduler.finished(round.zone);
    }
    now = scheduler.next_due();
  }
  return starts;
}

}  // namespace

TEST_CASE("offsets are stable, within the interval and spread evenly") {
  const dns::Name zone = name("example.com");
  REQUIRE(Scheduler::offset(zone, 60s) == Scheduler::offset(name("EXAMPLE.com."), 60s));
  REQUIRE(Scheduler::offset(zone, 120s) / 2 - Scheduler::offset(zone, 60s) < 1us);

  std::array<int, 10> buckets{};
  for (const auto& [each, interval] : many(2'000, 60s)) {
    const dns::Duration offset = Scheduler::offset(each, interval);
    REQUIRE(offset >= 0s);
    REQUIRE(offset < 60s);
    ++buckets.at(static_cast<std::size_t>(offset / 6s));
  }
  // 200 expected in each; a hash without structure stays within five standard deviations.
  REQUIRE(*std::min_element(buckets.begin(), buckets.end()) > 130);
  REQUIRE(*std::max_element(buckets.begin(), buckets.end()) < 270);
}

TEST_CASE("every zone runs once per interval, at its own place") {
  Scheduler scheduler;
  scheduler.configure(many(50, 60s), kStart);
  const auto starts = run(scheduler, kStart, kStart + 600s);
  REQUIRE(starts.size() == 50);
  for (const auto& [zone, times] : starts) {
    REQUIRE(times.size() >= 10);
    REQUIRE(times.size() <= 12);
    for (std::size_t i = 1; i < times.size(); ++i) {
      const dns::Duration gap = times[i] - times[i - 1];
      if (i == 1) {  // from the early first round to the zone's place
        REQUIRE(gap >= 48s);
        REQUIRE(gap <= 108s);
      } else {
        REQUIRE(gap == 60s);
        REQUIRE(times[i].time_since_epoch() % 60s == Scheduler::offset(zone, 60s));
      }
    }
  }
  REQUIRE(scheduler.missed() == 0);
}

TEST_CASE("the first rounds come soon and one after the other") {
  Scheduler scheduler;
  scheduler.configure(many(10, 3600s), kStart);
  REQUIRE(scheduler.next_due() == kStart);
  REQUIRE(scheduler.take_due(kStart).size() == 1);
  REQUIRE(scheduler.take_due(kStart + 500ms).size() == 9);
}

TEST_CASE("more zones than fit before their places are spread over the interval") {
  Scheduler scheduler;
  scheduler.configure(many(3'000, 60s), kStart);
  std::size_t most = 0;
  std::size_t all = 0;
  for (dns::SteadyTime now = kStart; now <= kStart + 60s; now += 1s) {
    const std::vector<DueRound> due = scheduler.take_due(now);
    for (const DueRound& round : due) scheduler.finished(round.zone);
    most = std::max(most, due.size());
    all += due.size();
  }
  REQUIRE(all >= 3'000);
  REQUIRE(most < 120);  // 50 a second by their places and at most 20 early ones
}

TEST_CASE("a running round is not doubled and what is left out is counted") {
  Scheduler scheduler;
  scheduler.configure({{name("example.com"), 60s}}, kStart);
  REQUIRE(scheduler.take_due(kStart).size() == 1);
  REQUIRE(scheduler.is_running(name("example.com")));
  REQUIRE(scheduler.running() == 1);
  const dns::SteadyTime second = scheduler.next_due();
  REQUIRE(scheduler.take_due(second).empty());
  REQUIRE(scheduler.missed() == 1);
  scheduler.finished(name("example.com"));
  REQUIRE_FALSE(scheduler.is_running(name("example.com")));
  REQUIRE(scheduler.take_due(second + 60s).size() == 1);
  REQUIRE(scheduler.missed() == 1);
}

TEST_CASE("coming late is lag, and whole intervals are missed rounds") {
  Scheduler scheduler;
  scheduler.configure({{name("example.com"), 60s}}, kStart);
  REQUIRE(scheduler.take_due(kStart).front().lag == 0s);
  scheduler.finished(name("example.com"));
  const dns::SteadyTime due = scheduler.next_due();
  const std::vector<DueRound> late = scheduler.take_due(due + 7s);
  REQUIRE(late.size() == 1);
  REQUIRE(late.front().lag == 7s);
  REQUIRE(scheduler.missed() == 0);
  scheduler.finished(name("example.com"));
  REQUIRE(scheduler.next_due() == due + 60s);

  const std::vector<DueRound> very_late = scheduler.take_due(due + 60s + 185s);
  REQUIRE(very_late.size() == 1);
  REQUIRE(very_late.front().lag == 185s);
  REQUIRE(scheduler.missed() == 3);
}

TEST_CASE("a reload keeps the schedule of what stays") {
  Scheduler scheduler;
  scheduler.configure({{name("a.test"), 60s}, {name("b.test"), 60s}}, kStart);
  run(scheduler, kStart, kStart + 120s);
  const dns::SteadyTime before = scheduler.next_due();
  scheduler.configure({{name("a.test"), 60s}, {name("b.test"), 60s}}, kStart + 121s);
  REQUIRE(scheduler.next_due() == before);

  SECTION("a zone that goes is not due any more, also while it runs") {
    REQUIRE(scheduler.start_now(name("a.test"), kStart + 121s));
    scheduler.configure({{name("b.test"), 60s}}, kStart + 122s);
    REQUIRE(scheduler.running() == 0);
    scheduler.finished(name("a.test"));
    REQUIRE(scheduler.running() == 0);
    const auto starts = run(scheduler, kStart + 122s, kStart + 300s);
    REQUIRE(starts.size() == 1);
    REQUIRE(starts.contains(name("b.test")));
  }
  SECTION("a running zone stays running") {
    REQUIRE(scheduler.start_now(name("a.test"), kStart + 121s));
    scheduler.configure({{name("a.test"), 60s}}, kStart + 122s);
    REQUIRE(scheduler.is_running(name("a.test")));
    REQUIRE_FALSE(scheduler.start_now(name("a.test"), kStart + 122s));
  }
  SECTION("another interval moves the next round") {
    scheduler.configure({{name("a.test"), 3600s}}, kStart + 121s);
    REQUIRE(scheduler.next_due().time_since_epoch() % 3600s ==
            Scheduler::offset(name("a.test"), 3600s));
  }
  SECTION("a new zone begins soon") {
    scheduler.configure({{name("a.test"), 60s}, {name("b.test"), 60s}, {name("c.test"), 60s}},
                        kStart + 121s);
    const std::vector<DueRound> due = scheduler.take_due(kStart + 121s);
    REQUIRE(std::any_of(due.begin(), due.end(),
                        [](const DueRound& round) { return round.zone == name("c.test"); }));
  }
}

TEST_CASE("a round out of turn moves the next one away") {
  Scheduler scheduler;
  scheduler.configure({{name("a.test"), 60s}}, kStart);
  REQUIRE(scheduler.take_due(kStart).size() == 1);
  scheduler.finished(name("a.test"));
  const dns::SteadyTime early = scheduler.next_due() - 1s;
  REQUIRE(scheduler.start_now(name("a.test"), early));
  scheduler.finished(name("a.test"));
  REQUIRE(scheduler.next_due() >= early + 48s);
  REQUIRE_FALSE(scheduler.start_now(name("other.test"), early));
}

TEST_CASE("a survey may take 0.8 of the interval and at most 30 seconds") {
  REQUIRE(Scheduler::time_limit(10s) == 8s);
  REQUIRE(Scheduler::time_limit(60s) == 30s);
  REQUIRE(Scheduler::time_limit(24h) == 30s);
}

TEST_CASE("nothing is due without zones") {
  Scheduler scheduler;
  REQUIRE(scheduler.next_due() == dns::SteadyTime::max());
  REQUIRE(scheduler.take_due(kStart).empty());
}
