#include "exporter/history_memory.hpp"

#include <utility>

namespace exporter {

MemoryHistoryStore::MemoryHistoryStore(std::size_t max_others)
    : max_others_(max_others), empty_(std::make_shared<checks::History>()) {}

void MemoryHistoryStore::configure(const std::vector<dns::Name>& zones) {
  std::set<dns::Name> next(zones.begin(), zones.end());
  const std::lock_guard lock(mutex_);
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const bool stays = next.contains(entry->first);
    if (entry->second.configured && !stays) {
      entry = entries_.erase(entry);
      continue;
    }
    if (!entry->second.configured && stays) {
      others_.erase(entry->second.recent);
      entry->second.configured = true;
    }
    ++entry;
  }
  configured_ = std::move(next);
}

std::shared_ptr<const checks::History> MemoryHistoryStore::load(const dns::Name& zone) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(zone);
  if (found == entries_.end()) return empty_;
  const Entry& entry = found->second;
  if (!entry.configured) others_.splice(others_.begin(), others_, entry.recent);
  return entry.history;
}

void MemoryHistoryStore::save(const dns::Name& zone,
                              std::shared_ptr<const checks::History> history) {
  const std::lock_guard lock(mutex_);
  const auto [found, is_new] = entries_.try_emplace(zone);
  Entry& entry = found->second;
  entry.history = std::move(history);
  if (is_new) {
    entry.configured = configured_.contains(zone);
    if (!entry.configured) entry.recent = others_.insert(others_.begin(), zone);
  } else if (!entry.configured) {
    others_.splice(others_.begin(), others_, entry.recent);
  }
  if (others_.size() > max_others_) {
    entries_.erase(others_.back());
    others_.pop_back();
  }
}

void MemoryHistoryStore::forget(const dns::Name& zone) {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(zone);
  if (found == entries_.end()) return;
  if (!found->second.configured) others_.erase(found->second.recent);
  entries_.erase(found);
}

std::size_t MemoryHistoryStore::size() const {
  const std::lock_guard lock(mutex_);
  return entries_.size();
}

}  // namespace exporter
