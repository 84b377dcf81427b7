// Trust anchors in the configuration: where they come from, and mistakes in them.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "dns/rdata.hpp"
#include "tests/catch.hpp"
#include "tests/unit/config_reading.hpp"

namespace {

using namespace config_test;
using exporter::Config;

/// DS RDATA but for the key tag.
const std::string kDs = "13 2 " + std::string(64, 'A');

}  // namespace

TEST_CASE("trust anchors come from a file, from a list, or from both") {
  const Files files{{"keys", "; comment\n. DS 1 " + kDs + "\na.test. DS 2 " + kDs + "\n"}};
  const std::string begin = "zones: [a.test]\nresolution: {";
  const std::string list = "trust_anchors: [a.test. DS 2 " + kDs + ", \"b. IN DS 3 " + kDs + "\"]";
  const auto tags = [&](const std::string& text) {
    const Config config = good(begin + text + "}\n", files);
    REQUIRE(config.resolution.trust_anchors.has_value());
    std::set<int> found;
    for (const dns::Record& record : config.resolution.trust_anchors->records()) {
      found.insert(dns::parse_ds(record.rdata)->key_tag);
    }
    REQUIRE(found.size() == config.resolution.trust_anchors->records().size());
    return found;
  };
  CHECK(tags("trust_anchor_file: keys") == std::set{1, 2});
  CHECK(tags(list) == std::set{2, 3});
  CHECK(tags(list + ", trust_anchor_file: keys") == std::set{1, 2, 3});  // one is in both
}

TEST_CASE("mistakes in trust anchors are told where they stand") {
  const std::string begin = "zones: [a.test]\nresolution: {";
  std::string many;
  for (int tag = 0; tag < 32; ++tag) many += "a. DS " + std::to_string(tag) + " " + kDs + "\n";
  const Files files{{"none", ""}, {"bad", "\n. NS a.\n"}, {"many", many}};
  struct Case {
    std::string text;
    std::string mistake;
  };
  const std::vector<Case> cases{
      {"trust_anchor_file: nowhere",
       "2:33: resolution.trust_anchor_file: cannot read nowhere: not there"},
      {"trust_anchor_file: none",
       "2:33: resolution.trust_anchor_file: none: there is no trust anchor: no DS and no usable "
       "DNSKEY record"},
      {"trust_anchor_file: bad",
       "2:33: resolution.trust_anchor_file: bad: line 2: trust anchors are DS and DNSKEY records, "
       "not \"NS\""},
      {"trust_anchor_file: [bad]",
       "2:33: resolution.trust_anchor_file: expected text, found a list"},
      {"trust_anchors: a. DS 1 2",
       "2:29: resolution.trust_anchors: expected a list, found \"a. DS 1 2\""},
      {"trust_anchors: []",
       "2:29: resolution.trust_anchors: lists no record; without this key, the built-in trust "
       "anchors count"},
      {"trust_anchors: [a. DS 1 " + kDs + ", b. DS x " + kDs + "]",
       "2:109: resolution.trust_anchors[1]: the key tag is a number from 0 to 65535, not \"x\""},
      {"trust_anchors: [a. DS 1 " + kDs + ", A DS 1 " + kDs + "]",
       "2:109: resolution.trust_anchors[1]: this record is listed twice; remove one of them"},
      {"trust_anchors: [\"a. DS 1 " + kDs + "\\nb. DS 1 " + kDs + "\"]",
       "2:30: resolution.trust_anchors[0]: there is more than one record; give each by itself"},
      {"trust_anchors: [a. DS 999 " + kDs + "], trust_anchor_file: many",
       "2:131: resolution.trust_anchor_file: many: with trust_anchors, there are more than 256 "
       "trust anchors, or more than 32 of one zone"},
      {"trust_anchor: x",
       "2:14: resolution.trust_anchor: unknown key; did you mean trust_anchors?"},
  };
  for (const Case& each : cases) {
    INFO(each.text);
    CHECK(mistakes(begin + each.text + "}\n", files) == "test.yml:" + each.mistake + "\n");
  }
  std::string list = "trust_anchors: [a. DS 0 " + kDs;
  for (int tag = 1; tag < 33; ++tag) list += ", a. DS " + std::to_string(tag) + " " + kDs;
  const std::string told = mistakes(begin + list + "]}\n");
  CHECK(told.find("resolution.trust_anchors[32]: there are more than") != std::string::npos);
  CHECK(std::count(told.begin(), told.end(), '\n') == 1);
}
