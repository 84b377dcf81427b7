#include "dns/udp_socket.hpp"

#include <cassert>
#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>

#include <linux/errqueue.h>
#include <netinet/in.h>
#include <unistd.h>

namespace dns {

namespace {

constexpr int kPortTries = 16;
constexpr std::uint32_t kFirstPort = 1024;
constexpr std::uint32_t kPorts = 65'536 - kFirstPort;

// Room for the answers to a burst; the kernel gives less when net.core.rmem_max says so.
constexpr int kReceiveBuffer = 1 << 20;

// A failed send may report an earlier datagram's ICMP error, and does so once for each.
constexpr int kSendRetries = 8;

// Reports that say nothing about a server and are passed over at a time.
constexpr int kReportsSkipped = 256;

// Left uninitialised on purpose: a batch of them is made for every send.
struct SocketAddress {
  union {
    sockaddr base;
    sockaddr_in in;
    sockaddr_in6 in6;
  };
  socklen_t size;
};

void fill(SocketAddress& to, Family family, std::span<const std::uint8_t> octets,
          std::uint16_t port) {
  if (family == Family::ipv4) {
    to.in = {};
    to.in.sin_family = AF_INET;
    to.in.sin_port = htons(port);
    std::memcpy(&to.in.sin_addr, octets.data(), sizeof to.in.sin_addr);
    to.size = sizeof to.in;
  } else {
    to.in6 = {};
    to.in6.sin6_family = AF_INET6;
    to.in6.sin6_port = htons(port);
    std::memcpy(&to.in6.sin6_addr, octets.data(), sizeof to.in6.sin6_addr);
    to.size = sizeof to.in6;
  }
}

bool same(const sockaddr_storage& storage, const Endpoint& endpoint) {
  const std::span<const std::uint8_t> octets = endpoint.address.octets();
  if (endpoint.address.family() == Family::ipv4) {
    sockaddr_in in;
    std::memcpy(&in, &storage, sizeof in);
    return in.sin_family == AF_INET && in.sin_port == htons(endpoint.port) &&
           std::memcmp(&in.sin_addr, octets.data(), octets.size()) == 0;
  }
  sockaddr_in6 in6;
  std::memcpy(&in6, &storage, sizeof in6);
  return in6.sin6_family == AF_INET6 && in6.sin6_port == htons(endpoint.port) &&
         std::memcmp(&in6.sin6_addr, octets.data(), octets.size()) == 0;
}

Endpoint to_endpoint(const sockaddr_storage& storage) {
  std::array<std::uint8_t, 16> octets{};
  std::size_t size = 4;
  in_port_t port = 0;
  if (storage.ss_family == AF_INET6) {
    sockaddr_in6 in6;
    std::memcpy(&in6, &storage, sizeof in6);
    size = sizeof in6.sin6_addr;
    std::memcpy(octets.data(), &in6.sin6_addr, size);
    port = in6.sin6_port;
  } else {
    sockaddr_in in;
    std::memcpy(&in, &storage, sizeof in);
    std::memcpy(octets.data(), &in.sin_addr, size);
    port = in.sin_port;
  }
  const Result<IpAddress> address = IpAddress::from_octets({octets.data(), size});
  assert(address);
  return Endpoint{*address, ntohs(port)};
}

template <typename Value>
bool set_option(int fd, int level, int name, const Value& value) {
  return ::setsockopt(fd, level, name, &value, sizeof value) == 0;
}

bool bind_to(int fd, Family family, std::uint16_t port) {
  constexpr std::array<std::uint8_t, 16> kAny{};
  SocketAddress any;
  fill(any, family, kAny, port);
  return ::bind(fd, &any.base, any.size) == 0;
}

bool bind_at_random(int fd, Family family, const std::function<std::uint32_t()>& random) {
  for (int i = 0; i < kPortTries; ++i) {
    const std::uint32_t port = kFirstPort + random() % kPorts;
    if (bind_to(fd, family, static_cast<std::uint16_t>(port))) return true;
    if (errno != EADDRINUSE && errno != EACCES) return false;
  }
  return bind_to(fd, family, 0);
}

tl::unexpected<Error> system_failure(const char* what) {
  return fail(std::string(what) + ": " + std::generic_category().message(errno));
}

std::optional<Outcome> outcome_of(std::uint32_t error) {
  switch (error) {
    case ECONNREFUSED:
      return Outcome::refused;
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
    case EACCES:
    case EPERM:
      return Outcome::unreachable;
    default:
      return std::nullopt;  // path MTU and the like say nothing about the server
  }
}

}  // namespace

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  if (this != &other) {
    if (open()) ::close(fd_);
    fd_ = std::exchange(other.fd_, -1);
  }
  return *this;
}

FileDescriptor::~FileDescriptor() {
  if (open()) ::close(fd_);
}

DatagramBuffers::DatagramBuffers()
    : octets_(std::make_unique_for_overwrite<std::uint8_t[]>(kStride * kDatagramBatch)) {
  for (std::size_t i = 0; i < kDatagramBatch; ++i) {
    parts_[i] = {octets_.get() + i * kStride, kMaxDatagram};
    headers_[i].msg_hdr.msg_iov = &parts_[i];
    headers_[i].msg_hdr.msg_iovlen = 1;
    headers_[i].msg_hdr.msg_name = &senders_[i];
    headers_[i].msg_hdr.msg_namelen = sizeof senders_[i];
  }
}

bool DatagramBuffers::is_from(std::size_t index, const Endpoint& endpoint) const {
  return same(senders_[index], endpoint);
}

