#include "exporter/web_server.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <exception>
#include <future>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <microhttpd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "exporter/http_parameters.hpp"
#include "exporter/listen_socket.hpp"
#include "exporter/metrics_page.hpp"
#include "exporter/web_routes.hpp"

namespace exporter {
namespace {

/// What a connection may use for its request line and headers; more is answered with 431.
constexpr std::size_t kConnectionMemory = 32 * 1024;
/// Bodies are read and dropped up to this; nothing here needs one.
constexpr std::size_t kMaxBodyBytes = 64 * 1024;

/// A probe whose connection is suspended until its survey has ended. Shared by the HTTP thread, by
/// whoever ends the survey, and by stop(); who comes first resumes the connection.
class PendingProbe {
 public:
  explicit PendingProbe(dns::SteadyTime started) : started_(started) {}

  /// Suspends `connection` until end(). False, and nothing happens, when that was called already.
  bool suspend(MHD_Connection* connection) {
    const std::lock_guard lock(mutex_);
    if (ended_) return false;
    connection_ = connection;
    MHD_suspend_connection(connection);
    return true;
  }

  /// Ends the waiting, with the result or, when the server stops, without; only the first call
  /// counts. The lock is held while the connection is resumed: stop() must not get past it before.
  void end(std::optional<ProbeResult> result) {
    const std::lock_guard lock(mutex_);
    if (std::exchange(ended_, true)) return;
    result_ = std::move(result);
    if (connection_ != nullptr) MHD_resume_connection(connection_);
  }

  /// After end(): the result, or nothing when the server stops.
  std::optional<ProbeResult> result() const {
    const std::lock_guard lock(mutex_);
    return result_;
  }

  dns::SteadyTime started() const { return started_; }

 private:
  mutable std::mutex mutex_;
  bool ended_ = false;
  MHD_Connection* connection_ = nullptr;  ///< while suspended
  std::optional<ProbeResult> result_;
  const dns::SteadyTime started_;
};

/// What is kept of one request from its first line to the end of its response.
struct RequestState {
  dns::Result<RequestTarget> target;
  bool seen = false;  ///< the headers were
  std::size_t body_bytes = 0;
  std::shared_ptr<PendingProbe> probe;
};

std::optional<std::string_view> header(MHD_Connection* connection, const char* name) {
  const char* const value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
  if (value == nullptr) return std::nullopt;
  return std::string_view(value);
}

/// True when the client announces a body that is too long.
bool announces_long_body(MHD_Connection* connection) {
  const auto text = header(connection, MHD_HTTP_HEADER_CONTENT_LENGTH);
  if (!text) return false;
  std::size_t length = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), length);
  return error != std::errc() || length > kMaxBodyBytes;
}

void free_body(void* body) {
  delete static_cast<Body*>(body);
}

