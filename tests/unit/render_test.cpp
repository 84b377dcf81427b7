// What `check` prints, and the JSON of the API: the words a person reads and the schema programs
// read.
#include <algorithm>

#include <nlohmann/json.hpp>

#include "exporter/render_check.hpp"
#include "exporter/report_json.hpp"
#include "exporter/report_text.hpp"
#include "exporter/table.hpp"
#include "tests/catch.hpp"
#include "tests/unit/web_fixtures.hpp"

namespace {

using checks::Severity;
using exporter::status_of;
using exporter::ZoneStatus;
using web_test::faulty_report;
using web_test::healthy_report;
using web_test::shared;
using ReportList = std::vector<std::shared_ptr<const checks::ZoneReport>>;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = text.find('\n', at);
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

checks::ZoneReport with_finding(Severity severity) {
  checks::ZoneReport report = healthy_report("example.com");
  checks::Finding finding;
  finding.check = "con-udp";
  finding.severity = severity;
  report.findings = {finding};
  return report;
}

}  // namespace

TEST_CASE("status: the worst finding decides, and silence is not health") {
  CHECK(status_of(healthy_report("example.com")) == ZoneStatus::healthy);
  CHECK(status_of(with_finding(Severity::info)) == ZoneStatus::healthy);
  CHECK(status_of(with_finding(Severity::notice)) == ZoneStatus::healthy);
  CHECK(status_of(with_finding(Severity::warning)) == ZoneStatus::warnings);
  CHECK(status_of(with_finding(Severity::error)) == ZoneStatus::errors);
  CHECK(status_of(with_finding(Severity::critical)) == ZoneStatus::errors);
  checks::ZoneReport partial = healthy_report("example.com");
  partial.partial = true;
  CHECK(status_of(partial) == ZoneStatus::undetermined);
  checks::ZoneReport silent = healthy_report("example.com");
  silent.servers[0].udp.result = 12;
  silent.servers[0].tcp.result = 12;
  CHECK(status_of(silent) == ZoneStatus::undetermined);
}

TEST_CASE("status: the worst of several zones") {
  const auto healthy = shared(healthy_report("example.com"));
  const auto warned = shared(with_finding(Severity::warning));
  const auto broken = shared(with_finding(Severity::critical));
  checks::ZoneReport partial = healthy_report("example.com");
  partial.partial = true;
  const auto unknown = shared(partial);
  CHECK(exporter::worst_status({}) == ZoneStatus::undetermined);
  CHECK(exporter::worst_status(ReportList{healthy}) == ZoneStatus::healthy);
  CHECK(exporter::worst_status(ReportList{healthy, warned}) == ZoneStatus::warnings);
  CHECK(exporter::worst_status(ReportList{warned, unknown}) == ZoneStatus::undetermined);
  CHECK(exporter::worst_status(ReportList{unknown, broken, healthy}) == ZoneStatus::errors);
}

TEST_CASE("table: a faulty zone") {
  const ReportList reports{shared(faulty_report())};
  const std::string text = exporter::render_table(reports, {});
  const auto lines = lines_of(text);
  CHECK(lines.at(0) == "example.com  2 errors, 1 warning");
  CHECK(lines.at(1) == "  surveyed 2026-11-22T15:59:48Z in 120 ms");
  CHECK(text.find("com lists 2 nameservers, the zone 3; 1 DS record.") != std::string::npos);
  CHECK(text.find("    ns3.example.org  zone only\n") != std::string::npos);
  CHECK(text.find("    ns1.example.com  parent and zone\n") != std::string::npos);
  CHECK(text.find("ERROR  ns2.example.net 2001:db8::2 over TCP  con-tcp\n") != std::string::npos);
  CHECK(text.find("\n    dig @2001:db8::2 example.com SOA +tcp +norec\n") != std::string::npos);
  CHECK(lines.back() == "1 zone: 1 with errors");
}

TEST_CASE("table: columns are aligned, one row for each server and transport") {
  const ReportList reports{shared(faulty_report())};
  const auto lines = lines_of(exporter::render_table(reports, {}));
  const auto head = std::find_if(lines.begin(), lines.end(), [](const std::string& line) {
    return line.find("nameserver ") != std::string::npos && line.find("via") != std::string::npos;
  });
  REQUIRE(head != lines.end());
  REQUIRE(lines.end() - head > 4);
  const std::size_t via = head->find("via");
  const std::size_t result = head->find("result");
  for (int i = 1; i <= 4; ++i) {
    CAPTURE(head[i]);
    CHECK(head[i].substr(via, 3) == (i % 2 == 1 ? "UDP" : "TCP"));
    CHECK(head[i].substr(result, 2) == (i == 4 ? "co" : "ok"));
  }
  CHECK(head[1].find("2026112201") == head->find("serial"));
  CHECK(head[4].find("connection refused") != std::string::npos);
}

