#include "dns/engine.hpp"

#include <algorithm>
#include <cassert>
#include <optional>

#include <asio/steady_timer.hpp>

#include "dns/destination.hpp"
#include "dns/matching.hpp"
#include "dns/query.hpp"
#include "dns/tcp_transport.hpp"
#include "dns/timer_wheel.hpp"
#include "dns/udp_transport.hpp"

namespace dns {

namespace {

// The longest that the loop sleeps on its own clock before it looks at the one passed in, which in
// tests may have jumped.
constexpr Duration kLongestNap = std::chrono::milliseconds(100);

// Whatever the settings say: even one socket alone has an id left for each.
constexpr std::size_t kMaxInFlight = 60'000;

// Longer sleeps are this long.
constexpr Duration kLongestSleep = std::chrono::hours(24 * 365);

EngineSettings sane(EngineSettings settings) {
  settings.max_in_flight = std::clamp<std::size_t>(settings.max_in_flight, 1, kMaxInFlight);
  settings.max_outstanding_per_address =
      std::max<std::size_t>(settings.max_outstanding_per_address, 1);
  settings.max_tcp_connections = std::max<std::size_t>(settings.max_tcp_connections, 1);
  return settings;
}

TcpLimits tcp_limits(const EngineSettings& settings) {
  return {settings.tcp_idle, settings.max_tcp_connections, settings.max_outstanding_per_address};
}

}  // namespace

static_assert(EngineStatistics::kOutcomes == static_cast<std::size_t>(Outcome::cancelled) + 1);
static_assert(EngineStatistics::kTransports == static_cast<std::size_t>(Transport::tcp) + 1);

class Engine::Impl final : private QueryOwner {
 public:
  Impl(asio::io_context& io, const Clock& clock, std::function<std::uint32_t()> random,
       EngineSettings settings);
  ~Impl();

  Task<Attempt> attempt(Endpoint server, Question question, Transport transport, Duration timeout,
                        SteadyTime deadline);
  Duration token_wait(const IpAddress& address);
  Task<bool> sleep(Duration duration);
  void reconfigure(EngineSettings settings);
  void stop();

  const EngineStatistics& statistics() const { return statistics_; }
  const Clock& clock() const { return clock_; }

 private:
  // Suspends until the query is over.
  struct Finish {
    Query& query;
    bool await_ready() const noexcept { return query.stage == Query::Stage::finished; }
    void await_suspend(std::coroutine_handle<> waiting) const noexcept { query.waiting = waiting; }
    void await_resume() const noexcept {}
  };

  // Suspends until its moment has come or the engine stops.
  struct Sleeper final : TimerWheel::Timer {
    void expired(SteadyTime) override { wake(true); }
    void wake(bool in_time) {
      slept = in_time;
      in_engine.unlink();
      waiting.resume();
    }
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> handle) noexcept { waiting = handle; }
    void await_resume() const noexcept {}

    bool slept = false;
    std::coroutine_handle<> waiting;
    Link<Sleeper> in_engine{*this};
  };

  std::optional<Outcome> begin(Query& query, SteadyTime now);
  bool may_ask(const Endpoint& server, const Question& question) const;
  void enter_window(Query& query);
  void take_slot(Query& query);
  void hand_over(Query& query);
  void end(Query& query, Outcome outcome, SteadyTime now);
  void forget(Query& query, SteadyTime now);
  void admit_waiters(Destination::Lane& lane);
  void record(Transport transport, Outcome outcome, Duration elapsed);

  void on_sent(Query& query, SteadyTime now) override;
  void on_returned(Query& query) override;
  void on_finished(Query& query, Outcome outcome, SteadyTime now) override;
  void on_timer(Query& query, SteadyTime now) override;

  void wake_at(SteadyTime when);

