// Where the exporter listens unless told otherwise. Constants only.
#pragma once

#include <cstdint>

#include "dns/address.hpp"

namespace exporter {

/// 9100 to 9999 are all taken by other exporters.
inline constexpr std::uint16_t kDefaultPort = 10053;

/// [::]:10053, which also takes IPv4.
dns::Endpoint default_listen_endpoint();

}  // namespace exporter
