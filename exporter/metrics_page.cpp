#include "exporter/metrics_page.hpp"

#include <array>
#include <utility>

#include "exporter/zone_status.hpp"

namespace exporter {
namespace {

/// The first moment after which some report of `zones` that is current at `now` is stale.
std::optional<dns::WallTime> next_stale(const std::vector<StoredZone>& zones, dns::WallTime now) {
  std::optional<dns::WallTime> first;
  for (const StoredZone& zone : zones) {
    if (!zone.report) continue;
    const auto from = stale_from(*zone.report, zone.interval);
    if (from && *from >= now && (!first || *from < *first)) first = from;
  }
  return first;
}

}  // namespace

Body Body::of(std::string text) {
  Body body;
  body.add(std::move(text));
  return body;
}

void Body::add(std::string text) {
  const auto owner = std::make_shared<const std::string>(std::move(text));
  pieces.push_back({owner, *owner});
}

std::size_t Body::size() const {
  std::size_t bytes = 0;
  for (const Piece& piece : pieces) bytes += piece.text.size();
  return bytes;
}

MetricsPage::MetricsPage(const ReportStore& store, const OwnMetrics& own, const dns::Clock& clock,
                         MetricsSettings settings)
    : store_(store), own_(own), clock_(clock), settings_(std::move(settings)) {}

void MetricsPage::set_settings(MetricsSettings settings) {
  const std::lock_guard lock(settings_mutex_);
  settings_ = std::move(settings);
}

MetricsSettings MetricsPage::settings() const {
  const std::lock_guard lock(settings_mutex_);
  return settings_;
}

bool MetricsPage::is_current(const Page& page, const MetricsSettings& settings,
                             dns::WallTime now) const {
  return page.version == store_.version() && page.settings == settings && now >= page.made &&
         (!page.good_until || now <= *page.good_until);
}

/// A page no response holds, or a new one; null when there are too many. Of unused ones only this
/// is kept, so that a crowd of slow clients does not leave its memory behind.
std::shared_ptr<MetricsPage::Page> MetricsPage::free_page() {
  std::shared_ptr<Page> page;
  for (auto kept = pages_.begin(); kept != pages_.end();) {
    if (kept->use_count() == 1) {
      page = std::move(*kept);
      kept = pages_.erase(kept);
    } else {
      ++kept;
    }
  }
  if (!page && pages_.size() < kMaxPages) page = std::make_shared<Page>();
  return page;
}

std::shared_ptr<MetricsPage::Page> MetricsPage::current_page() {
  MetricsSettings wanted = settings();
  const dns::WallTime now = clock_.wall();
  if (!pages_.empty() && is_current(*pages_.back(), wanted, now)) return pages_.back();
  std::shared_ptr<Page> page = free_page();
  if (!page) return nullptr;
  // The version is read before the reports: a change in between makes the page newer than it says,
  // and it is only made once more than needed.
  page->version = store_.version();
  const std::vector<StoredZone> zones = store_.snapshot();
  const std::vector<ZoneSource> sources = zone_sources(zones, now);
  page->text.clear();
  page->compressed.reset();
  writer_.write(sources, wanted, page->text);
  page->settings = std::move(wanted);
  page->made = now;
  page->good_until = next_stale(zones, now);
  page->states = count_states(zones, now);
  pages_.push_back(page);
  return page;
}

std::optional<Body> MetricsPage::render(bool gzip) {
  const std::shared_ptr<Page> page = current_page();
  if (!page) return std::nullopt;
  TextBuffer own;
  append_families(own, own_.collect(page->states), page->settings.vantage);
  Body body;
  if (!gzip) {
    body.pieces.push_back({page, page->text.text()});
    body.add(std::string(own.text()));
    return body;
  }
  if (!page->compressed) page->compressed = gzip_piece(page->text.text());
  GzipPiece rest = gzip_piece(own.text());
  std::string tail = gzip_tail(*page->compressed, rest);
  body.pieces.push_back({nullptr, gzip_head()});
  body.pieces.push_back({page, page->compressed->blocks});
  body.add(std::move(rest.blocks) + tail);
  return body;
}

std::string MetricsPage::render_zone(std::shared_ptr<const checks::ZoneReport> report) {
  const std::array<ZoneSource, 1> sources{{{std::move(report), false}}};
  TextBuffer text;
  writer_.write(sources, settings(), text);
  return std::string(text.text());
}

}  // namespace exporter
