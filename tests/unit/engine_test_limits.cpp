// What the engine does not do: ask forbidden addresses, exceed rates, windows and deadlines, or
// leave anyone suspended when it stops.
#include <chrono>
#include <map>

#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/catch.hpp"
#include "tests/unit/loopback.hpp"

using namespace std::chrono_literals;
using dns::Attempt;
using dns::Bytes;
using dns::Outcome;
using dns::Transport;
using loopback::answer_to;
using loopback::ManualClock;
using loopback::TcpServer;
using loopback::UdpServer;
using loopback::World;
using Peer = UdpServer::Peer;

namespace {

void answer(UdpServer& self, const Bytes& query, const Peer& from) {
  self.send(answer_to(query), from);
}
void ignore(UdpServer&, const Bytes&, const Peer&) {}

std::uint64_t counted(const World& world, Transport transport, Outcome outcome) {
  return world.engine.statistics()
      .attempts[static_cast<std::size_t>(transport)][static_cast<std::size_t>(outcome)];
}

}  // namespace

TEST_CASE("an address that the policy forbids is not asked") {
  dns::EngineSettings settings = World::settings();
  settings.address_policy = dns::AddressPolicy({dns::Prefix::from_text("127.0.0.1/32").value()});
  World world(settings);
  UdpServer allowed(world.io, answer);
  UdpServer forbidden(world.io, answer, "127.0.0.2");
  TcpServer forbidden_tcp(
      world.io, [](TcpServer::Connection&, const Bytes&) {}, "127.0.0.2");
  CHECK(world.attempt(allowed.endpoint(), Transport::udp).outcome == Outcome::answered);
  const Attempt udp = world.attempt(forbidden.endpoint(), Transport::udp);
  CHECK(udp.outcome == Outcome::forbidden);
  CHECK_FALSE(udp.was_sent());
  CHECK(world.attempt(forbidden_tcp.endpoint(), Transport::tcp).outcome == Outcome::forbidden);
  world.settle();
  CHECK(forbidden.queries == 0);
  CHECK(forbidden_tcp.connections == 0);
  CHECK(counted(world, Transport::udp, Outcome::forbidden) == 1);

  settings.address_policy = dns::AddressPolicy({dns::Prefix::from_text("127.0.0.2/32").value()});
  world.engine.reconfigure(settings);
  CHECK(world.attempt(forbidden.endpoint(), Transport::udp).outcome == Outcome::answered);
  CHECK(world.attempt(allowed.endpoint(), Transport::udp).outcome == Outcome::forbidden);
}

TEST_CASE("an address is asked no faster than its bucket allows, over both transports") {
  ManualClock clock;
  dns::EngineSettings settings = World::settings();
  settings.default_rate = {10, 2};
  World world(settings, clock);
  UdpServer server(world.io, answer);
  UdpServer other(world.io, answer, "127.0.0.2");
  TcpServer tcp(world.io, [](TcpServer::Connection& self, const Bytes& query) {
    self.send(answer_to(query));
  });
  std::vector<Attempt> results;
  std::vector<Attempt> others;
  for (int i = 0; i < 4; ++i) world.start(server.endpoint(), Transport::udp, results);
  world.start(tcp.endpoint(), Transport::tcp, results);  // the same address
  for (int i = 0; i < 2; ++i) world.start(other.endpoint(), Transport::udp, others);
  world.run_until([&] { return results.size() == 2 && others.size() == 2; });
  for (std::size_t more = 3; more <= 5; ++more) {
    world.settle();
    CHECK(results.size() == more - 1);
    clock.advance(100ms);
    world.run_until([&] { return results.size() == more; });
  }
  CHECK(server.queries == 4);
  CHECK(tcp.queries == 1);
  // Waiting for the bucket is not response time.
  for (const Attempt& result : results) CHECK(result.elapsed < 100ms);
}

