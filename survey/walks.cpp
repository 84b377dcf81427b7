#include "survey/walks.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "survey/delegation.hpp"

namespace survey {
namespace {

using dns::Family;
using dns::ResolutionResult;

dns::ResolverSettings only(Family family, dns::ResolverSettings settings) {
  settings.use_ipv4 = settings.use_ipv4 && family == Family::ipv4;
  settings.use_ipv6 = settings.use_ipv6 && family == Family::ipv6;
  return settings;
}

WalkId id_of(Family family) {
  return family == Family::ipv4 ? WalkId::ipv4 : WalkId::ipv6;
}

bool is_stuck(const OwnWalk& walk) {
  return walk.is_stuck();
}

bool is_good(ResolutionResult result) {
  return result == ResolutionResult::ok || result == ResolutionResult::nodata;
}

}  // namespace

FamilyResolvers::FamilyResolvers(dns::Client& client, const dns::ResolverSettings& settings)
    : ipv4(client, only(Family::ipv4, settings)), ipv6(client, only(Family::ipv6, settings)) {}

std::vector<dns::Name> names_above(const dns::Name& zone, const std::optional<dns::Name>& parent,
                                   const Path& path_to_parent) {
  std::vector<dns::Name> names;
  const auto between = [&names, &zone](const dns::Name& upper, const dns::Name& lower) {
    if (!zone.is_at_or_below(lower) || !lower.is_below(upper)) return;
    for (std::size_t labels = lower.label_count() - 1; labels > upper.label_count(); --labels) {
      if (names.size() < kMaxNamesAbove) names.push_back(zone.suffix(labels));
    }
  };
  if (!parent) return names;
  between(*parent, zone);
  const dns::dnssec::PathZone* at = path_to_parent.get();
  for (; at != nullptr && at->above; at = at->above.get()) between(at->above->zone, at->zone);
  return names;
}

bool WalkAsker::is_due(const std::vector<Family>& families) const {
  const WalkMemory& memory = state_.walks;
  if (!plan_.walks.any()) return false;
  if (memory.next <= begun_) return true;
  if (memory.asked + kMinFailureSpacing > begun_) return false;
  return std::any_of(families.begin(), families.end(), [&](Family family) {
    return wants(id_of(family)) && !memory.made.test(static_cast<std::size_t>(id_of(family)));
  });
}

dns::Task<void> WalkAsker::ask(std::vector<Family> families, std::optional<dns::Name> parent,
                               dns::SteadyTime deadline) {
  const dns::SteadyTime end = std::min(deadline, clock_.steady() + kWalkPatience);
  had_time_ = end < deadline;
  dns::Scope scope;
  for (const Family family : families) {
    if (wants(id_of(family))) scope.spawn(walk(family, end));
  }
  if (wants(WalkId::above)) scope.spawn(ask_above(std::move(parent), end));
  co_await scope.join();
  WalkMemory& memory = state_.walks;
  if (cut_) {
    memory.next = begun_ + std::min(kMinFailureSpacing, plan_.slow_every);
    co_return;
  }
  std::sort(seen_.begin(), seen_.end(), [](const OwnWalk& a, const OwnWalk& b) {
    return std::tie(a.id, a.end.name) < std::tie(b.id, b.end.name);
  });
  memory.walks = seen_;
  memory.made.reset();
  for (const Family family : families) memory.made.set(static_cast<std::size_t>(id_of(family)));
  memory.asked = begun_;
  memory.next = begun_ + (got_stuck() ? std::min(plan_.delegation_every, plan_.slow_every)
                                      : plan_.slow_every);
}

// The delegation is asked for anew, and not kept: of a hundred thousand zones nobody else has a use
// for it.
dns::Task<void> WalkAsker::walk(Family family, dns::SteadyTime deadline) {
  dns::Resolver& resolver = families_.of(family);
  const bool has_cut = !plan_.zone.is_root();
  if (has_cut) resolver.forget(plan_.zone);
  dns::Resolution end = co_await resolver.resolve(plan_.zone, dns::RRType::soa, deadline);
  if (has_cut) resolver.forget(plan_.zone);
  note(id_of(family), std::move(end), deadline);
}

dns::Task<void> WalkAsker::ask_above(std::optional<dns::Name> parent, dns::SteadyTime deadline) {
  if (!parent) co_return;
  Path path;
  if (!paths_.begins_at(plan_.zone)) {
    Path found = co_await paths_.path_to(*parent, deadline);
    path = std::move(found);
  }
  dns::Scope scope;
  for (dns::Name& name : names_above(plan_.zone, parent, path)) {
    scope.spawn(ask_name(std::move(name), deadline));
  }
  co_await scope.join();
}

// A, as RFC 9156 section 2.1 recommends for what is not the whole name.
dns::Task<void> WalkAsker::ask_name(dns::Name name, dns::SteadyTime deadline) {
  const auto known = families_.above.find(name);
  const bool fresh =
      known != families_.above.end() && known->second.first + plan_.slow_every > begun_;
  if (fresh) {
    dns::Resolution before = known->second.second;
    note(WalkId::above, std::move(before), deadline);
    co_return;
  }
  dns::Resolution end = co_await resolver_.resolve(name, dns::RRType::a, deadline);
  families_.above.erase(name);
  const OwnWalk* const walk = note(WalkId::above, std::move(end), deadline);
  if (walk == nullptr || !is_good(walk->end.result)) co_return;
  if (families_.above.size() >= kMaxNamesShared) families_.above.clear();
  families_.above.emplace(name, std::pair(clock_.steady(), walk->end));
}

// Of what came to a good end, that is all that is kept.
const OwnWalk* WalkAsker::note(WalkId id, dns::Resolution end, dns::SteadyTime deadline) {
  const bool silent = had_time_ && end.result == ResolutionResult::timeout;
  const bool late = clock_.steady() >= deadline && !silent;
  if (end.result == ResolutionResult::not_asked || late) {
    cut_ = true;
    return nullptr;
  }
  OwnWalk& walk = seen_.emplace_back();
  walk.id = id;
  walk.end = std::move(end);
  walk.end.records.clear();
  if (is_good(walk.end.result)) walk.end.last.reset();
  return &walk;
}

bool WalkAsker::got_stuck() const {
  return std::any_of(seen_.begin(), seen_.end(), is_stuck);
}

std::vector<OwnWalk> WalkAsker::walks(const Vantage& vantage) {
  WalkMemory& memory = state_.walks;
  for (const Family family : {Family::ipv4, Family::ipv6}) {
    if (vantage.of(family, dns::Transport::udp) != Usable::no) continue;
    const std::size_t forgotten = std::erase_if(memory.walks, [family](const OwnWalk& walk) {
      return walk.id == id_of(family) && walk.is_stuck();
    });
    if (forgotten != 0) memory.next = dns::SteadyTime::min();
  }
  if (memory.walks.empty() || memory.asked + kCadencesKept * plan_.slow_every <= begun_) return {};
  return memory.walks;
}

}  // namespace survey
