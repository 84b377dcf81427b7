#include "exporter/scheduler.hpp"

#include <algorithm>

namespace exporter {
namespace {

/// The first moment not before `from` that is the zone's place in its interval.
dns::SteadyTime next_place(const dns::Name& zone, dns::Duration interval, dns::SteadyTime from) {
  const dns::Duration offset = Scheduler::offset(zone, interval);
  const dns::Duration since = from.time_since_epoch() - offset;
  dns::Duration behind = since % interval;  // how far `from` is past the last place
  if (behind < dns::Duration::zero()) behind += interval;
  return behind == dns::Duration::zero() ? from : from + (interval - behind);
}

/// The round after one that begins at `now`: 0.8 of an interval later at least. After a late or a
/// first round the next would come too soon: before the survey has ended, and with so little new to
/// say that three failing rounds would not mean three intervals.
dns::SteadyTime next_round(const dns::Name& zone, dns::Duration interval, dns::SteadyTime now) {
  return next_place(zone, interval, now + interval * 8 / 10);
}

}  // namespace

void Scheduler::configure(const std::vector<std::pair<dns::Name, dns::Duration>>& zones,
                          dns::SteadyTime now) {
  std::map<dns::Name, Entry> next;
  std::vector<std::pair<dns::Duration, dns::Name>> added;
  for (const auto& [zone, interval] : zones) {
    const auto known = zones_.find(zone);
    if (known == zones_.end()) {
      added.emplace_back(offset(zone, std::chrono::hours(1)), zone);
      next.emplace(zone, Entry{interval, now, false});
      continue;
    }
    Entry entry = known->second;
    if (entry.interval != interval) {
      entry.interval = interval;
      entry.due = next_place(zone, interval, now);
    }
    next.emplace(zone, entry);
  }
  zones_ = std::move(next);
  queue_.clear();
  running_ = 0;
  for (const auto& [zone, entry] : zones_) {
    queue_.emplace(entry.due, zone);
    if (entry.running) ++running_;
  }
  // The order of the offsets is as good as random, so neighbours in name do not come together.
  std::sort(added.begin(), added.end());
  dns::Duration wait{};
  for (const auto& [order, zone] : added) {
    Entry& entry = zones_.at(zone);
    set_due(zone, entry, std::min(now + wait, next_place(zone, entry.interval, now)));
    wait += kFirstRoundSpacing;
  }
}

std::vector<DueRound> Scheduler::take_due(dns::SteadyTime now) {
  std::vector<DueRound> rounds;
  while (!queue_.empty() && queue_.begin()->first <= now) {
    const dns::Name zone = queue_.begin()->second;
    Entry& entry = zones_.at(zone);
    const dns::Duration lag = now - entry.due;
    // Rounds that should have begun while nobody came, besides the one that begins now.
    missed_ += static_cast<std::uint64_t>(lag / entry.interval);
    if (entry.running) {
      ++missed_;
    } else {
      entry.running = true;
      ++running_;
      rounds.push_back({zone, lag});
    }
    set_due(zone, entry, next_round(zone, entry.interval, now));
  }
  return rounds;
}

dns::SteadyTime Scheduler::next_due() const {
  return queue_.empty() ? dns::SteadyTime::max() : queue_.begin()->first;
}

bool Scheduler::start_now(const dns::Name& zone, dns::SteadyTime now) {
  const auto found = zones_.find(zone);
  if (found == zones_.end() || found->second.running) return false;
  Entry& entry = found->second;
  entry.running = true;
  ++running_;
  set_due(zone, entry, std::max(entry.due, next_round(zone, entry.interval, now)));
  return true;
}

void Scheduler::finished(const dns::Name& zone) {
  const auto found = zones_.find(zone);
  if (found == zones_.end() || !found->second.running) return;
  found->second.running = false;
  --running_;
}

bool Scheduler::is_running(const dns::Name& zone) const {
  const auto found = zones_.find(zone);
  return found != zones_.end() && found->second.running;
}

void Scheduler::set_due(const dns::Name& zone, Entry& entry, dns::SteadyTime due) {
  queue_.erase({entry.due, zone});
  entry.due = due;
  queue_.emplace(due, zone);
}

dns::Duration Scheduler::time_limit(dns::Duration interval) {
  return std::min<dns::Duration>(interval * 8 / 10, std::chrono::seconds(30));
}

dns::Duration Scheduler::offset(const dns::Name& zone, dns::Duration interval) {
  // FNV-1a over the lower-case wire form: std::hash may differ between builds.
  std::uint64_t hash = 14695981039346656037ULL;
  const dns::Name lowered = zone.lowered();
  for (const char c : lowered.wire()) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211ULL;
  }
  hash ^= hash >> 32U;  // the upper bits of short names differ little, the lower ones much
  const double place = static_cast<double>(hash & 0xFFFFFFFFULL) / 4294967296.0;
  return dns::Duration(
      static_cast<dns::Duration::rep>(place * static_cast<double>(interval.count())));
}

}  // namespace exporter
