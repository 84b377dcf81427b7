#include "survey/surveyor.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "survey/addresses.hpp"
#include "survey/delegation.hpp"
#include "survey/memory.hpp"
#include "survey/path.hpp"
#include "survey/resolvers.hpp"
#include "survey/servers.hpp"
#include "survey/sharing.hpp"
#include "survey/signals.hpp"
#include "survey/walks.hpp"

namespace survey {
namespace {

// Names may lead to addresses, addresses to the child's NS RRset, that to other names, these to
// other addresses: more passes than this are not made in one survey.
constexpr int kMaxPasses = 4;
// Kept back from the time given, for the look at the control targets.
constexpr dns::Duration kVantageReserve = std::chrono::seconds(4);
constexpr int kVantageReserveShare = 4;  // but at most a quarter of it
// A look begun this long before the last question ended still counts as one after it.
constexpr dns::Duration kLookTolerance = std::chrono::seconds(1);

/// One survey under way.
class Round {
 public:
  Round(dns::Client& client, dns::Resolver& resolver, FamilyResolvers& families, PathAsker& paths,
        VantageProbe& vantage, const dns::AddressPolicy& policy,
        const std::function<std::uint32_t()>& random, const ZonePlan& plan,
        ZoneMemory::State& state, dns::SteadyTime deadline)
      : client_(client),
        resolver_(resolver),
        paths_(paths),
        vantage_(vantage),
        plan_(plan),
        state_(state),
        clock_(client.engine().clock()),
        begun_(clock_.steady()),
        deadline_(deadline),
        ask_deadline_(deadline - std::min<dns::Duration>(
                                     kVantageReserve, (deadline - begun_) / kVantageReserveShare)),
        delegation_(client, resolver, plan, state),
        addresses_(resolver, paths, clock_, plan, state),
        servers_(client, policy, plan, state, random),
        resolvers_(client, plan, state, random),
        signals_(resolver, paths, clock_, plan, state),
        walks_(resolver, families, paths, clock_, plan, state) {
    survey_.zone = plan.zone;
    survey_.port = plan.port;
    survey_.started = clock_.wall();
    if (!state_.rotation) state_.rotation = random();
  }

  dns::Task<std::shared_ptr<const Survey>> run() {
    const dns::SteadyTime parent_deadline = share_of_time(2, 5);
    co_await delegation_.refresh_if_due(parent_deadline);
    reached_.reset();
    look_for_path();
    co_await gather();
    co_await ask_parents_on_failure();
    look_at_resolvers();
    look_for_signals();
    walk();
    co_await confirm_failures();
    look_for_path();
    look_for_signals();
    co_await paths_sought_.join();
    co_await resolvers_asked_.join();
    co_await signals_asked_.join();
    co_await walking_.join();
    co_await suspect_vantage();
    build();
    co_return std::make_shared<const Survey>(std::move(survey_));
  }

 private:
  // Resolves names that are due and asks addresses not asked yet, side by side, until nothing new
  // comes up.
  dns::Task<void> gather() {
    const dns::SteadyTime resolve_deadline = share_of_time(3, 5);
    for (int pass = 0; pass < kMaxPasses; ++pass) {
      std::vector<dns::Name> names = addresses_.due(reach_now());
      const std::vector<dns::IpAddress> open = not_asked_yet(reach_now());
      if (pass > 0 && names.empty() && open.empty()) co_return;
      const std::vector<dns::Name> nameservers = names_of(reach_now());
      dns::Scope scope;
      if (pass == 0) scope.spawn(delegation_.ask_slow(ask_deadline_));
      if (!names.empty()) scope.spawn(addresses_.resolve(std::move(names), resolve_deadline));
      for (const dns::IpAddress& address : open) scope.spawn(ask(address, nameservers));
      co_await scope.join();
      reached_.reset();
      for (const dns::Name& name : addresses_.take_path_wanted()) {
        paths_sought_.spawn(find_path_of(name));
      }
    }
  }

  // Unless the path to this parent is looked for already.
  void look_for_path() {
    if (paths_.begins_at(plan_.zone)) return;
    if (!state_.parent.found && state_.words.empty()) return;
    if (path_sought_to_ == state_.parent.parent) return;
    path_sought_to_ = state_.parent.parent;
    paths_sought_.spawn(find_path(state_.parent.parent));
  }

