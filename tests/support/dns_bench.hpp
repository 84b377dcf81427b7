// An engine with a fake world around it, for tests: runs one coroutine to its end and fails loudly
// when it does not come. Single-threaded.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <random>
#include <stdexcept>
#include <utility>

#include <asio/io_context.hpp>

#include "dns/client.hpp"
#include "dns/engine.hpp"
#include "tests/support/fake_world.hpp"
#include "tests/support/idle_clock.hpp"

namespace support {

class DnsBench {
 public:
  DnsBench()
      : world(io),
        engine(
            io, clock, [this] { return random(); }, settings()),
        client(engine) {}
  ~DnsBench() {
    engine.stop();
    io.restart();
    io.poll();
  }
  DnsBench(const DnsBench&) = delete;
  DnsBench& operator=(const DnsBench&) = delete;

  /// Runs `task` until it ends, at most for a minute.
  template <typename T>
  T run(dns::Task<T> task) {
    std::optional<T> result;
    dns::Scope scope;
    scope.spawn(dns::detail::store_result(std::move(task), result));
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!scope.idle() && std::chrono::steady_clock::now() < give_up) clock.run_one(io);
    if (scope.idle()) return std::move(*result);
    engine.stop();
    while (!scope.idle()) clock.run_one(io);
    throw std::runtime_error("the coroutine did not end within a minute");
  }

  dns::SteadyTime in(dns::Duration duration) const { return clock.steady() + duration; }

  asio::io_context io;
  IdleClock clock;
  std::mt19937 random{20261122};
  FakeWorld world;
  dns::Engine engine;
  dns::Client client;

 private:
  static dns::EngineSettings settings() {
    dns::EngineSettings settings;
    settings.udp_sockets = 4;
    settings.default_rate = {0, 0};
    settings.address_policy = dns::AddressPolicy(
        {*dns::Prefix::from_text("127.0.0.0/8"), *dns::Prefix::from_text("::1/128")});
    return settings;
  }
};

}  // namespace support
