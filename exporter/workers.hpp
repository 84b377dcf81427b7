// Worker threads that judge surveys, so that the engine thread never does. A job owns everything it
// reads; its result goes back through a callback that runs on the worker, which is expected to post
// it to the engine thread.
//
// Thread safety: all functions may be called from any thread, except that stop() and the destructor
// must not be called from a callback.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "checks/judge.hpp"

namespace exporter {

/// One judgement to make. No pointer may be null.
struct JudgeJob {
  std::shared_ptr<const survey::Survey> survey;
  std::shared_ptr<const checks::History> history;
  std::shared_ptr<const checks::ZoneSettings> settings;
  dns::WallTime now{};
  std::function<void(checks::Judgement)> done;  ///< called once, on a worker
};

/// checks::judge; tests give another.
using JudgeFunction = std::function<checks::Judgement(const survey::Survey&, const checks::History&,
                                                      const checks::ZoneSettings&, dns::WallTime)>;

class Workers {
 public:
  /// Starts `threads` threads (at least one). At most `capacity` jobs wait at a time.
  Workers(std::size_t threads, std::size_t capacity, JudgeFunction judge);
  /// stop().
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// Queues `job`; false, without having touched it, when `capacity` jobs wait or after stop().
  /// Jobs of one zone are judged one after the other, in the order given; others run side by side.
  bool submit(JudgeJob&& job);

  /// Ends the jobs that are being judged, drops those that wait (their callbacks are not called)
  /// and joins the threads. Does nothing the second time.
  void stop();

  /// Threads to use when the configuration says 0: one per processor core.
  static std::size_t default_threads();

 private:
  void work();
  /// The first job whose zone is not being judged, or end(). Needs the lock.
  std::deque<JudgeJob>::iterator next_job();

  const std::size_t capacity_;
  const JudgeFunction judge_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<JudgeJob> waiting_;
  std::set<dns::Name> judging_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace exporter
