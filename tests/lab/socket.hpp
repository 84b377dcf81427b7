// File descriptors and socket addresses of the lab: just what the scripted server and the runners
// need. Not thread-safe beyond what the kernel gives.
//
// Some of it looks like dns/udp_socket.hpp, and stays apart from it on purpose: the lab shares
// names, addresses and messages with the exporter (dns_wire), but not the engine, which it is there
// to test. A fault of the engine's sockets must not be one of the lab's, too.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>

#include "dns/address.hpp"
#include "dns/name.hpp"
#include "dns/result.hpp"

namespace lab {

/// Owns one file descriptor and closes it.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  ~FileDescriptor();

  int get() const { return fd_; }
  bool is_open() const { return fd_ >= 0; }
  void reset();

 private:
  int fd_ = -1;
};

/// A socket address with its length, as the kernel wants and gives it.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = sizeof(sockaddr_storage);

  static SocketAddress of(const dns::Endpoint& endpoint);
  dns::Endpoint endpoint() const;
  sockaddr* data() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

/// A nonblocking socket (SOCK_DGRAM or SOCK_STREAM) bound to `at`; a stream socket listens.
dns::Result<FileDescriptor> bind_socket(const dns::Endpoint& at, int type);

/// The local endpoint of a bound socket.
dns::Endpoint local_endpoint(const FileDescriptor& socket);

/// Sends one message over UDP and waits for one datagram from there, at most `milliseconds`.
std::optional<std::vector<std::uint8_t>> ask_udp(const dns::Endpoint& server,
                                                 std::span<const std::uint8_t> message,
                                                 int milliseconds);

/// The same over a TCP connection of its own, with the length in front (RFC 1035 section 4.2.2).
std::optional<std::vector<std::uint8_t>> ask_tcp(const dns::Endpoint& server,
                                                 std::span<const std::uint8_t> message,
                                                 int milliseconds);

/// A query in wire form: RD=0, and with `edns_size` an OPT record of that size with DO=1.
std::vector<std::uint8_t> make_query(const dns::Name& qname, dns::RRType qtype, std::uint16_t id,
                                     std::optional<std::uint16_t> edns_size = std::nullopt);

}  // namespace lab
