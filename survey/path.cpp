#include "survey/path.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace survey {
namespace {

using dns::dnssec::PathZone;
using dns::dnssec::Status;

constexpr std::size_t kFirstSweep = 1024;

using SharedExchange = std::shared_ptr<const dns::Exchange>;

const dns::Message* response_of(const SharedExchange& exchange) {
  return exchange && exchange->answered() ? exchange->response.get() : nullptr;
}

// An exchange that never began is none.
SharedExchange if_asked(SharedExchange exchange) {
  if (!exchange || exchange->outcome == dns::Outcome::not_asked ||
      exchange->outcome == dns::Outcome::cancelled) {
    return nullptr;
  }
  return exchange;
}

// Without DS there are no keys to compare with (RFC 4035 section 5.2): DNSKEY is of no use.
bool has_ds(const SharedExchange& exchange, const dns::Name& zone) {
  const dns::Message* const response = response_of(exchange);
  if (response == nullptr) return false;
  // A referral brings them in its authority section (RFC 4035 section 3.1.4.1).
  return !find_records(response->answer, zone, dns::RRType::ds).empty() ||
         !find_records(response->authority, zone, dns::RRType::ds).empty();
}

std::size_t zones_in(const Path& path) {
  std::size_t count = 0;
  for (const PathZone* at = path.get(); at != nullptr; at = at->above.get()) ++count;
  return count;
}

Path make_path(const dns::Name& zone, const Path& above, const SharedExchange& ds,
               const SharedExchange& dnskey) {
  return std::make_shared<const PathZone>(PathZone{zone, above, ds, dnskey});
}

// From good to bad. A link that is known to be bogus tells more than one that nobody answers for.
int rank(Status status) {
  constexpr std::array kOrder{Status::secure, Status::insecure, Status::bogus,
                              Status::indeterminate};
  return static_cast<int>(std::find(kOrder.begin(), kOrder.end(), status) - kOrder.begin());
}

dns::Duration smallest_ttl(const PathZone& link) {
  auto smallest = std::chrono::duration_cast<std::chrono::seconds>(kMaxLinkAge);
  for (const SharedExchange& exchange : {link.ds, link.dnskey}) {
    const dns::Message* const response = response_of(exchange);
    if (response == nullptr) continue;
    for (const auto* section : {&response->answer, &response->authority}) {
      for (const dns::Record& record : *section) {
        smallest = std::min(smallest, std::chrono::seconds(record.ttl));
      }
    }
  }
  return smallest;
}

bool is_answered(const PathZone& link) {
  const bool ds = link.above == nullptr || response_of(link.ds) != nullptr;
  const bool asked = link.above == nullptr || has_ds(link.ds, link.zone);
  return ds && (!asked || response_of(link.dnskey) != nullptr);
}

}  // namespace

std::optional<dns::Name> zone_in_response(const dns::Resolution& resolution,
                                          const dns::Name& lowest) {
  const dns::Message* const response = response_of(resolution.last);
  if (response == nullptr) return std::nullopt;
  std::optional<dns::Name> deepest;
  const auto consider = [&](const dns::Name& zone) {
    if (!zone.is_at_or_below(resolution.closest_zone) || !lowest.is_at_or_below(zone)) return;
    if (!deepest || zone.is_below(*deepest)) deepest = zone;
  };
  for (const auto* section : {&response->answer, &response->authority}) {
    for (const dns::Record& record : *section) {
      if (record.rrclass != dns::RRClass::in) continue;
      if (record.type == dns::RRType::soa && section == &response->authority) {
        consider(record.owner);
      }
      if (record.type != dns::RRType::rrsig) continue;
      const std::optional<dns::Rrsig> signature = dns::parse_rrsig(record.rdata);
      if (!signature) continue;
      const dns::RRType covered = signature->type_covered;
      if (covered == resolution.type || covered == dns::RRType::nsec ||
          covered == dns::RRType::nsec3) {
        consider(signature->signer);
      }
    }
  }
  return deepest;
}

