// The engine over UDP, against servers on loopback addresses that answer as told.
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
using loopback::UdpServer;
using loopback::World;
using Peer = UdpServer::Peer;

namespace {

void answer(UdpServer& self, const Bytes& query, const Peer& from) {
  self.send(answer_to(query), from);
}

void ignore(UdpServer&, const Bytes&, const Peer&) {}

/// A port that nobody listens on: the engine has opened its own sockets while it was taken.
dns::Endpoint closed_port(World& world) {
  UdpServer server(world.io, answer);
  const dns::Endpoint endpoint = server.endpoint();
  world.attempt(endpoint, Transport::udp);
  server.close();
  world.settle();  // the server's last handler
  return endpoint;
}

/// A server that sends what `spoil` makes of the right answer, and with `then_right` the right one
/// after it.
UdpServer::Handler spoiled(std::function<void(Bytes&)> spoil, bool then_right = false) {
  return [spoil, then_right](UdpServer& self, const Bytes& query, const Peer& from) {
    Bytes wrong = answer_to(query);
    spoil(wrong);
    self.send(wrong, from);
    if (then_right) self.send(answer_to(query), from);
  };
}

void change_id(Bytes& message) {
  message[0] = static_cast<std::uint8_t>(message[0] ^ 0x55);
}
void change_question(Bytes& message) {
  message[13] = 'X';
}
void change_type(Bytes& message) {
  message[message.size() - 3] = 2;
}
void change_class(Bytes& message) {
  message[message.size() - 1] = 3;
}
void clear_qr(Bytes& message) {
  message[2] = static_cast<std::uint8_t>(message[2] & 0x7F);
}
void change_opcode(Bytes& message) {
  message[2] = static_cast<std::uint8_t>(message[2] | 0x20);
}
void cut(Bytes& message) {
  message.resize(message.size() - 1);
}
void cut_to_id(Bytes& message) {
  message.resize(2);
}
void cut_to_nothing(Bytes& message) {
  message.resize(1);
}
void drop_question(Bytes& message) {
  message.resize(12);
  message[5] = 0;
}

}  // namespace

TEST_CASE("UDP: an answer") {
  World world;
  UdpServer server(world.io, answer);
  const Attempt attempt = world.attempt(server.endpoint(), Transport::udp);
  CHECK(attempt.outcome == Outcome::answered);
  REQUIRE(attempt.response);
  CHECK(attempt.response->aa);
  CHECK(attempt.was_sent());
  CHECK(attempt.elapsed > 0ns);
  CHECK(attempt.elapsed < 5s);
  CHECK_FALSE(attempt.drops.any());
  CHECK(server.queries == 1);
}

TEST_CASE("UDP: IPv6") {
  World world;
  UdpServer server(world.io, answer, "::1");
  CHECK(world.attempt(server.endpoint(), Transport::udp).outcome == Outcome::answered);
  const dns::Endpoint closed = server.endpoint();
  server.close();
  CHECK(world.attempt(closed, Transport::udp).outcome == Outcome::refused);
}

TEST_CASE("UDP: silence is a timeout, after the time given") {
  World world;
  UdpServer server(world.io, ignore);
  const Attempt attempt = world.attempt(server.endpoint(), Transport::udp, 50ms);
  CHECK(attempt.outcome == Outcome::timeout);
  CHECK(attempt.elapsed >= 50ms);
  CHECK(attempt.was_sent());
  CHECK(server.queries == 1);
}

TEST_CASE("UDP: a closed port is refused at once") {
  World world;
  const dns::Endpoint closed = closed_port(world);
  const Attempt attempt = world.attempt(closed, Transport::udp);
  CHECK(attempt.outcome == Outcome::refused);
  CHECK(attempt.elapsed < 5s);
  CHECK(attempt.was_sent());
}

TEST_CASE("UDP: refused queries do not disturb those beside them on the same socket") {
  World world(World::with_one_socket());
  UdpServer server(world.io, answer);
  const dns::Endpoint closed = closed_port(world);
  std::vector<Attempt> good;
  std::vector<Attempt> bad;
  for (int i = 0; i < 200; ++i) {
    world.start(server.endpoint(), Transport::udp, good);
    world.start(closed, Transport::udp, bad);
  }
  world.run();
  for (const Attempt& attempt : good) REQUIRE(attempt.outcome == Outcome::answered);
  for (const Attempt& attempt : bad) REQUIRE(attempt.outcome == Outcome::refused);
}

