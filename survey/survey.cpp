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

Usable Vantage::of(dns::Family family, dns::Transport transport) const {
  if (family == dns::Family::ipv4) {
    return transport == dns::Transport::udp ? udp_ipv4 : tcp_ipv4;
  }
  return transport == dns::Transport::udp ? udp_ipv6 : tcp_ipv6;
}

}  // namespace survey
