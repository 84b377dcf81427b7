// All timeouts, pauses and waits of the engine in one wheel: arming and disarming cost a few
// pointer writes, however many timers stand. It reads no clock and owns no thread: its user says
// what time it is, so tests drive it with times of their own.
//
// Not thread-safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

#include "dns/intrusive_list.hpp"
#include "dns/time.hpp"

namespace dns {

class TimerWheel {
 public:
  /// The grain of all timers. One fires at most this much late, never early.
  static constexpr Duration kTick = std::chrono::milliseconds(1);

  /// Something with one moment to wait for. Lives where its user put it; not movable.
  class Timer {
   public:
    Timer() : link_(*this) {}
    Timer(const Timer&) = delete;
    Timer& operator=(const Timer&) = delete;
    virtual ~Timer() = default;  // asserts that it is not armed

    bool armed() const { return link_.linked(); }

   private:
    friend class TimerWheel;
    /// Called once, disarmed, when its moment has come. May arm and disarm any timer, and end
    /// this one's life.
    virtual void expired(SteadyTime now) = 0;

    Link<Timer> link_;
    std::uint64_t due_ = 0;  // in ticks
  };

  /// `wake` is told a moment at which to call advance(), and later an earlier one when a timer
  /// needs that; every advance() tells it anew. It must not call back.
  explicit TimerWheel(SteadyTime origin, std::function<void(SteadyTime)> wake = {})
      : origin_(origin), wake_(std::move(wake)) {}

  /// Sets or moves a timer. One due in the past fires at the next advance() to a later tick.
  void arm(Timer& timer, SteadyTime due);
  void disarm(Timer& timer);

  /// Fires what is due at `now`, in the order of the ticks they are due in as far as the wheel
  /// goes round once. Time does not run backwards: an earlier `now` than before does nothing.
  void advance(SteadyTime now);

  /// A moment not later than the earliest one a timer waits for, at which to call advance();
  /// nothing when none is armed.
  std::optional<SteadyTime> next() const;

  bool empty() const { return armed_ == 0; }

 private:
  static constexpr std::size_t kSlots = 4096;  // four seconds once round
  static constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

  void fire_until(std::uint64_t target, SteadyTime now);
  void fire_slot(std::uint64_t tick, std::uint64_t target, SteadyTime now);
  void occupy(std::size_t slot) { occupied_[slot / 64] |= std::uint64_t{1} << (slot % 64); }
  std::optional<std::uint64_t> first_occupied_tick() const;

  SteadyTime time_of(std::uint64_t tick) const;

  SteadyTime origin_;
  std::function<void(SteadyTime)> wake_;
  std::uint64_t announced_ = kNever;  // the tick `wake_` was told of last
  std::uint64_t current_ = 0;         // everything due at or before this tick has fired
  std::size_t armed_ = 0;
  std::array<LinkList<Timer>, kSlots> slots_;
  // A bit for each slot that may hold timers; one that turns out empty is cleared when met.
  mutable std::array<std::uint64_t, kSlots / 64> occupied_{};
};

}  // namespace dns
