#include "exporter/list_metrics.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "checks/documentation.hpp"
#include "dns/dnssec_verifier.hpp"
#include "dns/engine.hpp"
#include "exporter/own_metrics.hpp"
#include "exporter/web_routes.hpp"

namespace exporter {
namespace {

constexpr std::string_view kDetail =
    "\n## What metrics.detail leaves out\n\n"
    "`metrics.detail` in the configuration bounds the number of series. `full` has all families. "
    "`server` has no label `transport` on those of servers: a gauge is that of the transport that "
    "is "
    "worse off, a counter the sum of both. `zone` has none of the families with the label "
    "`nameserver` or `resolver`, so that alerts and panels built on them stay empty; "
    "`dnszone_finding` is there, "
    "with that label and those behind it empty.\n\n"
    "A report that is older than five intervals of its zone exports only "
    "`dnszone_zone_last_survey_timestamp_seconds`.\n";

std::string_view type_text(prometheus::MetricType type) {
  switch (type) {
    case prometheus::MetricType::Counter:
      return "Counter";
    case prometheus::MetricType::Histogram:
      return "Histogram";
    default:
      return "Gauge";
  }
}

void append_entry(std::string& out, std::string_view name, std::string_view type,
                  std::string_view labels, std::string_view help) {
  out.append("\n## ").append(name).append("\n\n").append(type);
  if (!labels.empty()) out.append(", labels: ").append(labels);
  out.append(".\n\n").append(help).append("\n");
}

/// A clock for metrics whose values nobody reads.
class NoClock final : public dns::Clock {
 public:
  dns::SteadyTime steady() const override { return {}; }
  dns::WallTime wall() const override { return {}; }
};

void append_own(std::string& out) {
  const NoClock clock;
  const dns::EngineStatistics statistics;
  const dns::dnssec::Verifier verifier;
  OwnMetrics own("", clock);
  // What is absent until it happens has happened.
  own.config_loaded();
  own.set_vantage_usable(dns::Family::ipv4, dns::Transport::udp, true);
  own.set_shard(Shard{});
  own.watch_engine(&statistics);
  own.watch_verifier(&verifier);
  auto families = own.collect({});
  std::sort(families.begin(), families.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  for (const auto& family : families) {
    std::string labels;
    for (const auto& label : family.metric.at(0).label) {
      if (!labels.empty()) labels += ", ";
      labels += label.name;
    }
    append_entry(out, family.name, type_text(family.type), labels, family.help);
  }
}

}  // namespace

std::string metrics_markdown() {
  std::string out = checks::metrics_page();
  out += kDetail;
  out += "\n# Metrics of the exporter itself\n";
  append_own(out);
  out += "\n# Metrics of /probe\n\nBesides those of the zone that was probed:\n";
  append_entry(out, kProbeSuccess.name, "Gauge", "", kProbeSuccess.help);
  append_entry(out, kProbeDuration.name, "Gauge", "", kProbeDuration.help);
  return out;
}

}  // namespace exporter
