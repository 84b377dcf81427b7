#include "survey/signals.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace survey {
namespace {

using dns::ResolutionResult;
using dns::RRType;

bool asks(const ZonePlan& plan, QuestionId id) {
  return plan.questions.test(static_cast<std::size_t>(id));
}

std::string label(std::string_view text) {
  return static_cast<char>(text.size()) + std::string(text);
}

// `front` in front of `name`; nothing when that is too long.
std::optional<dns::Name> in_front_of(const dns::Name& name, const std::string& front) {
  const std::string wire = front + std::string(name.wire());
  dns::Result<dns::Name> made =
      dns::Name::from_wire({reinterpret_cast<const std::uint8_t*>(wire.data()), wire.size()});
  if (!made) return std::nullopt;
  return *std::move(made);
}

// The labels of `name` above those of `ancestor`, in wire form.
std::string labels_below(const dns::Name& name, const dns::Name& ancestor) {
  return std::string(name.wire().substr(0, name.wire().size() - ancestor.wire().size()));
}

const dns::Message* response_of(const dns::FollowedExchange& exchange) {
  return exchange.first && exchange.final().answered() ? exchange.final().response.get() : nullptr;
}

std::vector<const dns::Record*> given(const Answer& answer, const dns::Name& zone, RRType type) {
  const dns::Message* const response = response_of(answer.exchange);
  if (response == nullptr) return {};
  return dns::find_records(response->answer, zone, type);
}

dns::Bytes print_of(const dns::Record& record) {
  const auto type = static_cast<std::uint16_t>(record.type);
  dns::Bytes print{static_cast<std::uint8_t>(type >> 8), static_cast<std::uint8_t>(type & 0xFFU)};
  print.insert(print.end(), record.rdata.begin(), record.rdata.end());
  return print;
}

// True when a server of the parent says so, and none gives any.
bool lacks_ds(const ZoneMemory::State& state, const dns::Name& zone) {
  bool denied = false;
  for (const auto& [address, word] : state.words) {
    const dns::Message* const response = response_of(word.server.ds);
    if (response == nullptr || response->rcode != dns::Rcode::noerror) continue;
    if (!dns::find_records(response->answer, zone, RRType::ds).empty()) return false;
    denied = denied || response->aa;
  }
  return denied;
}

bool may_pass(const dns::Resolution& resolution) {
  switch (resolution.result) {
    case ResolutionResult::ok:
    case ResolutionResult::nodata:
    case ResolutionResult::nxdomain:
      return false;
    default:
      return true;
  }
}

template <typename T>
void sort_out_repeats(std::vector<T>& members) {
  std::sort(members.begin(), members.end());
  members.erase(std::unique(members.begin(), members.end()), members.end());
}

std::vector<dns::Name> names_of(const std::vector<Signal>& signals) {
  std::vector<dns::Name> names;
  for (const Signal& signal : signals) names.push_back(signal.nameserver);
  return names;
}

// What there was no time to ask takes nothing away from what is known.
void keep_what_was_known(std::vector<Signal>& signals, const std::vector<Signal>& known) {
  for (Signal& signal : signals) {
    const bool cut = signal.cds.result == ResolutionResult::not_asked ||
                     signal.cdnskey.result == ResolutionResult::not_asked;
    const auto before = std::find_if(known.begin(), known.end(), [&signal](const Signal& other) {
      return other.nameserver == signal.nameserver;
    });
    if (signal.name && cut && before != known.end()) signal = *before;
  }
}

}  // namespace

std::optional<dns::Name> signalling_name(const dns::Name& zone, const dns::Name& nameserver) {
  return in_front_of(nameserver,
                     label("_dsboot") + labels_below(zone, dns::Name()) + label("_signal"));
}

std::vector<dns::Name> dsync_names(const dns::Name& zone, const dns::Name& parent) {
  std::vector<dns::Name> names;
  if (!zone.is_below(parent)) return names;
  for (const std::string& front : {labels_below(zone, parent), std::string()}) {
    std::optional<dns::Name> name = in_front_of(parent, front + label("_dsync"));
    if (name) names.push_back(*std::move(name));
  }
  return names;
}

SignalNeeds signal_needs(const ZonePlan& plan, const ZoneMemory::State& state,
                         const std::vector<dns::Name>& parent_names,
                         const std::map<dns::IpAddress, AddressObservation>& observations) {
  SignalNeeds needs;
  bool csync = false;
  for (const auto& [address, observation] : observations) {
    for (const Answer& answer : observation.answers) {
      csync = csync ||
              (answer.id == QuestionId::csync && !given(answer, plan.zone, RRType::csync).empty());
      if (answer.id != QuestionId::cds && answer.id != QuestionId::cdnskey) continue;
      const RRType type = answer.id == QuestionId::cds ? RRType::cds : RRType::cdnskey;
      for (const dns::Record* const record : given(answer, plan.zone, type)) {
        needs.published.push_back(print_of(*record));
      }
    }
  }
  sort_out_repeats(needs.published);
  const bool any = !needs.published.empty();
  if ((any || csync) && asks(plan, QuestionId::dsync) && state.parent.found) {
    needs.notify = state.parent.parent;
  }
  if (!any || !asks(plan, QuestionId::dsboot) || !lacks_ds(state, plan.zone)) return needs;
  for (const dns::Name& name : parent_names) {
    if (!name.is_at_or_below(plan.zone)) needs.nameservers.push_back(name);
  }
  sort_out_repeats(needs.nameservers);
  if (needs.nameservers.size() > kMaxSignals) needs.nameservers.resize(kMaxSignals);
  return needs;
}

