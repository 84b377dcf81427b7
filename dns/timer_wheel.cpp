#include "dns/timer_wheel.hpp"

#include <algorithm>
#include <bit>

namespace dns {

namespace {

// What is due later than this after the start waits no longer; far from overflow.
constexpr Duration kFarthest = std::chrono::hours(24 * 365 * 50);

}  // namespace

void TimerWheel::arm(Timer& timer, SteadyTime due) {
  disarm(timer);
  // Rounded up, so that no timer fires early.
  const Duration since = std::clamp(due - origin_, Duration::zero(), kFarthest);
  const auto ticks = static_cast<std::uint64_t>((since + kTick - Duration(1)) / kTick);
  timer.due_ = std::max(ticks, current_ + 1);
  const std::size_t slot = timer.due_ % kSlots;
  slots_[slot].push_back(timer.link_);
  occupy(slot);
  ++armed_;
  if (timer.due_ < announced_) {
    announced_ = timer.due_;
    if (wake_) wake_(time_of(announced_));
  }
}

void TimerWheel::disarm(Timer& timer) {
  if (!timer.armed()) return;
  timer.link_.unlink();
  --armed_;
}

void TimerWheel::advance(SteadyTime now) {
  announced_ = 0;  // what fires and arms timers need not wake anyone: the rest is told below
  if (now >= origin_) fire_until(static_cast<std::uint64_t>((now - origin_) / kTick), now);
  announced_ = first_occupied_tick().value_or(kNever);
  if (announced_ != kNever && wake_) wake_(time_of(announced_));
}

void TimerWheel::fire_until(std::uint64_t target, SteadyTime now) {
  while (current_ < target) {
    const std::optional<std::uint64_t> tick = first_occupied_tick();
    if (!tick || *tick > target) {
      current_ = target;
      return;
    }
    fire_slot(*tick, target, now);
  }
}

void TimerWheel::fire_slot(std::uint64_t tick, std::uint64_t target, SteadyTime now) {
  // First out of the slot, since what fires may arm timers into it again. `current_` moves first,
  // so that those cannot land in a tick that has passed.
  current_ = tick;
  const std::size_t slot = tick % kSlots;
  LinkList<Timer> met;
  met.take_all(slots_[slot]);
  occupied_[slot / 64] &= ~(std::uint64_t{1} << (slot % 64));
  while (!met.empty()) {
    Timer& timer = met.pop_front();
    if (timer.due_ > target) {  // of a later round
      slots_[slot].push_back(timer.link_);
      occupy(slot);
      continue;
    }
    --armed_;
    timer.expired(now);
  }
}

std::optional<SteadyTime> TimerWheel::next() const {
  const std::optional<std::uint64_t> tick = first_occupied_tick();
  if (!tick) return std::nullopt;
  return time_of(*tick);
}

SteadyTime TimerWheel::time_of(std::uint64_t tick) const {
  return origin_ + kTick * static_cast<Duration::rep>(tick);
}

std::optional<std::uint64_t> TimerWheel::first_occupied_tick() const {
  if (armed_ == 0) return std::nullopt;
  const std::uint64_t first = current_ + 1;
  for (std::uint64_t tick = first; tick < first + kSlots;) {
    const std::size_t slot = tick % kSlots;
    const std::uint64_t word = occupied_[slot / 64] >> (slot % 64);
    if (word == 0) {
      tick += 64 - slot % 64;
      continue;
    }
    tick += static_cast<std::uint64_t>(std::countr_zero(word));
    if (tick >= first + kSlots) break;
    const std::size_t found = tick % kSlots;
    if (!slots_[found].empty()) return tick;
    occupied_[found / 64] &= ~(std::uint64_t{1} << (found % 64));
  }
  return std::nullopt;
}

}  // namespace dns
