#include "exporter/list_checks.hpp"

#include <algorithm>
#include <sstream>

#include <nlohmann/json.hpp>

#include "checks/catalogue.hpp"
#include "checks/documentation.hpp"

namespace exporter {

std::string checks_table() {
  std::size_t widest = 0;
  for (const checks::Check& check : checks::catalogue()) {
    widest = std::max(widest, check.id.size());
  }
  std::ostringstream out;
  std::string_view group;
  for (const checks::Check& check : checks::catalogue()) {
    const std::string_view its_group = checks::to_text(check.group);
    if (its_group != group) {
      out << (group.empty() ? "" : "\n") << its_group << '\n';
      group = its_group;
    }
    constexpr std::size_t kSeverityWidth = 8;
    const std::string_view severity = checks::to_text(check.severity);
    out << "  " << check.id << std::string(widest - check.id.size() + 2, ' ') << severity
        << std::string(kSeverityWidth - std::min(kSeverityWidth, severity.size()) + 2, ' ')
        << check.title << '\n';
  }
  return out.str();
}

std::string checks_json() {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const checks::Check& check : checks::catalogue()) {
    list.push_back({{"check", check.id},
                    {"group", checks::to_text(check.group)},
                    {"severity", checks::to_text(check.severity)},
                    {"title", check.title},
                    {"reference", check.reference}});
  }
  return list.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace exporter
