// The one place that includes ldns, and the owners of what it allocates. Private to .cpp files of
// dns/: ldns objects never cross a header. ldns is not safe on hostile octets: only what
// dns/wire.hpp has checked may go in.
#pragma once

#include <cstdlib>
#include <memory>

// ldns defines bool, true and false as macros unless <stdbool.h> came first: the order stays.
// clang-format off
#include <stdbool.h>
#include <ldns/ldns.h>
// clang-format on

namespace dns::ldns {

struct RrDeleter {
  void operator()(ldns_rr* rr) const { ldns_rr_free(rr); }
};
struct PktDeleter {
  void operator()(ldns_pkt* pkt) const { ldns_pkt_free(pkt); }
};
struct BufferDeleter {
  void operator()(ldns_buffer* buffer) const { ldns_buffer_free(buffer); }
};
/// Strings that ldns returns come from malloc.
struct StringDeleter {
  void operator()(char* text) const { std::free(text); }
};

using Rr = std::unique_ptr<ldns_rr, RrDeleter>;
using Pkt = std::unique_ptr<ldns_pkt, PktDeleter>;
using Buffer = std::unique_ptr<ldns_buffer, BufferDeleter>;
using String = std::unique_ptr<char, StringDeleter>;

}  // namespace dns::ldns
