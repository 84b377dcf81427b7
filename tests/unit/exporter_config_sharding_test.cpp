// The configuration: zones that several exporters share.
#include <set>
#include <string>

#include "tests/catch.hpp"
#include "tests/unit/config_reading.hpp"

namespace {

using namespace config_test;
using exporter::Config;
using exporter::ShardArguments;

const std::string kZones =
    "zones: [com, example.com, {zone: example.net, interval: 5m}, example.org, xn--p1ai]\n";

Read read_as(const std::string& text, ShardArguments arguments, bool zones_required = true) {
  return exporter::parse_config(
      text, "test.yml", [](const std::string& path) { return dns::fail("cannot read " + path); },
      {zones_required, arguments});
}

std::string mistakes_as(const std::string& text, ShardArguments arguments) {
  const Read config = read_as(text, arguments);
  REQUIRE_FALSE(config.has_value());
  std::string lines;
  for (const exporter::Mistake& mistake : config.error()) lines += mistake.to_text() + "\n";
  return lines;
}

std::set<std::string> zones_of(const Config& config) {
  std::set<std::string> zones;
  for (const exporter::ZoneEntry& entry : config.zones) zones.insert(entry.zone.to_label());
  return zones;
}

}  // namespace

TEST_CASE("without sharding all zones are here") {
  const Config config = good(kZones);
  REQUIRE(config.zones.size() == 5);
  REQUIRE(config.sharding == nullptr);
}

TEST_CASE("shards have each zone once, with its options, and know who has the others") {
  std::set<std::string> seen;
  for (unsigned shard = 0; shard < 3; ++shard) {
    const Config config =
        good(kZones + "sharding: {shard: " + std::to_string(shard) + ", of: 3}\n");
    REQUIRE(config.sharding != nullptr);
    REQUIRE(config.sharding->shard == exporter::Shard{shard, 3});
    REQUIRE(config.zones.size() + config.sharding->elsewhere.size() == 5);
    for (const exporter::ZoneEntry& entry : config.zones) {
      REQUIRE(seen.insert(entry.zone.to_label()).second);
      REQUIRE(exporter::shard_of(entry.zone, 3) == shard);
      REQUIRE_FALSE(config.sharding->other_shard_of(entry.zone));
      const bool own = entry.zone == name("example.net");
      REQUIRE((entry.options == config.defaults) == !own);
    }
    for (const dns::Name& zone : config.sharding->elsewhere) {
      REQUIRE(config.find(zone) == nullptr);
      REQUIRE(config.sharding->other_shard_of(zone) == exporter::shard_of(zone, 3));
    }
    const std::string yaml = exporter::to_yaml(config);
    INFO(yaml);
    REQUIRE(exporter::to_yaml(good(yaml)).find("# 0 more are left") != std::string::npos);
    REQUIRE(zones_of(good(yaml)) == zones_of(config));
  }
  REQUIRE(seen.size() == 5);
}

TEST_CASE("a shard without a zone is no mistake") {
  const Config config = good("zones: [com]\nsharding: {shard: 1, of: 2}\n");
  REQUIRE(config.zones.empty());
  REQUIRE(config.sharding->elsewhere == std::vector<dns::Name>{name("com")});
}

TEST_CASE("the command line decides over the file, each number by itself") {
  const std::string file = kZones + "sharding: {shard: 0, of: 3}\n";
  REQUIRE(read_as(file, {2, {}})->sharding->shard == exporter::Shard{2, 3});
  REQUIRE(read_as(file, {{}, 4})->sharding->shard == exporter::Shard{0, 4});
  REQUIRE(read_as(kZones, {7, 9})->sharding->shard == exporter::Shard{7, 9});
  REQUIRE(read_as(kZones + "sharding: {of: 3}\n", {2, {}})->sharding->shard ==
          exporter::Shard{2, 3});
  REQUIRE(read_as(kZones + "sharding: {shard: 5, of: 3}\n", {1, {}})->sharding->shard ==
          exporter::Shard{1, 3});
}

