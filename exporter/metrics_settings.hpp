// What the configuration says about the metrics page: the vantage label and how much detail is
// exported. A plain value.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace exporter {

/// `metrics.detail`: bounds the number of series.
enum class MetricsDetail : std::uint8_t {
  full,    ///< every family, per server and transport
  server,  ///< per server; a server's transports are folded to the worse one
  zone,    ///< per zone only
};

/// "full", "server", "zone".
std::string_view to_text(MetricsDetail detail);
/// Nothing for another text; the case counts.
std::optional<MetricsDetail> metrics_detail_from_text(std::string_view text);

struct MetricsSettings {
  MetricsDetail detail = MetricsDetail::full;
  /// Value of the label `vantage` on every dnszone_ series; empty: no such label.
  std::string vantage;

  friend bool operator==(const MetricsSettings&, const MetricsSettings&) = default;
};

}  // namespace exporter
