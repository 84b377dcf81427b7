// Expected failures as values: every fallible function of this project returns a Result, whose
// error is one sentence a user can act on. Programmer errors assert instead.
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

namespace dns {

/// Why something could not be done, in one sentence without a final newline.
struct Error {
  std::string sentence;
};

template <typename T>
using Result = tl::expected<T, Error>;

/// `return fail("the port must be between 1 and 65535");`
inline tl::unexpected<Error> fail(std::string sentence) {
  return tl::unexpected<Error>(Error{std::move(sentence)});
}

}  // namespace dns
