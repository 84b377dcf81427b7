// The configuration: what a file means.
#include <algorithm>
#include <set>
#include <string>

#include "checks/catalogue.hpp"
#include "tests/catch.hpp"
#include "tests/unit/config_reading.hpp"

namespace {

using namespace config_test;
using namespace std::chrono_literals;
using exporter::Config;

}  // namespace

TEST_CASE("one line is a complete configuration") {
  const Config config = good("zones: [example.com]\n");
  REQUIRE(config.zones.size() == 1);
  REQUIRE(config.zones[0].zone == name("example.com"));
  REQUIRE(config.zones[0].options == config.defaults);
  REQUIRE(config.defaults->interval == 60s);
  REQUIRE(config.defaults->settings.interval == 60s);
  REQUIRE(config.defaults->attempts == 3);
  REQUIRE(config.defaults->timeout == 2s);
  REQUIRE(config.defaults->settings.three_rounds_rule);
  REQUIRE(config.web.listen_address.to_text() == "[::]:10053");
  REQUIRE(config.pacing.pace.queries_per_second == 20);
  REQUIRE(config.resolution.port == 53);
  REQUIRE_FALSE(config.resolution.root_hints.has_value());
  REQUIRE_FALSE(config.resolution.trust_anchors.has_value());
  REQUIRE(config.probe.concurrency == 8);
  REQUIRE(config.workers == 0);
}

