// The form of each type's RDATA and the walk over it: the second half of dns/wire.hpp.
#include <array>
#include <cassert>
#include <cstring>

#include "dns/wire.hpp"

namespace dns::wire {
namespace {

// The form of RDATA, one letter per field in wire order:
//   1 2 4 6 8  that many octets                 g  16 octets
//   n  a name that may be compressed            p  a name that must not be
//   s  a character-string                       o  the same, or nothing
//   S  character-strings up to the end, at least one
//   x  a length octet and that many octets      h  the same, and not empty
//   B  a type bitmap up to the end              b  the same, possibly empty
//   *  whatever is left                         +  the same, and not empty
//   v  SvcParams up to the end                  a  APL items up to the end
//   i  IPSECKEY, m  AMTRELAY, t  HIP, l  LOC: the whole RDATA, whose fields depend on each other
// An empty form is that of an unknown type.
std::string_view form_of(RRType type) {
  switch (static_cast<std::uint16_t>(type)) {
    case 1:  // A
      return "4";
    case 2:   // NS
    case 3:   // MD
    case 4:   // MF
    case 5:   // CNAME
    case 7:   // MB
    case 8:   // MG
    case 9:   // MR
    case 12:  // PTR
    case 23:  // NSAP-PTR
    case 39:  // DNAME
      return "n";
    case 6:  // SOA
      return "nn44444";
    case 10:  // NULL
      return "*";
    case 11:  // WKS
      return "41*";
    case 13:  // HINFO
      return "ss";
    case 14:  // MINFO
    case 17:  // RP
      return "nn";
    case 15:  // MX
    case 18:  // AFSDB
    case 21:  // RT
    case 36:  // KX
      return "2n";
    case 16:   // TXT
    case 56:   // NINFO
    case 99:   // SPF
    case 258:  // AVC
    case 261:  // RESINFO
    case 262:  // WALLET
    case 263:  // CLA
      return "S";
    case 19:  // X25
      return "s";
    case 20:  // ISDN
      return "so";
    case 22:  // NSAP
    case 49:  // DHCID
    case 61:  // OPENPGPKEY
      return "+";
    case 24:  // SIG
    case 46:  // RRSIG
      return "2114442n+";
    case 25:  // KEY
    case 48:  // DNSKEY
    case 57:  // RKEY
    case 60:  // CDNSKEY
      return "211*";
    case 26:  // PX
      return "2nn";
    case 27:  // GPOS
      return "sss";
    case 28:  // AAAA
      return "g";
    case 29:  // LOC
      return "l";
    case 30:  // NXT
      return "n+";
    case 33:  // SRV
      return "222n";
    case 35:  // NAPTR
      return "22sssn";
    case 37:  // CERT
      return "221+";
    case 42:  // APL
      return "a";
    case 43:     // DS
    case 59:     // CDS
    case 32768:  // TA
    case 32769:  // DLV
      return "211+";
    case 44:  // SSHFP
      return "11+";
    case 45:  // IPSECKEY
      return "i";
    case 47:  // NSEC
      return "nB";
    case 50:  // NSEC3
      return "112xhb";
    case 51:  // NSEC3PARAM
      return "112x";
    case 52:  // TLSA
    case 53:  // SMIMEA
      return "111+";
    case 55:  // HIP
      return "t";
    case 58:  // TALINK
      return "pp";
    case 62:  // CSYNC
      return "42b";
    case 63:  // ZONEMD
      return "411+";
    case 64:  // SVCB
    case 65:  // HTTPS
      return "2pv";
    case 66:  // DSYNC
      return "212p";
    case 104:  // NID
    case 106:  // L64
      return "28";
    case 105:  // L32
      return "24";
    case 107:  // LP
      return "2p";
    case 108:  // EUI48
      return "6";
    case 109:  // EUI64
      return "8";
    case 256:  // URI
      return "22+";
    case 257:  // CAA
      return "1h*";
    case 260:  // AMTRELAY
      return "m";
    default:
      return {};
  }
}

/// The form in a class. Some types are defined for class IN alone: elsewhere they are unknown.
std::string_view form_of(RRType type, RRClass rrclass) {
  if (rrclass != RRClass::in) {
    switch (static_cast<std::uint16_t>(type)) {
      case 1:   // A
      case 11:  // WKS
      case 22:  // NSAP
      case 23:  // NSAP-PTR
      case 26:  // PX
      case 28:  // AAAA
      case 33:  // SRV
      case 35:  // NAPTR
      case 36:  // KX
      case 42:  // APL
      case 45:  // IPSECKEY
      case 49:  // DHCID
      case 64:  // SVCB
      case 65:  // HTTPS
        return {};
      default:
        break;
    }
  }
  return form_of(type);
}

/// Room for everything in front of a field that reaches to the end, decompressed: NAPTR has four
/// octets, three character-strings of 256 and a name; HIP's and IPSECKEY's are checked in place.
constexpr std::size_t kHeadRoom = 4 + 3 * 256 + Name::kMaxWireLength;

/// Walks over the RDATA in message[at, end), field by field.
class FormWalk {
 public:
  FormWalk(std::span<const std::uint8_t> message, std::size_t at, std::size_t end,
           Compression compression)
      : message_(message), at_(at), end_(end), compression_(compression) {}

