// The dnszone_ families of the store as a prometheus::Collectable, for programs that embed the
// exporter and for tests. /metrics uses the faster writer in exposition.hpp; a test holds both to
// the same samples. Thread-safe.
#pragma once

#include <vector>

#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>

#include "dns/time.hpp"
#include "exporter/metrics_settings.hpp"
#include "exporter/store.hpp"

namespace exporter {

class ZoneCollectable final : public prometheus::Collectable {
 public:
  /// `store` and `clock` must outlive this object.
  ZoneCollectable(const ReportStore& store, MetricsSettings settings, const dns::Clock& clock);

  std::vector<prometheus::MetricFamily> Collect() const override;

 private:
  const ReportStore& store_;
  MetricsSettings settings_;
  const dns::Clock& clock_;
};

}  // namespace exporter
