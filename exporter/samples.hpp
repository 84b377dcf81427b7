// Which samples the dnszone_ families of the store have: the one walk over reports that the text
// writer and the Collectable share. It decides staleness, folding and order; how labels are written
// is the sink's matter. Pure, without I/O and clock; safe from several threads on different sinks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "checks/metrics.hpp"
#include "checks/report.hpp"
#include "dns/codes.hpp"
#include "dns/time.hpp"
#include "exporter/metrics_settings.hpp"
#include "exporter/store.hpp"

namespace exporter {

/// A surveyed zone as the metrics show it.
struct ZoneSource {
  std::shared_ptr<const checks::ZoneReport> report;  ///< not null
  bool stale = false;                                ///< exports only the time of its last survey
};

/// The surveyed ones of `zones`, with their staleness at `now`.
std::vector<ZoneSource> zone_sources(std::span<const StoredZone> zones, dns::WallTime now);

/// One sample, of the zone or, in the shape Shape::ancestor, of the ancestor. Which of the optional
/// members are labels follows from the shape of its family.
struct Sample {
  std::size_t zone = 0;          ///< index into the sources
  std::int32_t server = -1;      ///< index into ZoneReport::servers
  std::int32_t nameserver = -1;  ///< index into ZoneReport::nameservers
  std::optional<dns::Family> family;
  std::optional<dns::Transport> transport;
  const dns::Name* ancestor = nullptr;  ///< instead of the zone; valid during the walk
  std::string_view extra;               ///< value of the family's own label
  const checks::Finding* finding = nullptr;
  double value = 0;
  std::int32_t resolver = -1;  ///< index into ZoneReport::resolvers
};

/// Takes the walk: family() once before its first sample, in the order of checks::metrics().
class SampleSink {
 public:
  SampleSink() = default;
  SampleSink(const SampleSink&) = delete;
  SampleSink& operator=(const SampleSink&) = delete;
  virtual ~SampleSink() = default;

  /// `shape` is the shape after folding, which may be smaller than row.shape.
  virtual void family(const checks::MetricRow& row, checks::Shape shape) = 0;
  virtual void sample(const Sample& sample) = 0;
};

/// Walks all samples of `sources` at `detail`. A family without samples is left out.
void walk_samples(std::span<const ZoneSource> sources, MetricsDetail detail, SampleSink& sink);

/// True when families of `shape` are exported at `detail`; for the docs.
bool is_exported(checks::Shape shape, MetricsDetail detail);

}  // namespace exporter
