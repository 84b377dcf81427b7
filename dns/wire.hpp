// Reading the wire form of names and RDATA within bounds: what dns/message.cpp and dns/rdata.cpp
// share. Private to dns_wire. Pure functions; every fault is a value, no octet outside the span
// given is ever read.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "dns/codes.hpp"
#include "dns/name.hpp"
#include "dns/rdata.hpp"

namespace dns::wire {

inline constexpr std::size_t kHeaderSize = 12;         // RFC 1035 section 4.1.1
inline constexpr std::size_t kMaxMessageSize = 65535;  // the length field of DNS over TCP

/// What is wrong with a name or with RDATA.
enum class Fault : std::uint8_t {
  none,
  past_end,
  label_kind,
  pointer_not_allowed,
  pointer_into_header,
  pointer_not_backwards,
  pointer_into_itself,
  too_many_pointers,
  name_too_long,
  octets_left,
  empty_field,
  bitmap_order,
  bitmap_length,
  bitmap_zeros,
  bitmap_empty,
  service_keys,
  address_prefix,
  gateway_type,
  location_version,
};

/// What follows the subject: "a name " + "runs past the end".
std::string_view sentence(Fault fault);

/// Big-endian integers. The caller has checked that the octets are there.
inline std::uint16_t read_u16(const std::uint8_t* at) {
  return static_cast<std::uint16_t>(at[0] << 8 | at[1]);
}
inline std::uint32_t read_u32(const std::uint8_t* at) {
  return static_cast<std::uint32_t>(read_u16(at)) << 16 | read_u16(at + 2);
}

/// Whether names may be compressed where they are read from.
enum class Compression : std::uint8_t { refused, accepted };

/// A name in uncompressed wire form on the stack.
struct DecodedName {
  std::array<std::uint8_t, Name::kMaxWireLength> octets;  // the first `size` are set
  std::size_t size;

  std::string_view view() const { return {reinterpret_cast<const char*>(octets.data()), size}; }
};

/// Reads the name at `offset` of `message`, moves `offset` behind it and writes it to `name`. What
/// stands at `offset` must end at `end` or before; what compression pointers lead to may be
/// anywhere before it in the message. On a fault `offset` and `name` are unspecified.
Fault decode_name(std::span<const std::uint8_t> message, std::size_t& offset, std::size_t end,
                  Compression compression, DecodedName& name);

/// True when the form of the type's RDATA is known, and so checked, in the class.
bool has_known_form(RRType type, RRClass rrclass);

/// Checks message[begin, end) as RDATA of the type and class and puts it, with its names
/// decompressed, in `rdata`. RDATA of an unknown type is copied as it is.
Fault decode_rdata(std::span<const std::uint8_t> message, std::size_t begin, std::size_t end,
                   RRType type, RRClass rrclass, Bytes& rdata);

/// Checks uncompressed RDATA of class IN.
Fault check_rdata(RRType type, std::span<const std::uint8_t> rdata);

}  // namespace dns::wire
