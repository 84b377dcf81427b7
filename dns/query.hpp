// One attempt while it is under way: what Engine, UdpTransport and TcpTransport hand to each other.
// Internal to the engine's files.
//
// A Query lives in the frame of the coroutine that awaits it, which is suspended and so does not
// move or end, until QueryOwner::on_finished. Not thread-safe: the engine's thread only.
#pragma once

#include <coroutine>
#include <cstdint>
#include <limits>

#include "dns/attempt.hpp"
#include "dns/intrusive_list.hpp"
#include "dns/time.hpp"
#include "dns/timer_wheel.hpp"

namespace dns {

struct Query;
struct Destination;
class TcpConnection;

/// What the transports tell about a query. The engine implements it.
class QueryOwner {
 public:
  /// The query has gone out, or a connection is being made for it: its timeout runs from `now`.
  virtual void on_sent(Query& query, SteadyTime now) = 0;
  /// It was sent, and its connection closed after other answers: it waits to be sent again.
  virtual void on_returned(Query& query) = 0;
  /// It is over. The transport has forgotten it and does not touch it again.
  virtual void on_finished(Query& query, Outcome outcome, SteadyTime now) = 0;
  /// Its timer has run out, whatever it was waiting for.
  virtual void on_timer(Query& query, SteadyTime now) = 0;

 protected:
  ~QueryOwner() = default;
};

struct Query final : TimerWheel::Timer {
  /// Where it stands on its way through the engine.
  enum class Stage : std::uint8_t {
    awaits_token,   ///< the destination's token bucket
    awaits_window,  ///< its destination has as many queries outstanding as it may
    awaits_slot,    ///< the engine has
    in_transport,   ///< the transport has it
    finished,
  };

  Query(QueryOwner& owner_, const Endpoint& server_, const Question& question_,
        Transport transport_, Duration timeout_, SteadyTime deadline_)
      : owner(owner_),
        server(server_),
        question(question_),
        transport(transport_),
        timeout(timeout_),
        deadline(deadline_) {}

  void expired(SteadyTime now) override { owner.on_timer(*this, now); }

  QueryOwner& owner;
  const Endpoint& server;  // both live in the frame that awaits this query
  const Question& question;
  const Transport transport;
  const Duration timeout;
  const SteadyTime deadline;

  Stage stage = Stage::awaits_token;
  bool sent = false;  ///< at least once
  std::uint16_t id = 0;
  std::uint16_t socket = 0;    ///< UDP: which one it went out by
  std::uint8_t moves = 0;      ///< TCP: how often a closing connection gave it back
  bool second_chance = false;  ///< TCP: it was given back by one that closed without any answer
  SteadyTime sent_at{};
  Bytes wire;  ///< the query; its id is set when it goes out
  Attempt result;
  std::coroutine_handle<> waiting;
  Destination* destination = nullptr;
  TcpConnection* connection = nullptr;  ///< TCP: the one it is outstanding on

  Link<Query> in_engine{*this};    ///< all queries under way
  Link<Query> in_queue{*this};     ///< whatever it waits in: a window, a slot, a send queue
  Link<Query> outstanding{*this};  ///< sent: with its destination (UDP) or connection (TCP)
};

/// One more, without wrapping round.
inline void count(std::uint16_t& drops) {
  if (drops != std::numeric_limits<std::uint16_t>::max()) ++drops;
}

}  // namespace dns
