#include "dns/pacing.hpp"

#include <algorithm>

namespace dns {

namespace {

// The slowest rate that is told apart from standing still; keeps the arithmetic far from overflow.
constexpr double kSlowestRate = 1e-4;
constexpr double kLongestTolerance = 1e8;  // seconds; three years

}  // namespace

TokenBucket::TokenBucket(const RateLimit& limit) {
  set_limit(limit);
}

void TokenBucket::set_limit(const RateLimit& limit) {
  if (!(limit.queries_per_second > 0)) {
    interval_ = tolerance_ = Duration::zero();
    return;
  }
  const double seconds = 1.0 / std::max(limit.queries_per_second, kSlowestRate);
  const double ahead =
      limit.burst > 1 ? std::min(seconds * (limit.burst - 1), kLongestTolerance) : 0.0;
  interval_ = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
  tolerance_ = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(ahead));
}

SteadyTime TokenBucket::next(SteadyTime now) const {
  if (interval_ == Duration::zero()) return now;
  return std::max(now, filled_ - tolerance_);
}

void TokenBucket::take(SteadyTime now) {
  if (interval_ == Duration::zero()) return;
  filled_ = std::max(now, filled_) + interval_;
}

RateLimits::RateLimits(const RateLimit& default_limit,
                       std::vector<std::pair<Prefix, RateLimit>> limits)
    : default_limit_(default_limit), limits_(std::move(limits)) {
  std::stable_sort(limits_.begin(), limits_.end(), [](const auto& left, const auto& right) {
    return left.first.length() > right.first.length();
  });
}

const RateLimit& RateLimits::of(const IpAddress& address) const {
  for (const auto& [prefix, limit] : limits_) {
    if (prefix.contains(address)) return limit;
  }
  return default_limit_;
}

}  // namespace dns
