// Resolvers and sentinels in the configuration, and mistakes in them.
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/unit/config_reading.hpp"

namespace {

using namespace config_test;
using exporter::Config;

}  // namespace

TEST_CASE("resolvers are addresses, or mappings with what is special about them") {
  const Config config = good(
      "zones: [a.test]\n"
      "resolvers:\n"
      "  - 203.0.113.53\n"
      "  - {address: '2001:db8::53', name: public6, validating: false}\n"
      "  - {address: 127.0.0.1, name: office, port: 5353, local: true}\n");
  REQUIRE(config.resolvers.size() == 3);
  CHECK(config.resolvers[0].name == "203.0.113.53");
  CHECK(config.resolvers[0].endpoint.to_text() == "203.0.113.53:53");
  CHECK(config.resolvers[0].validating);
  CHECK_FALSE(config.resolvers[0].local);
  CHECK(config.resolvers[1].name == "public6");
  CHECK_FALSE(config.resolvers[1].validating);
  CHECK(config.resolvers[2].endpoint.to_text() == "127.0.0.1:5353");
  CHECK(config.resolvers[2].local);

  const std::string yaml = exporter::to_yaml(config);
  CHECK(good(yaml).resolvers == config.resolvers);
  CHECK(good("zones: [a.test]\n").resolvers.empty());
}

TEST_CASE("sentinels belong to a zone") {
  const Config config = good(
      "zones:\n"
      "  - {zone: a.test, sentinels: [www.A.test/AAAA, a.test/mx]}\n"
      "  - b.test\n");
  const auto& sentinels = options(config, "a.test").sentinels;
  REQUIRE(sentinels.size() == 2);
  CHECK(sentinels[0].name == name("www.a.test"));
  CHECK(sentinels[0].type == dns::RRType::aaaa);
  CHECK(sentinels[1].type == dns::RRType::mx);
  CHECK(options(config, "b.test").sentinels.empty());
  CHECK(options(good(exporter::to_yaml(config)), "a.test").sentinels == sentinels);
}

TEST_CASE("mistakes in resolvers are told where they stand") {
  struct Case {
    std::string text;
    std::string mistake;
  };
  std::string many = "resolvers: [192.0.2.1";
  for (int i = 2; i <= 20; ++i) many += ", 192.0.2." + std::to_string(i);
  const std::vector<Case> cases{
      {"resolvers: 192.0.2.1", "2:12: resolvers: expected a list, found \"192.0.2.1\""},
      {"resolvers: [dns.example]", "2:13: resolvers[0]: "},
      {"resolvers: [{name: x}]", "2:13: resolvers[0]: needs an `address` such as 192.0.2.53"},
      {"resolvers: [{address: 192.0.2.1, port: 0}]", "2:40: resolvers[0].port: "},
      {"resolvers: [{address: 192.0.2.1, name: 'a b'}]",
       "2:40: resolvers[0].name: write 1 to 64 printable ASCII characters without spaces, not \"a "
       "b\""},
      {"resolvers: [{address: 192.0.2.1, locale: true}]",
       "2:34: resolvers[0].locale: unknown key; did you mean local?"},
      {"resolvers: [192.0.2.1, {address: 192.0.2.1, name: x}]",
       "2:24: resolvers[1]: 192.0.2.1:53 is listed twice; remove one of them"},
      {"resolvers: [{address: 192.0.2.1, name: x}, {address: 192.0.2.2, name: x}]",
       "2:44: resolvers[1]: two resolvers are called \"x\"; give each its own `name`"},
      {many + "]", "resolvers[16]: more than 16 resolvers are listed"},
  };
  for (const Case& each : cases) {
    INFO(each.text);
    const std::string told = mistakes("zones: [a.test]\n" + each.text + "\n");
    CHECK(told.find(each.mistake) != std::string::npos);
    CHECK(told.find('\n') == told.size() - 1);
  }
}

TEST_CASE("mistakes in sentinels are told where they stand") {
  const auto told = [](const std::string& list) {
    return mistakes("zones:\n  - {zone: a.test, sentinels: [" + list + "]}\n");
  };
  CHECK(told("www.a.test") ==
        "test.yml:2:32: zones[0].sentinels[0]: \"www.a.test\" has no type; write it like "
        "www.example.com/A\n");
  CHECK(told("www.a.test/NONE") ==
        "test.yml:2:32: zones[0].sentinels[0]: \"NONE\" is no record type\n");
  CHECK(told("www.b.test/A") ==
        "test.yml:2:32: zones[0].sentinels[0]: www.b.test does not lie in a.test\n");
  CHECK(told("www.a.test/A, WWW.a.test/a") ==
        "test.yml:2:46: zones[0].sentinels[1]: WWW.a.test/a is listed twice; remove one of "
        "them\n");
}
