#include "tests/lab/socket.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <system_error>

#include <arpa/inet.h>
#include <poll.h>
#include <unistd.h>

namespace lab {
namespace {

constexpr int kBacklog = 64;

dns::Result<void> prepare(int fd, const dns::Endpoint& at, int type) {
  const int on = 1;
  // A lab that was just stopped leaves TIME_WAIT behind.
  if (type == SOCK_STREAM) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (at.address.family() == dns::Family::ipv6) {
    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  }
  const SocketAddress address = SocketAddress::of(at);
  const bool bound = bind(fd, address.data(), address.length) == 0;
  if (bound && (type != SOCK_STREAM || listen(fd, kBacklog) == 0)) return {};
  return dns::fail("cannot listen on " + at.to_text() + ": " +
                   std::generic_category().message(errno));
}

class Deadline {
 public:
  explicit Deadline(int milliseconds)
      : at_(std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds)) {}
  int left() const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        at_ - std::chrono::steady_clock::now());
    return left.count() > 0 ? static_cast<int>(left.count()) : 0;
  }

 private:
  std::chrono::steady_clock::time_point at_;
};

bool wait_for(int fd, short events, const Deadline& deadline) {
  pollfd entry{fd, events, 0};
  return poll(&entry, 1, deadline.left()) == 1;
}

/// Reads exactly `size` octets.
std::optional<std::vector<std::uint8_t>> receive_exactly(int fd, std::size_t size,
                                                         const Deadline& deadline) {
  std::vector<std::uint8_t> data(size);
  std::size_t have = 0;
  while (have < size) {
    if (!wait_for(fd, POLLIN, deadline)) return std::nullopt;
    const ssize_t got = recv(fd, data.data() + have, size - have, 0);
    if (got <= 0) return std::nullopt;
    have += static_cast<std::size_t>(got);
  }
  return data;
}

FileDescriptor connect_to(const dns::Endpoint& server, int type, const Deadline& deadline) {
  const SocketAddress address = SocketAddress::of(server);
  FileDescriptor fd(socket(address.storage.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.is_open()) return {};
  if (connect(fd.get(), address.data(), address.length) == 0) return fd;
  if (errno != EINPROGRESS || !wait_for(fd.get(), POLLOUT, deadline)) return {};
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  return error == 0 ? std::move(fd) : FileDescriptor();
}

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

FileDescriptor::~FileDescriptor() {
  reset();
}

void FileDescriptor::reset() {
  if (fd_ >= 0) ::close(fd_);
  fd_ = -1;
}

SocketAddress SocketAddress::of(const dns::Endpoint& endpoint) {
  SocketAddress result;
  const auto octets = endpoint.address.octets();
  if (endpoint.address.family() == dns::Family::ipv4) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    std::memcpy(&v4.sin_addr, octets.data(), octets.size());
    std::memcpy(&result.storage, &v4, sizeof v4);
    result.length = sizeof v4;
  } else {
    sockaddr_in6 v6{};
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(endpoint.port);
    std::memcpy(&v6.sin6_addr, octets.data(), octets.size());
    std::memcpy(&result.storage, &v6, sizeof v6);
    result.length = sizeof v6;
  }
  return result;
}

dns::Endpoint SocketAddress::endpoint() const {
  std::array<std::uint8_t, 16> octets{};
  std::size_t size = 4;
  std::uint16_t port = 0;
  if (storage.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &storage, sizeof v6);
    std::memcpy(octets.data(), &v6.sin6_addr, octets.size());
    size = octets.size();
    port = ntohs(v6.sin6_port);
  } else {
    sockaddr_in v4{};
    std::memcpy(&v4, &storage, sizeof v4);
    std::memcpy(octets.data(), &v4.sin_addr, size);
    port = ntohs(v4.sin_port);
  }
  const auto address = dns::IpAddress::from_octets(std::span(octets).first(size));
  return {address.value_or(dns::IpAddress()), port};
}

dns::Result<FileDescriptor> bind_socket(const dns::Endpoint& at, int type) {
  const int family = at.address.family() == dns::Family::ipv4 ? AF_INET : AF_INET6;
  FileDescriptor fd(socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.is_open()) {
    return dns::fail("no socket for " + at.to_text() + ": " +
                     std::generic_category().message(errno));
  }
  if (const auto ready = prepare(fd.get(), at, type); !ready) return tl::unexpected(ready.error());
  return fd;
}

dns::Endpoint local_endpoint(const FileDescriptor& socket) {
  SocketAddress address;
  getsockname(socket.get(), address.data(), &address.length);
  return address.endpoint();
}

std::optional<std::vector<std::uint8_t>> ask_udp(const dns::Endpoint& server,
                                                 std::span<const std::uint8_t> message,
                                                 int milliseconds) {
  const Deadline deadline(milliseconds);
  const FileDescriptor fd = connect_to(server, SOCK_DGRAM, deadline);
  if (!fd.is_open() || send(fd.get(), message.data(), message.size(), 0) < 0) return std::nullopt;
  if (!wait_for(fd.get(), POLLIN, deadline)) return std::nullopt;
  std::vector<std::uint8_t> reply(65535);
  const ssize_t got = recv(fd.get(), reply.data(), reply.size(), 0);
  if (got < 0) return std::nullopt;
  reply.resize(static_cast<std::size_t>(got));
  return reply;
}

std::optional<std::vector<std::uint8_t>> ask_tcp(const dns::Endpoint& server,
                                                 std::span<const std::uint8_t> message,
                                                 int milliseconds) {
  const Deadline deadline(milliseconds);
  const FileDescriptor fd = connect_to(server, SOCK_STREAM, deadline);
  if (!fd.is_open()) return std::nullopt;
  std::vector<std::uint8_t> framed = {static_cast<std::uint8_t>(message.size() >> 8U),
                                      static_cast<std::uint8_t>(message.size())};
  framed.insert(framed.end(), message.begin(), message.end());
  // A query fits into the send buffer of a new connection.
  if (send(fd.get(), framed.data(), framed.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(framed.size())) {
    return std::nullopt;
  }
  const auto size = receive_exactly(fd.get(), 2, deadline);
  if (!size) return std::nullopt;
  return receive_exactly(fd.get(), static_cast<std::size_t>((*size)[0] << 8U | (*size)[1]),
                         deadline);
}

std::vector<std::uint8_t> make_query(const dns::Name& qname, dns::RRType qtype, std::uint16_t id,
                                     std::optional<std::uint16_t> edns_size) {
  std::vector<std::uint8_t> wire;
  const auto u16 = [&wire](unsigned value) {
    wire.push_back(static_cast<std::uint8_t>(value >> 8U));
    wire.push_back(static_cast<std::uint8_t>(value));
  };
  for (const unsigned word : {unsigned{id}, 0U, 1U, 0U, 0U, edns_size ? 1U : 0U}) u16(word);
  for (const char c : qname.wire()) wire.push_back(static_cast<std::uint8_t>(c));
  u16(static_cast<unsigned>(qtype));
  u16(1);
  if (!edns_size) return wire;
  wire.push_back(0);
  for (const unsigned word : {41U, unsigned{*edns_size}, 0U, 0x8000U, 0U}) u16(word);
  return wire;
}

}  // namespace lab
