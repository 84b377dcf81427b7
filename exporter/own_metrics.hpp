// The exporter's metrics about itself: dnszone_exporter_*, dnszone_vantage_usable and process_*.
// Counters and histograms live in a prometheus-cpp Registry; what others already count (the engine,
// the store, /proc) is read when the metrics are collected. Thread-safe. Nothing here fails; what
// cannot be read is absent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include <prometheus/metric_family.h>
#include <prometheus/registry.h>

#include "dns/codes.hpp"
#include "dns/time.hpp"
#include "exporter/sharding.hpp"
#include "exporter/store.hpp"

namespace dns {
struct EngineStatistics;
namespace dnssec {
class Verifier;
}
}  // namespace dns

namespace exporter {

/// How many configured zones are in which state: dnszone_exporter_zones{state}.
struct ZoneStates {
  std::size_t pending = 0;  ///< not surveyed yet
  std::size_t current = 0;
  std::size_t stale = 0;  ///< the last report is older than five intervals
};

/// Counts `zones` as of `now`.
ZoneStates count_states(std::span<const StoredZone> zones, dns::WallTime now);

class OwnMetrics {
 public:
  /// `version` is the label of dnszone_exporter_build_info. Of `clock` only the wall time is read;
  /// it must outlive this object.
  OwnMetrics(std::string_view version, const dns::Clock& clock);
  ~OwnMetrics();
  OwnMetrics(const OwnMetrics&) = delete;
  OwnMetrics& operator=(const OwnMetrics&) = delete;

  /// The configuration was read and is running from now on: sets config_last_reload_successful to 1
  /// and its timestamp to now.
  void config_loaded();
  /// A configuration was rejected and the former one goes on: sets config_last_reload_successful to
  /// 0.
  void config_rejected();

  /// Reads queries_total and queries_in_flight from `statistics` at every collection. It must stay
  /// valid until this is called with null, which waits for a collection that is under way.
  void watch_engine(const dns::EngineStatistics* statistics);

  /// The same of verifications_total and `verifier`.
  void watch_verifier(const dns::dnssec::Verifier* verifier);

  /// One answered query took `elapsed`: query_duration_seconds.
  void observe_query(dns::Duration elapsed);

  /// One survey ended: surveys_total.
  void count_survey();

  /// The survey that was started last began this long after its time: schedule_lag_seconds.
  void set_schedule_lag(dns::Duration lag);

  /// `count` rounds were left out because the former survey of the zone still ran, or because the
  /// scheduler came too late: missed_intervals_total.
  void count_missed_intervals(std::uint64_t count);

  /// Whether the control targets answer: dnszone_vantage_usable. Absent until first set.
  void set_vantage_usable(dns::Family family, dns::Transport transport, bool usable);

  /// Which share of the configured zones is surveyed here: dnszone_exporter_shard and _shards. They
  /// are absent when that is all of them.
  void set_shard(std::optional<Shard> shard);

  /// For metrics that other parts of the exporter keep by themselves.
  prometheus::Registry& registry() { return *registry_; }

  /// Everything as of now, with `states` as dnszone_exporter_zones.
  std::vector<prometheus::MetricFamily> collect(const ZoneStates& states) const;

 private:
  class Impl;
  std::shared_ptr<prometheus::Registry> registry_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace exporter
