// Finding the zone above a zone, with its servers and all of their addresses.
#include <utility>

#include "dns/resolver_impl.hpp"

namespace dns {
namespace {

// A failed lookup of a parent's nameserver address is made again after this long.
constexpr Duration kRetryFailedLookup = std::chrono::minutes(5);

}  // namespace

Task<ParentSearch> Resolver::Impl::find_parent(Name zone, SteadyTime deadline) {
  ParentSearch result;
  if (zone.is_root()) {
    result.reason = "the root has no parent";
    co_return result;
  }
  const Name above = zone.parent();
  const auto joined = join_running(searches_, above, deadline);
  if (joined) {
    co_await joined->gate.wait();
    if (joined->result.result != ResolutionResult::not_asked) co_return joined->result;
  }
  const auto shared = start_running(searches_, above, deadline);
  ParentSearch found = co_await find_enclosing(above, deadline);
  shared->result = found;
  finish_running(searches_, above, shared);
  co_return found;
}

// Finds the deepest zone at or above `name`, with all addresses of its servers.
Task<ParentSearch> Resolver::Impl::find_enclosing(Name name, SteadyTime deadline) {
  Job job = new_job(deadline);
  ParentSearch result = co_await search(job, name);
  if (!result.found && may_retry_fresh(job)) {
    ParentSearch fresh = co_await search(job, name);
    co_return fresh;
  }
  co_return result;
}

Task<ParentSearch> Resolver::Impl::search(Job& job, Name name) {
  ParentSearch result;
  const Frame frame{nullptr, name};
  std::shared_ptr<Cut> cut = start_at(job, name);
  for (int steps = 0; steps <= kMaxReferrals && !(cut->zone == name); ++steps) {
    Reply reply = co_await enter_zone(job, cut, name, &frame);
    result.last = reply.last;
    if (!reply.step) {
      result.result = reply.failure;
      result.reason = "the zone above could not be found, " + reply.reason;
      co_return result;
    }
    if (!reply.next) break;  // no cut between this zone and the name
    cut = reply.next;
  }
  co_await complete_addresses(job, cut);
  result.found = true;
  result.result = ResolutionResult::ok;
  result.parent = cut->zone;
  for (const CutServer& server : cut->servers) {
    NameserverAddresses& known = result.servers.emplace_back();
    known.name = server.name;
    for (const CutAddress& address : server.addresses) known.addresses.push_back(address.address);
  }
  co_return result;
}

// One step towards the zone that encloses `name`: asks the cut's servers for the NS RRset of
// `name`. `next` is the cut that leads on, null when this cut is the last one. Servers that also
// serve zones below answer for these themselves instead of referring to them: then the owner of the
// SOA in the negative answer, or of the NS RRset, names the zone.
Task<Reply> Resolver::Impl::enter_zone(Job& job, std::shared_ptr<Cut> cut, Name zone,
                                       const Frame* frame) {
  Question question;
  question.qname = zone;
  question.qtype = RRType::ns;
  Reply reply = co_await ask_cut(job, cut, question, frame, 0);
  if (!reply.step || reply.step->kind == StepKind::referral) co_return reply;
  if (reply.step->kind == StepKind::answer) {
    reply.next = learn(ns_set_in_answer(*reply.last->response, zone, cut->zone));
    co_return reply;
  }
  const std::optional<Name> below = reply.step->soa;
  if (!below || !below->is_below(cut->zone)) co_return reply;
  question.qname = *below;
  Reply apex = co_await ask_cut(job, cut, question, frame, 0);
  if (apex.step && apex.step->kind == StepKind::answer) {
    apex.next = learn(ns_set_in_answer(*apex.last->response, *below, cut->zone));
  }
  if (apex.next) co_return apex;
  // It said with authority that the zone is there: whoever serves this cut serves that one too.
  auto same_servers = std::make_shared<Cut>(*cut);
  same_servers->zone = *below;
  reply.next = std::move(same_servers);
  co_return reply;
}

// Looks up the addresses that the referral gave no glue for, each name and family at most once in
// the life of the cut. Hints stand for the root's servers as they are.
Task<void> Resolver::Impl::complete_addresses(Job& job, std::shared_ptr<Cut> cut) {
  std::vector<Task<void>> lookups;
  Scope scope;
  if (cut->zone.is_root()) co_return;
  for (std::size_t i = 0; i < cut->servers.size(); ++i) {
    CutServer& server = cut->servers[i];
    for (const RRType type : kAddressTypes) {
      const bool is_a = type == RRType::a;
      if (is_a ? !settings_.use_ipv4 : !settings_.use_ipv6) continue;
      SteadyTime& next = is_a ? server.next_a_lookup : server.next_aaaa_lookup;
      if (server.has(is_a ? Family::ipv4 : Family::ipv6) || next > now()) continue;
      next = now() + kRetryFailedLookup;
      lookups.push_back(complete_server(job, cut, i, type));
    }
  }
  for (Task<void>& lookup : lookups) scope.spawn(std::move(lookup));
  co_await scope.join();
}

Task<void> Resolver::Impl::complete_server(Job& job, std::shared_ptr<Cut> cut, std::size_t server,
                                           RRType type) {
  const Name name = cut->servers[server].name;
  Resolution resolution = co_await walk(job, name, type, nullptr, 1);
  CutServer& found = cut->servers[server];
  for (const IpAddress& address : resolution.addresses()) found.add(address);
  if (is_settled(resolution.result)) {
    (type == RRType::a ? found.next_a_lookup : found.next_aaaa_lookup) = SteadyTime::max();
  }
}

}  // namespace dns
