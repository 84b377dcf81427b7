// The HTTP server over real sockets: what is served where, the addresses it listens on, reports
// that change under it, and stopping.
#include <atomic>
#include <thread>
#include <vector>

#include "tests/catch.hpp"
#include "tests/unit/web_world.hpp"

namespace {

using exporter::WebServer;
using exporter::WebSettings;
using web_test::address;
using web_test::contains;
using web_test::faulty_report;
using web_test::fetch;
using web_test::HttpReply;
using web_test::RawClient;
using web_test::shared;
using web_test::World;

}  // namespace

TEST_CASE("web: what is served where") {
  const World world;
  struct Row {
    const char* method;
    const char* target;
    int status;
    const char* type;
    const char* part;
  };
  constexpr const char* kText = "text/plain; charset=utf-8";
  constexpr const char* kHtml = "text/html; charset=utf-8";
  constexpr const char* kJson = "application/json";
  constexpr const char* kMetrics = "text/plain; version=0.0.4; charset=utf-8";
  const std::vector<Row> rows{
      {"GET", "/", 200, kHtml, "<h1>DNS zones</h1>"},
      {"GET", "/?q=example.com", 200, kHtml, "zones/example.com"},
      {"GET", "/?page=x", 400, kText, "'page' must be"},
      {"GET", "/zones", 301, kText, ""},
      {"GET", "/zones/example.com", 200, kHtml, "dig @2001:db8::2"},
      {"GET", "/zones/EXAMPLE.com.", 200, kHtml, "dig @2001:db8::2"},
      {"GET", "/zones/", 200, kHtml, ". (the root)"},
      {"GET", "/zones/.", 200, kHtml, ". (the root)"},
      {"GET", "/zones/new.example", 200, kHtml, "Not surveyed yet."},
      {"GET", "/zones/other.example", 404, kText, "not configured"},
      {"GET", "/zones/a..b", 400, kText, "not a domain name"},
      {"GET", "/metrics", 200, kMetrics, "dnszone_nameserver_up{"},
      {"GET", "/metrics?ignored=1", 200, kMetrics, "dnszone_exporter_build_info{"},
      {"GET", "/metrics/", 404, kText, ""},
      {"GET", "/api/v1/zones", 200, kJson, "\"example.com\""},
      {"GET", "/api/v1/zones?x=1", 400, kText, "unknown parameter"},
      {"GET", "/api/v1/zones/example.com", 200, kJson, "\"con-tcp\""},
      {"GET", "/api/v1/zones/new.example", 200, kJson, "\"undetermined\""},
      {"GET", "/api/v1/zones/other.example", 404, kText, "not configured"},
      {"GET", "/config", 200, kText, "zones: [example.com]"},
      {"GET", "/-/healthy", 200, kText, "healthy"},
      {"GET", "/-/ready", 200, kText, "ready"},
      {"GET", "/-/reload", 405, kText, "only POST"},
      {"POST", "/-/reload", 200, kText, "reloaded"},
      {"POST", "/metrics", 405, kText, "only GET, HEAD"},
      {"DELETE", "/", 405, kText, ""},
      {"OPTIONS", "/metrics", 405, kText, ""},
      {"GET", "/favicon.ico", 404, kText, "nothing here"},
      {"GET", "/../etc/passwd", 404, kText, ""},
      {"POST", "/nothing", 404, kText, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.method, row.target);
    const HttpReply reply = fetch(world.server->address(), row.method, row.target);
    CHECK(reply.status == row.status);
    CHECK(reply.headers.at("content-type") == row.type);
    CHECK(reply.headers.at("cache-control") == "no-store");
    CHECK(reply.headers.at("x-content-type-options") == "nosniff");
    CHECK(contains(reply.body, row.part));
    CHECK((reply.body.empty() || reply.body.back() == '\n'));
  }
  CHECK(world.service.reloads() == 1);
  CHECK(fetch(world.server->address(), "GET", "/-/reload").headers.at("allow") == "POST");
  CHECK(fetch(world.server->address(), "PUT", "/").headers.at("allow") == "GET, HEAD");
  CHECK(contains(world.get("/").headers.at("content-security-policy"), "default-src 'none'"));
}

TEST_CASE("web: HEAD has the headers of GET and no body") {
  const World world;
  for (const char* target : {"/", "/zones/example.com", "/config", "/-/healthy", "/nothing"}) {
    CAPTURE(target);
    RawClient client(world.server->address());
    REQUIRE(client.send("HEAD " + std::string(target) +
                        " HTTP/1.1\r\nHost: test\r\n\r\n"
                        "GET /-/ready HTTP/1.1\r\nHost: test\r\n\r\n"));
    const HttpReply head = client.read_reply(true);
    const HttpReply get = world.get(target);
    CHECK(head.status == get.status);
    CHECK(head.headers.at("content-length") == get.headers.at("content-length"));
    CHECK(client.read_reply().body == "ready\n");  // so no body stood between
  }
}

