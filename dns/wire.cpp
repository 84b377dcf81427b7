#include "dns/wire.hpp"

#include <cstring>

#include "dns/message.hpp"

namespace dns::wire {

std::string_view sentence(Fault fault) {
  switch (fault) {
    case Fault::none:
      return "is right";
    case Fault::past_end:
      return "runs past its end";
    case Fault::label_kind:
      return "has a label of an unknown kind";
    case Fault::pointer_not_allowed:
      return "has a compressed name where none may be";
    case Fault::pointer_into_header:
      return "has a compression pointer into the header";
    case Fault::pointer_not_backwards:
      return "has a compression pointer that does not point backwards";
    case Fault::pointer_into_itself:
      return "has a compression pointer to a name that does not end before it";
    case Fault::too_many_pointers:
      return "has a name with more than 127 compression pointers";
    case Fault::name_too_long:
      return "has a name of more than 255 octets";
    case Fault::octets_left:
      return "has octets after its last field";
    case Fault::empty_field:
      return "has an empty field that must not be empty";
    case Fault::bitmap_order:
      return "has a type bitmap whose windows do not ascend";
    case Fault::bitmap_length:
      return "has a type bitmap window that is not of 1 to 32 octets";
    case Fault::bitmap_zeros:
      return "has a type bitmap window that ends in a zero octet";
    case Fault::bitmap_empty:
      return "has no type bitmap";
    case Fault::service_keys:
      return "has SvcParamKeys that do not ascend";
    case Fault::address_prefix:
      return "has an address prefix that is too long for its family";
    case Fault::gateway_type:
      return "has an unknown gateway type";
    case Fault::location_version:
      return "has an unknown version";
  }
  return "is wrong";
}

Fault decode_name(std::span<const std::uint8_t> message, std::size_t& offset, std::size_t end,
                  Compression compression, DecodedName& name) {
  std::size_t at = offset;
  std::size_t limit = end;
  std::size_t segment = offset;  // where the labels being read began; pointers go below it
  std::size_t size = 0;
  int pointers = 0;
  const auto too_far = [&pointers] {
    return pointers == 0 ? Fault::past_end : Fault::pointer_into_itself;
  };
  for (;;) {
    if (at >= limit) return too_far();
    const std::size_t length = message[at];
    if (length == 0) {
      name.octets[size++] = 0;  // in bounds: labels stop at 254
      name.size = size;
      if (pointers == 0) offset = at + 1;
      return Fault::none;
    }
    if (length <= Name::kMaxLabelLength) {
      if (length + 1 > limit - at) return too_far();
      if (size + length + 1 >= Name::kMaxWireLength) return Fault::name_too_long;
      std::memcpy(&name.octets[size], &message[at], length + 1);
      size += length + 1;
      at += length + 1;
      continue;
    }
    if (length < 0xc0) return Fault::label_kind;
    if (compression == Compression::refused) return Fault::pointer_not_allowed;
    if (limit - at < 2) return too_far();
    const std::size_t target = (length & 0x3f) << 8 | message[at + 1];
    if (target < kHeaderSize) return Fault::pointer_into_header;
    if (target >= segment) return Fault::pointer_not_backwards;
    if (pointers == 0) offset = at + 2;
    if (++pointers > kMaxCompressionPointers) return Fault::too_many_pointers;
    limit = segment;  // the name pointed to stands whole before this one
    segment = target;
    at = target;
  }
}

}  // namespace dns::wire
