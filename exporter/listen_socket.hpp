// A listening TCP socket, made by hand so that a failure says its reason, [::] takes IPv4 as well,
// and port 0 is known at once. Not thread-safe.
#pragma once

#include <utility>

#include "dns/address.hpp"
#include "dns/result.hpp"

namespace exporter {

/// Owns a socket that listens.
class ListenSocket {
 public:
  /// Listens on `endpoint`. [::] also takes IPv4, and is 0.0.0.0 where there is no IPv6. Fails with
  /// a sentence that names address and reason.
  static dns::Result<ListenSocket> open(const dns::Endpoint& endpoint);

  ListenSocket(ListenSocket&& other) noexcept
      : descriptor_(std::exchange(other.descriptor_, -1)), address_(other.address_) {}
  ListenSocket& operator=(ListenSocket&&) = delete;
  ~ListenSocket();

  /// The descriptor, which is the caller's from now on.
  int release() { return std::exchange(descriptor_, -1); }
  /// Where it listens, with the port the kernel chose.
  const dns::Endpoint& address() const { return address_; }

 private:
  ListenSocket(int descriptor, const dns::Endpoint& address)
      : descriptor_(descriptor), address_(address) {}

  int descriptor_ = -1;
  dns::Endpoint address_;
};

}  // namespace exporter
