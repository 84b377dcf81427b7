// The chain of trust as the terminal and programs get it: tree and JSON.
#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "exporter/chain_tree.hpp"
#include "exporter/render_check.hpp"
#include "exporter/report_json.hpp"
#include "exporter/table.hpp"
#include "tests/catch.hpp"
#include "tests/unit/chain_fixtures.hpp"
#include "tests/unit/web_fixtures.hpp"

namespace {

using exporter::render_chain_tree;
using web_test::all_chains;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

}  // namespace

TEST_CASE("tree: a secure chain") {
  CHECK(render_chain_tree(web_test::secure_chain(), {}) ==
        ".  secure, trust anchor\n"
        "│  anchor 20326 RSASHA256 SHA-256 E06D44B8..., leads to key 20326\n"
        "│  anchor 38696 RSASHA256 SHA-256 E06D44B8..., no key has this tag\n"
        "│  key 20326 KSK RSASHA256, signs the keys until 2026-12-04\n"
        "│  key 46441 ZSK RSASHA256\n"
        "└─ lab  secure\n"
        "   │  DS 4711 ECDSAP256SHA256 SHA-256 E06D44B8..., leads to key 4711\n"
        "   │  DS signed by key 46441 until 2026-12-01, seen at 192.0.2.1\n"
        "   │  key 4711 KSK ECDSAP256SHA256, signs the keys until 2026-12-04\n"
        "   │  key 9003 ZSK ECDSAP256SHA256\n"
        "   └─ shop.lab  secure\n"
        "         DS 1201 ECDSAP256SHA256 SHA-256 E06D44B8..., leads to key 1201\n"
        "         DS signed by key 9003 until 2026-11-28, seen at 192.0.2.7\n"
        "         key 1201 KSK ECDSAP256SHA256, signs the keys until 2026-12-04\n"
        "         key 55012 ZSK ECDSAP256SHA256\n");
}

TEST_CASE("tree: the broken link has a sign, a word and a reason") {
  const std::string text = render_chain_tree(web_test::expired_chain(), {});
  CHECK(text.find("└─ shop.lab  ✗ bogus, broken here\n") != std::string::npos);
  CHECK(text.find("✗ DS 1201 ECDSAP256SHA256 SHA-256 E06D44B8..., key 1201 does not validly") !=
        std::string::npos);
  CHECK(text.find("✗ key 1201 KSK ECDSAP256SHA256, its signature of the keys expired 2026-11-20") !=
        std::string::npos);
  CHECK(text.find("✗ On every server the key that a DS record stands for") != std::string::npos);
  CHECK(text.find("└─ lab  secure\n") != std::string::npos);
  // Above the zone: the mark is at the ancestor, the zone says whose fault it is.
  const std::string above = render_chain_tree(web_test::ancestor_broken_chain(), {});
  CHECK(above.find("└─ lab  ✗ bogus, broken here\n") != std::string::npos);
  CHECK(above.find("└─ shop.lab  bogus\n") != std::string::npos);
  CHECK(above.find("The chain of trust is broken above it, at lab.") != std::string::npos);
}

TEST_CASE("tree: an island, a zone without keys, servers that differ") {
  const std::string island = render_chain_tree(web_test::island_chain(), {});
  CHECK(island.find("└─ shop.lab  insecure, island of security\n") != std::string::npos);
  CHECK(island.find("✗") == std::string::npos);
  const std::string bare = render_chain_tree(web_test::unsigned_with_ds_chain(), {});
  CHECK(bare.find("no keys\n") != std::string::npos);
  const std::string split = render_chain_tree(web_test::half_expired_chain(), {});
  CHECK(split.find("at ns1.example.net 192.0.2.53\n") != std::string::npos);
  CHECK(split.find("✗ at ns2.example.net 192.0.2.52, ns3.example.net 192.0.2.53: the key") !=
        std::string::npos);
}

TEST_CASE("tree: fits the width, in colour and in ASCII, whatever servers say") {
  for (const auto& [title, report] : all_chains()) {
    CAPTURE(title);
    for (const std::size_t width : {std::size_t{60}, std::size_t{100}}) {
      const std::string text = render_chain_tree(report, {false, 4, width});
      CHECK(text.find('\x1b') == std::string::npos);
      CHECK(text.find('\x07') == std::string::npos);
      for (const std::string& line : lines_of(text)) {
        CAPTURE(line);
        CHECK((line.empty() || line.back() != ' '));
        const bool one_word =
            line.find("wwww") != std::string::npos || line.find("mmmm") != std::string::npos;
        const bool name_line = line.find("deeper.deeper") != std::string::npos;
        CHECK((exporter::display_width(line) <= width || one_word || name_line));
      }
      const std::string plain = exporter::ascii(text);
      CHECK(std::all_of(plain.begin(), plain.end(), [](char c) { return c >= 0; }));
      CHECK(exporter::display_width(plain) == exporter::display_width(text));
      std::string colored = render_chain_tree(report, {true, 4, width});
      for (auto at = colored.find('\x1b'); at != std::string::npos; at = colored.find('\x1b')) {
        colored.erase(at, colored.find('m', at) - at + 1);
      }
      CHECK(colored == text);
    }
  }
  CHECK(exporter::ascii("└─ a │ ✗ – ü") == "`- a | X - ?");
}

