// Writes the dnszone_ families of the store as Prometheus text. Labels are rendered once per zone,
// nameserver and server and then only copied, since a server's labels stand on some twenty lines.
//
// Not thread-safe: one writer belongs to one thread, and keeps its memory from page to page.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "exporter/exposition_text.hpp"
#include "exporter/metrics_settings.hpp"
#include "exporter/samples.hpp"

namespace exporter {

class ExpositionWriter {
 public:
  ExpositionWriter();
  ~ExpositionWriter();
  ExpositionWriter(const ExpositionWriter&) = delete;
  ExpositionWriter& operator=(const ExpositionWriter&) = delete;

  /// Appends all families of `sources` to `out`: in the order of checks::metrics(), HELP and TYPE
  /// once each, every series once.
  void write(std::span<const ZoneSource> sources, const MetricsSettings& settings, TextBuffer& out);

 private:
  class Sink;
  std::unique_ptr<Sink> sink_;
};

}  // namespace exporter
