// Time without a clock: the timer wheel, the token buckets and the tables they stand in.
#include <algorithm>
#include <chrono>
#include <map>
#include <random>
#include <vector>

#include "dns/destination.hpp"
#include "dns/pacing.hpp"
#include "dns/pending_table.hpp"
#include "dns/timer_wheel.hpp"
#include "tests/catch.hpp"

using namespace std::chrono_literals;
using dns::Duration;
using dns::IpAddress;
using dns::RateLimit;
using dns::SteadyTime;
using dns::TimerWheel;
using dns::TokenBucket;

namespace {

const SteadyTime kStart{100h};

struct Alarm final : TimerWheel::Timer {
  explicit Alarm(std::function<void(SteadyTime)> what_ = [](SteadyTime) {})
      : what(std::move(what_)) {}
  void expired(SteadyTime now) override {
    ++fired;
    at = now;
    what(now);
  }
  std::function<void(SteadyTime)> what;
  int fired = 0;
  SteadyTime at{};
};

IpAddress address(const std::string& text) {
  return IpAddress::from_text(text).value();
}

}  // namespace

TEST_CASE("the wheel: a timer fires once, never early and at most a tick late") {
  TimerWheel wheel(kStart);
  Alarm alarm;
  wheel.arm(alarm, kStart + 2s + 1us);
  wheel.advance(kStart + 2s);
  CHECK(alarm.fired == 0);
  wheel.advance(kStart + 2s + TimerWheel::kTick);
  CHECK(alarm.fired == 1);
  CHECK_FALSE(alarm.armed());
  wheel.advance(kStart + 100s);
  CHECK(alarm.fired == 1);
  CHECK(wheel.empty());
  CHECK_FALSE(wheel.next());
}

TEST_CASE("the wheel: arming again moves a timer, disarming ends it") {
  TimerWheel wheel(kStart);
  Alarm alarm;
  wheel.arm(alarm, kStart + 1s);
  wheel.arm(alarm, kStart + 3s);
  wheel.advance(kStart + 2s);
  CHECK(alarm.fired == 0);
  wheel.disarm(alarm);
  wheel.disarm(alarm);
  wheel.advance(kStart + 10s);
  CHECK(alarm.fired == 0);
  wheel.arm(alarm, kStart + 1s);  // long past
  CHECK(wheel.next().value() > kStart + 10s);
  wheel.advance(kStart + 10s + TimerWheel::kTick);
  CHECK(alarm.fired == 1);
}

TEST_CASE("the wheel: beyond one turn") {
  TimerWheel wheel(kStart);
  Alarm far;
  Alarm near;
  wheel.arm(far, kStart + 1h);
  wheel.arm(near, kStart + 1h - 5s);
  SteadyTime now = kStart;
  while (near.fired == 0 && now < kStart + 2h) {
    now = wheel.next().value();
    wheel.advance(now);
  }
  CHECK(now == kStart + 1h - 5s);
  CHECK(far.fired == 0);
  wheel.advance(kStart + 3h);  // over many turns at once
  CHECK(far.fired == 1);
}

TEST_CASE("the wheel: timers may do anything with timers when they fire") {
  TimerWheel wheel(kStart);
  Alarm victim;
  Alarm again;
  Alarm first([&](SteadyTime now) {
    wheel.disarm(victim);
    wheel.arm(again, now);
  });
  wheel.arm(first, kStart + 1s);
  wheel.arm(victim, kStart + 1s);
  again.what = [&](SteadyTime now) {
    if (again.fired < 3) wheel.arm(again, now + 1s);
  };
  wheel.advance(kStart + 1s);
  CHECK(first.fired == 1);
  CHECK(victim.fired == 0);
  wheel.advance(kStart + 2s);
  wheel.advance(kStart + 4s);
  wheel.advance(kStart + 6s);
  CHECK(again.fired == 3);
  CHECK(wheel.empty());
}

TEST_CASE("the wheel: whoever runs it is told of each earlier moment") {
  std::vector<SteadyTime> told;
  TimerWheel wheel(kStart, [&](SteadyTime when) { told.push_back(when); });
  Alarm one;
  Alarm two;
  Alarm three;
  wheel.arm(one, kStart + 3s);
  wheel.arm(two, kStart + 2s);
  wheel.arm(three, kStart + 4s);
  CHECK(told == std::vector<SteadyTime>{kStart + 3s, kStart + 2s});
  wheel.advance(kStart + 2s);
  CHECK(told.back() == kStart + 3s);
  wheel.disarm(one);
  wheel.advance(kStart + 3s);
  CHECK(told.back() == kStart + 4s);
  wheel.advance(kStart + 4s);
  CHECK(told.size() == 4);
}

