// Whether a message is the answer to a query: the ladder below source and id. Pure functions, used
// by both transports; no Asio in here.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "dns/exchange.hpp"

namespace dns {

/// The header of a message (RFC 1035 section 4.1.1).
inline constexpr std::size_t kHeaderSize = 12;

/// The id of a message, when there is one.
std::optional<std::uint16_t> message_id(std::span<const std::uint8_t> wire);

/// What a message with the right source and id is to the question that was asked.
struct Match {
  enum class Verdict : std::uint8_t { answer, not_a_response, wrong_question, malformed };
  Verdict verdict = Verdict::malformed;
  std::shared_ptr<const Message> message;  ///< not null exactly for an answer
};

/// Goes down the ladder: QR and opcode, well-formed, question. Names compare without case. An
/// error RCODE with an empty question section is an answer: a server that cannot read the query
/// has no question to repeat.
Match match(std::span<const std::uint8_t> wire, const Question& question);

/// Counts a message that was not the answer.
void count_drop(Drops& drops, Match::Verdict verdict);

/// The question section of `wire`, when it parses and has one. For telling which of several
/// queries a message with a wrong id was meant for.
std::optional<QuestionSection> question_in(std::span<const std::uint8_t> wire);
bool same_question(const QuestionSection& section, const Question& question);

/// How a query ended that waited its full time: malformed or mismatched when messages came for it,
/// else timeout.
Outcome unanswered(const Drops& drops);

}  // namespace dns