  Fault walk(std::string_view form) {
    for (const char field : form) {
      const Fault fault = read(field);
      if (fault != Fault::none) return fault;
    }
    return at_ == end_ ? Fault::none : Fault::octets_left;
  }

  /// Where the octets begin that need no decompression, behind the last compressible name.
  std::size_t tail() const { return tail_; }
  std::span<const std::uint8_t> head() const { return {head_.data(), head_size_}; }

 private:
  std::size_t left() const { return end_ - at_; }
  std::uint8_t octet(std::size_t index) const { return message_[at_ + index]; }

  Fault skip(std::size_t octets) {
    if (octets > left()) return Fault::past_end;
    at_ += octets;
    return Fault::none;
  }

  Fault skip_counted() {
    if (left() == 0) return Fault::past_end;
    return skip(1U + octet(0));
  }

  Fault read(char field) {
    switch (field) {
      case '1':
      case '2':
      case '4':
      case '6':
      case '8':
        return skip(static_cast<std::size_t>(field - '0'));
      case 'g':
        return skip(16);
      case 'n':
        return read_compressible_name();
      case 'p':
        return skip_plain_name();
      case 's':
      case 'x':
        return skip_counted();
      case 'o':
        return left() == 0 ? Fault::none : skip_counted();
      case 'h':
        return left() != 0 && octet(0) == 0 ? Fault::empty_field : skip_counted();
      case 'S':
        return skip_strings();
      case '+':
        if (left() == 0) return Fault::empty_field;
        [[fallthrough]];
      case '*':
        return skip(left());
      case 'B':
        if (left() == 0) return Fault::bitmap_empty;
        [[fallthrough]];
      case 'b':
        return skip_bitmap();
      case 'v':
        return skip_service_parameters();
      case 'a':
        return skip_address_prefixes();
      case 'i':
        return skip_ipseckey();
      case 'm':
        return skip_amtrelay();
      case 't':
        return skip_hip();
      default:
        assert(field == 'l');
        return skip_location();
    }
  }

  /// Copies what stands since the last name, then the name, to the head.
  Fault read_compressible_name() {
    const std::size_t plain = at_ - tail_;
    DecodedName name;
    const std::size_t start = at_;
    const Fault fault = decode_name(message_, at_, end_, compression_, name);
    if (fault != Fault::none) return fault;
    assert(head_size_ + plain + name.size <= head_.size());
    std::memcpy(head_.data() + head_size_, message_.data() + (start - plain), plain);
    std::memcpy(head_.data() + head_size_ + plain, name.octets.data(), name.size);
    head_size_ += plain + name.size;
    tail_ = at_;
    return Fault::none;
  }

  Fault skip_plain_name() {
    DecodedName name;
    return decode_name(message_, at_, end_, Compression::refused, name);
  }

  Fault skip_strings() {
    if (left() == 0) return Fault::empty_field;
    while (left() != 0) {
      const Fault fault = skip_counted();
      if (fault != Fault::none) return fault;
    }
    return Fault::none;
  }

  /// RFC 4034 section 4.1.2: windows ascend, have 1 to 32 octets and no trailing zero octet.
  Fault skip_bitmap() {
    int last_window = -1;
    while (left() != 0) {
      if (left() < 2) return Fault::past_end;
      const int window = octet(0);
      const std::size_t length = octet(1);
      if (window <= last_window) return Fault::bitmap_order;
      if (length == 0 || length > 32) return Fault::bitmap_length;
      if (2 + length > left()) return Fault::past_end;
      if (octet(1 + length) == 0) return Fault::bitmap_zeros;
      last_window = window;
      at_ += 2 + length;
    }
    return Fault::none;
  }

