// How a server is asked: retries, EDNS fallback, cookies, TC to TCP, and what the Exchange says.
#include <chrono>
#include <optional>

#include "tests/catch.hpp"
#include "tests/unit/loopback.hpp"

using namespace std::chrono_literals;
using dns::AskLimits;
using dns::Bytes;
using dns::Exchange;
using dns::Outcome;
using dns::Transport;
using loopback::answer_to;
using loopback::has_opt;
using loopback::ManualClock;
using loopback::TcpServer;
using loopback::UdpServer;
using loopback::World;
using Peer = UdpServer::Peer;

namespace {

using Answer = std::shared_ptr<const Exchange>;

dns::Task<void> ask_into(dns::Client& client, dns::Endpoint server, dns::Question question,
                         Transport transport, AskLimits limits, Answer& result) {
  Answer exchange = co_await client.ask(server, std::move(question), transport, limits);
  result = std::move(exchange);
}

dns::Task<void> follow_into(dns::Client& client, dns::Endpoint server, dns::Question question,
                            AskLimits limits, dns::FollowedExchange& result) {
  dns::FollowedExchange exchange =
      co_await client.ask_following(server, std::move(question), limits);
  result = std::move(exchange);
}

/// A client on a clock that goes on by the timeout whenever a server keeps silent.
struct ClientWorld {
  ManualClock clock;
  World world{World::settings(), clock};
  dns::Client client{world.engine};

  Answer ask(const dns::Endpoint& server, Transport transport = Transport::udp, int attempts = 3,
             dns::Duration deadline = 30s) {
    return ask(server, loopback::soa_of("example.test"), transport, attempts, deadline);
  }
  Answer ask(const dns::Endpoint& server, dns::Question question, Transport transport,
             int attempts = 3, dns::Duration deadline = 30s) {
    Answer result;
    const AskLimits limits{attempts, 2s, clock.steady() + deadline};
    world.spawn(ask_into(client, server, std::move(question), transport, limits, result));
    world.run();
    REQUIRE(result);
    CHECK((result->response != nullptr) == result->answered());
    return result;
  }
  dns::FollowedExchange follow(const dns::Endpoint& server) {
    dns::FollowedExchange result;
    const AskLimits limits{3, 2s, clock.steady() + 30s};
    world.spawn(follow_into(client, server, loopback::soa_of("example.test"), limits, result));
    world.run();
    REQUIRE(result.first);
    return result;
  }

  /// Answers the queries for which `wants` is true, and is silent to the others.
  UdpServer::Handler answering(std::function<bool(int number, const Bytes& query)> wants) {
    return [this, wants = std::move(wants)](UdpServer& self, const Bytes& query, const Peer& from) {
      if (wants(self.queries, query)) {
        self.send(answer_to(query), from);
      } else {
        clock.advance(2s + 1ms);
      }
    };
  }
};

/// An answer to `query` with an OPT that has a COOKIE option.
Bytes with_cookie(const Bytes& query, const Bytes& cookie, dns::Rcode rcode) {
  const auto extended = static_cast<unsigned>(rcode);
  Bytes message = answer_to(query, static_cast<std::uint8_t>(extended & 0xF));
  message[11] = 1;
  const Bytes opt{0,
                  0,
                  41,
                  0x04,
                  0xD0,
                  static_cast<std::uint8_t>(extended >> 4),
                  0,
                  0,
                  0,
                  0,
                  static_cast<std::uint8_t>(cookie.size() + 4),
                  0,
                  10,
                  0,
                  static_cast<std::uint8_t>(cookie.size())};
  message.insert(message.end(), opt.begin(), opt.end());
  message.insert(message.end(), cookie.begin(), cookie.end());
  return message;
}

/// A UDP socket beside a TCP server, which is made for it.
asio::ip::udp::socket socket_beside(std::optional<TcpServer>& tcp, World& world,
                                    const TcpServer::Handler& answer) {
  asio::ip::udp::socket udp(world.io, asio::ip::udp::v4());
  asio::error_code taken = asio::error::address_in_use;
  for (int i = 0; i < 50 && taken; ++i) {  // the port that TCP got may be taken for UDP
    tcp.emplace(world.io, answer);
    udp.bind({asio::ip::make_address("127.0.0.1"), tcp->endpoint().port}, taken);
  }
  REQUIRE_FALSE(taken);
  return udp;
}

bool contains(const Bytes& message, const Bytes& part) {
  return std::search(message.begin(), message.end(), part.begin(), part.end()) != message.end();
}

}  // namespace

