// The configuration: what a file means, every kind of mistake with its exact text, and that reader,
// documentation and output cannot drift apart.
#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "checks/catalogue.hpp"
#include "exporter/config.hpp"
#include "tests/catch.hpp"

namespace {

using namespace std::chrono_literals;
using exporter::Config;
using exporter::Mistake;

using Files = std::map<std::string, std::string>;
using Read = tl::expected<Config, std::vector<Mistake>>;

dns::Name name(std::string_view text) {
  return dns::Name::from_text(text).value();
}

Read read(const std::string& text, const Files& files = {}, bool zones_required = true) {
  return exporter::parse_config(text, "test.yml",
                                [&](const std::string& path) -> dns::Result<std::string> {
                                  const auto found = files.find(path);
                                  if (found == files.end())
                                    return dns::fail("cannot read " + path + ": not there");
                                  return found->second;
                                },
                                {zones_required});
}

/// The configuration of `text`, which must have no mistake.
Config good(const std::string& text, const Files& files = {}) {
  Read config = read(text, files);
  if (!config) {
    for (const Mistake& mistake : config.error()) UNSCOPED_INFO(mistake.to_text());
  }
  REQUIRE(config.has_value());
  return std::move(*config);
}

/// All mistakes of `text`, one per line.
std::string mistakes(const std::string& text, const Files& files = {}) {
  const Read config = read(text, files);
  REQUIRE_FALSE(config.has_value());
  std::string lines;
  for (const Mistake& mistake : config.error()) lines += mistake.to_text() + "\n";
  return lines;
}

/// Lives as long as `config`.
const exporter::ZoneOptions& options(const Config& config, std::string_view zone) {
  const exporter::ZoneEntry* entry = config.find(name(zone));
  REQUIRE(entry != nullptr);
  return *entry->options;
}

constexpr const char* kRootHints =
    ". 3600 IN NS a.root.\n"
    "a.root. 3600 IN A 127.0.0.53\n";

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
    thresholds: {serial_drift: 10m, response_time_udp: 250ms}
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

TEST_CASE("mistakes in zone files name the zone file") {
  REQUIRE(
      mistakes("zones: [a.test]\nzone_files: [zones.txt, more.yml, none]\n",
               {{"zones.txt", "b.test\n  a.test\nb..c\nsp ace\n"},
                {"more.yml", "zones:\n- d.test\n- zone: e.test\n  intervall: 10m\n- b.test\n"}}) ==
      "zones.txt:2:3: a.test is listed twice, first in test.yml:1; remove one of them\n"
      "zones.txt:3:1: " +
          dns::Name::from_text("b..c").error().sentence +
          "\n"
          "zones.txt:4:1: \"sp ace\" is not a domain name: it holds a space or control character\n"
          "more.yml:4:3: zones[1].intervall: unknown key; did you mean interval?\n"
          "more.yml:5:3: zones[2]: b.test is listed twice, first in zones.txt:1; remove one of "
          "them\n"
          "test.yml:2:35: zone_files[2]: cannot read none: not there\n");
}

TEST_CASE("each kind of mistake is told with its place and what to write instead") {
  struct Case {
    const char* text;
    const char* mistake;
  };
  const Case cases[] = {
      {"zone: [a.test]\n", "test.yml:1:1: zone: unknown key; did you mean zones?\n"},
      {"zones: [a.test]\nqqqqqqqq: 1\n",
       "test.yml:2:1: qqqqqqqq: unknown key; known here: zones, zone_files, defaults, checks, web, "
       "log, resolution, pacing, vantage, probe, metrics or workers\n"},
      {"zones: [a.test]\nweb:\n  listen_adress: x\n",
       "test.yml:3:3: web.listen_adress: unknown key; did you mean listen_address?\n"},
      {"zones: [a.test]\nweb: {}\nweb: {}\n",
       "test.yml:3:1: web: given twice, first in line 2; remove one of them\n"},
      {"zones: example.com\n", "test.yml:1:8: zones: expected a list, found \"example.com\"\n"},
      {"zones:\n", "test.yml:1:1: zones: expected a list, found nothing\n"},
      {"zones: [a.test, [b.test]]\n", "test.yml:1:17: zones[1]: expected text, found a list\n"},
      {"zones: [~]\n",
       "test.yml:1:9: zones[0]: expected text, found nothing; quote it if the text is null\n"},
      {"zones: [a.test, A.TEST.]\n",
       "test.yml:1:17: zones[1]: a.test is listed twice, first in test.yml:1; remove one of "
       "them\n"},
      {"zones: [{interval: 60s}]\n",
       "test.yml:1:9: zones[0]: needs a `zone` with the zone's name\n"},
      {"zones: [caf\xC3\xA9.test]\n",
       "test.yml:1:9: zones[0]: \"caf??.test\" is not ASCII; write the name's A-labels, "
       "xn--...\n"},
      {"zones: [a.test]\nweb: 10053\n",
       "test.yml:2:6: web: expected a mapping (key: value), found \"10053\"\n"},
      {"zones: [a.test]\nweb:\n", "test.yml:2:1: web: is empty; give it keys or remove it\n"},
      {"zones: [a.test]\n[1]: 2\n", "test.yml:2:1: a key must be a word\n"},
      {"zones: [a.test]\ndefaults: {interval: 60}\n",
       "test.yml:2:22: defaults.interval: write a duration with its unit, such as 30s, 5m or 1h, "
       "from 1s to 1d, not \"60\"\n"},
      {"zones: [a.test]\ndefaults: {interval: 500ms}\n",
       "test.yml:2:22: defaults.interval: write a duration with its unit, such as 30s, 5m or 1h, "
       "from 1s to 1d, not \"500ms\"\n"},
      {"zones: [a.test]\ndefaults: {attempts: 0}\n",
       "test.yml:2:22: defaults.attempts: write a whole number from 1 to 10, not \"0\"\n"},
      {"zones: [a.test]\ndefaults: {attempts: 2.5}\n",
       "test.yml:2:22: defaults.attempts: write a whole number from 1 to 10, not \"2.5\"\n"},
      {"zones: [a.test]\ndefaults: {attempts: \"2\"}\n",
       "test.yml:2:22: defaults.attempts: write a whole number from 1 to 10, not \"2\"\n"},
      {"zones: [a.test]\ndefaults: {expected_nameservers: [b.test]}\n",
       "test.yml:2:12: defaults.expected_nameservers: unknown key; known here: interval, "
       "delegation_interval, slow_interval, attempts, timeout, serial_compare or thresholds\n"},
      {"zones: [a.test]\ndefaults: {serial_compare: some}\n",
       "test.yml:2:28: defaults.serial_compare: write all, group or off, not \"some\"\n"},
      {"zones: [{zone: a.test, serial_compare: group}]\n",
       "test.yml:1:9: zones[0]: `serial_compare: group` needs `serial_groups`\n"},
      {"zones: [{zone: a.test, serial_groups: [[b.test]]}]\n",
       "test.yml:1:9: zones[0]: `serial_groups` counts only with `serial_compare: group`\n"},
      {"zones: [a.test]\ndefaults: {thresholds: {serial_drft: 1h}}\n",
       "test.yml:2:25: defaults.thresholds.serial_drft: unknown key; did you mean serial_drift?\n"},
      {"zones: [a.test]\nchecks: {disable: [con-udq]}\n",
       "test.yml:2:20: checks.disable[0]: no check or group is called \"con-udq\"; did you mean "
       "con-udp?\n"},
      {"zones: [a.test]\nchecks: {disable: [qqqqqqqqqqqqqqqq]}\n",
       "test.yml:2:20: checks.disable[0]: no check or group is called \"qqqqqqqqqqqqqqqq\"; "
       "list-checks shows all\n"},
      {"zones: [a.test]\nchecks: {disable: [con-udp], enable: [con-udp]}\n",
       "test.yml:2:9: checks: \"con-udp\" is both enabled and disabled; remove one of them\n"},
      {"zones: [a.test]\nchecks: {severity: {con-udp: fatal}}\n",
       "test.yml:2:30: checks.severity.con-udp: write info, notice, warning, error or critical, "
       "not "
       "\"fatal\"\n"},
      {"zones: [a.test]\nlog: {level: loud}\n",
       "test.yml:2:14: log.level: write debug, info, warning or error, not \"loud\"\n"},
      {"zones: [a.test]\nresolution: {ipv6: yes}\n",
       "test.yml:2:20: resolution.ipv6: write true or false, not \"yes\"\n"},
      {"zones: [a.test]\nresolution: {ipv4: false, ipv6: false}\n",
       "test.yml: resolution: ipv4 and ipv6 are both false; allow one of them\n"},
      {"zones: [a.test]\nresolution: {port: 70000}\n",
       "test.yml:2:20: resolution.port: write a whole number from 1 to 65535, not \"70000\"\n"},
      {"zones: [a.test]\nresolution: {root_hints: nowhere}\n",
       "test.yml:2:26: resolution.root_hints: cannot read nowhere: not there\n"},
      {"zones: [a.test]\nresolution: {root_hints: hints}\n",
       "test.yml:2:26: resolution.root_hints: a.root at 127.0.0.53 is a special-purpose address "
       "(Loopback); add it to resolution.allow\n"},
      {"zones: [a.test]\nvantage: {control_targets: [127.0.0.1]}\n",
       "test.yml:2:29: vantage.control_targets[0]: 127.0.0.1 is a special-purpose address "
       "(Loopback); add it to resolution.allow\n"},
      {"zones: [a.test]\nvantage: {name: \"\"}\n",
       "test.yml:2:17: vantage.name: write 1 to 64 printable ASCII characters, not \"\"\n"},
      {"zones: [a.test]\npacing: {queries_per_second: -1}\n",
       "test.yml:2:30: pacing.queries_per_second: write a number from 0 to 1e+06, not \"-1\"\n"},
      {"zones: [a.test]\npacing: {burst: nan}\n",
       "test.yml:2:17: pacing.burst: write a number from 1 to 1e+06, not \"nan\"\n"},
      {"zones: [a.test]\npacing: {prefixes: [{burst: 3}]}\n",
       "test.yml:2:21: pacing.prefixes[0]: needs a `prefix` such as 192.0.2.0/24\n"},
      {"zones: [a.test]\npacing: {prefixes: [{prefix: 192.0.2.0/24}, {prefix: 192.0.2.0/24}]}\n",
       "test.yml:2:45: pacing.prefixes[1]: 192.0.2.0/24 is listed twice; remove one of them\n"},
      {"zones: [a.test]\nmetrics: {detail: some}\n",
       "test.yml:2:19: metrics.detail: write full, server or zone, not \"some\"\n"},
      {"", "test.yml: is empty; `zones: [example.com]` would be complete\n"},
      {"log: {level: info}\n",
       "test.yml: zones: no zone is listed and /probe is allowed none; list at least one\n"},
      {"zones: [a.test]\n---\nzones: [b.test]\n",
       "test.yml:2:1: a second document starts here; a configuration is one document\n"},
      {"zones: !!set [a.test]\n",
       "test.yml:1:8: tags such as tag:yaml.org,2002:set are not understood; remove it\n"},
      {"zones: &a [*a]\n", "test.yml:1:12: an alias may not stand inside its own anchor\n"},
      {"\"a\\nb\": 1\n",
       "test.yml:1:1: a?b: unknown key; known here: zones, zone_files, defaults, checks, web, log, "
       "resolution, pacing, vantage, probe, metrics or workers\n"},
      {"zones: \"\\\x01\"\n", "test.yml:1:11: not YAML: unknown escape character: ?\n"},
  };
  for (const Case& each : cases) {
    INFO(each.text);
    CHECK(mistakes(each.text, {{"hints", kRootHints}}) == each.mistake);
  }
}

TEST_CASE("mistakes that other rooms word") {
  REQUIRE(mistakes("zones: [a..test]\n") ==
          "test.yml:1:9: zones[0]: " + dns::Name::from_text("a..test").error().sentence + "\n");
  REQUIRE(mistakes("zones: [a.test]\nresolution: {allow: [10.0.0.0/33]}\n") ==
          "test.yml:2:22: resolution.allow[0]: " +
              dns::Prefix::from_text("10.0.0.0/33").error().sentence + "\n");
  REQUIRE(mistakes("zones: [a.test]\nvantage: {control_targets: [here]}\n") ==
          "test.yml:2:29: vantage.control_targets[0]: " +
              dns::endpoint_from_text("here", 53).error().sentence + "\n");
  REQUIRE(
      mistakes("zones: [a.test]\nresolution: {root_hints: hints}\n", {{"hints", "nonsense\n"}}) ==
      "test.yml:2:26: resolution.root_hints: hints: " +
          dns::parse_root_hints("nonsense\n").error().sentence + "\n");
}

TEST_CASE("text that is not YAML is told with its place") {
  const std::string told = mistakes("zones: [a.test\nweb: {\n");
  REQUIRE(told.starts_with("test.yml:"));
  REQUIRE(told.find(": not YAML: ") != std::string::npos);
}

TEST_CASE("all mistakes of a file are told at once, and very many are counted") {
  REQUIRE(mistakes("zones: [a.test, a..b]\nworkers: many\nlogg: {}\n") ==
          "test.yml:2:10: workers: write a whole number from 0 to 256, not \"many\"\n"
          "test.yml:3:1: logg: unknown key; did you mean log?\n"
          "test.yml:1:17: zones[1]: " +
              dns::Name::from_text("a..b").error().sentence + "\n");
  std::string text = "zones:\n";
  for (int i = 0; i < 250; ++i) text += "  - a..b\n";
  const Read config = read(text);
  REQUIRE_FALSE(config.has_value());
  REQUIRE(config.error().size() == exporter::kMaxMistakes + 1);
  REQUIRE(config.error().back().to_text() == "test.yml: and 150 more mistakes");
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

TEST_CASE("what is written reads back the same") {
  const Files files{{"hints", kRootHints}};
  for (const std::string& text :
       {std::string("zones: [example.com]\n"),
        std::string(
            "zones:\n"
            "  - plain.test\n"
            "  - zone: 'a\\032b.test'\n"
            "    interval: 90s\n"
            "    serial_compare: group\n"
            "    serial_groups: [[a.test, b.test], [c.test]]\n"
            "    expected_nameservers: [x.test]\n"
            "    thresholds: {response_time_udp: 123ms}\n"
            "    checks: {enable: [con-udp], disable: [zone], severity: {con-udp: info}}\n"
            "defaults: {timeout: 700ms, serial_compare: off}\n"
            "checks: {disable: [connectivity], severity: {dnssec: notice}}\n"
            "web: {listen_address: ':9'}\n"
            "log: {level: error, format: json}\n"
            "resolution: {root_hints: hints, port: 1, allow: [127.0.0.0/8], ipv6: false}\n"
            "pacing: {queries_per_second: 0.5, prefixes: [{prefix: '2001:db8::/32', burst: 7}]}\n"
            "vantage: {name: 'a \"b\" \\c', control_targets: [127.0.0.1]}\n"
            "probe: {allow: ['*', '*.test', x.test], concurrency: 3}\n"
            "metrics: {detail: zone}\n"
            "workers: 2\n")}) {
    const Config config = good(text, files);
    const std::string yaml = exporter::to_yaml(config);
    INFO(yaml);
    const Config again = good(yaml, files);
    REQUIRE(exporter::to_yaml(again) == yaml);
    REQUIRE(again.zones.size() == config.zones.size());
    for (const exporter::ZoneEntry& entry : config.zones) {
      const exporter::ZoneOptions& other = options(again, entry.zone.to_label());
      REQUIRE(other.interval == entry.options->interval);
      REQUIRE(other.settings.selection.disabled == entry.options->settings.selection.disabled);
      REQUIRE(other.settings.selection.severity == entry.options->settings.selection.severity);
      REQUIRE(other.settings.serial_groups == entry.options->settings.serial_groups);
      REQUIRE(other.settings.expected_nameservers == entry.options->settings.expected_nameservers);
    }
    REQUIRE(again.vantage.name == config.vantage.name);
  }
}

TEST_CASE("a documented default is the default") {
  const std::string plain = exporter::to_yaml(good("zones: [a.test]\n"));
  std::size_t tried = 0;
  for (const exporter::ConfigKey& key : exporter::config_keys()) {
    if (key.default_value.empty() || key.path.find("[]") != std::string::npos) continue;
    // Wrapped from the inside out: "web.listen_address" becomes {web: {listen_address: "..."}}.
    std::string text = key.default_value;
    std::string path = key.path;
    if (key.type == "address and port") text = '"' + text + '"';
    for (std::size_t dot = path.rfind('.'); dot != std::string::npos; dot = path.rfind('.')) {
      text = "{" + path.substr(dot + 1) + ": " + text + "}";
      path.resize(dot);
    }
    text = "zones: [a.test]\n" + path + ": " + text + "\n";
    INFO(text);
    CHECK(exporter::to_yaml(good(text)) == plain);
    ++tried;
  }
  REQUIRE(tried > 15);
}

TEST_CASE("every key that is read is documented and every documented key is read") {
  // Each place where keys may stand, with the text that leads there.
  struct Section {
    const char* path;
    const char* before;
    const char* after;
  };
  const Section sections[] = {
      {"", "", ""},
      {"zones[].", "zones: [{zone: a.test, ", "}]"},
      {"zones[].thresholds.", "zones: [{zone: a.test, thresholds: {", "}}]"},
      {"zones[].checks.", "zones: [{zone: a.test, checks: {", "}}]"},
      {"defaults.", "defaults: {", "}"},
      {"defaults.thresholds.", "defaults: {thresholds: {", "}}"},
      {"checks.", "checks: {", "}"},
      {"web.", "web: {", "}"},
      {"log.", "log: {", "}"},
      {"resolution.", "resolution: {", "}"},
      {"pacing.", "pacing: {", "}"},
      {"pacing.prefixes[].", "pacing: {prefixes: [{prefix: 192.0.2.0/24, ", "}]}"},
      {"vantage.", "vantage: {", "}"},
      {"probe.", "probe: {", "}"},
      {"metrics.", "metrics: {", "}"},
  };
  std::set<std::string> read_keys;
  for (const Section& section : sections) {
    const std::string told =
        mistakes(std::string(section.before) + "qqqqqqqqqqqqqqqqqqqqq: 1" + section.after);
    const std::string marker = "unknown key; known here: ";
    const std::size_t begin = told.find(marker);
    INFO(told);
    REQUIRE(begin != std::string::npos);
    std::string list = told.substr(begin + marker.size());
    list = list.substr(0, list.find('\n'));
    const std::size_t last = list.rfind(" or ");
    if (last != std::string::npos) list.replace(last, 4, ", ");
    while (!list.empty()) {
      const std::size_t comma = std::min(list.find(", "), list.size());
      read_keys.insert(section.path + list.substr(0, comma));
      list.erase(0, comma + 2);
    }
  }
  std::set<std::string> documented;
  for (const exporter::ConfigKey& key : exporter::config_keys()) {
    REQUIRE(documented.insert(key.path).second);
    REQUIRE_FALSE(key.type.empty());
    REQUIRE_FALSE(key.help.empty());
  }
  REQUIRE(documented == read_keys);
}

TEST_CASE("docs/configuration.md is what the code says; ./dev docs makes it anew") {
  const dns::Result<std::string> page =
      exporter::read_text_file(DOCS_DIRECTORY "/configuration.md");
  REQUIRE(page.has_value());
  REQUIRE(*page == exporter::configuration_markdown());
}

TEST_CASE("the example in the documentation is a good configuration") {
  const std::string page = exporter::configuration_markdown();
  const std::size_t begin = page.find("```yaml\n") + 8;
  const std::string example = page.substr(begin, page.rfind("```") - begin);
  REQUIRE(good(example, {{"zones.txt", "c.test\n"}}).zones.size() == 3);
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
