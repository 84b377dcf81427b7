// What a scrape costs: 100,000 samples written by the streaming writer, the same families through
// the Collectable and prometheus-cpp's own serializer, and gzip.
#include <algorithm>

#include <benchmark/benchmark.h>
#include <prometheus/text_serializer.h>

#include "exporter/collectable.hpp"
#include "exporter/exposition.hpp"
#include "exporter/gzip.hpp"
#include "tests/unit/web_fixtures.hpp"

namespace {

constexpr std::size_t kZones =
    385;  // of 13 servers with 20 samples each: 100,100 and some per zone
constexpr std::size_t kServers = 13;

const exporter::ReportStore& store() {
  static exporter::ReportStore filled;
  static const bool once = [] {
    std::vector<std::shared_ptr<const checks::ZoneReport>> reports;
    for (std::size_t i = 0; i < kZones; ++i) {
      const std::string zone = "zone" + std::to_string(i) + ".example";
      reports.push_back(web_test::shared(web_test::large_report(zone, kServers)));
    }
    web_test::fill(filled, reports);
    return true;
  }();
  static_cast<void>(once);
  return filled;
}

void count_samples(benchmark::State& state, std::string_view text) {
  const auto lines = std::count(text.begin(), text.end(), '\n');
  const auto comments = std::count(text.begin(), text.end(), '#');
  state.counters["samples"] = static_cast<double>(lines - comments);
  state.counters["bytes"] = static_cast<double>(text.size());
}

/// From the store to the text, as a scrape does that comes after a change.
void streaming_writer(benchmark::State& state) {
  exporter::ExpositionWriter writer;
  exporter::TextBuffer out;
  for (auto _ : state) {
    out.clear();
    const auto zones = store().snapshot();
    writer.write(exporter::zone_sources(zones, web_test::kNow), {}, out);
    benchmark::DoNotOptimize(out.text().data());
  }
  count_samples(state, out.text());
}
BENCHMARK(streaming_writer)->Unit(benchmark::kMillisecond);

void collectable_and_text_serializer(benchmark::State& state) {
  const web_test::StillClock clock;
  const exporter::ZoneCollectable collectable(store(), {}, clock);
  const prometheus::TextSerializer serializer;
  std::string text;
  for (auto _ : state) {
    text = serializer.Serialize(collectable.Collect());
    benchmark::DoNotOptimize(text.data());
  }
  count_samples(state, text);
}
BENCHMARK(collectable_and_text_serializer)->Unit(benchmark::kMillisecond);

void gzip_level_1(benchmark::State& state) {
  exporter::ExpositionWriter writer;
  exporter::TextBuffer out;
  writer.write(exporter::zone_sources(store().snapshot(), web_test::kNow), {}, out);
  std::size_t packed = 0;
  for (auto _ : state) packed = exporter::gzip_piece(out.text()).blocks.size();
  state.counters["bytes"] = static_cast<double>(packed);
}
BENCHMARK(gzip_level_1)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
