// Fuzz target: what clients say in a request. The input is three lines: a request target, the value
// of X-Prometheus-Scrape-Timeout-Seconds, and Accept-Encoding. What is accepted keeps the bounds of
// exporter/http_parameters.hpp; what is refused has a sentence.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "exporter/http_parameters.hpp"

namespace {

void require(bool promise, const char* what) {
  if (promise) return;
  std::fprintf(stderr, "broken: %s\n", what);
  std::abort();
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet < 0x20 || octet == 0x7F;
  });
}

template <typename Value>
void require_sentence(const dns::Result<Value>& result) {
  if (result) return;
  require(!result.error().sentence.empty(), "a refusal has a sentence");
  require(!has_control(result.error().sentence), "a sentence is one line");
}

std::string_view take_line(std::string_view& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

void check_target(const exporter::RequestTarget& target) {
  require(target.path.starts_with('/'), "a path begins with a slash");
  require(!has_control(target.path), "a path has no control characters");
  require(target.query.size() <= exporter::kMaxParameters, "parameters are bounded");
  for (const auto& [name, value] : target.query) {
    require(!has_control(name) && !has_control(value), "a parameter has no control characters");
  }
  const auto again = exporter::parse_target("/" + exporter::percent_encoded(target.path));
  require(!again || again->path == "/" + target.path, "encoding and decoding is the identity");
  require(again || target.path.size() * 3 + 1 > exporter::kMaxTargetBytes,
          "what was encoded is decoded, unless it became too long");
}

void check_uses(const exporter::RequestTarget& target, std::string_view timeout) {
  const auto zone = exporter::zone_from_path(std::string_view(target.path).substr(1));
  require_sentence(zone);
  const auto overview = exporter::parse_overview(target);
  require_sentence(overview);
  if (overview) {
    require(overview->page >= 1 && overview->page <= exporter::kMaxPageNumber, "a page is bounded");
    require(overview->search.size() <= exporter::kMaxSearchBytes, "a search is bounded");
  }
  require_sentence(exporter::expect_no_parameters(target));
  const auto probe = exporter::parse_probe(target, timeout);
  require_sentence(probe);
  if (!probe) return;
  require(probe->timeout >= exporter::kMinScrapeTimeout / 2, "a probe has time");
  require(probe->timeout < exporter::kMaxProbeTimeout, "a probe's time is bounded");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  const std::string_view raw = take_line(text);
  const std::string_view timeout = take_line(text);
  exporter::accepts_gzip(text);
  require_sentence(exporter::probe_timeout(timeout));
  const auto target = exporter::parse_target(raw);
  require_sentence(target);
  if (!target) return 0;
  check_target(*target);
  check_uses(*target, timeout);
  return 0;
}
