// The text format: what is written for a store, how it is escaped, folded and left out, and that
// the Collectable has the same.
#include "exporter/exposition.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <map>
#include <set>
#include <sstream>

#include <prometheus/counter.h>
#include <zlib.h>

#include "exporter/collectable.hpp"
#include "exporter/gzip.hpp"
#include "exporter/metrics_page.hpp"
#include "exporter/own_metrics.hpp"
#include "tests/catch.hpp"
#include "tests/unit/web_fixtures.hpp"

namespace {

using exporter::ExpositionWriter;
using exporter::MetricsDetail;
using exporter::MetricsSettings;
using exporter::ReportStore;
using exporter::TextBuffer;
using web_test::faulty_report;
using web_test::healthy_report;
using web_test::kNow;
using web_test::shared;
using web_test::StillClock;

std::string text_of(const ReportStore& store, const MetricsSettings& settings,
                    dns::WallTime now = kNow) {
  const auto zones = store.snapshot();
  const auto sources = exporter::zone_sources(zones, now);
  ExpositionWriter writer;
  TextBuffer out;
  writer.write(sources, settings, out);
  return std::string(out.text());
}

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

/// A reader of the text format, strict enough to notice a bad escape: series with sorted labels,
/// and value.
class Reader {
 public:
  explicit Reader(const std::string& text) {
    std::istringstream lines(text);
    std::string line;
    while (std::getline(lines, line)) {
      if (line.starts_with("# HELP ")) {
        help(line.substr(7));
      } else if (line.starts_with("# TYPE ")) {
        types_[line.substr(7, line.find(' ', 7) - 7)] = line.substr(line.find(' ', 7) + 1);
      } else {
        sample(line);
      }
    }
  }

  const std::map<std::string, double>& samples() const { return samples_; }
  const std::map<std::string, std::string>& types() const { return types_; }
  const std::vector<std::string>& families() const { return families_; }

 private:
  void help(const std::string& rest) {
    const std::string family = rest.substr(0, rest.find(' '));
    REQUIRE(std::find(families_.begin(), families_.end(), family) == families_.end());
    families_.push_back(family);
  }

  void sample(const std::string& line) {
    CAPTURE(line);
    std::size_t at = line.find_first_of("{ ");
    REQUIRE(at != std::string::npos);
    std::string series = line.substr(0, at);
    REQUIRE_FALSE(families_.empty());
    REQUIRE(series.starts_with(families_.back()));
    std::set<std::string> labels;
    if (line[at] == '{') labels = read_labels(line, at);
    for (const std::string& label : labels) series += '|' + label;
    REQUIRE(line.at(at) == ' ');
    const std::string value = line.substr(at + 1);
    std::size_t used = 0;
    const double number = std::stod(value, &used);
    REQUIRE(used == value.size());
    REQUIRE(samples_.emplace(series, number).second);  // every series once
  }

  static std::set<std::string> read_labels(const std::string& line, std::size_t& at) {
    std::set<std::string> labels;
    while (line.at(at) != '}') {
      const std::size_t equals = line.find('=', at);
      std::string label = line.substr(at + 1, equals - at);
      at = equals + 2;
      for (; line.at(at) != '"'; ++at) {
        if (line.at(at) != '\\') {
          label += line.at(at);
          continue;
        }
        const char escaped = line.at(++at);
        REQUIRE((escaped == '\\' || escaped == '"' || escaped == 'n'));
        label += escaped == 'n' ? '\n' : escaped;
      }
      ++at;
      labels.insert(label);
    }
    ++at;
    return labels;
  }

