#include "exporter/daemon.hpp"

#include <csignal>
#include <cstdlib>
#include <utility>

#include <asio/post.hpp>
#include <pthread.h>

#include "exporter/demand.hpp"

namespace exporter {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kWaitingJudgements = 1'024;
constexpr dns::Duration kHeartbeatEvery = 1s;
constexpr auto kDemandEvery = 60s;
/// Cancelled surveys end at once; what takes longer than this will not end.
constexpr auto kPatienceAtStop = 10s;

std::size_t worker_threads(const Config& config) {
  return config.workers > 0 ? static_cast<std::size_t>(config.workers) : Workers::default_threads();
}

/// What of the root hints counts, as text.
std::string hints_text(const Config::Resolution& resolution) {
  std::string text;
  if (!resolution.root_hints) return text;
  for (const dns::NameserverAddresses& server : *resolution.root_hints) {
    text += server.name.to_label() + "\n";
    for (const dns::IpAddress& address : server.addresses) text += address.to_text() + "\n";
  }
  return text;
}

/// As keep_restart_keys(), of the two keys that give trust anchors. It is what they come to that
/// counts, not in which of them it stands.
void keep_trust_anchors(const Config& running, Config& next, std::vector<std::string>& kept) {
  const Config::Resolution& before = running.resolution;
  Config::Resolution& after = next.resolution;
  if (trust_anchors(running) != trust_anchors(next)) {
    const bool list_differs = before.trust_anchor_records != after.trust_anchor_records;
    const bool path_differs = before.trust_anchor_file != after.trust_anchor_file;
    if (path_differs || !list_differs) kept.emplace_back("resolution.trust_anchor_file");
    if (list_differs) kept.emplace_back("resolution.trust_anchors");
  }
  after.trust_anchors = before.trust_anchors;
  after.trust_anchor_file = before.trust_anchor_file;
  after.trust_anchor_records = before.trust_anchor_records;
}

}  // namespace

std::vector<std::string> keep_restart_keys(const Config& running, Config& next) {
  std::vector<std::string> kept;
  const auto keep = [&](const char* key, const auto& before, auto& after) {
    if (before == after) return;
    kept.emplace_back(key);
    after = before;
  };
  keep("web.listen_address", running.web.listen_address, next.web.listen_address);
  keep("log.format", running.log.format, next.log.format);
  keep("resolution.port", running.resolution.port, next.resolution.port);
  keep("resolution.ipv4", running.resolution.ipv4, next.resolution.ipv4);
  keep("resolution.ipv6", running.resolution.ipv6, next.resolution.ipv6);
  keep("vantage.control_targets", running.vantage.control_targets, next.vantage.control_targets);
  keep("workers", running.workers, next.workers);
  if (hints_text(running.resolution) != hints_text(next.resolution)) {
    kept.emplace_back("resolution.root_hints");
  }
  next.resolution.root_hints = running.resolution.root_hints;
  next.resolution.root_hints_file = running.resolution.root_hints_file;
  keep_trust_anchors(running, next, kept);
  return kept;
}

Daemon::Daemon(DaemonOptions options, Config config, const dns::Clock& clock, Log& log)
    : options_(std::move(options)),
      clock_(clock),
      log_(log),
      config_([&] {
        apply_command_line(config);
        return std::make_shared<const Config>(std::move(config));
      }()),
      anchors_(trust_anchors(*config_)),
      metrics_(options_.version, clock),
      workers_(worker_threads(*config_), kWaitingJudgements,
               [this](const survey::Survey& survey, const checks::History& history,
                      const checks::ZoneSettings& settings, dns::WallTime now) {
                 return checks::judge(survey, history, settings, trust_, now, &chain_memory_);
               }),
      asking_(io_, clock, *config_, trust_,
              [this](dns::Transport, dns::Outcome outcome, dns::Duration elapsed) {
                if (outcome == dns::Outcome::answered) metrics_.observe_query(elapsed);
              }),
      rounds_({clock, log, store_, histories_, workers_, metrics_,
               [this](survey::ZonePlan plan, survey::ZoneMemory& memory, dns::SteadyTime deadline) {
                 return asking_.surveyor().survey(std::move(plan), memory, deadline);
               },
               [this](std::function<void()> work) { asio::post(io_, std::move(work)); }}),
      heartbeat_(clock.steady().time_since_epoch().count()) {}

