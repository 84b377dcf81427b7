// UDP: sends queries by a pool of sockets and finds for each datagram that comes the query it
// answers. Internal to the engine's files.
//
// A batch of queries goes out by one socket, and each batch by another one chosen at random, so
// that source ports are not to be guessed and a wakeup costs one system call and not one per query.
// The sockets stand in an epoll set of their own, whose readiness Asio watches: one wait to renew
// for a wakeup, however many sockets are readable.
//
// Thread: the engine's. Nothing here completes a query within submit() or forget().
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <asio/io_context.hpp>
#include <asio/posix/stream_descriptor.hpp>

#include "dns/destination.hpp"
#include "dns/pending_table.hpp"
#include "dns/query.hpp"
#include "dns/udp_socket.hpp"

namespace dns {

class UdpTransport {
 public:
  /// `dropped` is called for each datagram that could not be attributed to a pending query.
  UdpTransport(asio::io_context& io, const Clock& clock,
               const std::function<std::uint32_t()>& random, TimerWheel& wheel,
               Destinations& destinations, std::size_t sockets_per_family,
               std::function<void()> dropped);
  ~UdpTransport();
  UdpTransport(const UdpTransport&) = delete;
  UdpTransport& operator=(const UdpTransport&) = delete;

  /// True when a socket of this family stands or can be opened. A machine without IPv6 has none.
  bool usable(Family family, SteadyTime now);

  /// Takes a query to send. Its owner hears on_sent, then on_finished unless it forgets it first.
  void submit(Query& query);

  /// The query is over for another reason: datagrams that come for it later are dropped quietly.
  void forget(Query& query, SteadyTime now);

  /// Stops watching the sockets, so that the io_context can run out of work.
  void stop();

 private:
  struct Socket {
    UdpSocket socket;
    bool full = false;  // waits to be writable
  };
  struct Pool {
    std::vector<std::uint16_t> sockets;  // indices into sockets_
    LinkList<Query> unsent;
    SteadyTime open_again{};  // when opening failed: not before this
  };
  // Queries that ended lately, so that a late or repeated answer is not taken for one with a wrong
  // id. Lossy on purpose: it holds the latest that fell on each place.
  struct Ended {
    std::uint32_t key = 0;
    Endpoint peer;
    SteadyTime until{};
  };
  class Retry final : public TimerWheel::Timer {
   public:
    explicit Retry(UdpTransport& transport) : transport_(transport) {}

   private:
    void expired(SteadyTime) override { transport_.flush_later(); }
    UdpTransport& transport_;
  };

  Pool& pool(Family family) { return pools_[static_cast<std::size_t>(family)]; }
  void open_pool(Family family, SteadyTime now);
  void watch(int operation, std::uint16_t index);

  void wait_ready();
  void on_ready();
  bool work_on_ready_sockets();
  void receive(std::uint16_t index);
  void handle(std::uint16_t index, std::size_t datagram, SteadyTime now);
  void handle_unknown(std::uint16_t index, std::size_t datagram, std::uint32_t key, SteadyTime now);
  void read_reports(std::uint16_t index);

  void flush_later();
  void flush();
  bool flush_batch(Pool& pool);
  Socket* pick(const Pool& pool, std::uint16_t& index);
  std::uint16_t free_id(std::uint16_t socket);
  void take_out(Query& query, SteadyTime now);
  void finish(Query& query, Outcome outcome, SteadyTime now);
  template <typename Visit>
  void for_each_outstanding(std::uint16_t index, const Endpoint& peer, Visit visit);

  asio::io_context& io_;
  const Clock& clock_;
  const std::function<std::uint32_t()>& random_;
  TimerWheel& wheel_;
  Destinations& destinations_;
  const std::size_t sockets_per_family_;
  const std::function<void()> dropped_;

  asio::posix::stream_descriptor epoll_;
  std::vector<Socket> sockets_;
  std::array<Pool, 2> pools_;
  PendingTable<Query> pending_;
  std::vector<Ended> ended_;
  DatagramBuffers buffers_;
  Retry retry_{*this};
  bool flush_posted_ = false;
  bool working_ = false;  // within on_ready or flush, which flush at their end
  bool stopped_ = false;
  // Handlers that Asio still holds when this ends find it gone.
  std::shared_ptr<const bool> alive_ = std::make_shared<const bool>(true);
};

}  // namespace dns