dns::Name zone_of_addresses(const dns::Resolution& resolution) {
  const dns::Name& name = resolution.aliases.empty() ? resolution.name : resolution.aliases.back();
  return zone_in_response(resolution, name).value_or(resolution.closest_zone);
}

PathAsker::PathAsker(dns::Resolver& resolver, const dns::Clock& clock,
                     const dns::dnssec::Trust& trust, std::size_t max_links)
    : resolver_(resolver),
      clock_(clock),
      trust_(trust),
      max_links_(max_links),
      sweep_at_(std::min(kFirstSweep, max_links)) {}

PathAsker::~PathAsker() = default;

bool PathAsker::begins_at(const dns::Name& zone) const {
  return zone.is_root() || trust_.anchors.closest(zone) == zone;
}

// Work for a zone waits for work for a zone above it, never the other way round: no one waits in
// a circle.
dns::Task<Path> PathAsker::path_to(dns::Name zone, dns::SteadyTime deadline) {
  if (Path known = fresh(zone)) co_return known;
  const auto joined = dns::join_running(running_, zone, deadline);
  if (joined) {
    co_await joined->gate.wait();
    if (joined->result.complete || clock_.steady() >= deadline) co_return joined->result.path;
  }
  const auto shared = dns::start_running(running_, zone, deadline);
  Found found = co_await find(zone, deadline);
  shared->result = found;
  dns::finish_running(running_, zone, shared);
  co_return found.path;
}

dns::Task<Path> PathAsker::path_to_addresses(dns::Resolution resolution, dns::SteadyTime deadline) {
  using R = dns::ResolutionResult;
  if (resolution.result != R::ok && resolution.result != R::nodata &&
      resolution.result != R::nxdomain) {
    co_return nullptr;
  }
  const dns::Name name = resolution.aliases.empty() ? resolution.name : resolution.aliases.back();
  const std::optional<dns::Name> told = zone_in_response(resolution, name);
  dns::Name zone = told.value_or(resolution.closest_zone);
  Path path = co_await path_to(zone, deadline);
  if (told || name == zone || status_of(path) != Status::secure) co_return path;
  dns::Resolution apex = co_await resolver_.resolve(name, dns::RRType::soa, deadline);
  std::optional<dns::Name> below = zone_in_response(apex, name);
  if (apex.result == R::ok && apex.aliases.empty()) below = name;
  if (!below || !below->is_below(zone)) co_return path;
  Path deeper = co_await path_to(*below, deadline);
  co_return deeper;
}

Status PathAsker::status_of(const Path& path) {
  if (!path) return Status::indeterminate;
  const auto kept = links_.find(path->zone);
  if (kept == links_.end() || kept->second.path != path) return judge(path).status;
  const auto now = std::chrono::floor<std::chrono::seconds>(clock_.wall());
  if (now > kept->second.judged.holds_until) kept->second.judged = judge(path);
  return kept->second.judged.status;
}

// ---- Asking ----

// What is kept of the zone itself serves again below a newer path.
dns::Task<PathAsker::Found> PathAsker::find(dns::Name zone, dns::SteadyTime deadline) {
  const auto kept = links_.find(zone);
  if (kept != links_.end() && kept->second.expires > clock_.steady() && kept->second.path->above) {
    Link link = kept->second;
    const dns::Name name_above = link.path->above->zone;
    Path above = co_await path_to(name_above, deadline);
    link.path = make_path(zone, above, link.path->ds, link.path->dnskey);
    link.judged = judge(link.path);
    if (link.judged.is_good() || !may_validate(zone, above)) {
      const Found found{link.path, above && clock_.steady() < deadline};
      if (above) keep(std::move(link));
      co_return found;
    }
  }
  Found asked = co_await ask(zone, deadline);
  co_return asked;
}

