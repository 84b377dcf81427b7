#include "dns/rdata.hpp"

#include <algorithm>
#include <chrono>

#include "dns/wire.hpp"

namespace dns {
namespace {

using wire::read_u16;
using wire::read_u32;

constexpr std::int64_t kSerialSpace = std::int64_t{1} << 32;
constexpr std::int64_t kHalfSerialSpace = kSerialSpace / 2;

std::optional<Name> read_name(std::span<const std::uint8_t> rdata, std::size_t& at) {
  wire::DecodedName name;
  const wire::Fault fault =
      wire::decode_name(rdata, at, rdata.size(), wire::Compression::refused, name);
  if (fault != wire::Fault::none) return std::nullopt;
  return wire::name_from_checked(name.view());
}

Bytes copy(std::span<const std::uint8_t> octets) {
  return {octets.begin(), octets.end()};
}

}  // namespace

std::optional<Soa> parse_soa(std::span<const std::uint8_t> rdata) {
  constexpr std::size_t kNumbers = 20;
  std::size_t at = 0;
  std::optional<Name> mname = read_name(rdata, at);
  if (!mname) return std::nullopt;
  std::optional<Name> rname = read_name(rdata, at);
  if (!rname || rdata.size() - at != kNumbers) return std::nullopt;
  const std::uint8_t* const numbers = rdata.data() + at;
  Soa soa;
  soa.mname = *std::move(mname);
  soa.rname = *std::move(rname);
  soa.serial = read_u32(numbers);
  soa.refresh = read_u32(numbers + 4);
  soa.retry = read_u32(numbers + 8);
  soa.expire = read_u32(numbers + 12);
  soa.minimum = read_u32(numbers + 16);
  return soa;
}

std::optional<Rrsig> parse_rrsig(std::span<const std::uint8_t> rdata) {
  constexpr std::size_t kFixed = 18;
  if (rdata.size() < kFixed) return std::nullopt;
  std::size_t at = kFixed;
  std::optional<Name> signer = read_name(rdata, at);
  if (!signer || at == rdata.size()) return std::nullopt;
  const std::uint8_t* const fixed = rdata.data();
  Rrsig rrsig;
  rrsig.type_covered = static_cast<RRType>(read_u16(fixed));
  rrsig.algorithm = fixed[2];
  rrsig.labels = fixed[3];
  rrsig.original_ttl = read_u32(fixed + 4);
  rrsig.expiration = read_u32(fixed + 8);
  rrsig.inception = read_u32(fixed + 12);
  rrsig.key_tag = read_u16(fixed + 16);
  rrsig.signer = *std::move(signer);
  rrsig.signature = copy(rdata.subspan(at));
  return rrsig;
}

std::optional<Dnskey> parse_dnskey(std::span<const std::uint8_t> rdata) {
  constexpr std::size_t kFixed = 4;
  if (rdata.size() < kFixed) return std::nullopt;
  return Dnskey{read_u16(rdata.data()), rdata[2], rdata[3], copy(rdata.subspan(kFixed))};
}

std::optional<Ds> parse_ds(std::span<const std::uint8_t> rdata) {
  constexpr std::size_t kFixed = 4;
  if (rdata.size() <= kFixed) return std::nullopt;
  return Ds{read_u16(rdata.data()), rdata[2], rdata[3], copy(rdata.subspan(kFixed))};
}

std::optional<Dsync> parse_dsync(std::span<const std::uint8_t> rdata) {
  constexpr std::size_t kFixed = 5;
  if (rdata.size() <= kFixed) return std::nullopt;
  std::size_t at = kFixed;
  std::optional<Name> target = read_name(rdata, at);
  if (!target || at != rdata.size()) return std::nullopt;
  return Dsync{static_cast<RRType>(read_u16(rdata.data())), rdata[2], read_u16(rdata.data() + 3),
               *std::move(target)};
}

std::optional<Name> parse_name_rdata(std::span<const std::uint8_t> rdata) {
  std::size_t at = 0;
  std::optional<Name> name = read_name(rdata, at);
  return at == rdata.size() ? name : std::nullopt;
}

std::optional<IpAddress> parse_address(RRType type, std::span<const std::uint8_t> rdata) {
  const bool right_length =
      (type == RRType::a && rdata.size() == 4) || (type == RRType::aaaa && rdata.size() == 16);
  if (!right_length) return std::nullopt;
  return *IpAddress::from_octets(rdata);
}

std::uint16_t key_tag(std::span<const std::uint8_t> dnskey_rdata) {
  // RFC 4034 appendix B.1: with algorithm 1 (RSA/MD5) the tag is taken from the end of the modulus.
  constexpr std::uint8_t kRsaMd5 = 1;
  const std::size_t size = dnskey_rdata.size();
  if (size >= 4 && dnskey_rdata[3] == kRsaMd5) {
    return size < 7 ? std::uint16_t{0} : read_u16(dnskey_rdata.data() + size - 3);
  }
  std::uint32_t sum = 0;  // RDATA has at most 65,535 octets: no overflow
  for (std::size_t i = 0; i < size; ++i) {
    sum += i % 2 == 0 ? static_cast<std::uint32_t>(dnskey_rdata[i]) << 8 : dnskey_rdata[i];
  }
  sum += sum >> 16 & 0xffff;
  return static_cast<std::uint16_t>(sum & 0xffff);
}

std::int64_t serial_distance(std::uint32_t from, std::uint32_t to) {
  const std::int64_t ahead = static_cast<std::uint32_t>(to - from);
  return ahead <= kHalfSerialSpace ? ahead : ahead - kSerialSpace;
}

std::int64_t signature_time(std::uint32_t date, std::int64_t now_seconds) {
  return now_seconds + serial_distance(static_cast<std::uint32_t>(now_seconds), date);
}

}  // namespace dns
