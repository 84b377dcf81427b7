// The pages: what a person finds on them, in which order, and that nothing hostile gets through.
#include "exporter/pages.hpp"

#include <algorithm>

#include "tests/catch.hpp"
#include "tests/unit/web_fixtures.hpp"

namespace {

using exporter::OverviewParameters;
using exporter::StoredZone;
using web_test::faulty_report;
using web_test::healthy_report;
using web_test::kNow;
using web_test::name;
using web_test::shared;

StoredZone stored(checks::ZoneReport report) {
  const auto kept = shared(std::move(report));
  return {kept->zone, kept->interval, kept};
}

std::string overview(const std::vector<StoredZone>& zones,
                     const OverviewParameters& parameters = {}) {
  return exporter::render_overview(zones, parameters, {"1.2.3", "ams"}, kNow);
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

/// Every element that is opened is closed, in the right order.
bool is_well_formed(const std::string& html) {
  std::vector<std::string> open;
  std::size_t at = 0;
  while ((at = html.find('<', at)) != std::string::npos) {
    const std::size_t end = html.find('>', at);
    if (end == std::string::npos) return false;
    const std::string tag = html.substr(at + 1, html.find_first_of(" >", at) - at - 1);
    at = end;
    if (tag == "!DOCTYPE" || tag == "meta" || tag == "input") continue;
    if (html[end - 1] == '/') continue;  // <path .../>
    if (!tag.starts_with("/")) {
      open.push_back(tag);
    } else {
      if (open.empty() || open.back() != tag.substr(1)) return false;
      open.pop_back();
    }
  }
  return open.empty();
}

checks::ZoneReport with_severity(std::string_view zone, checks::Severity severity) {
  checks::ZoneReport report = healthy_report(zone);
  checks::Finding finding;
  finding.check = "con-udp";
  finding.severity = severity;
  finding.sentence = "Something about it.";
  report.findings = {finding};
  return report;
}

}  // namespace

TEST_CASE("overview: worst first, with numbers") {
  const std::vector<StoredZone> zones{
      stored(healthy_report("a.example")),
      {name("b.example"), std::chrono::seconds(60), nullptr},
      stored(with_severity("c.example", checks::Severity::warning)),
      stored(with_severity("d.example", checks::Severity::error)),
      stored(with_severity("e.example", checks::Severity::critical)),
  };
  const std::string html = overview(zones);
  CHECK(is_well_formed(html));
  std::vector<std::size_t> places;
  for (const char* zone : {"e", "d", "b", "c", "a"}) {
    places.push_back(html.find(std::string(">") + zone + ".example</a>"));
    REQUIRE(places.back() != std::string::npos);
  }
  CHECK(std::is_sorted(places.begin(), places.end()));
  CHECK(contains(html, "<b>2</b>with errors"));
  CHECK(contains(html, "<b>1</b>with warnings"));
  CHECK(contains(html, "<b>1</b>not determined"));
  CHECK(contains(html, "<b>5</b>zones in all"));
  CHECK(contains(html, "1 zone not surveyed yet."));
  CHECK(contains(html, "<span class=\"word critical\">1 critical</span>"));
  CHECK(contains(html, "12 s ago"));
  CHECK(contains(html, "1 of 1"));
  CHECK(contains(html, "seen from ams"));
  CHECK(contains(html, "href=\"zones/e.example\""));
}

TEST_CASE("overview: a shard says how many of the zones it has") {
  const auto page = [](const std::vector<StoredZone>& zones, std::size_t elsewhere) {
    auto sharding = std::make_shared<exporter::Sharding>(exporter::Sharding{{1, 3}, {}});
    sharding->elsewhere.resize(elsewhere);
    return exporter::render_overview(zones, {}, {"1.2.3", "ams", sharding}, kNow);
  };
  const std::string html = page({stored(healthy_report("a.example"))}, 1437);
  CHECK(is_well_formed(html));
  CHECK(contains(html, "Shard 1 of 3, counted from 0: 1 of 1,438 zones."));
  CHECK(contains(page({}, 7), "No zone belongs to this shard."));
  CHECK_FALSE(contains(overview({stored(healthy_report("a.example"))}), "Shard"));
}

TEST_CASE("overview: a stale report says so") {
  checks::ZoneReport old = healthy_report("old.example");
  old.surveyed = kNow - std::chrono::minutes(30);
  const std::string html = overview({stored(old)});
  CHECK(contains(html, ">stale</span> 30 min ago"));
  CHECK(contains(html, "1 zone not surveyed for five intervals or longer."));
}

TEST_CASE("overview: a vantage that cannot be used says so, by the newest report") {
  constexpr std::string_view kIpv6 = "This vantage cannot use IPv6:";
  checks::ZoneReport blind = healthy_report("blind.test");
  blind.unusable = {{dns::Family::ipv6, dns::Transport::udp},
                    {dns::Family::ipv6, dns::Transport::tcp}};
  CHECK_FALSE(contains(overview({stored(healthy_report("a.test"))}), "This vantage cannot"));
  CHECK(contains(overview({stored(blind)}), kIpv6));
  CHECK(is_well_formed(overview({stored(blind)})));
  CHECK(contains(exporter::render_zone_page(stored(blind), {}, kNow), kIpv6));
  checks::ZoneReport later = healthy_report("later.test");
  later.surveyed += std::chrono::seconds(1);
  CHECK_FALSE(contains(overview({stored(blind), stored(later)}), kIpv6));
  blind.unusable = {{dns::Family::ipv4, dns::Transport::tcp},
                    {dns::Family::ipv6, dns::Transport::udp},
                    {dns::Family::ipv6, dns::Transport::tcp}};
  CHECK(contains(overview({stored(blind)}), "cannot use IPv4 over TCP and IPv6:"));
}

TEST_CASE("overview: search and pages") {
  std::vector<StoredZone> zones;
  for (int i = 0; i < 450; ++i) {
    zones.push_back(stored(healthy_report("z" + std::to_string(1000 + i) + ".example")));
  }
  const auto rows = [](const std::string& html) {
    std::size_t count = 0;
    for (std::size_t at = html.find("<td class=\"zone\">"); at != std::string::npos;
         at = html.find("<td class=\"zone\">", at + 1)) {
      ++count;
    }
    return count;
  };
  const std::string first = overview(zones);
  CHECK(rows(first) == exporter::kZonesPerPage);
  CHECK(contains(first, "1 to 200 of 450 zones"));
  CHECK(contains(first, "?page=2"));
  const std::string last = overview(zones, {"", 3});
  CHECK(rows(last) == 50);
  CHECK(rows(overview(zones, {"", 999})) == 50);  // past the end is the last page
  const std::string found = overview(zones, {"z1001", 1});
  CHECK(rows(found) == 1);
  CHECK(contains(found, "value=\"z1001\""));
  CHECK(contains(found, "<b>450</b>zones in all"));
  CHECK(contains(overview(zones, {"nothing<>", 1}), "No zone&#39;s name has that in it."));
  CHECK(contains(overview(zones, {"nothing<>", 1}), "value=\"nothing&lt;&gt;\""));
  CHECK(contains(overview({}), "No zones are configured."));
}

TEST_CASE("zone page: delegation, servers and findings with their command") {
  const std::string html = exporter::render_zone_page(stored(faulty_report()), {"1.2.3", ""}, kNow);
  CHECK(is_well_formed(html));
  CHECK(contains(html, "<title>example.com: errors</title>"));
  CHECK(contains(html, "<code>dig @2001:db8::2 example.com SOA +tcp +norec</code>"));
  CHECK(contains(html, "for 2 d 3 h"));
  CHECK(contains(html, "connection failed</span><span class=\"dim\">: connection refused</span>"));
  CHECK(contains(html, "2026112200"));
  CHECK(contains(html, "2 h 5 min"));
  CHECK(contains(html,
                 "<td class=\"k\">ns3.example.org</td><td><span class=\"bad\">not listed</span>"));
  CHECK(contains(html, "Parent: <b>com</b>, with 1 DS record."));
  CHECK(contains(html, "Surveyed 12 s ago (2026-11-22T15:59:48Z) in 120 ms, every 1 min."));
}

TEST_CASE("zone page: resolvers") {
  const std::string html =
      exporter::render_zone_page(stored(web_test::resolver_report()), {"", ""}, kNow);
  CHECK(is_well_formed(html));
  CHECK(contains(html, "<h2>Resolvers</h2>"));
  CHECK(
      contains(html, "<td class=\"k\">a\\b&lt;i&gt;</td><td><span class=\"bad\">SERVFAIL</span>"));
  CHECK(contains(html, "7 Signature Expired"));
  CHECK(contains(html, "4 min ago"));
  const std::string without = exporter::render_zone_page(stored(faulty_report()), {"", ""}, kNow);
  CHECK_FALSE(contains(without, "<h2>Resolvers</h2>"));
}

TEST_CASE("zone page: text of servers cannot leave its place") {
  const std::string html =
      exporter::render_zone_page(stored(faulty_report()), {"<b>", "\"><script>"}, kNow);
  CHECK(is_well_formed(html));
  CHECK_FALSE(contains(html, "<script>"));
  CHECK(contains(html, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"));
  CHECK_FALSE(contains(html, "\x1b"));
  CHECK_FALSE(contains(html, "\xff"));
}

TEST_CASE("zone page: odd names are escaped in text and encoded in links") {
  checks::ZoneReport report = healthy_report(R"(<i>."'&/.example)");
  const std::string html = exporter::render_zone_page(stored(report), {}, kNow);
  CHECK(is_well_formed(html));
  CHECK_FALSE(contains(html, "<i>."));
  CHECK(contains(html, "&lt;i&gt;"));
  const std::string list = overview({stored(report)});
  CHECK(is_well_formed(list));
  CHECK(contains(list, "href=\"zones/%3Ci%3E."));
  CHECK(contains(list, "%2F.example\""));
}

TEST_CASE("zone page: the root, a zone without a report, a partial and an empty one") {
  checks::ZoneReport root = healthy_report(".");
  root.parent.reset();
  const std::string html = exporter::render_zone_page(stored(root), {}, kNow);
  CHECK(contains(html, ". (the root)"));
  CHECK(contains(html, "The root has no parent."));
  CHECK(contains(overview({stored(root)}), "href=\"zones/\""));
  CHECK(contains(exporter::render_zone_page({name("new.example"), {}, nullptr}, {}, kNow),
                 "Not surveyed yet."));
  checks::ZoneReport partial = healthy_report("p.example");
  partial.partial = true;
  partial.servers.clear();
  const std::string text = exporter::render_zone_page(stored(partial), {}, kNow);
  CHECK(contains(text, ">partial</span>"));
  CHECK(contains(text, "the rest is unknown."));
  CHECK_FALSE(contains(text, "Nothing was found wrong."));
  CHECK(contains(text, "No address of any nameserver was found."));
}