TEST_CASE("what cannot get its token before the deadline is not asked, and that at once") {
  ManualClock clock;
  dns::EngineSettings settings = World::settings();
  settings.default_rate = {1, 1};
  World world(settings, clock);
  UdpServer server(world.io, answer);
  std::vector<Attempt> results;
  std::vector<Attempt> late;
  for (int i = 0; i < 3; ++i) {
    world.start(server.endpoint(), Transport::udp, results, "a.test", 1s, 2500ms);
  }
  world.start(server.endpoint(), Transport::udp, late, "b.test", 1s, 2500ms);
  REQUIRE(late.size() == 1);
  CHECK(late[0].outcome == Outcome::not_asked);
  CHECK_FALSE(late[0].was_sent());
  CHECK(late[0].elapsed == 0ns);
  // It took no token from those that can.
  world.run_until([&] { return results.size() == 1; });
  clock.advance(1s);
  world.run_until([&] { return results.size() == 2; });
  clock.advance(1s);
  world.run();
  for (const Attempt& result : results) CHECK(result.outcome == Outcome::answered);
}

TEST_CASE("a rate for a prefix holds there only") {
  ManualClock clock;
  dns::EngineSettings settings = World::settings();
  settings.default_rate = {1, 1};
  settings.rates = {{dns::Prefix::from_text("127.0.0.2/32").value(), {0, 0}}};
  World world(settings, clock);
  UdpServer slow(world.io, answer);
  UdpServer fast(world.io, answer, "127.0.0.2");
  std::vector<Attempt> from_slow;
  std::vector<Attempt> from_fast;
  for (int i = 0; i < 20; ++i) {
    world.start(slow.endpoint(), Transport::udp, from_slow, "a.test", 1s, 500ms);
    world.start(fast.endpoint(), Transport::udp, from_fast);
  }
  world.run();
  CHECK(slow.queries == 1);
  CHECK(fast.queries == 20);
}

TEST_CASE("a deadline in the past, and one that comes before the timeout") {
  ManualClock clock;
  World world(World::settings(), clock);
  UdpServer server(world.io, ignore);
  const Attempt past = world.attempt(server.endpoint(), Transport::udp, 2s, 0s);
  CHECK(past.outcome == Outcome::not_asked);
  std::vector<Attempt> results;
  world.start(server.endpoint(), Transport::udp, results, "a.test", 2s, 500ms);
  world.run_until([&] { return server.queries == 1; });
  clock.advance(501ms);
  world.run();
  CHECK(results.at(0).outcome == Outcome::timeout);
  CHECK(results.at(0).elapsed == 501ms);
}

TEST_CASE("one address never has more than a window of datagrams outstanding") {
  ManualClock clock;
  World world(World::settings(), clock);
  std::vector<std::pair<Bytes, Peer>> kept;
  UdpServer server(world.io, [&](UdpServer&, const Bytes& query, const Peer& from) {
    kept.emplace_back(query, from);
  });
  UdpServer other(world.io, answer, "127.0.0.2");
  std::vector<Attempt> results;
  std::vector<Attempt> others;
  for (int i = 0; i < 300; ++i) {
    world.start(server.endpoint(), Transport::udp, results, "a.test", 60s, 10s);
  }
  world.start(other.endpoint(), Transport::udp, others);
  world.run_until([&] { return others.size() == 1; });  // is not held up
  world.run_until([&] { return kept.size() == 256; });
  world.settle();
  CHECK(kept.size() == 256);
  for (int i = 0; i < 10; ++i) server.send(answer_to(kept[0].first), kept[0].second);
  server.send(answer_to(kept[1].first), kept[1].second);
  world.run_until([&] { return kept.size() == 258; });
  world.settle();
  CHECK(kept.size() == 258);
  clock.advance(10s + 1ms);
  world.run();
  std::map<Outcome, int> outcomes;
  for (const Attempt& result : results) ++outcomes[result.outcome];
  CHECK(outcomes == std::map<Outcome, int>{
                        {Outcome::answered, 2}, {Outcome::timeout, 256}, {Outcome::not_asked, 42}});
}

