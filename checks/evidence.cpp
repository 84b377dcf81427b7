#include "checks/evidence.hpp"

#include "checks/text.hpp"

namespace checks {

namespace {

using dns::Outcome;

std::string rcode_with_errors(const dns::Message& message) {
  std::string text = dns::to_text(message.rcode);
  if (!message.edns) return text;
  const std::vector<dns::ExtendedError> errors = message.edns->extended_errors();
  if (errors.empty()) return text;
  const std::string_view purpose = dns::ede_purpose(errors.front().info_code);
  text += " (EDE " + std::to_string(errors.front().info_code);
  if (!purpose.empty()) text += ": " + std::string(purpose);
  return text + ")";
}

}  // namespace

std::string outcome_kind(const dns::Exchange& exchange) {
  const bool tcp = exchange.transport == dns::Transport::tcp;
  switch (exchange.outcome) {
    case Outcome::answered:
      return rcode_with_errors(*exchange.response);
    case Outcome::timeout:
      return "timeout";
    case Outcome::refused:
      return tcp ? "connection refused" : "port unreachable";
    case Outcome::unreachable:
      return "network or host unreachable";
    case Outcome::reset:
      return "connection reset";
    case Outcome::closed:
      return "connection closed without an answer";
    case Outcome::malformed:
      return "malformed response";
    case Outcome::mismatched:
      return "only responses that do not match the query";
    case Outcome::forbidden:
      return "address not allowed by the configuration";
    case Outcome::not_asked:
      return "not asked";
    case Outcome::cancelled:
      return "not asked";
  }
  return "not asked";
}

std::string outcome_text(const dns::Exchange& exchange) {
  std::string text = outcome_kind(exchange);
  if (exchange.outcome == Outcome::timeout && exchange.attempts > 0) {
    text += " after " + count_text(exchange.attempts, "attempt", "attempts");
  }
  return text;
}

std::string drops_text(const dns::Drops& drops) {
  std::vector<std::string> parts;
  const auto add = [&parts](std::size_t count, std::string_view what) {
    if (count == 0) return;
    const std::string noun = parts.empty() ? (count == 1 ? " message " : " messages ") : " ";
    parts.push_back(std::to_string(count) + noun + std::string(what));
  };
  add(drops.wrong_source, "from another address or port");
  add(drops.wrong_id, "with a wrong id");
  add(drops.wrong_question, "with another question");
  add(drops.not_a_response, "not marked as a response");
  add(drops.malformed, "that cannot be parsed");
  return list_text(parts);
}

std::string command_for(const dns::Exchange* exchange) {
  return exchange == nullptr ? std::string() : dns::dig_command(*exchange);
}

}  // namespace checks
