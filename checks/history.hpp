// What judging needs to know of earlier rounds: an explicit input of judge(), which gives back the
// next one. A plain value; the place where it is kept between rounds is behind HistoryStore.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checks/facts_keys.hpp"
#include "checks/report.hpp"

namespace checks {

inline constexpr std::size_t kMaxSerialsRemembered = 64;

struct ServerKey {
  dns::Name nameserver;
  dns::IpAddress address;
  friend auto operator<=>(const ServerKey&, const ServerKey&) = default;
};

/// Of one server over one transport.
struct TransportHistory {
  std::uint64_t queries = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t within_limit = 0;
  std::uint64_t result_changes = 0;
  std::uint32_t failing_rounds = 0;  ///< in a row, up to now
  int last_result = 12;
  /// The last 32 usable rounds, newest in bit 0: 1 when the first attempt was lost.
  std::uint32_t lost = 0;
  std::uint32_t lost_known = 0;     ///< how many of these bits are known
  std::uint32_t state_changes = 0;  ///< up/down changes within the last 32 rounds, by bit
};

struct ServerHistory {
  dns::WallTime first_seen{};
  dns::WallTime last_seen{};
  std::optional<dns::WallTime> failing_since;  ///< over all transports: since it last was up on any
  std::array<TransportHistory, 2> transports;  ///< by dns::Transport
  std::optional<std::uint32_t> serial;         ///< last seen
  std::optional<std::uint32_t> highest_serial;  ///< newest it ever served, RFC 1982
};

struct SerialSeen {
  std::uint32_t serial = 0;
  dns::WallTime first_seen{};  ///< on any server
  std::size_t group = 0;       ///< serials are compared within groups only
  /// When every answering server of the group had this serial or a newer one.
  std::optional<dns::WallTime> everywhere;
};

/// The names of an NS set, and what they were before they last changed.
struct NameSetHistory {
  bool known = false;
  std::vector<dns::Name> names;   ///< sorted
  std::vector<dns::Name> before;  ///< sorted; of before `changed`
  std::optional<dns::WallTime> changed;
};

/// A set of DS or DNSKEY records, by a print of their RDATA.
struct KeySetHistory {
  std::optional<std::uint64_t> print;
  std::vector<std::uint16_t> tags;    ///< sorted
  std::vector<std::uint16_t> before;  ///< sorted; of before `changed`
  std::optional<dns::WallTime> changed;
};

/// What is kept of a zone's keys: some 200 octets.
struct KeysHistory {
  KeySetHistory ds;
  KeySetHistory dnskeys;
  std::optional<RolloverState> rollover;
  dns::WallTime rollover_since{};  ///< first round in which `rollover` was seen
  /// Since when CDS or CDNSKEY ask for other DS than the parent has.
  std::optional<dns::WallTime> cds_pending_since;
};

/// Which finding stood how long without a break, and in how many rounds it was seen anew.
struct Streak {
  std::uint32_t rounds = 0;
  dns::WallTime since{};
  std::optional<dns::WallTime> observed;  ///< Finding::observed when it was last counted
};

struct History {
  std::uint64_t rounds = 0;
  std::map<ServerKey, ServerHistory> servers;
  std::deque<SerialSeen> serials;  ///< oldest first, bounded
  std::optional<std::uint32_t> newest_serial;
  std::optional<dns::WallTime> serial_changed;  ///< when the newest serial was first seen
  std::uint32_t serial_lower_rounds = 0;        ///< in a row in which the serial had gone back
  std::optional<dns::WallTime> serial_lower_since;
  NameSetHistory parent_ns;
  NameSetHistory child_ns;
  KeysHistory keys;
  std::map<std::pair<std::string, Subject>, Streak> streaks;
};

struct Facts;
struct ZoneSettings;

/// What this round adds: the History for the next one. `findings` are those that stand, as they go
/// into the report. Bounded: servers that no NS set names are dropped after kForgetServersAfter,
/// and only standing findings have streaks.
History fold(const History& previous, const Facts& facts, const std::vector<Finding>& findings);

inline constexpr std::chrono::days kForgetServersAfter{7};

/// Keeps histories between rounds. Implementations are thread-safe.
class HistoryStore {
 public:
  HistoryStore() = default;
  HistoryStore(const HistoryStore&) = delete;
  HistoryStore& operator=(const HistoryStore&) = delete;
  virtual ~HistoryStore() = default;

  /// Never null; an empty history for a zone that is not known.
  virtual std::shared_ptr<const History> load(const dns::Name& zone) const = 0;
  virtual void save(const dns::Name& zone, std::shared_ptr<const History> history) = 0;
  virtual void forget(const dns::Name& zone) = 0;
};

}  // namespace checks
