#include "exporter/metrics_settings.hpp"

#include <array>
#include <utility>

namespace exporter {
namespace {

constexpr std::array<std::pair<std::string_view, MetricsDetail>, 3> kDetails{{
    {"full", MetricsDetail::full},
    {"server", MetricsDetail::server},
    {"zone", MetricsDetail::zone},
}};

}  // namespace

std::string_view to_text(MetricsDetail detail) {
  for (const auto& [text, value] : kDetails) {
    if (value == detail) return text;
  }
  return {};
}

std::optional<MetricsDetail> metrics_detail_from_text(std::string_view text) {
  for (const auto& [name, value] : kDetails) {
    if (name == text) return value;
  }
  return std::nullopt;
}

}  // namespace exporter
