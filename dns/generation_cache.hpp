// A map bounded by bytes that forgets what has not been used lately, in two generations: what is
// found or inserted goes to the young one; when that is full it becomes the old one, and what was
// old is gone. Every operation is O(1) and no list of uses is kept; an entry survives at least
// until half of the bytes have been used by others.
//
// Not thread-safe. No errors.
#pragma once

#include <cstddef>
#include <optional>
#include <unordered_map>
#include <utility>

namespace dns {

template <typename Key, typename Value, typename Hash = std::hash<Key>>
class GenerationCache {
 public:
  /// What a turn of generations throws away. Worth destroying outside a lock: there may be much.
  using Garbage = std::unordered_map<Key, std::pair<Value, std::size_t>, Hash>;

  explicit GenerationCache(std::size_t max_bytes) : max_bytes_(max_bytes) {}

  /// A copy of the value, which counts as its use.
  std::optional<Value> find(const Key& key, Garbage& garbage) {
    const auto young = young_.find(key);
    if (young != young_.end()) return young->second.first;
    const auto old = old_.find(key);
    if (old == old_.end()) return std::nullopt;
    std::pair<Value, std::size_t> entry = old->second;
    old_bytes_ -= entry.second;
    old_.erase(old);
    insert(key, entry.first, entry.second, garbage);
    return std::move(entry.first);
  }

  /// `bytes` is what the entry costs altogether. An entry that is there already stays; one of more
  /// than half the bound is not kept.
  void insert(const Key& key, Value value, std::size_t bytes, Garbage& garbage) {
    const std::size_t half = max_bytes_ / 2;
    if (bytes > half) return;
    if (young_bytes_ + bytes > half) {
      garbage = std::exchange(old_, std::exchange(young_, {}));
      old_bytes_ = std::exchange(young_bytes_, 0);
    }
    const bool fresh = young_.try_emplace(key, std::move(value), bytes).second;
    if (fresh) young_bytes_ += bytes;
  }

  std::size_t size() const { return young_.size() + old_.size(); }
  std::size_t bytes() const { return young_bytes_ + old_bytes_; }

 private:
  std::size_t max_bytes_;
  Garbage young_;
  Garbage old_;
  std::size_t young_bytes_ = 0;
  std::size_t old_bytes_ = 0;
};

}  // namespace dns
