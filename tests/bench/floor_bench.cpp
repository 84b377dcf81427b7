// The floor under every DNS client: the questions of engine_bench over one connected UDP socket,
// sent and received in batches, with no more done to an answer than looking its id up. No timers,
// no random ids, no parsing. tests/bench/engine.py runs it beside the engine and dnsperf.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "dns/time.hpp"
#include "tests/bench/exchange_options.hpp"

namespace {

constexpr std::size_t kBatch = 64;
// As the engine holds back at one address: with more, the server's socket buffer overflows.
constexpr std::size_t kMostOutstanding = 256;
constexpr std::size_t kAnswerSize = 4096;
constexpr timeval kPatience{1, 0};

/// A socket connected to the server, or the end.
int connected(const dns::Endpoint& server) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(server.port);
  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  if (::inet_pton(AF_INET, server.address.to_text().c_str(), &address.sin_addr) != 1 ||
      ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &kPatience, sizeof kPatience) != 0) {
    std::perror("floor_bench");
    std::exit(1);
  }
  return socket;
}

/// Buffers for one call of sendmmsg or recvmmsg.
struct Batch {
  std::array<mmsghdr, kBatch> headers{};
  std::array<iovec, kBatch> parts{};

  Batch() {
    for (std::size_t i = 0; i < kBatch; ++i) {
      headers[i].msg_hdr.msg_iov = &parts[i];
      headers[i].msg_hdr.msg_iovlen = 1;
    }
  }
};

class Floor {
 public:
  explicit Floor(const bench::ExchangeOptions& options)
      : left_(options.queries), socket_(connected(options.server)) {
    const auto mix = bench::questions(options.zone);
    for (std::size_t id = 0; id < std::min(options.outstanding, kMostOutstanding); ++id) {
      queries_.push_back(dns::write_query(mix[id % mix.size()], static_cast<std::uint16_t>(id)));
      free_.push_back(static_cast<std::uint16_t>(id));
    }
    waiting_.resize(queries_.size());
    for (std::size_t i = 0; i < kBatch; ++i) received_.parts[i] = {answers_[i].data(), kAnswerSize};
  }

  void run() {
    while (left_ + outstanding_ != 0) {
      while (left_ != 0 && !free_.empty()) send();
      receive();
    }
  }

  std::uint64_t answered = 0;
  std::uint64_t failed = 0;

 private:
  void send() {
    const std::size_t count = std::min({kBatch, free_.size(), static_cast<std::size_t>(left_)});
    for (std::size_t i = 0; i < count; ++i) {
      dns::Bytes& query = queries_[free_[free_.size() - 1 - i]];
      sending_.parts[i] = {query.data(), query.size()};
    }
    const int sent = ::sendmmsg(socket_, sending_.headers.data(), static_cast<unsigned>(count), 0);
    if (sent < 0) {
      std::perror("floor_bench: sendmmsg");
      std::exit(1);
    }
    for (int i = 0; i < sent; ++i) {
      waiting_[free_.back()] = 1;
      free_.pop_back();
    }
    left_ -= static_cast<std::uint64_t>(sent);
    outstanding_ += static_cast<std::size_t>(sent);
  }

  /// Waits for half of what is outstanding, so that the server works on the rest meanwhile and one
  /// call serves many. When nothing comes within the patience, whatever is outstanding is lost.
  void receive() {
    const std::size_t wanted = std::clamp<std::size_t>(outstanding_ / 2, 1, kBatch);
    const int count =
        ::recvmmsg(socket_, received_.headers.data(), static_cast<unsigned>(wanted), 0, nullptr);
    if (count < 0) {
      for (std::size_t id = 0; id < waiting_.size(); ++id) failed += settle(id) ? 1 : 0;
      return;
    }
    for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
      const std::size_t id = static_cast<std::size_t>(answers_[i][0]) << 8U | answers_[i][1];
      answered += settle(id) ? 1 : 0;
    }
  }

  /// Whether this id was waited for; it is free again then.
  bool settle(std::size_t id) {
    if (id >= waiting_.size() || waiting_[id] == 0) return false;
    waiting_[id] = 0;
    free_.push_back(static_cast<std::uint16_t>(id));
    --outstanding_;
    return true;
  }

  std::uint64_t left_;
  int socket_;
  std::size_t outstanding_ = 0;
  std::vector<dns::Bytes> queries_;  // by id
  std::vector<char> waiting_;        // by id
  std::vector<std::uint16_t> free_;
  Batch sending_;
  Batch received_;
  std::vector<std::array<std::uint8_t, kAnswerSize>> answers_{kBatch};
};

}  // namespace

int main(int argc, char** argv) {
  const dns::Result<bench::ExchangeOptions> options = bench::parse_options(argc, argv);
  if (!options || options->tcp) {
    std::fprintf(stderr,
                 "%s\nusage: floor_bench --server IPV4:PORT --zone NAME [--queries N] "
                 "[--outstanding N]\n",
                 options ? "over UDP only" : options.error().sentence.c_str());
    return 2;
  }
  Floor floor(*options);
  const double cpu_before = bench::cpu_seconds();
  const auto start = std::chrono::steady_clock::now();
  floor.run();
  const double seconds = dns::to_seconds(std::chrono::steady_clock::now() - start);
  bench::print_result(*options, floor.answered, floor.failed, seconds,
                      bench::cpu_seconds() - cpu_before);
  return 0;
}
