#include "exporter/random.hpp"

#include <exception>

#include <openssl/rand.h>

namespace exporter {

std::uint32_t SecureRandom::operator()() {
  if (next_ == block_.size()) {
    const int octets = static_cast<int>(sizeof(block_));
    if (RAND_bytes(reinterpret_cast<unsigned char*>(block_.data()), octets) != 1) std::terminate();
    next_ = 0;
  }
  return block_[next_++];
}

}  // namespace exporter
