// What is served where: from a parsed request to a response, without knowing how HTTP is spoken.
// The table of routes is in web_routes.cpp. All functions belong to the HTTP thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "dns/time.hpp"
#include "exporter/http_parameters.hpp"
#include "exporter/metrics_page.hpp"
#include "exporter/pages.hpp"
#include "exporter/service.hpp"
#include "exporter/store.hpp"

namespace exporter {

/// A request as far as routes look at it.
struct Request {
  std::string_view method;  ///< as sent; valid as long as the request
  RequestTarget target;
  std::optional<std::string> scrape_timeout;  ///< X-Prometheus-Scrape-Timeout-Seconds
  bool gzip = false;                          ///< the client accepts it
};

struct Response {
  unsigned status = 200;
  std::string_view type;  ///< Content-Type; static storage
  Body body;
  bool gzip = false;                                              ///< the body is compressed
  std::vector<std::pair<std::string_view, std::string>> headers;  ///< more of them; static names
};

/// A response, or a probe that must be made first.
using Answer = std::variant<Response, ProbeParameters>;

/// The two metrics that /probe has besides those of the zone.
struct ProbeMetric {
  std::string_view name;
  std::string_view help;
};
inline constexpr ProbeMetric kProbeSuccess{
    "probe_success", "1: the survey ended in time and a server of the zone gave a usable answer."};
inline constexpr ProbeMetric kProbeDuration{"probe_duration_seconds", "How long the probe took."};

/// A response of one sentence as text.
Response sentence_response(unsigned status, std::string sentence);

class WebRoutes {
 public:
  /// All references must outlive this object.
  WebRoutes(const ReportStore& store, Service& service, MetricsPage& metrics,
            const dns::Clock& clock, std::string version);

  Answer answer(const Request& request);

  /// The page of a probe that ended after `took`.
  Response answer_probe(const ProbeResult& result, dns::Duration took);

 private:
  struct Route;
  static const Route* find_route(std::string_view path);

  Answer overview(const Request& request, std::string_view rest);
  Answer zones(const Request& request, std::string_view rest);
  Answer zone(const Request& request, std::string_view rest);
  Answer metrics(const Request& request, std::string_view rest);
  Answer probe(const Request& request, std::string_view rest);
  Answer api_zones(const Request& request, std::string_view rest);
  Answer api_zone(const Request& request, std::string_view rest);
  Answer config(const Request& request, std::string_view rest);
  Answer healthy(const Request& request, std::string_view rest);
  Answer ready(const Request& request, std::string_view rest);
  Answer reload(const Request& request, std::string_view rest);

  PageFrame frame() const;
  /// Who has a zone that is configured and not surveyed here, a sentence; empty for other zones.
  std::string shard_sentence(const dns::Name& zone) const;
  Response unknown_zone(const dns::Name& zone) const;

  const ReportStore& store_;
  Service& service_;
  MetricsPage& metrics_;
  const dns::Clock& clock_;
  std::string version_;
};

}  // namespace exporter
