// Asks one server a number of questions through the engine, so many at a time, and says as one line
// of JSON how fast that went and what it cost. tests/bench/engine.py runs it beside dnsperf.
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <random>
#include <string_view>

#include <asio/io_context.hpp>

#include "dns/engine.hpp"
#include "tests/bench/exchange_options.hpp"

namespace {

constexpr std::string_view kUsage =
    "usage: engine_bench --server ADDR:PORT --zone NAME [--queries N] [--outstanding N] [--tcp]\n"
    "The server must be on a loopback address.\n";

struct Progress {
  std::uint64_t left = 0;
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;
};

dns::Task<void> ask(dns::Engine& engine, const bench::ExchangeOptions& options,
                    const std::array<dns::Question, 4>& mix, Progress& progress) {
  const dns::Transport transport = options.tcp ? dns::Transport::tcp : dns::Transport::udp;
  const dns::SteadyTime deadline = engine.clock().steady() + std::chrono::minutes(5);
  while (progress.left != 0) {
    --progress.left;
    dns::Question question = mix[progress.left % mix.size()];
    dns::Attempt attempt = co_await engine.attempt(options.server, std::move(question), transport,
                                                   std::chrono::seconds(5), deadline);
    ++(attempt.outcome == dns::Outcome::answered ? progress.answered : progress.failed);
  }
}

dns::Task<void> ask_all(dns::Engine& engine, const bench::ExchangeOptions& options,
                        const std::array<dns::Question, 4>& mix, Progress& progress) {
  dns::Scope scope;
  for (std::size_t i = 0; i < options.outstanding; ++i) {
    scope.spawn(ask(engine, options, mix, progress));
  }
  co_await scope.join();
  engine.stop();
}

}  // namespace

int main(int argc, char** argv) {
  const dns::Result<bench::ExchangeOptions> options = bench::parse_options(argc, argv);
  if (!options) {
    std::fprintf(stderr, "%s\n%s", options.error().sentence.c_str(), kUsage.data());
    return 2;
  }
  dns::EngineSettings settings;
  settings.default_rate = {0, 0};
  settings.address_policy = dns::AddressPolicy(
      {dns::Prefix::from_text("127.0.0.0/8").value(), dns::Prefix::from_text("::1/128").value()});
  asio::io_context io;
  const dns::SystemClock clock;
  std::mt19937 random(std::random_device{}());
  dns::Engine engine(
      io, clock, [&random] { return static_cast<std::uint32_t>(random()); }, settings);
  const std::array<dns::Question, 4> mix = bench::questions(options->zone);
  Progress progress{options->queries};

  const double cpu_before = bench::cpu_seconds();
  const auto start = std::chrono::steady_clock::now();
  dns::Scope scope;
  scope.spawn(ask_all(engine, *options, mix, progress));
  io.run();
  const double seconds = dns::to_seconds(std::chrono::steady_clock::now() - start);
  bench::print_result(*options, progress.answered, progress.failed, seconds,
                      bench::cpu_seconds() - cpu_before);
  return 0;
}
