// The rounds with surveys, time and judgement in the hands of the test: what is published, what a
// reload keeps, how probes join, wait, are refused and end, and how everything stops.
#include "exporter/rounds.hpp"

#include <condition_variable>
#include <iostream>
#include <mutex>
#include <optional>
#include <set>
#include <sstream>
#include <string>

#include "exporter/history_memory.hpp"
#include "tests/catch.hpp"

namespace {

using namespace std::chrono_literals;
using exporter::Config;
using exporter::ProbeResult;
using Status = ProbeResult::Status;

constexpr auto kPatience = 20s;  // only ever waited for when something is broken

dns::Name name(const std::string& text) {
  return dns::Name::from_text(text).value();
}

class TestClock final : public dns::Clock {
 public:
  dns::SteadyTime steady() const override { return dns::SteadyTime(1'000'000s) + passed; }
  dns::WallTime wall() const override {
    return dns::WallTime(1'700'000'000s) +
           std::chrono::duration_cast<std::chrono::milliseconds>(passed);
  }
  dns::Duration passed{};
};

/// What workers post, run by the test when it waits for something.
class Posts {
 public:
  void add(std::function<void()> work) {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(work));
    changed_.notify_all();
  }

  /// Runs what is posted until `done` holds; false when that takes too long.
  template <typename Condition>
  bool run_until(Condition done) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (!done()) {
      std::unique_lock lock(mutex_);
      if (!changed_.wait_until(lock, deadline, [this] { return !queue_.empty(); })) return false;
      const std::function<void()> work = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      work();
    }
    return true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> queue_;
};

/// Surveys that end when the test says so.
struct Surveys {
  struct Running {
    survey::ZonePlan plan;
    const survey::ZoneMemory* memory = nullptr;
    dns::SteadyTime deadline;
    std::coroutine_handle<> waiting;
  };
  std::list<Running> running;
  std::vector<dns::Name> begun;

  struct Suspend {
    Running& entry;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) const noexcept { entry.waiting = handle; }
    void await_resume() const noexcept {}
  };

  dns::Task<std::shared_ptr<const survey::Survey>> survey(survey::ZonePlan plan,
                                                          survey::ZoneMemory& memory,
                                                          dns::SteadyTime deadline) {
    Running& entry = running.emplace_back();
    entry.plan = std::move(plan);
    entry.memory = &memory;
    entry.deadline = deadline;
    begun.push_back(entry.plan.zone);
    auto seen = std::make_shared<survey::Survey>();
    seen->zone = entry.plan.zone;
    Suspend suspend{entry};
    co_await suspend;
    co_return std::shared_ptr<const survey::Survey>(std::move(seen));
  }

  Running* find(const std::string& zone) {
    for (Running& each : running) {
      if (each.plan.zone == name(zone)) return &each;
    }
    return nullptr;
  }

  void finish(const std::string& zone) {
    for (auto each = running.begin(); each != running.end(); ++each) {
      if (each->plan.zone != name(zone)) continue;
      const std::coroutine_handle<> waiting = each->waiting;
      running.erase(each);
      waiting.resume();
      return;
    }
    FAIL("no survey of " << zone << " runs");
  }

  void finish_all() {
    while (!running.empty()) finish(running.front().plan.zone.to_label());
  }
};

/// Counts rounds in the history, and puts the count and an option into the report.
checks::Judgement judge(const survey::Survey& survey, const checks::History& history,
                        const checks::ZoneSettings& settings, dns::WallTime) {
  auto next = std::make_shared<checks::History>(history);
  ++next->rounds;
  auto report = std::make_shared<checks::ZoneReport>();
  report->zone = survey.zone;
  report->ds_records = next->rounds;
  report->interval = settings.interval;
  report->partial = settings.thresholds.serial_drift == 1;
  return {report, next};
}

struct World {
  explicit World(std::size_t queue = 100) : workers(2, queue, judge) {}
  ~World() {
    rounds.stop([this] { ended = true; });
    surveys.finish_all();
    CHECK(posts.run_until([this] { return ended; }));
  }

  void configure(const std::vector<std::string>& zones, dns::Duration interval = 60s,
                 double serial_drift = 3600) {
    auto config = std::make_shared<Config>();
    auto options = std::make_shared<exporter::ZoneOptions>();
    options->interval = interval;
    options->settings.interval = interval;
    options->settings.thresholds.serial_drift = serial_drift;
    config->defaults = options;
    config->probe.allow = {exporter::probe_pattern_from_text("*.allowed.test").value()};
    config->probe.concurrency = 2;
    std::set<dns::Name> sorted;
    for (const std::string& zone : zones) sorted.insert(name(zone));
    std::vector<exporter::StoredZone> stored;
    for (const dns::Name& zone : sorted) {
      config->zones.push_back({zone, options});
      stored.push_back({zone, interval, nullptr});
    }
    store.configure(stored);
    histories.configure({sorted.begin(), sorted.end()});
    rounds.configure(config);
  }