TEST_CASE("table: sentences are wrapped, commands are not, no line ends in a blank") {
  checks::ZoneReport report = faulty_report();
  report.findings[0].command = "dig " + std::string(200, 'x');
  const ReportList reports{shared(report)};
  for (const std::size_t width : {std::size_t{40}, std::size_t{60}, std::size_t{100}}) {
    const std::string text = exporter::render_table(reports, {false, width});
    CHECK(text.find(report.findings[0].command) != std::string::npos);
    for (const std::string& line : lines_of(text)) CHECK((line.empty() || line.back() != ' '));
    std::size_t sentence_lines = 0;
    for (const std::string& line : lines_of(text.substr(text.find("Findings")))) {
      if (!line.starts_with("    ") || line.starts_with("    dig ")) continue;
      ++sentence_lines;
      CHECK(exporter::display_width(line) <= width);
    }
    CHECK(sentence_lines > 2 * (120 / width));
  }
}

TEST_CASE("table: words longer than the width stand alone") {
  CHECK(exporter::wrapped("a verylongword b", 2, 8) == "  a\n  verylongword\n  b\n");
  CHECK(exporter::wrapped("  a   b  ", 0, 80) == "a b\n");
  CHECK(exporter::wrapped("   ", 2, 80).empty());
  CHECK(exporter::display_width("ünï–") == 4);
}

TEST_CASE("table: colour only when asked for, and never from a server") {
  const ReportList reports{shared(faulty_report()), shared(healthy_report("example.org"))};
  const std::string plain = exporter::render_table(reports, {false, 100});
  CHECK(plain.find('\x1b') == std::string::npos);
  std::string colored = exporter::render_table(reports, {true, 100});
  CHECK(colored.find("\x1b[31m") != std::string::npos);
  CHECK(colored.find("\x1b[31mred") == std::string::npos);  // quoted by a finding
  // Without the colours it is the same text.
  for (std::size_t at = colored.find('\x1b'); at != std::string::npos; at = colored.find('\x1b')) {
    colored.erase(at, colored.find('m', at) - at + 1);
  }
  CHECK(colored == plain);
}

TEST_CASE("table: what there is to say about zones that are healthy, unknown, or the root") {
  checks::ZoneReport root = healthy_report(".");
  root.parent.reset();
  root.parent_nameservers.clear();
  root.ds_records = 0;
  checks::ZoneReport lost = healthy_report("lost.example");
  lost.parent.reset();
  lost.servers.clear();
  lost.parent_nameservers.clear();
  lost.child_nameservers.clear();
  lost.partial = true;
  const ReportList reports{shared(root), shared(lost)};
  const std::string text = exporter::render_table(reports, {});
  CHECK(text.starts_with(".  healthy\n"));
  CHECK(text.find("The root has no parent.") != std::string::npos);
  CHECK(text.find("lost.example  could not tell\n") != std::string::npos);
  CHECK(text.find("The parent was not found.") != std::string::npos);
  CHECK(text.find("No address of any nameserver was found.") != std::string::npos);
  CHECK(text.find("its deadline passed") != std::string::npos);
  CHECK(text.find("2 zones: 1 healthy, 1 not determined\n") != std::string::npos);
}

TEST_CASE("table: who could not be asked is not called sound") {
  checks::ZoneReport silent = healthy_report("silent.example");
  silent.port = 5300;
  silent.servers[0].udp = {};
  silent.servers[0].tcp = {};
  const std::string text = exporter::render_table(ReportList{shared(silent)}, {});
  CHECK(text.find("Nothing was found wrong") == std::string::npos);
  CHECK(text.find("no server could be asked") != std::string::npos);
  CHECK(text.find("port 5300 over UDP and TCP") != std::string::npos);
  silent.servers[0].tcp.result = 1;  // in the first rounds a silent server is but a notice
  CHECK(exporter::undetermined_text(silent).starts_with("No server gives a usable answer;"));
  silent.partial = true;
  CHECK(exporter::undetermined_text(silent).ends_with("the rest is unknown."));
}

