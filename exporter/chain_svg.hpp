// The chain of trust as a picture for the zone page: an inline SVG drawn with the colours of
// page_style.hpp, light and dark. Shapes, lines, signs and words say everything that colours say.
// All text is escaped, and the size is bounded by the bounds of checks/chain_report.hpp. A pure
// function.
#pragma once

#include <string>

#include "checks/report.hpp"

namespace exporter {

/// An element `svg` with a title and a description for those who cannot see it; empty for a report
/// without a chain.
std::string render_chain_svg(const checks::ZoneReport& report);

}  // namespace exporter