Endpoint DatagramBuffers::sender(std::size_t index) const {
  return to_endpoint(senders_[index]);
}

Result<UdpSocket> UdpSocket::open(Family family, const std::function<std::uint32_t()>& random) {
  const bool v4 = family == Family::ipv4;
  FileDescriptor descriptor(
      ::socket(v4 ? AF_INET : AF_INET6, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!descriptor.open()) return system_failure("cannot open a UDP socket");
  const int fd = descriptor.get();
  const int on = 1;
  // Without the reports of the network a closed port would look like a timeout.
  const bool reports = v4 ? set_option(fd, IPPROTO_IP, IP_RECVERR, on)
                          : set_option(fd, IPPROTO_IPV6, IPV6_RECVERR, on) &&
                                set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, on);
  if (!reports) return system_failure("cannot set up a UDP socket");
  set_option(fd, SOL_SOCKET, SO_RCVBUF, kReceiveBuffer);
  if (!bind_at_random(fd, family, random)) return system_failure("cannot bind a UDP socket");
  return UdpSocket(std::move(descriptor));
}

std::size_t UdpSocket::receive(DatagramBuffers& buffers) {
  int count = 0;
  do {
    count =
        ::recvmmsg(descriptor(), buffers.headers_.data(), kDatagramBatch, MSG_DONTWAIT, nullptr);
  } while (count < 0 && errno == EINTR);
  // Any other error is a report of the network, told once; the reports are read elsewhere.
  if (count < 0) return 0;
  for (int i = 0; i < count; ++i) {
    buffers.headers_[static_cast<std::size_t>(i)].msg_hdr.msg_namelen = sizeof(sockaddr_storage);
  }
  return static_cast<std::size_t>(count);
}

UdpSocket::SendResult UdpSocket::send(std::span<const OutgoingDatagram> datagrams) {
  assert(datagrams.size() <= kDatagramBatch);
  std::array<SocketAddress, kDatagramBatch> destinations;
  std::array<iovec, kDatagramBatch> parts;
  std::array<mmsghdr, kDatagramBatch> headers;
  for (std::size_t i = 0; i < datagrams.size(); ++i) {
    const Endpoint& to = *datagrams[i].destination;
    fill(destinations[i], to.address.family(), to.address.octets(), to.port);
    // sendmmsg takes a pointer to non-const and does not write through it.
    parts[i] = {const_cast<std::uint8_t*>(datagrams[i].octets.data()), datagrams[i].octets.size()};
    headers[i] = {};
    headers[i].msg_hdr.msg_name = &destinations[i].base;
    headers[i].msg_hdr.msg_namelen = destinations[i].size;
    headers[i].msg_hdr.msg_iov = &parts[i];
    headers[i].msg_hdr.msg_iovlen = 1;
  }
  SendResult result;
  int failures = 0;
  while (result.sent < datagrams.size()) {
    const int count = ::sendmmsg(descriptor(), &headers[result.sent],
                                 static_cast<unsigned>(datagrams.size() - result.sent), 0);
    if (count > 0) {
      result.sent += static_cast<std::size_t>(count);
      failures = 0;
      continue;
    }
    if (errno == EINTR) continue;
    if (errno == EAGAIN || errno == EWOULDBLOCK) return {result.sent, SendResult::Stop::full};
    if (errno == ENOBUFS || errno == ENOMEM) return {result.sent, SendResult::Stop::busy};
    // An ICMP report for an earlier datagram comes up here once, and sending again goes on. A
    // destination without a route fails every time; only that is about this datagram.
    if (++failures < kSendRetries) continue;
    if (errno == ECONNREFUSED) return {result.sent, SendResult::Stop::busy};
    return {result.sent, SendResult::Stop::unsendable};
  }
  return result;
}

std::optional<NetworkError> UdpSocket::next_error() {
  for (int i = 0; i < kReportsSkipped; ++i) {
    sockaddr_storage destination{};
    std::array<std::uint8_t, 16> quoted{};
    iovec part{quoted.data(), quoted.size()};
    alignas(cmsghdr) std::array<std::uint8_t, 512> control{};
    msghdr header{};
    header.msg_name = &destination;
    header.msg_namelen = sizeof destination;
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.data();
    header.msg_controllen = control.size();
    const ssize_t size = ::recvmsg(descriptor(), &header, MSG_ERRQUEUE | MSG_DONTWAIT);
    if (size < 0) {
      if (errno == EINTR) continue;
      // Clears an error that has no report, or epoll would tell of it for ever.
      int pending = 0;
      socklen_t length = sizeof pending;
      ::getsockopt(descriptor(), SOL_SOCKET, SO_ERROR, &pending, &length);
      return std::nullopt;
    }
    for (cmsghdr* message = CMSG_FIRSTHDR(&header); message != nullptr;
         message = CMSG_NXTHDR(&header, message)) {
      const bool report =
          (message->cmsg_level == IPPROTO_IP && message->cmsg_type == IP_RECVERR) ||
          (message->cmsg_level == IPPROTO_IPV6 && message->cmsg_type == IPV6_RECVERR);
      if (!report) continue;
      sock_extended_err details;
      std::memcpy(&details, CMSG_DATA(message), sizeof details);
      const std::optional<Outcome> outcome = outcome_of(details.ee_errno);
      if (!outcome) continue;
      NetworkError error{*outcome, std::nullopt, to_endpoint(destination)};
      if (size >= 2) error.id = static_cast<std::uint16_t>(quoted[0] << 8 | quoted[1]);
      return error;
    }
  }
  return std::nullopt;
}

}  // namespace dns
