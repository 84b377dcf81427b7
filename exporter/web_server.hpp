// The HTTP server: libmicrohttpd in a thread of its own, so that scrapes do not disturb the timing
// of queries. It serves the store, the exporter's own metrics, and what Service offers; it never
// waits for the network, except in /probe, whose connections are suspended meanwhile.
//
// Thread safety: start(), stop() and the destructor belong to one thread; the other functions may
// be called from any. Everything given to start() must outlive the server. All requests are
// hostile: the bounds are the constants here and in http_parameters.hpp.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "dns/address.hpp"
#include "dns/result.hpp"
#include "dns/time.hpp"
#include "exporter/listen.hpp"
#include "exporter/metrics_settings.hpp"
#include "exporter/own_metrics.hpp"
#include "exporter/service.hpp"
#include "exporter/store.hpp"

namespace exporter {

struct WebSettings {
  /// Port 0 lets the kernel choose. [::] also takes IPv4, and becomes 0.0.0.0 on a machine without
  /// IPv6.
  dns::Endpoint listen = default_listen_endpoint();
  MetricsSettings metrics;
  std::string version;  ///< of the exporter, for the pages; may be empty
  unsigned connection_limit = 256;
  /// From one address, so that no single client can take them all.
  unsigned connection_limit_per_address = 128;
  /// A connection that is idle this long, also within a request or a response, is closed.
  std::chrono::seconds connection_timeout{30};
  /// How long stop() waits for responses that are being sent.
  std::chrono::milliseconds stop_grace{1000};
};

class WebServer {
 public:
  /// Listens and serves. Fails with a sentence when the address cannot be listened on.
  static dns::Result<std::unique_ptr<WebServer>> start(WebSettings settings,
                                                       const ReportStore& store, Service& service,
                                                       const OwnMetrics& metrics,
                                                       const dns::Clock& clock);
  /// Stops.
  ~WebServer();
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

  /// Where it listens, with the port the kernel chose.
  dns::Endpoint address() const;

  /// Takes effect with the next scrape; for a reload.
  void set_metrics(MetricsSettings settings);

  /// Ends all connections and the thread. Probes under way are answered with 503 at once; their
  /// callbacks may still come later, also after the server is gone. Does nothing the second time.
  /// Service::reload must not wait for the caller of stop().
  void stop();

 private:
  class Impl;
  explicit WebServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace exporter
