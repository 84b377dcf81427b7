// TCP: one connection for each server while there is something to ask it (RFC 7766). Internal to
// the engine's files.
//
// A connection that closes after at least one answer gives its unanswered queries to the next
// connection: servers may close whenever they like, and only a fresh connection's failure says
// something about the server. A server that closes after n answers is then asked n at a time, so
// that little is asked twice.
//
// Thread: the engine's. Nothing here completes a query within submit() or forget().
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

#include <asio/io_context.hpp>

#include "dns/tcp_connection.hpp"

namespace dns {

struct TcpLimits {
  Duration idle = std::chrono::seconds(2);  ///< how long an unused connection is kept
  std::size_t max_connections = 4'000;
  std::size_t max_outstanding = 256;  ///< on a connection
};

class TcpTransport final : private TcpConnection::Listener {
 public:
  /// `on_connect` is called for each connection that is begun.
  TcpTransport(asio::io_context& io, const Clock& clock,
               const std::function<std::uint32_t()>& random, TimerWheel& wheel, TcpLimits limits,
               std::function<void()> on_connect);
  ~TcpTransport();
  TcpTransport(const TcpTransport&) = delete;
  TcpTransport& operator=(const TcpTransport&) = delete;

  /// Takes a query to send. Its owner hears on_sent, perhaps on_returned and on_sent again, then
  /// on_finished unless it forgets it first.
  void submit(Query& query);

  /// The query is over for another reason.
  void forget(Query& query);

  void set_limits(TcpLimits limits) { limits_ = limits; }

  /// Closes all connections. Every query must have been forgotten.
  void stop();

  /// Connections that stand or are being made.
  std::size_t connections() const { return connections_.size(); }

 private:
  // What waits for one server, and the connection that takes new queries.
  struct Host {
    Host(const Endpoint& server_, std::size_t width_) : server(server_), width(width_) {}
    const Endpoint server;
    LinkList<Query> waiting;
    TcpConnection* current = nullptr;
    std::size_t width = 0;         // queries outstanding on a connection at a time
    Link<Host> in_work{*this};     // to be looked at in this turn of the loop
    Link<Host> in_blocked{*this};  // waits for a connection to end
  };

  void on_progress(TcpConnection& connection) override;
  void on_over(TcpConnection& connection, Outcome why) override;
  void on_idle(TcpConnection& connection) override;

  Host& host_of(const Endpoint& server);
  void work_later(Host& host);
  void work();
  void work_on(Host& host);
  bool connect(Host& host);
  bool close_an_idle_one();
  void discard(TcpConnection& connection);

  asio::io_context& io_;
  const Clock& clock_;
  const std::function<std::uint32_t()>& random_;
  TimerWheel& wheel_;
  TcpLimits limits_;
  const std::function<void()> on_connect_;

  std::unordered_map<Endpoint, Host> hosts_;
  std::unordered_map<TcpConnection*, std::shared_ptr<TcpConnection>> connections_;
  LinkList<Host> work_;
  LinkList<Host> blocked_;
  bool work_posted_ = false;
  bool stopped_ = false;
  // Handlers that Asio still holds when this ends find it gone.
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace dns