dns::Result<std::unique_ptr<Daemon>> Daemon::start(DaemonOptions options, Config config,
                                                   const dns::Clock& clock, Log& log) {
  std::unique_ptr<Daemon> daemon(new Daemon(std::move(options), std::move(config), clock, log));
  const Config& running = *daemon->config_;
  daemon->take_zones(running);
  daemon->rounds_.configure(daemon->config_);
  daemon->metrics_.watch_engine(&daemon->asking_.engine().statistics());
  daemon->metrics_.watch_verifier(&daemon->verifier_);
  daemon->metrics_.config_loaded();
  WebSettings web;
  web.listen = running.web.listen_address;
  web.metrics = {running.metrics.detail, running.vantage.name};
  web.version = daemon->options_.version;
  dns::Result<std::unique_ptr<WebServer>> server =
      WebServer::start(std::move(web), daemon->store_, *daemon, daemon->metrics_, clock);
  if (!server) return tl::unexpected(server.error());
  daemon->web_ = std::move(*server);
  daemon->start_engine();
  daemon->started_ = true;
  log.info("started", {{"version", daemon->options_.version},
                       {"listen_address", daemon->web_->address().to_text()},
                       {"zones", running.zones.size()}});
  return daemon;
}

Daemon::~Daemon() {
  stop();
}

void Daemon::apply_command_line(Config& config) const {
  if (options_.listen_address) config.web.listen_address = *options_.listen_address;
  if (options_.log_level) config.log.level = *options_.log_level;
  if (options_.log_format) config.log.format = *options_.log_format;
}

void Daemon::take_zones(const Config& config) {
  std::vector<StoredZone> stored;
  std::vector<dns::Name> names;
  stored.reserve(config.zones.size());
  names.reserve(config.zones.size());
  for (const ZoneEntry& entry : config.zones) {
    stored.push_back({entry.zone, entry.options->interval, nullptr});
    names.push_back(entry.zone);
  }
  store_.configure(stored);
  histories_.configure(names);
  metrics_.set_shard(config.sharding ? std::optional(config.sharding->shard) : std::nullopt);
  if (!config.sharding) return;
  log_.info("other exporters survey the other zones",
            {{"shard", static_cast<std::size_t>(config.sharding->shard.number)},
             {"of", static_cast<std::size_t>(config.sharding->shard.of)},
             {"zones", config.zones.size()},
             {"elsewhere", config.sharding->elsewhere.size()}});
}

void Daemon::start_engine() {
  if (options_.handle_signals) {
    signals_.add(SIGTERM);
    signals_.add(SIGINT);
    signals_.add(SIGHUP);
    watch_signals();
  }
  beat();
  asio::post(io_, [this] { tick(); });
  engine_thread_ = std::thread([this] {
    pthread_setname_np(pthread_self(), "engine");  // what top -H shows
    io_.run();
  });
}

void Daemon::watch_signals() {
  signals_.async_wait([this](const asio::error_code& error, int number) {
    if (error) return;
    {
      const std::lock_guard lock(mutex_);
      (number == SIGHUP ? reload_requested_ : stop_requested_) = true;
    }
    changed_.notify_all();
    watch_signals();
  });
}

void Daemon::beat() {
  heartbeat_ = clock_.steady().time_since_epoch().count();
  heartbeat_timer_.expires_after(kHeartbeatEvery);
  heartbeat_timer_.async_wait([this](const asio::error_code& error) {
    if (!error) beat();
  });
}

void Daemon::tick() {
  const dns::SteadyTime next = rounds_.tick();
  round_timer_.expires_at(next);
  round_timer_.async_wait([this](const asio::error_code& error) {
    if (!error) tick();
  });
}

void Daemon::run() {
  std::unique_lock lock(mutex_);
  while (!stop_requested_) {
    changed_.wait_for(lock, kDemandEvery, [this] { return stop_requested_ || reload_requested_; });
    if (stop_requested_) break;
    const bool reload_now = std::exchange(reload_requested_, false);
    lock.unlock();
    if (reload_now) {
      reload();  // it has logged what there is to say
    } else {
      warn_of_demand();
    }
    lock.lock();
  }
  lock.unlock();
  log_.info("stopping");
  stop();
  log_.info("stopped");
}

void Daemon::request_stop() {
  {
    const std::lock_guard lock(mutex_);
    stop_requested_ = true;
  }
  changed_.notify_all();
}