TEST_CASE("UDP: messages that are not the answer are counted by reason and end as such") {
  struct Case {
    const char* what;
    void (*spoil)(Bytes&);
    Outcome outcome;
    std::uint16_t dns::Drops::*counter;
  };
  const Case cases[] = {
      {"wrong id", change_id, Outcome::mismatched, &dns::Drops::wrong_id},
      {"wrong name", change_question, Outcome::mismatched, &dns::Drops::wrong_question},
      {"wrong type", change_type, Outcome::mismatched, &dns::Drops::wrong_question},
      {"wrong class", change_class, Outcome::mismatched, &dns::Drops::wrong_question},
      {"no question and no error", drop_question, Outcome::mismatched, &dns::Drops::wrong_question},
      {"a query", clear_qr, Outcome::mismatched, &dns::Drops::not_a_response},
      {"another opcode", change_opcode, Outcome::mismatched, &dns::Drops::not_a_response},
      {"cut short", cut, Outcome::malformed, &dns::Drops::malformed},
      {"only an id", cut_to_id, Outcome::malformed, &dns::Drops::malformed},
      {"one octet", cut_to_nothing, Outcome::malformed, &dns::Drops::malformed},
  };
  for (const Case& each : cases) {
    INFO(each.what);
    World world;
    UdpServer wrong(world.io, spoiled(each.spoil));
    const Attempt attempt = world.attempt(wrong.endpoint(), Transport::udp, 100ms);
    CHECK(attempt.outcome == each.outcome);
    CHECK(attempt.drops.*each.counter == 1);
    CHECK(attempt.elapsed >= 100ms);

    UdpServer both(world.io, spoiled(each.spoil, true));
    const Attempt second = world.attempt(both.endpoint(), Transport::udp);
    CHECK(second.outcome == Outcome::answered);
    CHECK(second.drops.*each.counter == 1);
  }
}

TEST_CASE("UDP: an answer from another address or port is not one") {
  World world;
  UdpServer other_port(world.io, ignore);
  UdpServer other_address(world.io, ignore, "127.0.0.2");
  UdpServer server(world.io, [&](UdpServer& self, const Bytes& query, const Peer& from) {
    other_port.send(answer_to(query, 5), from);
    other_address.send(answer_to(query, 5), from);
    if (self.queries > 1) self.send(answer_to(query), from);
  });
  const Attempt first = world.attempt(server.endpoint(), Transport::udp, 100ms);
  CHECK(first.outcome == Outcome::mismatched);
  CHECK(first.drops.wrong_source == 2);
  const Attempt second = world.attempt(server.endpoint(), Transport::udp);
  CHECK(second.outcome == Outcome::answered);
  CHECK(second.drops.wrong_source == 2);
  CHECK(second.response->rcode == dns::Rcode::noerror);
}

TEST_CASE("UDP: the case of names does not matter, and an error needs no question") {
  World world;
  UdpServer upper(world.io, spoiled([](Bytes& message) { message[13] = 'E'; }));
  CHECK(world.attempt(upper.endpoint(), Transport::udp).outcome == Outcome::answered);
  UdpServer bare(world.io, spoiled([](Bytes& message) {
                   drop_question(message);
                   message[3] = 1;
                 }));
  const Attempt attempt = world.attempt(bare.endpoint(), Transport::udp);
  CHECK(attempt.outcome == Outcome::answered);
  CHECK(attempt.response->rcode == dns::Rcode::formerr);
}

TEST_CASE("UDP: TC is an answer") {
  World world;
  UdpServer server(world.io, [](UdpServer& self, const Bytes& query, const Peer& from) {
    self.send(answer_to(query, 0, true), from);
  });
  const Attempt attempt = world.attempt(server.endpoint(), Transport::udp);
  CHECK(attempt.outcome == Outcome::answered);
  CHECK(attempt.response->tc);
}

TEST_CASE("UDP: late and repeated answers count on nobody") {
  ManualClock clock;
  World world(World::with_one_socket(), clock);
  std::vector<std::pair<Bytes, Peer>> kept;
  UdpServer server(world.io, [&](UdpServer&, const Bytes& query, const Peer& from) {
    kept.emplace_back(answer_to(query), from);
  });
  std::vector<Attempt> results;
  world.start(server.endpoint(), Transport::udp, results, "one.test", 2s);
  world.run_until([&] { return kept.size() == 1; });
  clock.advance(2s + 1ms);
  world.run_until([&] { return results.size() == 1; });
  CHECK(results[0].outcome == Outcome::timeout);

  world.start(server.endpoint(), Transport::udp, results, "two.test", 2s);
  world.run_until([&] { return kept.size() == 2; });
  server.send(kept[0].first, kept[0].second);  // the late one
  server.send(kept[1].first, kept[1].second);
  world.run_until([&] { return results.size() == 2; });
  CHECK(results[1].outcome == Outcome::answered);
  CHECK_FALSE(results[1].drops.any());

  world.start(server.endpoint(), Transport::udp, results, "three.test", 2s);
  world.run_until([&] { return kept.size() == 3; });
  server.send(kept[1].first, kept[1].second);  // the repeated one
  world.run_until([&] { return world.engine.statistics().datagrams_dropped == 2; });
  clock.advance(2s + 1ms);
  world.run_until([&] { return results.size() == 3; });
  CHECK(results[2].outcome == Outcome::timeout);
  CHECK_FALSE(results[2].drops.any());
}

