// When each zone is surveyed: a plain data structure with the time passed in, no timer and no
// thread.
//
// Every zone has a fixed place in its interval, from a hash of its name, so that the load is spread
// evenly and stays where it was over reloads and restarts. A round is due once per interval; when a
// zone's former round still runs, or the scheduler came too late, rounds are left out and counted,
// never doubled. Only the very first rounds after start come sooner than the zone's place: evenly
// spread, so that a handful of zones is known within a second.
//
// Belongs to one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "dns/name.hpp"
#include "dns/time.hpp"

namespace exporter {

/// How fast first rounds follow each other at start.
inline constexpr dns::Duration kFirstRoundSpacing = std::chrono::milliseconds(50);

/// A round that is due.
struct DueRound {
  dns::Name zone;
  dns::Duration lag{};  ///< how much later than its time
};

class Scheduler {
 public:
  /// Makes exactly `zones` the scheduled ones. A zone that stays with the same interval keeps its
  /// next round; a running round of a zone that goes is forgotten. A new zone's first round comes
  /// soon, see above.
  void configure(const std::vector<std::pair<dns::Name, dns::Duration>>& zones,
                 dns::SteadyTime now);

  /// All rounds that are due at `now`, the longest overdue first; they count as running.
  std::vector<DueRound> take_due(dns::SteadyTime now);

  /// When take_due() will next have something; SteadyTime::max() without zones.
  dns::SteadyTime next_due() const;

  /// Starts a round out of turn (for /probe). False when the zone is not scheduled or runs.
  bool start_now(const dns::Name& zone, dns::SteadyTime now);

  /// The zone's running round has ended; nothing for a zone that is not scheduled.
  void finished(const dns::Name& zone);

  bool is_running(const dns::Name& zone) const;
  std::size_t running() const { return running_; }

  /// Rounds left out so far.
  std::uint64_t missed() const { return missed_; }

  /// How long a survey may take: 0.8 of the interval, at most 30 s.
  static dns::Duration time_limit(dns::Duration interval);

  /// The zone's place in its interval: the same everywhere and always.
  static dns::Duration offset(const dns::Name& zone, dns::Duration interval);

 private:
  struct Entry {
    dns::Duration interval{};
    dns::SteadyTime due;
    bool running = false;
  };
  void set_due(const dns::Name& zone, Entry& entry, dns::SteadyTime due);

  std::map<dns::Name, Entry> zones_;
  std::set<std::pair<dns::SteadyTime, dns::Name>> queue_;  ///< every zone once, by its due time
  std::size_t running_ = 0;
  std::uint64_t missed_ = 0;
};

}  // namespace exporter
