#include "survey/delegation.hpp"

#include <algorithm>
#include <utility>

#include "dns/referral.hpp"

namespace survey {
namespace {

void add(std::vector<dns::NameserverAddresses>& to, const dns::NameserverAddresses& server) {
  const auto known = std::find_if(to.begin(), to.end(), [&](const dns::NameserverAddresses& other) {
    return other.name == server.name;
  });
  if (known == to.end()) {
    if (to.size() < kMaxNameserversPerZone) to.push_back(server);
    return;
  }
  for (const dns::IpAddress& address : server.addresses) {
    if (known->addresses.size() >= dns::kMaxAddressesPerName) return;
    if (std::find(known->addresses.begin(), known->addresses.end(), address) ==
        known->addresses.end()) {
      known->addresses.push_back(address);
    }
  }
}

bool same(const DelegationView& a, const DelegationView& b) {
  return std::equal(a.nameservers.begin(), a.nameservers.end(), b.nameservers.begin(),
                    b.nameservers.end(),
                    [](const dns::NameserverAddresses& x, const dns::NameserverAddresses& y) {
                      return x.name == y.name && x.addresses == y.addresses;
                    });
}

bool was_asked(const dns::FollowedExchange& exchange) {
  if (!exchange.first) return false;
  const dns::Outcome outcome = exchange.first->outcome;
  return outcome != dns::Outcome::not_asked && outcome != dns::Outcome::cancelled;
}

bool tells_answer(const ParentWord& word) {
  return word.server.ns.first && word.server.ns.final().answered() && word.server.ds.first &&
         word.server.ds.final().answered();
}

dns::Question question_for(const dns::Name& zone, dns::RRType type) {
  dns::Question question;
  question.qname = zone;
  question.qtype = type;
  return question;
}

}  // namespace

DelegationView view_delegation(const dns::Name& zone, const dns::Name& parent,
                               const std::map<dns::IpAddress, ParentWord>& words) {
  DelegationView view;
  std::vector<dns::NameserverAddresses> answered_with;
  std::vector<const dns::Message*> read;  // words that say the same share their response
  for (const auto& [address, word] : words) {
    if (!word.server.ns.first || !word.server.ns.final().answered()) continue;
    const dns::Exchange& exchange = word.server.ns.final();
    if (std::find(read.begin(), read.end(), exchange.response.get()) != read.end()) continue;
    read.push_back(exchange.response.get());
    const dns::Step step = dns::interpret(*exchange.response, exchange.question, parent);
    switch (step.kind) {
      case dns::StepKind::referral:
        if (!(step.referral.zone == zone)) break;
        view.answered = true;
        for (const dns::NameserverAddresses& server : step.referral.servers) {
          add(view.nameservers, server);
        }
        break;
      case dns::StepKind::answer:
        view.answered = true;
        for (const dns::NameserverAddresses& server :
             dns::ns_set_in_answer(*exchange.response, zone, parent).servers) {
          add(answered_with, server);
        }
        break;
      case dns::StepKind::nodata:
      case dns::StepKind::nxdomain:
        view.answered = true;
        break;
      default:
        break;
    }
  }
  if (view.nameservers.empty()) view.nameservers = std::move(answered_with);
  std::sort(view.nameservers.begin(), view.nameservers.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  for (dns::NameserverAddresses& server : view.nameservers) {
    std::sort(server.addresses.begin(), server.addresses.end());
  }
  return view;
}

std::vector<ParentTarget> parent_targets(const dns::ParentSearch& parent, bool ipv4, bool ipv6) {
  std::vector<ParentTarget> targets;
  for (const dns::NameserverAddresses& server : parent.servers) {
    for (const dns::IpAddress& address : server.addresses) {
      if (address.family() == dns::Family::ipv4 ? !ipv4 : !ipv6) continue;
      const bool known =
          std::any_of(targets.begin(), targets.end(),
                      [&](const ParentTarget& target) { return target.address == address; });
      if (!known && targets.size() < kMaxAddressesPerZone)
        targets.push_back({server.name, address});
    }
  }
  return targets;
}

std::vector<ParentTarget> one_per_family(const std::vector<ParentTarget>& targets,
                                         std::size_t rotation) {
  std::vector<ParentTarget> chosen;
  for (const dns::Family family : {dns::Family::ipv4, dns::Family::ipv6}) {
    std::vector<const ParentTarget*> of_family;
    for (const ParentTarget& target : targets) {
      if (target.address.family() == family) of_family.push_back(&target);
    }
    if (!of_family.empty()) chosen.push_back(*of_family[rotation % of_family.size()]);
  }
  return chosen;
}

std::vector<ParentTarget> not_asked_since(const std::vector<ParentTarget>& targets,
                                          const std::map<dns::IpAddress, ParentWord>& words,
                                          dns::SteadyTime now, dns::Duration max_age) {
  std::vector<ParentTarget> due;
  for (const ParentTarget& target : targets) {
    const auto word = words.find(target.address);
    if (word == words.end() || word->second.asked <= now - max_age) due.push_back(target);
  }
  return due;
}

dns::Task<void> DelegationAsker::refresh_if_due(dns::SteadyTime deadline) {
  const dns::SteadyTime started = now();
  if (plan_.zone.is_root()) {
    state_.parent.reason = "the root has no parent";
    co_return;
  }
  if (state_.next_delegation > started) co_return;
  const DelegationView before = view();
  changed_ = false;
  co_await find_parent(deadline);
  std::vector<ParentTarget> first = one_per_family(targets(), (*state_.rotation)++);
  // While servers fail, one parent address a time would find out too late that the others differ.
  if (!state_.failing.empty()) first = targets();
  // What got lost on the way is asked for again, so that one lost answer does not stand for hours.
  for (ParentTarget& silent : unanswered()) {
    if (std::find(first.begin(), first.end(), silent) == first.end()) {
      first.push_back(std::move(silent));
    }
  }
  co_await ask(std::move(first), deadline);
  const bool moving = changed_ || !words_agree();
  const bool ask_others = moving || !view().answered;
  if (ask_others) {
    co_await ask_all(started, deadline);
  }
  if (moving) drop_words_before(started);
  if (was_asked_in_vain(started)) {
    // What is known of the parent's servers may have become wrong.
    const std::vector<ParentTarget> asked = targets();
    resolver_.forget(state_.parent.parent);
    co_await find_parent(deadline);
    const bool others = !(targets() == asked);
    if (others) {
      co_await ask_all(started, deadline);
    }
  }
  if (!same(before, view())) resolver_.forget(plan_.zone);
  state_.observed = client_.engine().clock().wall();
  const dns::Duration pause = view().answered ? plan_.delegation_every : plan_.delegation_every / 5;
  state_.next_delegation = started + pause;
}

dns::Task<void> DelegationAsker::ask_slow(dns::SteadyTime deadline) {
  const dns::SteadyTime patience = std::min(deadline, now() + kAllParentsPatience);
  std::vector<ParentTarget> due = not_asked_since(targets(), state_.words, now(), plan_.slow_every);
  co_await ask(std::move(due), patience);
}

dns::Task<void> DelegationAsker::ask_all(dns::SteadyTime since, dns::SteadyTime deadline) {
  const dns::SteadyTime patience = std::min(deadline, now() + kAllParentsPatience);
  std::vector<ParentTarget> due = not_asked_since(targets(), state_.words, now(), now() - since);
  co_await ask(std::move(due), patience);
}

std::vector<ParentTarget> DelegationAsker::unanswered() const {
  std::vector<ParentTarget> silent;
  for (const auto& [address, word] : state_.words) {
    if (!tells_answer(word)) silent.push_back({word.server.nameserver, address});
  }
  return silent;
}

const DelegationView& DelegationAsker::view() {
  if (view_) return *view_;
  if (plan_.zone.is_root()) {
    view_.emplace();
    view_->answered = true;
    view_->nameservers = resolver_.settings().hints;
  } else {
    view_ = view_delegation(plan_.zone, state_.parent.parent, state_.words);
  }
  return *view_;
}

// True when addresses of the parent were asked and no word of any of them is of use. The root's
// addresses are the hints, whatever they say.
bool DelegationAsker::was_asked_in_vain(dns::SteadyTime since) {
  if (!state_.parent.found || state_.parent.parent.is_root() || view().answered) return false;
  return std::any_of(state_.words.begin(), state_.words.end(),
                     [&](const auto& entry) { return entry.second.asked >= since; });
}

// On success words of addresses that are no longer the parent's go; when the path is broken the
// latest words stay until they are too old. A search that had no time takes nothing away.
dns::Task<void> DelegationAsker::find_parent(dns::SteadyTime deadline) {
  dns::ParentSearch found = co_await resolver_.find_parent(plan_.zone, deadline);
  const dns::SteadyTime oldest = now() - kCadencesKept * plan_.slow_every;
  const bool not_asked = found.result == dns::ResolutionResult::not_asked;
  if (found.found) {
    state_.parent = std::move(found);
  } else if (!not_asked || !state_.parent.found) {
    // The name stays, so that the words that are kept can still be read.
    found.parent = state_.parent.parent;
    found.servers.clear();
    state_.parent = std::move(found);
  }
  const std::vector<ParentTarget> current = targets();
  std::erase_if(state_.words, [&](const auto& entry) {
    const bool listed =
        std::any_of(current.begin(), current.end(),
                    [&](const ParentTarget& target) { return target.address == entry.first; });
    return (state_.parent.found && !listed) || entry.second.asked < oldest;
  });
  view_.reset();
}

dns::Task<void> DelegationAsker::ask(std::vector<ParentTarget> targets, dns::SteadyTime deadline) {
  dns::Scope scope;
  for (ParentTarget& target : targets) scope.spawn(ask_one(std::move(target), deadline));
  co_await scope.join();
}

dns::Task<void> DelegationAsker::ask_one(ParentTarget target, dns::SteadyTime deadline) {
  const dns::Endpoint server{target.address, resolver_.settings().port};
  const dns::AskLimits limits{plan_.attempts, plan_.timeout, deadline};
  std::vector<dns::Task<dns::FollowedExchange>> asks;
  asks.push_back(client_.ask_following(server, question_for(plan_.zone, dns::RRType::ns), limits));
  asks.push_back(client_.ask_following(server, question_for(plan_.zone, dns::RRType::ds), limits));
  std::vector<dns::FollowedExchange> answers = co_await dns::all(std::move(asks));
  // What was not asked takes nothing away from what was said before.
  if (!was_asked(answers[0])) co_return;
  ParentWord word;
  word.server =
      ParentServer{target.nameserver, target.address, std::move(answers[0]), std::move(answers[1])};
  word.asked = now();
  const auto earlier = state_.words.find(target.address);
  if (earlier != state_.words.end() && tells_answer(earlier->second) && tells_answer(word)) {
    changed_ = changed_ || what_it_says(earlier->second, true) != what_it_says(word, true);
  }
  word.server.ns = pool_.share(std::move(word.server.ns));
  word.server.ds = pool_.share(std::move(word.server.ds));
  state_.words.insert_or_assign(target.address, std::move(word));
  state_.grown = true;
  view_.reset();
}

// What a word says, for comparison with another: NS names and DS records, and glue if wanted.
std::vector<std::string> DelegationAsker::what_it_says(const ParentWord& word, bool glue) const {
  std::vector<std::string> says;
  const std::map<dns::IpAddress, ParentWord> alone{{word.server.address, word}};
  const DelegationView seen = view_delegation(plan_.zone, state_.parent.parent, alone);
  for (const dns::NameserverAddresses& server : seen.nameservers) {
    says.push_back(server.name.to_label());
    if (!glue) continue;
    for (const dns::IpAddress& address : server.addresses) says.push_back(address.to_text());
  }
  if (word.server.ds.first && word.server.ds.final().answered()) {
    for (const dns::Record& record : word.server.ds.final().response->answer) {
      if (record.type != dns::RRType::ds) continue;
      says.emplace_back(record.rdata.begin(), record.rdata.end());
    }
  }
  std::sort(says.begin(), says.end());
  return says;
}

// Words differ when the parent's servers do, or when a change is on its way through them: an
// hour-old word beside a new one must not look like a disagreement.
bool DelegationAsker::words_agree() const {
  std::optional<std::vector<std::string>> first;
  for (const auto& [address, word] : state_.words) {
    if (!tells_answer(word)) continue;
    std::vector<std::string> says = what_it_says(word, false);
    if (!first) {
      first = std::move(says);
    } else if (says != *first) {
      return false;
    }
  }
  return true;
}

// Once the delegation is known to be changing, words from before the change only mislead; but they
// are better than none.
void DelegationAsker::drop_words_before(dns::SteadyTime limit) {
  std::map<dns::IpAddress, ParentWord> fresh = state_.words;
  std::erase_if(fresh, [&](const auto& entry) { return entry.second.asked < limit; });
  if (view_delegation(plan_.zone, state_.parent.parent, fresh).answered) {
    state_.words = std::move(fresh);
    view_.reset();
  }
}

std::vector<ParentTarget> DelegationAsker::targets() const {
  const dns::ResolverSettings& settings = resolver_.settings();
  return parent_targets(state_.parent, settings.use_ipv4, settings.use_ipv6);
}

}  // namespace survey
