// IP addresses, endpoints and prefixes as plain values, and the policy that says which addresses
// may be asked at all. Addresses come from other people's zones: nothing is sent to a
// special-purpose address unless the configuration allows it. All types are values; AddressPolicy
// is immutable.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dns/codes.hpp"
#include "dns/result.hpp"

namespace dns {

class IpAddress {
 public:
  /// 0.0.0.0
  IpAddress() = default;
  /// Dotted quad, or IPv6 as RFC 4291 section 2.2; no zone index, no brackets, no port.
  static Result<IpAddress> from_text(std::string_view text);
  /// 4 or 16 octets in network order, as in A and AAAA RDATA. Fails on another length.
  static Result<IpAddress> from_octets(std::span<const std::uint8_t> octets);

  Family family() const { return family_; }
  std::span<const std::uint8_t> octets() const {
    return {octets_.data(), family_ == Family::ipv4 ? 4U : 16U};
  }
  /// RFC 5952 form for IPv6.
  std::string to_text() const;

  friend auto operator<=>(const IpAddress&, const IpAddress&) = default;

 private:
  Family family_ = Family::ipv4;
  std::array<std::uint8_t, 16> octets_{};
};

struct Endpoint {
  IpAddress address;
  std::uint16_t port = 53;

  /// "192.0.2.1:53", "[2001:db8::1]:53"
  std::string to_text() const;
  friend auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

/// "ADDR:PORT", "[V6]:PORT", or an address alone, which takes `default_port`.
Result<Endpoint> endpoint_from_text(std::string_view text, std::uint16_t default_port);

class Prefix {
 public:
  /// CIDR notation; an address alone is a host prefix. Fails when host bits are set.
  static Result<Prefix> from_text(std::string_view text);
  bool contains(const IpAddress& address) const;
  int length() const { return length_; }
  std::string to_text() const;
  friend auto operator<=>(const Prefix&, const Prefix&) = default;

 private:
  IpAddress base_;
  int length_ = 0;
};

/// Which addresses packets may go to: everything globally reachable, and what `allow` names.
class AddressPolicy {
 public:
  AddressPolicy() = default;
  explicit AddressPolicy(std::vector<Prefix> allow) : allow_(std::move(allow)) {}

  bool may_ask(const IpAddress& address) const;

 private:
  std::vector<Prefix> allow_;
};

/// The registered purpose of a special-purpose address that is not globally reachable
/// (IANA IPv4/IPv6 Special-Purpose Address Registries, RFC 6890; multicast), such as "Loopback" or
/// "Documentation (TEST-NET-1)". Empty when the address is an ordinary global unicast one.
std::string_view special_purpose(const IpAddress& address);

}  // namespace dns

template <>
struct std::hash<dns::IpAddress> {
  std::size_t operator()(const dns::IpAddress& address) const noexcept;
};
template <>
struct std::hash<dns::Endpoint> {
  std::size_t operator()(const dns::Endpoint& endpoint) const noexcept;
};
