#include "exporter/own_metrics.hpp"

#include <array>
#include <mutex>
#include <string>
#include <utility>

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>

#include "dns/dnssec_verifier.hpp"
#include "dns/engine.hpp"
#include "dns/exchange.hpp"
#include "exporter/process_metrics.hpp"
#include "exporter/zone_status.hpp"

namespace exporter {
namespace {

using prometheus::ClientMetric;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::MetricFamily;
using prometheus::MetricType;

/// Bounds of query_duration_seconds: from a server next door to the default timeout of an attempt,
/// with ICANN's limits for UDP and TCP among them.
const prometheus::Histogram::BucketBoundaries& duration_bounds() {
  static const prometheus::Histogram::BucketBoundaries bounds{
      0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 4};
  return bounds;
}

ClientMetric metric(MetricType type, std::vector<ClientMetric::Label> labels, double value) {
  ClientMetric made;
  made.label = std::move(labels);
  if (type == MetricType::Counter) {
    made.counter.value = value;
  } else {
    made.gauge.value = value;
  }
  return made;
}

MetricFamily zone_family(const ZoneStates& states) {
  MetricFamily family{
      "dnszone_exporter_zones",
      "Configured zones by state: pending (not surveyed yet), current, stale (the last "
      "report is older than five intervals).",
      MetricType::Gauge,
      {}};
  const auto add = [&family](const char* state, std::size_t count) {
    family.metric.push_back(
        metric(MetricType::Gauge, {{"state", state}}, static_cast<double>(count)));
  };
  add("pending", states.pending);
  add("current", states.current);
  add("stale", states.stale);
  return family;
}

MetricFamily attempts_family(const dns::EngineStatistics& statistics) {
  MetricFamily family{"dnszone_exporter_queries_total",
                      "Attempts to query a server that have ended, by transport and outcome.",
                      MetricType::Counter,
                      {}};
  for (std::size_t transport = 0; transport < dns::EngineStatistics::kTransports; ++transport) {
    for (std::size_t outcome = 0; outcome < dns::EngineStatistics::kOutcomes; ++outcome) {
      const auto count = statistics.attempts[transport][outcome].load(std::memory_order_relaxed);
      family.metric.push_back(
          metric(MetricType::Counter,
                 {{"transport", std::string(dns::to_text(static_cast<dns::Transport>(transport)))},
                  {"outcome", std::string(dns::to_text(static_cast<dns::Outcome>(outcome)))}},
                 static_cast<double>(count)));
    }
  }
  return family;
}

MetricFamily verifications_family(const dns::dnssec::Verifier::Counters& counters) {
  MetricFamily family{"dnszone_exporter_verifications_total",
                      "Signatures that were to be verified: cached (the result was remembered), "
                      "or computed and found valid or invalid. Cryptography alone; what it means "
                      "for a zone, its findings say.",
                      MetricType::Counter,
                      {}};
  const auto add = [&family](const char* result, std::uint64_t count) {
    family.metric.push_back(
        metric(MetricType::Counter, {{"result", result}}, static_cast<double>(count)));
  };
  add("cached", counters.cached);
  add("valid", counters.valid);
  add("invalid", counters.invalid);
  return family;
}

MetricFamily single(const char* name, const char* help, MetricType type, double value) {
  return {name, help, type, {metric(type, {}, value)}};
}

}  // namespace

ZoneStates count_states(std::span<const StoredZone> zones, dns::WallTime now) {
  ZoneStates states;
  for (const StoredZone& zone : zones) {
    if (!zone.report) {
      ++states.pending;
    } else if (is_stale(*zone.report, zone.interval, now)) {
      ++states.stale;
    } else {
      ++states.current;
    }
  }
  return states;
}

/// The families in the registry. Those that are absent until something has happened get their
/// metric when it does.
class OwnMetrics::Impl {
 public:
  Impl(prometheus::Registry& registry, std::string_view version, const dns::Clock& clock)
      : clock_(clock),
        reload_successful_(prometheus::BuildGauge()
                               .Name("dnszone_exporter_config_last_reload_successful")
                               .Help("1: the last attempt to read the configuration succeeded.")
                               .Register(registry)),
        reload_time_(prometheus::BuildGauge()
                         .Name("dnszone_exporter_config_last_reload_success_timestamp_seconds")
                         .Help("When the running configuration was read, in seconds since 1970.")
                         .Register(registry)),
        vantage_usable_(
            prometheus::BuildGauge()
                .Name("dnszone_vantage_usable")
                .Help(
                    "1: the control targets answer over this family and transport; 0: they do not, "
                    "and results over it say nothing about the zones.")
                .Register(registry)),
        surveys_(prometheus::BuildCounter()
                     .Name("dnszone_exporter_surveys_total")
                     .Help("Surveys that have ended.")
                     .Register(registry)
                     .Add({})),
        missed_(prometheus::BuildCounter()
                    .Name("dnszone_exporter_missed_intervals_total")
                    .Help("Rounds left out because the zone's former survey still ran, or because "
                          "the scheduler came too late.")
                    .Register(registry)
                    .Add({})),
        lag_(prometheus::BuildGauge()
                 .Name("dnszone_exporter_schedule_lag_seconds")
                 .Help("How long after its time the latest survey began.")
                 .Register(registry)
                 .Add({})),
        durations_(prometheus::BuildHistogram()
                       .Name("dnszone_exporter_query_duration_seconds")
                       .Help("Time from sending an answered query to its answer.")
                       .Register(registry)
                       .Add({}, duration_bounds())) {
    prometheus::BuildGauge()
        .Name("dnszone_exporter_build_info")
        .Help("1, with the version and the compiler of this program as labels.")
        .Register(registry)
        .Add({{"version", std::string(version)}, {"compiler", __VERSION__}})
        .Set(1);
  }

