// /probe over real sockets: surveys that end at every possible moment, and what never reaches the
// service.
#include <chrono>
#include <thread>

#include "tests/catch.hpp"
#include "tests/unit/web_world.hpp"

namespace {

using exporter::ProbeResult;
using exporter::WebSettings;
using web_test::contains;
using web_test::done_with;
using web_test::faulty_report;
using web_test::HttpReply;
using web_test::name;
using web_test::RawClient;
using web_test::World;

}  // namespace

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

TEST_CASE("probe: a zone of another shard never reaches the service, which is said") {
  World world;
  world.service.set_sharding({{0, 3}, {name("other.example")}});
  world.service.set_probe_now(done_with(faulty_report()));
  const unsigned other = exporter::shard_of(name("other.example"), 3);
  const std::string sentence = "this zone belongs to shard " + std::to_string(other) + " of 3";
  const HttpReply reply = world.get("/probe?target=Other.example");
  CHECK(reply.status == 403);
  CHECK(contains(reply.body, sentence));
  CHECK(world.get("/probe?target=example.com").status == 200);
  for (const char* path : {"/zones/other.example", "/api/v1/zones/other.example"}) {
    CAPTURE(path);
    CHECK(world.get(path).status == 404);
    CHECK(contains(world.get(path).body, sentence));
  }
  CHECK(contains(world.get("/zones/unknown.example").body, "not configured"));
  CHECK(contains(world.get("/").body, "Shard 0 of 3, counted from 0: 3 of 4 zones."));
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
