// The pending UDP queries by socket and message id: one flat array with linear probing, so that
// finding the query a datagram is for touches one cache line.
//
// A pair (socket, id) is given to one query at a time. An entry is erased before its query's
// coroutine is resumed, so a late datagram finds nothing, or another query that it must match.
//
// Not thread-safe.
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace dns {

template <typename Query>
class PendingTable {
 public:
  static std::uint32_t key(std::uint16_t socket, std::uint16_t id) {
    return (std::uint32_t{socket} << 16) | id;
  }

  /// The query under `key`, or null.
  Query* find(std::uint32_t key) const {
    for (std::size_t i = home(key);; i = next(i)) {
      if (entries_[i].query == nullptr) return nullptr;
      if (entries_[i].key == key) return entries_[i].query;
    }
  }

  /// Adds a query under a key that is free.
  void insert(std::uint32_t key, Query& query) {
    assert(find(key) == nullptr);
    if ((size_ + 1) * 2 > entries_.size()) grow();
    place(key, query);
    ++size_;
  }

  /// Takes out the entry under `key`, which must be there.
  void erase(std::uint32_t key) {
    std::size_t hole = home(key);
    while (entries_[hole].query == nullptr || entries_[hole].key != key) {
      assert(entries_[hole].query != nullptr);
      hole = next(hole);
    }
    // Entries after the hole that a probe could no longer reach move up into it.
    for (std::size_t i = next(hole); entries_[i].query != nullptr; i = next(i)) {
      const std::size_t distance_to_home = (i - home(entries_[i].key)) & mask();
      const std::size_t distance_to_hole = (i - hole) & mask();
      if (distance_to_home < distance_to_hole) continue;
      entries_[hole] = entries_[i];
      hole = i;
    }
    entries_[hole].query = nullptr;
    --size_;
  }

  std::size_t size() const { return size_; }

 private:
  struct Entry {
    std::uint32_t key = 0;
    Query* query = nullptr;
  };

  static constexpr std::size_t kFirstSize = 256;

  std::size_t mask() const { return entries_.size() - 1; }
  std::size_t next(std::size_t i) const { return (i + 1) & mask(); }
  std::size_t home(std::uint32_t key) const {
    // Ids are random already; the product spreads sockets apart and takes high bits for it.
    return (std::uint64_t{key} * 0x9E3779B97F4A7C15U >> 32) & mask();
  }

  void place(std::uint32_t key, Query& query) {
    std::size_t i = home(key);
    while (entries_[i].query != nullptr) i = next(i);
    entries_[i] = Entry{key, &query};
  }

  void grow() {
    std::vector<Entry> old(entries_.size() * 2);
    old.swap(entries_);
    for (const Entry& entry : old) {
      if (entry.query != nullptr) place(entry.key, *entry.query);
    }
  }

  std::size_t size_ = 0;
  std::vector<Entry> entries_ = std::vector<Entry>(kFirstSize);
};

}  // namespace dns
