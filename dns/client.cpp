#include "dns/client.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "dns/matching.hpp"

namespace dns {

namespace {

// Two timeouts may be EDNS's fault (RFC 6891 section 6.2.6 and the middleboxes it speaks of).
constexpr int kTimeoutsBeforePlain = 2;

// Between attempts after a quick failure; doubles up to the bound.
constexpr Duration kFirstPause = std::chrono::milliseconds(250);
constexpr Duration kLongestPause = std::chrono::seconds(4);

constexpr std::size_t kClientCookieSize = 8;  // RFC 7873 section 4

constexpr int kMaxAttempts = std::numeric_limits<std::uint8_t>::max();

bool rejects_edns(const Message& response) {
  return response.rcode == Rcode::formerr || response.rcode == Rcode::notimp ||
         response.rcode == Rcode::badvers;
}

// The cookie to ask again with: what a BADCOOKIE response gave for the one that was sent.
std::optional<Bytes> new_cookie(const Message& response, const Question& question) {
  if (response.rcode != Rcode::badcookie || !response.edns || !question.edns) return std::nullopt;
  const Bytes& sent = question.edns->cookie;
  const EdnsOption* const option = response.edns->find(OptionCode::cookie);
  if (option == nullptr || sent.size() < kClientCookieSize ||
      option->data.size() <= kClientCookieSize || option->data == sent) {
    return std::nullopt;
  }
  if (!std::equal(sent.begin(), sent.begin() + kClientCookieSize, option->data.begin())) {
    return std::nullopt;
  }
  return option->data;
}

void add(std::uint16_t& sum, std::uint16_t more) {
  sum = static_cast<std::uint16_t>(std::min<std::uint32_t>(
      std::uint32_t{sum} + more, std::numeric_limits<std::uint16_t>::max()));
}

void add(Drops& sum, const Drops& more) {
  add(sum.wrong_source, more.wrong_source);
  add(sum.wrong_id, more.wrong_id);
  add(sum.wrong_question, more.wrong_question);
  add(sum.not_a_response, more.not_a_response);
  add(sum.malformed, more.malformed);
}

/// What is known after each attempt, and what it means for the next.
class Asking {
 public:
  Asking(const Endpoint& server, Question question, Transport transport, const AskLimits& limits)
      : attempts_left_(std::clamp(limits.attempts, 1, kMaxAttempts)),
        question_(std::move(question)),
        exchange_(std::make_shared<Exchange>()) {
    exchange_->server = server;
    exchange_->transport = transport;
  }

  const Question& question() const { return question_; }

  /// Notes an attempt; true when another one is to be made, after pause().
  bool again(Attempt attempt);

  Duration pause() const { return pause_; }

  std::shared_ptr<const Exchange> result() {
    Exchange& exchange = *exchange_;
    if (exchange.outcome == Outcome::timeout) exchange.outcome = unanswered(exchange.drops);
    return std::move(exchange_);
  }

 private:
  void keep(Attempt&& attempt);
  bool after_answer(const Message& response);
  bool after_silence();
  bool after_quick_failure();
  void ask_plainly();

