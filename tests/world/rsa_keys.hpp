// Many RSA keys in little time: the primes of a small pool, each pair of which makes a key of its
// own. Such keys sign and verify like any others and protect nothing, since they share factors.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace world {

/// As many primes as `keys` different keys of 2,048 bits need, found by `threads` threads. In
/// OpenSSL's hexadecimal form.
std::vector<std::string> find_primes(std::size_t keys, std::size_t threads);

/// Key number `index` of those that `primes` make, in the form of BIND's private key files.
std::string rsa_key(const std::vector<std::string>& primes, std::size_t index);

}  // namespace world
