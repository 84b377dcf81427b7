// The ladder that a message goes down before it is taken as the answer to a query.
#include "dns/matching.hpp"
#include "dns/query.hpp"
#include "tests/catch.hpp"
#include "tests/unit/loopback.hpp"

using dns::Bytes;
using dns::Outcome;
using Verdict = dns::Match::Verdict;

namespace {

Bytes query_for(const dns::Question& question) {
  return dns::write_query(question, 0x1234);
}

Verdict verdict(const Bytes& message, const dns::Question& question) {
  const dns::Match result = dns::match(message, question);
  CHECK((result.verdict == Verdict::answer) == (result.message != nullptr));
  return result.verdict;
}

}  // namespace

TEST_CASE("a message is the answer only when every rung of the ladder holds") {
  const dns::Question question = loopback::soa_of("www.example.test");
  const Bytes right = loopback::answer_to(query_for(question));
  CHECK(verdict(right, question) == Verdict::answer);

  const auto changed = [&](std::size_t index, std::uint8_t value) {
    Bytes message = right;
    message[index] = value;
    return verdict(message, question);
  };
  CHECK(changed(2, 0x04) == Verdict::not_a_response);
  CHECK(changed(2, 0x84 | 0x28) == Verdict::not_a_response);  // UPDATE
  CHECK(changed(2, 0x86) == Verdict::answer);                 // TC
  CHECK(changed(13, 'W') == Verdict::answer);
  CHECK(changed(13, 'v') == Verdict::wrong_question);
  CHECK(changed(right.size() - 3, 1) == Verdict::wrong_question);
  CHECK(changed(right.size() - 1, 255) == Verdict::wrong_question);
  CHECK(changed(7, 1) == Verdict::malformed);  // says there is an answer record
  for (std::size_t size = 0; size < right.size(); ++size) {
    CHECK(verdict(Bytes(right.begin(), right.begin() + static_cast<std::ptrdiff_t>(size)),
                  question) == Verdict::malformed);
  }
  Bytes longer = right;
  longer.push_back(0);
  CHECK(verdict(longer, question) == Verdict::malformed);
}

TEST_CASE("without a question section only an error is an answer") {
  const dns::Question question = loopback::soa_of("example.test");
  Bytes message = loopback::answer_to(query_for(question));
  message.resize(12);
  message[5] = 0;
  for (std::uint8_t rcode = 0; rcode < 16; ++rcode) {
    message[3] = rcode;
    CHECK(verdict(message, question) == (rcode == 0 ? Verdict::wrong_question : Verdict::answer));
  }
}

TEST_CASE("drops are counted by reason, without wrapping round") {
  dns::Drops drops;
  CHECK(dns::unanswered(drops) == Outcome::timeout);
  dns::count_drop(drops, Verdict::answer);
  CHECK_FALSE(drops.any());
  dns::count_drop(drops, Verdict::wrong_question);
  dns::count_drop(drops, Verdict::not_a_response);
  CHECK(drops.wrong_question == 1);
  CHECK(drops.not_a_response == 1);
  CHECK(dns::unanswered(drops) == Outcome::mismatched);
  dns::count_drop(drops, Verdict::malformed);
  CHECK(dns::unanswered(drops) == Outcome::malformed);
  for (int i = 0; i < 70'000; ++i) dns::count_drop(drops, Verdict::malformed);
  CHECK(drops.malformed == 65'535);
}

TEST_CASE("the id of a message") {
  CHECK(dns::message_id(Bytes{0x12, 0x34, 0}) == 0x1234);
  CHECK_FALSE(dns::message_id(Bytes{0x12}));
  CHECK_FALSE(dns::message_id(Bytes{}));
}

TEST_CASE("the question in a message") {
  const dns::Question question = loopback::soa_of("example.test");
  const Bytes message = loopback::answer_to(query_for(question));
  const std::optional<dns::QuestionSection> section = dns::question_in(message);
  REQUIRE(section);
  CHECK(dns::same_question(*section, question));
  CHECK_FALSE(dns::same_question(*section, loopback::soa_of("example.org")));
  CHECK_FALSE(dns::question_in(Bytes(5, 0)));
}
