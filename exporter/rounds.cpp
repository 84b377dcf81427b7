#include "exporter/rounds.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "checks/catalogue.hpp"

namespace exporter {
namespace {

/// Of a probe's time, what is kept for judging and answering.
constexpr dns::Duration kProbeReserve = std::chrono::milliseconds(250);

dns::SteadyTime survey_deadline(dns::SteadyTime now, dns::SteadyTime probe_deadline) {
  const dns::Duration given = probe_deadline - now;
  const dns::Duration most = std::chrono::seconds(30);
  return now + std::min(most, given - std::min(given / 10, kProbeReserve));
}

}  // namespace

survey::ZonePlan make_plan(const dns::Name& zone, const ZoneOptions& options,
                           const Config& config) {
  survey::ZonePlan plan;
  plan.zone = zone;
  plan.questions = checks::questions_to_ask(options.settings.selection);
  plan.delegation_every = options.delegation_interval;
  plan.slow_every = options.slow_interval;
  plan.attempts = options.attempts;
  plan.timeout = options.timeout;
  plan.port = config.resolution.port;
  plan.resolvers = config.resolvers;
  plan.resolver_questions = checks::resolver_questions_to_ask(options.settings.selection);
  plan.sentinels = options.sentinels;
  plan.walks = checks::walks_to_make(options.settings.selection);
  return plan;
}

Rounds::Rounds(Parts parts) : parts_(std::move(parts)) {}

Rounds::~Rounds() {
  assert(running_ == 0);
}

void Rounds::configure(std::shared_ptr<const Config> config) {
  std::unordered_map<dns::Name, ZonePointer> next;
  std::vector<std::pair<dns::Name, dns::Duration>> intervals;
  next.reserve(config->zones.size());
  intervals.reserve(config->zones.size());
  for (const ZoneEntry& entry : config->zones) {
    const auto known = zones_.find(entry.zone);
    const ZonePointer zone = known != zones_.end() ? known->second : std::make_shared<Zone>();
    zone->name = entry.zone;
    zone->options = entry.options;
    next.emplace(entry.zone, zone);
    intervals.emplace_back(entry.zone, entry.options->interval);
  }
  zones_ = std::move(next);
  std::erase_if(probed_, [&](const ZonePointer& zone) { return zones_.contains(zone->name); });
  scheduler_.configure(intervals, parts_.clock.steady());

  auto probe_options = std::make_shared<ZoneOptions>(*config->defaults);
  probe_options->settings.interval = {};  // there is no schedule
  probe_options_ = std::move(probe_options);
  config_ = std::move(config);
}

dns::SteadyTime Rounds::tick() {
  const dns::SteadyTime now = parts_.clock.steady();
  if (stopping_) return dns::SteadyTime::max();
  for (const DueRound& due : scheduler_.take_due(now)) {
    const ZonePointer& zone = zones_.at(due.zone);
    parts_.metrics.set_schedule_lag(due.lag);
    begin(zone, now + Scheduler::time_limit(zone->options->interval));
  }
  if (scheduler_.missed() != missed_told_) {
    parts_.metrics.count_missed_intervals(scheduler_.missed() - missed_told_);
    missed_told_ = scheduler_.missed();
  }
  expire_probes(now);
  dns::SteadyTime next = scheduler_.next_due();
  for (const Waiting& waiting : waiting_) next = std::min(next, waiting.deadline);
  return next;
}

void Rounds::begin(const ZonePointer& zone, dns::SteadyTime deadline) {
  zone->running = true;
  ++running_;
  scope_.spawn(round(zone, deadline));
}

dns::Task<void> Rounds::round(ZonePointer zone, dns::SteadyTime deadline) {
  survey::ZonePlan plan = make_plan(zone->name, *zone->options, *config_);
  dns::Task<std::shared_ptr<const survey::Survey>> surveying =
      parts_.survey(std::move(plan), zone->memory, deadline);
  const std::shared_ptr<const survey::Survey> survey = co_await surveying;
  std::shared_ptr<const checks::ZoneReport> report;
  if (!stopping_ && survey != nullptr) {
    count(*survey);
    Judging judging{*this, {}, {}, {}};
    judging.job.survey = survey;
    judging.job.history = parts_.histories.load(zone->name);
    // The settings live as long as the options they are part of.
    judging.job.settings = {zone->options, &zone->options->settings};
    judging.job.now = survey->finished;
    co_await judging;
    publish(zone, judging.result);
    report = judging.result.report;
  }
  end(zone, report);
}

void Rounds::publish(const ZonePointer& zone, const checks::Judgement& judgement) {
  if (judgement.report == nullptr) return;
  // A zone that was removed while it was surveyed leaves nothing; one that was configured while it
  // was surveyed on demand gets its first report from its own schedule.
  const auto current = zones_.find(zone->name);
  const bool configured = current != zones_.end() && current->second == zone;
  const bool probed = std::find(probed_.begin(), probed_.end(), zone) != probed_.end();
  if (!configured && !probed) return;
  parts_.histories.save(zone->name, judgement.history);
  if (configured) parts_.store.publish(judgement.report);
}

void Rounds::end(const ZonePointer& zone, const std::shared_ptr<const checks::ZoneReport>& report) {
  zone->running = false;
  --running_;
  const auto current = zones_.find(zone->name);
  if (current != zones_.end() && current->second == zone) scheduler_.finished(zone->name);
  std::list<Waiting> done;
  for (auto waiting = waiting_.begin(); waiting != waiting_.end();) {
    const auto next = std::next(waiting);
    if (waiting->zone == zone) done.splice(done.end(), waiting_, waiting);
    waiting = next;
  }
  for (const Waiting& waiting : done) {
    const auto status = report ? ProbeResult::Status::done : ProbeResult::Status::timed_out;
    waiting.done({status, report});
  }
  if (stopping_ && running_ == 0 && ended_) parts_.post(std::exchange(ended_, {}));
}

// --- probes -------------------------------------------------------------------------------------

void Rounds::probe(const dns::Name& zone, dns::SteadyTime deadline,
                   std::function<void(ProbeResult)> done) {
  const dns::SteadyTime now = parts_.clock.steady();
  if (stopping_ || deadline <= now) {
    done({ProbeResult::Status::timed_out, nullptr});
    return;
  }
  const auto configured = zones_.find(zone);
  if (configured == zones_.end() && !may_probe(zone)) {
    done({ProbeResult::Status::not_allowed, nullptr});
    return;
  }
  expire_probes(now);
  if (waiting_.size() >= static_cast<std::size_t>(config_->probe.concurrency)) {
    done({ProbeResult::Status::busy, nullptr});
    return;
  }
  const ZonePointer target = configured != zones_.end() ? configured->second : probed_zone(zone);
  waiting_.push_back({target, deadline, std::move(done)});
  if (target->running) return;  // joins it
  dns::SteadyTime survey_until = survey_deadline(now, deadline);
  if (configured != zones_.end()) {
    scheduler_.start_now(zone, now);
    survey_until = std::min(survey_until, now + Scheduler::time_limit(target->options->interval));
  }
  begin(target, survey_until);
}

bool Rounds::may_probe(const dns::Name& zone) const {
  return std::any_of(config_->probe.allow.begin(), config_->probe.allow.end(),
                     [&](const ProbePattern& pattern) { return pattern.matches(zone); });
}

Rounds::ZonePointer Rounds::probed_zone(const dns::Name& zone) {
  const auto known = std::find_if(probed_.begin(), probed_.end(),
                                  [&](const ZonePointer& each) { return each->name == zone; });
  if (known != probed_.end()) {
    probed_.splice(probed_.begin(), probed_, known);
  } else {
    auto made = std::make_shared<Zone>();
    made->name = zone;
    probed_.push_front(std::move(made));
    if (probed_.size() > kMaxProbedZones && !probed_.back()->running) probed_.pop_back();
  }
  probed_.front()->options = probe_options_;
  return probed_.front();
}

void Rounds::expire_probes(dns::SteadyTime now) {
  std::list<Waiting> late;
  for (auto waiting = waiting_.begin(); waiting != waiting_.end();) {
    const auto next = std::next(waiting);
    if (waiting->deadline <= now) late.splice(late.end(), waiting_, waiting);
    waiting = next;
  }
  for (const Waiting& waiting : late) waiting.done({ProbeResult::Status::timed_out, nullptr});
}

// --- judging ------------------------------------------------------------------------------------

void Rounds::Judging::await_suspend(std::coroutine_handle<> awaiting) {
  round = awaiting;
  rounds.full_.push_back(this);
  Judging& first = *rounds.full_.front();
  rounds.full_.pop_front();
  rounds.submit(first);
}

void Rounds::submit(Judging& judging) {
  judging.job.done = [this, &judging](checks::Judgement result) {
    auto shared = std::make_shared<checks::Judgement>(std::move(result));
    parts_.post([this, &judging, shared] {
      --at_workers_;
      judged(judging, std::move(*shared));
    });
  };
  ++at_workers_;
  if (parts_.workers.submit(std::move(judging.job))) return;
  --at_workers_;
  if (at_workers_ > 0) {
    full_.push_front(&judging);  // goes on when one comes back
    return;
  }
  // The workers have been stopped: nothing will come back.
  parts_.post([this, &judging] { judged(judging, {}); });
}

void Rounds::judged(Judging& judging, checks::Judgement result) {
  if (!full_.empty()) {
    Judging& next = *full_.front();
    full_.pop_front();
    submit(next);
  }
  judging.result = std::move(result);
  judging.round.resume();
}

// --- the rest -----------------------------------------------------------------------------------

void Rounds::count(const survey::Survey& survey) {
  parts_.metrics.count_survey();
  for (const dns::Family family : {dns::Family::ipv4, dns::Family::ipv6}) {
    for (const dns::Transport transport : {dns::Transport::udp, dns::Transport::tcp}) {
      const survey::Usable usable = survey.vantage.of(family, transport);
      if (usable == survey::Usable::unknown) continue;
      parts_.metrics.set_vantage_usable(family, transport, usable == survey::Usable::yes);
    }
  }
}

void Rounds::stop(std::function<void()> ended) {
  stopping_ = true;
  ended_ = std::move(ended);
  std::list<Waiting> waiting;
  waiting.swap(waiting_);
  for (const Waiting& each : waiting) each.done({ProbeResult::Status::timed_out, nullptr});
  if (running_ == 0) parts_.post(std::exchange(ended_, {}));
}

}  // namespace exporter
