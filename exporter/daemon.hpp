// The daemon: builds all parts from a configuration, runs the engine thread, and stops everything
// in order. It is the Service the web side asks.
//
// Threads: the caller of run() waits for signals, reloads and stops; the engine thread runs Asio's
// loop with the rounds; workers judge; the web server has its own. Service's functions may be
// called from any thread, the others belong to the thread that made the daemon.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>

#include "dns/dnssec_path.hpp"
#include "exporter/asking.hpp"
#include "exporter/config.hpp"
#include "exporter/history_memory.hpp"
#include "exporter/log.hpp"
#include "exporter/own_metrics.hpp"
#include "exporter/rounds.hpp"
#include "exporter/service.hpp"
#include "exporter/store.hpp"
#include "exporter/web_server.hpp"
#include "exporter/workers.hpp"

namespace exporter {

/// An engine whose heart has not beaten for this long is not healthy.
inline constexpr dns::Duration kHeartbeatLimit = std::chrono::seconds(10);

struct DaemonOptions {
  std::string config_file;  ///< what a reload reads
  std::string version;
  // From the command line; they decide over the file, also after a reload.
  std::optional<dns::Endpoint> listen_address;
  std::optional<LogLevel> log_level;
  std::optional<LogFormat> log_format;
  /// Tests that run a daemon beside others leave the process's signals alone.
  bool handle_signals = true;
  ShardArguments shard = {};  ///< from the command line, too
};

class Daemon final : public Service {
 public:
  /// Starts all threads and listens. Fails with a sentence when it cannot listen. `clock` and `log`
  /// outlive the daemon.
  static dns::Result<std::unique_ptr<Daemon>> start(DaemonOptions options, Config config,
                                                    const dns::Clock& clock, Log& log);
  /// Stops everything, if run() has not done so.
  ~Daemon() override;

  /// Waits for SIGTERM, SIGINT or request_stop(), reloading on SIGHUP, then stops everything.
  void run();

  /// Makes run() return. May be called from any thread.
  void request_stop();

  /// Where HTTP is served.
  dns::Endpoint address() const { return web_->address(); }

  bool healthy() const override;
  bool ready() const override;
  dns::Result<void> reload() override;
  void probe(dns::Name zone, dns::Duration timeout, std::function<void(ProbeResult)> done) override;
  std::shared_ptr<const Sharding> sharding() const override;
  std::string config_text() const override;

 private:
  Daemon(DaemonOptions options, Config config, const dns::Clock& clock, Log& log);

  void apply_command_line(Config& config) const;
  void take_zones(const Config& config);
  void start_engine();
  void watch_signals();
  void beat();
  void tick();
  void warn_of_demand();
  void stop();
  std::shared_ptr<const Config> config() const;

  const DaemonOptions options_;
  const dns::Clock& clock_;
  Log& log_;

  mutable std::mutex config_mutex_;
  std::shared_ptr<const Config> config_;
  std::mutex reload_mutex_;  ///< one reload at a time

  // What judgement stands on; the anchors are those of the start. Safe to use from several threads.
  const dns::dnssec::TrustAnchors anchors_;
  dns::dnssec::Verifier verifier_;
  const dns::dnssec::Trust trust_{anchors_, verifier_};
  checks::ChainMemory chain_memory_;

  ReportStore store_;
  MemoryHistoryStore histories_;
  OwnMetrics metrics_;

  // Of the engine thread, once that runs.
  asio::io_context io_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_{io_.get_executor()};
  asio::steady_timer round_timer_{io_};
  asio::steady_timer heartbeat_timer_{io_};
  asio::signal_set signals_{io_};
  Workers workers_;
  Asking asking_;
  Rounds rounds_;
  std::atomic<dns::Duration::rep> heartbeat_;

  std::unique_ptr<WebServer> web_;
  std::thread engine_thread_;

  // What run() waits for.
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_requested_ = false;
  bool reload_requested_ = false;
  bool surveys_ended_ = false;
  std::atomic<bool> started_{false};  ///< web_ is set and the engine runs
  std::atomic<bool> stopping_{false};
  std::set<dns::IpAddress> warned_;          ///< addresses whose demand was logged
  std::shared_ptr<const Config> warned_of_;  ///< under this configuration
};

/// The keys that a reload cannot change and in which `next` differs from `running`; in `next` they
/// are set back to what runs.
std::vector<std::string> keep_restart_keys(const Config& running, Config& next);

}  // namespace exporter
