// What the tests of the web side share: reports made by hand, a clock that stands still, a service
// that does as it is told.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checks/report.hpp"
#include "dns/time.hpp"
#include "exporter/service.hpp"
#include "exporter/store.hpp"

namespace web_test {

/// 2026-11-22T16:00:00Z
inline constexpr dns::WallTime kNow{std::chrono::seconds(1795363200)};

inline dns::Name name(std::string_view text) {
  return dns::Name::from_text(text).value();
}
inline dns::IpAddress address(std::string_view text) {
  return dns::IpAddress::from_text(text).value();
}
inline std::shared_ptr<const checks::ChainStep> chain_step(const dns::Name& zone,
                                                           dns::dnssec::Status status) {
  auto step = std::make_shared<checks::ChainStep>();
  step->zone = zone;
  step->status = status;
  return step;
}

/// Stands still until it is moved. Thread-safe.
class StillClock final : public dns::Clock {
 public:
  dns::SteadyTime steady() const override {
    const std::lock_guard lock(mutex_);
    return steady_;
  }
  dns::WallTime wall() const override {
    const std::lock_guard lock(mutex_);
    return wall_;
  }
  void advance(std::chrono::milliseconds time) {
    const std::lock_guard lock(mutex_);
    steady_ += time;
    wall_ += time;
  }

 private:
  mutable std::mutex mutex_;
  dns::SteadyTime steady_{std::chrono::hours(1)};
  dns::WallTime wall_ = kNow;
};

/// A zone in which nothing is wrong, with no measurements.
checks::ZoneReport healthy_report(std::string_view zone);

/// example.com: two nameservers, of which the second refuses TCP and lags behind, with measurements
/// of every shape and findings whose text is hostile.
checks::ZoneReport faulty_report();

/// The healthy zone example.net with two resolvers, of which the second refuses it for DNSSEC and
/// has a name that must be escaped.
checks::ZoneReport resolver_report();

/// A report of `zone` with `servers` servers and twenty samples for each, as a large zone has.
checks::ZoneReport large_report(std::string_view zone, std::size_t servers);

std::shared_ptr<const checks::ZoneReport> shared(checks::ZoneReport report);

/// A store that holds exactly `reports`, each at its own interval.
void fill(exporter::ReportStore& store,
          const std::vector<std::shared_ptr<const checks::ZoneReport>>& reports);

/// Answers as the test says. Probes are kept until the test ends them, unless `probe_now` is set.
class FakeService final : public exporter::Service {
 public:
  using Done = std::function<void(exporter::ProbeResult)>;
  struct Probe {
    dns::Name zone;
    dns::Duration timeout;
    Done done;
  };

  bool healthy() const override;
  bool ready() const override;
  dns::Result<void> reload() override;
  void probe(dns::Name zone, dns::Duration timeout, Done done) override;
  std::shared_ptr<const exporter::Sharding> sharding() const override;
  std::string config_text() const override;

  void set_state(bool healthy, bool ready);
  void set_reload_error(std::string sentence);
  void set_config(std::string text);
  void set_sharding(exporter::Sharding sharding);
  /// Every probe ends with `result` before probe() returns.
  void set_probe_now(exporter::ProbeResult result);
  int reloads() const;
  /// Waits until `count` probes have come, at most a minute, and gives them; fewer when that
  /// passes.
  std::vector<Probe> wait_for_probes(std::size_t count);

 private:
  mutable std::mutex mutex_;
  std::condition_variable came_;  ///< a probe
  bool healthy_ = true;
  bool ready_ = true;
  int reloads_ = 0;
  std::string reload_error_;
  std::string config_ = "zones: [example.com]\n";
  std::shared_ptr<const exporter::Sharding> sharding_;
  std::unique_ptr<exporter::ProbeResult> now_;
  std::vector<Probe> probes_;
};

}  // namespace web_test