TEST_CASE("tree: what is left out is counted") {
  const std::string text = render_chain_tree(web_test::crowded_chain(), {});
  CHECK(text.find("and 37 more DS records\n") != std::string::npos);
  CHECK(text.find("and 250 more keys\n") != std::string::npos);
  CHECK(text.find("and 5 more servers\n") != std::string::npos);
  CHECK(text.find("... 100 more zones in between\n") != std::string::npos);
  CHECK(render_chain_tree(web_test::healthy_report("example.com"), {}).empty());
}

TEST_CASE("tree: part of what check prints") {
  const std::vector<std::shared_ptr<const checks::ZoneReport>> reports{
      web_test::shared(web_test::expired_chain())};
  const std::string text = exporter::render_table(reports, {});
  CHECK(text.find("\n  Chain of trust\n    .  secure, trust anchor\n    │  anchor") !=
        std::string::npos);
  const std::string plain = exporter::render_table(reports, {false, 100, false});
  CHECK(plain.find("    `- lab  secure\n") != std::string::npos);
  CHECK(plain.find("X bogus, broken here\n") != std::string::npos);
  CHECK(std::all_of(plain.begin(), plain.end(), [](char c) { return c >= 0; }));
}

TEST_CASE("JSON: the chain") {
  const auto zone = nlohmann::json::parse(exporter::zone_json(web_test::half_expired_chain()));
  const auto& chain = zone.at("chain");
  REQUIRE(chain.size() == 3);
  CHECK(chain[0].at("zone") == ".");
  CHECK(chain[0].at("trust_anchor") == true);
  CHECK(chain[0].at("ds").at(1).at("result") == "no-such-key");
  CHECK_FALSE(chain[0].contains("ds_from"));
  const auto& last = chain[2];
  CHECK(last.at("status") == "secure");
  CHECK(last.at("broken") == false);
  CHECK_FALSE(last.contains("reason"));
  CHECK(last.at("ds_from") == "192.0.2.7");
  CHECK(last.at("ds_signature").at("result") == "valid");
  CHECK(last.at("ds_signature").at("key_tag") == 9003);
  CHECK(last.at("ds_signature").at("expiration") == "2026-11-28T16:00:00Z");
  const auto& ds = last.at("ds").at(0);
  CHECK(ds.at("key_tag") == 1201);
  CHECK(ds.at("algorithm") == 13);
  CHECK(ds.at("algorithm_name") == "ECDSAP256SHA256");
  CHECK(ds.at("digest_name") == "SHA-256");
  CHECK(ds.at("digest").get<std::string>().size() == 64);
  CHECK(ds.at("result") == "anchors");
  const auto& sets = last.at("key_sets");
  REQUIRE(sets.size() == 2);
  CHECK_FALSE(sets[0].contains("fault"));
  CHECK(sets[1].at("servers").at(1).at("nameserver") == "ns3.example.net");
  CHECK(sets[1].at("fault").get<std::string>().ends_with("(expired)"));
  const auto& key = sets[1].at("keys").at(0);
  CHECK(key.at("flags") == 257);
  CHECK(key.at("role") == "KSK");
  CHECK(key.at("trusted") == true);
  CHECK(key.at("signature").at("result") == "expired");
  CHECK(key.at("signature").at("expiration") == "2026-11-20T16:00:00Z");
  CHECK(sets[1].at("keys").at(1).at("signature").dump() == R"({"result":"missing"})");

  const auto broken = nlohmann::json::parse(exporter::zone_json(web_test::ancestor_broken_chain()));
  CHECK(broken.at("chain").at(1).at("broken") == true);
  CHECK_FALSE(broken.at("chain").at(2).at("ds").at(0).contains("result"));
  const auto island = nlohmann::json::parse(exporter::zone_json(web_test::island_chain()));
  CHECK(island.at("chain").at(2).at("island") == true);
  const auto crowded = nlohmann::json::parse(exporter::zone_json(web_test::crowded_chain()));
  CHECK(crowded.at("chain_left_out") == 100);
  CHECK(crowded.at("chain").back().at("key_sets").at(0).at("keys_left_out") == 250);
  for (const auto& [title, report] : all_chains()) {
    CAPTURE(title);
    CHECK(nlohmann::json::accept(exporter::zone_json(report)));
  }
}

namespace {

void collect_keys(const nlohmann::json& json, std::set<std::string>& keys) {
  for (const auto& [key, value] : json.items()) {
    if (json.is_object()) keys.insert(key);
    if (value.is_structured()) collect_keys(value, keys);
  }
}

}  // namespace

TEST_CASE("JSON: docs/check-json.md names every field, and values of every kind of chain") {
  std::ifstream in(std::string(DOCS_DIRECTORY) + "/check-json.md");
  std::ostringstream page;
  page << in.rdbuf();
  std::vector<std::shared_ptr<const checks::ZoneReport>> reports{
      web_test::shared(web_test::faulty_report())};
  for (auto& [title, report] : all_chains()) reports.push_back(web_test::shared(report));
  std::set<std::string> keys;
  collect_keys(nlohmann::json::parse(exporter::render_json(reports)), keys);
  CHECK(keys.size() > 40);
  for (const std::string& key : keys) {
    CAPTURE(key);
    const bool named = page.str().find('"' + key + "\":") != std::string::npos ||
                       page.str().find('`' + key + '`') != std::string::npos;
    CHECK(named);
  }
}
