// The latest ZoneReport of every configured zone: where scrapes, pages and the API read, and where
// judgements arrive. Thread-safe. Reports are immutable and shared, so a reader holds the lock only
// while it copies pointers.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "checks/report.hpp"

namespace exporter {

/// What a zone's row in the store is: configured, and perhaps surveyed.
struct StoredZone {
  dns::Name zone;
  dns::Duration interval{};
  std::shared_ptr<const checks::ZoneReport> report;  ///< null until the first survey has ended
};

class ReportStore {
 public:
  /// Makes exactly `zones` the configured ones; reports of the others are dropped, and so are those
  /// published later for a zone that is not there any more.
  void configure(const std::vector<StoredZone>& zones);

  /// Stores `report` unless its zone is not configured (then false). Never blocks on readers.
  bool publish(std::shared_ptr<const checks::ZoneReport> report);

  /// All configured zones in canonical order.
  std::vector<StoredZone> snapshot() const;

  /// Null when the zone is not configured or not surveyed yet; `configured` tells which.
  std::shared_ptr<const checks::ZoneReport> find(const dns::Name& zone,
                                                 bool* configured = nullptr) const;

  /// Grows with every change; a page made for one version may be kept until the next.
  std::uint64_t version() const;

 private:
  mutable std::mutex mutex_;
  std::map<dns::Name, StoredZone> zones_;
  std::uint64_t version_ = 0;
};

}  // namespace exporter