TEST_CASE("text: a detail that repeats its result is not shown twice") {
  const auto added = [](int result, std::string detail) {
    return exporter::added_detail({result, {}, {}, std::move(detail)});
  };
  CHECK(added(0, "authoritative").empty());
  CHECK(added(4, "REFUSED").empty());
  CHECK(added(4, "REFUSED (EDE 20: Not Authoritative)") == "(EDE 20: Not Authoritative)");
  CHECK(added(1, "timeout after 2 attempts") == "after 2 attempts");
  CHECK(added(2, "port unreachable") == "port unreachable");
  CHECK(added(9, "").empty());
  CHECK(added(6, "not") == "not");  // shorter than the result's words
  CHECK(exporter::result_words(2) == "connection failed");
}

TEST_CASE("table: resolvers, with and without checking") {
  const ReportList reports{shared(web_test::resolver_report()), shared(healthy_report("a.test"))};
  const auto lines = lines_of(exporter::render_table(reports, {}));
  const auto head = std::find(lines.begin(), lines.end(), "  Resolvers");
  REQUIRE(lines.end() - head > 4);
  CHECK(head[1] == "  resolver  SOA       not checking  AD   DS  missing name  CAA  time   EDE");
  CHECK(head[2] == "  office    NOERROR   NOERROR       yes  –   NXDOMAIN      –    31 ms");
  CHECK(head[3] ==
        "  a\\b<i>    SERVFAIL  NOERROR       no   –   SERVFAIL      –    31 ms  7 Signature "
        "Expired");
  CHECK(std::count(lines.begin(), lines.end(), "  Resolvers") == 1);
}

TEST_CASE("JSON: resolvers") {
  const auto json = nlohmann::json::parse(exporter::zone_json(web_test::resolver_report()));
  const auto& bad = json.at("resolvers").at(1);
  CHECK(bad.at("resolver") == "a\\b<i>");
  CHECK(bad.at("address") == "2001:db8::53");
  CHECK(bad.at("view") == "dnssec_fails");
  const auto& missing = bad.at("other_answers").at(0);
  CHECK(missing.at("question") == "nonexistent");
  CHECK(missing.at("rcode") == "SERVFAIL");
  CHECK(missing.at("rcode_checking_disabled") == "NXDOMAIN");
  CHECK(missing.at("ttl") == 900);
  CHECK(bad.at("rcode") == "SERVFAIL");
  CHECK(bad.at("rcode_checking_disabled") == "NOERROR");
  CHECK(bad.at("extended_errors") == nlohmann::json::array({7}));
  CHECK(bad.at("authenticated") == false);
  CHECK(bad.at("asked") == "2026-11-22T15:56:00Z");
  CHECK_FALSE(json.at("resolvers").at(0).contains("extended_errors"));
  CHECK_FALSE(
      nlohmann::json::parse(exporter::zone_json(healthy_report("a.test"))).contains("resolvers"));
}

TEST_CASE("JSON: the document of check") {
  const ReportList reports{shared(faulty_report()), shared(healthy_report("."))};
  const std::string text = exporter::render_json(reports);
  const auto json = nlohmann::ordered_json::parse(text);
  CHECK(json.at("schema") == "dnszone_exporter/check/1");
  const auto& zone = json.at("zones").at(0);
  std::vector<std::string> keys;
  for (const auto& [key, value] : zone.items()) keys.push_back(key);
  CHECK(keys == std::vector<std::string>{"zone", "surveyed", "duration_seconds", "partial",
                                         "status", "dnssec_status", "delegation", "chain",
                                         "servers", "findings"});
  CHECK(zone.at("zone") == "example.com");
  CHECK(zone.at("surveyed") == "2026-11-22T15:59:48Z");
  CHECK(zone.at("duration_seconds") == 0.12);
  CHECK(zone.at("partial") == false);
  CHECK(zone.at("status") == "errors");
  CHECK(zone.at("dnssec_status") == "indeterminate");
  CHECK(zone.at("delegation").at("parent") == "com");
  CHECK(zone.at("delegation").at("parent_nameservers").size() == 2);
  CHECK(zone.at("delegation").at("child_nameservers").at(2) == "ns3.example.org");
  CHECK(zone.at("delegation").at("ds_records") == 1);
  const auto& server = zone.at("servers").at(1);
  CHECK(server.at("address") == "2001:db8::2");
  CHECK(server.at("family") == "ipv6");
  CHECK(server.at("in_parent") == true);
  CHECK(server.at("udp").at("result") == "ok");
  CHECK(server.at("udp").at("rcode") == "NOERROR");
  CHECK(server.at("udp").at("response_seconds") == 0.0012);
  CHECK(server.at("tcp").at("result") == "connection_failed");
  CHECK(server.at("tcp").at("result_code") == 2);
  CHECK(server.at("tcp").at("detail") == "connection refused");
  CHECK_FALSE(server.at("tcp").contains("rcode"));
  CHECK_FALSE(server.at("tcp").contains("response_seconds"));
  CHECK(server.at("serial") == 2026112200);
  CHECK(server.at("signed") == true);
  CHECK(server.at("failing_since") == "2026-11-22T13:55:00Z");
  CHECK_FALSE(zone.at("servers").at(0).contains("failing_since"));
  const auto& finding = zone.at("findings").at(0);
  CHECK(finding.at("check") == "con-tcp");
  CHECK(finding.at("severity") == "error");
  CHECK(finding.at("nameserver") == "ns2.example.net");
  CHECK(finding.at("transport") == "tcp");
  CHECK(finding.at("command") == "dig @2001:db8::2 example.com SOA +tcp +norec");
  CHECK(finding.at("since") == "2026-11-20T13:00:00Z");
  const auto& zone_finding = zone.at("findings").at(2);
  CHECK_FALSE(zone_finding.contains("nameserver"));
  CHECK_FALSE(zone_finding.contains("command"));
  // The octet 0xFF is not UTF-8 and was replaced; the document parsed.
  CHECK(zone_finding.at("sentence").get<std::string>().find("\xEF\xBF\xBD") != std::string::npos);
  CHECK(json.at("zones").at(1).at("zone") == ".");
  CHECK(exporter::render_json({}).find("\"zones\": []") != std::string::npos);
}

