#include "exporter/listen_socket.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace exporter {
namespace {

constexpr int kBacklog = 128;

bool is_unspecified(const dns::IpAddress& address) {
  const auto octets = address.octets();
  return std::all_of(octets.begin(), octets.end(), [](std::uint8_t octet) { return octet == 0; });
}

/// An endpoint as the kernel takes it.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  explicit SocketAddress(const dns::Endpoint& endpoint) {
    const auto octets = endpoint.address.octets();
    if (endpoint.address.family() == dns::Family::ipv6) {
      sockaddr_in6 address{};
      address.sin6_family = AF_INET6;
      address.sin6_port = htons(endpoint.port);
      std::memcpy(&address.sin6_addr, octets.data(), octets.size());
      assign(&address, sizeof address);
    } else {
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_port = htons(endpoint.port);
      std::memcpy(&address.sin_addr, octets.data(), octets.size());
      assign(&address, sizeof address);
    }
  }

  void assign(const void* address, std::size_t size) {
    std::memcpy(&storage, address, size);
    length = static_cast<socklen_t>(size);
  }
};

/// The port that `descriptor` is bound to; 0 when the kernel does not say.
std::uint16_t bound_port(int descriptor) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&storage), &length) != 0) return 0;
  in_port_t port = 0;
  const std::size_t offset = storage.ss_family == AF_INET6 ? offsetof(sockaddr_in6, sin6_port)
                                                           : offsetof(sockaddr_in, sin_port);
  std::memcpy(&port, reinterpret_cast<const char*>(&storage) + offset, sizeof port);
  return ntohs(port);
}

/// A socket that is bound and listens, or -1 with the reason in errno.
int listening(const dns::Endpoint& endpoint) {
  const bool ipv6 = endpoint.address.family() == dns::Family::ipv6;
  const int descriptor =
      socket(ipv6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return -1;
  const int on = 1;
  const int only_ipv6 = is_unspecified(endpoint.address) ? 0 : 1;
  const SocketAddress address(endpoint);
  // Without SO_REUSEADDR a restart would wait for the connections of the former process to fade.
  const bool ready =
      setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
      (!ipv6 ||
       setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &only_ipv6, sizeof only_ipv6) == 0) &&
      bind(descriptor, reinterpret_cast<const sockaddr*>(&address.storage), address.length) == 0 &&
      listen(descriptor, kBacklog) == 0;
  if (ready) return descriptor;
  const int reason = errno;
  close(descriptor);
  errno = reason;
  return -1;
}

}  // namespace

dns::Result<ListenSocket> ListenSocket::open(const dns::Endpoint& endpoint) {
  dns::Endpoint used = endpoint;
  int descriptor = listening(used);
  const bool no_ipv6 = descriptor < 0 && (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL);
  if (no_ipv6 && used.address.family() == dns::Family::ipv6 && is_unspecified(used.address)) {
    used.address = dns::IpAddress();
    descriptor = listening(used);
  }
  if (descriptor < 0) {
    return dns::fail("cannot listen on " + endpoint.to_text() + ": " +
                     std::generic_category().message(errno));
  }
  used.port = bound_port(descriptor);
  return ListenSocket(descriptor, used);
}

ListenSocket::~ListenSocket() {
  if (descriptor_ >= 0) close(descriptor_);
}

}  // namespace exporter
