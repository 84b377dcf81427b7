#include "exporter/workers.hpp"

#include <algorithm>
#include <utility>

#include <pthread.h>

namespace exporter {

Workers::Workers(std::size_t threads, std::size_t capacity, JudgeFunction judge)
    : capacity_(capacity), judge_(std::move(judge)) {
  const std::size_t count = std::max<std::size_t>(threads, 1);
  threads_.reserve(count);
  for (std::size_t i = 0; i < count; ++i) threads_.emplace_back([this] { work(); });
}

Workers::~Workers() {
  stop();
}

bool Workers::submit(JudgeJob&& job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || waiting_.size() >= capacity_) return false;
    waiting_.push_back(std::move(job));
  }
  changed_.notify_one();
  return true;
}

void Workers::stop() {
  std::deque<JudgeJob> dropped;  // freed after the lock is released
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped.swap(waiting_);
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

std::size_t Workers::default_threads() {
  return std::max(1U, std::thread::hardware_concurrency());
}

std::deque<JudgeJob>::iterator Workers::next_job() {
  return std::find_if(waiting_.begin(), waiting_.end(),
                      [this](const JudgeJob& job) { return !judging_.contains(job.survey->zone); });
}

void Workers::work() {
  pthread_setname_np(pthread_self(), "judge");  // what top -H shows
  std::unique_lock lock(mutex_);
  while (true) {
    auto next = waiting_.end();
    changed_.wait(lock, [&] {
      next = next_job();
      return stopping_ || next != waiting_.end();
    });
    if (stopping_) return;
    JudgeJob job = std::move(*next);
    waiting_.erase(next);
    judging_.insert(job.survey->zone);
    lock.unlock();
    job.done(judge_(*job.survey, *job.history, *job.settings, job.now));
    lock.lock();
    judging_.erase(job.survey->zone);
    lock.unlock();
    changed_.notify_one();  // a job of this zone may have waited for this one
    job = {};               // what the job owns is freed outside the lock
    lock.lock();
  }
}

}  // namespace exporter
