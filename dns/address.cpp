#include "dns/address.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>

#include <arpa/inet.h>

#include "dns/quote.hpp"

namespace dns {
namespace {

/// The longest text inet_pton(3) accepts, and more than inet_ntop(3) writes.
constexpr std::size_t kMaxAddressText = INET6_ADDRSTRLEN;

/// A whole decimal number of at most `digits` digits and at most `max`.
std::optional<int> read_number(std::string_view text, std::size_t digits, int max) {
  if (text.empty() || text.size() > digits) return std::nullopt;
  if (text[0] < '0' || text[0] > '9') return std::nullopt;
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number > max) return std::nullopt;
  return number;
}

bool matches(std::span<const std::uint8_t> address, std::span<const std::uint8_t> base,
             int length) {
  const auto whole = static_cast<std::size_t>(length / 8);
  if (!std::equal(base.begin(), base.begin() + static_cast<std::ptrdiff_t>(whole),
                  address.begin())) {
    return false;
  }
  const int rest = length % 8;
  if (rest == 0) return true;
  const int mask = 0xff << (8 - rest) & 0xff;
  return (address[whole] & mask) == (base[whole] & mask);
}

/// One row of a special-purpose registry. An empty purpose marks a block that is globally reachable
/// although it lies in a larger one that is not.
struct SpecialBlock {
  std::array<std::uint8_t, 16> base;
  int length;
  std::string_view purpose;
};

// IANA IPv4 Special-Purpose Address Registry; the first match counts, so narrow blocks come first.
// 192.31.196.0/24, 192.52.193.0/24 and 192.175.48.0/24 are registered as globally reachable and so
// do not appear.
constexpr auto kSpecialIpv4 = std::to_array<SpecialBlock>({
    {{0}, 32, "Unspecified"},
    {{0}, 8, "\"This network\""},
    {{10}, 8, "Private-Use"},
    {{100, 64}, 10, "Shared Address Space"},
    {{127}, 8, "Loopback"},
    {{169, 254}, 16, "Link Local"},
    {{172, 16}, 12, "Private-Use"},
    {{192, 0, 0, 9}, 32, ""},   // Port Control Protocol Anycast, RFC 7723
    {{192, 0, 0, 10}, 32, ""},  // TURN Anycast, RFC 8155
    {{192, 0, 0, 0}, 29, "IPv4 Service Continuity Prefix"},
    {{192, 0, 0, 8}, 32, "IPv4 dummy address"},
    {{192, 0, 0, 170}, 31, "NAT64/DNS64 Discovery"},
    {{192, 0, 0, 0}, 24, "IETF Protocol Assignments"},
    {{192, 0, 2}, 24, "Documentation (TEST-NET-1)"},
    {{192, 88, 99}, 24, "Deprecated (6to4 Relay Anycast)"},
    {{192, 168}, 16, "Private-Use"},
    {{198, 18}, 15, "Benchmarking"},
    {{198, 51, 100}, 24, "Documentation (TEST-NET-2)"},
    {{203, 0, 113}, 24, "Documentation (TEST-NET-3)"},
    {{224}, 4, "Multicast"},
    {{255, 255, 255, 255}, 32, "Limited Broadcast"},
    {{240}, 4, "Reserved"},
});

// IANA IPv6 Special-Purpose Address Registry, and what lies outside 2000::/3, of which no global
// unicast address has been assigned. 64:ff9b::/96 is handled apart: it is as reachable as the IPv4
// address within it.
constexpr auto kSpecialIpv6 = std::to_array<SpecialBlock>({
    {{0}, 128, "Unspecified"},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, "Loopback"},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, "IPv4-mapped Address"},
    {{0}, 96, "Deprecated (IPv4-compatible Address)"},
    {{0, 0x64, 0xff, 0x9b, 0, 1}, 48, "IPv4-IPv6 Translat."},
    {{0x01, 0x00}, 64, "Discard-Only Address Block"},
    {{0x01, 0x00, 0, 0, 0, 0, 0, 1}, 64, "Dummy IPv6 Prefix"},
    {{0x20, 0x01, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 128, ""},  // PCP Anycast
    {{0x20, 0x01, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}, 128, ""},  // TURN Anycast
    {{0x20, 0x01, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3}, 128, ""},  // DNS-SD SRP Anycast
    {{0x20, 0x01, 0, 2, 0, 0}, 48, "Benchmarking"},
    {{0x20, 0x01, 0, 3}, 32, ""},              // AMT
    {{0x20, 0x01, 0, 4, 0x01, 0x12}, 48, ""},  // AS112-v6
    {{0x20, 0x01, 0, 0x10}, 28, "Deprecated (previously ORCHID)"},
    {{0x20, 0x01, 0, 0x20}, 28, ""},  // ORCHIDv2
    {{0x20, 0x01, 0, 0x30}, 28, ""},  // Drone Remote ID
    {{0x20, 0x01, 0, 0}, 32, "TEREDO"},
    {{0x20, 0x01, 0, 0}, 23, "IETF Protocol Assignments"},
    {{0x20, 0x01, 0x0d, 0xb8}, 32, "Documentation"},
    {{0x20, 0x02}, 16, "6to4"},
    {{0x3f, 0xff, 0}, 20, "Documentation"},
    {{0x5f, 0}, 16, "Segment Routing (SRv6) SIDs"},
    {{0xfc}, 7, "Unique-Local"},
    {{0xfe, 0x80}, 10, "Link-Local Unicast"},
    {{0xfe, 0xc0}, 10, "Deprecated (Site-Local Unicast)"},
    {{0xff}, 8, "Multicast"},
    {{0x20}, 3, ""},  // Global Unicast
    {{0}, 0, "Reserved by IETF"},
});