  std::map<std::string, double> samples_;
  std::map<std::string, std::string> types_;
  std::vector<std::string> families_;
};

std::map<std::string, double> samples_of(const std::vector<prometheus::MetricFamily>& families) {
  std::map<std::string, double> samples;
  for (const auto& family : families) {
    for (const auto& metric : family.metric) {
      std::string series = family.name;
      std::set<std::string> labels;
      for (const auto& label : metric.label) labels.insert(label.name + '=' + label.value);
      for (const auto& label : labels) series += '|' + label;
      const bool counter = family.type == prometheus::MetricType::Counter;
      CHECK(samples.emplace(series, counter ? metric.counter.value : metric.gauge.value).second);
    }
  }
  return samples;
}

}  // namespace

TEST_CASE("exposition: samples of every shape") {
  ReportStore store;
  web_test::fill(store, {shared(faulty_report())});
  const std::string text = text_of(store, {});
  const std::string first =
      R"({zone="example.com",nameserver="ns1.example.com",address="192.0.2.1",family="ipv4")";
  const std::string second =
      R"({zone="example.com",nameserver="ns2.example.net",address="2001:db8::2",family="ipv6")";
  CHECK(has_line(text, "# TYPE dnszone_nameserver_up gauge"));
  CHECK(has_line(text, "dnszone_nameserver_up" + first + R"(,transport="udp"} 1)"));
  CHECK(has_line(text, "dnszone_nameserver_up" + second + R"(,transport="tcp"} 0)"));
  CHECK(has_line(text, "# TYPE dnszone_nameserver_queries_total counter"));
  CHECK(has_line(text,
                 "dnszone_nameserver_response_seconds" + first + R"(,transport="udp"} 0.0012)"));
  CHECK(has_line(text, "dnszone_nameserver_soa_serial" + second + "} 2026112200"));
  CHECK(has_line(text, "dnszone_nameserver_rrsig_expiry_timestamp_seconds" + first +
                           R"(,rrset="soa"} 1796000000)"));
  CHECK(has_line(
      text,
      R"(dnszone_nameserver_addresses{zone="example.com",nameserver="ns2.example.net",family="ipv6"} 0)"));
  CHECK(has_line(
      text,
      R"(dnszone_nameserver_address_dnssec_status{zone="example.com",nameserver="ns3.example.org",status="bogus"} 1)"));
  CHECK(has_line(text, R"(dnszone_ancestor_dnssec_status{ancestor=".",status="secure"} 1)"));
  CHECK(has_line(text, R"(dnszone_ancestor_dnssec_status{ancestor="com",status="bogus"} 1)"));
  CHECK(has_line(text, R"(dnszone_ancestor_dnssec_status{ancestor="com",status="secure"} 0)"));
  CHECK(has_line(text, R"(dnszone_zone_nameservers{zone="example.com",source="parent"} 2)"));
  CHECK(has_line(text, R"(dnszone_zone_nameservers_working{zone="example.com",family="any"} 2)"));
  CHECK(has_line(
      text, R"(dnszone_zone_servers_working{zone="example.com",family="ipv4",transport="tcp"} 1)"));
  CHECK(has_line(text,
                 R"(dnszone_zone_threshold_seconds{zone="example.com",threshold="interval"} 60)"));
  CHECK(has_line(text,
                 R"(dnszone_zone_last_survey_timestamp_seconds{zone="example.com"} 1795363188)"));
  CHECK(has_line(
      text,
      R"(dnszone_finding{zone="example.com",nameserver="ns2.example.net",address="2001:db8::2",family="ipv6",transport="tcp",check="con-tcp",severity="error"} 1)"));
  CHECK(has_line(
      text,
      R"(dnszone_finding{zone="example.com",nameserver="",address="",family="",transport="",check="del-ns-set",severity="warning"} 1)"));
}

