// Facts about serials: which is the newest, how far and how long each server is behind, and whether
// the zone's serial went back.
#include <algorithm>

#include "checks/facts.hpp"

namespace checks {

namespace {

bool newer(std::uint32_t a, std::uint32_t b) {
  return a != b && dns::serial_distance(b, a) > 0;
}

std::size_t group_of(const dns::Name& nameserver, const ZoneSettings& settings) {
  if (settings.serial_compare == SerialCompare::off) return kNotCompared;
  if (settings.serial_compare == SerialCompare::all) return 0;
  const auto& groups = settings.serial_groups;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (std::find(groups[i].begin(), groups[i].end(), nameserver) != groups[i].end()) return i;
  }
  return groups.size();
}

std::optional<std::uint32_t> serial_of(const Facts& facts, const ServerFacts& server) {
  const AddressFacts& address = facts.address_of(server);
  if (!address.up() || !address.best->soa) return std::nullopt;
  return address.best->soa->serial;
}

const ServerHistory* remembered(const Facts& facts, const ServerFacts& server,
                                const History& history) {
  const auto found = history.servers.find({facts.name(server), facts.ip(server)});
  return found == history.servers.end() ? nullptr : &found->second;
}

struct Group {
  std::vector<std::uint32_t> served;      // in this round
  std::vector<std::uint32_t> remembered;  // the highest each of its servers ever served
  bool fell_from_newest = false;          // one that served the newest serves a lower one
};

std::map<std::size_t, Group> groups_of(const Facts& facts, const History& history) {
  std::map<std::size_t, Group> groups;
  for (const ServerFacts& server : facts.servers) {
    if (server.group == kNotCompared) continue;
    Group& group = groups[server.group];
    if (const auto serial = serial_of(facts, server)) group.served.push_back(*serial);
    const ServerHistory* past = remembered(facts, server, history);
    if (past != nullptr && past->highest_serial) group.remembered.push_back(*past->highest_serial);
  }
  for (const ServerFacts& server : facts.servers) {
    if (server.group == kNotCompared) continue;
    Group& group = groups[server.group];
    const auto highest = newest_serial(group.remembered);
    const ServerHistory* past = remembered(facts, server, history);
    const auto serial = serial_of(facts, server);
    if (past != nullptr && past->highest_serial && past->highest_serial == highest && serial &&
        newer(*highest, *serial)) {
      group.fell_from_newest = true;
    }
  }
  return groups;
}

// The first sight of the oldest known serial of the group that is newer than `serial`; `now` when
// the newer ones are all new in this round.
dns::WallTime behind_since(const History& history, std::size_t group, std::uint32_t serial,
                           std::uint32_t newest, dns::WallTime now) {
  const SerialSeen* oldest = nullptr;
  for (const SerialSeen& seen : history.serials) {
    if (seen.group != group || !newer(seen.serial, serial) || newer(seen.serial, newest)) continue;
    if (oldest == nullptr || newer(oldest->serial, seen.serial)) oldest = &seen;
  }
  return oldest == nullptr ? now : std::min(oldest->first_seen, now);
}

void derive_drift(Facts& facts, const History& history) {
  for (ServerFacts& server : facts.servers) {
    const auto serial = serial_of(facts, server);
    const auto newest = facts.serials.newest_of_group.find(server.group);
    if (!serial || newest == facts.serials.newest_of_group.end()) continue;
    server.drift = std::max<std::int64_t>(dns::serial_distance(*serial, newest->second), 0);
    server.drift_seconds = 0;
    if (*server.drift == 0) continue;
    const dns::WallTime since =
        behind_since(history, server.group, *serial, newest->second, facts.now);
    server.drift_seconds = std::chrono::duration<double>(facts.now - since).count();
  }
}

void derive_expire_remaining(Facts& facts) {
  for (ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    if (!address.up() || !address.best->soa) continue;
    const double behind = server.drift_seconds.value_or(0);
    double remaining = static_cast<double>(address.best->soa->expire) - behind;
    if (address.expire_option) {
      // The option of an earlier round still counts down only while the server cannot transfer.
      const double told = *address.expire_option - (behind > 0 ? address.expire_option_age : 0);
      remaining = std::min(told, remaining);
    }
    server.expire_remaining = std::max(remaining, 0.0);
  }
}

void derive_zone_newest(Facts& facts, const History& history) {
  SerialFacts& serials = facts.serials;
  std::vector<std::uint32_t> candidates;
  for (const auto& [group, serial] : serials.newest_of_group) candidates.push_back(serial);
  if (candidates.empty()) {
    for (const ServerFacts& server : facts.servers) {
      if (const auto serial = serial_of(facts, server)) candidates.push_back(*serial);
    }
  }
  serials.newest = newest_serial(candidates);
  if (!serials.newest) serials.newest = history.newest_serial;
  serials.changed = history.serial_changed;
  if (serials.newest && history.newest_serial && serials.newest != history.newest_serial) {
    serials.changed = facts.now;
  }
}

// A server with the newest serial of those that answer; its SOA stands for the zone's.
const AddressFacts* source_of(const Facts& facts) {
  std::vector<std::uint32_t> served;
  for (const ServerFacts& server : facts.servers) {
    if (const auto serial = serial_of(facts, server)) served.push_back(*serial);
  }
  const auto newest = newest_serial(served);
  for (const ServerFacts& server : facts.servers) {
    if (newest && serial_of(facts, server) == newest) return &facts.address_of(server);
  }
  return nullptr;
}

}  // namespace

std::optional<std::uint32_t> newest_serial(const std::vector<std::uint32_t>& serials) {
  std::map<std::uint32_t, std::size_t> servers;
  for (const std::uint32_t serial : serials) ++servers[serial];
  std::optional<std::uint32_t> best;
  std::size_t best_score = 0;
  for (const auto& [candidate, count] : servers) {
    std::size_t score = 0;
    for (const auto& [other, others] : servers) {
      if (dns::serial_distance(other, candidate) >= 0) score += others;
    }
    if (!best || score > best_score || (score == best_score && count > servers[*best])) {
      best = candidate;
      best_score = score;
    }
  }
  return best;
}

void derive_serial_facts(Facts& facts, const History& history, const ZoneSettings& settings) {
  for (ServerFacts& server : facts.servers) {
    server.group = group_of(facts.name(server), settings);
  }
  for (const auto& [index, group] : groups_of(facts, history)) {
    const auto served = newest_serial(group.served);
    const auto highest = newest_serial(group.remembered);
    if (!served) {
      if (highest) facts.serials.newest_of_group[index] = *highest;
      continue;
    }
    const bool behind = highest && newer(*highest, *served);
    if (behind && group.fell_from_newest) {
      facts.serials.went_back = true;
      facts.serials.before = highest;
    }
    facts.serials.newest_of_group[index] = behind && !group.fell_from_newest ? *highest : *served;
  }
  facts.serials.source = source_of(facts);
  derive_zone_newest(facts, history);
  derive_drift(facts, history);
  derive_expire_remaining(facts);
}

}  // namespace checks
