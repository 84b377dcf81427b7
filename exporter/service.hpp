// What the web side asks of the daemon. Implemented by exporter/daemon.*, faked in the web tests.
// All functions may be called from any thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "checks/report.hpp"
#include "dns/result.hpp"
#include "exporter/sharding.hpp"

namespace exporter {

/// How a probe on demand ended.
struct ProbeResult {
  enum class Status {
    done,         ///< `report` holds the survey (also when no server answered)
    not_allowed,  ///< not configured and not matched by probe.allow
    busy,         ///< the limit of surveys on demand is reached
    timed_out,    ///< the time given ran out; `report` is null
  };
  Status status = Status::timed_out;
  std::shared_ptr<const checks::ZoneReport> report;
};

class Service {
 public:
  Service() = default;
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  virtual ~Service() = default;

  /// False when the engine's heartbeat is older than ten seconds.
  virtual bool healthy() const = 0;
  /// True when the configuration is loaded and the scheduler runs.
  virtual bool ready() const = 0;
  /// Reads the config file again. On failure the running config stays and the error has one line
  /// per mistake.
  virtual dns::Result<void> reload() = 0;
  /// Surveys `zone` now, or joins its running survey, and calls `done` exactly once from some
  /// thread, at the latest after `timeout`. Also called when the daemon stops.
  virtual void probe(dns::Name zone, dns::Duration timeout,
                     std::function<void(ProbeResult)> done) = 0;
  /// The share of the configured zones that is surveyed here; null when that is all of them.
  virtual std::shared_ptr<const Sharding> sharding() const = 0;
  /// The running configuration as YAML, secrets hidden.
  virtual std::string config_text() const = 0;
};

}  // namespace exporter
