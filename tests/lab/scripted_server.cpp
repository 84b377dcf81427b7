#include "tests/lab/scripted_server.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <map>
#include <mutex>
#include <queue>
#include <random>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "tests/lab/socket.hpp"

namespace lab {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kPortTries = 32;
constexpr std::size_t kMaxConnections = 8192;
constexpr int kDatagramsPerWakeup = 64;
constexpr auto kIdleLimit =
    std::chrono::seconds(30);  // RFC 7766 section 6.2.3: a few seconds at least
constexpr std::size_t kMaxUnread = 65535U + 2U;

enum class Kind : std::uint8_t { wakeup, udp, listener, connection };

/// What epoll gives back: which socket woke up.
std::uint64_t tag(Kind kind, std::uint64_t index) {
  return static_cast<std::uint64_t>(kind) << 56U | index;
}

struct Address {
  dns::Endpoint endpoint;
  FileDescriptor udp;
  FileDescriptor tcp;
  std::shared_ptr<const ServerScript> script;  // guarded by Impl::mutex_
  std::atomic<std::uint64_t> udp_queries{0};
  std::atomic<std::uint64_t> tcp_queries{0};
  std::atomic<std::uint64_t> tcp_connections{0};
};

struct Connection {
  FileDescriptor fd;
  std::size_t address = 0;
  dns::Bytes in;
  dns::Bytes out;
  SteadyClock::time_point last_used;
};

/// An answer that waits for its time.
struct Late {
  SteadyClock::time_point due;
  std::uint64_t order = 0;
  std::size_t address = 0;
  std::optional<SocketAddress> peer;  // UDP
  std::uint64_t connection = 0;       // TCP
  Delivery delivery;

  friend bool operator>(const Late& a, const Late& b) {
    return std::tie(a.due, a.order) > std::tie(b.due, b.order);
  }
};

}  // namespace

class ScriptedServer::Impl {
 public:
  explicit Impl(std::uint32_t seed) : engine_(seed) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { stop(); }

  dns::Result<dns::Endpoint> add(dns::Endpoint at, ServerScript script);
  dns::Result<void> start();
  void stop();
  dns::Result<void> replace(const dns::Endpoint& at, ServerScript script);
  Counts counts(const dns::Endpoint& at) const;

 private:
  dns::Result<std::unique_ptr<Address>> bind(dns::Endpoint at, const ServerScript& script);
  Address* find(const dns::Endpoint& at) const;
  Delivery respond_at(std::size_t address, std::span<const std::uint8_t> message,
                      dns::Transport transport);

  // All of these run on the server's thread.
  void run();
  void handle(const epoll_event& event);
  void watch(int fd, std::uint32_t events, std::uint64_t data, int operation);
  void read_datagrams(std::size_t index);
  void accept_connections(std::size_t index);
  void read_stream(std::uint64_t id);
  bool answer_stream(std::uint64_t id, Connection& connection);
  void flush(std::uint64_t id);
  void send_datagram(std::size_t index, const SocketAddress& peer, const Delivery& delivery);
  bool send_framed(Connection& connection, const Delivery& delivery);
  void send_late();
  void close_idle();
  void abort(std::uint64_t id);
  int timeout_milliseconds() const;

  std::vector<std::unique_ptr<Address>> addresses_;  // fixed once running
  mutable std::mutex mutex_;                         // guards Address::script
  FileDescriptor epoll_;
  FileDescriptor wakeup_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;

  // Only of the server's thread.
  std::mt19937 engine_;
  std::map<std::uint64_t, Connection> connections_;
  std::uint64_t next_connection_ = 0;
  std::uint64_t next_late_ = 0;
  std::priority_queue<Late, std::vector<Late>, std::greater<>> late_;
  std::map<dns::Endpoint, FileDescriptor> foreign_sources_;
};

ScriptedServer::ScriptedServer(std::uint32_t seed) : impl_(std::make_unique<Impl>(seed)) {}
ScriptedServer::~ScriptedServer() = default;

