// The engine over TCP, against servers on loopback addresses that answer as told.
#include <chrono>

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
using loopback::World;
using Connection = TcpServer::Connection;

namespace {

void answer(Connection& self, const Bytes& query) {
  self.send(answer_to(query));
}
void ignore(Connection&, const Bytes&) {}

/// Starts `count` questions, each for a name of its own.
void start_many(World& world, const dns::Endpoint& server, int count, std::vector<Attempt>& results,
                dns::Duration timeout = 10s) {
  for (int i = 0; i < count; ++i) {
    world.start(server, Transport::tcp, results, "n" + std::to_string(i) + ".test", timeout);
  }
}

std::vector<Attempt> ask_many(World& world, const dns::Endpoint& server, int count) {
  std::vector<Attempt> results;
  start_many(world, server, count, results);
  world.run();
  return results;
}

}  // namespace

TEST_CASE("TCP: an answer") {
  World world;
  TcpServer server(world.io, answer);
  const Attempt attempt = world.attempt(server.endpoint(), Transport::tcp);
  CHECK(attempt.outcome == Outcome::answered);
  REQUIRE(attempt.response);
  CHECK(attempt.elapsed > 0ns);
  CHECK(attempt.was_sent());
}

TEST_CASE("TCP: IPv6") {
  World world;
  TcpServer server(world.io, answer, "::1");
  CHECK(world.attempt(server.endpoint(), Transport::tcp).outcome == Outcome::answered);
}

TEST_CASE("TCP: many questions to one server share one connection") {
  World world;
  TcpServer server(world.io, answer);
  const std::vector<Attempt> results = ask_many(world, server.endpoint(), 1000);
  for (const Attempt& result : results) REQUIRE(result.outcome == Outcome::answered);
  CHECK(results.size() == 1000);
  CHECK(server.connections == 1);
  CHECK(server.queries == 1000);
}

TEST_CASE("TCP: answers may come in any order") {
  World world;
  std::vector<Bytes> kept;
  TcpServer server(world.io, [&](Connection& self, const Bytes& query) {
    kept.push_back(query);
    if (kept.size() < 100) return;
    for (auto each = kept.rbegin(); each != kept.rend(); ++each) self.send(answer_to(*each));
  });
  for (const Attempt& result : ask_many(world, server.endpoint(), 100)) {
    REQUIRE(result.outcome == Outcome::answered);
  }
}

TEST_CASE("TCP: a message may come octet by octet, and two in one segment") {
  World world;
  TcpServer server(world.io, [](Connection& self, const Bytes& query) {
    self.socket().set_option(asio::ip::tcp::no_delay(true));
    for (const std::uint8_t octet : Connection::framed(answer_to(query))) self.send_raw({octet});
  });
  CHECK(world.attempt(server.endpoint(), Transport::tcp).outcome == Outcome::answered);

  Bytes both;
  TcpServer joining(world.io, [&](Connection& self, const Bytes& query) {
    const Bytes frame = Connection::framed(answer_to(query));
    both.insert(both.end(), frame.begin(), frame.end());
    if (self.queries == 2) self.send_raw(both);
  });
  for (const Attempt& result : ask_many(world, joining.endpoint(), 2)) {
    CHECK(result.outcome == Outcome::answered);
  }
}

TEST_CASE("TCP: a message of the greatest size") {
  World world;
  TcpServer server(world.io, [](Connection& self, const Bytes& query) {
    Bytes message = answer_to(query);
    // Records of an unknown type below the name asked for, as many as fit.
    constexpr std::size_t kRdata = 1000;
    std::uint16_t records = 0;
    while (message.size() + 12 + kRdata <= 65'535) {
      const Bytes record{0xC0, 12, 0xFF, 0x01, 0, 1, 0, 0, 0, 1, kRdata >> 8, kRdata & 0xFF};
      message.insert(message.end(), record.begin(), record.end());
      message.resize(message.size() + kRdata, 0xAB);
      ++records;
    }
    message[7] = static_cast<std::uint8_t>(records);
    self.send(message);
  });
  const Attempt attempt = world.attempt(server.endpoint(), Transport::tcp);
  CHECK(attempt.outcome == Outcome::answered);
  REQUIRE(attempt.response);
  CHECK(attempt.response->answer.size() == 64);
}

