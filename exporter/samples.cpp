#include "exporter/samples.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

#include "checks/fleet.hpp"
#include "exporter/zone_status.hpp"

namespace exporter {
namespace {

using checks::Finding;
using checks::Measurement;
using checks::Metric;
using checks::MetricRow;
using checks::Severity;
using checks::Shape;
using checks::ZoneReport;

constexpr int kNotAsked = 12;  // code of dnszone_nameserver_result
constexpr std::array kStatuses{dns::dnssec::Status::secure, dns::dnssec::Status::insecure,
                               dns::dnssec::Status::bogus, dns::dnssec::Status::indeterminate};
constexpr std::array kSeverities{Severity::info, Severity::notice, Severity::warning,
                                 Severity::error, Severity::critical};

/// How bad a transport is: what fails is worse than what works, and what was not asked says
/// nothing.
int badness(const checks::ServerState::PerTransport& transport) {
  if (transport.result == kNotAsked) return 0;
  return transport.result == 0 ? 1 : 2;
}

/// The transport whose state stands for the server when transports are folded.
dns::Transport worse_transport(const checks::ServerState& server) {
  const int udp = badness(server.udp);
  const int tcp = badness(server.tcp);
  if (udp != tcp) return udp > tcp ? dns::Transport::udp : dns::Transport::tcp;
  const dns::Duration udp_time = server.udp.response_time.value_or(dns::Duration::zero());
  const dns::Duration tcp_time = server.tcp.response_time.value_or(dns::Duration::zero());
  return tcp_time > udp_time ? dns::Transport::tcp : dns::Transport::udp;
}

/// True when the indexes that the labels of `shape` need are there.
bool has_subject(const Measurement& measurement, Shape shape, const ZoneReport& report) {
  switch (shape) {
    case Shape::server:
    case Shape::server_transport:
      return measurement.server >= 0 &&
             static_cast<std::size_t>(measurement.server) < report.servers.size();
    case Shape::nameserver:
    case Shape::nameserver_family:
      return measurement.nameserver >= 0 &&
             static_cast<std::size_t>(measurement.nameserver) < report.nameservers.size();
    case Shape::zone_resolver:
      return measurement.resolver >= 0 &&
             static_cast<std::size_t>(measurement.resolver) < report.resolvers.size();
    default:
      return true;
  }
}

class Walk {
 public:
  Walk(std::span<const ZoneSource> sources, MetricsDetail detail, SampleSink& sink)
      : sources_(sources), detail_(detail), sink_(sink), next_(sources.size(), 0) {}

  void run() {
    for (const MetricRow& row : checks::metrics()) {
      row_ = &row;
      announced_ = false;
      if (row.shape == Shape::ancestor) {
        ancestors();
        continue;
      }
      for (std::size_t zone = 0; zone < sources_.size(); ++zone) {
        const auto measurements = take(zone);
        if (sources_[zone].stale && row.metric != Metric::zone_last_survey_timestamp_seconds) {
          continue;
        }
        if (!is_exported(row.shape, detail_)) continue;
        samples_of(zone, measurements);
      }
    }
  }

 private:
  /// The measurements of the family under way; they are sorted by family, so that a position in
  /// each report is all there is to remember.
  std::span<const Measurement> take(std::size_t zone) {
    const auto& all = sources_[zone].report->measurements;
    const std::size_t begin = next_[zone];
    std::size_t end = begin;
    while (end < all.size() && all[end].metric == row_->metric) ++end;
    next_[zone] = end;
    return {all.data() + begin, end - begin};
  }

  void samples_of(std::size_t zone, std::span<const Measurement> measurements) {
    const ZoneReport& report = *sources_[zone].report;
    switch (row_->metric) {
      // These three follow from the report itself, so they are there whatever was measured.
      case Metric::finding:
        return findings(zone, report);
      case Metric::zone_findings:
        return finding_counts(zone, report);
      case Metric::zone_last_survey_timestamp_seconds: {
        Sample sample;
        sample.zone = zone;
        sample.value = dns::to_unix_seconds(report.surveyed);
        return give(sample);
      }
      default:
        break;
    }
    if (row_->shape == Shape::server_transport && detail_ == MetricsDetail::server) {
      return folded(zone, report, measurements);
    }
    for (const Measurement& measurement : measurements) {
      if (has_subject(measurement, row_->shape, report)) give(sample_from(zone, measurement));
    }
  }

