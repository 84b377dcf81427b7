// Moments as people write them on the command line. Pure.
#pragma once

#include <optional>
#include <string_view>

#include "dns/time.hpp"

namespace exporter {

/// RFC 3339 section 5.6, such as "2026-11-22T16:00:00Z" or "2026-11-22T18:30:00.5+02:30". Fractions
/// beyond milliseconds are cut; a leap second is read as the second after it. Nothing for other
/// text and for dates that do not exist.
std::optional<dns::WallTime> time_from_rfc3339(std::string_view text);

}  // namespace exporter
