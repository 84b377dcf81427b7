// A clock for tests in which an engine and the servers it asks share one io_context: its time
// passes while that loop has nothing to do, and not while the test computes or waits for a
// processor. So a busy machine causes no timeout where a server answers, and where none answers a
// timeout still takes about as long as it says.
//
// Single-threaded.
#pragma once

#include <chrono>

#include <asio/io_context.hpp>

#include "dns/time.hpp"

namespace support {

class IdleClock final : public dns::Clock {
 public:
  /// What passes, and is at most waited, when the loop has nothing to do.
  static constexpr std::chrono::milliseconds kPause{5};

  /// A little later with each look, so that what takes time is seen to.
  dns::SteadyTime steady() const override {
    passed_ += std::chrono::microseconds(1);
    return dns::SteadyTime(std::chrono::hours(1)) + passed_;
  }
  dns::WallTime wall() const override {
    return dns::WallTime(std::chrono::hours(500'000)) +
           std::chrono::duration_cast<std::chrono::milliseconds>(passed_);
  }
  void advance(dns::Duration by) { passed_ += by; }

  /// Runs one handler of `io`, or lets a little time pass when none is ready. Restarts a loop that
  /// has run out of work.
  void run_one(asio::io_context& io) {
    io.restart();
    if (io.poll_one() != 0) return;
    advance(kPause);
    io.restart();
    io.run_one_for(kPause);
  }

 private:
  mutable dns::Duration passed_{};
};

}  // namespace support