TEST_CASE("JSON: unknown values are absent") {
  checks::ZoneReport report = healthy_report("example.com");
  report.parent.reset();
  report.servers[0].serial.reset();
  report.servers[0].is_signed.reset();
  report.servers[0].udp = {};
  const auto json = nlohmann::json::parse(exporter::zone_json(report));
  CHECK_FALSE(json.at("delegation").contains("parent"));
  const auto& server = json.at("servers").at(0);
  CHECK_FALSE(server.contains("serial"));
  CHECK_FALSE(server.contains("signed"));
  CHECK(server.at("udp").at("result") == "not_asked");
  CHECK_FALSE(server.at("udp").contains("detail"));
}

TEST_CASE("JSON: what nobody told of the delegation and the chain is absent") {
  checks::ZoneReport report = faulty_report();
  report.delegation_known = false;
  report.parent_nameservers.clear();
  report.child_nameservers.clear();
  for (checks::ServerState& server : report.servers) server.in_parent = false;
  checks::ChainStep step;
  step.zone = report.zone;
  step.ds_known = false;
  report.chain.steps = {std::make_shared<checks::ChainStep>(step)};
  auto json = nlohmann::json::parse(exporter::zone_json(report));
  CHECK_FALSE(json.at("delegation").contains("parent_nameservers"));
  CHECK_FALSE(json.at("delegation").contains("child_nameservers"));
  CHECK_FALSE(json.at("servers").at(0).contains("in_parent"));
  CHECK_FALSE(json.at("servers").at(0).contains("in_child"));
  CHECK_FALSE(json.at("chain").at(0).contains("ds"));
  CHECK_FALSE(json.at("chain").at(0).contains("key_sets"));
  step.ds_known = true;
  report.delegation_known = true;
  report.chain.steps = {std::make_shared<checks::ChainStep>(step)};
  json = nlohmann::json::parse(exporter::zone_json(report));
  CHECK(json.at("delegation").at("parent_nameservers").empty());
  CHECK(json.at("servers").at(0).at("in_parent") == false);
  CHECK(json.at("chain").at(0).at("ds").empty());
}

TEST_CASE("the moment of --time is told") {
  checks::ZoneReport report = healthy_report("a.test");
  CHECK_FALSE(nlohmann::json::parse(exporter::zone_json(report)).contains("judged_as_of"));
  report.judged_as_of = web_test::kNow;
  const auto json = nlohmann::json::parse(exporter::zone_json(report));
  CHECK(json.at("judged_as_of") == "2026-11-22T16:00:00Z");
  const ReportList reports{shared(std::move(report))};
  CHECK(exporter::render_table(reports, {}).find("judged as of 2026-11-22T16:00:00Z") !=
        std::string::npos);
}