  const Clock& clock_;
  const std::function<std::uint32_t()> random_;
  EngineSettings settings_;
  EngineStatistics statistics_;
  asio::steady_timer alarm_;
  TimerWheel wheel_;
  Destinations destinations_;
  std::size_t in_flight_ = 0;
  bool stopped_ = false;
  SteadyTime wall_read_at_{};
  WallTime wall_{};
  UdpTransport udp_;
  TcpTransport tcp_;
  LinkList<Query> queries_;
  LinkList<Query> slot_waiters_;
  LinkList<Sleeper> sleepers_;
  // Handlers that Asio still holds when this ends find it gone.
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

Engine::Impl::Impl(asio::io_context& io, const Clock& clock, std::function<std::uint32_t()> random,
                   EngineSettings settings)
    : clock_(clock),
      random_(std::move(random)),
      settings_(sane(std::move(settings))),
      alarm_(io),
      wheel_(clock.steady(), [this](SteadyTime when) { wake_at(when); }),
      destinations_(RateLimits(settings_.default_rate, settings_.rates)),
      udp_(io, clock, random_, wheel_, destinations_, settings_.udp_sockets,
           [this] { statistics_.datagrams_dropped.fetch_add(1, std::memory_order_relaxed); }),
      tcp_(io, clock, random_, wheel_, tcp_limits(settings_),
           [this] { statistics_.tcp_connections.fetch_add(1, std::memory_order_relaxed); }) {}

Engine::Impl::~Impl() {
  assert(queries_.empty() && sleepers_.empty() && "stop() comes before the end");
  stop();
}

// ---- one attempt ----

Task<Attempt> Engine::Impl::attempt(Endpoint server, Question question, Transport transport,
                                    Duration timeout, SteadyTime deadline) {
  Query query(*this, server, question, transport, timeout, deadline);
  const std::optional<Outcome> at_once = begin(query, clock_.steady());
  if (at_once) {
    query.result.outcome = *at_once;
    record(transport, *at_once, Duration::zero());
    co_return std::move(query.result);
  }
  Finish finish{query};
  co_await finish;
  co_return std::move(query.result);
}

bool Engine::Impl::may_ask(const Endpoint& server, const Question& question) const {
  if (settings_.address_policy.may_ask(server.address)) return true;
  if (!question.recursion_desired) return false;
  const auto& named = settings_.resolvers;
  return std::find(named.begin(), named.end(), server) != named.end();
}

// Sets a query on its way, or says how it ends without one.
std::optional<Outcome> Engine::Impl::begin(Query& query, SteadyTime now) {
  if (stopped_) return Outcome::cancelled;
  if (!may_ask(query.server, query.question)) return Outcome::forbidden;
  if (now >= query.deadline) return Outcome::not_asked;
  if (query.transport == Transport::udp && !udp_.usable(query.server.address.family(), now)) {
    return Outcome::unreachable;
  }
  Destination* const destination = destinations_.find(query.server.address, now);
  if (destination == nullptr) return Outcome::not_asked;
  const SteadyTime token = destination->bucket.next(now);
  if (token >= query.deadline) return Outcome::not_asked;
  destination->bucket.take(now);
  query.destination = destination;
  ++destination->queries;
  query.wire = write_query(query.question, 0);
  queries_.push_back(query.in_engine);
  if (token > now) {
    query.stage = Query::Stage::awaits_token;
    wheel_.arm(query, token);
  } else {
    enter_window(query);
  }
  return std::nullopt;
}

void Engine::Impl::enter_window(Query& query) {
  Destination::Lane& lane = query.destination->lane(query.transport);
  if (lane.admitted < settings_.max_outstanding_per_address) {
    ++lane.admitted;
    return take_slot(query);
  }
  query.stage = Query::Stage::awaits_window;
  lane.waiting.push_back(query.in_queue);
  wheel_.arm(query, query.deadline);
}

void Engine::Impl::take_slot(Query& query) {
  if (in_flight_ < settings_.max_in_flight) return hand_over(query);
  query.stage = Query::Stage::awaits_slot;
  slot_waiters_.push_back(query.in_queue);
  wheel_.arm(query, query.deadline);
}

void Engine::Impl::hand_over(Query& query) {
  ++in_flight_;
  statistics_.in_flight.store(static_cast<std::int64_t>(in_flight_), std::memory_order_relaxed);
  query.stage = Query::Stage::in_transport;
  wheel_.arm(query, query.deadline);
  if (query.transport == Transport::udp) {
    udp_.submit(query);
  } else {
    tcp_.submit(query);
  }
}

// The transport has no part in the query any more. Resumes whoever waits for it, last of all.
void Engine::Impl::end(Query& query, Outcome outcome, SteadyTime now) {
  wheel_.disarm(query);
  query.in_queue.unlink();
  query.in_engine.unlink();
  Attempt& result = query.result;
  result.outcome = outcome;
  if (query.sent && outcome != Outcome::not_asked) {
    result.elapsed = std::max(now - query.sent_at, Duration::zero());
  } else {
    result.sent = {};
  }
  Destination::Lane& lane = query.destination->lane(query.transport);
  if (query.stage == Query::Stage::in_transport) {
    --in_flight_;
    statistics_.in_flight.store(static_cast<std::int64_t>(in_flight_), std::memory_order_relaxed);
  }
  if (query.stage == Query::Stage::in_transport || query.stage == Query::Stage::awaits_slot) {
    --lane.admitted;
  }
  query.stage = Query::Stage::finished;
  if (!stopped_) admit_waiters(lane);
  --query.destination->queries;
  record(query.transport, outcome, result.elapsed);
  query.waiting.resume();
}

void Engine::Impl::admit_waiters(Destination::Lane& lane) {
  while (!lane.waiting.empty() && lane.admitted < settings_.max_outstanding_per_address) {
    ++lane.admitted;
    take_slot(lane.waiting.pop_front());
  }
  while (!slot_waiters_.empty() && in_flight_ < settings_.max_in_flight) {
    hand_over(slot_waiters_.pop_front());
  }
}

void Engine::Impl::record(Transport transport, Outcome outcome, Duration elapsed) {
  statistics_.attempts[static_cast<std::size_t>(transport)][static_cast<std::size_t>(outcome)]
      .fetch_add(1, std::memory_order_relaxed);
  if (settings_.on_attempt) settings_.on_attempt(transport, outcome, elapsed);
}

// ---- what transports and timers tell ----

void Engine::Impl::on_sent(Query& query, SteadyTime now) {
  if (now != wall_read_at_) {  // once for a batch
    wall_read_at_ = now;
    wall_ = clock_.wall();
  }
  query.sent = true;
  query.sent_at = now;
  query.result.sent = wall_;
  wheel_.arm(query, std::min(now + query.timeout, query.deadline));
}

void Engine::Impl::on_returned(Query& query) {
  wheel_.arm(query, query.deadline);
}

void Engine::Impl::on_finished(Query& query, Outcome outcome, SteadyTime now) {
  end(query, outcome, now);
}

void Engine::Impl::on_timer(Query& query, SteadyTime now) {
  switch (query.stage) {
    case Query::Stage::awaits_token:
      return enter_window(query);
    case Query::Stage::awaits_window:
    case Query::Stage::awaits_slot:
      return end(query, Outcome::not_asked, now);
    case Query::Stage::in_transport:
      forget(query, now);
      return end(query, query.sent ? unanswered(query.result.drops) : Outcome::not_asked, now);
    case Query::Stage::finished:
      assert(false);
      return;
  }
}

void Engine::Impl::forget(Query& query, SteadyTime now) {
  if (query.stage != Query::Stage::in_transport) return;
  if (query.transport == Transport::udp) {
    udp_.forget(query, now);
  } else {
    tcp_.forget(query);
  }
}

void Engine::Impl::wake_at(SteadyTime when) {
  const Duration nap = std::clamp(when - clock_.steady(), Duration::zero(), kLongestNap);
  alarm_.expires_after(nap);
  alarm_.async_wait([this, alive = std::weak_ptr<const bool>(alive_)](asio::error_code error) {
    if (error || alive.expired() || stopped_) return;
    wheel_.advance(clock_.steady());
  });
}

// ---- the rest ----

Duration Engine::Impl::token_wait(const IpAddress& address) {
  const Destination* const destination = destinations_.known(address);
  if (destination == nullptr) return Duration::zero();
  const SteadyTime now = clock_.steady();
  return destination->bucket.next(now) - now;
}

Task<bool> Engine::Impl::sleep(Duration duration) {
  if (stopped_) co_return false;
  Sleeper sleeper;
  sleepers_.push_back(sleeper.in_engine);
  wheel_.arm(sleeper, clock_.steady() + std::min(duration, kLongestSleep));
  co_await sleeper;
  co_return sleeper.slept;
}

void Engine::Impl::reconfigure(EngineSettings settings) {
  settings_ = sane(std::move(settings));
  destinations_.set_limits(RateLimits(settings_.default_rate, settings_.rates));
  tcp_.set_limits(tcp_limits(settings_));
}

void Engine::Impl::stop() {
  if (stopped_) return;
  stopped_ = true;
  const SteadyTime now = clock_.steady();
  while (!queries_.empty()) {
    Query& query = queries_.front();
    forget(query, now);
    end(query, Outcome::cancelled, now);
  }
  while (!sleepers_.empty()) {
    Sleeper& sleeper = sleepers_.front();
    wheel_.disarm(sleeper);
    sleeper.wake(false);
  }
  udp_.stop();
  tcp_.stop();
  alarm_.cancel();
}

Engine::Engine(asio::io_context& io, const Clock& clock, std::function<std::uint32_t()> random,
               EngineSettings settings)
    : impl_(std::make_unique<Impl>(io, clock, std::move(random), std::move(settings))) {}

Engine::~Engine() = default;

Task<Attempt> Engine::attempt(Endpoint server, Question question, Transport transport,
                              Duration timeout, SteadyTime deadline) {
  return impl_->attempt(server, std::move(question), transport, timeout, deadline);
}

Duration Engine::token_wait(const IpAddress& address) {
  return impl_->token_wait(address);
}

Task<bool> Engine::sleep(Duration duration) {
  return impl_->sleep(duration);
}

void Engine::reconfigure(EngineSettings settings) {
  impl_->reconfigure(std::move(settings));
}

void Engine::stop() {
  impl_->stop();
}

const EngineStatistics& Engine::statistics() const {
  return impl_->statistics();
}

const Clock& Engine::clock() const {
  return impl_->clock();
}

}  // namespace dns
