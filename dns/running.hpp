// Work that several coroutines want at the same time: one does it, the others wait for its result.
//
// Belongs to one thread. Who waits for work that itself waits for others' work can wait for ever:
// share only work that ends by itself.
#pragma once

#include <map>
#include <memory>
#include <utility>

#include "dns/gate.hpp"
#include "dns/time.hpp"

namespace dns {

/// A result that several coroutines wait for while one of them works for it.
template <typename T>
struct Shared {
  Gate gate;
  SteadyTime deadline;  ///< of the one who works
  T result;
};

/// Work under way by what it is for.
template <typename Key, typename T>
using Running = std::map<Key, std::shared_ptr<Shared<T>>>;

/// The work for `key` that is under way and ends before `deadline`, or null. Waiting for work with
/// a later deadline could outlast one's own.
template <typename Key, typename T>
std::shared_ptr<Shared<T>> join_running(const Running<Key, T>& running, const Key& key,
                                        SteadyTime deadline) {
  const auto found = running.find(key);
  if (found == running.end() || found->second->deadline > deadline) return nullptr;
  return found->second;
}

/// Registers work for `key` that ends before `deadline`; the caller does it, sets `result` and
/// calls finish_running.
template <typename Key, typename T>
std::shared_ptr<Shared<T>> start_running(Running<Key, T>& running, const Key& key,
                                         SteadyTime deadline) {
  auto shared = std::make_shared<Shared<T>>();
  shared->deadline = deadline;
  running.insert_or_assign(key, shared);
  return shared;
}

/// Resumes everyone who waits for `shared`, before it returns.
template <typename Key, typename T>
void finish_running(Running<Key, T>& running, const Key& key,
                    const std::shared_ptr<Shared<T>>& shared) {
  const auto found = running.find(key);
  if (found != running.end() && found->second == shared) running.erase(found);
  shared->gate.open();
}

}  // namespace dns
