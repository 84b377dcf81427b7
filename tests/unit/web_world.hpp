// A web server to be asked over real sockets.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "exporter/web_server.hpp"
#include "tests/catch.hpp"
#include "tests/unit/raw_client.hpp"
#include "tests/unit/web_fixtures.hpp"

namespace web_test {

/// A server on 127.0.0.1 with one faulty zone, one healthy, and one not surveyed yet.
struct World {
  explicit World(exporter::WebSettings settings = {}) {
    const auto faulty = shared(faulty_report());
    const auto root = shared(healthy_report("."));
    store.configure({{faulty->zone, faulty->interval, faulty},
                     {root->zone, root->interval, root},
                     {name("new.example"), std::chrono::seconds(60), nullptr}});
    if (settings.listen.port != 0) settings.listen = {address("127.0.0.1"), 0};
    auto started = exporter::WebServer::start(std::move(settings), store, service, own, clock);
    REQUIRE(started);
    server = std::move(*started);
  }

  HttpReply get(std::string_view target, std::string_view headers = "") const {
    return fetch(server->address(), "GET", target, headers);
  }

  StillClock clock;
  exporter::ReportStore store;
  FakeService service;
  exporter::OwnMetrics own{"1.2.3", clock};
  std::unique_ptr<exporter::WebServer> server;
};

/// How a probe ends whose survey came to its end.
inline exporter::ProbeResult done_with(checks::ZoneReport report) {
  return {exporter::ProbeResult::Status::done, shared(std::move(report))};
}

inline bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace web_test
