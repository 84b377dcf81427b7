#include "dns/cut_query.hpp"

#include <algorithm>
#include <utility>

namespace dns {
namespace {

bool is_useful(const Step& step) {
  return step.kind != StepKind::lame && step.kind != StepKind::error;
}

// Servers that know no EDNS say so with one of these (RFC 6891 section 7).
bool refuses_edns(Rcode rcode) {
  return rcode == Rcode::formerr || rcode == Rcode::notimp || rcode == Rcode::badvers;
}

// Whether asking the same address once more may end differently.
bool worth_repeating(Outcome outcome) {
  switch (outcome) {
    case Outcome::timeout:
    case Outcome::reset:
    case Outcome::closed:
    case Outcome::malformed:
    case Outcome::mismatched:
      return true;
    default:
      return false;
  }
}

Fate fate_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::forbidden:
      return Fate::forbidden;
    case Outcome::not_asked:
    case Outcome::cancelled:
      return Fate::not_asked;
    default:
      return Fate::silent;
  }
}

void note(CutReply& reply, const IpAddress& address, Fate fate) {
  const auto [known, added] = reply.fates.try_emplace(address, fate);
  // What was asked once and could not be asked again did have its chance.
  if (!added && fate != Fate::not_asked) known->second = fate;
}

// Nobody who was asked besides says otherwise.
void believe_denial(CutReply& reply) {
  if (reply.step || !reply.denial) return;
  reply.step = std::move(reply.denial->step);
  reply.last = std::move(reply.denial->exchange);
}

}  // namespace

std::size_t CutReply::count(Fate fate) const {
  return static_cast<std::size_t>(std::count_if(
      fates.begin(), fates.end(), [&](const auto& address) { return address.second == fate; }));
}

std::string describe_fates(const CutReply& reply) {
  if (reply.fates.empty()) return "";
  const std::size_t total = reply.fates.size();
  std::string text;
  const auto add = [&](Fate fate, const std::string& what) {
    const std::size_t count = reply.count(fate);
    if (count == 0) return;
    if (!text.empty()) text += ", ";
    text += std::to_string(count);
    if (text.size() < 4) text += " of its " + std::to_string(total) + " addresses";
    text += " " + what;
  };
  add(Fate::silent, "did not answer");
  const bool error_last = reply.last && reply.last->answered() && reply.count(Fate::error) == 1 &&
                          reply.last->response->rcode != Rcode::noerror;
  add(Fate::error, error_last ? "answered " + to_text(reply.last->response->rcode)
                              : std::string("answered with an error"));
  add(Fate::lame, "answered without authority");
  add(Fate::forbidden, "may not be asked");
  add(Fate::not_asked, "could not be asked in time");
  return text;
}

Task<CutReply> CutQuery::ask(Job& job, std::shared_ptr<Cut> cut, Question question,
                             std::vector<IpAddress> addresses) {
  CutReply reply;
  std::vector<IpAddress> again;
  std::size_t width = 1;
  for (std::size_t next = 0; next < addresses.size();) {
    const std::size_t end = std::min(addresses.size(), next + width);
    std::vector<IpAddress> batch(addresses.begin() + static_cast<std::ptrdiff_t>(next),
                                 addresses.begin() + static_cast<std::ptrdiff_t>(end));
    const bool doubted = reply.denial.has_value();
    co_await ask_batch(job, *cut, question, std::move(batch), reply, again);
    if (doubted) believe_denial(reply);
    if (reply.step || reply.out_of_queries) break;
    next = end;
    width = std::min(width * 2, kMaxParallelAddresses);
  }
  believe_denial(reply);
  if (reply.step || reply.out_of_queries) co_return reply;
  for (int attempt = 2; attempt <= attempts_ && !again.empty(); ++attempt) {
    std::vector<IpAddress> batch = std::exchange(again, {});
    if (attempt == attempts_) question.edns.reset();
    co_await ask_batch(job, *cut, question, std::move(batch), reply, again);
    if (reply.step || reply.out_of_queries) co_return reply;
  }
  for (const auto& [address, fate] : reply.fates) {
    if (fate == Fate::silent) job.silent.insert(address);
  }
  co_return reply;
}

Task<std::shared_ptr<const Exchange>> CutQuery::ask_one(IpAddress address, Question question,
                                                        SteadyTime deadline) {
  const Endpoint server{address, port_};
  const AskLimits limits{1, timeout_, deadline};
  FollowedExchange followed = co_await client_.ask_following(server, std::move(question), limits);
  co_return followed.tcp ? followed.tcp : followed.first;
}

Task<void> CutQuery::ask_batch(Job& job, Cut& cut, const Question& question,
                               std::vector<IpAddress> addresses, CutReply& reply,
                               std::vector<IpAddress>& again) {
  std::vector<IpAddress> asked;
  std::vector<Task<std::shared_ptr<const Exchange>>> asks;
  for (const IpAddress& address : addresses) {
    if (job.silent.count(address) != 0) {
      note(reply, address, Fate::silent);
    } else if (job.queries_left <= 0) {
      reply.out_of_queries = true;
      note(reply, address, Fate::not_asked);
    } else {
      --job.queries_left;
      asked.push_back(address);
      asks.push_back(ask_one(address, question, job.deadline));
    }
  }
  const std::vector<std::shared_ptr<const Exchange>> exchanges = co_await all(std::move(asks));
  for (std::size_t i = 0; i < asked.size() && !reply.step; ++i) {
    judge(exchanges[i], asked[i], cut, reply, again);
  }
}

void CutQuery::judge(const std::shared_ptr<const Exchange>& exchange, const IpAddress& address,
                     Cut& cut, CutReply& reply, std::vector<IpAddress>& again) const {
  reply.last = exchange;
  const SteadyTime now = client_.engine().clock().steady();
  if (!exchange->answered()) {
    const Fate fate = fate_of(exchange->outcome);
    note(reply, address, fate);
    if (worth_repeating(exchange->outcome)) again.push_back(address);
    if (fate == Fate::silent) cut.avoid(address, now + kAvoidFailedAddress);
    return;
  }
  Step step = interpret(*exchange->response, exchange->question, cut.zone);
  if (is_useful(step)) {
    cut.avoid(address, SteadyTime{});
    if (step.kind == StepKind::nxdomain && !reply.denial) {
      reply.denial = {std::move(step), exchange};
    } else {
      reply.step = std::move(step);
    }
    return;
  }
  note(reply, address, step.kind == StepKind::error ? Fate::error : Fate::lame);
  if (refuses_edns(exchange->response->rcode)) again.push_back(address);
  cut.avoid(address, now + kAvoidFailedAddress);
}

}  // namespace dns