TEST_CASE("everything can be set") {
  const Config config = good(R"(
zones:
  - example.com
  - zone: Example.NET.
    interval: 5m
    delegation_interval: 10m
    slow_interval: 2h
    attempts: 2
    timeout: 1500ms
    serial_compare: group
    serial_groups: [[ns1.example.org, ns2.example.org], [ns3.example.org]]
    expected_nameservers: [ns1.example.org]
    expected_ds: ["2 13 2 000000000000000000000000000000000000000000000000000000000000abCD", "1 13 2 000000000000000000000000000000000000000000000000000000000000abCD"]
    thresholds: {rollover_stuck: 45d, cds_pending: 3d, serial_drift: 10m, response_time_udp: 250ms}
    checks: {disable: [con-udp], severity: {con-tcp: critical}}
defaults:
  interval: 2m
  thresholds: {serial_drift: 2h}
web: {listen_address: "127.0.0.1:0"}
log: {level: debug, format: json}
resolution:
  root_hints: hints
  port: 5300
  allow: [127.0.0.0/8, "fd00::/8"]
  ipv6: false
pacing:
  queries_per_second: 50.5
  burst: 100
  prefixes: [{prefix: 192.0.2.0/24, queries_per_second: 0}, {prefix: 192.0.2.7, burst: 3}]
  max_in_flight: 500
vantage: {name: fra1, control_targets: [127.0.0.53, "[fd00::1]:54"]}
probe: {allow: [other.test, "*.example.org"], concurrency: 2}
metrics: {detail: server}
workers: 3
)",
                             {{"hints", kRootHints}});
  REQUIRE(config.zones.size() == 2);
  const exporter::ZoneOptions& com = options(config, "example.com");
  REQUIRE(com.interval == 2min);
  REQUIRE(com.settings.thresholds.serial_drift == 7200);
  const exporter::ZoneOptions& net = options(config, "example.net");
  REQUIRE(net.interval == 5min);
  REQUIRE(net.settings.interval == 5min);
  REQUIRE(net.delegation_interval == 10min);
  REQUIRE(net.slow_interval == 2h);
  REQUIRE(net.attempts == 2);
  REQUIRE(net.timeout == 1500ms);
  REQUIRE(net.settings.serial_compare == checks::SerialCompare::group);
  REQUIRE(net.settings.serial_groups.size() == 2);
  REQUIRE(net.settings.serial_groups[0].size() == 2);
  REQUIRE(net.settings.expected_nameservers == std::vector{name("ns1.example.org")});
  REQUIRE(net.settings.expected_ds.has_value());
  REQUIRE(net.settings.expected_ds->size() == 2);
  REQUIRE(net.settings.expected_ds->front().size() == 36);
  REQUIRE(net.settings.expected_ds->front()[1] == 1);  // sorted
  REQUIRE(net.settings.expected_ds->front().back() == 0xCD);
  REQUIRE_FALSE(com.settings.expected_ds.has_value());
  REQUIRE(net.settings.thresholds.rollover_stuck == 45 * 86400);
  REQUIRE(net.settings.thresholds.cds_pending == 3 * 86400);
  REQUIRE(net.settings.thresholds.serial_drift == 600);
  REQUIRE(net.settings.thresholds.response_time_udp == 0.25);
  REQUIRE(net.settings.selection.disabled == std::set<std::string, std::less<>>{"con-udp"});
  REQUIRE(net.settings.selection.severity.at("con-tcp") == checks::Severity::critical);
  REQUIRE(config.web.listen_address.to_text() == "127.0.0.1:0");
  REQUIRE(config.log.level == exporter::LogLevel::debug);
  REQUIRE(config.log.format == exporter::LogFormat::json);
  REQUIRE(config.resolution.root_hints.has_value());
  REQUIRE(config.resolution.port == 5300);
  REQUIRE(config.resolution.allow.size() == 2);
  REQUIRE(config.resolution.ipv4);
  REQUIRE_FALSE(config.resolution.ipv6);
  REQUIRE(config.pacing.pace.queries_per_second == 50.5);
  REQUIRE(config.pacing.max_in_flight == 500);
  const auto pace = [&](const char* address) {
    return config.pacing.of(dns::IpAddress::from_text(address).value());
  };
  REQUIRE(pace("192.0.2.1").queries_per_second == 0);
  REQUIRE(pace("192.0.2.7").burst == 3);
  REQUIRE(pace("198.51.100.1").queries_per_second == 50.5);
  REQUIRE(config.vantage.name == "fra1");
  REQUIRE(config.vantage.control_targets[0].to_text() == "127.0.0.53:5300");
  REQUIRE(config.vantage.control_targets[1].to_text() == "[fd00::1]:54");
  REQUIRE(config.probe.allow[0].matches(name("other.test")));
  REQUIRE_FALSE(config.probe.allow[0].matches(name("a.other.test")));
  REQUIRE(config.probe.allow[1].matches(name("a.b.example.org")));
  REQUIRE_FALSE(config.probe.allow[1].matches(name("example.org")));
  REQUIRE(config.probe.concurrency == 2);
  REQUIRE(config.metrics.detail == exporter::MetricsDetail::server);
  REQUIRE(config.workers == 3);
}

TEST_CASE("names that YAML would take for something else are names") {
  const Config config = good("zones: [no, yes, on, 1.10, \"null\", .]\n");
  for (const char* zone : {"no", "yes", "on", "1.10", "null", "."}) {
    REQUIRE(config.find(name(zone)) != nullptr);
  }
}

TEST_CASE("checks: an id decides over its group, a zone over all zones") {
  const std::string text =
      "zones:\n"
      "  - plain.test\n"
      "  - zone: enabled.test\n"
      "    checks: {enable: [con-udp]}\n"
      "  - zone: all.test\n"
      "    checks: {enable: [connectivity]}\n"
      "  - zone: regraded.test\n"
      "    checks: {severity: {connectivity: info, con-tcp: warning}}\n"
      "checks: {disable: [connectivity], enable: [con-tcp], severity: {con-tcp: critical}}\n";
  const Config config = good(text);
  std::set<std::string, std::less<>> expected;
  for (const checks::Check& check : checks::catalogue()) {
    if (check.group == checks::Group::connectivity) expected.insert(std::string(check.id));
  }
  REQUIRE(expected.size() > 2);
  expected.erase("con-tcp");
  REQUIRE(options(config, "plain.test").settings.selection.disabled == expected);
  expected.erase("con-udp");
  REQUIRE(options(config, "enabled.test").settings.selection.disabled == expected);
  REQUIRE(options(config, "all.test").settings.selection.disabled.empty());
  const auto& severity = options(config, "regraded.test").settings.selection.severity;
  REQUIRE(severity.at("con-udp") == checks::Severity::info);
  REQUIRE(severity.at("con-tcp") == checks::Severity::warning);
  REQUIRE(options(config, "plain.test").settings.selection.severity.at("con-tcp") ==
          checks::Severity::critical);
}

