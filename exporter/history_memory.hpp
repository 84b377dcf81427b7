// Histories in memory: those of the configured zones, and a bounded number of others that were
// surveyed on demand, of which the least recently used goes first. Thread-safe.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <mutex>
#include <set>
#include <unordered_map>
#include <vector>

#include "checks/history.hpp"

namespace exporter {

class MemoryHistoryStore final : public checks::HistoryStore {
 public:
  /// Keeps at most `max_others` histories of zones that are not configured.
  explicit MemoryHistoryStore(std::size_t max_others = 1'000);

  /// Makes exactly `zones` the configured ones. Histories of zones that were and are not any more
  /// are forgotten; one of a zone that was surveyed on demand and now is configured stays.
  void configure(const std::vector<dns::Name>& zones);

  std::shared_ptr<const checks::History> load(const dns::Name& zone) const override;
  void save(const dns::Name& zone, std::shared_ptr<const checks::History> history) override;
  void forget(const dns::Name& zone) override;

  /// Histories held now.
  std::size_t size() const;

 private:
  struct Entry {
    std::shared_ptr<const checks::History> history;
    bool configured = false;
    std::list<dns::Name>::iterator recent;  ///< of an unconfigured one: its place in others_
  };

  const std::size_t max_others_;
  const std::shared_ptr<const checks::History> empty_;
  mutable std::mutex mutex_;
  std::unordered_map<dns::Name, Entry> entries_;
  std::set<dns::Name> configured_;
  mutable std::list<dns::Name> others_;  ///< most recently used first
};

}  // namespace exporter