  /// RFC 9460 section 2.2: keys ascend strictly.
  Fault skip_service_parameters() {
    int last_key = -1;
    while (left() != 0) {
      if (left() < 4) return Fault::past_end;
      const int key = read_u16(&message_[at_]);
      const std::size_t length = read_u16(&message_[at_ + 2]);
      if (key <= last_key) return Fault::service_keys;
      if (4 + length > left()) return Fault::past_end;
      last_key = key;
      at_ += 4 + length;
    }
    return Fault::none;
  }

  /// RFC 3123 section 4.
  Fault skip_address_prefixes() {
    while (left() != 0) {
      if (left() < 4) return Fault::past_end;
      const int family = read_u16(&message_[at_]);
      const int prefix = octet(2);
      const std::size_t length = octet(3) & 0x7fU;
      if (4 + length > left()) return Fault::past_end;
      if ((family == 1 && (prefix > 32 || length > 4)) ||
          (family == 2 && (prefix > 128 || length > 16))) {
        return Fault::address_prefix;
      }
      at_ += 4 + length;
    }
    return Fault::none;
  }

  /// A gateway or relay: none, IPv4, IPv6 or a name (RFC 4025 section 2.3, RFC 8777 section 4.2.3).
  Fault skip_gateway(int type) {
    switch (type) {
      case 0:
        return Fault::none;
      case 1:
        return skip(4);
      case 2:
        return skip(16);
      case 3:
        return skip_plain_name();
      default:
        return Fault::gateway_type;
    }
  }

  Fault skip_ipseckey() {
    if (left() < 3) return Fault::past_end;
    const int type = octet(1);
    at_ += 3;
    const Fault fault = skip_gateway(type);
    return fault == Fault::none ? skip(left()) : fault;
  }

  Fault skip_amtrelay() {
    if (left() < 2) return Fault::past_end;
    const int type = octet(1) & 0x7f;
    at_ += 2;
    return skip_gateway(type);
  }

  /// RFC 8005 section 5: a tag and a key, each not empty, then rendezvous servers.
  Fault skip_hip() {
    if (left() < 4) return Fault::past_end;
    const std::size_t tag = octet(0);
    const std::size_t key = read_u16(&message_[at_ + 2]);
    if (tag == 0 || key == 0) return Fault::empty_field;
    at_ += 4;
    Fault fault = skip(tag + key);
    while (fault == Fault::none && left() != 0) fault = skip_plain_name();
    return fault;
  }

  /// RFC 1876 section 2: version 0 has 16 octets.
  Fault skip_location() {
    if (left() == 0) return Fault::past_end;
    return octet(0) == 0 ? skip(16) : Fault::location_version;
  }

  std::span<const std::uint8_t> message_;
  std::size_t at_;
  std::size_t end_;
  Compression compression_;
  std::size_t tail_ = at_;
  std::size_t head_size_ = 0;
  std::array<std::uint8_t, kHeadRoom> head_;  // the first head_size_ are set
};

}  // namespace

bool has_known_form(RRType type, RRClass rrclass) {
  return !form_of(type, rrclass).empty();
}

Fault decode_rdata(std::span<const std::uint8_t> message, std::size_t begin, std::size_t end,
                   RRType type, RRClass rrclass, Bytes& rdata) {
  assert(begin <= end && end <= message.size());
  const std::string_view form = form_of(type, rrclass);
  const std::uint8_t* const octets = message.data();
  if (form.empty()) {
    rdata.assign(octets + begin, octets + end);
    return Fault::none;
  }
  FormWalk walk(message, begin, end, Compression::accepted);
  const Fault fault = walk.walk(form);
  if (fault != Fault::none) return fault;
  const std::span<const std::uint8_t> head = walk.head();
  const std::size_t tail = walk.tail();
  rdata.reserve(head.size() + (end - tail));
  rdata.assign(head.begin(), head.end());
  rdata.insert(rdata.end(), octets + tail, octets + end);
  return Fault::none;
}

Fault check_rdata(RRType type, std::span<const std::uint8_t> rdata) {
  FormWalk walk(rdata, 0, rdata.size(), Compression::refused);
  const std::string_view form = form_of(type, RRClass::in);
  return form.empty() ? Fault::none : walk.walk(form);
}

}  // namespace dns::wire
