// What a zone's configuration says about judging: limits, expectations, and which checks count.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checks/report.hpp"
#include "dns/rdata.hpp"

namespace checks {

enum class SerialCompare : std::uint8_t { all, group, off };

/// Limits in seconds. Each is exported as dnszone_zone_threshold_seconds{threshold="..."} and set
/// in the config under the same name; thresholds() is the table of them.
struct Thresholds {
  double serial_drift = 3600;            ///< a server may lag this long behind the newest serial
  double rrsig_expiry_warning = 259200;  ///< 3 days
  double rrsig_expiry_critical = 86400;  ///< 24 hours
  double response_time_udp = 0.5;        ///< ICANN registry agreement, specification 10
  double response_time_tcp = 1.5;
  double dead_listed = 604800;      ///< a nameserver dead this long should be removed
  double propagation = 3600;        ///< first to last server with a new serial
  double rollover_stuck = 2592000;  ///< 30 days: a key rollover should be over
  double cds_pending = 604800;      ///< 7 days: a parent that follows CDS records has done so
  double update_age = 0;            ///< a zone without a new serial for longer; 0: no limit
};

struct ThresholdRow {
  std::string_view name;
  double Thresholds::*value;
  std::string_view help;
};
std::span<const ThresholdRow> thresholds();

/// Which findings count and at which severity. Ids and groups name rows of the catalogue.
struct CheckSelection {
  std::set<std::string, std::less<>> disabled;
  std::map<std::string, Severity, std::less<>> severity;
};

struct ZoneSettings {
  Thresholds thresholds;
  CheckSelection selection;
  SerialCompare serial_compare = SerialCompare::all;
  /// For `group`: servers by nameserver name; each list is compared within itself.
  std::vector<std::vector<dns::Name>> serial_groups;
  std::vector<dns::Name> expected_nameservers;  ///< empty: no expectation
  /// DS RDATA, sorted, without repeats; nothing: no expectation, empty: no DS is expected.
  std::optional<std::vector<dns::Bytes>> expected_ds;
  dns::Duration interval{};  ///< zero for one-shot surveys
  /// False for one-shot surveys: nothing is softened for being the first failing round.
  bool three_rounds_rule = true;
};

}  // namespace checks
