// Somebody else's text inside a sentence of ours: bounded in length, and without control characters
// that would forge log lines. Pure function.
#pragma once

#include <string>
#include <string_view>

namespace dns {

/// `text` between double quotes: octets outside printable ASCII become `?`, and what is longer than
/// 80 octets is cut and ends in `...`.
std::string quoted(std::string_view text);

}  // namespace dns
