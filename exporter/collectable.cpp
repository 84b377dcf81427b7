#include "exporter/collectable.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "exporter/samples.hpp"

namespace exporter {
namespace {

using checks::Shape;
using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

class FamilySink final : public SampleSink {
 public:
  FamilySink(std::span<const ZoneSource> sources, const MetricsSettings& settings)
      : sources_(sources), settings_(settings) {}

  void family(const checks::MetricRow& row, Shape shape) override {
    row_ = &row;
    shape_ = shape;
    families_.push_back(
        {std::string(row.name),
         std::string(row.help),
         row.type == checks::MetricType::counter ? MetricType::Counter : MetricType::Gauge,
         {}});
  }

  void sample(const Sample& sample) override {
    ClientMetric metric;
    labels_ = &metric.label;
    if (shape_ == Shape::ancestor) {
      add("ancestor", sample.ancestor->to_label());
    } else {
      add("zone", sources_[sample.zone].report->zone.to_label());
    }
    add_subject(sample);
    if (!settings_.vantage.empty()) add("vantage", settings_.vantage);
    if (row_->type == checks::MetricType::counter) {
      metric.counter.value = sample.value;
    } else {
      metric.gauge.value = sample.value;
    }
    families_.back().metric.push_back(std::move(metric));
  }

  std::vector<MetricFamily> take() { return std::move(families_); }

 private:
  void add(std::string_view name, std::string_view value) {
    labels_->push_back({std::string(name), std::string(value)});
  }

  void add_family(const Sample& sample) {
    add("family", sample.family ? dns::to_text(*sample.family) : "any");
  }

  void add_transport(const Sample& sample) {
    if (sample.transport) add("transport", dns::to_text(*sample.transport));
  }

  void add_nameserver(const Sample& sample) {
    const checks::ZoneReport& report = *sources_[sample.zone].report;
    add("nameserver", report.nameservers[static_cast<std::size_t>(sample.nameserver)].to_label());
  }

  void add_server(const Sample& sample) {
    const checks::ServerState& server =
        sources_[sample.zone].report->servers[static_cast<std::size_t>(sample.server)];
    add("nameserver", server.nameserver.to_label());
    add("address", server.address.to_text());
    add("family", dns::to_text(server.address.family()));
  }

  void add_finding(const checks::Finding& finding) {
    const bool folded = settings_.detail == MetricsDetail::zone;
    const checks::Subject subject = folded ? checks::Subject{} : finding.subject;
    add("nameserver", subject.nameserver ? subject.nameserver->to_label() : "");
    add("address", subject.address ? subject.address->to_text() : "");
    add("family", subject.address ? dns::to_text(subject.address->family()) : "");
    add("transport", subject.transport ? dns::to_text(*subject.transport) : "");
    add("check", finding.check);
    add("severity", checks::to_text(finding.severity));
  }

  void add_subject(const Sample& sample) {
    switch (shape_) {
      case Shape::zone:
      case Shape::ancestor:
        break;
      case Shape::zone_family:
        add_family(sample);
        break;
      case Shape::zone_family_transport:
        add_family(sample);
        add_transport(sample);
        break;
      case Shape::nameserver:
        add_nameserver(sample);
        break;
      case Shape::nameserver_family:
        add_nameserver(sample);
        add_family(sample);
        break;
      case Shape::server:
        add_server(sample);
        break;
      case Shape::server_transport:
        add_server(sample);
        add_transport(sample);
        break;
      case Shape::zone_resolver:
        add("resolver", sources_[sample.zone]
                            .report->resolvers[static_cast<std::size_t>(sample.resolver)]
                            .name);
        break;
      case Shape::finding:
        add_finding(*sample.finding);
        break;
    }
    if (!row_->extra.empty() && shape_ != Shape::finding) add(row_->extra, sample.extra);
  }

  std::span<const ZoneSource> sources_;
  const MetricsSettings& settings_;
  std::vector<MetricFamily> families_;
  std::vector<ClientMetric::Label>* labels_ = nullptr;
  const checks::MetricRow* row_ = nullptr;
  Shape shape_{};
};

}  // namespace

ZoneCollectable::ZoneCollectable(const ReportStore& store, MetricsSettings settings,
                                 const dns::Clock& clock)
    : store_(store), settings_(std::move(settings)), clock_(clock) {}

std::vector<MetricFamily> ZoneCollectable::Collect() const {
  const std::vector<StoredZone> zones = store_.snapshot();
  const std::vector<ZoneSource> sources = zone_sources(zones, clock_.wall());
  FamilySink sink(sources, settings_);
  walk_samples(sources, settings_.detail, sink);
  return sink.take();
}

}  // namespace exporter