/// RFC 6052 section 2.1, the Well-Known Prefix.
constexpr std::array<std::uint8_t, 12> kTranslationPrefix{0, 0x64, 0xff, 0x9b};

template <std::size_t N>
std::string_view first_match(const std::array<SpecialBlock, N>& blocks,
                             std::span<const std::uint8_t> octets) {
  for (const SpecialBlock& block : blocks) {
    if (matches(octets, block.base, block.length)) return block.purpose;
  }
  return {};
}

/// FNV-1a.
std::uint64_t hash_octets(std::span<const std::uint8_t> octets) {
  std::uint64_t hash = 14695981039346656037ULL;
  for (const std::uint8_t octet : octets) hash = (hash ^ octet) * 1099511628211ULL;
  return hash;
}

}  // namespace

Result<IpAddress> IpAddress::from_text(std::string_view text) {
  char terminated[kMaxAddressText + 1] = {};
  if (text.empty() || text.size() >= kMaxAddressText || text.find('\0') != text.npos) {
    return fail(quoted(text) + " is not an IP address");
  }
  std::memcpy(terminated, text.data(), text.size());
  IpAddress address;
  if (inet_pton(AF_INET, terminated, address.octets_.data()) == 1) return address;
  address.octets_ = {};
  address.family_ = Family::ipv6;
  if (inet_pton(AF_INET6, terminated, address.octets_.data()) == 1) return address;
  return fail(quoted(text) + " is not an IP address");
}

Result<IpAddress> IpAddress::from_octets(std::span<const std::uint8_t> octets) {
  if (octets.size() != 4 && octets.size() != 16) {
    return fail("an IP address has 4 or 16 octets, not " + std::to_string(octets.size()));
  }
  IpAddress address;
  address.family_ = octets.size() == 4 ? Family::ipv4 : Family::ipv6;
  std::copy(octets.begin(), octets.end(), address.octets_.begin());
  return address;
}

std::string IpAddress::to_text() const {
  char text[kMaxAddressText] = {};
  inet_ntop(family_ == Family::ipv4 ? AF_INET : AF_INET6, octets_.data(), text, sizeof text);
  return text;
}

std::string Endpoint::to_text() const {
  const std::string host = address.to_text();
  const std::string tail = ":" + std::to_string(port);
  return address.family() == Family::ipv4 ? host + tail : "[" + host + "]" + tail;
}