TEST_CASE("one-shot commands look at zones whichever shard has them") {
  for (const char* sharding : {"{shard: 0, of: 3}", "{of: 3}", "{}"}) {
    const Read config = read_as(kZones + "sharding: " + sharding + "\n", {}, false);
    REQUIRE(config->zones.size() == 5);
    REQUIRE(config->sharding == nullptr);
  }
}

TEST_CASE("mistakes in shards are told with their place") {
  struct Case {
    const char* text;
    const char* mistake;
  };
  const Case cases[] = {
      {"sharding: {shard: 3, of: 3}\n",
       "test.yml:2:19: sharding.shard: shards count from 0, so the last of 3 is 2, not 3\n"},
      {"sharding: {shard: 0, of: 0}\n",
       "test.yml:2:26: sharding.of: write a whole number from 1 to 1000, not \"0\"\n"},
      {"sharding: {shard: 0, of: 1001}\n",
       "test.yml:2:26: sharding.of: write a whole number from 1 to 1000, not \"1001\"\n"},
      {"sharding: {shard: -1, of: 3}\n",
       "test.yml:2:19: sharding.shard: write a whole number from 0 to 999, not \"-1\"\n"},
      {"sharding: {shard: one, of: 0}\n",
       "test.yml:2:19: sharding.shard: write a whole number from 0 to 999, not \"one\"\n"
       "test.yml:2:28: sharding.of: write a whole number from 1 to 1000, not \"0\"\n"},
      {"sharding: {shard: 1}\n",
       "test.yml:2:11: sharding: needs `of`, the number of shards, in `sharding` or as "
       "--sharding.of\n"},
      {"sharding:\n  of: 3\n",
       "test.yml:3:3: sharding: needs `shard`, the one that this exporter is, in `sharding` or as "
       "--sharding.shard\n"},
      {"sharding: {shard: 0, off: 3}\n",
       "test.yml:2:22: sharding.off: unknown key; did you mean of?\n"
       "test.yml:2:11: sharding: needs `of`, the number of shards, in `sharding` or as "
       "--sharding.of\n"},
      {"sharding: 3\n", "test.yml:2:11: sharding: expected a mapping (key: value), found \"3\"\n"},
  };
  for (const Case& each : cases) {
    INFO(each.text);
    CHECK(mistakes(std::string("zones: [a.test]\n") + each.text) == each.mistake);
  }
}

TEST_CASE("mistakes on the command line are told as such") {
  CHECK(mistakes_as(kZones, {3, 3}) ==
        "test.yml: --sharding.shard: shards count from 0, so the last of 3 is 2, not 3\n");
  CHECK(mistakes_as(kZones + "sharding: {of: 2}\n", {2, {}}) ==
        "test.yml: --sharding.shard: shards count from 0, so the last of 2 is 1, not 2\n");
  CHECK(mistakes_as(kZones + "sharding: {shard: 2, of: 3}\n", {{}, 2}) ==
        "test.yml:2:19: sharding.shard: shards count from 0, so the last of 2 is 1, not 2\n");
  CHECK(mistakes_as(kZones, {0, {}}) ==
        "test.yml: --sharding.shard: needs `of`, the number of shards, in `sharding` or as "
        "--sharding.of\n");
  CHECK(mistakes_as(kZones, {{}, 3}) ==
        "test.yml: --sharding.of: needs `shard`, the one that this exporter is, in `sharding` or "
        "as --sharding.shard\n");
}

TEST_CASE("mistakes in zones of other shards are found") {
  const std::string list = "zones: [com, {zone: example.com, intervall: 5m}, com]\n";
  const std::string told = mistakes(list + "sharding: {shard: 0, of: 2}\n");
  REQUIRE(told == mistakes(list + "sharding: {shard: 1, of: 2}\n"));
  REQUIRE(told ==
          "test.yml:1:34: zones[1].intervall: unknown key; did you mean interval?\n"
          "test.yml:1:50: zones[2]: com is listed twice, first in test.yml:1; remove one of "
          "them\n");
}
