// The page /metrics: the families of the store, kept per version of the store, and the exporter's
// own, fresh each time.
//
// set_settings() and settings() may be called from any thread; everything else belongs to the HTTP
// thread, also the end of a Body: memory of a page is used again when its last Body is gone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/time.hpp"
#include "exporter/exposition.hpp"
#include "exporter/gzip.hpp"
#include "exporter/metrics_settings.hpp"
#include "exporter/own_metrics.hpp"
#include "exporter/store.hpp"

namespace exporter {

/// The body of a response in pieces. Each piece keeps alive what it points into.
struct Body {
  struct Piece {
    std::shared_ptr<const void> owner;
    std::string_view text;
  };
  std::vector<Piece> pieces;

  static Body of(std::string text);
  void add(std::string text);
  std::size_t size() const;
};

class MetricsPage {
 public:
  /// All must outlive this object.
  MetricsPage(const ReportStore& store, const OwnMetrics& own, const dns::Clock& clock,
              MetricsSettings settings);

  void set_settings(MetricsSettings settings);
  MetricsSettings settings() const;

  /// The page as of now, compressed when `gzip`. Nothing when too many slow clients still read
  /// older pages: each of them holds megabytes.
  std::optional<Body> render(bool gzip);

  /// Families of one zone's report alone, for /probe.
  std::string render_zone(std::shared_ptr<const checks::ZoneReport> report);

  /// Pages that may be held by slow clients at a time.
  static constexpr std::size_t kMaxPages = 8;

 private:
  /// The part of a page that comes from one version of the store.
  struct Page {
    std::uint64_t version = 0;
    MetricsSettings settings;
    dns::WallTime made{};
    std::optional<dns::WallTime> good_until;  ///< the next zone becomes stale after this
    ZoneStates states;
    TextBuffer text;
    std::optional<GzipPiece> compressed;
  };

  bool is_current(const Page& page, const MetricsSettings& settings, dns::WallTime now) const;
  std::shared_ptr<Page> current_page();
  std::shared_ptr<Page> free_page();

  const ReportStore& store_;
  const OwnMetrics& own_;
  const dns::Clock& clock_;
  mutable std::mutex settings_mutex_;
  MetricsSettings settings_;
  ExpositionWriter writer_;
  std::vector<std::shared_ptr<Page>> pages_;  ///< the current one is last
};

}  // namespace exporter