  void set_reload(bool successful) {
    reload_successful_.Add({}).Set(successful ? 1 : 0);
    if (successful) reload_time_.Add({}).Set(dns::to_unix_seconds(clock_.wall()));
  }

  const dns::Clock& clock_;
  Family<Gauge>& reload_successful_;
  Family<Gauge>& reload_time_;
  Family<Gauge>& vantage_usable_;
  prometheus::Counter& surveys_;
  prometheus::Counter& missed_;
  Gauge& lag_;
  prometheus::Histogram& durations_;

  mutable std::mutex watched_mutex_;
  const dns::EngineStatistics* engine_ = nullptr;    // guarded by watched_mutex_
  const dns::dnssec::Verifier* verifier_ = nullptr;  // guarded by watched_mutex_
  std::optional<Shard> shard_;                       // guarded by watched_mutex_
};

OwnMetrics::OwnMetrics(std::string_view version, const dns::Clock& clock)
    : registry_(std::make_shared<prometheus::Registry>()),
      impl_(std::make_unique<Impl>(*registry_, version, clock)) {}

OwnMetrics::~OwnMetrics() = default;

void OwnMetrics::config_loaded() {
  impl_->set_reload(true);
}

void OwnMetrics::config_rejected() {
  impl_->set_reload(false);
}

void OwnMetrics::watch_engine(const dns::EngineStatistics* statistics) {
  const std::lock_guard lock(impl_->watched_mutex_);
  impl_->engine_ = statistics;
}

void OwnMetrics::watch_verifier(const dns::dnssec::Verifier* verifier) {
  const std::lock_guard lock(impl_->watched_mutex_);
  impl_->verifier_ = verifier;
}

void OwnMetrics::observe_query(dns::Duration elapsed) {
  impl_->durations_.Observe(dns::to_seconds(elapsed));
}

void OwnMetrics::count_survey() {
  impl_->surveys_.Increment();
}

void OwnMetrics::set_schedule_lag(dns::Duration lag) {
  impl_->lag_.Set(dns::to_seconds(lag));
}

void OwnMetrics::count_missed_intervals(std::uint64_t count) {
  impl_->missed_.Increment(static_cast<double>(count));
}

void OwnMetrics::set_vantage_usable(dns::Family family, dns::Transport transport, bool usable) {
  impl_->vantage_usable_
      .Add({{"family", std::string(dns::to_text(family))},
            {"transport", std::string(dns::to_text(transport))}})
      .Set(usable ? 1 : 0);
}

void OwnMetrics::set_shard(std::optional<Shard> shard) {
  const std::lock_guard lock(impl_->watched_mutex_);
  impl_->shard_ = shard;
}

std::vector<MetricFamily> OwnMetrics::collect(const ZoneStates& states) const {
  std::vector<MetricFamily> families = registry_->Collect();
  families.push_back(zone_family(states));
  {
    const std::lock_guard lock(impl_->watched_mutex_);
    if (impl_->shard_) {
      families.push_back(single("dnszone_exporter_shard",
                                "Which of the exporters that share the configured zones this one "
                                "is, counted from 0; absent when it surveys all of them.",
                                MetricType::Gauge, impl_->shard_->number));
      families.push_back(single("dnszone_exporter_shards",
                                "How many exporters share the configured zones, as this one was "
                                "told; absent when it surveys all of them.",
                                MetricType::Gauge, impl_->shard_->of));
    }
    if (impl_->verifier_ != nullptr) {
      families.push_back(verifications_family(impl_->verifier_->counters()));
    }
    if (impl_->engine_ != nullptr) {
      families.push_back(attempts_family(*impl_->engine_));
      families.push_back(
          single("dnszone_exporter_queries_in_flight", "Queries sent and not yet answered.",
                 MetricType::Gauge,
                 static_cast<double>(impl_->engine_->in_flight.load(std::memory_order_relaxed))));
      families.push_back(single(
          "dnszone_exporter_stray_datagrams_total",
          "Datagrams received that belong to no pending query.", MetricType::Counter,
          static_cast<double>(impl_->engine_->datagrams_dropped.load(std::memory_order_relaxed))));
      families.push_back(single(
          "dnszone_exporter_tcp_connections_total",
          "TCP connections begun to servers. Questions of all zones at one address share one while "
          "it stands.",
          MetricType::Counter,
          static_cast<double>(impl_->engine_->tcp_connections.load(std::memory_order_relaxed))));
    }
  }
  for (MetricFamily& family : collect_process_metrics()) families.push_back(std::move(family));
  return families;
}

}  // namespace exporter
