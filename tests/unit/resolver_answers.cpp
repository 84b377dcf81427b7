#include "tests/unit/resolver_answers.hpp"

#include <algorithm>
#include <memory>
#include <utility>

#include "tests/catch.hpp"

namespace tests {

namespace {

using dns::Rcode;
using dns::RRType;
using survey::ResolverQuestionId;

constexpr std::uint32_t kTtlLeft = 1800;

std::shared_ptr<dns::Exchange> exchange_of(const survey::ResolverObservation& observation,
                                           const dns::Name& qname, RRType qtype, bool checking,
                                           std::optional<Rcode> rcode) {
  auto exchange = std::make_shared<dns::Exchange>();
  exchange->server = observation.resolver.endpoint;
  exchange->question.qname = qname;
  exchange->question.qtype = qtype;
  exchange->question.recursion_desired = true;
  exchange->question.checking_disabled = !checking;
  exchange->attempts = rcode ? 1 : 3;
  exchange->attempts_timed_out = rcode ? 0 : 3;
  exchange->outcome = rcode ? dns::Outcome::answered : dns::Outcome::timeout;
  exchange->sent = observation.asked;
  exchange->elapsed = std::chrono::milliseconds(7);
  if (!rcode) return exchange;
  auto message = std::make_shared<dns::Message>();
  message->qr = message->rd = true;
  message->ra = *rcode != Rcode::refused;
  message->cd = !checking;
  message->ad = checking && *rcode == Rcode::noerror;
  message->rcode = *rcode;
  message->edns.emplace();
  message->question = dns::QuestionSection{qname, qtype, dns::RRClass::in};
  exchange->response = std::move(message);
  return exchange;
}

// The messages were made here, unshared: to be changed until they are judged.
dns::Message& message_in(survey::ResolverAnswer& answer) {
  return const_cast<dns::Message&>(*answer.exchange.first->response);
}

void add(survey::ResolverObservation& observation, ResolverQuestionId id, const dns::Name& qname,
         RRType qtype, bool checking, std::optional<Rcode> rcode) {
  survey::ResolverAnswer& answer = observation.answers.emplace_back();
  answer.id = id;
  answer.checking = checking;
  answer.exchange.first = exchange_of(observation, qname, qtype, checking, rcode);
}

}  // namespace

Says says_bogus(std::string name) {
  return {std::move(name), Rcode::servfail, Rcode::noerror, Rcode::noerror, false, true};
}

Says says_servfail(std::string name) {
  return {std::move(name), Rcode::servfail, Rcode::servfail, Rcode::noerror, false, true};
}

Says is_silent(std::string name) {
  return {std::move(name), std::nullopt, std::nullopt, std::nullopt, false, true};
}

survey::Survey with_resolvers(survey::Survey survey, const std::vector<Says>& resolvers) {
  dns::Record soa = record(survey.zone, RRType::soa, soa_rdata(World().soa), kTtlLeft);
  for (const Says& says : resolvers) {
    survey::ResolverObservation& observation = survey.resolvers.emplace_back();
    observation.resolver.name = says.name;
    observation.resolver.endpoint.address =
        ip("203.0.113." + std::to_string(survey.resolvers.size()));
    observation.resolver.local = says.local;
    observation.resolver.validating = says.validating;
    observation.asked = survey.finished;
    const auto add_soa = [&](bool checking, std::optional<Rcode> rcode) {
      add(observation, ResolverQuestionId::soa, survey.zone, RRType::soa, checking, rcode);
      if (rcode != Rcode::noerror) return;
      message_in(observation.answers.back()).answer.push_back(soa);
    };
    add_soa(true, says.checked);
    if (says.validating) add_soa(false, says.unchecked);
    if (!survey.zone.is_root()) {
      add(observation, ResolverQuestionId::control, survey.zone.parent(), RRType::soa, true,
          says.control);
    }
  }
  return survey;
}

dns::Message& add_answer(survey::Survey& survey, std::size_t resolver, ResolverQuestionId id,
                         std::string_view qname, RRType qtype, Rcode rcode, bool checking) {
  survey::ResolverObservation& observation = survey.resolvers.at(resolver);
  add(observation, id, name(qname), qtype, checking, rcode);
  return message_in(observation.answers.back());
}

dns::Message& message_of(survey::Survey& survey, std::size_t resolver, ResolverQuestionId id,
                         bool checking) {
  auto& answers = survey.resolvers.at(resolver).answers;
  const auto found = std::find_if(answers.begin(), answers.end(), [&](const auto& answer) {
    return answer.id == id && answer.checking == checking;
  });
  REQUIRE(found != answers.end());
  return message_in(*found);
}

void explain(survey::Survey& survey, std::size_t resolver, std::uint16_t info_code) {
  dns::Message& message = message_of(survey, resolver, ResolverQuestionId::soa);
  const dns::Bytes data{static_cast<std::uint8_t>(info_code >> 8U),
                        static_cast<std::uint8_t>(info_code & 0xFFU)};
  message.edns->options.push_back({dns::OptionCode::ede, data});
}

}  // namespace tests
