// One TCP connection to a server: queries go out in any number before answers come, and answers
// come in any order (RFC 7766 sections 6.2.1 and 7). Internal to the engine's files.
//
// Thread: the engine's. Owned by shared_ptr, since Asio's handlers hold it until they have run.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

#include <asio/ip/tcp.hpp>

#include "dns/query.hpp"

namespace dns {

class TcpConnection final : public std::enable_shared_from_this<TcpConnection>,
                            private TimerWheel::Timer {
 public:
  /// Who made the connection. Called only from the loop, never within a call to the connection.
  class Listener {
   public:
    /// Answers came, and there may be room for more queries.
    virtual void on_progress(TcpConnection& connection) = 0;
    /// The connection is over, by fault or by the other side; what was outstanding still is.
    virtual void on_over(TcpConnection& connection, Outcome why) = 0;
    /// It has stood idle for as long as it may.
    virtual void on_idle(TcpConnection& connection) = 0;

   protected:
    ~Listener() = default;
  };

  TcpConnection(asio::io_context& io, const Clock& clock,
                const std::function<std::uint32_t()>& random, TimerWheel& wheel,
                const Endpoint& server, Listener& listener);
  ~TcpConnection() override;
  TcpConnection(const TcpConnection&) = delete;
  TcpConnection& operator=(const TcpConnection&) = delete;

  void connect();

  /// Takes a query; it goes out at the next flush(), or once the connection stands.
  void add(Query& query, SteadyTime now);
  void flush();

  /// A query is over for another reason; an answer to it that comes later is passed over.
  void forget(Query& query);

  /// The oldest outstanding query, taken off the connection; null when there is none.
  Query* take_outstanding();

  /// Closes it and calls the listener no more.
  void close();

  /// Has on_idle called at `until`, unless add() comes first or it waits already.
  void wait_idle(SteadyTime until) {
    if (!armed()) wheel_.arm(*this, until);
  }

  const Endpoint& server() const { return server_; }
  std::size_t outstanding() const { return outstanding_; }
  std::size_t answers() const { return answers_; }
  /// So many queries on it were never answered that it should take no more.
  bool worn_out() const;
  bool connected() const { return state_ == State::connected; }
  /// When the last octets came; the beginning of time when none have.
  SteadyTime last_heard() const { return last_heard_; }

 private:
  enum class State : std::uint8_t { connecting, connected, closed };

  void expired(SteadyTime now) override;
  void on_connected(asio::error_code error);
  void read();
  void on_read(asio::error_code error, std::size_t size);
  void handle_messages(SteadyTime now);
  void handle(std::span<const std::uint8_t> message, SteadyTime now);
  void count_wrong_id(std::span<const std::uint8_t> message);
  void end(Outcome why);
  void detach(Query& query);
  std::uint16_t free_id();

  const Clock& clock_;
  const std::function<std::uint32_t()>& random_;
  TimerWheel& wheel_;
  const Endpoint server_;
  Listener& listener_;
  asio::ip::tcp::socket socket_;
  State state_ = State::connecting;

  LinkList<Query> queries_;                        // outstanding here, oldest first
  std::unordered_map<std::uint16_t, Query*> ids_;  // null: given up, an answer may still come
  std::size_t outstanding_ = 0;
  std::size_t answers_ = 0;
  SteadyTime last_heard_{};

  Bytes outgoing_;  // for the next write
  Bytes writing_;   // with Asio
  Bytes incoming_;
  std::size_t filled_ = 0;  // of incoming_
};

}  // namespace dns