TEST_CASE("no more in flight than the engine may have; the rest waits its turn") {
  ManualClock clock;
  dns::EngineSettings settings = World::settings();
  settings.max_in_flight = 10;
  World world(settings, clock);
  struct Held {
    UdpServer* server;
    Bytes query;
    Peer from;
  };
  std::vector<Held> kept;
  const auto keep = [&](UdpServer& self, const Bytes& query, const Peer& from) {
    kept.push_back({&self, query, from});
  };
  UdpServer one(world.io, keep);
  UdpServer two(world.io, keep, "127.0.0.2");
  std::vector<Attempt> results;
  for (int i = 0; i < 20; ++i) {
    world.start(one.endpoint(), Transport::udp, results);
    world.start(two.endpoint(), Transport::udp, results);
  }
  for (std::size_t answered = 0; answered < 40; ++answered) {
    world.run_until([&] { return kept.size() == std::min<std::size_t>(40, answered + 10); });
    world.settle();
    CHECK(kept.size() == std::min<std::size_t>(40, answered + 10));
    CHECK(world.engine.statistics().in_flight ==
          std::min<std::int64_t>(10, 40 - static_cast<std::int64_t>(answered)));
    const Held& held = kept[answered];
    held.server->send(answer_to(held.query), held.from);
    world.run_until([&] { return results.size() == answered + 1; });
  }
  world.run();
  CHECK(world.engine.statistics().in_flight == 0);
}

namespace {
dns::Task<void> sleep_into(dns::Engine& engine, dns::Duration duration, std::vector<bool>& slept) {
  const bool in_time = co_await engine.sleep(duration);
  slept.push_back(in_time);
}
dns::Task<void> ask_for_ever(dns::Engine& engine, dns::Endpoint server, dns::SteadyTime deadline,
                             int& rounds) {
  Outcome last = Outcome::answered;
  while (last != Outcome::cancelled) {
    dns::Question question = loopback::soa_of("a.test");
    Attempt attempt =
        co_await engine.attempt(server, std::move(question), Transport::udp, 1s, deadline);
    last = attempt.outcome;
    ++rounds;
  }
}
dns::Task<void> stop_when_answered(dns::Engine& engine, dns::Endpoint server, Transport transport,
                                   dns::SteadyTime deadline) {
  dns::Question question = loopback::soa_of("a.test");
  Attempt attempt = co_await engine.attempt(server, std::move(question), transport, 10s, deadline);
  engine.stop();
  CHECK(attempt.outcome == Outcome::answered);
}
}  // namespace

TEST_CASE("sleeping") {
  ManualClock clock;
  World world(World::settings(), clock);
  std::vector<bool> slept;
  world.spawn(sleep_into(world.engine, 10s, slept));
  world.spawn(sleep_into(world.engine, 0s, slept));
  world.spawn(sleep_into(world.engine, dns::Duration::max(), slept));
  clock.advance(1ms);
  world.run_until([&] { return slept.size() == 1; });
  clock.advance(10s);
  world.run_until([&] { return slept.size() == 2; });
  CHECK(slept == std::vector<bool>{true, true});
  world.engine.stop();
  CHECK(slept == std::vector<bool>{true, true, false});
  world.spawn(sleep_into(world.engine, 10s, slept));
  CHECK(slept.back() == false);
  CHECK(world.scope.idle());
}

TEST_CASE("stop() ends everything, wherever it stands") {
  ManualClock clock;
  dns::EngineSettings settings = World::settings();
  settings.max_in_flight = 280;
  settings.rates = {{dns::Prefix::from_text("127.0.0.9/32").value(), {1, 1}}};
  settings.max_tcp_connections = 1;
  World world(settings, clock);
  UdpServer silent(world.io, ignore);
  UdpServer slow(world.io, ignore, "127.0.0.9");
  TcpServer tcp(world.io, [](TcpServer::Connection&, const Bytes&) {});
  TcpServer blocked(
      world.io, [](TcpServer::Connection&, const Bytes&) {}, "127.0.0.2");
  std::vector<Attempt> results;
  std::vector<bool> slept;
  world.start(tcp.endpoint(), Transport::tcp, results);
  world.run_until([&] { return tcp.queries == 1; });
  world.start(blocked.endpoint(), Transport::tcp, results);  // no connection to be had
  for (int i = 0; i < 300; ++i) world.start(silent.endpoint(), Transport::udp, results);
  for (int i = 0; i < 5; ++i) world.start(slow.endpoint(), Transport::udp, results);
  world.spawn(sleep_into(world.engine, 1h, slept));
  world.run_until([&] { return silent.queries == 256; });
  world.start(silent.endpoint(), Transport::udp, results);  // not flushed yet
  CHECK(results.empty());

  world.engine.stop();
  CHECK(world.scope.idle());
  CHECK(results.size() == 308);
  for (const Attempt& result : results) REQUIRE(result.outcome == Outcome::cancelled);
  CHECK(slept == std::vector<bool>{false});
  CHECK(world.engine.statistics().in_flight == 0);
  CHECK(world.attempt(silent.endpoint(), Transport::udp).outcome == Outcome::cancelled);
  world.engine.stop();
}

