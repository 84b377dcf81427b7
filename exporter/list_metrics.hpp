// docs/metrics.md, made from what is exported. Pure.
#pragma once

#include <string>

namespace exporter {

/// docs/metrics.md: the families of zones, of the exporter itself and of /probe, with types and
/// labels.
std::string metrics_markdown();

}  // namespace exporter
