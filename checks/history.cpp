#include "checks/history.hpp"

#include <algorithm>
#include <iterator>

#include "checks/catalogue.hpp"
#include "checks/facts.hpp"

namespace checks {

namespace {

// Key tags of one DS or DNSKEY set: honest zones have a few.
constexpr std::size_t kMaxTagsRemembered = 16;
// A serial that went back is taken for the new order of things after this long.
constexpr std::chrono::hours kAcceptLowerSerial{24};

bool newer(std::uint32_t a, std::uint32_t b) {
  return a != b && dns::serial_distance(b, a) > 0;
}

std::optional<std::uint32_t> serial_of(const Facts& facts, const ServerFacts& server) {
  const AddressFacts& address = facts.address_of(server);
  if (!address.up() || !address.best->soa) return std::nullopt;
  return address.best->soa->serial;
}

ServerKey key_of(const Facts& facts, const ServerFacts& server) {
  return {facts.name(server), facts.ip(server)};
}

// ---- servers ----

void fold_transport(TransportHistory& history, const TransportFacts& facts) {
  history.queries += facts.queries;
  history.timeouts += facts.timeouts;
  history.within_limit += facts.within_limit;
  if (!facts.determined()) return;
  const int result = static_cast<int>(facts.result);
  const bool was_known = history.last_result != static_cast<int>(ServerResult::not_asked);
  const bool was_up = history.last_result == static_cast<int>(ServerResult::ok);
  history.state_changes <<= 1;
  if (was_known && result != history.last_result) ++history.result_changes;
  if (was_known && was_up != facts.up()) history.state_changes |= 1;
  history.failing_rounds = facts.up() ? 0 : history.failing_rounds + 1;
  history.last_result = result;
  // A round without any answer says nothing about single losses.
  if (facts.exchange == nullptr || !facts.exchange->answered()) return;
  history.lost = (history.lost << 1) | (facts.first_attempt_lost ? 1U : 0U);
  history.lost_known = std::min<std::uint32_t>(history.lost_known + 1, 32);
}

void fold_servers(History& history, const Facts& facts) {
  for (const ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    const auto [entry, is_new] = history.servers.try_emplace(key_of(facts, server));
    ServerHistory& past = entry->second;
    if (is_new) past.first_seen = facts.now;
    past.last_seen = facts.now;
    for (std::size_t i = 0; i < past.transports.size(); ++i) {
      fold_transport(past.transports[i], address.transports[i]);
    }
    // While nothing is known of it, a server is as failing as it was.
    if (address.up()) past.failing_since.reset();
    if (address.failing() && !past.failing_since) past.failing_since = facts.now;
    const auto serial = serial_of(facts, server);
    if (!serial) continue;
    past.serial = serial;
    const bool higher = past.highest_serial && newer(*serial, *past.highest_serial);
    if (!past.highest_serial || higher) past.highest_serial = serial;
  }
  for (auto entry = history.servers.begin(); entry != history.servers.end();) {
    const bool forget = facts.now - entry->second.last_seen > kForgetServersAfter;
    entry = forget ? history.servers.erase(entry) : std::next(entry);
  }
}

// ---- serials ----

void fold_lower_serial(History& history, const Facts& facts) {
  if (!facts.serials.went_back) {
    history.serial_lower_rounds = 0;
    history.serial_lower_since.reset();
    return;
  }
  ++history.serial_lower_rounds;
  if (!history.serial_lower_since) history.serial_lower_since = facts.now;
  if (facts.now - *history.serial_lower_since < kAcceptLowerSerial) return;
  history.serial_lower_rounds = 0;
  history.serial_lower_since.reset();
  for (auto& [key, server] : history.servers) server.highest_serial = server.serial;
  history.serials.clear();
}

SerialSeen* find_serial(History& history, std::size_t group, std::uint32_t serial) {
  const auto found = std::find_if(
      history.serials.begin(), history.serials.end(),
      [=](const SerialSeen& seen) { return seen.group == group && seen.serial == serial; });
  return found == history.serials.end() ? nullptr : &*found;
}

// What the servers of one group last served, reachable or not.
std::vector<std::uint32_t> last_served(const History& history, const Facts& facts,
                                       std::size_t group) {
  std::vector<std::uint32_t> serials;
  for (const ServerFacts& server : facts.servers) {
    const auto past = history.servers.find(key_of(facts, server));
    if (server.group == group && past != history.servers.end() && past->second.serial) {
      serials.push_back(*past->second.serial);
    }
  }
  return serials;
}

void mark_everywhere(History& history, const Facts& facts) {
  for (SerialSeen& seen : history.serials) {
    if (seen.everywhere) continue;
    bool any = false;
    bool all = true;
    for (const ServerFacts& server : facts.servers) {
      const auto serial = serial_of(facts, server);
      if (server.group != seen.group || !serial) continue;
      any = true;
      all = all && !newer(seen.serial, *serial);
    }
    if (any && all) seen.everywhere = facts.now;
  }
}

// True when a lagging server's drift is measured from this entry, or it is the newest.
bool is_needed(const History& history, const SerialSeen& entry,
               const std::vector<std::uint32_t>& served) {
  bool newest = true;
  for (const SerialSeen& other : history.serials) {
    if (other.group == entry.group && newer(other.serial, entry.serial)) newest = false;
  }
  if (newest) return true;
  return std::any_of(served.begin(), served.end(), [&](std::uint32_t serial) {
    if (!newer(entry.serial, serial)) return false;
    return std::none_of(history.serials.begin(), history.serials.end(),
                        [&](const SerialSeen& other) {
                          return other.group == entry.group && newer(other.serial, serial) &&
                                 newer(entry.serial, other.serial);
                        });
  });
}

void bound_serials(History& history, const Facts& facts, std::size_t group) {
  const auto in_group = [group](const SerialSeen& seen) { return seen.group == group; };
  auto count = static_cast<std::size_t>(
      std::count_if(history.serials.begin(), history.serials.end(), in_group));
  if (count <= kMaxSerialsRemembered) return;
  const std::vector<std::uint32_t> served = last_served(history, facts, group);
  for (auto seen = history.serials.begin();
       seen != history.serials.end() && count > kMaxSerialsRemembered;) {
    const bool drop = in_group(*seen) && !is_needed(history, *seen, served);
    seen = drop ? history.serials.erase(seen) : std::next(seen);
    if (drop) --count;
  }
  while (count-- > kMaxSerialsRemembered) {
    history.serials.erase(std::find_if(history.serials.begin(), history.serials.end(), in_group));
  }
}

void fold_serials(History& history, const Facts& facts) {
  fold_lower_serial(history, facts);
  std::vector<std::size_t> groups;
  for (const ServerFacts& server : facts.servers) {
    const auto serial = serial_of(facts, server);
    if (!serial || server.group == kNotCompared) continue;
    groups.push_back(server.group);
    if (find_serial(history, server.group, *serial) != nullptr) continue;
    SerialSeen seen;
    seen.serial = *serial;
    seen.first_seen = facts.now;
    seen.group = server.group;
    history.serials.push_back(seen);
  }
  mark_everywhere(history, facts);
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  for (const std::size_t group : groups) bound_serials(history, facts, group);
  // Groups that the configuration no longer has.
  history.serials.erase(std::remove_if(history.serials.begin(), history.serials.end(),
                                       [&facts](const SerialSeen& seen) {
                                         return std::none_of(facts.servers.begin(),
                                                             facts.servers.end(),
                                                             [&seen](const ServerFacts& server) {
                                                               return server.group == seen.group;
                                                             });
                                       }),
                        history.serials.end());
  if (facts.serials.newest) history.newest_serial = facts.serials.newest;
  history.serial_changed = facts.serials.changed;
}

// ---- NS sets and findings ----

void fold_names(NameSetHistory& history, bool known, const std::vector<dns::Name>& names,
                dns::WallTime now) {
  if (!known) return;
  if (history.known && history.names != names) {
    history.before = std::move(history.names);
    history.changed = now;
  }
  history.known = true;
  history.names = names;
}

// ---- keys ----

void fold_key_set(KeySetHistory& history, std::optional<std::uint64_t> print,
                  std::vector<std::uint16_t> tags, dns::WallTime now) {
  if (!print) return;
  if (history.print && *history.print != *print) {
    history.before = std::move(history.tags);
    history.changed = now;
  }
  history.print = print;
  history.tags = std::move(tags);
}

std::vector<std::uint16_t> tags_of(const Facts& facts, bool KeyUse::*in_set) {
  std::vector<std::uint16_t> tags;
  for (const KeyUse& key : facts.dnssec.keys) {
    if (key.*in_set) tags.push_back(key.tag);
  }
  std::sort(tags.begin(), tags.end());
  if (tags.size() > kMaxTagsRemembered) tags.resize(kMaxTagsRemembered);
  return tags;
}

void fold_keys(KeysHistory& history, const Facts& facts) {
  const DnssecFacts& dnssec = facts.dnssec;
  fold_key_set(history.ds, dnssec.ds_print, tags_of(facts, &KeyUse::in_ds), facts.now);
  fold_key_set(history.dnskeys, dnssec.dnskey_print, tags_of(facts, &KeyUse::published), facts.now);
  if (dnssec.rollover && history.rollover != dnssec.rollover->state) {
    history.rollover = dnssec.rollover->state;
    history.rollover_since = facts.now;
  }
  if (!dnssec.cds_pending) return;
  if (!*dnssec.cds_pending) {
    history.cds_pending_since.reset();
  } else if (!history.cds_pending_since) {
    history.cds_pending_since = facts.now;
  }
}

// True when this round could not tell whether the finding still stands: the vantage or the deadline
// kept all of its subject from being asked.
bool is_undetermined(const Facts& facts, const Subject& subject) {
  bool any = false;
  for (const ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    if (subject.nameserver && facts.name(server) != *subject.nameserver) continue;
    if (subject.address && address.seen->address != *subject.address) continue;
    any = true;
    const bool determined =
        subject.transport ? address.over(*subject.transport).determined() : address.determined();
    if (determined) return false;
  }
  return any;
}

void fold_streaks(History& history, const History& previous, const Facts& facts,
                  const std::vector<Finding>& findings) {
  history.streaks.clear();
  for (const Finding& finding : findings) {
    history.streaks[{std::string(finding.check), finding.subject}] = {finding.rounds, finding.since,
                                                                      finding.observed};
  }
  for (const auto& [key, streak] : previous.streaks) {
    const Check* check = find_check(key.first);
    if (check == nullptr || !check->reachability || history.streaks.count(key) != 0) continue;
    if (is_undetermined(facts, key.second)) history.streaks[key] = streak;
  }
}

}  // namespace

History fold(const History& previous, const Facts& facts, const std::vector<Finding>& findings) {
  History next = previous;
  ++next.rounds;
  fold_servers(next, facts);
  fold_serials(next, facts);
  const DelegationFacts& delegation = facts.delegation;
  fold_names(next.parent_ns, delegation.parent_ns_known, delegation.parent_ns, facts.now);
  fold_names(next.child_ns, delegation.child_ns_known, delegation.reference, facts.now);
  fold_keys(next.keys, facts);
  fold_streaks(next, previous, facts, findings);
  return next;
}

}  // namespace checks