TEST_CASE("client: the first answer is taken") {
  ClientWorld test;
  UdpServer server(test.world.io, test.answering([](int, const Bytes&) { return true; }));
  const Answer exchange = test.ask(server.endpoint());
  CHECK(exchange->answered());
  CHECK(exchange->attempts == 1);
  CHECK(exchange->attempts_timed_out == 0);
  CHECK_FALSE(exchange->edns_failed);
  CHECK(exchange->server == server.endpoint());
  CHECK(exchange->transport == Transport::udp);
  CHECK(exchange->question == loopback::soa_of("example.test"));
  CHECK(exchange->sent == test.clock.wall());
}

TEST_CASE("client: after one timeout it asks again in the same way") {
  ClientWorld test;
  UdpServer server(test.world.io,
                   test.answering([](int number, const Bytes&) { return number == 2; }));
  const Answer exchange = test.ask(server.endpoint());
  CHECK(exchange->answered());
  CHECK(exchange->attempts == 2);
  CHECK(exchange->attempts_timed_out == 1);
  CHECK_FALSE(exchange->edns_failed);
  CHECK(exchange->question.edns);
  CHECK(exchange->elapsed < 2s);  // of the attempt that was answered
}

TEST_CASE("client: after two timeouts the last attempt has no OPT") {
  ClientWorld test;
  std::vector<bool> opts;
  UdpServer server(test.world.io, test.answering([&](int, const Bytes& query) {
    opts.push_back(has_opt(query));
    return !has_opt(query);
  }));
  const Answer exchange = test.ask(server.endpoint());
  CHECK(opts == std::vector<bool>{true, true, false});
  CHECK(exchange->answered());
  CHECK(exchange->edns_failed);
  CHECK_FALSE(exchange->question.edns);
  CHECK(exchange->attempts == 3);
  CHECK(exchange->attempts_timed_out == 2);
}

TEST_CASE("client: silence to all of them is a timeout") {
  ClientWorld test;
  UdpServer server(test.world.io, test.answering([](int, const Bytes&) { return false; }));
  const Answer exchange = test.ask(server.endpoint());
  CHECK(exchange->outcome == Outcome::timeout);
  CHECK(exchange->attempts == 3);
  CHECK(exchange->attempts_timed_out == 3);
  CHECK_FALSE(exchange->edns_failed);
  CHECK(exchange->elapsed >= 2s);
  const Answer two = test.ask(server.endpoint(), Transport::udp, 2);
  CHECK(two->attempts == 2);
  CHECK(two->question.edns);
}

TEST_CASE("client: FORMERR, NOTIMP and BADVERS lead to one attempt without OPT") {
  for (const dns::Rcode rcode : {dns::Rcode::formerr, dns::Rcode::notimp, dns::Rcode::badvers}) {
    ClientWorld test;
    UdpServer server(test.world.io, [&](UdpServer& self, const Bytes& query, const Peer& from) {
      self.send(has_opt(query) ? with_cookie(query, Bytes(8, 0), rcode) : answer_to(query), from);
    });
    const Answer exchange = test.ask(server.endpoint());
    CHECK(exchange->answered());
    CHECK(exchange->response->rcode == dns::Rcode::noerror);
    CHECK(exchange->edns_failed);
    CHECK(exchange->attempts == 2);
    CHECK_FALSE(exchange->question.edns);

    const Answer once = test.ask(server.endpoint(), Transport::udp, 1);
    CHECK(once->response->rcode == rcode);
    CHECK(once->edns_failed);
    CHECK(once->attempts == 1);
  }
}

TEST_CASE("client: an error to a query without OPT too is the answer, after two attempts") {
  ClientWorld test;
  UdpServer server(test.world.io, [](UdpServer& self, const Bytes& query, const Peer& from) {
    self.send(answer_to(query, 4), from);
  });
  const Answer exchange = test.ask(server.endpoint());
  CHECK(exchange->response->rcode == dns::Rcode::notimp);
  CHECK(exchange->attempts == 2);
  CHECK(exchange->edns_failed);

  dns::Question plain = loopback::soa_of("example.test");
  plain.edns.reset();
  const Answer without = test.ask(server.endpoint(), plain, Transport::udp);
  CHECK(without->attempts == 1);
  CHECK_FALSE(without->edns_failed);
}

