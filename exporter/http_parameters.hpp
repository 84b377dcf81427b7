// What clients say in a request, read strictly: target, query, and the headers that matter.
// Everything here is hostile. Pure functions without a library of HTTP, so that a fuzzer runs them
// alone.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dns/name.hpp"
#include "dns/result.hpp"
#include "dns/time.hpp"

namespace exporter {

/// Room for the longest domain name in presentation form (RFC 1035 section 5.1: four characters for
/// each of 255 octets), each of them percent-encoded, and for what stands around it.
inline constexpr std::size_t kMaxTargetBytes = 4096;
inline constexpr std::size_t kMaxParameters = 8;
inline constexpr std::size_t kMaxSearchBytes = 255;
inline constexpr std::size_t kMaxPageNumber = 1'000'000;

/// The name of the one module of /probe; another name is a mistake in the scrape configuration.
inline constexpr std::string_view kProbeModule = "default";

/// A probe without a header takes this long at most; Prometheus's own default is 10 s as well.
inline constexpr dns::Duration kDefaultProbeTimeout = std::chrono::seconds(10);
/// Nobody waits longer: a survey has its deadline at 30 s.
inline constexpr dns::Duration kMaxProbeTimeout = std::chrono::seconds(60);
/// What is left of the scrape's time for sending the answer.
inline constexpr dns::Duration kProbeMargin = std::chrono::milliseconds(500);
/// A scrape that waits less than this is a mistake in the scrape configuration: nothing answers.
inline constexpr dns::Duration kMinScrapeTimeout = std::chrono::milliseconds(1);

/// A request target (RFC 9112 section 3.2.1) after percent-decoding.
struct RequestTarget {
  std::string path;  ///< begins with '/'
  std::vector<std::pair<std::string, std::string>> query;
};

/// Reads a target in origin form. Fails with a sentence on anything else, on a bad percent escape,
/// on control characters also when they are encoded, and past the bounds above.
dns::Result<RequestTarget> parse_target(std::string_view raw);

/// `text` with everything percent-encoded that is not unreserved (RFC 3986 section 2.3).
std::string percent_encoded(std::string_view text);

/// The zone that a path names after a prefix such as "/zones/". Empty is the root: its name is a
/// dot, which clients drop from a path. Fails with a sentence on what is no domain name.
dns::Result<dns::Name> zone_from_path(std::string_view rest);

/// The parameters of /probe.
struct ProbeParameters {
  dns::Name target;
  dns::Duration timeout{};
};

/// Reads `target`, `module` and the header X-Prometheus-Scrape-Timeout-Seconds. Fails with a
/// sentence on a missing, repeated, unknown or invalid parameter.
dns::Result<ProbeParameters> parse_probe(const RequestTarget& target,
                                         std::optional<std::string_view> scrape_timeout);

/// The time a probe has of a scrape's `seconds`: less the margin, but at least half. Fails with a
/// sentence on what is no number, and below kMinScrapeTimeout.
dns::Result<dns::Duration> probe_timeout(std::string_view seconds);

/// What the overview shows.
struct OverviewParameters {
  std::string search;  ///< lower case; part of a zone's name
  std::size_t page = 1;
};
dns::Result<OverviewParameters> parse_overview(const RequestTarget& target);

/// Fails with a sentence when there is any parameter at all.
dns::Result<void> expect_no_parameters(const RequestTarget& target);

/// True when an Accept-Encoding header allows gzip (RFC 9110 section 12.5.3); "gzip;q=0" does not.
bool accepts_gzip(std::string_view header);

}  // namespace exporter
