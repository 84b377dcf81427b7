// Asks one server a number of questions through the engine, so many at a time, and says as one line
// of JSON how fast that went and what it cost. tests/bench/engine.py runs it beside dnsperf.
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <map>
#include <random>
#include <string>
#include <string_view>

#include <asio/io_context.hpp>
#include <sys/resource.h>

#include "dns/engine.hpp"

namespace {

struct Options {
  dns::Endpoint server;
  dns::Name zone;
  std::uint64_t queries = 100'000;
  std::size_t outstanding = 100;
  dns::Transport transport = dns::Transport::udp;
};

constexpr std::string_view kUsage =
    "usage: engine_bench --server ADDR:PORT --zone NAME [--queries N] [--outstanding N] [--tcp]\n"
    "The server must be on a loopback address.\n";

dns::Result<Options> parse_options(int argc, char** argv) {
  std::map<std::string, std::string> values;
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    if (name == "--tcp") {
      options.transport = dns::Transport::tcp;
    } else if (i + 1 < argc) {
      values[name] = argv[++i];
    } else {
      return dns::fail(name + " needs a value");
    }
  }
  const dns::Result<dns::Endpoint> server = dns::endpoint_from_text(values["--server"], 53);
  if (!server) return dns::fail("--server: " + server.error().sentence);
  const dns::Result<dns::Name> zone = dns::Name::from_text(values["--zone"]);
  if (!zone) return dns::fail("--zone: " + zone.error().sentence);
  options.server = *server;
  options.zone = *zone;
  try {
    if (values.contains("--queries")) options.queries = std::stoull(values["--queries"]);
    if (values.contains("--outstanding"))
      options.outstanding = std::stoull(values["--outstanding"]);
  } catch (const std::exception&) {
    return dns::fail("--queries and --outstanding take numbers");
  }
  return options;
}

/// The questions of a survey's round: SOA, NS, DNSKEY, and a name that does not exist.
std::array<dns::Question, 4> questions(const dns::Name& zone) {
  std::array<dns::Question, 4> result;
  for (dns::Question& question : result) question.qname = zone;
  result[0].qtype = dns::RRType::soa;
  result[1].qtype = dns::RRType::ns;
  result[2].qtype = dns::RRType::dnskey;
  result[3].qtype = dns::RRType::a;
  result[3].qname = zone.prefixed("does-not-exist").value();
  return result;
}

struct Progress {
  std::uint64_t left = 0;
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;
};

dns::Task<void> ask(dns::Engine& engine, const Options& options,
                    const std::array<dns::Question, 4>& mix, Progress& progress) {
  const dns::SteadyTime deadline = engine.clock().steady() + std::chrono::minutes(5);
  while (progress.left != 0) {
    --progress.left;
    dns::Question question = mix[progress.left % mix.size()];
    dns::Attempt attempt = co_await engine.attempt(
        options.server, std::move(question), options.transport, std::chrono::seconds(5), deadline);
    ++(attempt.outcome == dns::Outcome::answered ? progress.answered : progress.failed);
  }
}

dns::Task<void> ask_all(dns::Engine& engine, const Options& options,
                        const std::array<dns::Question, 4>& mix, Progress& progress) {
  dns::Scope scope;
  for (std::size_t i = 0; i < options.outstanding; ++i) {
    scope.spawn(ask(engine, options, mix, progress));
  }
  co_await scope.join();
  engine.stop();
}

double cpu_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
  const dns::Result<Options> options = parse_options(argc, argv);
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
  const std::array<dns::Question, 4> mix = questions(options->zone);
  Progress progress{options->queries};

  const double cpu_before = cpu_seconds();
  const auto start = std::chrono::steady_clock::now();
  dns::Scope scope;
  scope.spawn(ask_all(engine, *options, mix, progress));
  io.run();
  const double seconds = dns::to_seconds(std::chrono::steady_clock::now() - start);
  const double cpu = cpu_seconds() - cpu_before;

  std::printf(
      "{\"answered\":%llu,\"failed\":%llu,\"seconds\":%.3f,\"queries_per_second\":%.0f,"
      "\"cpu_microseconds_per_exchange\":%.3f}\n",
      static_cast<unsigned long long>(progress.answered),
      static_cast<unsigned long long>(progress.failed), seconds,
      static_cast<double>(progress.answered) / seconds,
      cpu * 1e6 / static_cast<double>(options->queries));
  return 0;
}
