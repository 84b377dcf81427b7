// An authoritative server that does what real ones refuse to do: it serves zones over UDP and TCP
// on many addresses, each with its own script of faults (see fault.hpp). One thread of its own,
// plain sockets and epoll. The public functions may be called from any thread; errors are sentences
// that name the address.
#pragma once

#include <cstdint>
#include <memory>

#include "dns/address.hpp"
#include "dns/result.hpp"
#include "tests/lab/script.hpp"

namespace lab {

class ScriptedServer {
 public:
  /// How often an address was asked.
  struct Counts {
    std::uint64_t udp_queries = 0;
    std::uint64_t tcp_queries = 0;
    std::uint64_t tcp_connections = 0;
  };

  /// `seed` makes the losses of `lose` repeatable.
  explicit ScriptedServer(std::uint32_t seed = 1);
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  /// Stops.
  ~ScriptedServer();

  /// Binds the sockets of one more address. Port 0 lets the kernel choose one that is free for UDP
  /// and TCP; the endpoint that was bound is returned. Only before start().
  dns::Result<dns::Endpoint> add(dns::Endpoint at, ServerScript script);

  /// Starts to answer. Fails when the thread or its epoll cannot be made, and when it runs already.
  dns::Result<void> start();

  /// Closes every socket and joins the thread; harmless when not running.
  void stop();

  /// Gives an address another script while it runs: zones, faults and NSID; its sockets stay as
  /// add() made them. Fails when `at` was never added.
  dns::Result<void> replace(const dns::Endpoint& at, ServerScript script);

  /// Zeros for an address that was never added.
  Counts counts(const dns::Endpoint& at) const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace lab
