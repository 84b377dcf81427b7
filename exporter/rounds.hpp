// The rounds of all zones: survey, judge, publish, on schedule and on demand. Here the street of
// the data is walked: a coroutine surveys a zone on the engine thread, a worker judges, the report
// goes to the store and the history to its store.
//
// Everything in here belongs to the engine thread, the callbacks of probes included. There is no
// timer inside: the owner calls tick() when it is told to, so that tests own the time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <unordered_map>

#include "dns/task.hpp"
#include "exporter/config.hpp"
#include "exporter/log.hpp"
#include "exporter/own_metrics.hpp"
#include "exporter/scheduler.hpp"
#include "exporter/service.hpp"
#include "exporter/store.hpp"
#include "exporter/workers.hpp"
#include "survey/surveyor.hpp"

namespace exporter {

/// Zones that are not configured and whose memory is kept for the next probe.
inline constexpr std::size_t kMaxProbedZones = 1'000;

/// Surveys a zone; survey::Surveyor in production.
using SurveyFunction = std::function<dns::Task<std::shared_ptr<const survey::Survey>>(
    survey::ZonePlan plan, survey::ZoneMemory& memory, dns::SteadyTime deadline)>;

/// Runs a function on the engine thread, later. May be called from any thread.
using PostFunction = std::function<void(std::function<void()>)>;

class Rounds {
 public:
  /// What the rounds work with. All of it outlives them.
  struct Parts {
    const dns::Clock& clock;
    const Log& log;
    ReportStore& store;
    checks::HistoryStore& histories;
    Workers& workers;
    OwnMetrics& metrics;
    SurveyFunction survey;
    PostFunction post;
  };

  explicit Rounds(Parts parts);
  /// Needs that stop() has reported its end, or that nothing was ever started.
  ~Rounds();
  Rounds(const Rounds&) = delete;
  Rounds& operator=(const Rounds&) = delete;

  /// Takes a configuration into use. Zones that stay keep their schedule, memory and running
  /// survey; a report of a zone that goes is dropped when its survey ends.
  void configure(std::shared_ptr<const Config> config);

  /// Starts every round that is due and ends every probe whose time is up. Returns when to call
  /// again at the latest; after probe() and configure(), that may be sooner than was said before.
  dns::SteadyTime tick();

  /// As Service::probe, with the moment at which `done` is called at the latest.
  void probe(const dns::Name& zone, dns::SteadyTime deadline,
             std::function<void(ProbeResult)> done);

  /// Ends all probes, starts nothing more, and calls `ended` (posted) once no survey runs. Surveys
  /// end when the engine under them is stopped; what they saw is dropped.
  void stop(std::function<void()> ended);

  /// Surveys and judgements under way.
  std::size_t running() const { return running_; }

 private:
  /// One zone, for as long as it is configured or probed now and then, and until its round ends.
  struct Zone {
    dns::Name name;
    std::shared_ptr<const ZoneOptions> options;
    survey::ZoneMemory memory;
    bool running = false;
  };
  using ZonePointer = std::shared_ptr<Zone>;

  struct Waiting {
    ZonePointer zone;
    dns::SteadyTime deadline;
    std::function<void(ProbeResult)> done;
  };

  /// A place in the queue for the workers; awaitable. Lives in the frame of the round.
  struct Judging {
    Rounds& rounds;
    JudgeJob job;
    checks::Judgement result;
    std::coroutine_handle<> round;

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> awaiting);
    void await_resume() const noexcept {}
  };

  void begin(const ZonePointer& zone, dns::SteadyTime deadline);
  dns::Task<void> round(ZonePointer zone, dns::SteadyTime deadline);
  void publish(const ZonePointer& zone, const checks::Judgement& judgement);
  void end(const ZonePointer& zone, const std::shared_ptr<const checks::ZoneReport>& report);
  void submit(Judging& judging);
  void judged(Judging& judging, checks::Judgement result);
  void count(const survey::Survey& survey);
  ZonePointer probed_zone(const dns::Name& zone);
  bool may_probe(const dns::Name& zone) const;
  void expire_probes(dns::SteadyTime now);

  Parts parts_;
  std::shared_ptr<const Config> config_;
  std::shared_ptr<const ZoneOptions> probe_options_;  ///< of zones that are not configured
  Scheduler scheduler_;
  std::uint64_t missed_told_ = 0;
  std::unordered_map<dns::Name, ZonePointer> zones_;
  std::list<ZonePointer> probed_;  ///< not configured, most recently probed first
  std::list<Waiting> waiting_;
  std::deque<Judging*> full_;  ///< rounds that wait for a place at the workers
  std::size_t at_workers_ = 0;
  std::size_t running_ = 0;
  std::function<void()> ended_;
  bool stopping_ = false;
  dns::Scope scope_;
};

/// The plan of a survey that `options` ask for; of `config`, its port and its resolvers are read.
survey::ZonePlan make_plan(const dns::Name& zone, const ZoneOptions& options, const Config& config);

}  // namespace exporter