  dns::Task<void> find_path(dns::Name parent) {
    Path found = co_await paths_.path_to(parent, ask_deadline_);
    if (path_sought_to_ == parent) survey_.path = std::move(found);
  }

  dns::Task<void> find_path_of(dns::Name nameserver) {
    co_await addresses_.find_path(nameserver, ask_deadline_);
    reached_.reset();
  }

  // Beside what is left of the survey. Comes when it is known which names to ask for, and whether
  // something fails.
  void look_at_resolvers() {
    if (!resolvers_.is_due(newly_failing_)) return;
    std::optional<dns::Name> parent;
    if (state_.parent.found) parent = state_.parent.parent;
    resolvers_asked_.spawn(resolvers_.ask(names_of(reach_now()), std::move(parent), ask_deadline_));
  }

  // Beside what is left of the survey. Comes when parent and servers have said whether there is a
  // reason to; again when they were asked once more.
  void look_for_signals() {
    SignalNeeds needs = signal_needs_now();
    if (!signals_asked_.idle() || !signals_.is_due(needs)) return;
    signals_asked_.spawn(signals_.ask(std::move(needs), ask_deadline_));
  }

  SignalNeeds signal_needs_now() {
    const DelegationView& delegation = delegation_.view();
    std::vector<dns::Name> names;
    for (const dns::NameserverAddresses& server : delegation.nameservers) {
      names.push_back(server.name);
    }
    return signal_needs(plan_, state_, names, observations_);
  }

  // Beside what is left of the survey. Comes when it is known over which families the zone is
  // served now: a walk over another one would end at its servers.
  void walk() {
    std::vector<dns::Family> families;
    for (const dns::Family family : {dns::Family::ipv4, dns::Family::ipv6}) {
      const bool usable = vantage_.last().of(family, dns::Transport::udp) != Usable::no;
      if (usable && is_served_over(family)) families.push_back(family);
    }
    if (!walks_.is_due(families)) return;
    std::optional<dns::Name> parent;
    if (state_.parent.found) parent = state_.parent.parent;
    walking_.spawn(walks_.ask(std::move(families), std::move(parent), ask_deadline_));
  }

  bool is_served_over(dns::Family family) const {
    return std::any_of(observations_.begin(), observations_.end(), [&](const auto& each) {
      const Answer* const soa = each.second.find(QuestionId::soa_udp);
      return each.first.family() == family && soa != nullptr &&
             is_authoritative_soa(*soa, plan_.zone);
    });
  }

  dns::Task<void> ask(dns::IpAddress address, std::vector<dns::Name> nameservers) {
    observations_[address].address = address;  // not to be asked twice
    AddressObservation observation =
        co_await servers_.ask(address, std::move(nameservers), ask_deadline_);
    observations_[address] = std::move(observation);
  }

  // When a server fails that did not fail before, the delegation may be what changed.
  dns::Task<void> ask_parents_on_failure() {
    std::set<Failing> failing = failing_now();
    const dns::SteadyTime now = clock_.steady();
    const bool is_new = !std::includes(state_.failing.begin(), state_.failing.end(),
                                       failing.begin(), failing.end());
    state_.failing = std::move(failing);
    newly_failing_ = is_new;
    if (!is_new || plan_.zone.is_root()) co_return;
    if (state_.asked_for_failure && *state_.asked_for_failure + kMinFailureSpacing > now) co_return;
    state_.asked_for_failure = now;
    co_await delegation_.ask_all(begun_, ask_deadline_);
    reached_.reset();
    co_await gather();
  }

  // For those who judge without history: what failed is asked once more, and the second result
  // counts.
  dns::Task<void> confirm_failures() {
    if (!plan_.confirm_failures_after) co_return;
    std::vector<dns::IpAddress> failed;
    for (const auto& [address, observation] : observations_) {
      if (has_failures(observation, plan_.zone, plan_.questions)) failed.push_back(address);
    }
    addresses_.repeat_failed(reach_now());
    const bool delegation_failed = !plan_.zone.is_root() && !delegation_.view().answered;
    std::vector<ParentTarget> silent = delegation_.unanswered();
    const bool resolved = addresses_.due(reach_now()).empty();
    if (failed.empty() && silent.empty() && !delegation_failed && resolved) co_return;
    const dns::Duration pause = *plan_.confirm_failures_after;
    if (clock_.steady() + pause >= ask_deadline_) co_return;
    const bool going = co_await client_.engine().sleep(pause);
    if (!going) co_return;
    if (delegation_failed) {
      state_.next_delegation = dns::SteadyTime::min();
      const dns::SteadyTime parent_deadline = share_of_time(2, 5);
      co_await delegation_.refresh_if_due(parent_deadline);
    } else {
      co_await delegation_.ask(std::move(silent), ask_deadline_);
    }
    reached_.reset();
    for (const dns::IpAddress& address : failed) observations_.erase(address);
    co_await gather();
    state_.failing = failing_now();
  }

