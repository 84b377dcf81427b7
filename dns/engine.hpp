// The engine: sends queries over UDP and TCP and completes each with exactly one attempt's outcome.
//
// UDP goes through a pool of nonblocking sockets on random source ports, read and written in
// batches; pending queries stand in one table keyed by socket, id and peer; one timer wheel serves
// all timeouts. TCP keeps one connection per endpoint while there is something to ask (RFC 7766),
// with pipelining. Both wait for the destination's token bucket before sending.
//
// Thread safety: an Engine and everything it completes belong to the thread that runs its
// io_context; only `statistics()` may be read from others. Destroy it after its io_context has
// stopped running.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include <asio/io_context.hpp>

#include "dns/address.hpp"
#include "dns/attempt.hpp"
#include "dns/pacing.hpp"
#include "dns/task.hpp"
#include "dns/time.hpp"

namespace dns {

struct EngineSettings {
  std::size_t udp_sockets = 32;  ///< for each family
  std::size_t max_in_flight = 20'000;
  /// Queries outstanding at one address over one transport; more wait. A burst of more datagrams
  /// than a server's socket buffer holds while it is busy for a moment (Linux's default holds a few
  /// hundred small ones) would be counted as the server's timeouts.
  std::size_t max_outstanding_per_address = 256;
  /// A token bucket for each destination address.
  RateLimit default_rate;
  /// More specific limits; the longest matching prefix counts. A rate of 0 lifts the limit.
  std::vector<std::pair<Prefix, RateLimit>> rates;
  AddressPolicy address_policy;
  /// May be asked with RD=1 whatever the policy says: resolvers that the operator named. Where
  /// other people's zones point is asked with RD=0 only, so no zone can lead here.
  std::vector<Endpoint> resolvers;
  /// How long a TCP connection with nothing pending is kept for the next question.
  Duration tcp_idle = std::chrono::seconds(2);
  std::size_t max_tcp_connections = 4'000;
  /// Called on the engine's thread at the end of each attempt, before whoever waits for it goes
  /// on; for histograms. `elapsed` is zero when nothing was sent. May be empty.
  std::function<void(Transport, Outcome, Duration elapsed)> on_attempt;
};

/// Counters for the exporter's own metrics. Written by the engine thread, readable from any.
struct EngineStatistics {
  static constexpr std::size_t kTransports = 2;
  static constexpr std::size_t kOutcomes = 11;
  std::array<std::array<std::atomic<std::uint64_t>, kOutcomes>, kTransports> attempts{};
  std::atomic<std::int64_t> in_flight{0};           ///< attempts sent, or about to be, and not over
  std::atomic<std::uint64_t> datagrams_dropped{0};  ///< matched no pending query at all
  std::atomic<std::uint64_t> tcp_connections{0};    ///< begun, also those that failed
};

class Engine {
 public:
  /// `random` gives 32 random bits a call (ids, source ports); it must be unpredictable in
  /// production and may be seeded in tests.
  Engine(asio::io_context& io, const Clock& clock, std::function<std::uint32_t()> random,
         EngineSettings settings);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Sends `question` once and waits for its answer, at most `timeout` after sending and never past
  /// `deadline`. Waiting for the token bucket counts against `deadline` only; when it would end
  /// after that, the outcome is not_asked.
  Task<Attempt> attempt(Endpoint server, Question question, Transport transport, Duration timeout,
                        SteadyTime deadline);

  /// How long a question that is put to `address` now would wait for its token: what was asked
  /// before it has reserved those until then.
  Duration token_wait(const IpAddress& address);

  /// Suspends for `duration`, or until the engine stops; false when it stopped.
  Task<bool> sleep(Duration duration);

  /// Takes new limits, address policy and TCP settings, for what is asked from now on; the
  /// number of sockets stays.
  void reconfigure(EngineSettings settings);

  /// Completes everything pending with `cancelled`, and everything asked later at once. For the end
  /// of the process.
  void stop();

  const EngineStatistics& statistics() const;
  const Clock& clock() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dns