TEST_CASE("TCP: a closed port is refused") {
  World world;
  TcpServer server(world.io, ignore);
  const dns::Endpoint closed = server.endpoint();
  server.close();
  const std::vector<Attempt> results = ask_many(world, closed, 300);
  CHECK(results.size() == 300);
  for (const Attempt& result : results) REQUIRE(result.outcome == Outcome::refused);
}

TEST_CASE("TCP: silence is a timeout; closing and resetting before an answer are told apart") {
  World world;
  TcpServer silent(world.io, ignore);
  const Attempt timeout = world.attempt(silent.endpoint(), Transport::tcp, 50ms);
  CHECK(timeout.outcome == Outcome::timeout);
  CHECK(timeout.elapsed >= 50ms);

  TcpServer closing(world.io, [](Connection& self, const Bytes&) { self.close(); });
  CHECK(world.attempt(closing.endpoint(), Transport::tcp).outcome == Outcome::closed);
  CHECK(closing.connections == 1);

  TcpServer resetting(world.io, [](Connection& self, const Bytes&) { self.reset(); });
  CHECK(world.attempt(resetting.endpoint(), Transport::tcp).outcome == Outcome::reset);
  CHECK(resetting.connections == 1);
}

TEST_CASE("TCP: lengths that cannot be, and messages that do not parse") {
  struct Case {
    const char* what;
    std::function<void(Connection&, const Bytes&)> reply;
    Outcome outcome;
  };
  const Case cases[] = {
      {"length zero",
       [](Connection& self, const Bytes&) {
         self.send_raw({0, 0});
       },
       Outcome::malformed},
      {"shorter than a header",
       [](Connection& self, const Bytes&) {
         self.send_raw({0, 3, 1, 2, 3});
       },
       Outcome::malformed},
      {"a length that is never reached",
       [](Connection& self, const Bytes&) {
         self.send_raw({'H', 'T', 'T', 'P', '/', '1', '.', '1', ' ', '4', '0', '0'});
         self.close();
       },
       Outcome::malformed},
      {"half a length",
       [](Connection& self, const Bytes&) {
         self.send_raw({0});
         self.close();
       },
       Outcome::malformed},
      {"cut short",
       [](Connection& self, const Bytes& query) {
         Bytes message = answer_to(query);
         message.pop_back();
         self.send(message);
         self.close();
       },
       Outcome::malformed},
      {"another id",
       [](Connection& self, const Bytes& query) {
         Bytes message = answer_to(query);
         message[1] = static_cast<std::uint8_t>(~message[1]);
         self.send(message);
         self.close();
       },
       Outcome::mismatched},
      {"another question",
       [](Connection& self, const Bytes& query) {
         Bytes message = answer_to(query);
         message[13] = 'X';
         self.send(message);
         self.close();
       },
       Outcome::mismatched},
      {"a query",
       [](Connection& self, const Bytes& query) {
         self.send(query);
         self.close();
       },
       Outcome::mismatched},
  };
  for (const Case& each : cases) {
    INFO(each.what);
    World world;
    TcpServer server(world.io, each.reply);
    CHECK(world.attempt(server.endpoint(), Transport::tcp).outcome == each.outcome);
    CHECK(server.connections == 1);
  }
}

TEST_CASE("TCP: after a message that is not the answer, the answer is still taken") {
  World world;
  TcpServer server(world.io, [](Connection& self, const Bytes& query) {
    Bytes wrong = answer_to(query);
    wrong[1] = static_cast<std::uint8_t>(~wrong[1]);
    self.send(wrong);
    self.send(query);
    self.send(answer_to(query));
  });
  const Attempt attempt = world.attempt(server.endpoint(), Transport::tcp);
  CHECK(attempt.outcome == Outcome::answered);
  CHECK(attempt.drops.wrong_id == 1);
  CHECK(attempt.drops.not_a_response == 1);
}

