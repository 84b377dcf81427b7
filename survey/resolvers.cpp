#include "survey/resolvers.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "survey/delegation.hpp"
#include "survey/servers.hpp"

namespace survey {
namespace {

using Id = ResolverQuestionId;

ResolverAsk make_ask(Id id, dns::Name qname, dns::RRType qtype, bool checking = true) {
  ResolverAsk ask;
  ask.id = id;
  ask.checking = checking;
  ask.question.qname = std::move(qname);
  ask.question.qtype = qtype;
  ask.question.recursion_desired = true;
  ask.question.checking_disabled = !checking;
  return ask;
}

bool is_cut(const ResolverAnswer& answer) {
  const dns::Outcome outcome = answer.exchange.final().outcome;
  return outcome == dns::Outcome::not_asked || outcome == dns::Outcome::cancelled;
}

// The resolver gave an answer without an error.
bool is_good(const ResolverAnswer& answer) {
  const dns::Exchange& exchange = answer.exchange.final();
  return exchange.answered() && exchange.response->rcode == dns::Rcode::noerror;
}

// Whether the resolver works, but not for the zone.
bool fails_zone_only(const std::vector<ResolverAnswer>& answers) {
  bool zone = true;
  bool control = true;
  for (const ResolverAnswer& answer : answers) {
    if (answer.id == Id::soa && answer.checking) zone = is_good(answer);
    if (answer.id == Id::control) control = is_good(answer);
  }
  return !zone && control;
}

// A certification authority asks at the name that it certifies first (RFC 8659 section 3).
void add_caa_of_sentinels(const ZonePlan& plan, std::vector<ResolverAsk>& asks) {
  std::set<dns::Name> names{plan.zone};
  for (const Sentinel& sentinel : plan.sentinels) {
    const bool is_new = names.insert(sentinel.name).second;
    if (is_new) asks.push_back(make_ask(Id::caa, sentinel.name, dns::RRType::caa));
  }
}

}  // namespace

std::vector<ResolverAsk> first_asks(const ZonePlan& plan, const RecursiveResolver& resolver,
                                    const std::optional<dns::Name>& parent) {
  std::vector<ResolverAsk> asks;
  asks.push_back(make_ask(Id::soa, plan.zone, dns::RRType::soa));
  if (resolver.validating) asks.push_back(make_ask(Id::soa, plan.zone, dns::RRType::soa, false));
  if (parent) asks.push_back(make_ask(Id::control, *parent, dns::RRType::soa));
  return asks;
}

std::vector<ResolverAsk> further_asks(const ZonePlan& plan,
                                      const std::vector<dns::Name>& nameservers, bool resolves,
                                      const std::function<std::uint32_t()>& random) {
  std::vector<ResolverAsk> asks;
  const auto wants = [&plan](Id id) {
    return plan.resolver_questions.test(static_cast<std::size_t>(id));
  };
  if (wants(Id::ds) && !plan.zone.is_root()) {
    asks.push_back(make_ask(Id::ds, plan.zone, dns::RRType::ds));
  }
  const dns::Result<dns::Name> missing = plan.zone.prefixed(random_label(random));
  if (wants(Id::nonexistent) && missing) {
    asks.push_back(make_ask(Id::nonexistent, *missing, dns::RRType::a));
  }
  if (wants(Id::caa)) asks.push_back(make_ask(Id::caa, plan.zone, dns::RRType::caa));
  if (!resolves) return asks;
  if (wants(Id::ns)) asks.push_back(make_ask(Id::ns, plan.zone, dns::RRType::ns));
  if (wants(Id::ns_address)) {
    const std::size_t count = std::min(nameservers.size(), kMaxNamesAskedOfResolvers);
    for (std::size_t i = 0; i < count; ++i) {
      asks.push_back(make_ask(Id::ns_address, nameservers[i], dns::RRType::a));
      asks.push_back(make_ask(Id::ns_address, nameservers[i], dns::RRType::aaaa));
    }
  }
  if (wants(Id::sentinel)) {
    for (const Sentinel& sentinel : plan.sentinels) {
      asks.push_back(make_ask(Id::sentinel, sentinel.name, sentinel.type));
    }
  }
  if (wants(Id::caa)) add_caa_of_sentinels(plan, asks);
  return asks;
}

std::vector<ResolverAsk> unchecked_asks(const RecursiveResolver& resolver,
                                        const std::vector<ResolverAnswer>& answers) {
  std::vector<ResolverAsk> asks;
  if (!resolver.validating) return asks;
  for (const ResolverAnswer& answer : answers) {
    const dns::Exchange& exchange = answer.exchange.final();
    const bool refused =
        answer.checking && exchange.answered() && exchange.response->rcode == dns::Rcode::servfail;
    if (!refused) continue;
    const dns::Question& question = exchange.question;
    asks.push_back(make_ask(answer.id, question.qname, question.qtype, false));
  }
  return asks;
}

bool ResolverAsker::is_due(bool newly_failing) const {
  if (plan_.resolvers.empty() || plan_.resolver_questions.none()) return false;
  if (!state_.resolvers_asked) return true;
  const bool all_known = std::all_of(plan_.resolvers.begin(), plan_.resolvers.end(),
                                     [this](const RecursiveResolver& resolver) {
                                       return state_.resolvers.contains(resolver.endpoint);
                                     });
  if (!all_known) return true;
  const bool soon = newly_failing || state_.resolvers_failed;
  const dns::Duration spacing =
      soon ? std::min(kMinFailureSpacing, plan_.resolvers_every) : plan_.resolvers_every;
  return *state_.resolvers_asked + spacing <= begun_;
}

struct ResolverAsker::Look {
  std::vector<dns::Name> nameservers;
  std::optional<dns::Name> parent;
  dns::SteadyTime deadline;
  bool cut = false;     ///< something could not be asked in time
  bool failed = false;  ///< a resolver fails for this zone only
};

dns::Task<void> ResolverAsker::ask(std::vector<dns::Name> nameservers,
                                   std::optional<dns::Name> parent, dns::SteadyTime deadline) {
  Look look;
  look.nameservers = std::move(nameservers);
  look.parent = std::move(parent);
  look.deadline = std::min(deadline, now() + kResolverPatience);
  std::erase_if(state_.resolvers, [this](const auto& known) {
    return std::none_of(
        plan_.resolvers.begin(), plan_.resolvers.end(),
        [&known](const RecursiveResolver& each) { return each.endpoint == known.first; });
  });
  dns::Scope scope;
  for (std::size_t i = 0; i < plan_.resolvers.size(); ++i) scope.spawn(ask_resolver(look, i));
  co_await scope.join();
  state_.resolvers_failed = look.failed;
  // What the deadline cut off stays due.
  if (!look.cut) state_.resolvers_asked = begun_;
}

dns::Task<void> ResolverAsker::ask_resolver(Look& look, std::size_t index) {
  const RecursiveResolver& resolver = plan_.resolvers[index];
  const dns::WallTime asked_at = client_.engine().clock().wall();
  std::vector<ResolverAsk> first = first_asks(plan_, resolver, look.parent);
  std::vector<ResolverAnswer> answers = co_await ask_all(index, std::move(first), look.deadline);
  const bool cut = std::any_of(answers.begin(), answers.end(), is_cut);
  if (cut) {
    look.cut = true;
    co_return;
  }
  look.failed = look.failed || fails_zone_only(answers);
  std::vector<ResolverAsk> further =
      further_asks(plan_, look.nameservers, is_good(answers.front()), random_);
  std::vector<ResolverAnswer> more = co_await ask_all(index, std::move(further), look.deadline);
  std::vector<ResolverAsk> again = unchecked_asks(resolver, more);
  std::vector<ResolverAnswer> unchecked = co_await ask_all(index, std::move(again), look.deadline);
  std::move(unchecked.begin(), unchecked.end(), std::back_inserter(more));
  for (ResolverAnswer& answer : more) {
    if (is_cut(answer)) {
      look.cut = true;
    } else {
      answers.push_back(std::move(answer));
    }
  }
  ResolverMemory& memory = state_.resolvers[resolver.endpoint];
  memory.answers = std::move(answers);
  memory.asked = begun_;
  memory.asked_at = asked_at;
}

dns::Task<std::vector<ResolverAnswer>> ResolverAsker::ask_all(std::size_t index,
                                                              std::vector<ResolverAsk> asks,
                                                              dns::SteadyTime deadline) {
  const dns::Endpoint endpoint = plan_.resolvers[index].endpoint;
  std::vector<dns::Task<ResolverAnswer>> tasks;
  tasks.reserve(asks.size());
  for (ResolverAsk& ask : asks) tasks.push_back(ask_one(endpoint, std::move(ask), deadline));
  std::vector<ResolverAnswer> answers = co_await dns::all(std::move(tasks));
  co_return answers;
}

dns::Task<ResolverAnswer> ResolverAsker::ask_one(dns::Endpoint resolver, ResolverAsk ask,
                                                 dns::SteadyTime deadline) {
  ResolverAnswer answer;
  answer.id = ask.id;
  answer.checking = ask.checking;
  const dns::AskLimits limits{plan_.attempts, plan_.resolver_timeout, deadline};
  dns::FollowedExchange exchange =
      co_await client_.ask_following(resolver, std::move(ask.question), limits);
  answer.exchange = std::move(exchange);
  co_return answer;
}

std::vector<ResolverObservation> ResolverAsker::observations() const {
  std::vector<ResolverObservation> seen;
  for (const RecursiveResolver& resolver : plan_.resolvers) {
    const auto known = state_.resolvers.find(resolver.endpoint);
    if (known == state_.resolvers.end()) continue;
    const ResolverMemory& memory = known->second;
    if (memory.asked + kCadencesKept * plan_.resolvers_every <= begun_) continue;
    ResolverObservation& observation = seen.emplace_back();
    observation.resolver = resolver;
    observation.answers = memory.answers;
    observation.asked = memory.asked_at;
    observation.carried_over = memory.asked < begun_;
  }
  return seen;
}

}  // namespace survey