TEST_CASE("stop() from within what it ends") {
  for (const Transport transport : {Transport::udp, Transport::tcp}) {
    World world;
    UdpServer udp(world.io, answer);
    TcpServer tcp(world.io, [](TcpServer::Connection& self, const Bytes& query) {
      self.send(answer_to(query));
    });
    const dns::Endpoint server = transport == Transport::udp ? udp.endpoint() : tcp.endpoint();
    int rounds = 0;
    world.spawn(ask_for_ever(world.engine, udp.endpoint(), world.now() + 1h, rounds));
    std::vector<Attempt> results;
    for (int i = 0; i < 50; ++i) world.start(server, transport, results);
    world.spawn(stop_when_answered(world.engine, server, transport, world.now() + 20s));
    for (int i = 0; i < 50; ++i) world.start(server, transport, results);
    world.run();
    CHECK(rounds >= 1);
    CHECK(results.size() == 100);
    for (const Attempt& result : results) {
      REQUIRE((result.outcome == Outcome::answered || result.outcome == Outcome::cancelled));
    }
  }
}

TEST_CASE("after stop() the loop runs out of work") {
  asio::io_context io;
  dns::SystemClock clock;
  std::mt19937 random;
  dns::Engine engine(
      io, clock, [&] { return static_cast<std::uint32_t>(random()); }, World::settings());
  std::vector<bool> slept;
  dns::Scope scope;
  scope.spawn(sleep_into(engine, 1h, slept));
  asio::post(io, [&] { engine.stop(); });
  io.run();  // returns
  CHECK(slept.size() == 1);
}

TEST_CASE("every attempt is counted once and told to the hook") {
  struct Told {
    Transport transport;
    Outcome outcome;
    bool timed;
  };
  std::vector<Told> told;
  dns::EngineSettings settings = World::settings();
  settings.on_attempt = [&](Transport transport, Outcome outcome, dns::Duration elapsed) {
    told.push_back({transport, outcome, elapsed > 0ns});
  };
  World world(settings);
  UdpServer server(world.io, answer);
  world.attempt(server.endpoint(), Transport::udp);
  world.attempt(server.endpoint(), Transport::udp, 1s, 0s);
  world.attempt(server.endpoint(), Transport::tcp);
  REQUIRE(told.size() == 3);
  CHECK((told[0].transport == Transport::udp && told[0].outcome == Outcome::answered));
  CHECK(told[0].timed);
  CHECK((told[1].outcome == Outcome::not_asked && !told[1].timed));
  CHECK((told[2].transport == Transport::tcp && told[2].outcome == Outcome::refused));
  CHECK(counted(world, Transport::udp, Outcome::answered) == 1);
  CHECK(counted(world, Transport::udp, Outcome::not_asked) == 1);
  CHECK(counted(world, Transport::tcp, Outcome::refused) == 1);
}

namespace {

// In a network namespace of its own, which has no route to anywhere: 0 when every attempt there
// ends as unreachable, 1 when not, 77 when there is no namespace to be had.
int try_without_routes() {
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0 && ::unshare(CLONE_NEWNET) != 0) return 77;
  dns::EngineSettings settings = World::settings();
  settings.address_policy = dns::AddressPolicy(
      {dns::Prefix::from_text("0.0.0.0/0").value(), dns::Prefix::from_text("::/0").value()});
  World world(settings);
  for (const char* text : {"192.0.2.1", "2001:db8::1", "127.0.0.1", "::1"}) {
    for (const Transport transport : {Transport::udp, Transport::tcp}) {
      std::vector<Attempt> results;
      const dns::Endpoint server = loopback::endpoint_at(text, 53);
      for (int i = 0; i < 100; ++i) world.start(server, transport, results);
      world.run();
      for (const Attempt& result : results) {
        if (result.outcome != Outcome::unreachable) return 1;
      }
    }
  }
  return 0;
}

}  // namespace

TEST_CASE("without a route to it a server is unreachable, and that at once") {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) ::_exit(try_without_routes());
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) {
    WARN("no network namespace to be had here: not tested");
    return;
  }
  CHECK(WEXITSTATUS(status) == 0);
}
