// One nonblocking UDP socket on a random source port, and the batches read from and written to it.
// Internal to the engine's files. Nothing above knows of file descriptors, sockaddr or errno.
//
// Not thread-safe. Errors of the network are values here; running out of descriptors is a Result.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include <sys/socket.h>

#include "dns/address.hpp"
#include "dns/exchange.hpp"
#include "dns/result.hpp"

namespace dns {

/// A file descriptor that is closed at the end of its owner.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor();

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  /// Gives the descriptor away; the caller closes it.
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_ = -1;
};

/// Datagrams taken and given at a time.
inline constexpr std::size_t kDatagramBatch = 64;

/// Room for a batch of datagrams of any size, reused for every batch.
class DatagramBuffers {
 public:
  DatagramBuffers();

  /// True when datagram `index` of the last batch came from `endpoint`.
  bool is_from(std::size_t index, const Endpoint& endpoint) const;
  /// Who sent datagram `index`.
  Endpoint sender(std::size_t index) const;
  std::span<const std::uint8_t> datagram(std::size_t index) const {
    return {octets_.get() + index * kStride, headers_[index].msg_len};
  }

 private:
  friend class UdpSocket;
  static constexpr std::size_t kMaxDatagram = 65'535;
  // Not a power of two, or the starts of all buffers would share a few cache lines' sets.
  static constexpr std::size_t kStride = 65'536 + 5 * 64;

  std::unique_ptr<std::uint8_t[]> octets_;  // 4 MB, of which only what is used becomes real
  std::array<mmsghdr, kDatagramBatch> headers_{};
  std::array<iovec, kDatagramBatch> parts_{};
  std::array<sockaddr_storage, kDatagramBatch> senders_{};
};

/// A datagram to send. Both must stay until the call returns.
struct OutgoingDatagram {
  const Endpoint* destination = nullptr;
  std::span<const std::uint8_t> octets;
};

/// What the network said about a datagram sent earlier (ICMP).
struct NetworkError {
  Outcome outcome = Outcome::unreachable;  ///< refused or unreachable
  std::optional<std::uint16_t> id;         ///< of the message sent, when the report quotes it
  Endpoint destination;                    ///< of that message
};

class UdpSocket {
 public:
  /// Opens one on a random port above 1023, or where the kernel likes if `random` finds none free.
  static Result<UdpSocket> open(Family family, const std::function<std::uint32_t()>& random);

  /// Reads what is there, at most a batch; how many datagrams.
  std::size_t receive(DatagramBuffers& buffers);

  /// How sending a batch went: the first `sent` have gone out; why the one after has not.
  struct SendResult {
    enum class Stop : std::uint8_t {
      none,       ///< all have gone out
      full,       ///< the socket's buffer is full: go on when it is writable
      busy,       ///< the machine's queues are full: go on in a moment
      unsendable  ///< there is no way to this destination
    };
    std::size_t sent = 0;
    Stop stop = Stop::none;
  };
  SendResult send(std::span<const OutgoingDatagram> datagrams);

  /// The next report of the network; nothing when there is no more.
  std::optional<NetworkError> next_error();

  int descriptor() const { return descriptor_.get(); }

 private:
  explicit UdpSocket(FileDescriptor descriptor) : descriptor_(std::move(descriptor)) {}

  FileDescriptor descriptor_;
};

}  // namespace dns