TEST_CASE("web: health, readiness and a failing reload") {
  World world;
  world.service.set_state(false, false);
  CHECK(world.get("/-/healthy").status == 503);
  CHECK(world.get("/-/ready").status == 503);
  world.service.set_reload_error("config.yaml:3:1: unknown key 'zoned'");
  const HttpReply reply = fetch(world.server->address(), "POST", "/-/reload");
  CHECK(reply.status == 500);
  CHECK(contains(reply.body, "config.yaml:3:1: unknown key 'zoned'"));
  world.service.set_config("");
  const HttpReply config = world.get("/config");
  CHECK(config.status == 200);
  CHECK(config.body.empty());
}

TEST_CASE("web: gzip when asked for") {
  const World world;
  const HttpReply packed = world.get("/metrics", "Accept-Encoding: gzip\r\n");
  CHECK(packed.headers.at("content-encoding") == "gzip");
  CHECK(packed.headers.at("vary") == "Accept-Encoding");
  CHECK(packed.body.starts_with("\x1f\x8b"));
  const HttpReply plain = world.get("/metrics", "Accept-Encoding: gzip;q=0\r\n");
  CHECK(plain.headers.count("content-encoding") == 0);
  CHECK(plain.body.starts_with("# HELP dnszone_"));
  CHECK(plain.body.size() > packed.body.size());
}

TEST_CASE("web: settings of the metrics change while it runs") {
  const World world;
  CHECK(contains(world.get("/metrics").body, "dnszone_nameserver_up{"));
  world.server->set_metrics({exporter::MetricsDetail::zone, "ams"});
  const HttpReply reply = world.get("/metrics");
  CHECK_FALSE(contains(reply.body, "dnszone_nameserver_up{"));
  CHECK(contains(reply.body, "vantage=\"ams\""));
  CHECK(contains(world.get("/").body, "seen from ams"));
}

TEST_CASE("web: [::] takes IPv4 as well") {
  WebSettings settings;
  settings.listen = {address("::"), 0};
  const World world(settings);
  const dns::Endpoint bound = world.server->address();
  CHECK(bound.port != 0);
  CHECK(fetch({address("127.0.0.1"), bound.port}, "GET", "/-/ready").status == 200);
  if (bound.address.family() == dns::Family::ipv6) {
    CHECK(fetch({address("::1"), bound.port}, "GET", "/-/ready").status == 200);
  }
}

TEST_CASE("web: an address that is taken, or not ours, is an error with a sentence") {
  World world;
  WebSettings settings;
  settings.listen = world.server->address();
  const auto taken = WebServer::start(settings, world.store, world.service, world.own, world.clock);
  REQUIRE_FALSE(taken);
  CHECK(contains(taken.error().sentence, "cannot listen on 127.0.0.1:"));
  CHECK(contains(taken.error().sentence, "in use"));
  settings.listen = {address("192.0.2.1"), 0};
  CHECK_FALSE(WebServer::start(settings, world.store, world.service, world.own, world.clock));
}

TEST_CASE("web: scrapes while reports are published") {
  World world;
  std::atomic<bool> failed{false};
  std::atomic<int> running{3};
  std::vector<std::thread> readers;
  for (const char* target : {"/metrics", "/zones/example.com", "/"}) {
    readers.emplace_back([&world, &failed, &running, target] {
      for (int i = 0; i < 40; ++i) {
        const bool gzip = i % 2 == 0;
        const HttpReply reply = world.get(target, gzip ? "Accept-Encoding: gzip\r\n" : "");
        if (reply.status != 200 || reply.body.size() < 100) failed = true;
      }
      --running;
    });
  }
  std::uint64_t published = 0;
  while (running > 0) {
    checks::ZoneReport report = faulty_report();
    report.survey_duration = std::chrono::milliseconds(++published);
    world.store.publish(shared(std::move(report)));
    world.own.count_survey();
    world.server->set_metrics({exporter::MetricsDetail::full, published % 2 == 0 ? "a" : "b"});
    std::this_thread::yield();
  }
  for (auto& reader : readers) reader.join();
  CHECK_FALSE(failed);
  CHECK(published > 0);
}

TEST_CASE("web: stopping twice, and while clients are connected") {
  World world;
  RawClient idle(world.server->address());
  RawClient kept(world.server->address());
  REQUIRE(kept.send("GET /-/ready HTTP/1.1\r\nHost: test\r\n\r\n"));
  CHECK(kept.read_reply().status == 200);
  const dns::Endpoint bound = world.server->address();
  world.server->stop();
  world.server->stop();
  CHECK(idle.wait_for_close());
  CHECK(kept.wait_for_close());
  CHECK_FALSE(RawClient(bound).is_open());
}