  static Sample sample_from(std::size_t zone, const Measurement& measurement) {
    return {.zone = zone,
            .server = measurement.server,
            .nameserver = measurement.nameserver,
            .family = measurement.family,
            .transport = measurement.transport,
            .ancestor = nullptr,
            .extra = measurement.extra,
            .finding = nullptr,
            .value = measurement.value,
            .resolver = measurement.resolver};
  }

  /// One sample per server: a gauge is that of the worse transport, a counter the sum of both,
  /// because a counter that changed its transport would go backwards.
  void folded(std::size_t zone, const ZoneReport& report,
              std::span<const Measurement> measurements) {
    std::vector<std::optional<double>> values(report.servers.size());
    for (const Measurement& measurement : measurements) {
      if (!has_subject(measurement, row_->shape, report) || !measurement.transport) continue;
      const auto server = static_cast<std::size_t>(measurement.server);
      if (row_->type == checks::MetricType::counter) {
        values[server] = values[server].value_or(0) + measurement.value;
      } else if (worse_transport(report.servers[server]) == *measurement.transport) {
        values[server] = measurement.value;
      }
    }
    for (std::size_t server = 0; server < values.size(); ++server) {
      if (!values[server]) continue;
      Sample sample;
      sample.zone = zone;
      sample.server = static_cast<std::int32_t>(server);
      sample.value = *values[server];
      give(sample);
    }
  }

  /// Each once, however many zones lie below it. A stale report tells nothing of them either.
  void ancestors() {
    checks::Ancestors fold;
    for (const ZoneSource& source : sources_) {
      if (!source.stale) fold.add(*source.report);
    }
    for (const auto& [zone, ancestor] : fold.all()) {
      for (const dns::dnssec::Status status : kStatuses) {
        Sample sample;
        sample.ancestor = &zone;
        sample.extra = to_text(status);
        sample.value = ancestor.status == status ? 1 : 0;
        give(sample);
      }
    }
  }

  void finding_counts(std::size_t zone, const ZoneReport& report) {
    const auto counts = count_findings(report);
    for (const Severity severity : kSeverities) {
      Sample sample;
      sample.zone = zone;
      sample.extra = checks::to_text(severity);
      sample.value = static_cast<double>(counts.at(static_cast<std::size_t>(severity)));
      give(sample);
    }
  }

  /// Each series once, though several findings may differ in their sentence only.
  void findings(std::size_t zone, const ZoneReport& report) {
    std::set<std::tuple<std::string_view, Severity, checks::Subject>> seen;
    for (const Finding& finding : report.findings) {
      const checks::Subject subject =
          detail_ == MetricsDetail::zone ? checks::Subject{} : finding.subject;
      if (!seen.emplace(finding.check, finding.severity, subject).second) continue;
      Sample sample;
      sample.zone = zone;
      sample.finding = &finding;
      sample.value = 1;
      give(sample);
    }
  }

  void give(const Sample& sample) {
    if (!announced_) {
      announced_ = true;
      const bool fold = row_->shape == Shape::server_transport && detail_ == MetricsDetail::server;
      sink_.family(*row_, fold ? Shape::server : row_->shape);
    }
    sink_.sample(sample);
  }

  std::span<const ZoneSource> sources_;
  MetricsDetail detail_;
  SampleSink& sink_;
  std::vector<std::size_t> next_;
  const MetricRow* row_ = nullptr;
  bool announced_ = false;
};

}  // namespace

std::vector<ZoneSource> zone_sources(std::span<const StoredZone> zones, dns::WallTime now) {
  std::vector<ZoneSource> sources;
  sources.reserve(zones.size());
  for (const StoredZone& zone : zones) {
    if (zone.report) sources.push_back({zone.report, is_stale(*zone.report, zone.interval, now)});
  }
  return sources;
}

void walk_samples(std::span<const ZoneSource> sources, MetricsDetail detail, SampleSink& sink) {
  Walk(sources, detail, sink).run();
}

bool is_exported(Shape shape, MetricsDetail detail) {
  if (detail != MetricsDetail::zone) return true;
  switch (shape) {
    case Shape::zone:
    case Shape::zone_family:
    case Shape::zone_family_transport:
    case Shape::ancestor:
    case Shape::finding:
      return true;
    case Shape::nameserver:
    case Shape::nameserver_family:
    case Shape::server:
    case Shape::server_transport:
    case Shape::zone_resolver:
      return false;
  }
  return false;
}

}  // namespace exporter
