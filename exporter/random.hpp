// Unpredictable numbers for message ids, source ports and random names: OpenSSL's generator, read
// in blocks. Belongs to one thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace exporter {

class SecureRandom {
 public:
  /// 32 random bits. Ends the process when the system has no randomness: with ids that can be
  /// guessed, anyone could answer for the servers we watch (RFC 5452 section 9.2).
  std::uint32_t operator()();

 private:
  std::array<std::uint32_t, 1024> block_{};
  std::size_t next_ = block_.size();
};

}  // namespace exporter