TEST_CASE("client: silence after FORMERR does not undo the answer") {
  ClientWorld test;
  UdpServer server(test.world.io, [&](UdpServer& self, const Bytes& query, const Peer& from) {
    if (has_opt(query)) {
      self.send(answer_to(query, 1), from);
    } else {
      test.clock.advance(2s + 1ms);
    }
  });
  const Answer exchange = test.ask(server.endpoint());
  CHECK(exchange->answered());
  CHECK(exchange->response->rcode == dns::Rcode::formerr);
  CHECK(exchange->edns_failed);
  CHECK(exchange->attempts == 2);
  CHECK(exchange->attempts_timed_out == 1);
  CHECK(exchange->question.edns);
}

TEST_CASE("client: BADCOOKIE is asked again with the server's cookie, once") {
  ClientWorld test;
  const Bytes client_cookie{1, 2, 3, 4, 5, 6, 7, 8};
  Bytes full = client_cookie;
  for (std::uint8_t i = 0; i < 16; ++i) full.push_back(static_cast<std::uint8_t>(0xA0 + i));
  dns::Question question = loopback::soa_of("example.test");
  question.edns->cookie = client_cookie;
  UdpServer server(test.world.io, [&](UdpServer& self, const Bytes& query, const Peer& from) {
    const bool good = contains(query, full);
    self.send(with_cookie(query, full, good ? dns::Rcode::noerror : dns::Rcode::badcookie), from);
  });
  const Answer exchange = test.ask(server.endpoint(), question, Transport::udp);
  CHECK(exchange->answered());
  CHECK(exchange->response->rcode == dns::Rcode::noerror);
  CHECK(exchange->attempts == 2);
  CHECK(exchange->question.edns->cookie == full);
  CHECK_FALSE(exchange->edns_failed);

  Bytes next = full;
  UdpServer never(test.world.io, [&](UdpServer& self, const Bytes& query, const Peer& from) {
    ++next.back();
    self.send(with_cookie(query, next, dns::Rcode::badcookie), from);
  });
  const Answer refused = test.ask(never.endpoint(), question, Transport::udp);
  CHECK(refused->response->rcode == dns::Rcode::badcookie);
  CHECK(refused->attempts == 2);

  UdpServer forger(test.world.io, [&](UdpServer& self, const Bytes& query, const Peer& from) {
    Bytes forged = full;
    forged[0] = 99;  // not our client cookie
    self.send(with_cookie(query, forged, dns::Rcode::badcookie), from);
  });
  CHECK(test.ask(forger.endpoint(), question, Transport::udp)->attempts == 1);
}

TEST_CASE("client: refused ends at once, over both transports") {
  ClientWorld test;
  UdpServer udp(test.world.io, [](UdpServer&, const Bytes&, const Peer&) {});
  const dns::Endpoint closed = udp.endpoint();
  udp.close();
  for (const Transport transport : {Transport::udp, Transport::tcp}) {
    const Answer exchange = test.ask(closed, transport);
    CHECK(exchange->outcome == Outcome::refused);
    CHECK(exchange->attempts == 1);
    CHECK(exchange->transport == transport);
  }
}

TEST_CASE("client: nothing is open past the deadline") {
  ClientWorld test;
  UdpServer server(test.world.io, test.answering([](int, const Bytes&) { return false; }));
  const Answer cut = test.ask(server.endpoint(), Transport::udp, 3, 3s);
  CHECK(cut->outcome == Outcome::timeout);  // it was sent
  CHECK(cut->attempts == 2);
  CHECK(cut->attempts_timed_out == 2);
  const Answer never = test.ask(server.endpoint(), Transport::udp, 3, 0s);
  CHECK(never->outcome == Outcome::not_asked);
  CHECK(never->attempts == 0);
  CHECK(never->sent == dns::WallTime{});
}

TEST_CASE("client: drops add up over attempts and decide what silence is called") {
  ClientWorld test;
  UdpServer server(test.world.io, [&](UdpServer& self, const Bytes& query, const Peer& from) {
    Bytes wrong = answer_to(query);
    if (self.queries < 3) {
      wrong[13] = 'X';
      self.send(wrong, from);
    }
    test.world.settle();
    test.clock.advance(2s + 1ms);
  });
  const Answer exchange = test.ask(server.endpoint());
  CHECK(exchange->outcome == Outcome::mismatched);
  CHECK(exchange->drops.wrong_question == 2);
  CHECK(exchange->attempts == 3);
  CHECK(exchange->attempts_timed_out == 1);
}