TEST_CASE("exposition: findings are counted for every severity, each series stands once") {
  ReportStore store;
  web_test::fill(store, {shared(faulty_report()), shared(healthy_report("example.org"))});
  const Reader reader(text_of(store, {}));
  const auto& samples = reader.samples();
  CHECK(samples.at("dnszone_zone_findings|severity=error|zone=example.com") == 2);
  CHECK(samples.at("dnszone_zone_findings|severity=warning|zone=example.com") == 1);
  CHECK(samples.at("dnszone_zone_findings|severity=critical|zone=example.com") == 0);
  CHECK(samples.at("dnszone_zone_findings|severity=info|zone=example.org") == 0);
  const auto findings = std::count_if(samples.begin(), samples.end(), [](const auto& sample) {
    return sample.first.starts_with("dnszone_finding|");
  });
  CHECK(findings == 2);  // two of the three findings differ in their sentence only
}

TEST_CASE("exposition: families come in the order of the table") {
  ReportStore store;
  web_test::fill(store, {shared(faulty_report()), shared(healthy_report("example.org"))});
  const Reader reader(text_of(store, {}));
  std::size_t next = 0;
  for (const checks::MetricRow& row : checks::metrics()) {
    if (next < reader.families().size() && reader.families()[next] == row.name) ++next;
  }
  CHECK(next == reader.families().size());
  CHECK(reader.types().size() == reader.families().size());
}

TEST_CASE("exposition: names are escaped as in zone files, and then for the format") {
  checks::ZoneReport report = healthy_report(R"(we\"ird\\.dot\.ted.\010line.example)");
  ReportStore store;
  web_test::fill(store, {shared(report)});
  const std::string text = text_of(store, {MetricsDetail::full, "a\"b\\c\nd"});
  const Reader reader(text);
  const std::string zone = report.zone.to_label();
  CHECK(zone.find('\\') != std::string::npos);
  CHECK(reader.samples().count(
            "dnszone_zone_last_survey_timestamp_seconds|vantage=a\"b\\c\nd|zone=" + zone) == 1);
}

TEST_CASE("exposition: the vantage is a label of every series") {
  ReportStore store;
  web_test::fill(store, {shared(faulty_report())});
  const Reader reader(text_of(store, {MetricsDetail::full, "ams"}));
  REQUIRE_FALSE(reader.samples().empty());
  for (const auto& [series, value] : reader.samples()) {
    CHECK(series.find("|vantage=ams") != std::string::npos);
  }
}

TEST_CASE("exposition: an ancestor stands once, at every level, while a zone lies below it") {
  ReportStore store;
  auto later = faulty_report();
  later.zone = web_test::name("example2.com");
  later.surveyed += std::chrono::seconds(1);
  later.chain.steps[1] = web_test::chain_step(web_test::name("com"), dns::dnssec::Status::secure);
  web_test::fill(store, {shared(faulty_report()), shared(later)});
  const auto ancestors = [&store](MetricsDetail detail, dns::WallTime now = kNow) {
    std::map<std::string, double> found;
    const Reader reader(text_of(store, {detail, "here"}, now));
    for (const auto& [series, value] : reader.samples()) {
      if (series.starts_with("dnszone_ancestor_dnssec_status|")) found.emplace(series, value);
    }
    return found;
  };
  for (const auto detail : {MetricsDetail::full, MetricsDetail::server, MetricsDetail::zone}) {
    const auto found = ancestors(detail);
    CHECK(found.size() == 8);
    CHECK(found.at("dnszone_ancestor_dnssec_status|ancestor=com|status=secure|vantage=here") == 1);
    CHECK(found.at("dnszone_ancestor_dnssec_status|ancestor=com|status=bogus|vantage=here") == 0);
  }
  CHECK(ancestors(MetricsDetail::full, kNow + std::chrono::hours(1)).empty());  // all are stale
  web_test::fill(store, {shared(healthy_report("example.org"))});
  CHECK(ancestors(MetricsDetail::full).empty());
}

