#include "survey/survey.hpp"

#include <algorithm>

namespace survey {

const Answer* AddressObservation::find(QuestionId id) const {
  const auto found = std::find_if(answers.begin(), answers.end(),
                                  [&](const Answer& answer) { return answer.id == id; });
  return found == answers.end() ? nullptr : &*found;
}

const ResolverAnswer* ResolverObservation::find(ResolverQuestionId id, bool checking) const {
  const auto found = std::find_if(answers.begin(), answers.end(), [&](const ResolverAnswer& each) {
    return each.id == id && each.checking == checking;
  });
  return found == answers.end() ? nullptr : &*found;
}

bool OwnWalk::is_stuck() const {
  if (!end.aliases.empty()) return false;
  switch (end.result) {
    case dns::ResolutionResult::servfail:
    case dns::ResolutionResult::timeout:
    case dns::ResolutionResult::loop:
    case dns::ResolutionResult::limit:
    case dns::ResolutionResult::forbidden:
      return id != WalkId::above;
    default:
      return false;
  }
}

Usable Vantage::of(dns::Family family, dns::Transport transport) const {
  if (family == dns::Family::ipv4) {
    return transport == dns::Transport::udp ? udp_ipv4 : tcp_ipv4;
  }
  return transport == dns::Transport::udp ? udp_ipv6 : tcp_ipv6;
}

}  // namespace survey
