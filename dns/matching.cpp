#include "dns/matching.hpp"

#include "dns/query.hpp"

namespace dns {

namespace {

constexpr std::uint8_t kQrBit = 0x80;
constexpr std::uint8_t kOpcodeBits = 0x78;

// An empty section counts as the right one with an error: a server that could not read the query
// has no question to repeat.
bool right_question(const Message& message, const Question& question) {
  if (!message.question) return message.rcode != Rcode::noerror;
  return same_question(*message.question, question);
}

}  // namespace

std::optional<std::uint16_t> message_id(std::span<const std::uint8_t> wire) {
  if (wire.size() < 2) return std::nullopt;
  return static_cast<std::uint16_t>(wire[0] << 8 | wire[1]);
}

Match match(std::span<const std::uint8_t> wire, const Question& question) {
  if (wire.size() < kHeaderSize) return {Match::Verdict::malformed, nullptr};
  if ((wire[2] & kQrBit) == 0 || (wire[2] & kOpcodeBits) != 0) {
    return {Match::Verdict::not_a_response, nullptr};
  }
  Result<Message> message = parse_message(wire);
  if (!message) return {Match::Verdict::malformed, nullptr};
  if (!right_question(*message, question)) return {Match::Verdict::wrong_question, nullptr};
  return {Match::Verdict::answer, std::make_shared<const Message>(std::move(*message))};
}

void count_drop(Drops& drops, Match::Verdict verdict) {
  switch (verdict) {
    case Match::Verdict::answer:
      break;
    case Match::Verdict::not_a_response:
      count(drops.not_a_response);
      break;
    case Match::Verdict::wrong_question:
      count(drops.wrong_question);
      break;
    case Match::Verdict::malformed:
      count(drops.malformed);
      break;
  }
}

std::optional<QuestionSection> question_in(std::span<const std::uint8_t> wire) {
  Result<Message> message = parse_message(wire);
  if (!message) return std::nullopt;
  return std::move(message->question);
}

bool same_question(const QuestionSection& section, const Question& question) {
  return section.qtype == question.qtype && section.qclass == RRClass::in &&
         section.qname == question.qname;
}

Outcome unanswered(const Drops& drops) {
  if (drops.malformed != 0) return Outcome::malformed;
  return drops.any() ? Outcome::mismatched : Outcome::timeout;
}

}  // namespace dns
