#include "survey/servers.hpp"

#include <algorithm>
#include <cassert>
#include <set>
#include <utility>

namespace survey {
namespace {

constexpr std::size_t kClientCookieOctets = 8;  // RFC 7873 section 4

const QuestionSpec& spec_of(QuestionId id) {
  const auto index = static_cast<std::size_t>(id);
  assert(index < questions().size());
  return questions()[index];
}

bool is_enabled(const QuestionSet& enabled, QuestionId id) {
  return enabled.test(static_cast<std::size_t>(id));
}

bool was_answered(const dns::FollowedExchange& exchange) {
  return exchange.first && exchange.first->answered();
}

bool was_cut(const std::shared_ptr<const dns::Exchange>& exchange) {
  return exchange && (exchange->outcome == dns::Outcome::not_asked ||
                      exchange->outcome == dns::Outcome::cancelled);
}

bool was_cut(const Answer& answer) {
  return was_cut(answer.exchange.first) || was_cut(answer.exchange.tcp);
}

dns::EdnsRequest edns_for(const QuestionSpec& spec, const std::function<std::uint32_t()>& random) {
  dns::EdnsRequest edns;
  for (const dns::OptionCode option : spec.options) {
    if (option != dns::OptionCode::cookie) {
      edns.ask_for.push_back(option);
      continue;
    }
    while (edns.cookie.size() < kClientCookieOctets) {
      edns.cookie.push_back(static_cast<std::uint8_t>(random() & 0xFFU));
    }
  }
  return edns;
}

std::vector<dns::Name> subjects(const QuestionSpec& spec, const dns::Name& zone,
                                const std::vector<dns::Name>& nameservers, std::string_view absent,
                                const std::vector<Sentinel>& sentinels) {
  switch (spec.subject) {
    case Subject::apex:
      return {zone};
    case Subject::in_domain_nameserver:
      return in_domain(zone, nameservers);
    case Subject::elsewhere:
      return {};
    case Subject::name_between:
      return names_between(zone, nameservers, sentinels);
    case Subject::random_name:
      break;
  }
  // A zone whose name is too long to have such a name below it is not asked for one.
  const dns::Result<dns::Name> name = zone.prefixed(absent);
  return name ? std::vector<dns::Name>{*name} : std::vector<dns::Name>{};
}

void count(AddressObservation& observation, const dns::Exchange& exchange) {
  const bool udp = exchange.transport == dns::Transport::udp;
  (udp ? observation.queries_udp : observation.queries_tcp) += exchange.attempts;
  (udp ? observation.timeouts_udp : observation.timeouts_tcp) += exchange.attempts_timed_out;
}

}  // namespace

std::string random_label(const std::function<std::uint32_t()>& random) {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string label(16, '\0');
  for (char& octet : label) octet = kAlphabet[random() % kAlphabet.size()];
  return label;
}

std::vector<Ask> asks_for(const dns::Name& zone, Cadence cadence, const QuestionSet& enabled,
                          const std::vector<dns::Name>& nameservers, std::string_view absent,
                          const std::function<std::uint32_t()>& random,
                          const std::vector<Sentinel>& sentinels) {
  std::vector<Ask> asks;
  for (const QuestionSpec& spec : questions()) {
    if (spec.cadence != cadence || !is_enabled(enabled, spec.id)) continue;
    for (const dns::Name& subject : subjects(spec, zone, nameservers, absent, sentinels)) {
      for (const dns::RRType type : spec.types) {
        Ask ask;
        ask.id = spec.id;
        ask.transport = spec.transport;
        ask.question.qname = subject;
        ask.question.qtype = type;
        ask.question.edns = edns_for(spec, random);
        asks.push_back(std::move(ask));
      }
    }
  }
  return asks;
}

std::vector<dns::Name> in_domain(const dns::Name& zone, const std::vector<dns::Name>& nameservers) {
  std::vector<dns::Name> inside;
  for (const dns::Name& name : nameservers) {
    if (name.is_at_or_below(zone)) inside.push_back(name);
  }
  return inside;
}

std::vector<dns::Name> names_between(const dns::Name& zone,
                                     const std::vector<dns::Name>& nameservers,
                                     const std::vector<Sentinel>& sentinels) {
  std::set<dns::Name> names;
  const auto add_above = [&](const dns::Name& name) {
    if (!name.is_below(zone)) return;
    for (std::size_t labels = name.label_count() - 1; labels > zone.label_count(); --labels) {
      names.insert(name.suffix(labels));
    }
  };
  for (const dns::Name& name : nameservers) add_above(name);
  for (const Sentinel& sentinel : sentinels) {
    const bool deep = sentinel.name.is_below(zone) && !(sentinel.name.parent() == zone);
    if (deep) names.insert(sentinel.name);
    add_above(sentinel.name);
  }
  for (const dns::Name& name : nameservers) names.erase(name);
  std::vector<dns::Name> some(names.begin(), names.end());
  if (some.size() > kMaxNamesBetween) some.resize(kMaxNamesBetween);
  return some;
}

bool slow_is_due(const AddressMemory& memory, const std::vector<dns::Name>& in_domain_names,
                 dns::SteadyTime now, dns::Duration slow_every) {
  if (!memory.slow_asked || *memory.slow_asked + slow_every <= now) return true;
  return memory.slow_names != in_domain_names;
}

bool is_authoritative_soa(const Answer& answer, const dns::Name& zone) {
  if (!answer.exchange.first || !answer.exchange.final().answered()) return false;
  const dns::Message& response = *answer.exchange.final().response;
  return response.rcode == dns::Rcode::noerror && response.aa && !response.tc &&
         !dns::find_records(response.answer, zone, dns::RRType::soa).empty();
}

std::vector<dns::Transport> failing_transports(const AddressObservation& observation,
                                               const dns::Name& zone, const QuestionSet& enabled) {
  std::vector<dns::Transport> failing;
  if (!observation.may_ask) return failing;
  for (const QuestionId id : {QuestionId::soa_udp, QuestionId::soa_tcp}) {
    if (!is_enabled(enabled, id)) continue;
    const Answer* answer = observation.find(id);
    if (answer == nullptr || !is_authoritative_soa(*answer, zone)) {
      failing.push_back(spec_of(id).transport);
    }
  }
  return failing;
}

bool has_failures(const AddressObservation& observation, const dns::Name& zone,
                  const QuestionSet& enabled) {
  if (!failing_transports(observation, zone, enabled).empty()) return true;
  return std::any_of(observation.answers.begin(), observation.answers.end(),
                     [](const Answer& answer) {
                       return !answer.carried_over && !answer.exchange.final().answered();
                     });
}

bool was_cut_short(const AddressObservation& observation) {
  return std::any_of(observation.answers.begin(), observation.answers.end(),
                     [](const Answer& answer) { return !answer.carried_over && was_cut(answer); });
}

bool is_nodata(const Answer& answer) {
  if (!answer.exchange.first || !answer.exchange.final().answered()) return false;
  const dns::Exchange& exchange = answer.exchange.final();
  const dns::Message& response = *exchange.response;
  return response.rcode == dns::Rcode::noerror && response.aa && !response.tc &&
         response.answer.empty();
}

std::optional<std::vector<dns::Name>> child_nameservers(const AddressObservation& observation,
                                                        const dns::Name& zone) {
  const Answer* answer = observation.find(QuestionId::ns);
  if (answer == nullptr || !answer->exchange.final().answered()) return std::nullopt;
  const dns::Message& response = *answer->exchange.final().response;
  if (!response.aa || response.rcode != dns::Rcode::noerror) return std::nullopt;
  std::vector<dns::Name> names;
  for (const dns::Record* record : dns::find_records(response.answer, zone, dns::RRType::ns)) {
    std::optional<dns::Name> name = dns::parse_name_rdata(record->rdata);
    if (name && names.size() < kMaxNameserversPerZone) names.push_back(std::move(*name));
  }
  if (names.empty()) return std::nullopt;
  return names;
}

struct ServerAsker::Round {
  AddressObservation observation;
  std::vector<dns::Name> nameservers;
  dns::SteadyTime deadline;
  bool tcp_dead = false;  ///< the SOA question over TCP has ended without an answer
};

dns::Task<AddressObservation> ServerAsker::ask(dns::IpAddress address,
                                               std::vector<dns::Name> nameservers,
                                               dns::SteadyTime deadline) {
  Round round;
  round.observation.address = address;
  round.observation.may_ask = policy_.may_ask(address);
  round.nameservers = std::move(nameservers);
  round.deadline = deadline;
  if (!round.observation.may_ask) co_return round.observation;
  dns::Scope scope;
  scope.spawn(ask_over_udp(round));
  scope.spawn(ask_over_tcp(round));
  co_await scope.join();

  AddressMemory& memory = state_.addresses[address];
  memory.seen = now();
  if (std::optional<std::vector<dns::Name>> names =
          child_nameservers(round.observation, plan_.zone)) {
    memory.child_ns = std::move(*names);
    memory.child_ns_seen = now();
  }
  std::stable_sort(round.observation.answers.begin(), round.observation.answers.end(),
                   [](const Answer& a, const Answer& b) { return a.id < b.id; });
  co_return std::move(round.observation);
}

dns::Task<void> ServerAsker::ask_over_udp(Round& round) {
  std::vector<Ask> asks = asks_for(plan_.zone, Cadence::every_round, plan_.questions,
                                   round.nameservers, absent_, random_);
  std::vector<dns::Task<Answer>> rest;
  bool reachable = true;
  for (Ask& ask : asks) {
    if (ask.transport != dns::Transport::udp) continue;
    if (ask.id != QuestionId::soa_udp) {
      // A truncated answer leads to TCP only where TCP is not known to be dead.
      if (reachable) rest.push_back(ask_one(round, std::move(ask), !round.tcp_dead));
      continue;
    }
    Answer soa = co_await ask_one(round, std::move(ask), true);
    reachable = was_answered(soa.exchange);
    note(round, std::move(soa));
  }
  std::vector<Answer> answers = co_await dns::all(std::move(rest));
  for (Answer& answer : answers) note(round, std::move(answer));
  const bool slow = reachable && slow_is_due(round) && !must_wait(round);
  if (slow) {
    co_await ask_slow(round);
  } else {
    carry_over(round);
  }
}

dns::Task<void> ServerAsker::ask_over_tcp(Round& round) {
  std::vector<Ask> asks = asks_for(plan_.zone, Cadence::every_round, plan_.questions,
                                   round.nameservers, absent_, random_);
  std::vector<dns::Task<Answer>> tasks;
  for (Ask& ask : asks) {
    if (ask.transport == dns::Transport::tcp) {
      tasks.push_back(ask_one(round, std::move(ask), false));
    }
  }
  std::vector<Answer> answers = co_await dns::all(std::move(tasks));
  for (Answer& answer : answers) {
    round.tcp_dead = round.tcp_dead || !was_answered(answer.exchange);
    note(round, std::move(answer));
  }
}

bool ServerAsker::slow_is_due(const Round& round) const {
  return survey::slow_is_due(state_.addresses[round.observation.address],
                             in_domain(plan_.zone, round.nameservers), now(), plan_.slow_every);
}

bool ServerAsker::must_wait(const Round& round) const {
  return client_.engine().token_wait(round.observation.address) > plan_.slow_patience;
}

dns::Task<void> ServerAsker::ask_slow(Round& round) {
  std::vector<Ask> asks = asks_for(plan_.zone, Cadence::slow, plan_.questions, round.nameservers,
                                   absent_, random_, plan_.sentinels);
  const Answer* const keys = round.observation.find(QuestionId::dnskey);
  const bool unsigned_zone = keys != nullptr && is_nodata(*keys);
  std::vector<dns::Task<Answer>> tasks;
  for (Ask& ask : asks) {
    if (unsigned_zone && is_enabled(kOnlyOfSignedZones, ask.id)) continue;
    tasks.push_back(ask_to_keep(round, std::move(ask)));
  }
  std::vector<Answer> answers = co_await dns::all(std::move(tasks));
  AddressMemory& memory = state_.addresses[round.observation.address];
  // What the deadline cut off stays due.
  if (std::none_of(answers.begin(), answers.end(),
                   [](const Answer& answer) { return was_cut(answer); })) {
    memory.slow = answers;
    state_.grown = true;
    memory.slow_asked = now();
    memory.slow_names = in_domain(plan_.zone, round.nameservers);
  }
  for (Answer& answer : answers) note(round, std::move(answer));
}

// Gives what the slow questions said last.
void ServerAsker::carry_over(Round& round) const {
  const AddressMemory& memory = state_.addresses[round.observation.address];
  if (!memory.slow_asked || *memory.slow_asked + kCadencesKept * plan_.slow_every <= now()) return;
  for (const Answer& answer : memory.slow) {
    round.observation.answers.push_back(answer);
    round.observation.answers.back().carried_over = true;
  }
}

// What is kept for an hour, of every server at once: equal responses are kept once from when they
// come, or a first round would need many times the memory that its zones keep.
dns::Task<Answer> ServerAsker::ask_to_keep(Round& round, Ask ask) {
  Answer answer = co_await ask_one(round, std::move(ask), !round.tcp_dead);
  answer.exchange = kept_.share(std::move(answer.exchange));
  co_return answer;
}

dns::Task<Answer> ServerAsker::ask_one(Round& round, Ask ask, bool follow) {
  Answer answer;
  answer.id = ask.id;
  const dns::Endpoint server{round.observation.address, plan_.port};
  const dns::AskLimits limits{plan_.attempts, plan_.timeout, round.deadline};
  if (follow && ask.transport == dns::Transport::udp) {
    dns::FollowedExchange followed =
        co_await client_.ask_following(server, std::move(ask.question), limits);
    answer.exchange = std::move(followed);
  } else {
    std::shared_ptr<const dns::Exchange> exchange =
        co_await client_.ask(server, std::move(ask.question), ask.transport, limits);
    answer.exchange.first = std::move(exchange);
  }
  co_return answer;
}

void ServerAsker::note(Round& round, Answer answer) {
  count(round.observation, *answer.exchange.first);
  if (answer.exchange.tcp) count(round.observation, *answer.exchange.tcp);
  round.observation.answers.push_back(std::move(answer));
}

}  // namespace survey