  /// Lets time pass to the zones' next rounds and begins them.
  void pass(dns::Duration duration) {
    clock.passed += duration;
    rounds.tick();
  }

  /// Ends the survey of `zone` and waits until its report has been judged.
  void finish(const std::string& zone) {
    const std::size_t before = rounds.running();
    surveys.finish(zone);
    REQUIRE(posts.run_until([&] { return rounds.running() < before; }));
  }

  std::size_t rounds_reported(const std::string& zone) {
    const auto report = store.find(name(zone));
    return report ? report->ds_records.value_or(0) : 0;
  }

  /// A probe whose end can be looked at.
  std::shared_ptr<std::vector<ProbeResult>> probe(const std::string& zone, dns::Duration timeout) {
    auto results = std::make_shared<std::vector<ProbeResult>>();
    rounds.probe(name(zone), clock.steady() + timeout,
                 [results](const ProbeResult& result) { results->push_back(result); });
    return results;
  }

  TestClock clock;
  std::ostringstream log_text;
  exporter::Log log{log_text, exporter::LogLevel::debug, exporter::LogFormat::logfmt};
  exporter::ReportStore store;
  exporter::MemoryHistoryStore histories;
  exporter::OwnMetrics metrics{"test", clock};
  Surveys surveys;
  Posts posts;
  exporter::Workers workers;
  exporter::Rounds rounds{
      {clock, log, store, histories, workers, metrics,
       [this](survey::ZonePlan plan, survey::ZoneMemory& memory, dns::SteadyTime deadline) {
         return surveys.survey(std::move(plan), memory, deadline);
       },
       [this](std::function<void()> work) { posts.add(std::move(work)); }}};
  bool ended = false;
};

}  // namespace

TEST_CASE("a round is surveyed, judged with the zone's history, and published") {
  World world;
  world.configure({"a.test"});
  world.rounds.tick();
  REQUIRE(world.surveys.begun.size() == 1);
  REQUIRE(world.surveys.find("a.test")->deadline == world.clock.steady() + 30s);
  REQUIRE(world.rounds_reported("a.test") == 0);
  world.finish("a.test");
  REQUIRE(world.rounds_reported("a.test") == 1);
  REQUIRE(world.histories.load(name("a.test"))->rounds == 1);
  world.pass(120s);
  world.finish("a.test");
  REQUIRE(world.rounds_reported("a.test") == 2);
}

TEST_CASE("a plan has the resolvers and the sentinels of the configuration") {
  exporter::Config config;
  config.resolvers.push_back(exporter::resolver_from_text("192.0.2.53").value());
  exporter::ZoneOptions options;
  options.sentinels.push_back(exporter::sentinel_from_text("www.a.test/A").value());
  const survey::ZonePlan plan = exporter::make_plan(name("a.test"), options, config);
  REQUIRE(plan.resolvers == config.resolvers);
  REQUIRE(plan.sentinels == options.sentinels);
  REQUIRE(plan.resolver_questions.all());
  REQUIRE(plan.walks.all());
  options.settings.selection.disabled = {"resolver"};
  REQUIRE(exporter::make_plan(name("a.test"), options, config).resolver_questions.none());
  REQUIRE(exporter::make_plan(name("a.test"), options, config).walks.none());
}

TEST_CASE("tick says when it wants to be called again") {
  World world;
  world.configure({"a.test"}, 10s);
  const dns::SteadyTime next = world.rounds.tick();
  REQUIRE(world.surveys.find("a.test")->deadline == world.clock.steady() + 8s);
  REQUIRE(next > world.clock.steady());
  REQUIRE(next <= world.clock.steady() + 15s);
  world.probe("a.test", 1s);
  REQUIRE(world.rounds.tick() == world.clock.steady() + 1s);
}

TEST_CASE("a zone is never surveyed twice at a time") {
  World world;
  world.configure({"a.test"});
  world.rounds.tick();
  world.pass(200s);
  world.pass(200s);
  REQUIRE(world.surveys.begun.size() == 1);
  world.finish("a.test");
  world.pass(200s);
  REQUIRE(world.surveys.begun.size() == 2);
}

