// The vantage: can this place use each family over each transport at all? Belongs to the engine
// thread.
#include <algorithm>
#include <utility>

#include "dns/gate.hpp"
#include "survey/surveyor.hpp"

namespace survey {
namespace {

constexpr int kTargetsNeeded = 2;
constexpr std::size_t kTargetsFirst = 3;
constexpr int kAttempts = 2;

struct Combination {
  dns::Family family;
  dns::Transport transport;
  Usable Vantage::*usable;
};

constexpr std::array<Combination, 4> kCombinationTable{{
    {dns::Family::ipv4, dns::Transport::udp, &Vantage::udp_ipv4},
    {dns::Family::ipv4, dns::Transport::tcp, &Vantage::tcp_ipv4},
    {dns::Family::ipv6, dns::Transport::udp, &Vantage::udp_ipv6},
    {dns::Family::ipv6, dns::Transport::tcp, &Vantage::tcp_ipv6},
}};

}  // namespace

/// A look under way, for those who join it.
struct VantageProbe::Looking {
  dns::Gate gate;
  dns::SteadyTime begun;
  dns::SteadyTime deadline;
  Vantage result;
};

VantageProbe::VantageProbe(dns::Client& client, std::vector<dns::Endpoint> targets,
                           dns::Duration timeout)
    : client_(client), targets_(std::move(targets)), timeout_(timeout) {
  static_assert(kCombinationTable.size() == kCombinations);
}

VantageProbe::~VantageProbe() = default;

dns::Task<Vantage> VantageProbe::look(dns::SteadyTime deadline, dns::SteadyTime not_before) {
  const dns::SteadyTime now = client_.engine().clock().steady();
  const dns::SteadyTime oldest = std::max(not_before, now - kVantageKept);
  if (looked_ && *looked_ >= oldest) co_return last_;
  const std::shared_ptr<Looking> joined = looking_;
  if (joined && joined->begun >= oldest && joined->deadline <= deadline) {
    co_await joined->gate.wait();
    co_return joined->result;
  }
  // A look that the deadline would cut short could only blame the vantage wrongly.
  if (now + kAttempts * timeout_ > deadline) co_return Vantage{};
  const auto looking = std::make_shared<Looking>();
  looking->begun = now;
  looking->deadline = deadline;
  looking_ = looking;
  ++rotation_;
  std::array<Usable, kCombinations> usable{};
  dns::Scope scope;
  for (std::size_t i = 0; i < kCombinations; ++i) scope.spawn(look_at(i, deadline, usable[i]));
  co_await scope.join();
  for (std::size_t i = 0; i < kCombinations; ++i) {
    looking->result.*(kCombinationTable[i].usable) = usable[i];
    if (usable[i] == Usable::no) failed_[i] = now;
  }
  last_ = looking->result;
  looked_ = now;
  if (looking_ == looking) looking_ = nullptr;
  looking->gate.open();
  co_return looking->result;
}

Vantage VantageProbe::worst_since(dns::SteadyTime since) const {
  Vantage worst;
  for (std::size_t i = 0; i < kCombinations; ++i) {
    Usable Vantage::*const usable = kCombinationTable[i].usable;
    if (looked_ && *looked_ >= since) worst.*usable = last_.*usable;
    if (failed_[i] && *failed_[i] >= since) worst.*usable = Usable::no;
  }
  return worst;
}

dns::Task<void> VantageProbe::look_at(std::size_t combination, dns::SteadyTime deadline,
                                      Usable& usable) {
  const dns::Family family = kCombinationTable[combination].family;
  const dns::Transport transport = kCombinationTable[combination].transport;
  std::vector<dns::Endpoint> targets;
  for (const dns::Endpoint& target : targets_) {
    if (target.address.family() == family) targets.push_back(target);
  }
  if (targets.empty()) co_return;
  const std::size_t turn = rotation_ % targets.size();
  std::rotate(targets.begin(), targets.begin() + static_cast<std::ptrdiff_t>(turn), targets.end());
  const int needed = std::min(kTargetsNeeded, static_cast<int>(targets.size()));
  int answered = 0;
  int failed = 0;
  for (std::size_t next = 0; next < targets.size() && answered < needed;) {
    const std::size_t end = next == 0 ? std::min(kTargetsFirst, targets.size()) : targets.size();
    dns::Scope scope;
    for (; next < end; ++next) {
      scope.spawn(ask(targets[next], transport, deadline, answered, failed));
    }
    co_await scope.join();
  }
  if (answered >= needed) {
    usable = Usable::yes;
  } else if (static_cast<std::size_t>(answered + failed) == targets.size()) {
    usable = Usable::no;
  }
}

dns::Task<void> VantageProbe::ask(dns::Endpoint target, dns::Transport transport,
                                  dns::SteadyTime deadline, int& answered, int& failed) {
  dns::Question question;
  question.qtype = dns::RRType::soa;  // of the root
  const dns::AskLimits limits{kAttempts, timeout_, deadline};
  const std::shared_ptr<const dns::Exchange> exchange =
      co_await client_.ask(target, std::move(question), transport, limits);
  switch (exchange->outcome) {
    case dns::Outcome::answered:
      ++answered;
      break;
    case dns::Outcome::forbidden:
    case dns::Outcome::not_asked:
    case dns::Outcome::cancelled:
      break;  // says nothing about the vantage
    default:
      ++failed;
      break;
  }
}

}  // namespace survey
