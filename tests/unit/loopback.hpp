// Small servers on loopback addresses for the tests of the engine: they hand each query to a
// function of the test, which answers as wrongly as the test needs. They run on the test's own
// io_context, so nothing has to be waited for but the engine's own completions.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <asio.hpp>

#include "dns/client.hpp"
#include "dns/engine.hpp"
#include "tests/support/idle_clock.hpp"

namespace loopback {

using dns::Bytes;

inline dns::Endpoint endpoint_at(const std::string& address, std::uint16_t port) {
  return {dns::IpAddress::from_text(address).value(), port};
}

/// The octets of `query` up to the end of its question.
inline Bytes question_part(std::span<const std::uint8_t> query) {
  std::size_t end = 12;
  while (query[end] != 0) end += query[end] + 1U;
  end += 5;
  return {query.begin(), query.begin() + static_cast<std::ptrdiff_t>(end)};
}

/// An authoritative NOERROR answer to `query` without records; `rcode` and `tc` change that.
inline Bytes answer_to(std::span<const std::uint8_t> query, std::uint8_t rcode = 0,
                       bool tc = false) {
  Bytes message = question_part(query);
  message[2] = static_cast<std::uint8_t>(0x84 | (tc ? 0x02 : 0));
  message[3] = rcode;
  message[4] = message[6] = message[8] = message[10] = 0;
  message[5] = 1;
  message[7] = message[9] = message[11] = 0;
  return message;
}

inline bool has_opt(std::span<const std::uint8_t> query) {
  return query[11] == 1;
}

/// A UDP server on a port of the kernel's choice.
class UdpServer {
 public:
  using Peer = asio::ip::udp::endpoint;
  using Handler = std::function<void(UdpServer&, const Bytes& query, const Peer& from)>;

  UdpServer(asio::io_context& io, Handler handler, const std::string& address = "127.0.0.1")
      : UdpServer(io, asio::ip::udp::socket(io, Peer(asio::ip::make_address(address), 0)),
                  std::move(handler)) {}
  UdpServer(asio::io_context&, asio::ip::udp::socket socket, Handler handler)
      : handler_(std::move(handler)), socket_(std::move(socket)), buffer_(65'535) {
    socket_.set_option(asio::socket_base::receive_buffer_size(4 << 20));
    receive();
  }

  dns::Endpoint endpoint() const {
    const Peer local = socket_.local_endpoint();
    return endpoint_at(local.address().to_string(), local.port());
  }
  void send(const Bytes& message, const Peer& to) { socket_.send_to(asio::buffer(message), to); }
  void close() { socket_.close(); }

  int queries = 0;

 private:
  void receive() {
    socket_.async_receive_from(
        asio::buffer(buffer_), from_, [this](asio::error_code error, std::size_t size) {
          if (error == asio::error::operation_aborted) return;
          if (!error) {
            ++queries;
            const Bytes query(buffer_.begin(), buffer_.begin() + static_cast<long>(size));
            const Peer from = from_;
            handler_(*this, query, from);
          }
          receive();
        });
  }

  Handler handler_;
  asio::ip::udp::socket socket_;
  Bytes buffer_;
  Peer from_;
};

/// A TCP server on a port of the kernel's choice; each connection is read message by message.
class TcpServer {
 public:
  class Connection : public std::enable_shared_from_this<Connection> {
   public:
    Connection(asio::ip::tcp::socket socket, TcpServer& server)
        : socket_(std::move(socket)), server_(server) {}

    /// Sends octets as they are.
    void send_raw(const Bytes& octets) {
      asio::error_code ignored;
      asio::write(socket_, asio::buffer(octets), ignored);
    }
    /// Sends a message with its length before it.
    void send(const Bytes& message) { send_raw(framed(message)); }
    void close() {
      asio::error_code ignored;
      socket_.close(ignored);
    }
    /// Closes without a reset: reads and ignores what is under way first. The other side, which
    /// gets the end of the stream at once, closes then.
    void close_when_read() {
      asio::error_code ignored;
      socket_.shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
      muted_ = true;
    }
    void reset() {
      asio::error_code ignored;
      socket_.set_option(asio::socket_base::linger(true, 0), ignored);
      socket_.close(ignored);
    }
    static Bytes framed(const Bytes& message) {
      Bytes frame{static_cast<std::uint8_t>(message.size() >> 8),
                  static_cast<std::uint8_t>(message.size() & 0xFF)};
      frame.insert(frame.end(), message.begin(), message.end());
      return frame;
    }
    asio::ip::tcp::socket& socket() { return socket_; }

    int number = 0;   ///< of this connection, from 1
    int queries = 0;  ///< read on it

   private:
    friend class TcpServer;
    void read() {
      asio::async_read(
          socket_, asio::buffer(length_),
          [self = shared_from_this()](asio::error_code error, std::size_t) {
            if (error) {
              if (self->socket_.is_open()) self->server_.on_closed();
              return;
            }
            self->query_.resize(static_cast<std::size_t>(self->length_[0] << 8 | self->length_[1]));
            self->read_query();
          });
    }
    void read_query() {
      asio::async_read(socket_, asio::buffer(query_),
                       [self = shared_from_this()](asio::error_code error, std::size_t) {
                         if (error) return;
                         ++self->queries;
                         ++self->server_.queries;
                         const Bytes query = self->query_;
                         if (!self->muted_) self->server_.handler_(*self, query);
                         if (self->socket_.is_open()) self->read();
                       });
    }

    asio::ip::tcp::socket socket_;
    TcpServer& server_;
    std::array<std::uint8_t, 2> length_{};
    Bytes query_;
    bool muted_ = false;
  };
  using Handler = std::function<void(Connection&, const Bytes& query)>;