TEST_CASE("exposition: detail server folds transports to the worse one") {
  ReportStore store;
  web_test::fill(store, {shared(faulty_report())});
  const Reader reader(text_of(store, {MetricsDetail::server, ""}));
  const auto& samples = reader.samples();
  const std::string first =
      "|address=192.0.2.1|family=ipv4|nameserver=ns1.example.com|zone=example.com";
  const std::string second =
      "|address=2001:db8::2|family=ipv6|nameserver=ns2.example.net|zone=example.com";
  CHECK(samples.at("dnszone_nameserver_up" + first) == 1);
  CHECK(samples.at("dnszone_nameserver_up" + second) == 0);
  CHECK(samples.at("dnszone_nameserver_result" + second) == 2);
  // Of two that work, the slower; of a failing one there is no RCODE.
  CHECK(samples.at("dnszone_nameserver_response_seconds" + first) == 0.0025);
  CHECK(samples.count("dnszone_nameserver_rcode" + second) == 0);
  // Counters are summed: one that changed its transport would go backwards.
  CHECK(samples.at("dnszone_nameserver_queries_total" + second) == 42);
  CHECK(samples.at("dnszone_nameserver_soa_serial" + second) == 2026112200);
}

TEST_CASE("exposition: detail zone has zones only") {
  ReportStore store;
  web_test::fill(store, {shared(faulty_report())});
  const Reader reader(text_of(store, {MetricsDetail::zone, ""}));
  for (const auto& [series, value] : reader.samples()) {
    CAPTURE(series);
    CHECK(series.find("|nameserver=ns") == std::string::npos);
    CHECK(series.find("|address=2") == std::string::npos);
  }
  CHECK(
      reader.samples().count("dnszone_finding|address=|check=con-tcp|family=|nameserver=|severity="
                             "error|transport=|zone=example.com") == 1);
  CHECK(reader.samples().at("dnszone_zone_nameservers_working|family=any|zone=example.com") == 2);
}

TEST_CASE("exposition: resolvers by their configured names, none of them at detail zone") {
  ReportStore store;
  web_test::fill(store, {shared(web_test::resolver_report())});
  for (const auto detail : {MetricsDetail::full, MetricsDetail::server}) {
    const std::string text = text_of(store, {detail, "ams"});
    CHECK(has_line(
        text,
        R"(dnszone_resolver_rcode{zone="example.net",resolver="a\\b<i>",checking="enabled",vantage="ams"} 2)"));
    CHECK(has_line(
        text,
        R"(dnszone_resolver_resolves{zone="example.net",resolver="office",vantage="ams"} 1)"));
  }
  const std::string text = text_of(store, {MetricsDetail::zone, ""});
  CHECK(text.find("dnszone_resolver_") == std::string::npos);
  CHECK(has_line(text, R"(dnszone_zone_failure_layer{zone="example.net",layer="one_resolver"} 1)"));
}

TEST_CASE("exposition: a stale report exports only the time of its survey") {
  ReportStore store;
  web_test::fill(store, {shared(faulty_report())});
  const auto five_intervals = faulty_report().surveyed + std::chrono::seconds(300);
  CHECK(Reader(text_of(store, {}, five_intervals)).samples().size() > 20);
  const Reader stale(text_of(store, {}, five_intervals + std::chrono::milliseconds(1)));
  REQUIRE(stale.samples().size() == 1);
  CHECK(stale.samples().begin()->first ==
        "dnszone_zone_last_survey_timestamp_seconds|zone=example.com");
}

TEST_CASE("exposition: a zone that is not surveyed yet has no samples") {
  ReportStore store;
  store.configure({{web_test::name("example.com"), std::chrono::seconds(60), nullptr}});
  CHECK(text_of(store, {}).empty());
}

