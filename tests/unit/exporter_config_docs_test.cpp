// The configuration: reader, documentation and output cannot drift apart.
#include <algorithm>
#include <set>
#include <string>

#include "tests/catch.hpp"
#include "tests/unit/config_reading.hpp"

namespace {

using namespace config_test;
using exporter::Config;

/// DS RDATA but for the key tag.
const std::string kDs = "13 2 " + std::string(64, 'A');

}  // namespace

TEST_CASE("what is written reads back the same") {
  const Files files{{"hints", kRootHints}, {"keys", ". DS 1 " + kDs + "\n"}};
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
            "    expected_ds: [1 " +
            kDs +
            "]\n"
            "    thresholds: {response_time_udp: 123ms}\n"
            "    checks: {enable: [con-udp], disable: [zone], severity: {con-udp: info}}\n"
            "  - {zone: unsigned.test, expected_ds: []}\n"
            "defaults: {timeout: 700ms, serial_compare: off}\n"
            "checks: {disable: [connectivity], severity: {dnssec: notice}}\n"
            "web: {listen_address: ':9'}\n"
            "log: {level: error, format: json}\n"
            "resolution: {root_hints: hints, port: 1, allow: [127.0.0.0/8], ipv6: false,\n"
            "  trust_anchor_file: keys, trust_anchors: [\"a. DS (\\n 2 " +
            kDs +
            ") ; \\\"c\\\"\"]}\n"
            "pacing: {queries_per_second: 0.5, prefixes: [{prefix: '2001:db8::/32', burst: 7}]}\n"
            "vantage: {name: 'a \"b\" \\c', control_targets: [127.0.0.1]}\n"
            "probe: {allow: ['*', '*.test', x.test], concurrency: 3}\n"
            "metrics: {detail: zone}\n"
            "sharding: {shard: 0, of: 1}\n"
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
      REQUIRE(other.settings.expected_ds == entry.options->settings.expected_ds);
    }
    REQUIRE(again.vantage.name == config.vantage.name);
    REQUIRE(again.resolution.trust_anchors == config.resolution.trust_anchors);
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
      {"sharding.", "sharding: {", "}"},
      {"defaults.", "defaults: {", "}"},
      {"defaults.thresholds.", "defaults: {thresholds: {", "}}"},
      {"checks.", "checks: {", "}"},
      {"web.", "web: {", "}"},
      {"log.", "log: {", "}"},
      {"resolution.", "resolution: {", "}"},
      {"resolvers[].", "resolvers: [{address: 192.0.2.53, ", "}]"},
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
