#include "dns/quote.hpp"

#include <cstddef>

namespace dns {

std::string quoted(std::string_view text) {
  constexpr std::size_t kShown = 80;
  std::string out = "\"";
  for (const char c : text.substr(0, kShown)) out += (c >= ' ' && c <= '~') ? c : '?';
  out += text.size() > kShown ? "...\"" : "\"";
  return out;
}

}  // namespace dns