TEST_CASE("exposition: the Collectable's families make the same text, octet for octet") {
  StillClock clock;
  ReportStore store;
  web_test::fill(store, {shared(faulty_report()), shared(healthy_report(R"(od\"d.example)")),
                         shared(web_test::large_report("large.example", 5)),
                         shared(web_test::resolver_report())});
  for (const auto detail : {MetricsDetail::full, MetricsDetail::server, MetricsDetail::zone}) {
    for (const char* vantage : {"", "a\\b"}) {
      const MetricsSettings settings{detail, vantage};
      const Reader reader(text_of(store, settings));
      const auto families = exporter::ZoneCollectable(store, settings, clock).Collect();
      CHECK(samples_of(families) == reader.samples());
      CHECK(reader.samples().size() > 5);
      TextBuffer from_families;
      exporter::append_families(from_families, families, "");
      CHECK(from_families.text() == text_of(store, settings));
      for (const auto& family : families) {
        const bool counter = family.type == prometheus::MetricType::Counter;
        CHECK(reader.types().at(family.name) == (counter ? "counter" : "gauge"));
      }
    }
  }
}

TEST_CASE("exposition: values read back as they were, and whole numbers have no exponent") {
  const auto written = [](double value) {
    std::array<char, exporter::kMaxValueLength> text{};
    return std::string(text.data(), exporter::write_value(text.data(), value));
  };
  CHECK(written(0) == "0");
  CHECK(written(-0.0) == "0");
  CHECK(written(1795363200) == "1795363200");
  CHECK(written(-3) == "-3");
  CHECK(written(0.5) == "0.5");
  CHECK(written(std::nan("")) == "NaN");
  CHECK(written(HUGE_VAL) == "+Inf");
  CHECK(written(-HUGE_VAL) == "-Inf");
  using Limits = std::numeric_limits<double>;
  for (const double value : {0.1 + 0.2, Limits::max(), Limits::min(), Limits::denorm_min(),
                             -Limits::max(), 9007199254740993.0, 1795363200.123}) {
    CHECK(std::strtod(written(value).c_str(), nullptr) == value);
    CHECK(written(value).size() < exporter::kMaxValueLength);
  }
}

TEST_CASE("exposition: HELP is escaped, histograms have their buckets") {
  StillClock clock;
  exporter::OwnMetrics own("1.2.3", clock);
  prometheus::BuildCounter()
      .Name("odd_total")
      .Help("two\nlines and a \\")
      .Register(own.registry())
      .Add({{"label", "a\"b\nc\\"}});
  own.observe_query(std::chrono::milliseconds(30));
  own.observe_query(std::chrono::seconds(60));
  TextBuffer out;
  exporter::append_families(out, own.collect({}), "ams");
  const std::string text(out.text());
  CHECK(has_line(text, R"(# HELP odd_total two\nlines and a \\)"));
  CHECK(has_line(text, R"(odd_total{label="a\"b\nc\\"} 0)"));
  CHECK(has_line(text,
                 R"(dnszone_exporter_query_duration_seconds_bucket{vantage="ams",le="0.025"} 0)"));
  CHECK(has_line(text,
                 R"(dnszone_exporter_query_duration_seconds_bucket{vantage="ams",le="0.05"} 1)"));
  CHECK(has_line(text,
                 R"(dnszone_exporter_query_duration_seconds_bucket{vantage="ams",le="+Inf"} 2)"));
  CHECK(has_line(text, R"(dnszone_exporter_query_duration_seconds_sum{vantage="ams"} 60.03)"));
  CHECK(has_line(text, R"(dnszone_exporter_query_duration_seconds_count{vantage="ams"} 2)"));
}

namespace {

std::string inflated(const exporter::Body& body) {
  std::string packed;
  for (const auto& piece : body.pieces) packed += piece.text;
  std::string text(1 << 22, '\0');
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_in = static_cast<uInt>(packed.size());
  stream.next_out = reinterpret_cast<Bytef*>(text.data());
  stream.avail_out = static_cast<uInt>(text.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);  // also checks length and checksum
  CHECK(stream.avail_in == 0);
  text.resize(stream.total_out);
  inflateEnd(&stream);
  return text;
}

std::string joined(const exporter::Body& body) {
  std::string text;
  for (const auto& piece : body.pieces) text += piece.text;
  return text;
}

}  // namespace