TEST_CASE("client: a TCP server that closes is asked again, with pauses that grow") {
  ClientWorld test;
  std::vector<dns::SteadyTime> asked;
  TcpServer server(test.world.io, [&](TcpServer::Connection& self, const Bytes& query) {
    asked.push_back(test.clock.steady());
    if (self.number < 3) {
      self.close();
      test.clock.advance(1ms);
    } else {
      self.send(answer_to(query));
    }
  });
  Answer result;
  const AskLimits limits{3, 2s, test.clock.steady() + 30s};
  test.world.spawn(ask_into(test.client, server.endpoint(), loopback::soa_of("example.test"),
                            Transport::tcp, limits, result));
  test.world.run_until([&] {
    if (asked.size() < 3) test.clock.advance(125ms);
    return result != nullptr;
  });
  CHECK(result->answered());
  CHECK(result->attempts == 3);
  CHECK(asked[1] - asked[0] >= 250ms);
  CHECK(asked[2] - asked[1] >= 500ms);
}

TEST_CASE("client: it does not pause past the deadline") {
  ClientWorld test;
  TcpServer server(test.world.io, [&](TcpServer::Connection& self, const Bytes&) { self.close(); });
  const Answer exchange = test.ask(server.endpoint(), Transport::tcp, 3, 200ms);
  CHECK(exchange->outcome == Outcome::closed);
  CHECK(exchange->attempts == 1);
}

TEST_CASE("client: a truncated answer is followed over TCP, and both are kept") {
  ClientWorld test;
  std::optional<TcpServer> tcp;
  asio::ip::udp::socket udp = socket_beside(
      tcp, test.world,
      [](TcpServer::Connection& self, const Bytes& query) { self.send(answer_to(query)); });
  UdpServer server(test.world.io, std::move(udp),
                   [](UdpServer& self, const Bytes& query, const Peer& from) {
                     self.send(answer_to(query, 0, true), from);
                   });
  const dns::FollowedExchange exchange = test.follow(server.endpoint());
  CHECK(exchange.first->response->tc);
  REQUIRE(exchange.tcp);
  CHECK(exchange.tcp->answered());
  CHECK(exchange.tcp->transport == Transport::tcp);
  CHECK(&exchange.final() == exchange.tcp.get());
  CHECK(tcp->queries == 1);

  tcp->close();
  const dns::FollowedExchange failed = test.follow(server.endpoint());
  CHECK(failed.first->answered());
  REQUIRE(failed.tcp);
}

TEST_CASE("client: what two lost packets left without OPT is followed over TCP with OPT") {
  ClientWorld test;
  std::vector<bool> opts;
  std::optional<TcpServer> tcp;
  asio::ip::udp::socket udp =
      socket_beside(tcp, test.world, [&](TcpServer::Connection& self, const Bytes& query) {
        opts.push_back(has_opt(query));
        self.send(answer_to(query));
      });
  UdpServer server(test.world.io, std::move(udp),
                   [&](UdpServer& self, const Bytes& query, const Peer& from) {
                     if (self.queries < 3) return test.clock.advance(2s + 1ms);
                     self.send(answer_to(query, 0, true), from);
                   });
  const dns::FollowedExchange exchange = test.follow(server.endpoint());
  CHECK(exchange.first->gave_up_edns());
  REQUIRE(exchange.tcp);
  CHECK(opts == std::vector<bool>{true});
  CHECK_FALSE(exchange.final().gave_up_edns());
}

TEST_CASE("client: an answer that is whole is not followed, nor is silence") {
  ClientWorld test;
  UdpServer server(test.world.io,
                   test.answering([](int number, const Bytes&) { return number == 1; }));
  CHECK_FALSE(test.follow(server.endpoint()).tcp);
  const dns::FollowedExchange silent = test.follow(server.endpoint());
  CHECK_FALSE(silent.tcp);
  CHECK(silent.final().outcome == Outcome::timeout);
}

TEST_CASE("client: stopped in the middle") {
  ClientWorld test;
  UdpServer server(test.world.io,
                   [&](UdpServer&, const Bytes&, const Peer&) { test.world.engine.stop(); });
  const Answer exchange = test.ask(server.endpoint());
  CHECK(exchange->outcome == Outcome::cancelled);
  CHECK(exchange->attempts == 1);
}
