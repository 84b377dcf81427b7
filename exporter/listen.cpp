#include "exporter/listen.hpp"

#include <array>

namespace exporter {

dns::Endpoint default_listen_endpoint() {
  constexpr std::array<std::uint8_t, 16> kUnspecified{};
  // Sixteen octets are an address, whatever they are.
  return {dns::IpAddress::from_octets(kUnspecified).value(), kDefaultPort};
}

}  // namespace exporter