TEST_CASE("a full queue at the workers delays rounds and loses none") {
  World world(1);
  std::vector<std::string> zones;
  for (int i = 0; i < 50; ++i) zones.push_back("zone" + std::to_string(i) + ".test");
  world.configure(zones);
  world.pass(60s);
  REQUIRE(world.surveys.running.size() == 50);
  world.surveys.finish_all();
  REQUIRE(world.posts.run_until([&] { return world.rounds.running() == 0; }));
  for (const std::string& zone : zones) REQUIRE(world.rounds_reported(zone) == 1);
}

TEST_CASE("a reload keeps memory, history and running survey of what stays") {
  World world;
  world.configure({"a.test", "b.test"});
  world.pass(1s);
  const survey::ZoneMemory* memory = world.surveys.find("a.test")->memory;
  world.finish("b.test");
  world.configure({"a.test", "c.test"}, 60s, 1);

  SECTION("its running survey is published, judged by the new settings") {
    world.finish("a.test");
    REQUIRE(world.rounds_reported("a.test") == 1);
    REQUIRE(world.store.find(name("a.test"))->partial);
    world.pass(120s);
    REQUIRE(world.surveys.find("a.test")->memory == memory);
    world.finish("a.test");
    REQUIRE(world.rounds_reported("a.test") == 2);
  }
  SECTION("what goes leaves nothing") {
    bool configured = true;
    REQUIRE(world.store.find(name("b.test"), &configured) == nullptr);
    REQUIRE_FALSE(configured);
    REQUIRE(world.histories.load(name("b.test"))->rounds == 0);
    world.pass(120s);
    REQUIRE(world.surveys.find("b.test") == nullptr);
    REQUIRE(world.surveys.find("c.test") != nullptr);
  }
  SECTION("a zone that goes while it is surveyed leaves nothing either") {
    world.configure({"c.test"});
    world.finish("a.test");
    REQUIRE(world.histories.load(name("a.test"))->rounds == 0);
    SECTION("nor when it comes back") {
      world.configure({"a.test", "c.test"});
      world.pass(120s);
      REQUIRE(world.rounds_reported("a.test") == 0);
      world.finish("a.test");
      REQUIRE(world.rounds_reported("a.test") == 1);
    }
  }
  SECTION("gone and back while it is surveyed: the old survey counts for nothing") {
    world.configure({"c.test"});
    world.configure({"a.test", "c.test"});
    world.finish("a.test");
    REQUIRE(world.rounds_reported("a.test") == 0);
    world.pass(120s);
    REQUIRE(world.surveys.find("a.test") != nullptr);
  }
}

TEST_CASE("a probe of a configured zone surveys it out of turn and is a round like others") {
  World world;
  world.configure({"a.test"});
  world.rounds.tick();
  world.finish("a.test");
  const auto results = world.probe("a.test", 5s);
  REQUIRE(world.surveys.running.size() == 1);
  REQUIRE(world.surveys.find("a.test")->deadline == world.clock.steady() + 4750ms);
  REQUIRE(results->empty());
  world.finish("a.test");
  REQUIRE(results->size() == 1);
  REQUIRE(results->front().status == Status::done);
  REQUIRE(results->front().report->ds_records == 2);
  REQUIRE(world.rounds_reported("a.test") == 2);
}

TEST_CASE("a probe joins the running survey of its zone") {
  World world;
  world.configure({"a.test"});
  world.rounds.tick();
  const auto first = world.probe("A.TEST", 5s);
  const auto second = world.probe("a.test", 5s);
  REQUIRE(world.surveys.begun.size() == 1);
  world.finish("a.test");
  REQUIRE(first->size() == 1);
  REQUIRE(second->size() == 1);
  REQUIRE(first->front().report == second->front().report);
}

TEST_CASE("a probe of another zone needs leave, keeps its history and is not published") {
  World world;
  world.configure({"a.test"});
  REQUIRE(world.probe("b.test", 5s)->at(0).status == Status::not_allowed);
  REQUIRE(world.probe("allowed.test", 5s)->at(0).status == Status::not_allowed);
  REQUIRE(world.surveys.begun.empty());

  const auto results = world.probe("x.allowed.test", 5s);
  REQUIRE(world.surveys.begun.size() == 1);
  const survey::ZoneMemory* memory = world.surveys.find("x.allowed.test")->memory;
  world.finish("x.allowed.test");
  REQUIRE(results->at(0).status == Status::done);
  REQUIRE(results->at(0).report->ds_records == 1);
  REQUIRE(results->at(0).report->interval == 0s);
  bool configured = true;
  REQUIRE(world.store.find(name("x.allowed.test"), &configured) == nullptr);
  REQUIRE_FALSE(configured);

  const auto again = world.probe("x.allowed.test", 5s);
  REQUIRE(world.surveys.find("x.allowed.test")->memory == memory);
  world.finish("x.allowed.test");
  REQUIRE(again->at(0).report->ds_records == 2);
}

