// The judging threads: all jobs are done, one at a time for a zone, the queue is bounded, stopping
// joins. Meant to be run under ThreadSanitizer as well.
#include "exporter/workers.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <limits>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "tests/catch.hpp"

namespace {

using namespace std::chrono_literals;
using exporter::JudgeJob;
using exporter::Workers;

constexpr auto kPatience = 20s;  // only ever waited for when something is broken

dns::Name name(const std::string& text) {
  return dns::Name::from_text(text).value();
}

JudgeJob job(const dns::Name& zone, std::function<void(checks::Judgement)> done) {
  auto survey = std::make_shared<survey::Survey>();
  survey->zone = zone;
  JudgeJob made;
  made.survey = std::move(survey);
  made.history = std::make_shared<checks::History>();
  made.settings = std::make_shared<checks::ZoneSettings>();
  made.done = std::move(done);
  return made;
}

checks::Judgement judged(const survey::Survey& survey) {
  auto report = std::make_shared<checks::ZoneReport>();
  report->zone = survey.zone;
  return {report, std::make_shared<checks::History>()};
}

/// A door that threads wait at until it is opened.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  bool wait() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

/// Counts up, and lets a test wait for a count.
class Counter {
 public:
  void add() {
    const std::lock_guard lock(mutex_);
    ++count_;
    changed_.notify_all();
  }
  bool reaches(int wanted) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kPatience, [&] { return count_ >= wanted; });
  }
  int now() {
    const std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int count_ = 0;
};

}  // namespace

TEST_CASE("every job is judged with what it carries, and its result comes back") {
  const dns::WallTime when{1'700'000'000'000ms};
  std::atomic<int> wrong{0};
  Workers workers(4, 1'000,
                  [&](const survey::Survey& survey, const checks::History& history,
                      const checks::ZoneSettings& settings, dns::WallTime now) {
                    if (now != when || history.rounds != 3 || settings.three_rounds_rule) ++wrong;
                    return judged(survey);
                  });
  Counter done;
  for (int i = 0; i < 200; ++i) {
    const dns::Name zone = name("zone" + std::to_string(i) + ".test");
    JudgeJob made = job(zone, [&, zone](const checks::Judgement& judgement) {
      if (judgement.report->zone != zone) ++wrong;
      done.add();
    });
    auto history = std::make_shared<checks::History>();
    history->rounds = 3;
    made.history = history;
    auto settings = std::make_shared<checks::ZoneSettings>();
    settings->three_rounds_rule = false;
    made.settings = settings;
    made.now = when;
    REQUIRE(workers.submit(std::move(made)));
  }
  REQUIRE(done.reaches(200));
  REQUIRE(wrong == 0);
}

TEST_CASE("jobs of one zone are judged one after the other and in order, others side by side") {
  std::mutex mutex;
  std::map<dns::Name, int> inside;
  std::map<dns::Name, std::vector<int>> order;
  std::atomic<int> overlaps{0};
  std::atomic<int> side_by_side{0};
  Gate both;
  Workers workers(
      4, 1'000,
      [&](const survey::Survey& survey, const checks::History&, const checks::ZoneSettings&,
          dns::WallTime now) {
        {
          const std::lock_guard lock(mutex);
          if (++inside[survey.zone] > 1) ++overlaps;
          order[survey.zone].push_back(static_cast<int>(now.time_since_epoch().count()));
          if (inside[name("a.test")] > 0 && inside[name("b.test")] > 0) {
            ++side_by_side;
            both.open();
          }
        }
        // The first job of each waits for the other's, which only a second thread can bring.
        if (now.time_since_epoch() == 0ms) both.wait();
        {
          const std::lock_guard lock(mutex);
          --inside[survey.zone];
        }
        return judged(survey);
      });
  Counter done;
  for (int i = 0; i < 100; ++i) {
    for (const char* zone : {"a.test", "b.test"}) {
      JudgeJob made = job(name(zone), [&](const checks::Judgement&) { done.add(); });
      made.now = dns::WallTime(std::chrono::milliseconds(i));
      REQUIRE(workers.submit(std::move(made)));
    }
  }
  REQUIRE(done.reaches(200));
  workers.stop();
  REQUIRE(overlaps == 0);
  REQUIRE(side_by_side > 0);
  for (const auto& [zone, rounds] : order) {
    REQUIRE(rounds.size() == 100);
    REQUIRE(std::is_sorted(rounds.begin(), rounds.end()));
  }
}

TEST_CASE("a full queue refuses a job and leaves it as it was") {
  Gate gate;
  Counter begun;
  Counter done;
  Workers workers(1, 2,
                  [&](const survey::Survey& survey, const checks::History&,
                      const checks::ZoneSettings&, dns::WallTime) {
                    begun.add();
                    gate.wait();
                    return judged(survey);
                  });
  const auto count = [&](const checks::Judgement&) { done.add(); };
  REQUIRE(workers.submit(job(name("a.test"), count)));
  REQUIRE(begun.reaches(1));  // it is being judged and waits no more
  REQUIRE(workers.submit(job(name("b.test"), count)));
  REQUIRE(workers.submit(job(name("c.test"), count)));
  JudgeJob refused = job(name("d.test"), count);
  REQUIRE_FALSE(workers.submit(std::move(refused)));
  REQUIRE(refused.survey != nullptr);
  REQUIRE(refused.survey->zone == name("d.test"));
  gate.open();
  REQUIRE(done.reaches(3));
  REQUIRE(workers.submit(std::move(refused)));
  REQUIRE(done.reaches(4));
}

TEST_CASE("stopping ends what is being judged, drops what waits and refuses more") {
  Gate gate;
  Counter begun;
  Counter done;
  // So much room that only stop() can be why a job is refused.
  Workers workers(1, std::numeric_limits<std::size_t>::max(),
                  [&](const survey::Survey& survey, const checks::History&,
                      const checks::ZoneSettings&, dns::WallTime) {
                    begun.add();
                    gate.wait();
                    return judged(survey);
                  });
  const auto count = [&](const checks::Judgement&) { done.add(); };
  REQUIRE(workers.submit(job(name("a.test"), count)));
  REQUIRE(begun.reaches(1));
  REQUIRE(workers.submit(job(name("b.test"), count)));
  std::thread stopper([&] { workers.stop(); });
  // stop() refuses jobs before it waits for the judging thread, which only the gate lets go on.
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  bool refused = false;
  while (!refused && std::chrono::steady_clock::now() < deadline) {
    refused = !workers.submit(job(name("c.test"), count));
    std::this_thread::yield();
  }
  gate.open();
  stopper.join();
  REQUIRE(refused);
  REQUIRE(done.now() == 1);
  REQUIRE_FALSE(workers.submit(job(name("d.test"), count)));
  workers.stop();
}