TEST_CASE("UDP: a wrong id counts on the query whose question it repeats") {
  ManualClock clock;
  World world(World::with_one_socket(), clock);
  std::vector<std::pair<Bytes, Peer>> kept;
  UdpServer server(world.io, [&](UdpServer&, const Bytes& query, const Peer& from) {
    kept.emplace_back(query, from);
  });
  std::vector<Attempt> one;
  std::vector<Attempt> two;
  world.start(server.endpoint(), Transport::udp, one, "one.test", 2s);
  world.start(server.endpoint(), Transport::udp, two, "two.test", 2s);
  world.run_until([&] { return kept.size() == 2; });
  const bool first_is_two = kept[0].first[13] == 't';
  Bytes wrong = answer_to(kept[first_is_two ? 0 : 1].first);
  // Not one of the two ids that are out: of three first octets in a row one is free.
  while (wrong[0] == kept[0].first[0] || wrong[0] == kept[1].first[0]) ++wrong[0];
  server.send(wrong, kept[0].second);
  world.settle();
  clock.advance(3s);
  world.run();
  CHECK(one.at(0).outcome == Outcome::timeout);
  CHECK(two.at(0).outcome == Outcome::mismatched);
  CHECK(two.at(0).drops.wrong_id == 1);
}

TEST_CASE("UDP: datagrams for nobody are counted and harmless") {
  World world(World::with_one_socket());
  Peer engine_socket;
  UdpServer server(world.io, [&](UdpServer& self, const Bytes& query, const Peer& from) {
    engine_socket = from;
    self.send(answer_to(query), from);
  });
  world.attempt(server.endpoint(), Transport::udp);
  UdpServer stranger(world.io, ignore);
  stranger.send({}, engine_socket);
  stranger.send({1}, engine_socket);
  stranger.send(Bytes(60'000, 0xC0), engine_socket);
  server.send({1, 2, 3}, engine_socket);
  world.run_until([&] { return world.engine.statistics().datagrams_dropped == 4; });
  CHECK(world.attempt(server.endpoint(), Transport::udp).outcome == Outcome::answered);
}

TEST_CASE("UDP: thousands outstanding at once, each with its own answer") {
  World world;
  std::vector<std::unique_ptr<UdpServer>> servers;
  std::vector<std::pair<UdpServer*, std::pair<Bytes, Peer>>> kept;
  for (int i = 0; i < 40; ++i) {
    servers.push_back(std::make_unique<UdpServer>(
        world.io,
        [&kept](UdpServer& self, const Bytes& query, const Peer& from) {
          kept.emplace_back(&self, std::make_pair(query, from));
        },
        "127.0.1." + std::to_string(i + 1)));
  }
  // Nothing here waits for a timeout; a busy machine must not cause one.
  constexpr std::chrono::seconds kPatience(120);
  constexpr std::size_t kEach = 200;
  const std::size_t all = kEach * servers.size();
  std::vector<Attempt> results;
  for (std::size_t i = 0; i < kEach; ++i) {
    for (const auto& server : servers) {
      world.start(server->endpoint(), Transport::udp, results,
                  "q" + std::to_string(i) + ".example.test", kPatience, kPatience);
    }
  }
  world.run_until([&] { return kept.size() == all; });
  CHECK(world.engine.statistics().in_flight == static_cast<std::int64_t>(all));
  // In slices: the kernel drops what does not fit into the buffers of the engine's sockets.
  constexpr std::size_t kSlice = 100;
  std::size_t sent = 0;
  for (auto each = kept.rbegin(); each != kept.rend(); ++each) {
    each->first->send(answer_to(each->second.first), each->second.second);
    if (++sent % kSlice == 0) world.run_until([&] { return results.size() == sent; });
  }
  world.run();
  CHECK(results.size() == all);
  for (const Attempt& attempt : results) REQUIRE(attempt.outcome == Outcome::answered);
  CHECK(world.engine.statistics().in_flight == 0);
  CHECK(world.engine.statistics().datagrams_dropped == 0);
}

TEST_CASE("UDP: source ports and ids vary") {
  World world;
  std::vector<unsigned> ports;
  std::vector<unsigned> ids;
  UdpServer server(world.io, [&](UdpServer& self, const Bytes& query, const Peer& from) {
    ports.push_back(from.port());
    ids.push_back(static_cast<unsigned>(query[0] << 8 | query[1]));
    self.send(answer_to(query), from);
  });
  for (int i = 0; i < 64; ++i) world.attempt(server.endpoint(), Transport::udp);
  const auto distinct = [](std::vector<unsigned>& values) {
    std::sort(values.begin(), values.end());
    return std::unique(values.begin(), values.end()) - values.begin();
  };
  CHECK(distinct(ports) == 4);  // one of four missing has a chance of one in 25 million
  CHECK(distinct(ids) > 50);
}