TEST_CASE("gzip: pieces make one stream") {
  const std::string long_text = [] {
    std::string text;
    for (int i = 0; i < 30000; ++i) text += std::to_string(i * 7919) + ' ';
    return text;
  }();
  for (const std::string& first : {std::string(), std::string("first\n"), long_text}) {
    for (const std::string& second : {std::string(), std::string("second\n"), long_text}) {
      const auto a = exporter::gzip_piece(first);
      const auto b = exporter::gzip_piece(second);
      exporter::Body body;
      body.add(std::string(exporter::gzip_head()));
      body.add(a.blocks);
      body.add(b.blocks);
      body.add(exporter::gzip_tail(a, b));
      CHECK((inflated(body) == first + second));
    }
  }
}

TEST_CASE("metrics page: made again only when something changed") {
  StillClock clock;
  ReportStore store;
  web_test::fill(store, {shared(faulty_report())});
  const exporter::OwnMetrics own("1.2.3", clock);
  exporter::MetricsPage page(store, own, clock, {});
  const auto text_piece = [&page] { return page.render(false)->pieces.at(0).text; };

  const auto first = text_piece();
  CHECK(text_piece().data() == first.data());
  CHECK(text_piece() == first);

  SECTION("a report was published") {
    checks::ZoneReport next = faulty_report();
    next.surveyed = kNow;
    const std::string before(first);
    REQUIRE(store.publish(shared(next)));
    CHECK(std::string(text_piece()) != before);
  }
  SECTION("a report became stale") {
    clock.advance(std::chrono::minutes(5));
    const Reader reader(joined(*page.render(false)));
    CHECK(reader.samples().at("dnszone_exporter_zones|state=stale") == 1);
    CHECK(reader.samples().count("dnszone_zone_findings|severity=error|zone=example.com") == 0);
  }
  SECTION("the settings changed") {
    page.set_settings({MetricsDetail::zone, "ams"});
    const std::string text = joined(*page.render(false));
    CHECK(text.find("dnszone_nameserver_up") == std::string::npos);
    CHECK(text.find(R"(dnszone_exporter_zones{state="current",vantage="ams"} 1)") !=
          std::string::npos);
    CHECK(text.find("process_open_fds ") != std::string::npos);  // not ours: no vantage
  }
}

TEST_CASE("metrics page: gzip says the same as plain text") {
  StillClock clock;
  ReportStore store;
  web_test::fill(store, {shared(web_test::large_report("large.example", 40))});
  const exporter::OwnMetrics own("1.2.3", clock);
  exporter::MetricsPage page(store, own, clock, {});
  const Reader plain(joined(*page.render(false)));
  const Reader packed(inflated(*page.render(true)));
  CHECK(plain.families() == packed.families());
  CHECK(plain.samples().size() == packed.samples().size());
}

TEST_CASE("metrics page: pages held by slow clients are bounded, and their text stays") {
  StillClock clock;
  ReportStore store;
  const exporter::OwnMetrics own("1.2.3", clock);
  exporter::MetricsPage page(store, own, clock, {});
  std::vector<exporter::Body> held;
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < exporter::MetricsPage::kMaxPages; ++i) {
    web_test::fill(store, {shared(healthy_report("zone" + std::to_string(i) + ".example"))});
    auto body = page.render(i % 2 == 1);
    REQUIRE(body);
    held.push_back(std::move(*body));
    texts.push_back(joined(held.back()));
  }
  web_test::fill(store, {shared(healthy_report("last.example"))});
  CHECK_FALSE(page.render(false));
  for (std::size_t i = 0; i < held.size(); ++i) CHECK((joined(held[i]) == texts[i]));
  held.pop_back();
  const auto again = page.render(false);
  REQUIRE(again);
  CHECK(joined(*again).find("last.example") != std::string::npos);
  for (std::size_t i = 0; i < held.size(); ++i) CHECK((joined(held[i]) == texts[i]));
}