dns::Result<dns::Endpoint> ScriptedServer::add(dns::Endpoint at, ServerScript script) {
  return impl_->add(at, std::move(script));
}
dns::Result<void> ScriptedServer::start() {
  return impl_->start();
}
void ScriptedServer::stop() {
  impl_->stop();
}
dns::Result<void> ScriptedServer::replace(const dns::Endpoint& at, ServerScript script) {
  return impl_->replace(at, std::move(script));
}
ScriptedServer::Counts ScriptedServer::counts(const dns::Endpoint& at) const {
  return impl_->counts(at);
}

dns::Result<dns::Endpoint> ScriptedServer::Impl::add(dns::Endpoint at, ServerScript script) {
  if (thread_.joinable()) return dns::fail("the scripted server already runs");
  if (at.port != 0 && find(at) != nullptr) return dns::fail(at.to_text() + " is served already");
  dns::Result<std::unique_ptr<Address>> bound = bind(at, script);
  // A port that is free for UDP may be taken for TCP.
  for (int tries = 1; !bound && at.port == 0 && tries < kPortTries; ++tries) {
    bound = bind(at, script);
  }
  if (!bound) return tl::unexpected(bound.error());
  (*bound)->script = std::make_shared<const ServerScript>(std::move(script));
  addresses_.push_back(std::move(*bound));
  return addresses_.back()->endpoint;
}

dns::Result<std::unique_ptr<Address>> ScriptedServer::Impl::bind(dns::Endpoint at,
                                                                 const ServerScript& script) {
  auto address = std::make_unique<Address>();
  if (script.udp) {
    auto udp = bind_socket(at, SOCK_DGRAM);
    if (!udp) return tl::unexpected(udp.error());
    address->udp = std::move(*udp);
    at = local_endpoint(address->udp);
  }
  if (script.tcp) {
    auto tcp = bind_socket(at, SOCK_STREAM);
    if (!tcp) return tl::unexpected(tcp.error());
    address->tcp = std::move(*tcp);
    at = local_endpoint(address->tcp);
  }
  address->endpoint = at;
  return address;
}

Address* ScriptedServer::Impl::find(const dns::Endpoint& at) const {
  for (const auto& address : addresses_) {
    if (address->endpoint == at) return address.get();
  }
  return nullptr;
}

dns::Result<void> ScriptedServer::Impl::start() {
  if (thread_.joinable()) return dns::fail("the scripted server already runs");
  epoll_ = FileDescriptor(epoll_create1(EPOLL_CLOEXEC));
  wakeup_ = FileDescriptor(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!epoll_.is_open() || !wakeup_.is_open()) {
    return dns::fail("the scripted server gets no epoll or eventfd from the kernel");
  }
  watch(wakeup_.get(), EPOLLIN, tag(Kind::wakeup, 0), EPOLL_CTL_ADD);
  for (std::size_t i = 0; i < addresses_.size(); ++i) {
    const Address& address = *addresses_[i];
    if (address.udp.is_open()) {
      watch(address.udp.get(), EPOLLIN, tag(Kind::udp, i), EPOLL_CTL_ADD);
    }
    if (address.tcp.is_open()) {
      watch(address.tcp.get(), EPOLLIN, tag(Kind::listener, i), EPOLL_CTL_ADD);
    }
  }
  thread_ = std::thread([this] { run(); });
  return {};
}

void ScriptedServer::Impl::stop() {
  if (thread_.joinable()) {
    stopping_ = true;
    const std::uint64_t one = 1;
    // An eventfd takes a write unless its counter is full, and then it is readable anyway.
    [[maybe_unused]] const ssize_t written = write(wakeup_.get(), &one, sizeof one);
    thread_.join();
  }
  connections_.clear();
  foreign_sources_.clear();
  for (auto& address : addresses_) {
    address->udp.reset();
    address->tcp.reset();
  }
}

dns::Result<void> ScriptedServer::Impl::replace(const dns::Endpoint& at, ServerScript script) {
  Address* address = find(at);
  if (address == nullptr) return dns::fail(at.to_text() + " is not served here");
  auto next = std::make_shared<const ServerScript>(std::move(script));
  const std::lock_guard lock(mutex_);
  address->script = std::move(next);
  return {};
}

ScriptedServer::Counts ScriptedServer::Impl::counts(const dns::Endpoint& at) const {
  const Address* address = find(at);
  if (address == nullptr) return {};
  return {address->udp_queries.load(), address->tcp_queries.load(),
          address->tcp_connections.load()};
}