TEST_CASE("TCP: closing after each answer costs connections and no answer") {
  World world;
  TcpServer server(world.io, [](Connection& self, const Bytes& query) {
    self.send(answer_to(query));
    self.close();
  });
  const std::vector<Attempt> results = ask_many(world, server.endpoint(), 60);
  CHECK(results.size() == 60);
  for (const Attempt& result : results) REQUIRE(result.outcome == Outcome::answered);
  CHECK(server.connections == 60);
}

TEST_CASE("TCP: resetting after some answers moves the rest") {
  World world;
  TcpServer server(world.io, [](Connection& self, const Bytes& query) {
    self.send(answer_to(query));
    if (self.queries == 10) self.reset();
  });
  const std::vector<Attempt> results = ask_many(world, server.endpoint(), 100);
  CHECK(results.size() == 100);
  std::size_t answered = 0;
  for (const Attempt& result : results) {
    // A reset may overtake answers on the wire, also the first one: then the connection was fresh.
    REQUIRE((result.outcome == Outcome::answered || result.outcome == Outcome::reset));
    if (result.outcome == Outcome::answered) ++answered;
  }
  CHECK(answered >= 90);
}

TEST_CASE("TCP: a query that its server closes on does not take those beside it along") {
  for (const std::string poison : {"n0", "n9", "n29"}) {
    INFO(poison);
    World world;
    TcpServer server(world.io, [&](Connection& self, const Bytes& query) {
      const std::string label(query.begin() + 13, query.begin() + 13 + query[12]);
      if (label != poison) return self.send(answer_to(query));
      self.close_when_read();
    });
    std::vector<Attempt> failed;
    for (const Attempt& result : ask_many(world, server.endpoint(), 30)) {
      if (result.outcome != Outcome::answered) failed.push_back(result);
    }
    REQUIRE(failed.size() == 1);
    CHECK(failed[0].outcome == Outcome::closed);
  }
}

TEST_CASE("TCP: a server that closes every connection without an answer is left alone soon") {
  World world;
  TcpServer server(world.io, [&](Connection& self, const Bytes&) { self.close_when_read(); });
  const std::vector<Attempt> results = ask_many(world, server.endpoint(), 100);
  CHECK(results.size() == 100);
  for (const Attempt& result : results) REQUIRE(result.outcome == Outcome::closed);
  CHECK(server.connections == 2);
}

TEST_CASE("TCP: a closed connection's queries go to the next one while new ones come") {
  World world;
  TcpServer server(world.io, [](Connection& self, const Bytes& query) {
    self.send(answer_to(query));
    if (self.queries == 3) self.close();
  });
  std::vector<Attempt> results;
  for (int round = 0; round < 20; ++round) {
    start_many(world, server.endpoint(), 5, results);
    world.run_until([&] { return results.size() >= static_cast<std::size_t>(round * 5 + 1); });
  }
  world.run();
  CHECK(results.size() == 100);
  for (const Attempt& result : results) REQUIRE(result.outcome == Outcome::answered);
}

TEST_CASE("TCP: an idle connection is kept for its time, then closed") {
  ManualClock clock;
  World world(World::settings(), clock);
  bool closed = false;
  TcpServer server(world.io,
                   [](Connection& self, const Bytes& query) { self.send(answer_to(query)); });
  CHECK(world.attempt(server.endpoint(), Transport::tcp).outcome == Outcome::answered);
  world.settle();
  clock.advance(1s);
  CHECK(world.attempt(server.endpoint(), Transport::tcp).outcome == Outcome::answered);
  CHECK(server.connections == 1);
  world.settle();
  clock.advance(2s + 1ms);
  server.on_closed = [&] { closed = true; };
  world.run_until([&] { return closed; });
  CHECK(world.attempt(server.endpoint(), Transport::tcp).outcome == Outcome::answered);
  CHECK(server.connections == 2);
}

TEST_CASE("TCP: a connection that fell silent is not given new questions") {
  ManualClock clock;
  World world(World::settings(), clock);
  TcpServer server(world.io, [](Connection& self, const Bytes& query) {
    if (self.number > 1) self.send(answer_to(query));
  });
  std::vector<Attempt> results;
  world.start(server.endpoint(), Transport::tcp, results, "one.test", 2s);
  world.run_until([&] { return server.queries == 1; });
  clock.advance(3s);
  world.run();
  CHECK(results.at(0).outcome == Outcome::timeout);
  CHECK(world.attempt(server.endpoint(), Transport::tcp).outcome == Outcome::answered);
  CHECK(server.connections == 2);
}

