#include "dns/destination.hpp"

#include <algorithm>

namespace dns {

namespace {

// Below this the table is not swept: it is small enough.
constexpr std::size_t kSweepFloor = 1024;

// A table full of busy addresses is not swept again for every query that finds no room.
constexpr Duration kSweepPause = std::chrono::milliseconds(100);

}  // namespace

Destinations::Destinations(RateLimits limits, std::size_t max_addresses)
    : limits_(std::move(limits)),
      max_addresses_(max_addresses),
      sweep_at_(std::min(kSweepFloor, max_addresses)) {}

Destination* Destinations::find(const IpAddress& address, SteadyTime now) {
  const auto found = entries_.find(address);
  if (found != entries_.end()) return &found->second;
  if (!make_room(now)) return nullptr;
  return &entries_.try_emplace(address, limits_.of(address)).first->second;
}

Destination* Destinations::known(const IpAddress& address) {
  const auto found = entries_.find(address);
  return found == entries_.end() ? nullptr : &found->second;
}

void Destinations::set_limits(RateLimits limits) {
  limits_ = std::move(limits);
  for (auto& [address, destination] : entries_) {
    destination.bucket.set_limit(limits_.of(address));
  }
}

// Sweeps at every doubling, so that an insertion costs a constant amount on average.
bool Destinations::make_room(SteadyTime now) {
  if (entries_.size() < sweep_at_) return true;
  if (now >= next_sweep_) {
    next_sweep_ = now + kSweepPause;
    std::erase_if(entries_, [now](const auto& entry) {
      return entry.second.queries == 0 && entry.second.bucket.full(now);
    });
  }
  sweep_at_ = std::min(std::max(kSweepFloor, entries_.size() * 2), max_addresses_);
  return entries_.size() < max_addresses_;
}

}  // namespace dns