  int attempts_left_;
  Question question_;
  std::shared_ptr<Exchange> exchange_;
  bool rejected_edns_ = false;
  bool plain_instead_ = false;
  bool cookie_renewed_ = false;
  Duration pause_{};
  Duration next_pause_ = kFirstPause;
};

bool Asking::again(Attempt attempt) {
  --attempts_left_;
  pause_ = Duration::zero();
  Exchange& exchange = *exchange_;
  if (attempt.was_sent()) ++exchange.attempts;
  if (attempt.outcome == Outcome::timeout) ++exchange.attempts_timed_out;
  add(exchange.drops, attempt.drops);
  const Outcome outcome = attempt.outcome;
  keep(std::move(attempt));
  switch (outcome) {
    case Outcome::answered:
      return after_answer(*exchange.response);
    case Outcome::timeout:
    case Outcome::malformed:
    case Outcome::mismatched:
      return after_silence();
    case Outcome::reset:
    case Outcome::closed:
      return after_quick_failure();
    case Outcome::refused:
    case Outcome::unreachable:
    case Outcome::forbidden:
    case Outcome::not_asked:
    case Outcome::cancelled:
      return false;
  }
  return false;
}

// The exchange tells of its last attempt, except that an answer, even one that rejected EDNS, is
// not forgotten for a later silence, nor anything that was sent for something that was not.
void Asking::keep(Attempt&& attempt) {
  Exchange& exchange = *exchange_;
  if (exchange.response && attempt.outcome != Outcome::answered) return;
  const bool sent_before = exchange.sent != WallTime{};
  if (attempt.outcome == Outcome::not_asked && sent_before) return;
  exchange.question = question_;
  exchange.outcome = attempt.outcome;
  if (!attempt.was_sent() && sent_before) return;
  exchange.sent = attempt.sent;
  exchange.elapsed = attempt.elapsed;
  exchange.response = std::move(attempt.response);
  if (!exchange.response) return;
  if (question_.edns && rejects_edns(*exchange.response)) rejected_edns_ = true;
  const bool left_out = !question_.edns && plain_instead_;
  exchange.edns_failed = rejected_edns_ || left_out;
}

bool Asking::after_answer(const Message& response) {
  if (attempts_left_ == 0) return false;
  if (question_.edns && rejects_edns(response)) {
    ask_plainly();
    attempts_left_ = 1;
    return true;
  }
  if (cookie_renewed_) return false;
  std::optional<Bytes> cookie = new_cookie(response, question_);
  if (!cookie) return false;
  cookie_renewed_ = true;
  question_.edns->cookie = std::move(*cookie);
  return true;
}

bool Asking::after_silence() {
  if (attempts_left_ == 0) return false;
  if (attempts_left_ == 1 && exchange_->attempts_timed_out >= kTimeoutsBeforePlain) ask_plainly();
  return true;
}

bool Asking::after_quick_failure() {
  pause_ = next_pause_;
  next_pause_ = std::min(2 * next_pause_, kLongestPause);
  return attempts_left_ != 0;
}

void Asking::ask_plainly() {
  if (!question_.edns) return;
  question_.edns.reset();
  plain_instead_ = true;
}

}  // namespace

Task<std::shared_ptr<const Exchange>> Client::ask(Endpoint server, Question question,
                                                  Transport transport, AskLimits limits) {
  Asking asking(server, std::move(question), transport, limits);
  for (;;) {
    Question next = asking.question();
    Attempt attempt = co_await engine_.attempt(server, std::move(next), transport, limits.timeout,
                                               limits.deadline);
    const bool again = asking.again(std::move(attempt));
    if (!again) break;
    const Duration pause = asking.pause();
    if (pause == Duration::zero()) continue;
    if (engine_.clock().steady() + pause >= limits.deadline) break;
    co_await engine_.sleep(pause);
  }
  co_return asking.result();
}

Task<FollowedExchange> Client::ask_following(Endpoint server, Question question, AskLimits limits) {
  FollowedExchange result;
  Question over_udp = question;
  std::shared_ptr<const Exchange> first =
      co_await ask(server, std::move(over_udp), Transport::udp, limits);
  result.first = std::move(first);
  if (!result.first->answered() || !result.first->response->tc) co_return result;
  // With what the first exchange taught. Lost packets taught nothing about OPT, and DNSSEC records
  // come only with it.
  Question over_tcp = result.first->question;
  if (result.first->gave_up_edns()) over_tcp = std::move(question);
  std::shared_ptr<const Exchange> second =
      co_await ask(server, std::move(over_tcp), Transport::tcp, limits);
  result.tcp = std::move(second);
  co_return result;
}

}  // namespace dns
