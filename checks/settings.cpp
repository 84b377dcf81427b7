#include "checks/settings.hpp"

#include <array>

namespace checks {

std::span<const ThresholdRow> thresholds() {
  static constexpr std::array<ThresholdRow, 10> kRows{{
      {"serial_drift", &Thresholds::serial_drift,
       "How long a server may serve an older serial than the newest one."},
      {"rrsig_expiry_warning", &Thresholds::rrsig_expiry_warning,
       "Signature time left below which it is a warning; a quarter of its lifetime if that is "
       "less."},
      {"rrsig_expiry_critical", &Thresholds::rrsig_expiry_critical,
       "Signature time left below which it is critical; a tenth of its lifetime if that is less."},
      {"response_time_udp", &Thresholds::response_time_udp,
       "Longest good response time over UDP (ICANN registry agreement, specification 10)."},
      {"response_time_tcp", &Thresholds::response_time_tcp,
       "Longest good response time over TCP with the connect (the same specification)."},
      {"dead_listed", &Thresholds::dead_listed,
       "How long a listed nameserver may fail before it should be removed from the NS sets."},
      {"propagation", &Thresholds::propagation,
       "How long a new serial may take from the first server to the last."},
      {"rollover_stuck", &Thresholds::rollover_stuck,
       "How long one state of a key rollover may last before it is a warning."},
      {"cds_pending", &Thresholds::cds_pending,
       "How long the DS records at the parent may differ from what CDS and CDNSKEY ask for."},
      {"update_age", &Thresholds::update_age,
       "How long the zone may go without a new serial; 0 for no limit, which exports none."},
  }};
  return kRows;
}

}  // namespace checks