TEST_CASE("the wheel: against a sorted map, thousands of times") {
  std::mt19937 random(7);
  TimerWheel wheel(kStart);
  std::vector<std::unique_ptr<Alarm>> alarms;
  std::map<Alarm*, SteadyTime> due;
  for (int i = 0; i < 200; ++i) alarms.push_back(std::make_unique<Alarm>());
  SteadyTime now = kStart;
  int mistakes = 0;
  for (int step = 0; step < 20'000; ++step) {
    Alarm& alarm = *alarms[random() % alarms.size()];
    switch (random() % 4) {
      case 0:
      case 1:
        due[&alarm] = now + std::chrono::microseconds(random() % 12'000'000);
        wheel.arm(alarm, due[&alarm]);
        break;
      case 2:
        due.erase(&alarm);
        wheel.disarm(alarm);
        break;
      default: {
        now += std::chrono::microseconds(random() % (random() % 50 == 0 ? 9'000'000 : 40'000));
        for (const auto& each : alarms) each->fired = 0;
        wheel.advance(now);
        for (const auto& each : alarms) {
          const auto expected = due.find(each.get());
          const bool was_due = expected != due.end() && expected->second <= now;
          const bool must = expected != due.end() && expected->second + TimerWheel::kTick <= now;
          const bool wrong = each->fired > (was_due ? 1 : 0) || (must && each->fired == 0);
          if (each->fired != 0) due.erase(each.get());
          if (wrong || each->armed() != due.contains(each.get())) ++mistakes;
        }
      }
    }
    if (wheel.empty() != due.empty()) ++mistakes;
  }
  CHECK(mistakes == 0);
  for (const auto& each : alarms) wheel.disarm(*each);
}

TEST_CASE("a bucket gives its burst at once and then keeps the rate") {
  TokenBucket bucket({10, 3});
  for (int i = 0; i < 3; ++i) {
    CHECK(bucket.next(kStart) == kStart);
    bucket.take(kStart);
  }
  for (int i = 1; i <= 5; ++i) {
    CHECK(bucket.next(kStart) == kStart + i * 100ms);
    bucket.take(kStart);
  }
  CHECK_FALSE(bucket.full(kStart + 799ms));
  CHECK(bucket.full(kStart + 800ms));
  CHECK(bucket.next(kStart + 10s) == kStart + 10s);
}

TEST_CASE("in any stretch of time a bucket gives no more than burst and rate allow") {
  std::mt19937 random(3);
  TokenBucket bucket({20, 20});
  std::vector<SteadyTime> given;
  SteadyTime now = kStart;
  for (int i = 0; i < 2000; ++i) {
    now += std::chrono::milliseconds(random() % 60);
    given.push_back(bucket.next(now));
    bucket.take(now);
  }
  CHECK(std::is_sorted(given.begin(), given.end()));
  for (std::size_t from = 0; from < given.size(); from += 7) {
    for (std::size_t to = from; to < given.size(); to += 13) {
      const double seconds = dns::to_seconds(given[to] - given[from]);
      REQUIRE(static_cast<double>(to - from + 1) <= 20 + 20 * seconds + 1e-6);
    }
  }
}

TEST_CASE("a rate of zero is no limit, a burst below one is one, odd numbers do no harm") {
  TokenBucket none({0, 0});
  for (int i = 0; i < 1000; ++i) {
    CHECK(none.next(kStart) == kStart);
    none.take(kStart);
  }
  CHECK(none.full(kStart));
  TokenBucket slow({1, 0});
  CHECK(slow.next(kStart) == kStart);
  slow.take(kStart);
  CHECK(slow.next(kStart) == kStart + 1s);
  TokenBucket odd({1e-300, 1e300});
  for (int i = 0; i < 1000; ++i) odd.take(kStart);
  CHECK(odd.next(kStart) >= kStart);
  const double nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(TokenBucket({nan, nan}).next(kStart) == kStart);
}

TEST_CASE("the longest prefix decides the limit") {
  const auto prefix = [](const char* text) { return dns::Prefix::from_text(text).value(); };
  const dns::RateLimits limits({20, 20}, {{prefix("10.0.0.0/8"), {1, 1}},
                                          {prefix("10.1.2.0/24"), {3, 3}},
                                          {prefix("10.1.0.0/16"), {2, 2}},
                                          {prefix("2001:db8::/32"), {4, 4}}});
  CHECK(limits.of(address("192.0.2.1")).queries_per_second == 20);
  CHECK(limits.of(address("10.9.9.9")).queries_per_second == 1);
  CHECK(limits.of(address("10.1.9.9")).queries_per_second == 2);
  CHECK(limits.of(address("10.1.2.9")).queries_per_second == 3);
  CHECK(limits.of(address("2001:db8::1")).queries_per_second == 4);
  CHECK(limits.of(address("2001:db9::1")).queries_per_second == 20);
}

TEST_CASE("destinations: the table is bounded and forgets only what is idle and full") {
  dns::Destinations table(dns::RateLimits({1, 1}, {}), 3);
  dns::Destination* const one = table.find(address("192.0.2.1"), kStart);
  REQUIRE(one != nullptr);
  one->queries = 1;
  dns::Destination* const two = table.find(address("192.0.2.2"), kStart);
  two->bucket.take(kStart);
  REQUIRE(table.find(address("192.0.2.3"), kStart) != nullptr);
  // The third is idle and full.
  REQUIRE(table.find(address("192.0.2.4"), kStart) != nullptr);
  CHECK(table.size() == 3);
  CHECK(table.find(address("192.0.2.1"), kStart) == one);
  table.find(address("192.0.2.4"), kStart)->bucket.take(kStart);
  CHECK(table.find(address("192.0.2.5"), kStart + 500ms) == nullptr);
  CHECK(table.find(address("192.0.2.5"), kStart + 1s) != nullptr);
  CHECK(table.known(address("192.0.2.1")) == one);
  CHECK(table.known(address("192.0.2.2")) == nullptr);
  one->queries = 0;
}

TEST_CASE("destinations: a full table is not swept for every query") {
  dns::Destinations table(dns::RateLimits({1, 1}, {}), 2);
  for (const char* text : {"192.0.2.1", "192.0.2.2"}) {
    table.find(address(text), kStart)->bucket.take(kStart);
  }
  CHECK(table.find(address("192.0.2.3"), kStart + 999ms) == nullptr);
  CHECK(table.find(address("192.0.2.3"), kStart + 1s) == nullptr);  // swept a moment ago
  CHECK(table.find(address("192.0.2.3"), kStart + 1100ms) != nullptr);
}

TEST_CASE("destinations: new limits hold for known addresses, and what was taken stays taken") {
  dns::Destinations table(dns::RateLimits({1, 1}, {}));
  dns::Destination* const one = table.find(address("192.0.2.1"), kStart);
  one->bucket.take(kStart);
  CHECK(one->bucket.next(kStart) == kStart + 1s);
  table.set_limits(dns::RateLimits({10, 1}, {}));
  one->bucket.take(kStart);
  CHECK(one->bucket.next(kStart) == kStart + 1100ms);
}

TEST_CASE("the pending table: against a map, thousands of times") {
  struct Entry {};
  std::vector<Entry> entries(64);
  dns::PendingTable<Entry> table;
  std::map<std::uint32_t, Entry*> expected;
  std::mt19937 random(11);
  int mistakes = 0;
  for (int step = 0; step < 200'000; ++step) {
    // Few sockets and ids, so that runs of neighbours and wraps come up.
    const auto key = dns::PendingTable<Entry>::key(static_cast<std::uint16_t>(random() % 4),
                                                   static_cast<std::uint16_t>(random() % 300));
    const auto found = expected.find(key);
    Entry* const wanted = found == expected.end() ? nullptr : found->second;
    if (table.find(key) != wanted || table.size() != expected.size()) ++mistakes;
    if (random() % 2 == 0) continue;
    if (wanted != nullptr) {
      table.erase(key);
      expected.erase(found);
    } else {
      Entry& entry = entries[random() % entries.size()];
      table.insert(key, entry);
      expected[key] = &entry;
    }
  }
  CHECK(mistakes == 0);
  for (const auto& [key, entry] : expected) REQUIRE(table.find(key) == entry);
}
