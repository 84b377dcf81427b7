// Whether two messages, or records of them, are the same octet by octet, as is_identical() of names
// tells. Pure functions.
#pragma once

#include <tuple>

#include "dns/message.hpp"

namespace dns {

/// Owner in its case, type, class, TTL and RDATA.
inline bool is_identical(const Record& a, const Record& b) {
  return a.type == b.type && a.rrclass == b.rrclass && a.ttl == b.ttl && a.rdata == b.rdata &&
         a.owner.is_identical(b.owner);
}

/// Opcode, flags and RCODE, to be compared: all of the header but the id and the counts.
inline auto header_of(const Message& message) {
  return std::tuple(message.opcode, message.qr, message.aa, message.tc, message.rd, message.ra,
                    message.z, message.ad, message.cd, message.rcode);
}

}  // namespace dns