Delivery ScriptedServer::Impl::respond_at(std::size_t index, std::span<const std::uint8_t> message,
                                          dns::Transport transport) {
  Address& address = *addresses_[index];
  ++(transport == dns::Transport::udp ? address.udp_queries : address.tcp_queries);
  std::shared_ptr<const ServerScript> script;
  {
    const std::lock_guard lock(mutex_);
    script = address.script;
  }
  const Random random = [this] { return std::uniform_real_distribution<double>(0, 1)(engine_); };
  return respond(*script, message, transport, random);
}

void ScriptedServer::Impl::run() {
  std::array<epoll_event, 128> events{};
  while (!stopping_) {
    const int ready = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                 timeout_milliseconds());
    for (int i = 0; i < ready; ++i) handle(events[static_cast<std::size_t>(i)]);
    send_late();
    close_idle();
  }
}

/// Until the next late answer, at most a second (for idle connections).
int ScriptedServer::Impl::timeout_milliseconds() const {
  constexpr int kHousekeeping = 1000;
  if (late_.empty()) return kHousekeeping;
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(late_.top().due - SteadyClock::now());
  return static_cast<int>(std::clamp<long>(left.count(), 0, kHousekeeping));
}

void ScriptedServer::Impl::handle(const epoll_event& event) {
  const auto kind = static_cast<Kind>(event.data.u64 >> 56U);
  const std::uint64_t index = event.data.u64 & 0x00FFFFFFFFFFFFFFU;
  switch (kind) {
    case Kind::wakeup:
      return;
    case Kind::udp:
      return read_datagrams(index);
    case Kind::listener:
      return accept_connections(index);
    case Kind::connection:
      if ((event.events & EPOLLOUT) != 0) flush(index);
      if ((event.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) read_stream(index);
      return;
  }
}

void ScriptedServer::Impl::watch(int fd, std::uint32_t events, std::uint64_t data, int operation) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = data;
  epoll_ctl(epoll_.get(), operation, fd, &event);
}

void ScriptedServer::Impl::read_datagrams(std::size_t index) {
  std::array<std::uint8_t, 65535> buffer;
  for (int i = 0; i < kDatagramsPerWakeup; ++i) {
    SocketAddress peer;
    const ssize_t got = recvfrom(addresses_[index]->udp.get(), buffer.data(), buffer.size(), 0,
                                 peer.data(), &peer.length);
    if (got < 0) return;
    Delivery delivery = respond_at(index, std::span(buffer).first(static_cast<std::size_t>(got)),
                                   dns::Transport::udp);
    if (delivery.nothing || delivery.close || delivery.reset) continue;
    if (delivery.delay.count() == 0) {
      send_datagram(index, peer, delivery);
    } else {
      const auto due = SteadyClock::now() + delivery.delay;
      late_.push({due, next_late_++, index, peer, 0, std::move(delivery)});
    }
  }
}

void ScriptedServer::Impl::send_datagram(std::size_t index, const SocketAddress& peer,
                                         const Delivery& delivery) {
  int fd = addresses_[index]->udp.get();
  if (delivery.source) {
    const dns::Endpoint from{*delivery.source, addresses_[index]->endpoint.port};
    if (const Address* other = find(from); other != nullptr && other->udp.is_open()) {
      fd = other->udp.get();
    } else {
      FileDescriptor& socket = foreign_sources_[from];
      if (!socket.is_open()) {
        if (auto made = bind_socket(from, SOCK_DGRAM)) socket = std::move(*made);
      }
      fd = socket.get();
    }
  }
  // Whether it arrives is the network's affair, as with any datagram.
  sendto(fd, delivery.wire.data(), delivery.wire.size(), 0, peer.data(), peer.length);
}

