// Clients of the HTTP server as they come: malformed, boundless, pipelining, slow, idle and many.
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "tests/catch.hpp"
#include "tests/unit/web_world.hpp"

namespace {

using exporter::WebSettings;
using web_test::contains;
using web_test::done_with;
using web_test::faulty_report;
using web_test::fetch;
using web_test::HttpReply;
using web_test::RawClient;
using web_test::shared;
using web_test::World;

}  // namespace

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