TEST_CASE("zone files: plain lines and YAML") {
  const Config config =
      good("zones: [a.test]\nzone_files: [zones.txt, more.yml]\n",
           {{"zones.txt", "# our zones\nb.test\r\n\n  c.test  # the third\n"},
            {"more.yml", "zones:\n  - d.test\n  - zone: e.test\n    interval: 10m\n"}});
  REQUIRE(config.zones.size() == 5);
  REQUIRE(options(config, "e.test").interval == 10min);
  REQUIRE(std::is_sorted(config.zones.begin(), config.zones.end(),
                         [](const auto& a, const auto& b) { return a.zone < b.zone; }));
  REQUIRE(config.find(name("f.test")) == nullptr);
}

TEST_CASE("aliases stand for what they name, and cannot grow without bound") {
  const Config config = good(
      "zones:\n"
      "  - {zone: a.test, thresholds: &t {serial_drift: 10m}}\n"
      "  - {zone: b.test, thresholds: *t}\n");
  REQUIRE(options(config, "b.test").settings.thresholds.serial_drift == 600);

  std::string bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    const std::string here = "a" + std::to_string(i);
    bomb += here + ": &" + here + " [" + before;
    for (int j = 1; j < 10; ++j) bomb += ", " + before;
    bomb += "]\n";
  }
  REQUIRE(mistakes(bomb).find("the file holds too many values") != std::string::npos);

  const std::string deep(100, '[');
  REQUIRE(mistakes("zones: " + deep).find("nested too deeply") != std::string::npos);
}

TEST_CASE("a configuration without zones is enough where zones are not needed") {
  REQUIRE(read("resolution: {port: 5300}\n", {}, false).has_value());
  REQUIRE(read("", {}, false).has_value());
  REQUIRE(read("probe: {allow: ['*']}\n").has_value());
}

TEST_CASE("durations") {
  REQUIRE(exporter::duration_from_text("60s") == 60s);
  REQUIRE(exporter::duration_from_text("1h30m") == 90min);
  REQUIRE(exporter::duration_from_text("500ms") == 500ms);
  REQUIRE(exporter::duration_from_text("2d") == 48h);
  REQUIRE(exporter::duration_from_text("0s") == 0s);
  REQUIRE(exporter::duration_from_text("1m1ms") == 60'001ms);
  for (const char* text : {"", "60", "s", "-5s", "1.5s", "5 s", "5sec", "30m1h", "1h1h", "5s ",
                           "99999999999999999999s", "9999999999d"}) {
    INFO(text);
    REQUIRE_FALSE(exporter::duration_from_text(text).has_value());
  }
  for (const dns::Duration duration : {dns::Duration(0s), dns::Duration(1ms), dns::Duration(90s),
                                       dns::Duration(36h), dns::Duration(1001ms)}) {
    REQUIRE(exporter::duration_from_text(exporter::duration_to_text(duration)) == duration);
  }
  REQUIRE(exporter::duration_to_text(90min) == "1h30m");
}

TEST_CASE("a file that cannot be read says so") {
  const Read missing = exporter::load_config("/nonexistent/dnszone.yml");
  REQUIRE_FALSE(missing.has_value());
  REQUIRE(missing.error().front().to_text() ==
          "/nonexistent/dnszone.yml: cannot read /nonexistent/dnszone.yml: No such file or "
          "directory");
  REQUIRE(exporter::read_text_file("/").error().sentence == "/ is a directory, not a file");
}