MHD_Response* to_mhd(Response&& response) {
  auto body = std::make_unique<Body>(std::move(response.body));
  std::vector<MHD_IoVec> pieces;
  for (const Body::Piece& piece : body->pieces) {
    if (!piece.text.empty()) pieces.push_back({piece.text.data(), piece.text.size()});
  }
  MHD_Response* const made = MHD_create_response_from_iovec(
      pieces.data(), static_cast<unsigned>(pieces.size()), &free_body, body.get());
  if (made == nullptr) return nullptr;
  static_cast<void>(body.release());  // freed by libmicrohttpd with the response
  const auto add = [made](const char* name, const std::string& value) {
    MHD_add_response_header(made, name, value.c_str());
  };
  add(MHD_HTTP_HEADER_CONTENT_TYPE, std::string(response.type));
  add(MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
  add("X-Content-Type-Options", "nosniff");
  add("Referrer-Policy", "no-referrer");
  if (response.gzip) add(MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
  for (const auto& [name, value] : response.headers) add(std::string(name).c_str(), value);
  return made;
}

MHD_Result send(MHD_Connection* connection, Response response) {
  const unsigned status = response.status;
  MHD_Response* const made = to_mhd(std::move(response));
  if (made == nullptr) return MHD_NO;
  const MHD_Result result = MHD_queue_response(connection, status, made);
  MHD_destroy_response(made);
  return result;
}

}  // namespace

class WebServer::Impl {
 public:
  Impl(WebSettings&& settings, const ReportStore& store, Service& service,
       const OwnMetrics& metrics, const dns::Clock& clock, dns::Endpoint address)
      : service_(service),
        clock_(clock),
        address_(address),
        stop_grace_(settings.stop_grace),
        metrics_(store, metrics, clock, std::move(settings.metrics)),
        routes_(store, service, metrics_, clock, std::move(settings.version)) {}

  ~Impl() { stop(); }

  /// TLS belongs here: libmicrohttpd takes certificates, keys and the trust in clients as further
  /// options, and MHD_USE_TLS. Access control belongs at the beginning of dispatch().
  bool start(ListenSocket socket, const WebSettings& settings) {
    constexpr unsigned kFlags = static_cast<unsigned>(MHD_USE_EPOLL_INTERNAL_THREAD) |
                                static_cast<unsigned>(MHD_ALLOW_SUSPEND_RESUME);
    daemon_ = MHD_start_daemon(
        kFlags, 0, nullptr, nullptr, &Impl::on_request, this, MHD_OPTION_LISTEN_SOCKET,
        socket.release(), MHD_OPTION_URI_LOG_CALLBACK, &Impl::on_target, this,
        MHD_OPTION_NOTIFY_COMPLETED, &Impl::on_completed, this, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        kConnectionMemory, MHD_OPTION_CONNECTION_LIMIT, settings.connection_limit,
        MHD_OPTION_PER_IP_CONNECTION_LIMIT, settings.connection_limit_per_address,
        MHD_OPTION_CONNECTION_TIMEOUT, static_cast<unsigned>(settings.connection_timeout.count()),
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    return daemon_ != nullptr;
  }

  void stop() {
    if (daemon_ == nullptr) return;
    // libmicrohttpd gives the listening socket back and accepts nothing more. Its thread may name
    // the socket for a moment still, so the number stays taken until the thread has ended.
    const int socket = MHD_quiesce_daemon(daemon_);
    if (socket >= 0) shutdown(socket, SHUT_RDWR);
    std::future<void> idle = end_probes();
    idle.wait_for(stop_grace_);
    MHD_stop_daemon(std::exchange(daemon_, nullptr));
    if (socket >= 0) close(socket);
  }

  dns::Endpoint address() const { return address_; }
  void set_metrics(MetricsSettings settings) { metrics_.set_settings(std::move(settings)); }

 private:
  // The three callbacks stand between libmicrohttpd, which is C, and the rest: no exception passes.

  /// The request target as sent, before libmicrohttpd decodes it; what is returned stays with the
  /// request.
  static void* on_target(void* self, const char* raw, MHD_Connection*) {
    try {
      auto state = std::make_unique<RequestState>(RequestState{parse_target(raw), false, 0, {}});
      static_cast<Impl*>(self)->count_request(1);
      return state.release();
    } catch (const std::exception&) {
      return nullptr;  // out of memory: on_request closes the connection
    }
  }

  static MHD_Result on_request(void* self, MHD_Connection* connection, const char*,
                               const char* method, const char*, const char*,
                               std::size_t* body_bytes, void** state) {
    if (*state == nullptr) return MHD_NO;
    try {
      return static_cast<Impl*>(self)->request(connection, method, body_bytes,
                                               *static_cast<RequestState*>(*state));
    } catch (const std::exception&) {
      return MHD_NO;  // out of memory
    }
  }

  static void on_completed(void* self, MHD_Connection*, void** state, MHD_RequestTerminationCode) {
    if (*state == nullptr) return;
    const std::unique_ptr<RequestState> ended(static_cast<RequestState*>(*state));
    *state = nullptr;
    auto& impl = *static_cast<Impl*>(self);
    if (ended->probe) impl.forget(ended->probe);
    impl.count_request(-1);
  }

  /// Called once with the headers, then with each part of the body, then once more to be answered.
  MHD_Result request(MHD_Connection* connection, std::string_view method, std::size_t* body_bytes,
                     RequestState& state) {
    if (!state.seen) {
      state.seen = true;
      if (!announces_long_body(connection)) return MHD_YES;
      return send(connection, sentence_response(413, "the body is too long; none is needed"));
    }
    if (*body_bytes != 0) {
      state.body_bytes += std::exchange(*body_bytes, 0);
      return state.body_bytes <= kMaxBodyBytes ? MHD_YES : MHD_NO;
    }
    return dispatch(connection, method, state);
  }

  MHD_Result dispatch(MHD_Connection* connection, std::string_view method, RequestState& state) {
    if (state.probe) return send(connection, probe_response(*state.probe));
    if (!state.target) {
      return send(connection, sentence_response(400, state.target.error().sentence));
    }
    Request request;
    request.method = method;
    request.target = std::move(*state.target);
    if (const auto timeout = header(connection, "X-Prometheus-Scrape-Timeout-Seconds")) {
      request.scrape_timeout = std::string(*timeout);
    }
    request.gzip = accepts_gzip(header(connection, MHD_HTTP_HEADER_ACCEPT_ENCODING).value_or(""));
    Answer answer = routes_.answer(request);
    if (auto* const probe = std::get_if<ProbeParameters>(&answer)) {
      return start_probe(connection, std::move(*probe), state);
    }
    return send(connection, std::get<Response>(std::move(answer)));
  }

  /// Suspends first: the survey may end before Service::probe returns.
  MHD_Result start_probe(MHD_Connection* connection, ProbeParameters parameters,
                         RequestState& state) {
    state.probe = std::make_shared<PendingProbe>(clock_.steady());
    if (!remember(state.probe) || !state.probe->suspend(connection)) {
      return send(connection, sentence_response(503, "the exporter is stopping"));
    }
    service_.probe(std::move(parameters.target), parameters.timeout,
                   [probe = state.probe](ProbeResult result) { probe->end(std::move(result)); });
    return MHD_YES;
  }

  /// False when the server stops.
  bool remember(const std::shared_ptr<PendingProbe>& probe) {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    probes_.push_back(probe);
    return true;
  }

  Response probe_response(const PendingProbe& probe) {
    const auto result = probe.result();
    if (!result) return sentence_response(503, "the exporter is stopping");
    return routes_.answer_probe(*result, clock_.steady() - probe.started());
  }

  void forget(const std::shared_ptr<PendingProbe>& probe) {
    const std::lock_guard lock(mutex_);
    std::erase(probes_, probe);
  }

  void count_request(int change) {
    const std::lock_guard lock(mutex_);
    requests_ += change;
    if (stopping_ && requests_ == 0 && !std::exchange(idle_said_, true)) idle_.set_value();
  }

  /// Resumes all suspended connections; the future is ready when no request is under way any more.
  std::future<void> end_probes() {
    std::vector<std::shared_ptr<PendingProbe>> probes;
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      probes = probes_;
      if (requests_ == 0 && !std::exchange(idle_said_, true)) idle_.set_value();
    }
    for (const auto& probe : probes) probe->end(std::nullopt);
    return idle_.get_future();
  }

  Service& service_;
  const dns::Clock& clock_;
  const dns::Endpoint address_;
  const std::chrono::milliseconds stop_grace_;
  MetricsPage metrics_;
  WebRoutes routes_;
  MHD_Daemon* daemon_ = nullptr;

  std::mutex mutex_;  ///< for what follows
  std::vector<std::shared_ptr<PendingProbe>> probes_;
  int requests_ = 0;
  bool stopping_ = false;
  std::promise<void> idle_;
  bool idle_said_ = false;
};

dns::Result<std::unique_ptr<WebServer>> WebServer::start(WebSettings settings,
                                                         const ReportStore& store, Service& service,
                                                         const OwnMetrics& metrics,
                                                         const dns::Clock& clock) {
  auto socket = ListenSocket::open(settings.listen);
  if (!socket) return dns::fail(socket.error().sentence);
  const dns::Endpoint address = socket->address();
  const WebSettings limits = settings;
  auto impl = std::make_unique<Impl>(std::move(settings), store, service, metrics, clock, address);
  if (!impl->start(std::move(*socket), limits)) {
    return dns::fail("cannot start the HTTP server on " + address.to_text() +
                     ": no thread or descriptor was left");
  }
  return std::unique_ptr<WebServer>(new WebServer(std::move(impl)));
}

WebServer::WebServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
WebServer::~WebServer() = default;

dns::Endpoint WebServer::address() const {
  return impl_->address();
}

void WebServer::set_metrics(MetricsSettings settings) {
  impl_->set_metrics(std::move(settings));
}

void WebServer::stop() {
  impl_->stop();
}

}  // namespace exporter