  TcpServer(asio::io_context& io, Handler handler, const std::string& address = "127.0.0.1")
      : handler_(std::move(handler)),
        acceptor_(io, asio::ip::tcp::endpoint(asio::ip::make_address(address), 0)) {
    accept();
  }

  dns::Endpoint endpoint() const {
    const auto local = acceptor_.local_endpoint();
    return endpoint_at(local.address().to_string(), local.port());
  }
  void close() { acceptor_.close(); }

  int connections = 0;
  int queries = 0;
  std::function<void()> on_opened = [] {};
  std::function<void()> on_closed = [] {};  ///< by the other side

 private:
  void accept() {
    acceptor_.async_accept([this](asio::error_code error, asio::ip::tcp::socket socket) {
      if (error) return;
      const auto connection = std::make_shared<Connection>(std::move(socket), *this);
      connection->number = ++connections;
      on_opened();
      connection->read();
      accept();
    });
  }

  Handler handler_;
  asio::ip::tcp::acceptor acceptor_;
};

/// A clock that stands until it is moved.
class ManualClock final : public dns::Clock {
 public:
  dns::SteadyTime steady() const override { return steady_; }
  dns::WallTime wall() const override { return wall_; }
  void advance(dns::Duration by) {
    steady_ += by;
    wall_ += std::chrono::duration_cast<std::chrono::milliseconds>(by);
  }

 private:
  dns::SteadyTime steady_{std::chrono::hours(1)};
  dns::WallTime wall_{std::chrono::hours(500'000)};
};

/// An engine that may ask loopback addresses at any rate, and the loop it runs on. Without a clock
/// of the test's own, time passes while the loop is idle.
class World {
 public:
  static dns::EngineSettings settings() {
    dns::EngineSettings result;
    result.udp_sockets = 4;
    result.default_rate = {0, 0};
    result.address_policy = dns::AddressPolicy(
        {dns::Prefix::from_text("127.0.0.0/8").value(), dns::Prefix::from_text("::1/128").value()});
    return result;
  }
  static dns::EngineSettings with_one_socket() {
    dns::EngineSettings result = settings();
    result.udp_sockets = 1;
    return result;
  }

  explicit World(dns::EngineSettings engine_settings = settings())
      : engine(io, idle_clock, source_of_random(), std::move(engine_settings)) {}
  World(dns::EngineSettings engine_settings, const dns::Clock& clock)
      : engine(io, clock, source_of_random(), std::move(engine_settings)) {}
  ~World() {
    engine.stop();
    run();
  }
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  dns::SteadyTime now() const { return engine.clock().steady(); }

  /// Starts a task.
  void spawn(dns::Task<void> task) { scope.spawn(std::move(task)); }

  /// Runs the loop until `done`; fails after 100 seconds.
  void run_until(const std::function<bool()>& done) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(100);
    while (!done()) {
      if (std::chrono::steady_clock::now() > give_up) {
        engine.stop();  // nothing may write into what the test is about to lose
        throw std::runtime_error("it takes too long");
      }
      idle_clock.run_one(io);
    }
  }
  /// Runs the loop until all tasks have ended.
  void run() {
    run_until([this] { return scope.idle(); });
  }
  /// Runs whatever can run now, and what the kernel has still under way.
  void settle() {
    for (int pause = 0; pause < 3; ++pause) {
      io.restart();
      while (io.poll() != 0) io.restart();
      io.restart();
      io.run_one_for(std::chrono::milliseconds(1));
    }
  }

  /// Starts an attempt whose result goes to `results`.
  void start(const dns::Endpoint& server, dns::Transport transport,
             std::vector<dns::Attempt>& results, const std::string& name = "example.test",
             dns::Duration timeout = std::chrono::seconds(10),
             dns::Duration deadline = std::chrono::seconds(20));

  /// Makes one attempt and waits for its end.
  dns::Attempt attempt(const dns::Endpoint& server, dns::Transport transport,
                       dns::Duration timeout = std::chrono::seconds(10),
                       dns::Duration deadline = std::chrono::seconds(20));

 private:
  static std::function<std::uint32_t()> source_of_random() {
    return [random = std::mt19937(std::random_device{}())]() mutable {
      return static_cast<std::uint32_t>(random());
    };
  }

 public:
  asio::io_context io;
  support::IdleClock idle_clock;
  dns::Engine engine;
  dns::Scope scope;
};

inline dns::Question soa_of(const std::string& name) {
  dns::Question question;
  question.qname = dns::Name::from_text(name).value();
  question.qtype = dns::RRType::soa;
  return question;
}

/// Makes an attempt and keeps what it came to.
inline dns::Task<void> attempt_into(dns::Engine& engine, dns::Endpoint server,
                                    dns::Question question, dns::Transport transport,
                                    dns::Duration timeout, dns::SteadyTime deadline,
                                    std::vector<dns::Attempt>& results) {
  dns::Attempt attempt =
      co_await engine.attempt(server, std::move(question), transport, timeout, deadline);
  results.push_back(std::move(attempt));
}

inline void World::start(const dns::Endpoint& server, dns::Transport transport,
                         std::vector<dns::Attempt>& results, const std::string& name,
                         dns::Duration timeout, dns::Duration deadline) {
  spawn(attempt_into(engine, server, soa_of(name), transport, timeout, now() + deadline, results));
}

inline dns::Attempt World::attempt(const dns::Endpoint& server, dns::Transport transport,
                                   dns::Duration timeout, dns::Duration deadline) {
  std::vector<dns::Attempt> results;
  start(server, transport, results, "example.test", timeout, deadline);
  run();
  return results.at(0);
}

}  // namespace loopback