  // Failures count only when this place could have seen success: a look at the control targets that
  // is at most five seconds old, and one after the last question. Any look since the survey began
  // that failed, by whichever zone, speaks for this one too. While something is unusable every
  // survey looks, so that it is soon known to be usable again. The first survey of all looks too:
  // what this place can use is told from the start.
  dns::Task<void> suspect_vantage() {
    const dns::SteadyTime asked_until = clock_.steady();
    dns::SteadyTime since = begun_;
    const bool first_look = !vantage_.has_looked();
    if (first_look) {
      co_await vantage_.look(deadline_);
    }
    if (something_failed() || lacks_something(vantage_.last())) {
      co_await vantage_.look(deadline_);
      const dns::SteadyTime after = asked_until - kLookTolerance;
      co_await vantage_.look(deadline_, after);
      since = std::min(since, after);  // a survey may be shorter than the tolerance
      const Vantage now = vantage_.last();
      // A family that is not used is unknown: where none is known to work, all are tried.
      const bool any = now.udp_ipv4 == Usable::yes || now.udp_ipv6 == Usable::yes;
      resolver_.set_usable(!any || now.udp_ipv4 != Usable::no, !any || now.udp_ipv6 != Usable::no);
    }
    survey_.vantage = vantage_.worst_since(since);
  }

  // A server, the delegation, a walk or a nameserver's name.
  bool something_failed() {
    if (!failing_now().empty() || !delegation_.view().answered) return true;
    if (walks_.got_stuck()) return true;
    const std::vector<Nameserver>& nameservers = reach_now().nameservers;
    return std::any_of(nameservers.begin(), nameservers.end(), [](const Nameserver& each) {
      return each.a.result == dns::ResolutionResult::timeout ||
             each.aaaa.result == dns::ResolutionResult::timeout;
    });
  }

  static bool lacks_something(const Vantage& vantage) {
    return vantage.udp_ipv4 == Usable::no || vantage.tcp_ipv4 == Usable::no ||
           vantage.udp_ipv6 == Usable::no || vantage.tcp_ipv6 == Usable::no;
  }

  void build() {
    const Reach& reached = reach_now();
    remember(state_, delegation_.view(), reached, plan_, clock_.steady());
    survey_.delegation.observed = state_.observed;
    survey_.delegation.parent = state_.parent;
    for (const auto& [address, word] : state_.words) {
      survey_.delegation.servers.push_back(word.server);
    }
    std::sort(survey_.delegation.servers.begin(), survey_.delegation.servers.end(),
              [](const ParentServer& a, const ParentServer& b) {
                return std::tie(a.nameserver, a.address) < std::tie(b.nameserver, b.address);
              });
    survey_.nameservers = reached.nameservers;
    survey_.resolvers = resolvers_.observations();
    survey_.signals = signals_.observations(signal_needs_now());
    survey_.walks = walks_.walks(survey_.vantage);
    add_servers(reached);
    survey_.partial = is_partial();
    make_compact(state_);
    survey_.finished = clock_.wall();
    survey_.duration = clock_.steady() - begun_;
  }

  // Addresses that were asked and turned out not to serve the zone any more are left out.
  void add_servers(const Reach& reached) {
    std::map<dns::IpAddress, std::size_t> index;
    for (const KnownServer& server : reached.servers) index.emplace(server.address, 0);
    for (auto& [address, position] : index) {
      position = survey_.addresses.size();
      const auto asked = observations_.find(address);
      if (asked != observations_.end()) {
        survey_.addresses.push_back(std::move(asked->second));
        continue;
      }
      survey_.partial = true;  // it came up in the last pass
      survey_.addresses.emplace_back().address = address;
    }
    for (const KnownServer& server : reached.servers) {
      Server& added = survey_.servers.emplace_back();
      added.nameserver = server.nameserver;
      added.address = index.at(server.address);
      added.from_glue = server.from_glue;
      added.from_resolution = server.from_resolution;
      added.from_last_known = server.from_last_known;
    }
  }

