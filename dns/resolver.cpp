#include "dns/resolver.hpp"

#include <algorithm>
#include <utility>

#include "dns/resolver_impl.hpp"

namespace dns {
namespace {

// The names from the one that is needed again to the innermost; empty when `name` is not among
// them.
std::vector<Name> cycle_to(const Frame* frame, const Name& name) {
  std::vector<Name> names;
  for (; frame != nullptr; frame = frame->outer) {
    names.push_back(frame->name);
    if (frame->name == name) {
      std::reverse(names.begin(), names.end());
      return names;
    }
  }
  return {};
}

std::string join_names(const std::vector<Name>& names) {
  std::string text;
  for (const Name& name : names) text += (text.empty() ? "" : ", ") + name.to_label();
  return text;
}

// Whether what another resolution got from the cut also serves this question.
bool serves(const CutReply& reply, const Question& question) {
  if (reply.step) {
    return reply.step->kind == StepKind::referral &&
           question.qname.is_below(reply.step->referral.zone);
  }
  return !reply.fates.empty() && reply.count(Fate::silent) == reply.fates.size();
}

std::string describe(const Lookup& lookup) {
  const bool denied =
      lookup.result == ResolutionResult::nodata || lookup.result == ResolutionResult::nxdomain;
  return "its nameserver " + lookup.name.to_label() +
         (denied ? " has no address (" : " has no address that can be found (") +
         std::string(to_text(lookup.result)) +
         (denied ? ")" : " at " + lookup.zone.to_label() + ")");
}

// Why no address of the cut and no nameserver name without one led to a step.
void explain_failure(Reply& reply, const CutReply& asked, const std::vector<Lookup>& lookups,
                     bool out_of_work) {
  const auto looked_up = [&](ResolutionResult result) {
    return std::find_if(lookups.begin(), lookups.end(),
                        [&](const Lookup& lookup) { return lookup.result == result; });
  };
  const auto any = [&](ResolutionResult result) { return looked_up(result) != lookups.end(); };
  using R = ResolutionResult;

  if (out_of_work) {
    reply.failure = R::limit;
  } else if (asked.count(Fate::not_asked) != 0 || any(R::not_asked)) {
    reply.failure = R::not_asked;
  } else if (asked.count(Fate::error) + asked.count(Fate::lame) != 0) {
    reply.failure = R::servfail;
  } else if (asked.count(Fate::silent) != 0) {
    reply.failure = R::timeout;
  } else if (any(R::loop)) {
    reply.failure = R::loop;
    reply.cycle = looked_up(R::loop)->cycle;
  } else if (any(R::limit)) {
    reply.failure = R::limit;
  } else if (any(R::timeout)) {
    reply.failure = R::timeout;
  } else if (asked.count(Fate::forbidden) != 0 || any(R::forbidden)) {
    reply.failure = R::forbidden;
  } else {
    reply.failure = R::servfail;
  }

  reply.reason = "no server of " + reply.zone.to_label() + " gave an answer: ";
  const std::string fates = describe_fates(asked);
  if (reply.failure == R::limit) {
    reply.reason += "the work for one resolution is limited";
  } else if (reply.failure == R::loop) {
    reply.reason += "its nameservers have no glue and need each other's addresses (" +
                    join_names(reply.cycle) + ")";
  } else if (!fates.empty()) {
    reply.reason += fates;
  } else if (!lookups.empty()) {
    reply.reason += describe(lookups.front());
  } else {
    reply.reason += "none of its nameservers has an address that can be used";
  }
}

}  // namespace

Resolver::Resolver(Client& client, ResolverSettings settings)
    : impl_(std::make_unique<Impl>(client, std::move(settings))) {}
Resolver::~Resolver() = default;

Task<Resolution> Resolver::resolve(Name name, RRType type, SteadyTime deadline) {
  return impl_->resolve(std::move(name), type, deadline);
}

Task<ParentSearch> Resolver::find_parent(Name zone, SteadyTime deadline) {
  return impl_->find_parent(std::move(zone), deadline);
}

void Resolver::forget(const Name& zone) {
  impl_->forget(zone);
}
void Resolver::set_usable(bool ipv4, bool ipv6) {
  impl_->set_usable(ipv4, ipv6);
}
const ResolverSettings& Resolver::settings() const {
  return impl_->settings();
}

void Resolver::Impl::set_usable(bool ipv4, bool ipv6) {
  ipv4_ = settings_.use_ipv4 && ipv4;
  ipv6_ = settings_.use_ipv6 && ipv6;
  if (!ipv4_ && !ipv6_) {
    // A vantage that can use nothing learns that things are better only by asking.
    ipv4_ = settings_.use_ipv4;
    ipv6_ = settings_.use_ipv6;
  }
}

// ---- Resolving a name ----

Task<Resolution> Resolver::Impl::resolve(Name name, RRType type, SteadyTime deadline) {
  const std::pair<Name, RRType> key{name, type};
  const auto joined = join_running(resolutions_, key, deadline);
  if (joined) {
    co_await joined->gate.wait();
    if (joined->result.result != ResolutionResult::not_asked) co_return joined->result;
  }
  const auto shared = start_running(resolutions_, key, deadline);
  shared->result = Resolution{};
  Resolution result = co_await resolve_alone(name, type, deadline);
  shared->result = result;
  finish_running(resolutions_, key, shared);
  co_return result;
}

Task<Resolution> Resolver::Impl::resolve_alone(Name name, RRType type, SteadyTime deadline) {
  Job job = new_job(deadline);
  Resolution result = co_await walk(job, name, type, nullptr, 0);
  if (!is_settled(result.result) && may_retry_fresh(job)) {
    Resolution fresh = co_await walk(job, name, type, nullptr, 0);
    co_return fresh;
  }
  co_return result;
}

Task<Resolution> Resolver::Impl::walk(Job& job, Name name, RRType type, const Frame* outer,
                                      int depth) {
  Resolution out;
  out.name = name;
  out.type = type;
  Name current = name;
  for (bool going = true; going;) {
    const Frame frame{outer, current};
    Question question;
    question.qname = current;
    question.qtype = type;
    Reply reply = co_await descend(job, std::move(question), &frame, depth);
    going = follow(out, std::move(reply), current);
  }
  out.observed = client_.engine().clock().wall();
  co_return out;
}

// Takes what one name came to into `out`; true when `current` is now an alias to be resolved next.
bool Resolver::Impl::follow(Resolution& out, Reply reply, Name& current) const {
  out.closest_zone = reply.zone;
  out.last = reply.last;
  if (!reply.step) {
    out.result = reply.failure;
    out.reason = std::move(reply.reason);
    out.cycle = std::move(reply.cycle);
    return false;
  }
  Step& step = *reply.step;
  switch (step.kind) {
    case StepKind::answer:
      out.result = ResolutionResult::ok;
      out.records = std::move(step.records);
      if (out.records.size() > kMaxAddressesPerName) out.records.resize(kMaxAddressesPerName);
      return false;
    case StepKind::nodata:
      out.result = ResolutionResult::nodata;
      return false;
    case StepKind::nxdomain:
      out.result = ResolutionResult::nxdomain;
      return false;
    case StepKind::alias:
      break;
    default:
      out.result = ResolutionResult::servfail;
      out.reason = "the servers of " + reply.zone.to_label() + " gave no usable answer";
      return false;
  }
  const bool seen = step.alias == out.name || std::find(out.aliases.begin(), out.aliases.end(),
                                                        step.alias) != out.aliases.end();
  if (out.aliases.empty()) out.alias = out.last;
  out.aliases.push_back(step.alias);
  if (seen) {
    out.result = ResolutionResult::loop;
    out.cycle = out.aliases;
    out.reason = out.name.to_label() + " is an alias that leads back to itself (" +
                 join_names(out.aliases) + ")";
    return false;
  }
  if (out.aliases.size() > static_cast<std::size_t>(kMaxAliases)) {
    out.result = ResolutionResult::limit;
    out.reason = out.name.to_label() + " leads through more than " + std::to_string(kMaxAliases) +
                 " aliases";
    return false;
  }
  current = std::move(step.alias);
  return true;
}

// Walks from the deepest cut known down to whoever answers.
Task<Reply> Resolver::Impl::descend(Job& job, Question question, const Frame* frame, int depth) {
  const Name& qname = question.qname;
  // DS belongs to the parent's side of a cut (RFC 4035 section 3.1.4.1).
  const bool above = question.qtype == RRType::ds && !qname.is_root();
  std::shared_ptr<Cut> cut = start_at(job, above ? qname.parent() : qname);
  Reply reply;
  for (int referrals = 0; referrals <= kMaxReferrals; ++referrals) {
    Reply one = co_await ask_cut(job, cut, question, frame, depth);
    reply = std::move(one);
    if (!reply.step || reply.step->kind != StepKind::referral) co_return reply;
    if (above && reply.next->zone == qname) {
      reply.step->kind = StepKind::nodata;  // from a parent that knows nothing of DNSSEC
      co_return reply;
    }
    cut = reply.next;
  }
  reply.step.reset();
  reply.failure = ResolutionResult::limit;
  reply.reason = "more than " + std::to_string(kMaxReferrals) + " referrals were given for " +
                 qname.to_label();
  co_return reply;
}

// Asks the cut's addresses that are known, then looks up those of its other nameservers.
Task<Reply> Resolver::Impl::ask_cut(Job& job, std::shared_ptr<Cut> cut, Question question,
                                    const Frame* frame, int depth) {
  Reply reply;
  reply.zone = cut->zone;
  CutReply asked = co_await ask_known(job, cut, question);
  std::vector<Lookup> lookups;
  bool out_of_work = asked.out_of_queries;
  const std::size_t count = cut->servers.size();
  const std::size_t first = rotation_;
  for (std::size_t i = 0; i < count && !asked.step && !out_of_work; ++i) {
    const std::size_t server = (first + i) % count;
    if (has_usable_address(cut->servers[server]) || needs_itself(*cut, server)) continue;
    if (lookups.size() == static_cast<std::size_t>(kMaxGluelessPerCut)) break;
    Lookup lookup = co_await look_up_server(job, cut, server, frame, depth);
    const bool found = lookup.found;
    if (!found) lookups.push_back(std::move(lookup));
    if (!found) continue;
    std::vector<IpAddress> addresses;
    for (const CutAddress& address : cut->servers[server].addresses) {
      if (!may_use(address.address.family()) || asked.fates.count(address.address) != 0) continue;
      addresses.push_back(address.address);
    }
    CutReply more = co_await ask_addresses(job, cut, question, std::move(addresses));
    more.fates.merge(asked.fates);
    if (!more.last) more.last = asked.last;
    out_of_work = more.out_of_queries;
    asked = std::move(more);
  }
  reply.last = asked.last;
  if (asked.step) {
    reply.step = std::move(asked.step);
    reply.next = std::move(asked.next);
  } else {
    explain_failure(reply, asked, lookups, out_of_work);
  }
  co_return reply;
}

// Zones that start at the same time walk down the same path: one asks, the others wait for its
// referral. Only asking is shared, never looking up names: those who wait for each other's lookups
// could do so for ever.
Task<CutReply> Resolver::Impl::ask_known(Job& job, std::shared_ptr<Cut> cut, Question question) {
  std::vector<IpAddress> addresses = ask_order(*cut, rotation_++, now(), ipv4_, ipv6_);
  const std::size_t below = cut->zone.label_count() + 1;
  if (question.qname.label_count() <= below) {
    CutReply alone = co_await ask_addresses(job, cut, question, std::move(addresses));
    co_return alone;
  }
  const std::pair<Name, Name> key{cut->zone, question.qname.suffix(below)};
  const auto joined = join_running(steps_, key, job.deadline);
  if (joined) {
    co_await joined->gate.wait();
    if (serves(joined->result, question)) co_return joined->result;
    CutReply alone = co_await ask_addresses(job, cut, question, std::move(addresses));
    co_return alone;
  }
  const auto shared = start_running(steps_, key, job.deadline);
  CutReply reply = co_await ask_addresses(job, cut, question, std::move(addresses));
  shared->result = reply;
  finish_running(steps_, key, shared);
  co_return reply;
}

Task<CutReply> Resolver::Impl::ask_addresses(Job& job, std::shared_ptr<Cut> cut, Question question,
                                             std::vector<IpAddress> addresses) {
  CutReply reply = co_await query_.ask(job, cut, std::move(question), std::move(addresses));
  if (reply.step && reply.step->kind == StepKind::referral) {
    reply.next = learn(reply.step->referral);
  }
  co_return reply;
}

// Resolves the name of a server of the cut that came without glue.
Task<Lookup> Resolver::Impl::look_up_server(Job& job, std::shared_ptr<Cut> cut, std::size_t server,
                                            const Frame* frame, int depth) {
  Lookup lookup;
  lookup.name = cut->servers[server].name;
  lookup.cycle = cycle_to(frame, lookup.name);
  if (!lookup.cycle.empty()) {
    lookup.result = ResolutionResult::loop;
    co_return lookup;
  }
  if (depth >= kMaxGluelessDepth || job.names_left <= 0) {
    lookup.result = ResolutionResult::limit;
    co_return lookup;
  }
  --job.names_left;
  for (const RRType type : kAddressTypes) {
    if (!may_use(type == RRType::a ? Family::ipv4 : Family::ipv6)) continue;
    Resolution resolution = co_await walk(job, lookup.name, type, frame, depth + 1);
    for (const IpAddress& address : resolution.addresses()) cut->servers[server].add(address);
    lookup.found = lookup.found || !resolution.records.empty();
    lookup.result = resolution.result;
    lookup.zone = resolution.closest_zone;
    lookup.cycle = std::move(resolution.cycle);
    // Without an answer for the one type there will hardly be one for the other.
    if (resolution.result != ResolutionResult::nodata) co_return lookup;
  }
  co_return lookup;
}

// ---- The path ----

Job Resolver::Impl::new_job(SteadyTime deadline) const {
  Job job;
  job.started = now();
  job.deadline = deadline;
  job.not_before = SteadyTime::min();
  job.queries_left = kMaxQueriesPerResolution;
  job.names_left = kMaxNamesPerResolution;
  return job;
}

// Before a verdict of failure the path is asked for again, unless it is fresh.
bool Resolver::Impl::may_retry_fresh(Job& job) const {
  if (!job.used_old_cut || now() >= job.deadline) return false;
  job.used_old_cut = false;
  job.not_before = job.started - kFreshCutAge;
  return true;
}

std::shared_ptr<Cut> Resolver::Impl::start_at(Job& job, const Name& name) {
  std::shared_ptr<Cut> cut = cache_.deepest(name, now(), job.not_before);
  if (!cut) return root_;
  if (cut->learned < job.started - kFreshCutAge) job.used_old_cut = true;
  return cut;
}

std::shared_ptr<Cut> Resolver::Impl::learn(const NsSet& set) {
  auto cut = std::make_shared<Cut>(make_cut(set, now(), kMaxCutAge));
  cache_.store(cut, now());
  return cut;
}

// Its glue is of a family that cannot be used, and any other address only the zone itself can give.
bool Resolver::Impl::needs_itself(const Cut& cut, std::size_t server) {
  const CutServer& known = cut.servers[server];
  return !known.addresses.empty() && known.name.is_at_or_below(cut.zone);
}

bool Resolver::Impl::has_usable_address(const CutServer& server) const {
  return (ipv4_ && server.has(Family::ipv4)) || (ipv6_ && server.has(Family::ipv6));
}

}  // namespace dns