bool SignalAsker::is_due(const SignalNeeds& needs) const {
  return bootstrap_is_due(needs) || notify_is_due(needs);
}

bool SignalAsker::bootstrap_is_due(const SignalNeeds& needs) const {
  if (needs.nameservers.empty()) return false;
  const SignalMemory& memory = state_.signals;
  return memory.bootstrap.next <= clock_.steady() || memory.published != needs.published ||
         names_of(memory.found.bootstrap) != needs.nameservers;
}

bool SignalAsker::notify_is_due(const SignalNeeds& needs) const {
  return needs.notify && state_.signals.dsync.next <= clock_.steady();
}

dns::Task<void> SignalAsker::ask(SignalNeeds needs, dns::SteadyTime deadline) {
  const dns::SteadyTime end = std::min(deadline, clock_.steady() + kSignalPatience);
  dns::Scope scope;
  if (notify_is_due(needs)) scope.spawn(ask_parent(*needs.notify, end));
  if (bootstrap_is_due(needs)) scope.spawn(ask_operators(std::move(needs), end));
  co_await scope.join();
}

dns::Task<void> SignalAsker::ask_operators(SignalNeeds needs, dns::SteadyTime deadline) {
  std::vector<Signal> signals(needs.nameservers.size());
  dns::Scope scope;
  for (std::size_t i = 0; i < signals.size(); ++i) {
    signals[i].nameserver = needs.nameservers[i];
    signals[i].name = signalling_name(plan_.zone, needs.nameservers[i]);
    if (signals[i].name) scope.spawn(ask_operator(signals[i], deadline));
  }
  co_await scope.join();
  SignalMemory& memory = state_.signals;
  const bool again = std::any_of(signals.begin(), signals.end(), [](const Signal& signal) {
    return signal.name && (may_pass(signal.cds) || may_pass(signal.cdnskey));
  });
  note(memory.bootstrap, again);
  if (memory.published == needs.published) {
    keep_what_was_known(signals, memory.found.bootstrap);
  }
  memory.published = std::move(needs.published);
  memory.found.bootstrap = std::move(signals);
}

dns::Task<void> SignalAsker::ask_operator(Signal& signal, dns::SteadyTime deadline) {
  const dns::Name name = *signal.name;
  dns::Scope scope;
  scope.spawn(resolve(name, RRType::cds, deadline, signal.cds));
  scope.spawn(resolve(name, RRType::cdnskey, deadline, signal.cdnskey));
  co_await scope.join();
  dns::Resolution of = signal.cds.result == ResolutionResult::ok ? signal.cds : signal.cdnskey;
  if (of.result != ResolutionResult::ok) co_return;
  Path path = co_await paths_.path_to_addresses(std::move(of), deadline);
  signal.path = std::move(path);
}

// Where a step is denied the next one is taken; a failure ends the search.
dns::Task<void> SignalAsker::ask_parent(dns::Name parent, dns::SteadyTime deadline) {
  NotifyTargets targets;
  for (const dns::Name& name : dsync_names(plan_.zone, parent)) {
    dns::Resolution found = co_await resolver_.resolve(name, RRType::dsync, deadline);
    targets.dsync = std::move(found);
    if (targets.dsync.result == ResolutionResult::ok || may_pass(targets.dsync)) break;
  }
  if (targets.dsync.result == ResolutionResult::ok) {
    dns::Resolution of = targets.dsync;
    Path path = co_await paths_.path_to_addresses(std::move(of), deadline);
    targets.path = std::move(path);
  }
  note(state_.signals.dsync, may_pass(targets.dsync));
  state_.signals.found.notify = std::move(targets);
}

dns::Task<void> SignalAsker::resolve(dns::Name name, RRType type, dns::SteadyTime deadline,
                                     dns::Resolution& into) {
  dns::Resolution found = co_await resolver_.resolve(name, type, deadline);
  into = std::move(found);
}

void SignalAsker::note(SignalLook& look, bool may_pass) const {
  look.asked = clock_.steady();
  look.next = look.asked + (may_pass ? plan_.delegation_every : plan_.slow_every);
}

Signals SignalAsker::observations(const SignalNeeds& needs) {
  SignalMemory& memory = state_.signals;
  const dns::SteadyTime oldest = clock_.steady() - kCadencesKept * plan_.slow_every;
  if (needs.nameservers.empty() || memory.bootstrap.asked <= oldest) {
    memory.found.bootstrap.clear();
    memory.published.clear();
    memory.bootstrap = {};
  }
  if (!needs.notify || memory.dsync.asked <= oldest) {
    memory.found.notify.reset();
    memory.dsync = {};
  }
  return memory.found;
}

}  // namespace survey