dns::Task<PathAsker::Found> PathAsker::ask(dns::Name zone, dns::SteadyTime deadline) {
  const Asked first = co_await ask_once(zone, nullptr, deadline);
  Link link;
  link.path = make_path(zone, first.above, first.ds, first.dnskey);
  link.judged = judge(link.path);
  const bool doubtful = !link.judged.is_good() && may_validate(zone, first.above);
  if (doubtful && first.complete && clock_.steady() < deadline) {
    // Once: forgetting costs every zone below it a walk down.
    if (was_good(zone) && !zone.is_root()) resolver_.forget(zone);
    const Asked second = co_await ask_once(zone, &first, deadline);
    for (const Asked* ds : {&first, &second}) {
      for (const Asked* dnskey : {&first, &second}) {
        const Path path = make_path(zone, ds->above, ds->ds, dnskey->dnskey);
        const Judged judged = judge(path);
        if (rank(judged.status) >= rank(link.judged.status)) continue;
        link.path = path;
        link.judged = judged;
      }
    }
  }
  link.asked = clock_.steady();
  const Found found{!link.path->above && !link.path->ds && !link.path->dnskey ? nullptr : link.path,
                    first.complete && link.asked < deadline};
  if (!found.complete) co_return found;
  link.expires = expiry(link.path, link.judged, may_validate(zone, link.path->above));
  keep(std::move(link));
  co_return found;
}

// `before` is what was got before, from servers that are not to be asked again if there are others.
dns::Task<PathAsker::Asked> PathAsker::ask_once(dns::Name zone, const Asked* before,
                                                dns::SteadyTime deadline) {
  Asked asked;
  if (begins_at(zone)) {
    co_await ask_dnskey(zone, asked, before, deadline);
    co_return asked;
  }
  std::optional<dns::Name> above;
  co_await ask_ds(zone, asked, before, above, deadline);
  if (!above) co_return asked;
  dns::Scope scope;
  scope.spawn(ask_above(*above, asked, deadline));
  if (has_ds(asked.ds, zone)) scope.spawn(ask_dnskey(zone, asked, before, deadline));
  co_await scope.join();
  co_return asked;
}

// The zone above is the one that answered. Where the name of the zone is an alias nobody delegates
// it; what there is of it leads nowhere.
dns::Task<void> PathAsker::ask_ds(dns::Name zone, Asked& asked, const Asked* before,
                                  std::optional<dns::Name>& above, dns::SteadyTime deadline) {
  SharedExchange earlier = before != nullptr ? before->ds : nullptr;
  const dns::Resolution found =
      co_await resolve(zone, dns::RRType::ds, std::move(earlier), deadline);
  if (found.result == dns::ResolutionResult::not_asked) {
    asked.complete = false;
    co_return;
  }
  asked.ds = if_asked(found.aliases.empty() ? found.last : found.alias);
  if (!found.aliases.empty() || !zone.is_below(found.closest_zone)) co_return;
  above = zone_in_response(found, zone.parent()).value_or(found.closest_zone);
}

dns::Task<void> PathAsker::ask_dnskey(dns::Name zone, Asked& asked, const Asked* before,
                                      dns::SteadyTime deadline) {
  SharedExchange earlier = before != nullptr ? before->dnskey : nullptr;
  const dns::Resolution found =
      co_await resolve(zone, dns::RRType::dnskey, std::move(earlier), deadline);
  asked.complete = asked.complete && found.result != dns::ResolutionResult::not_asked;
  asked.dnskey = if_asked(found.aliases.empty() ? found.last : found.alias);
}

// A path that is too long loses its top at the zone that is one too many, and not at the one that
// was asked for: what is kept of zones higher up stays whole.
dns::Task<void> PathAsker::ask_above(dns::Name above, Asked& asked, dns::SteadyTime deadline) {
  Path path = co_await path_to(above, deadline);
  if (zones_in(path) < kMaxPathZones) asked.above = std::move(path);
}

