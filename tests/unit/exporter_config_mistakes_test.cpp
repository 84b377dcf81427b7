// The configuration: every kind of mistake, with its exact text.
#include <string>

#include "tests/catch.hpp"
#include "tests/unit/config_reading.hpp"

namespace {

using namespace config_test;

}  // namespace

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
       "test.yml:2:1: qqqqqqqq: unknown key; known here: zones, zone_files, sharding, defaults, "
       "checks, web, "
       "log, resolution, resolvers, pacing, vantage, probe, metrics or workers\n"},
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
      {"zones: [{zone: a.test, expected_ds: [12345 13 2 abc]}]\n",
       "test.yml:1:38: zones[0].expected_ds[0]: write a DS as `TAG ALGORITHM TYPE DIGEST`, such as "
       "`12345 13 2 49FD...`, not \"12345 13 2 abc\"\n"},
      {"zones: [{zone: a.test, expected_ds: [\"1 13 2 00 ) DS\"]}]\n",
       "test.yml:1:38: zones[0].expected_ds[0]: write a DS as `TAG ALGORITHM TYPE DIGEST`, such as "
       "`12345 13 2 49FD...`, not \"1 13 2 00 ) DS\"\n"},
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
       "test.yml:1:1: a?b: unknown key; known here: zones, zone_files, sharding, defaults, checks, "
       "web, log, "
       "resolution, resolvers, pacing, vantage, probe, metrics or workers\n"},
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

TEST_CASE("an unknown check is told of without a list of all") {
  const std::string told = mistakes("zones: [a.test]\nchecks: {severity: {qqqqqqqq: info}}\n");
  CHECK(told.find("unknown key; list-checks shows all that are known\n") != std::string::npos);
}
