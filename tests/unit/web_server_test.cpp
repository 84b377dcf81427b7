// The HTTP server over real sockets: what is served where, hostile requests, slow clients, probes
// that end at every possible moment, and stopping.
#include "exporter/web_server.hpp"

#include <atomic>
#include <thread>

#include <nlohmann/json.hpp>

#include "tests/catch.hpp"
#include "tests/unit/raw_client.hpp"
#include "tests/unit/web_fixtures.hpp"

namespace {

using exporter::ProbeResult;
using exporter::WebServer;
using exporter::WebSettings;
using web_test::address;
using web_test::faulty_report;
using web_test::fetch;
using web_test::HttpReply;
using web_test::name;
using web_test::RawClient;
using web_test::shared;

/// A server on 127.0.0.1 with one faulty zone, one healthy, and one not surveyed yet.
struct World {
  explicit World(WebSettings settings = {}) {
    const auto faulty = shared(faulty_report());
    const auto root = shared(web_test::healthy_report("."));
    store.configure({{faulty->zone, faulty->interval, faulty},
                     {root->zone, root->interval, root},
                     {name("new.example"), std::chrono::seconds(60), nullptr}});
    if (settings.listen.port != 0) settings.listen = {address("127.0.0.1"), 0};
    auto started = WebServer::start(std::move(settings), store, service, own, clock);
    REQUIRE(started);
    server = std::move(*started);
  }

  HttpReply get(std::string_view target, std::string_view headers = "") const {
    return fetch(server->address(), "GET", target, headers);
  }