Result<Endpoint> endpoint_from_text(std::string_view text, std::uint16_t default_port) {
  if (auto alone = IpAddress::from_text(text)) return Endpoint{*alone, default_port};
  std::string_view host;
  std::string_view port;
  if (!text.empty() && text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close == text.npos) return fail(quoted(text) + " has no closing bracket");
    host = text.substr(1, close - 1);
    port = text.substr(close + 1);
    if (host.find(':') == host.npos) return fail(quoted(text) + ": brackets are for IPv6");
    if (port.empty()) {
      const auto address = IpAddress::from_text(host);
      if (!address) return tl::unexpected(address.error());
      return Endpoint{*address, default_port};
    }
    if (port.front() != ':') return fail(quoted(text) + " is not ADDRESS:PORT");
    port.remove_prefix(1);
  } else {
    const std::size_t colon = text.find(':');
    if (colon == text.npos || text.find(':', colon + 1) != text.npos) {
      return fail(quoted(text) +
                  " is neither an IP address nor ADDRESS:PORT ([ADDRESS]:PORT for "
                  "IPv6)");
    }
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  const auto address = IpAddress::from_text(host);
  if (!address) return tl::unexpected(address.error());
  const std::optional<int> number = read_number(port, 5, 65535);
  if (!number) return fail("the port of " + quoted(text) + " must be a number from 0 to 65535");
  return Endpoint{*address, static_cast<std::uint16_t>(*number)};
}

Result<Prefix> Prefix::from_text(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto address = IpAddress::from_text(text.substr(0, slash));
  if (!address) return fail(quoted(text) + " is not an IP prefix (such as 192.0.2.0/24)");
  const int bits = address->family() == Family::ipv4 ? 32 : 128;
  Prefix prefix;
  prefix.base_ = *address;
  prefix.length_ = bits;
  if (slash == text.npos) return prefix;
  const std::optional<int> length = read_number(text.substr(slash + 1), 3, bits);
  if (!length) {
    return fail("the length of the prefix " + quoted(text) + " must be a number from 0 to " +
                std::to_string(bits));
  }
  prefix.length_ = *length;
  const std::span<const std::uint8_t> octets = prefix.base_.octets();
  for (int bit = *length; bit < bits; ++bit) {
    if ((octets[static_cast<std::size_t>(bit / 8)] >> (7 - bit % 8) & 1) != 0) {
      return fail("the prefix " + quoted(text) + " has bits set after its length of " +
                  std::to_string(*length));
    }
  }
  return prefix;
}

bool Prefix::contains(const IpAddress& address) const {
  return address.family() == base_.family() && matches(address.octets(), base_.octets(), length_);
}

std::string Prefix::to_text() const {
  return base_.to_text() + "/" + std::to_string(length_);
}

bool AddressPolicy::may_ask(const IpAddress& address) const {
  if (special_purpose(address).empty()) return true;
  return std::any_of(allow_.begin(), allow_.end(),
                     [&](const Prefix& prefix) { return prefix.contains(address); });
}

std::string_view special_purpose(const IpAddress& address) {
  const std::span<const std::uint8_t> octets = address.octets();
  if (address.family() == Family::ipv4) return first_match(kSpecialIpv4, octets);
  if (matches(octets, kTranslationPrefix, 96)) {
    return first_match(kSpecialIpv4, octets.subspan(kTranslationPrefix.size()));
  }
  return first_match(kSpecialIpv6, octets);
}

}  // namespace dns

std::size_t std::hash<dns::IpAddress>::operator()(const dns::IpAddress& address) const noexcept {
  return static_cast<std::size_t>(dns::hash_octets(address.octets()));
}

std::size_t std::hash<dns::Endpoint>::operator()(const dns::Endpoint& endpoint) const noexcept {
  const std::uint64_t mixed =
      (dns::hash_octets(endpoint.address.octets()) ^ endpoint.port) * 1099511628211ULL;
  return static_cast<std::size_t>(mixed ^ (mixed >> 32));
}