TEST_CASE("JSON: the list of zones") {
  const std::vector<exporter::StoredZone> zones{
      {web_test::name("example.com"), {}, shared(faulty_report())},
      {web_test::name("new.example"), {}, nullptr}};
  const auto json = nlohmann::ordered_json::parse(exporter::zone_list_json(zones));
  const auto& first = json.at("zones").at(0);
  CHECK(first.at("status") == "errors");
  CHECK(first.at("surveyed") == "2026-11-22T15:59:48Z");
  CHECK(first.at("findings").dump() ==
        R"({"critical":0,"error":2,"warning":1,"notice":0,"info":0})");
  const auto& second = json.at("zones").at(1);
  CHECK(second.dump() == R"({"zone":"new.example","status":"undetermined"})");
  CHECK(nlohmann::json::parse(exporter::pending_zone_json(web_test::name("new.example"))) ==
        nlohmann::json::parse(second.dump()));
  CHECK(nlohmann::json::parse(exporter::zone_list_json({})).at("zones").empty());
}

TEST_CASE("text: results, spans, times") {
  CHECK(exporter::result_text(0) == "ok");
  CHECK(exporter::result_text(13) == "no_soa");
  CHECK(exporter::result_text(14) == "unknown");
  CHECK(exporter::result_text(-1) == "unknown");
  using std::chrono::hours;
  using std::chrono::minutes;
  using std::chrono::seconds;
  CHECK(exporter::span_text(seconds(-5)) == "0 s");
  CHECK(exporter::span_text(seconds(12)) == "12 s");
  CHECK(exporter::span_text(seconds(199)) == "3 min");
  CHECK(exporter::span_text(hours(2) + minutes(5) + seconds(9)) == "2 h 5 min");
  CHECK(exporter::span_text(hours(2)) == "2 h");
  CHECK(exporter::span_text(hours(99) + minutes(59)) == "4 d 3 h");
  CHECK(exporter::span_text(hours(96) + minutes(59)) == "4 d");
  CHECK(exporter::response_time_text(std::chrono::microseconds(430)) == "0.4 ms");
  CHECK(exporter::response_time_text(std::chrono::microseconds(27400)) == "27 ms");
  CHECK(exporter::response_time_text(std::chrono::milliseconds(1250)) == "1.25 s");
  CHECK(exporter::rfc3339(dns::WallTime(std::chrono::milliseconds(999))) == "1970-01-01T00:00:00Z");
  CHECK(exporter::rfc3339(dns::WallTime(seconds(951782400))) == "2000-02-29T00:00:00Z");
}

TEST_CASE("text: only what can be printed is printed") {
  using exporter::printable;
  const std::string bad = "\xEF\xBF\xBD";
  CHECK(printable("plain, ünï \xF0\x9F\x8C\x8D") == "plain, ünï \xF0\x9F\x8C\x8D");
  CHECK(printable("\x1b[0m\n\x7f") == bad + "[0m" + bad + bad);
  CHECK(printable("\xC2\x9B"
                  "31m") == bad + bad + "31m");         // CSI as a C1 control
  CHECK(printable("\xC0\xAF") == bad + bad);            // overlong
  CHECK(printable("\xED\xA0\x80") == bad + bad + bad);  // surrogate
  CHECK(printable("\xF4\x90\x80\x80") == bad + bad + bad + bad);
  CHECK(printable("\xE2\x82") == bad + bad);  // cut short
  CHECK(printable(std::string_view("a\0b", 3)) == "a" + bad + "b");
}

TEST_CASE("across zones: an address that fails for all of its zones is shown once") {
  checks::ZoneReport first = healthy_report("example.com");
  first.servers[0].udp.result = 1;
  first.servers[0].tcp.result = 1;
  checks::ZoneReport second = first;
  second.zone = dns::Name::from_text("example.net").value();
  const ReportList reports{shared(first), shared(second)};

  const std::string text = exporter::render_table(reports, {});
  const std::string address = first.servers[0].address.to_text();
  CHECK(text.find("Across zones\n") != std::string::npos);
  CHECK(text.find("fails for all of its 2 zones") != std::string::npos);
  const auto json = nlohmann::json::parse(exporter::render_json(reports));
  REQUIRE(json["shared_addresses"].size() == 1);
  CHECK(json["shared_addresses"][0]["check"] == "con-shared-address");
  CHECK(json["shared_addresses"][0]["address"] == address);
  CHECK(json["shared_addresses"][0]["zones"] == 2);
  CHECK(json["shared_addresses"][0]["failing_zones"] == 2);

  const ReportList healthy{shared(healthy_report("example.com")),
                           shared(healthy_report("example.net"))};
  CHECK(exporter::render_table(healthy, {}).find("Across zones") == std::string::npos);
  CHECK(nlohmann::json::parse(exporter::render_json(healthy))["shared_addresses"].empty());
}