  web_test::StillClock clock;
  exporter::ReportStore store;
  web_test::FakeService service;
  exporter::OwnMetrics own{"1.2.3", clock};
  std::unique_ptr<WebServer> server;
};

ProbeResult done_with(checks::ZoneReport report) {
  return {ProbeResult::Status::done, shared(std::move(report))};
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

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

TEST_CASE("probe: a survey that ends") {
  World world;
  SECTION("with a server up") {
    world.service.set_probe_now(done_with(faulty_report()));
    const HttpReply reply = world.get("/probe?target=example.com");
    CHECK(reply.status == 200);
    CHECK(contains(reply.body, "\nprobe_success 1\n"));
    CHECK(contains(reply.body, "\nprobe_duration_seconds 0\n"));
    CHECK(contains(reply.body, "dnszone_nameserver_up{zone=\"example.com\""));
    CHECK_FALSE(contains(reply.body, "dnszone_exporter_"));
    CHECK_FALSE(contains(reply.body, "zone=\".\""));
  }
  SECTION("with no server up") {
    checks::ZoneReport report = faulty_report();
    for (auto& server : report.servers) server.udp.result = server.tcp.result = 1;
    world.service.set_probe_now(done_with(report));
    const HttpReply reply = world.get("/probe?target=example.com");
    CHECK(reply.status == 200);
    CHECK(contains(reply.body, "\nprobe_success 0\n"));
    CHECK(contains(reply.body, "dnszone_nameserver_up{"));
  }
  SECTION("in time out") {
    world.service.set_probe_now({ProbeResult::Status::timed_out, nullptr});
    const HttpReply reply = world.get("/probe?target=example.com");
    CHECK(reply.status == 200);
    CHECK(contains(reply.body, "\nprobe_success 0\n"));
    CHECK_FALSE(contains(reply.body, "dnszone_nameserver_up{"));
  }
  SECTION("before it began, for good reasons") {
    world.service.set_probe_now({ProbeResult::Status::busy, nullptr});
    const HttpReply busy = world.get("/probe?target=example.com");
    CHECK(busy.status == 503);
    CHECK(busy.headers.count("retry-after") == 1);
    world.service.set_probe_now({ProbeResult::Status::not_allowed, nullptr});
    CHECK(world.get("/probe?target=example.com").status == 403);
  }
}

TEST_CASE("probe: bad parameters never reach the service") {
  World world;
  for (const char* target :
       {"/probe", "/probe?target=", "/probe?target=a..b", "/probe?target=a&target=a",
        "/probe?target=a&module=x", "/probe?target=a&x=1", "/probe?target=%zz"}) {
    CAPTURE(target);
    const HttpReply reply = world.get(target);
    CHECK(reply.status == 400);
    CHECK(reply.body.size() > 20);
  }
  CHECK(world.get("/probe?target=a", "X-Prometheus-Scrape-Timeout-Seconds: soon\r\n").status ==
        400);
  world.service.set_probe_now({ProbeResult::Status::busy, nullptr});
  CHECK(world.get("/probe?target=a").status == 503);
  CHECK(world.service.wait_for_probes(0).empty());
}

TEST_CASE("probe: the connection waits while others are served") {
  World world;
  RawClient first(world.server->address());
  REQUIRE(
      first.send("GET /probe?target=Example.com HTTP/1.1\r\nHost: test\r\n"
                 "X-Prometheus-Scrape-Timeout-Seconds: 7.5\r\n\r\n"));
  RawClient second(world.server->address());
  REQUIRE(second.send("HEAD /probe?target=example.org HTTP/1.1\r\nHost: test\r\n\r\n"));
  const auto probes = world.service.wait_for_probes(2);
  REQUIRE(probes.size() == 2);
  const bool in_order = probes[0].zone == name("example.com");
  const auto& of_first = probes[in_order ? 0 : 1];
  const auto& of_second = probes[in_order ? 1 : 0];
  CHECK(of_first.timeout == std::chrono::seconds(7));
  CHECK(of_second.zone == name("example.org"));
  CHECK(world.get("/-/healthy").status == 200);
  CHECK(world.get("/metrics").status == 200);

  world.clock.advance(std::chrono::milliseconds(2500));
  std::thread worker([&of_second, &of_first] {
    of_second.done(done_with(faulty_report()));
    of_first.done(done_with(faulty_report()));
    of_first.done({ProbeResult::Status::timed_out, nullptr});  // once more: counts for nothing
  });
  CHECK(second.read_reply(true).status == 200);
  const HttpReply reply = first.read_reply();
  CHECK(reply.status == 200);
  CHECK(contains(reply.body, "\nprobe_duration_seconds 2.5\n"));
  worker.join();
  // The connection is kept and still works.
  REQUIRE(first.send("GET /-/ready HTTP/1.1\r\nHost: test\r\n\r\n"));
  CHECK(first.read_reply().body == "ready\n");
}

TEST_CASE("probe: the client leaves before the survey ends") {
  World world;
  {
    RawClient client(world.server->address());
    REQUIRE(client.send("GET /probe?target=example.com HTTP/1.1\r\nHost: test\r\n\r\n"));
    REQUIRE(world.service.wait_for_probes(1).size() == 1);
  }
  world.service.wait_for_probes(1)[0].done(done_with(faulty_report()));
  CHECK(world.get("/-/healthy").status == 200);
}

TEST_CASE("probe: stopping answers those that wait, and late results are harmless") {
  WebSettings settings;
  settings.stop_grace = std::chrono::minutes(1);  // all answers must get out, however slowly
  World world(settings);
  RawClient client(world.server->address());
  REQUIRE(client.send("GET /probe?target=example.com HTTP/1.1\r\nHost: test\r\n\r\n"));
  const auto probes = world.service.wait_for_probes(1);
  REQUIRE(probes.size() == 1);
  std::thread racing([&probes] { probes[0].done(done_with(faulty_report())); });
  RawClient second(world.server->address());
  REQUIRE(second.send("GET /probe?target=example.com HTTP/1.1\r\nHost: test\r\n\r\n"));
  const auto all = world.service.wait_for_probes(2);
  REQUIRE(all.size() == 2);
  world.server->stop();
  racing.join();
  // The result races with the stop: either may answer, and exactly one does.
  const int first_status = client.read_reply().status;
  CHECK((first_status == 200 || first_status == 503));
  const HttpReply reply = second.read_reply();
  CHECK(reply.status == 503);
  CHECK(contains(reply.body, "stopping"));
  all[1].done(done_with(faulty_report()));
  world.server.reset();
  all[1].done(done_with(faulty_report()));
}

TEST_CASE("web: malformed requests are refused and the server goes on") {
  WebSettings settings;
  settings.connection_timeout = std::chrono::seconds(1);  // for those that look unfinished
  const World world(settings);
  const std::vector<std::string> requests{
      "\r\n\r\n\r\n\r\n",
      "GARBAGE\r\n\r\n",
      "GET\r\n\r\n",
      "GET /\r\n\r\n",
      "GET / HTTP/9.9\r\nHost: x\r\n\r\n",
      "GET / HTTP/1.1\r\n\r\n",
      "GET / HTTP/1.1\r\nHost: x\r\nno colon\r\n\r\n",
      "GET /metrics%00 HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /%zz HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET http://x/metrics HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
      std::string("GET /met\0rics HTTP/1.1\r\nHost: x\r\n\r\n", 35),
      "GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
      "POST /-/reload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
      "POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
      "POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
      "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
      std::string(3000, '\xff') + "\r\n\r\n",
      "GET /" + std::string(5000, 'a') + " HTTP/1.1\r\nHost: x\r\n\r\n",
      "GET /zones/" + std::string(4000, '.') + " HTTP/1.1\r\nHost: x\r\n\r\n",
  };
  for (const std::string& request : requests) {
    CAPTURE(request.substr(0, 60));
    RawClient client(world.server->address());
    REQUIRE(client.is_open());
    client.send(request);
    client.end_sending();  // what waits for more learns that none comes
    const HttpReply reply = client.read_reply();
    CHECK((reply.status == 0 || (reply.status >= 400 && reply.status < 600)));
  }
  CHECK(world.service.reloads() == 0);
  CHECK(world.get("/-/healthy").status == 200);
}

TEST_CASE("web: headers past the bound end the request") {
  const World world;
  RawClient client(world.server->address());
  REQUIRE(client.send("GET / HTTP/1.1\r\nHost: x\r\nX-Long: "));
  const std::string block(64 * 1024, 'x');
  bool open = true;
  std::size_t sent = 0;
  for (; open && sent < 64; ++sent) open = client.send(block);
  CHECK(sent < 64);  // four megabytes were not taken
  CHECK(world.get("/-/healthy").status == 200);
  const std::string url(60 * 1024, 'a');
  const HttpReply reply = fetch(world.server->address(), "GET", "/" + url);
  CHECK((reply.status == 0 || reply.status == 414 || reply.status == 431));
}

TEST_CASE("web: bodies are dropped, up to a bound") {
  World world;
  RawClient client(world.server->address());
  SECTION("a small one, then the next request") {
    REQUIRE(
        client.send("POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello"
                    "GET /-/ready HTTP/1.1\r\nHost: x\r\n\r\n"));
    CHECK(client.read_reply().status == 200);
    CHECK(client.read_reply().body == "ready\n");
    CHECK(world.service.reloads() == 1);
  }
  SECTION("in chunks, after 100 Continue") {
    REQUIRE(
        client.send("POST /-/reload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n"
                    "Expect: 100-continue\r\n\r\n"));
    REQUIRE(client.wait_readable());
    REQUIRE(client.send("5\r\nhello\r\n0\r\n\r\n"));
    CHECK(client.read_reply().status == 200);
  }
  SECTION("one that announces too much") {
    REQUIRE(client.send("POST /-/reload HTTP/1.1\r\nHost: x\r\nContent-Length: 10000000\r\n\r\n"));
    CHECK(client.read_reply().status == 413);
    CHECK(world.service.reloads() == 0);
  }
  SECTION("one that does not say how long it is") {
    REQUIRE(
        client.send("POST /-/reload HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"));
    const std::string chunk = "4000\r\n" + std::string(0x4000, 'x') + "\r\n";
    bool open = true;
    for (int i = 0; open && i < 1000; ++i) open = client.send(chunk);
    CHECK_FALSE(open);
    CHECK(world.service.reloads() == 0);
  }
  CHECK(world.get("/-/healthy").status == 200);
}

TEST_CASE("web: pipelined requests are answered in order") {
  World world;
  world.service.set_probe_now(done_with(faulty_report()));
  RawClient client(world.server->address());
  std::string requests;
  for (const char* target : {"/-/healthy", "/probe?target=example.com", "/nothing", "/%zz",
                             "/api/v1/zones", "/-/ready"}) {
    requests += "GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n\r\n";
  }
  REQUIRE(client.send(requests));
  CHECK(client.read_reply().body == "healthy\n");
  CHECK(contains(client.read_reply().body, "probe_success 1"));
  CHECK(client.read_reply().status == 404);
  CHECK(client.read_reply().status == 400);
  CHECK(nlohmann::json::parse(client.read_reply().body).at("zones").size() == 3);
  CHECK(client.read_reply().body == "ready\n");
}

TEST_CASE("web: a request cut into single octets is read") {
  const World world;
  RawClient client(world.server->address());
  for (const char c : std::string_view("GET /-/ready HTTP/1.1\r\nHost: test\r\n\r\n")) {
    REQUIRE(client.send({&c, 1}));
  }
  CHECK(client.read_reply().body == "ready\n");
}

TEST_CASE("web: idle clients are sent away, and hold up nobody") {
  WebSettings settings;
  settings.connection_timeout = std::chrono::seconds(1);
  const World world(settings);
  std::vector<std::unique_ptr<RawClient>> idle;
  for (int i = 0; i < 40; ++i) {
    idle.push_back(std::make_unique<RawClient>(world.server->address()));
    REQUIRE(idle.back()->is_open());
    if (i % 2 == 0) idle.back()->send("GET /metrics HTTP/1.1\r\nHost: te");
  }
  CHECK(world.get("/metrics").status == 200);
  for (const auto& client : idle) CHECK(client->wait_for_close());
}

TEST_CASE("web: no more connections than the limit") {
  WebSettings settings;
  settings.connection_limit = 4;
  const World world(settings);
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 4; ++i) {
    clients.push_back(std::make_unique<RawClient>(world.server->address()));
    clients.back()->send("GET /-/ready HTTP/1.1\r\nHost: test\r\n\r\n");
    CHECK(clients.back()->read_reply().status == 200);
  }
  RawClient fifth(world.server->address());
  fifth.send("GET /-/ready HTTP/1.1\r\nHost: test\r\n\r\n");
  clients.clear();
  // Whether the fifth was turned away or had to wait, there is room now.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  int status = 0;
  while (status != 200 && std::chrono::steady_clock::now() < deadline) {
    status = world.get("/-/ready").status;
  }
  CHECK(status == 200);
}

TEST_CASE("web: one address cannot take all connections") {
  WebSettings settings;
  settings.connection_limit_per_address = 2;
  const World world(settings);
  RawClient first(world.server->address());
  RawClient second(world.server->address());
  for (RawClient* const client : {&first, &second}) {
    REQUIRE(client->send("GET /-/ready HTTP/1.1\r\nHost: test\r\n\r\n"));
    CHECK(client->read_reply().status == 200);
  }
  RawClient third(world.server->address());
  CHECK(third.wait_for_close());
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

TEST_CASE("web: a reader that stops in the middle delays neither others nor the end") {
  World world;
  world.store.configure({});
  const auto large = shared(web_test::large_report("large.example", 4000));
  web_test::fill(world.store, {large});
  RawClient stalled(world.server->address());
  REQUIRE(stalled.send("GET /metrics HTTP/1.1\r\nHost: test\r\n\r\n"));
  REQUIRE(stalled.wait_readable());
  for (int i = 0; i < 3; ++i) {
    REQUIRE(world.store.publish(shared(web_test::healthy_report("large.example"))));
    const HttpReply reply = world.get("/metrics");
    CHECK(reply.status == 200);
    CHECK(reply.body.size() < 100'000);
  }
  const auto before = std::chrono::steady_clock::now();
  world.server->stop();
  // It waits for its grace, a second, and not for the connection's timeout of thirty.
  CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(20));
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
