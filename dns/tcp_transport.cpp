#include "dns/tcp_transport.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include <asio/post.hpp>

#include "dns/matching.hpp"

namespace dns {

namespace {

// How often a query may be given to another connection. Each time the one before had answered
// something, so a server that answers keeps going; this ends it with one that answers all but
// this query.
constexpr std::uint8_t kMaxMoves = 8;

// Whether a query that was outstanding on a connection that is over gets another one, without
// that counting as an attempt. When a fresh connection was closed on us, its oldest query is taken
// for the reason, and those beside it get one more chance.
bool may_move(const Query& query, std::size_t answers, Outcome why, bool oldest) {
  if (answers != 0) return query.moves < kMaxMoves;
  const bool connected =
      why == Outcome::closed || why == Outcome::reset || why == Outcome::malformed;
  return connected && !oldest && !query.second_chance;
}

}  // namespace

TcpTransport::TcpTransport(asio::io_context& io, const Clock& clock,
                           const std::function<std::uint32_t()>& random, TimerWheel& wheel,
                           TcpLimits limits, std::function<void()> on_connect)
    : io_(io),
      clock_(clock),
      random_(random),
      wheel_(wheel),
      limits_(limits),
      on_connect_(std::move(on_connect)) {}

TcpTransport::~TcpTransport() {
  stop();
}

void TcpTransport::submit(Query& query) {
  assert(!stopped_);
  Host& host = host_of(query.server);
  host.waiting.push_back(query.in_queue);
  work_later(host);
}

void TcpTransport::forget(Query& query) {
  query.in_queue.unlink();
  const auto found = hosts_.find(query.server);
  if (query.connection != nullptr) {
    TcpConnection& connection = *query.connection;
    connection.forget(query);
    // One that has been silent since the query went out may be dead: the next query gets another.
    const bool silent = !connection.connected() || connection.last_heard() < query.sent_at;
    const bool current = found != hosts_.end() && found->second.current == &connection;
    if (current && (silent || connection.worn_out())) found->second.current = nullptr;
    if (connection.outstanding() == 0 && (silent || !current)) {
      discard(connection);
    }
  }
  if (found != hosts_.end()) work_later(found->second);
}

void TcpTransport::stop() {
  stopped_ = true;
  for (auto& [raw, connection] : connections_) connection->close();
  connections_.clear();
  for (auto& [server, host] : hosts_) {
    host.in_work.unlink();
    host.in_blocked.unlink();
    host.current = nullptr;
  }
  hosts_.clear();
}

TcpTransport::Host& TcpTransport::host_of(const Endpoint& server) {
  return hosts_.try_emplace(server, server, limits_.max_outstanding).first->second;
}

// ---- what connections tell ----

void TcpTransport::on_progress(TcpConnection& connection) {
  const auto found = hosts_.find(connection.server());
  if (found != hosts_.end() && found->second.current == &connection) {
    Host& host = found->second;
    // It has gone on beyond what its server seemed to allow.
    if (connection.answers() >= 2 * host.width)
      host.width = std::min(2 * host.width, limits_.max_outstanding);
    work_later(host);
  } else if (connection.outstanding() == 0) {
    discard(connection);
  }
}

void TcpTransport::on_over(TcpConnection& connection, Outcome why) {
  const std::shared_ptr<TcpConnection> kept = connections_.at(&connection);
  Host& host = host_of(connection.server());
  if (host.current == &connection) host.current = nullptr;
  discard(connection);
  const std::size_t answers = connection.answers();
  if (answers != 0 && connection.outstanding() != 0) host.width = std::min(answers, host.width);
  // All off the connection before any is finished: what resumes then may end the others.
  LinkList<Query> returned;
  LinkList<Query> failed;
  bool oldest = true;
  while (Query* const query = connection.take_outstanding()) {
    if (may_move(*query, answers, why, std::exchange(oldest, false))) {
      ++query->moves;
      query->second_chance = query->second_chance || answers == 0;
      query->owner.on_returned(*query);
      returned.push_back(query->in_queue);
    } else {
      failed.push_back(query->in_queue);
    }
  }
  returned.take_all(host.waiting);  // in front of what has not been sent yet
  host.waiting.take_all(returned);
  work_later(host);
  const SteadyTime now = clock_.steady();
  while (!failed.empty()) {
    Query& query = failed.pop_front();
    const Outcome outcome = query.result.drops.any() ? unanswered(query.result.drops) : why;
    query.owner.on_finished(query, outcome, now);
  }
}

void TcpTransport::on_idle(TcpConnection& connection) {
  assert(connection.outstanding() == 0);
  Host& host = host_of(connection.server());
  if (host.current == &connection) host.current = nullptr;
  discard(connection);
  work_later(host);
}

// ---- what is to be done for each host ----

// In the loop's next turn: what is submitted until then goes out in one write.
void TcpTransport::work_later(Host& host) {
  if (stopped_) return;
  if (!host.in_work.linked()) work_.push_back(host.in_work);
  if (work_posted_) return;
  work_posted_ = true;
  asio::post(io_, [this, alive = std::weak_ptr<const bool>(alive_)] {
    if (alive.expired() || stopped_) return;
    work_posted_ = false;
    work();
  });
}

void TcpTransport::work() {
  LinkList<Host> hosts;
  hosts.take_all(work_);
  while (!hosts.empty()) work_on(hosts.pop_front());
}

void TcpTransport::work_on(Host& host) {
  const SteadyTime now = clock_.steady();
  while (!host.waiting.empty()) {
    if (host.current == nullptr && !connect(host)) return;
    TcpConnection& connection = *host.current;
    if (connection.outstanding() >= host.width) break;
    if (connection.worn_out()) {
      host.current = nullptr;
      if (connection.outstanding() == 0) discard(connection);
      continue;
    }
    connection.add(host.waiting.pop_front(), now);
  }
  if (host.current != nullptr && host.current->outstanding() == 0 && !blocked_.empty()) {
    TcpConnection& idle = *std::exchange(host.current, nullptr);
    discard(idle);  // others wait for its place
  }
  if (host.current != nullptr) {
    host.current->flush();
    if (host.current->outstanding() == 0) host.current->wait_idle(now + limits_.idle);
  } else {
    host.in_blocked.unlink();
    hosts_.erase(Endpoint(host.server));
  }
}

// False when there are as many connections as there may be: the host waits for one to end.
bool TcpTransport::connect(Host& host) {
  if (connections_.size() >= limits_.max_connections && !close_an_idle_one()) {
    if (!host.in_blocked.linked()) blocked_.push_back(host.in_blocked);
    return false;
  }
  host.in_blocked.unlink();
  auto connection = std::make_shared<TcpConnection>(io_, clock_, random_, wheel_, host.server,
                                                    static_cast<Listener&>(*this));
  host.current = connection.get();
  connections_.emplace(connection.get(), connection);
  on_connect_();
  connection->connect();
  return true;
}

bool TcpTransport::close_an_idle_one() {
  for (auto& [raw, connection] : connections_) {
    if (raw->outstanding() != 0) continue;
    Host& host = host_of(raw->server());
    if (host.current == raw) host.current = nullptr;
    work_later(host);
    discard(*raw);
    return true;
  }
  return false;
}

void TcpTransport::discard(TcpConnection& connection) {
  connection.close();
  connections_.erase(&connection);  // its own handlers may hold it yet
  if (!blocked_.empty()) work_later(blocked_.front());
}

}  // namespace dns
