// The two clocks of this project, and the way both are passed in. Durations and deadlines are taken
// from the steady clock; what is compared with signature dates, serials and history is wall time.
// Nothing below main reads a clock of its own.
#pragma once

#include <chrono>

namespace dns {

using SteadyTime = std::chrono::steady_clock::time_point;
using Duration = std::chrono::steady_clock::duration;

/// Wall time in milliseconds since 1970-01-01 UTC; the time of every judgement.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// Seconds since 1970 with a fraction, as metrics and JSON carry it.
inline double to_unix_seconds(WallTime time) {
  return static_cast<double>(time.time_since_epoch().count()) / 1000.0;
}

inline double to_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

/// The source of both clocks. Implementations are thread-safe.
class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  virtual SteadyTime steady() const = 0;
  virtual WallTime wall() const = 0;
};

/// The machine's clocks. Built once in main; tests pass clocks of their own.
class SystemClock final : public Clock {
 public:
  SteadyTime steady() const override { return std::chrono::steady_clock::now(); }
  WallTime wall() const override {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now());
  }
};

}  // namespace dns