// The resolver takes servers in turn; with two of them it may come to the same one again.
dns::Task<dns::Resolution> PathAsker::resolve(dns::Name zone, dns::RRType type,
                                              SharedExchange before, dns::SteadyTime deadline) {
  dns::Resolution first = co_await resolver_.resolve(zone, type, deadline);
  if (!before || !first.last || !(first.last->server == before->server)) co_return first;
  dns::Resolution second = co_await resolver_.resolve(zone, type, deadline);
  if (second.result == dns::ResolutionResult::not_asked) co_return first;
  co_return second;
}

// ---- What is kept ----

// Every link of it is kept, none has expired, and none that validated has ceased to.
bool PathAsker::is_fresh(const Path& path) {
  for (const Path* at = &path; *at; at = &(*at)->above) {
    const auto kept = links_.find((*at)->zone);
    if (kept == links_.end() || kept->second.path != *at) return false;
    if (kept->second.expires <= clock_.steady()) return false;
  }
  const bool validated = links_.at(path->zone).judged.is_good();
  const Status status = status_of(path);
  return !validated || status == Status::secure || status == Status::insecure;
}

Path PathAsker::fresh(const dns::Name& zone) {
  const auto kept = links_.find(zone);
  if (kept == links_.end()) return nullptr;
  const Path path = kept->second.path;
  return is_fresh(path) ? path : nullptr;
}

PathAsker::Judged PathAsker::judge(const Path& path) {
  const auto now = std::chrono::floor<std::chrono::seconds>(clock_.wall());
  const dns::dnssec::PathVerdict verdict = dns::dnssec::judge_path(path, trust_, now);
  Judged judged;
  judged.status = verdict.status;
  for (const dns::dnssec::PathStep& step : verdict.steps) {
    if (step.ds && step.ds->valid_until) {
      judged.holds_until = std::min(judged.holds_until, *step.ds->valid_until);
    }
    if (step.keys && step.keys->valid_until) {
      judged.holds_until = std::min(judged.holds_until, *step.keys->valid_until);
    }
  }
  return judged;
}

// Whether there is anything for the link of `zone` to validate by.
bool PathAsker::may_validate(const dns::Name& zone, const Path& above) {
  if (begins_at(zone)) return trust_.anchors.closest(zone).has_value();
  return status_of(above) == Status::secure;
}

// What is not known at all counts as good: that it does not validate is news.
bool PathAsker::was_good(const dns::Name& zone) const {
  const auto kept = links_.find(zone);
  return kept == links_.end() || kept->second.judged.is_good();
}

dns::SteadyTime PathAsker::expiry(const Path& path, const Judged& judged, bool may_validate) const {
  const bool broken = !judged.is_good() && (may_validate || !is_answered(*path));
  const dns::Duration age =
      broken ? kBrokenLinkAge : std::clamp(smallest_ttl(*path), kBrokenLinkAge, kMaxLinkAge);
  return clock_.steady() + age;
}

void PathAsker::keep(Link link) {
  dns::Name zone = link.path->zone;
  if (links_.size() >= sweep_at_ && links_.count(zone) == 0) make_room();
  links_.insert_or_assign(std::move(zone), std::move(link));
}

// Sweeping costs a pass over everything: the next is due when there are twice as many links.
void PathAsker::make_room() {
  const dns::SteadyTime now = clock_.steady();
  std::erase_if(links_, [&](const auto& entry) { return entry.second.expires <= now; });
  const std::size_t most = max_links_ - max_links_ / 8;
  if (links_.size() > most) {
    std::vector<dns::SteadyTime> ages;
    ages.reserve(links_.size());
    for (const auto& [zone, link] : links_) ages.push_back(link.asked);
    const auto oldest_kept = ages.begin() + static_cast<std::ptrdiff_t>(ages.size() - most);
    std::nth_element(ages.begin(), oldest_kept, ages.end());
    const dns::SteadyTime limit = *oldest_kept;
    std::erase_if(links_, [&](const auto& entry) { return entry.second.asked < limit; });
    while (links_.size() > most) links_.erase(links_.begin());
  }
  sweep_at_ = std::min(max_links_, std::max(kFirstSweep, 2 * links_.size()));
}

}  // namespace survey