TEST_CASE("TCP: a late answer on a living connection counts on nobody") {
  ManualClock clock;
  World world(World::settings(), clock);
  Bytes first;
  TcpServer server(world.io, [&](Connection& self, const Bytes& query) {
    if (self.queries == 1) {
      first = query;
    } else if (self.queries == 2) {
      self.send(answer_to(query));
    } else {
      self.send(answer_to(first));
      self.send(answer_to(query));
    }
  });
  std::vector<Attempt> slow;
  std::vector<Attempt> results;
  world.start(server.endpoint(), Transport::tcp, slow, "slow.test", 2s);
  world.run_until([&] { return server.queries == 1; });
  clock.advance(1s);
  world.start(server.endpoint(), Transport::tcp, results, "two.test", 2s);
  world.run_until([&] { return results.size() == 1; });
  clock.advance(1500ms);
  world.run_until([&] { return slow.size() == 1; });
  CHECK(slow.at(0).outcome == Outcome::timeout);
  world.start(server.endpoint(), Transport::tcp, results, "three.test", 2s);
  world.run();
  CHECK(server.connections == 1);
  CHECK(results.at(1).outcome == Outcome::answered);
  CHECK_FALSE(results.at(1).drops.any());
}

TEST_CASE("TCP: no more connections than the limit, and everyone is served") {
  dns::EngineSettings settings = World::settings();
  settings.max_tcp_connections = 3;
  World world(settings);
  std::vector<std::unique_ptr<TcpServer>> servers;
  std::vector<Attempt> results;
  int open = 0;
  int most = 0;
  for (int i = 0; i < 30; ++i) {
    servers.push_back(std::make_unique<TcpServer>(
        world.io, [](Connection& self, const Bytes& query) { self.send(answer_to(query)); },
        "127.0.2." + std::to_string(i + 1)));
    servers.back()->on_opened = [&] { most = std::max(most, ++open); };
    servers.back()->on_closed = [&] { --open; };
    start_many(world, servers.back()->endpoint(), 3, results);
  }
  world.run();
  CHECK(results.size() == 90);
  for (const Attempt& result : results) REQUIRE(result.outcome == Outcome::answered);
  // The server learns of a close a little after the engine has made room for the next.
  CHECK(most <= 6);
}

TEST_CASE("TCP: at the limit what cannot connect before its deadline is not asked") {
  ManualClock clock;
  dns::EngineSettings settings = World::settings();
  settings.max_tcp_connections = 1;
  World world(settings, clock);
  TcpServer silent(world.io, ignore);
  TcpServer other(world.io, answer, "127.0.0.2");
  std::vector<Attempt> busy;
  std::vector<Attempt> waiting;
  world.start(silent.endpoint(), Transport::tcp, busy, "one.test", 10s);
  world.run_until([&] { return silent.queries == 1; });
  world.start(other.endpoint(), Transport::tcp, waiting, "two.test", 2s, 5s);
  world.settle();
  clock.advance(5s + 1ms);
  world.run_until([&] { return waiting.size() == 1; });
  CHECK(waiting.at(0).outcome == Outcome::not_asked);
  CHECK_FALSE(waiting.at(0).was_sent());
  CHECK(busy.empty());
  world.engine.stop();
  CHECK(busy.at(0).outcome == Outcome::cancelled);
}

TEST_CASE("TCP: the time of an answer has the connect in it") {
  ManualClock clock;
  World world(World::settings(), clock);
  TcpServer server(world.io, [&](Connection& self, const Bytes& query) {
    clock.advance(100ms);
    self.send(answer_to(query));
  });
  server.on_opened = [&] { clock.advance(400ms); };
  CHECK(world.attempt(server.endpoint(), Transport::tcp).elapsed == 500ms);
  CHECK(world.attempt(server.endpoint(), Transport::tcp).elapsed == 100ms);
}
