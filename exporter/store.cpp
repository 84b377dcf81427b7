#include "exporter/store.hpp"

#include <utility>

namespace exporter {

void ReportStore::configure(const std::vector<StoredZone>& zones) {
  std::map<dns::Name, StoredZone> next;
  for (const StoredZone& zone : zones) next.emplace(zone.zone, zone);
  const std::lock_guard lock(mutex_);
  for (auto& [name, zone] : next) {
    const auto known = zones_.find(name);
    if (known != zones_.end() && !zone.report) zone.report = known->second.report;
  }
  zones_ = std::move(next);
  ++version_;
}

bool ReportStore::publish(std::shared_ptr<const checks::ZoneReport> report) {
  const std::lock_guard lock(mutex_);
  const auto zone = zones_.find(report->zone);
  if (zone == zones_.end()) return false;
  zone->second.report = std::move(report);
  ++version_;
  return true;
}

std::vector<StoredZone> ReportStore::snapshot() const {
  const std::lock_guard lock(mutex_);
  std::vector<StoredZone> zones;
  zones.reserve(zones_.size());
  for (const auto& [name, zone] : zones_) zones.push_back(zone);
  return zones;
}

std::shared_ptr<const checks::ZoneReport> ReportStore::find(const dns::Name& zone,
                                                            bool* configured) const {
  const std::lock_guard lock(mutex_);
  const auto found = zones_.find(zone);
  if (configured != nullptr) *configured = found != zones_.end();
  return found == zones_.end() ? nullptr : found->second.report;
}

std::uint64_t ReportStore::version() const {
  const std::lock_guard lock(mutex_);
  return version_;
}

}  // namespace exporter
