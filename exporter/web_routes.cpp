#include "exporter/web_routes.hpp"

#include <algorithm>
#include <array>
#include <memory>

#include "exporter/exposition_text.hpp"
#include "exporter/report_json.hpp"

namespace exporter {
namespace {

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kHtml = "text/html; charset=utf-8";
constexpr std::string_view kJson = "application/json";

Response page(std::string_view type, std::string text) {
  Response response;
  response.type = type;
  response.body = Body::of(std::move(text));
  return response;
}

Response html(std::string text) {
  Response response = page(kHtml, std::move(text));
  // The pages load nothing and run nothing; a name that slipped through an escape could not either.
  response.headers.emplace_back(
      "Content-Security-Policy",
      "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
      "base-uri 'none'; frame-ancestors 'none'");
  return response;
}

Response not_found() {
  return sentence_response(404,
                           "there is nothing here; '/' is the overview, '/metrics' the metrics");
}

Response busy(std::string sentence) {
  Response response = sentence_response(503, std::move(sentence));
  response.headers.emplace_back("Retry-After", "5");
  return response;
}

void append_gauge(TextBuffer& out, const ProbeMetric& metric, double value) {
  append_head(out, metric.name, "gauge", metric.help);
  out.append(metric.name);
  out.append(" ");
  char* const at = out.reserve(kMaxValueLength);
  out.commit(static_cast<std::size_t>(write_value(at, value) - at));
  out.append("\n");
}

bool any_server_up(const checks::ZoneReport& report) {
  return std::any_of(report.servers.begin(), report.servers.end(),
                     [](const checks::ServerState& server) {
                       return server.udp.result == 0 || server.tcp.result == 0;
                     });
}

}  // namespace

/// One row of the table of routes. A path that ends in '/' (but for the first) also takes what
/// follows.
struct WebRoutes::Route {
  std::string_view path;
  std::string_view method;  ///< GET also stands for HEAD
  Answer (WebRoutes::*handler)(const Request& request, std::string_view rest);