// In this order: nothing new begins and waiting probes are answered; surveys are cancelled and end;
// with no connection waiting for a probe, HTTP ends; then nobody can bring work to the workers;
// last the engine thread, which until then ran what all the others had posted.
void Daemon::stop() {
  if (stopping_.exchange(true)) return;
  if (engine_thread_.joinable()) {
    asio::post(io_, [this] {
      signals_.clear();  // a second SIGTERM ends the process at once
      heartbeat_timer_.cancel();
      round_timer_.cancel();
      rounds_.stop([this] {
        {
          const std::lock_guard lock(mutex_);
          surveys_ended_ = true;
        }
        changed_.notify_all();
      });
      asking_.engine().stop();
    });
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, kPatienceAtStop, [this] { return surveys_ended_; })) {
      // Their frames can be neither resumed nor destroyed.
      log_.error("surveys did not end; giving up");
      std::_Exit(EXIT_FAILURE);
    }
  }
  if (web_) web_->stop();
  metrics_.watch_engine(nullptr);
  metrics_.watch_verifier(nullptr);
  workers_.stop();
  if (engine_thread_.joinable()) {
    asio::post(io_, [this] { io_.stop(); });  // after all that was posted before
    engine_thread_.join();
  }
}

// --- Service ------------------------------------------------------------------------------------

bool Daemon::healthy() const {
  const dns::SteadyTime last{dns::Duration(heartbeat_.load())};
  return clock_.steady() - last < kHeartbeatLimit;
}

bool Daemon::ready() const {
  return !stopping_;
}

dns::Result<void> Daemon::reload() {
  const std::lock_guard lock(reload_mutex_);
  if (!ready()) return dns::fail("the exporter is starting or stopping");
  tl::expected<Config, std::vector<Mistake>> read =
      load_config(options_.config_file, {.shard = options_.shard});
  if (!read) {
    metrics_.config_rejected();
    std::string sentence;
    for (const Mistake& mistake : read.error()) {
      log_.error("configuration not loaded", {{"mistake", mistake.to_text()}});
      if (!sentence.empty()) sentence += '\n';
      sentence += mistake.to_text();
    }
    return dns::fail(std::move(sentence));
  }
  Config next = std::move(*read);
  warn(next, log_);
  apply_command_line(next);
  const std::shared_ptr<const Config> running = config();
  for (const std::string& key : keep_restart_keys(*running, next)) {
    log_.warning("a changed setting takes effect only after a restart", {{"key", key}});
  }
  log_.set_level(next.log.level);
  const auto taken = std::make_shared<const Config>(std::move(next));
  {
    const std::lock_guard config_lock(config_mutex_);
    config_ = taken;
  }
  take_zones(*taken);
  web_->set_metrics({taken->metrics.detail, taken->vantage.name});
  asio::post(io_, [this, taken] {
    asking_.reconfigure(*taken);
    rounds_.configure(taken);
    tick();
  });
  metrics_.config_loaded();
  log_.info("configuration loaded", {{"zones", taken->zones.size()}});
  return {};
}

void Daemon::probe(dns::Name zone, dns::Duration timeout, std::function<void(ProbeResult)> done) {
  const dns::SteadyTime deadline = clock_.steady() + timeout;
  asio::post(io_, [this, zone = std::move(zone), deadline, done = std::move(done)] {
    rounds_.probe(zone, deadline, done);
    tick();
  });
}

std::shared_ptr<const Sharding> Daemon::sharding() const {
  return config()->sharding;
}

std::string Daemon::config_text() const {
  return to_yaml(*config());
}

std::shared_ptr<const Config> Daemon::config() const {
  const std::lock_guard lock(config_mutex_);
  return config_;
}

void Daemon::warn_of_demand() {
  const std::shared_ptr<const Config> current = config();
  if (current != warned_of_) warned_.clear();
  warned_of_ = current;
  const std::vector<StoredZone> zones = store_.snapshot();
  for (const AddressDemand& demand :
       excessive_demand(zones, current->pacing, queries_per_round())) {
    if (!warned_.insert(demand.address).second) continue;
    log_.warning("zones at one address need more queries than pacing lets through",
                 {{"address", demand.address.to_text()},
                  {"zones", demand.zones},
                  {"queries_per_second", demand.queries_per_second},
                  {"limit", demand.limit}});
  }
}

}  // namespace exporter
