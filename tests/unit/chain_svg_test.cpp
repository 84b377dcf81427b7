// The chain of trust as a picture: well-formed, escaped, bounded, and readable without colours.
#include "exporter/chain_svg.hpp"

#include <regex>
#include <string>
#include <vector>

#include "exporter/page_style.hpp"
#include "exporter/pages.hpp"
#include "tests/catch.hpp"
#include "tests/unit/chain_fixtures.hpp"
#include "tests/unit/web_fixtures.hpp"

namespace {

using exporter::render_chain_svg;
using web_test::all_chains;

/// What is wrong with `xml` as a document, or nothing: elements nest and end, attributes are quoted
/// and not repeated, nothing is raw that must be escaped.
std::string xml_fault(const std::string& xml) {
  static const std::regex kTag(
      R"re(^<(/?)([a-z]+)((?: [a-zA-Z:-]+="[^"<>&]*(?:&[a-z#0-9]+;[^"<>&]*)*")*)\s*(/?)>)re");
  std::vector<std::string> open;
  std::size_t at = 0;
  std::size_t roots = 0;
  while (at < xml.size()) {
    if (xml[at] == '<') {
      std::smatch tag;
      const std::string rest = xml.substr(at, 4096);
      if (!std::regex_search(rest, tag, kTag)) return "no tag: " + rest.substr(0, 60);
      if (tag[1].length() != 0) {
        if (open.empty() || open.back() != tag[2]) return "ends what is not open: " + tag.str();
        open.pop_back();
      } else {
        roots += open.empty() ? 1 : 0;
        if (tag[4].length() == 0) open.push_back(tag[2]);
      }
      at += static_cast<std::size_t>(tag.length());
    } else if (xml[at] == '&') {
      static const std::regex kEntity("^&(amp|lt|gt|quot|#[0-9]+);");
      if (!std::regex_search(xml.substr(at, 10), kEntity)) return "a raw ampersand";
      ++at;
    } else {
      const auto octet = static_cast<unsigned char>(xml[at]);
      if (xml[at] == '>' || (octet < 0x20 && xml[at] != '\n')) return "a raw character";
      if (open.empty() && xml[at] != '\n') return "text outside of the document";
      ++at;
    }
  }
  return !open.empty() ? "never ended: " + open.back() : roots == 1 ? "" : "several roots";
}

}  // namespace

TEST_CASE("picture: well-formed, escaped and bounded whatever servers say") {
  for (const auto& [title, report] : all_chains()) {
    CAPTURE(title);
    const std::string svg = render_chain_svg(report);
    CHECK(xml_fault(svg).empty());
    CHECK(svg.find("<script") == std::string::npos);
    CHECK(svg.find("<img") == std::string::npos);
    CHECK(svg.size() < 200'000);
    std::smatch height;
    REQUIRE(std::regex_search(svg, height, std::regex("viewBox=\"0 0 800 ([0-9]+)\"")));
    CHECK(std::stoi(height[1]) < 8'000);
  }
  CHECK(render_chain_svg(web_test::healthy_report("example.com")).empty());
  // The means of the test itself.
  CHECK_FALSE(xml_fault("<a><b></a></b>").empty());
  CHECK_FALSE(xml_fault("<a b=\"<\"/>").empty());
  CHECK_FALSE(xml_fault("<a>x & y</a>").empty());
  CHECK_FALSE(xml_fault("<a>").empty());
}

TEST_CASE("picture: says in words and shapes what it says in colours") {
  const std::string svg = render_chain_svg(web_test::expired_chain());
  CHECK(svg.find("role=\"img\"") != std::string::npos);
  CHECK(svg.find(
            "<title id=\"chain-title\">Chain of trust of shop.lab: bogus, broken at shop.lab<") !=
        std::string::npos);
  CHECK(
      svg.find("<desc id=\"chain-text\">.: secure, trust anchor. lab: secure. shop.lab: bogus,") !=
      std::string::npos);
  CHECK(svg.find("✗ bogus, broken here") != std::string::npos);
  CHECK(svg.find("✓ secure, trust anchor") != std::string::npos);
  CHECK(svg.find("c-zone c-bogus") != std::string::npos);
  CHECK(svg.find("DS signed by key 9003 until 2026-11-28, seen at 192.0.2.7") != std::string::npos);
  const std::string secure = render_chain_svg(web_test::secure_chain());
  CHECK(secure.find("✗") == std::string::npos);
  CHECK(secure.find("c-bogus") == std::string::npos);
  const std::string island = render_chain_svg(web_test::island_chain());
  CHECK(island.find("○ insecure, island of security") != std::string::npos);
  CHECK(island.find("no DS to go by") != std::string::npos);
  const std::string crowded = render_chain_svg(web_test::crowded_chain());
  CHECK(crowded.find("and 250 more keys") != std::string::npos);
  CHECK(crowded.find("and 37 more DS records") != std::string::npos);
  CHECK(crowded.find("100 more zones in between") != std::string::npos);
}

TEST_CASE("picture: the status stands at the left, where a narrow screen shows it") {
  const std::string svg = render_chain_svg(web_test::expired_chain());
  CHECK(std::regex_search(svg, std::regex("x=\"16\" y=\"[0-9]+\">✗ bogus, broken here")));
  CHECK(svg.find("text-anchor") == std::string::npos);
}

TEST_CASE("picture: DS that nobody was asked for are not called absent") {
  checks::ZoneReport report = web_test::island_chain();
  checks::ChainStep step = *report.chain.steps.back();
  step.ds_known = false;
  report.chain.steps.back() = std::make_shared<checks::ChainStep>(step);
  const std::string svg = render_chain_svg(report);
  CHECK(svg.find("its DS are not known") != std::string::npos);
  CHECK(svg.find("no DS to go by") == std::string::npos);
}

TEST_CASE("picture: every class it uses has a style") {
  const std::string svg = render_chain_svg(web_test::crowded_chain()) +
                          render_chain_svg(web_test::expired_chain()) +
                          render_chain_svg(web_test::island_chain());
  const std::string style(exporter::kPageStyle);
  const std::regex classes("c-[a-z]+");
  for (auto at = std::sregex_iterator(svg.begin(), svg.end(), classes);
       at != std::sregex_iterator(); ++at) {
    const std::string plain = "c-plain c-word c-arrow";  // as all boxes, texts and lines are
    if (plain.find(at->str()) != std::string::npos) continue;
    CAPTURE(at->str());
    CHECK(style.find('.' + at->str()) != std::string::npos);
  }
}

TEST_CASE("picture: on the page of the zone") {
  const exporter::StoredZone zone{
      web_test::name("shop.lab"), {}, web_test::shared(web_test::expired_chain())};
  const std::string page = exporter::render_zone_page(zone, {}, web_test::kNow);
  CHECK(page.find("<h2>Chain of trust</h2>\n<div class=\"scroll\"><svg class=\"chain\"") !=
        std::string::npos);
}