  bool is_prefix() const { return path.size() > 1 && path.back() == '/'; }
};

const WebRoutes::Route* WebRoutes::find_route(std::string_view path) {
  static constexpr std::array kRoutes{
      Route{"/", "GET", &WebRoutes::overview},
      Route{"/zones", "GET", &WebRoutes::zones},
      Route{"/zones/", "GET", &WebRoutes::zone},
      Route{"/metrics", "GET", &WebRoutes::metrics},
      Route{"/probe", "GET", &WebRoutes::probe},
      Route{"/api/v1/zones", "GET", &WebRoutes::api_zones},
      Route{"/api/v1/zones/", "GET", &WebRoutes::api_zone},
      Route{"/config", "GET", &WebRoutes::config},
      Route{"/-/healthy", "GET", &WebRoutes::healthy},
      Route{"/-/ready", "GET", &WebRoutes::ready},
      Route{"/-/reload", "POST", &WebRoutes::reload},
  };
  const auto found = std::find_if(kRoutes.begin(), kRoutes.end(), [path](const Route& route) {
    return route.is_prefix() ? path.starts_with(route.path) : path == route.path;
  });
  return found == kRoutes.end() ? nullptr : &*found;
}

Response sentence_response(unsigned status, std::string sentence) {
  Response response = page(kText, std::move(sentence) + '\n');
  response.status = status;
  return response;
}

WebRoutes::WebRoutes(const ReportStore& store, Service& service, MetricsPage& metrics,
                     const dns::Clock& clock, std::string version)
    : store_(store),
      service_(service),
      metrics_(metrics),
      clock_(clock),
      version_(std::move(version)) {}

Answer WebRoutes::answer(const Request& request) {
  const std::string_view path = request.target.path;
  const Route* const route = find_route(path);
  if (route == nullptr) return not_found();
  const bool allowed =
      request.method == route->method || (route->method == "GET" && request.method == "HEAD");
  if (!allowed) {
    const std::string methods = route->method == "GET" ? "GET, HEAD" : std::string(route->method);
    Response response = sentence_response(405, "only " + methods + " is possible here");
    response.headers.emplace_back("Allow", methods);
    return response;
  }
  return (this->*route->handler)(request, path.substr(route->path.size()));
}

Answer WebRoutes::overview(const Request& request, std::string_view) {
  const auto parameters = parse_overview(request.target);
  if (!parameters) return sentence_response(400, parameters.error().sentence);
  return html(render_overview(store_.snapshot(), *parameters, frame(), clock_.wall()));
}

Answer WebRoutes::zones(const Request&, std::string_view) {
  Response response = sentence_response(301, "the zones are on the overview");
  response.headers.emplace_back("Location", "./");  // relative, so that a proxy may add a prefix
  return response;
}

Answer WebRoutes::zone(const Request&, std::string_view rest) {
  const auto name = zone_from_path(rest);
  if (!name) return sentence_response(400, name.error().sentence);
  bool configured = false;
  const auto report = store_.find(*name, &configured);
  if (!configured) return unknown_zone(*name);
  const StoredZone stored{*name, report ? report->interval : dns::Duration::zero(), report};
  return html(render_zone_page(stored, frame(), clock_.wall()));
}

Answer WebRoutes::metrics(const Request& request, std::string_view) {
  // Parameters are let through: scrape configurations may carry some for a proxy on the way.
  auto body = metrics_.render(request.gzip);
  if (!body) return busy("too many clients are still reading earlier pages of metrics");
  Response response;
  response.type = kExpositionType;
  response.body = std::move(*body);
  response.gzip = request.gzip;
  response.headers.emplace_back("Vary", "Accept-Encoding");
  return response;
}

Answer WebRoutes::probe(const Request& request, std::string_view) {
  auto parameters = parse_probe(request.target, request.scrape_timeout);
  if (!parameters) return sentence_response(400, parameters.error().sentence);
  // Also when probe.allow names it: surveyed here it would not have its own settings and history.
  std::string elsewhere = shard_sentence(parameters->target);
  if (!elsewhere.empty()) return sentence_response(403, std::move(elsewhere));
  return std::move(*parameters);
}

Response WebRoutes::answer_probe(const ProbeResult& result, dns::Duration took) {
  switch (result.status) {
    case ProbeResult::Status::not_allowed:
      return sentence_response(
          403,
          "this zone is not configured, and probe.allow in the configuration does not name it");
    case ProbeResult::Status::busy:
      return busy("too many probes at once; try again");
    case ProbeResult::Status::done:
    case ProbeResult::Status::timed_out:
      break;
  }
  const bool done = result.status == ProbeResult::Status::done && result.report;
  TextBuffer text;
  append_gauge(text, kProbeSuccess, done && any_server_up(*result.report) ? 1 : 0);
  append_gauge(text, kProbeDuration, dns::to_seconds(took));
  Response response;
  response.type = kExpositionType;
  response.body = Body::of(std::string(text.text()));
  if (done) response.body.add(metrics_.render_zone(result.report));
  return response;
}

Answer WebRoutes::api_zones(const Request& request, std::string_view) {
  const auto parameters = expect_no_parameters(request.target);
  if (!parameters) return sentence_response(400, parameters.error().sentence);
  return page(kJson, zone_list_json(store_.snapshot()));
}

Answer WebRoutes::api_zone(const Request& request, std::string_view rest) {
  const auto parameters = expect_no_parameters(request.target);
  if (!parameters) return sentence_response(400, parameters.error().sentence);
  const auto name = zone_from_path(rest);
  if (!name) return sentence_response(400, name.error().sentence);
  bool configured = false;
  const auto report = store_.find(*name, &configured);
  if (!configured) return unknown_zone(*name);
  return page(kJson, report ? zone_json(*report) : pending_zone_json(*name));
}

Answer WebRoutes::config(const Request&, std::string_view) {
  return page(kText, service_.config_text());
}

Answer WebRoutes::healthy(const Request&, std::string_view) {
  if (service_.healthy()) return sentence_response(200, "healthy");
  return sentence_response(503, "the engine has not moved for more than ten seconds");
}

Answer WebRoutes::ready(const Request&, std::string_view) {
  if (service_.ready()) return sentence_response(200, "ready");
  return sentence_response(503, "not ready: the configuration is not loaded or no survey runs yet");
}

Answer WebRoutes::reload(const Request&, std::string_view) {
  const auto result = service_.reload();
  if (result) return sentence_response(200, "the configuration was reloaded");
  return sentence_response(500, "the running configuration stays: " + result.error().sentence);
}

PageFrame WebRoutes::frame() const {
  return {version_, metrics_.settings().vantage, service_.sharding()};
}

std::string WebRoutes::shard_sentence(const dns::Name& zone) const {
  const std::shared_ptr<const Sharding> sharding = service_.sharding();
  const std::optional<unsigned> other = sharding ? sharding->other_shard_of(zone) : std::nullopt;
  if (!other) return {};
  return "this zone belongs to shard " + std::to_string(*other) + " of " +
         std::to_string(sharding->shard.of) + ", and this exporter is shard " +
         std::to_string(sharding->shard.number) + "; they count from 0";
}

Response WebRoutes::unknown_zone(const dns::Name& zone) const {
  std::string elsewhere = shard_sentence(zone);
  return sentence_response(
      404, elsewhere.empty() ? "this zone is not configured" : std::move(elsewhere));
}

}  // namespace exporter
