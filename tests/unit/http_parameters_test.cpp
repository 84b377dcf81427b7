// Reading of request targets, parameters and headers, all of them hostile.
#include "exporter/http_parameters.hpp"

#include "tests/catch.hpp"
#include "tests/unit/web_fixtures.hpp"

namespace {

using exporter::parse_target;
using std::chrono::milliseconds;

exporter::RequestTarget target(std::string_view raw) {
  const auto parsed = parse_target(raw);
  REQUIRE(parsed);
  return *parsed;
}

std::string probe_error(std::string_view raw) {
  const auto parsed = exporter::parse_probe(target(raw), std::nullopt);
  REQUIRE_FALSE(parsed);
  return parsed.error().sentence;
}

}  // namespace

TEST_CASE("target: path and query are decoded") {
  const auto parsed = target("/zones/0%2F25.example?a=b%20c+d&empty=&flag&=v&&x=1#part");
  CHECK(parsed.path == "/zones/0/25.example");
  const decltype(parsed.query) expected{
      {"a", "b c d"}, {"empty", ""}, {"flag", ""}, {"", "v"}, {"x", "1"}};
  CHECK(parsed.query == expected);
  CHECK(target("/a+b").path == "/a+b");
  CHECK(target("/").query.empty());
  CHECK(target("/?").query.empty());
}

TEST_CASE("target: what is not one is refused with a sentence") {
  for (const char* raw : {"", "zones", "http://host/", "*", "/%", "/%4", "/%zz", "/%4g", "/a?b=%",
                          "/a?%=b", "/%00", "/a%0d%0ab", "/a?b=%1b", "/\x7f", "/a?b=%7F"}) {
    CAPTURE(raw);
    const auto parsed = parse_target(raw);
    REQUIRE_FALSE(parsed);
    CHECK_FALSE(parsed.error().sentence.empty());
  }
  CHECK_FALSE(parse_target(std::string_view("/a\0b", 4)));
}

TEST_CASE("target: bounds") {
  const std::string longest = "/" + std::string(exporter::kMaxTargetBytes - 1, 'a');
  CHECK(parse_target(longest));
  CHECK_FALSE(parse_target(longest + 'a'));
  std::string many = "/?";
  for (std::size_t i = 0; i < exporter::kMaxParameters; ++i)
    many += "a" + std::to_string(i) + "=1&";
  CHECK(target(many).query.size() == exporter::kMaxParameters);
  CHECK_FALSE(parse_target(many + "more=1"));
}

TEST_CASE("probe: target, module and time") {
  const auto plain = exporter::parse_probe(target("/probe?target=Example.COM."), std::nullopt);
  REQUIRE(plain);
  CHECK(plain->target == web_test::name("example.com"));
  CHECK(plain->timeout == milliseconds(9500));
  const auto full = exporter::parse_probe(target("/probe?module=default&target=."), "5");
  REQUIRE(full);
  CHECK(full->target.is_root());
  CHECK(full->timeout == milliseconds(4500));
}

TEST_CASE("probe: bad parameters get a sentence") {
  CHECK(probe_error("/probe").find("'target' must name") != std::string::npos);
  CHECK(probe_error("/probe?target=").find("'target' must name") != std::string::npos);
  CHECK(probe_error("/probe?target=a..b").find("not a domain name") != std::string::npos);
  CHECK(probe_error("/probe?target=" + std::string(64, 'a')).find("not a domain name") !=
        std::string::npos);
  std::string long_name;
  for (int i = 0; i < 130; ++i) long_name += "a.";
  CHECK(probe_error("/probe?target=" + long_name).find("not a domain name") != std::string::npos);
  CHECK(probe_error("/probe?target=a&target=b").find("once only") != std::string::npos);
  CHECK(probe_error("/probe?target=a&module=http").find("unknown module") != std::string::npos);
  CHECK(probe_error("/probe?target=a&debug=1").find("known here: target, module") !=
        std::string::npos);
}

TEST_CASE("probe: the scrape's time, less a margin, within bounds") {
  const auto time = [](std::string_view text) { return exporter::probe_timeout(text); };
  CHECK(*time("10") == milliseconds(9500));
  CHECK(*time(" 10.5 ") == milliseconds(10000));
  CHECK(*time("0.6") == milliseconds(300));  // half is left where the margin would take more
  CHECK(*time("1") == milliseconds(500));
  CHECK(*time("0.001") == std::chrono::microseconds(500));
  CHECK(*time("100000") == exporter::kMaxProbeTimeout - exporter::kProbeMargin);
  CHECK(*time("1e300") == exporter::kMaxProbeTimeout - exporter::kProbeMargin);
  for (const char* text : {"", " ", "0", "0.0009", "1e-40", "-1", "nan", "inf", "-inf", "1e400",
                           "10s", "1,5", "0x10", "1 2"}) {
    CAPTURE(text);
    CHECK_FALSE(time(text));
  }
}

TEST_CASE("overview: search and page") {
  const auto parsed = exporter::parse_overview(target("/?q=+ExAmple+&page=7"));
  REQUIRE(parsed);
  CHECK(parsed->search == "example");
  CHECK(parsed->page == 7);
  CHECK(exporter::parse_overview(target("/"))->page == 1);
  for (const char* raw : {"/?page=0", "/?page=-1", "/?page=x", "/?page=", "/?page=1000001",
                          "/?page=99999999999999999999", "/?page=1&page=2", "/?other=1"}) {
    CAPTURE(raw);
    CHECK_FALSE(exporter::parse_overview(target(raw)));
  }
  CHECK_FALSE(exporter::parse_overview(target("/?q=" + std::string(256, 'a'))));
}

TEST_CASE("zone in a path: the root is the empty name or a dot") {
  CHECK(exporter::zone_from_path("")->is_root());
  CHECK(exporter::zone_from_path(".")->is_root());
  CHECK(*exporter::zone_from_path("example.com") == web_test::name("example.com"));
  CHECK_FALSE(exporter::zone_from_path("a..b"));
  CHECK_FALSE(exporter::zone_from_path(".."));
}

TEST_CASE("percent encoding: what comes back is what went in") {
  std::string all;
  for (int c = 0x20; c < 0x7F; ++c) all += static_cast<char>(c);
  all += "\xC3\xBC";
  CHECK(target("/" + exporter::percent_encoded(all)).path == "/" + all);
  CHECK(exporter::percent_encoded("a-b_c.d~e/f") == "a-b_c.d~e%2Ff");
}

TEST_CASE("gzip: only when the client accepts it") {
  using exporter::accepts_gzip;
  for (const char* yes : {"gzip", "GZIP", "deflate, gzip;q=0.5", "x-gzip", "*", "gzip;q=1.0",
                          "br;q=1,gzip ; q=0.001", "*;q=0, gzip", "gzip;Q=0.5"}) {
    CAPTURE(yes);
    CHECK(accepts_gzip(yes));
  }
  for (const char* no : {"", "identity", "gzip;q=0", "gzip; q=0.000", "gzip;q=0, *", "*;q=0",
                         "gzipped", "deflate", ",,,", "gzip;Q=0"}) {
    CAPTURE(no);
    CHECK_FALSE(accepts_gzip(no));
  }
}