void ScriptedServer::Impl::accept_connections(std::size_t index) {
  while (true) {
    FileDescriptor fd(
        accept4(addresses_[index]->tcp.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd.is_open()) return;
    ++addresses_[index]->tcp_connections;
    if (connections_.size() >= kMaxConnections) continue;
    const std::uint64_t id = next_connection_++;
    watch(fd.get(), EPOLLIN, tag(Kind::connection, id), EPOLL_CTL_ADD);
    connections_.emplace(id, Connection{std::move(fd), index, {}, {}, SteadyClock::now()});
  }
}

void ScriptedServer::Impl::read_stream(std::uint64_t id) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  Connection& connection = found->second;
  std::array<std::uint8_t, 4096> buffer;
  while (connection.in.size() <= kMaxUnread) {
    const ssize_t got = recv(connection.fd.get(), buffer.data(), buffer.size(), 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) break;
    if (got <= 0) {
      connections_.erase(found);
      return;
    }
    connection.in.insert(connection.in.end(), buffer.begin(), buffer.begin() + got);
  }
  connection.last_used = SteadyClock::now();
  if (!answer_stream(id, connection)) return;
  flush(id);
}

/// Answers every whole message that has arrived. False when the connection is gone.
bool ScriptedServer::Impl::answer_stream(std::uint64_t id, Connection& connection) {
  std::size_t at = 0;
  while (connection.in.size() - at >= 2) {
    const std::size_t size =
        static_cast<std::size_t>(connection.in[at] << 8U) | connection.in[at + 1];
    if (connection.in.size() - at - 2 < size) break;
    Delivery delivery = respond_at(
        connection.address, std::span(connection.in).subspan(at + 2, size), dns::Transport::tcp);
    at += 2 + size;
    if (delivery.nothing) continue;
    if (delivery.delay.count() != 0) {
      const auto due = SteadyClock::now() + delivery.delay;
      late_.push({due, next_late_++, connection.address, std::nullopt, id, std::move(delivery)});
    } else if (!send_framed(connection, delivery)) {
      delivery.reset ? abort(id) : static_cast<void>(connections_.erase(id));
      return false;
    }
  }
  connection.in.erase(connection.in.begin(),
                      connection.in.begin() + static_cast<std::ptrdiff_t>(at));
  return true;
}

/// Queues the answer with its length. False when the connection is to end instead.
bool ScriptedServer::Impl::send_framed(Connection& connection, const Delivery& delivery) {
  if (delivery.close || delivery.reset) return false;
  connection.out.push_back(static_cast<std::uint8_t>(delivery.wire.size() >> 8U));
  connection.out.push_back(static_cast<std::uint8_t>(delivery.wire.size()));
  connection.out.insert(connection.out.end(), delivery.wire.begin(), delivery.wire.end());
  return true;
}

void ScriptedServer::Impl::flush(std::uint64_t id) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  Connection& connection = found->second;
  while (!connection.out.empty()) {
    const ssize_t sent =
        send(connection.fd.get(), connection.out.data(), connection.out.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) break;
    if (sent < 0) {
      connections_.erase(found);
      return;
    }
    connection.out.erase(connection.out.begin(), connection.out.begin() + sent);
  }
  const std::uint32_t events = connection.out.empty() ? EPOLLIN : EPOLLIN | EPOLLOUT;
  watch(connection.fd.get(), events, tag(Kind::connection, id), EPOLL_CTL_MOD);
}

/// Ends a connection with RST instead of FIN.
void ScriptedServer::Impl::abort(std::uint64_t id) {
  const auto found = connections_.find(id);
  if (found == connections_.end()) return;
  const linger now{1, 0};
  setsockopt(found->second.fd.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
  connections_.erase(found);
}

void ScriptedServer::Impl::send_late() {
  const auto now = SteadyClock::now();
  while (!late_.empty() && late_.top().due <= now) {
    const Late late = late_.top();
    late_.pop();
    if (late.peer) {
      send_datagram(late.address, *late.peer, late.delivery);
      continue;
    }
    const auto found = connections_.find(late.connection);
    if (found == connections_.end()) continue;
    if (send_framed(found->second, late.delivery)) {
      flush(late.connection);
    } else if (late.delivery.reset) {
      abort(late.connection);
    } else {
      connections_.erase(found);
    }
  }
}

void ScriptedServer::Impl::close_idle() {
  const auto limit = SteadyClock::now() - kIdleLimit;
  std::erase_if(connections_, [&](const auto& entry) { return entry.second.last_used < limit; });
}

}  // namespace lab
