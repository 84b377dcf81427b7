#include "exporter/process_metrics.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

#include <sys/resource.h>
#include <unistd.h>

namespace exporter {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

/// More than /proc/self/stat and the head of /proc/stat ever need.
constexpr std::size_t kMaxFileBytes = 1 << 20;

std::string read_file(const char* path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::array<char, 4096> block{};
  while (file && text.size() < kMaxFileBytes) {
    file.read(block.data(), static_cast<std::streamsize>(block.size()));
    text.append(block.data(), static_cast<std::size_t>(file.gcount()));
  }
  return text;
}

std::optional<double> number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The words of `text` between blanks and line ends.
std::vector<std::string_view> words(std::string_view text) {
  constexpr std::string_view kBlank = " \n";
  std::vector<std::string_view> found;
  std::size_t at = text.find_first_not_of(kBlank);
  while (at != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(kBlank, at), text.size());
    found.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(kBlank, end);
  }
  return found;
}

std::optional<double> open_descriptors() {
  std::error_code error;
  const std::filesystem::directory_iterator begin("/proc/self/fd", error);
  if (error) return std::nullopt;
  const auto count = std::distance(begin, std::filesystem::directory_iterator{});
  return static_cast<double>(count - 1);  // without the one that was open for counting
}

std::optional<double> max_descriptors() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
    return std::nullopt;
  }
  return static_cast<double>(limit.rlim_cur);
}

void add(std::vector<MetricFamily>& families, MetricType type, const char* name, const char* help,
         std::optional<double> value) {
  if (!value) return;
  prometheus::ClientMetric metric;
  if (type == MetricType::Counter) {
    metric.counter.value = *value;
  } else {
    metric.gauge.value = *value;
  }
  families.push_back({name, help, type, {metric}});
}

}  // namespace

std::optional<ProcessStat> parse_process_stat(std::string_view text, long ticks_per_second,
                                              long page_bytes) {
  // Field 2 is the command in parentheses, which may itself hold spaces and parentheses.
  const std::size_t command_end = text.rfind(')');
  if (command_end == std::string_view::npos || ticks_per_second <= 0) return std::nullopt;
  const auto fields = words(text.substr(command_end + 1));
  constexpr std::size_t kFirst = 3;  // number in proc(5) of the first field after the command
  const auto field = [&fields](std::size_t proc_number) -> std::optional<double> {
    const std::size_t index = proc_number - kFirst;
    return index < fields.size() ? number(fields[index]) : std::nullopt;
  };
  const auto user = field(14);
  const auto system = field(15);
  const auto threads = field(20);
  const auto start = field(22);
  const auto virtual_bytes = field(23);
  const auto resident_pages = field(24);
  if (!user || !system || !threads || !start || !virtual_bytes || !resident_pages) {
    return std::nullopt;
  }
  const auto ticks = static_cast<double>(ticks_per_second);
  return ProcessStat{(*user + *system) / ticks, *start / ticks, *threads, *virtual_bytes,
                     *resident_pages * static_cast<double>(page_bytes)};
}

std::optional<double> parse_boot_time(std::string_view text) {
  constexpr std::string_view kKey = "\nbtime ";
  const std::size_t at = text.find(kKey);
  if (at == std::string_view::npos) return std::nullopt;
  const std::string_view rest = text.substr(at + kKey.size());
  return number(rest.substr(0, rest.find('\n')));
}

std::vector<MetricFamily> collect_process_metrics() {
  std::vector<MetricFamily> families;
  const auto stat =
      parse_process_stat(read_file("/proc/self/stat"), sysconf(_SC_CLK_TCK), sysconf(_SC_PAGESIZE));
  if (stat) {
    const auto boot = parse_boot_time(read_file("/proc/stat"));
    add(families, MetricType::Counter, "process_cpu_seconds_total",
        "User and system CPU time spent, in seconds.", stat->cpu_seconds);
    add(families, MetricType::Gauge, "process_start_time_seconds",
        "Start time of the process, in seconds since 1970.",
        boot ? std::optional(*boot + stat->start_seconds_after_boot) : std::nullopt);
    add(families, MetricType::Gauge, "process_virtual_memory_bytes",
        "Size of the virtual memory, in bytes.", stat->virtual_bytes);
    add(families, MetricType::Gauge, "process_resident_memory_bytes",
        "Size of the resident memory, in bytes.", stat->resident_bytes);
    add(families, MetricType::Gauge, "process_threads", "Threads of the process.", stat->threads);
  }
  add(families, MetricType::Gauge, "process_open_fds", "Open file descriptors.",
      open_descriptors());
  add(families, MetricType::Gauge, "process_max_fds", "Limit of open file descriptors.",
      max_descriptors());
  return families;
}

}  // namespace exporter
