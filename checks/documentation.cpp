#include "checks/documentation.hpp"

#include <array>
#include <string_view>

#include "checks/catalogue.hpp"
#include "checks/metrics.hpp"
#include "checks/report.hpp"
#include "checks/settings.hpp"

namespace checks {

namespace {

constexpr std::string_view kGenerated =
    "<!-- Made from the code by tests/regenerate_docs.py; edits belong into checks/. -->\n\n";

constexpr std::array kGroups{Group::delegation, Group::address,     Group::connectivity,
                             Group::transport,  Group::consistency, Group::zone,
                             Group::denial,     Group::dnssec,      Group::resolver};

bool has_checks(Group group) {
  for (const Check& check : catalogue()) {
    if (check.group == group) return true;
  }
  return false;
}

std::string check_entry(const Check& check) {
  std::string text = "### " + std::string(check.id) + "\n\n";
  text += std::string(check.title) + ".\n\n";
  text += std::string(check.meaning) + "\n\n";
  text += "Worst severity: **" + std::string(to_text(check.severity)) + "**";
  if (check.reachability) text += ", from the third failing round on; a notice before";
  text += ". Reference: " + std::string(check.reference) + ".\n\n";
  return text;
}

std::string labels_of(const MetricRow& row) {
  std::string labels = row.shape == Shape::ancestor ? "ancestor" : "zone";
  switch (row.shape) {
    case Shape::zone:
    case Shape::ancestor:
      break;
    case Shape::nameserver:
      labels += ", nameserver";
      break;
    case Shape::zone_family:
      labels += ", family";
      break;
    case Shape::zone_family_transport:
      labels += ", family, transport";
      break;
    case Shape::nameserver_family:
      labels += ", nameserver, family";
      break;
    case Shape::server:
      labels += ", nameserver, address, family";
      break;
    case Shape::server_transport:
      labels += ", nameserver, address, family, transport";
      break;
    case Shape::zone_resolver:
      labels += ", resolver";
      break;
    case Shape::finding:
      labels += ", nameserver, address, family, transport, check, severity";
      break;
  }
  if (!row.extra.empty()) labels += ", " + std::string(row.extra);
  return labels;
}

}  // namespace

std::string checks_page() {
  std::string page = "# Checks\n\n";
  page += kGenerated;
  page +=
      "What dnszone_exporter looks for in a zone. Each check has a stable id, which is the label "
      "`check` of `dnszone_finding` and the name by which the configuration disables it or sets "
      "its severity ([configuration.md](configuration.md)); the name of a group stands for all of "
      "its checks.\n\n"
      "Severities: **critical**, a class of users cannot resolve the zone; **error**, something is "
      "broken on one or more servers; **warning**, a risk or a fault that most tolerate; "
      "**notice**, advice or a pointer to the cause; **info**, state. A reachability finding is a "
      "notice in its first two failing rounds, so that one lost round is no outage; the one-shot "
      "`check` asks failed questions again instead.\n\n";
  for (const Group group : kGroups) {
    if (!has_checks(group)) continue;
    page += "## " + std::string(to_text(group)) + "\n\n";
    for (const Check& check : catalogue()) {
      if (check.group == group) page += check_entry(check);
    }
  }
  page.pop_back();
  return page;
}

std::string metrics_page() {
  std::string page = "# Metrics\n\n";
  page += kGenerated;
  page +=
      "Every `dnszone_` family that describes zones. All values are those of the zone's last "
      "survey; one that could not be determined is absent, and 0 is a proven nothing. `zone` and "
      "`nameserver` are lower case without the final dot (the root is `.`), `family` is `ipv4` or "
      "`ipv6` (`any` where both count together), `transport` is `udp` or `tcp`. With "
      "`vantage.name` in the configuration every series also has the label `vantage`. Names "
      "may not be stable until version 1.0; the changelog lists every change.\n\n";
  for (const MetricRow& row : metrics()) {
    page += "## " + std::string(row.name) + "\n\n";
    page += std::string(row.type == MetricType::counter ? "Counter" : "Gauge");
    page += ", labels: " + labels_of(row) + ".\n\n";
    page += std::string(row.help) + "\n\n";
  }
  page +=
      "## Thresholds\n\nValues of the label `threshold` of `dnszone_zone_threshold_seconds`; "
      "the configuration sets them under the same names.\n\n"
      "| threshold | default | meaning |\n|---|---|---|\n";
  const Thresholds defaults;
  for (const ThresholdRow& row : thresholds()) {
    std::string value = std::to_string(defaults.*row.value);
    value.erase(value.find_last_not_of('0') + 1);
    if (value.back() == '.') value.pop_back();
    page += "| " + std::string(row.name) + " | " + value + " | " + std::string(row.help) + " |\n";
  }
  page += "| interval | | The zone's survey interval; not a limit. |\n";
  return page;
}

}  // namespace checks