TEST_CASE("a zone that is configured while it is probed begins anew on its schedule") {
  World world;
  world.configure({"a.test"});
  const auto results = world.probe("x.allowed.test", 5s);
  world.configure({"a.test", "x.allowed.test"});
  world.finish("x.allowed.test");
  REQUIRE(results->at(0).status == Status::done);
  REQUIRE(world.rounds_reported("x.allowed.test") == 0);
  world.pass(60s);
  world.finish("x.allowed.test");
  REQUIRE(world.rounds_reported("x.allowed.test") == 1);
}

TEST_CASE("more probes than the limit are refused, also joined ones") {
  World world;
  world.configure({"a.test"});
  const auto first = world.probe("x.allowed.test", 5s);
  const auto second = world.probe("y.allowed.test", 6s);
  REQUIRE(world.probe("z.allowed.test", 5s)->at(0).status == Status::busy);
  REQUIRE(world.probe("x.allowed.test", 5s)->at(0).status == Status::busy);
  world.finish("x.allowed.test");
  REQUIRE(world.probe("z.allowed.test", 5s)->empty());
  REQUIRE(world.surveys.find("z.allowed.test") != nullptr);
  REQUIRE(second->empty());
}

TEST_CASE("a probe ends when its time is up and its survey goes on") {
  World world;
  world.configure({"a.test"});
  const auto results = world.probe("a.test", 5s);
  world.pass(4s);
  REQUIRE(results->empty());
  world.pass(1s);
  REQUIRE(results->size() == 1);
  REQUIRE(results->front().status == Status::timed_out);
  REQUIRE(results->front().report == nullptr);
  world.finish("a.test");
  REQUIRE(results->size() == 1);
  REQUIRE(world.rounds_reported("a.test") == 1);
  REQUIRE(world.probe("a.test", 0s)->at(0).status == Status::timed_out);
}

TEST_CASE("probed zones are remembered up to a limit") {
  World world;
  world.configure({});
  const auto probe_once = [&](const std::string& zone) {
    const auto results = world.probe(zone, 5s);
    const survey::ZoneMemory* memory = world.surveys.find(zone)->memory;
    world.finish(zone);
    REQUIRE(results->at(0).status == Status::done);
    return memory;
  };
  probe_once("first.allowed.test");
  const survey::ZoneMemory* second = probe_once("second.allowed.test");
  // One more than there is room for beside `second`, which is used in between.
  for (std::size_t i = 0; i + 1 < exporter::kMaxProbedZones; ++i) {
    if (i == 500) REQUIRE(probe_once("second.allowed.test") == second);
    probe_once("zone" + std::to_string(i) + ".allowed.test");
  }
  REQUIRE(probe_once("second.allowed.test") == second);
  const auto results = world.probe("first.allowed.test", 5s);
  world.finish("first.allowed.test");
  REQUIRE(results->at(0).report->ds_records == 1);
}

TEST_CASE("stopping answers probes at once, drops what surveys saw and begins nothing") {
  World world;
  world.configure({"a.test", "b.test"});
  world.pass(1s);
  const auto results = world.probe("a.test", 5s);
  bool ended = false;
  world.rounds.stop([&] { ended = true; });
  REQUIRE(results->at(0).status == Status::timed_out);
  REQUIRE(world.probe("a.test", 5s)->at(0).status == Status::timed_out);
  REQUIRE_FALSE(ended);
  world.pass(200s);
  REQUIRE(world.surveys.begun.size() == 2);
  world.surveys.finish_all();
  REQUIRE(world.posts.run_until([&] { return ended; }));
  REQUIRE(world.rounds.running() == 0);
  REQUIRE(world.rounds_reported("a.test") == 0);
}

TEST_CASE("stopping waits for a judgement that is under way") {
  World world;
  world.configure({"a.test"});
  world.rounds.tick();
  world.surveys.finish("a.test");  // the job is at the workers, its result not taken yet
  bool ended = false;
  world.rounds.stop([&] { ended = true; });
  REQUIRE(world.rounds.running() == 1);
  REQUIRE(world.posts.run_until([&] { return ended; }));
  REQUIRE(world.rounds.running() == 0);
}

TEST_CASE("workers that were stopped first do not hang the rounds") {
  World world;
  world.configure({"a.test"});
  world.rounds.tick();
  world.workers.stop();
  world.surveys.finish("a.test");
  REQUIRE(world.posts.run_until([&] { return world.rounds.running() == 0; }));
  REQUIRE(world.rounds_reported("a.test") == 0);
}
