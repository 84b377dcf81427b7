// The process_* families that every Prometheus exporter has, read from /proc. Thread-safe; what
// cannot be read is absent.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <prometheus/metric_family.h>

namespace exporter {

/// What is used of /proc/PID/stat (proc(5)).
struct ProcessStat {
  double cpu_seconds = 0;  ///< user and system
  double start_seconds_after_boot = 0;
  double threads = 0;
  double virtual_bytes = 0;
  double resident_bytes = 0;
};

/// Reads the text of /proc/PID/stat, whose times count in `ticks_per_second` and whose resident
/// size in `page_bytes`. Nothing when it is not such a text.
std::optional<ProcessStat> parse_process_stat(std::string_view text, long ticks_per_second,
                                              long page_bytes);

/// Reads the boot time from the text of /proc/stat, in seconds since 1970. Nothing without one.
std::optional<double> parse_boot_time(std::string_view text);

/// process_* of this process, as of now.
std::vector<prometheus::MetricFamily> collect_process_metrics();

}  // namespace exporter
