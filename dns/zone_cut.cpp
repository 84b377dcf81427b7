#include "dns/zone_cut.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <utility>

#include "dns/resolution.hpp"

namespace dns {
namespace {

// The server's addresses with families taking turns, beginning with `first`.
std::vector<CutAddress> by_turns(const CutServer& server, Family first, bool ipv4, bool ipv6) {
  std::vector<CutAddress> turns[2];
  for (const CutAddress& address : server.addresses) {
    const Family family = address.address.family();
    if (family == Family::ipv4 ? !ipv4 : !ipv6) continue;
    turns[family == first ? 0 : 1].push_back(address);
  }
  std::vector<CutAddress> mixed;
  for (std::size_t i = 0; i < std::max(turns[0].size(), turns[1].size()); ++i) {
    for (const std::vector<CutAddress>& turn : turns) {
      if (i < turn.size()) mixed.push_back(turn[i]);
    }
  }
  return mixed;
}

}  // namespace

void CutServer::add(const IpAddress& address) {
  if (addresses.size() >= kMaxAddressesPerName) return;
  for (const CutAddress& known : addresses) {
    if (known.address == address) return;
  }
  addresses.push_back({address, {}});
}

bool CutServer::has(Family family) const {
  return std::any_of(addresses.begin(), addresses.end(),
                     [&](const CutAddress& address) { return address.address.family() == family; });
}

void Cut::avoid(const IpAddress& address, SteadyTime until) {
  for (CutServer& server : servers) {
    for (CutAddress& known : server.addresses) {
      if (known.address == address) known.avoid_until = until;
    }
  }
}

Cut make_cut(const NsSet& set, SteadyTime now, Duration max_age) {
  Cut cut;
  cut.zone = set.zone;
  cut.learned = now;
  cut.expires = now + std::min<Duration>(std::chrono::seconds(set.ttl), max_age);
  cut.servers.reserve(set.servers.size());
  for (const NameserverAddresses& server : set.servers) {
    CutServer& added = cut.servers.emplace_back();
    added.name = server.name;
    for (const IpAddress& address : server.addresses) added.add(address);
  }
  return cut;
}

std::vector<IpAddress> ask_order(const Cut& cut, std::size_t rotation, SteadyTime now, bool ipv4,
                                 bool ipv6) {
  const std::size_t count = cut.servers.size();
  std::vector<std::vector<CutAddress>> columns;
  columns.reserve(count);
  std::size_t rows = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const Family first = (rotation + i) % 2 == 0 ? Family::ipv4 : Family::ipv6;
    columns.push_back(by_turns(cut.servers[(rotation + i) % count], first, ipv4, ipv6));
    rows = std::max(rows, columns.back().size());
  }
  std::vector<CutAddress> order;
  for (std::size_t row = 0; row < rows; ++row) {
    for (const std::vector<CutAddress>& column : columns) {
      if (row < column.size()) order.push_back(column[row]);
    }
  }
  std::stable_partition(order.begin(), order.end(),
                        [&](const CutAddress& address) { return address.avoid_until <= now; });
  std::vector<IpAddress> addresses;
  addresses.reserve(order.size());
  for (const CutAddress& address : order) {
    if (std::find(addresses.begin(), addresses.end(), address.address) == addresses.end()) {
      addresses.push_back(address.address);
    }
  }
  return addresses;
}

std::shared_ptr<Cut> CutCache::deepest(const Name& name, SteadyTime now,
                                       SteadyTime not_before) const {
  if (cuts_.empty()) return nullptr;
  for (std::size_t labels = name.label_count() + 1; labels-- > 0;) {
    const auto found = cuts_.find(name.suffix(labels));
    if (found == cuts_.end()) continue;
    const Cut& cut = *found->second;
    if (cut.expires > now && cut.learned >= not_before) return found->second;
  }
  return nullptr;
}

void CutCache::store(std::shared_ptr<Cut> cut, SteadyTime now) {
  if (cut->expires <= now) return;
  if (cuts_.size() >= max_cuts_) make_room(now);
  Name zone = cut->zone;
  cuts_.insert_or_assign(std::move(zone), std::move(cut));
}

void CutCache::forget(const Name& zone) {
  auto at = cuts_.lower_bound(zone);
  while (at != cuts_.end() && at->first.is_at_or_below(zone)) at = cuts_.erase(at);
}

void CutCache::make_room(SteadyTime now) {
  std::erase_if(cuts_, [&](const auto& entry) { return entry.second->expires <= now; });
  // Sweeping costs a pass over everything: make enough room for many more to come.
  const std::size_t keep = max_cuts_ - max_cuts_ / 8;
  if (cuts_.size() <= keep) return;
  std::vector<SteadyTime> ages;
  ages.reserve(cuts_.size());
  for (const auto& [zone, cut] : cuts_) ages.push_back(cut->learned);
  const auto oldest_kept = ages.begin() + static_cast<std::ptrdiff_t>(ages.size() - keep);
  std::nth_element(ages.begin(), oldest_kept, ages.end());
  const SteadyTime limit = *oldest_kept;
  std::erase_if(cuts_, [&](const auto& entry) { return entry.second->learned < limit; });
  while (cuts_.size() > keep) cuts_.erase(cuts_.begin());
}

}  // namespace dns