  bool is_partial() const {
    if (survey_.partial || clock_.steady() >= ask_deadline_) return true;
    const bool cut = std::any_of(survey_.addresses.begin(), survey_.addresses.end(), was_cut_short);
    const auto unresolved = [](const Nameserver& nameserver) {
      return nameserver.a.result == dns::ResolutionResult::not_asked ||
             nameserver.aaaa.result == dns::ResolutionResult::not_asked;
    };
    return cut || std::any_of(survey_.nameservers.begin(), survey_.nameservers.end(), unresolved);
  }

  // Valid until something is asked that may change it; who awaits that resets `reached_`.
  const Reach& reach_now() {
    if (!reached_) {
      const dns::ResolverSettings& settings = resolver_.settings();
      reached_ = reach(delegation_.view(), state_, plan_, clock_.steady(), settings.use_ipv4,
                       settings.use_ipv6);
    }
    return *reached_;
  }

  std::vector<dns::IpAddress> not_asked_yet(const Reach& reached) const {
    std::set<dns::IpAddress> open;
    for (const KnownServer& server : reached.servers) {
      if (observations_.count(server.address) == 0) open.insert(server.address);
    }
    return {open.begin(), open.end()};
  }

  static std::vector<dns::Name> names_of(const Reach& reached) {
    std::vector<dns::Name> names;
    for (const Nameserver& nameserver : reached.nameservers) names.push_back(nameserver.name);
    return names;
  }

  std::set<Failing> failing_now() const {
    std::set<Failing> failing;
    for (const auto& [address, observation] : observations_) {
      for (const dns::Transport transport :
           failing_transports(observation, plan_.zone, plan_.questions)) {
        failing.insert({address, transport});
      }
    }
    return failing;
  }

  dns::SteadyTime share_of_time(int part, int of) const {
    const dns::SteadyTime now = clock_.steady();
    return now + std::max(dns::Duration{}, ask_deadline_ - now) * part / of;
  }

  dns::Client& client_;
  dns::Resolver& resolver_;
  PathAsker& paths_;
  VantageProbe& vantage_;
  const ZonePlan& plan_;
  ZoneMemory::State& state_;
  const dns::Clock& clock_;
  dns::SteadyTime begun_;
  dns::SteadyTime deadline_;
  dns::SteadyTime ask_deadline_;
  DelegationAsker delegation_;
  AddressAsker addresses_;
  ServerAsker servers_;
  ResolverAsker resolvers_;
  SignalAsker signals_;
  WalkAsker walks_;
  bool newly_failing_ = false;  ///< a server fails that did not in the round before
  std::map<dns::IpAddress, AddressObservation> observations_;
  std::optional<Reach> reached_;
  dns::Scope paths_sought_;     // beside everything else; joined before the end
  dns::Scope resolvers_asked_;  // the same
  dns::Scope signals_asked_;    // the same
  dns::Scope walking_;          // the same
  std::optional<dns::Name> path_sought_to_;
  Survey survey_;
};

}  // namespace

Surveyor::Surveyor(dns::Client& client, dns::Resolver& resolver, PathAsker& paths,
                   VantageProbe& vantage, const dns::AddressPolicy& policy,
                   std::function<std::uint32_t()> random)
    : client_(client),
      resolver_(resolver),
      families_(std::make_unique<FamilyResolvers>(client, resolver.settings())),
      paths_(paths),
      vantage_(vantage),
      policy_(policy),
      random_(std::move(random)) {}
Surveyor::~Surveyor() = default;

dns::Task<std::shared_ptr<const Survey>> Surveyor::survey(ZonePlan plan, ZoneMemory& memory,
                                                          dns::SteadyTime deadline) {
  Round round(client_, resolver_, *families_, paths_, vantage_, policy_, random_, plan,
              memory.state(), deadline);
  std::shared_ptr<const Survey> survey = co_await round.run();
  co_return survey;
}

}  // namespace survey
