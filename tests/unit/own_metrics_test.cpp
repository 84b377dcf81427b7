// The exporter's metrics about itself.
#include "exporter/own_metrics.hpp"

#include <fstream>
#include <map>
#include <sstream>

#include "dns/dnssec_verifier.hpp"
#include "dns/engine.hpp"
#include "exporter/exposition_text.hpp"
#include "exporter/list_metrics.hpp"
#include "exporter/process_metrics.hpp"
#include "tests/catch.hpp"
#include "tests/unit/web_fixtures.hpp"

namespace {

std::string text_of(const exporter::OwnMetrics& own, const exporter::ZoneStates& states = {}) {
  exporter::TextBuffer out;
  exporter::append_families(out, own.collect(states), "");
  return "\n" + std::string(out.text());
}

bool has(const std::string& text, const std::string& line) {
  return text.find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("own metrics: the state of the configuration") {
  web_test::StillClock clock;
  exporter::OwnMetrics own("1.2.3", clock);
  CHECK(text_of(own).find("config_last_reload") == std::string::npos);  // absent, not 0
  own.config_loaded();
  clock.advance(std::chrono::seconds(10));
  own.config_rejected();
  CHECK(has(text_of(own), "dnszone_exporter_config_last_reload_successful 0"));
  CHECK(has(text_of(own),
            "dnszone_exporter_config_last_reload_success_timestamp_seconds 1795363200"));
  own.config_loaded();
  CHECK(has(text_of(own), "dnszone_exporter_config_last_reload_successful 1"));
  CHECK(has(text_of(own),
            "dnszone_exporter_config_last_reload_success_timestamp_seconds 1795363210"));
}

TEST_CASE("own metrics: the shard, while there is one") {
  web_test::StillClock clock;
  exporter::OwnMetrics own("1.2.3", clock);
  CHECK(text_of(own).find("dnszone_exporter_shard") == std::string::npos);
  own.set_shard(exporter::Shard{0, 3});
  CHECK(has(text_of(own), "dnszone_exporter_shard 0"));
  CHECK(has(text_of(own), "dnszone_exporter_shards 3"));
  own.set_shard(std::nullopt);
  CHECK(text_of(own).find("dnszone_exporter_shard") == std::string::npos);
}

TEST_CASE("own metrics: counters, states and the vantage") {
  web_test::StillClock clock;
  exporter::OwnMetrics own("1.2.3", clock);
  own.count_survey();
  own.count_survey();
  own.count_missed_intervals(3);
  own.set_schedule_lag(std::chrono::milliseconds(250));
  own.set_vantage_usable(dns::Family::ipv6, dns::Transport::tcp, false);
  const std::string text = text_of(own, {1, 2, 3});
  CHECK(text.find("dnszone_exporter_build_info{") != std::string::npos);
  CHECK(text.find("version=\"1.2.3\"") != std::string::npos);
  CHECK(has(text, "dnszone_exporter_surveys_total 2"));
  CHECK(has(text, "dnszone_exporter_missed_intervals_total 3"));
  CHECK(has(text, "dnszone_exporter_schedule_lag_seconds 0.25"));
  CHECK(has(text, R"(dnszone_exporter_zones{state="pending"} 1)"));
  CHECK(has(text, R"(dnszone_exporter_zones{state="stale"} 3)"));
  CHECK(text.find("dnszone_vantage_usable{") != std::string::npos);
  CHECK(text.find("dnszone_exporter_queries_total") == std::string::npos);  // no engine yet
}

TEST_CASE("own metrics: the engine's counters are read when collected") {
  web_test::StillClock clock;
  exporter::OwnMetrics own("1.2.3", clock);
  dns::EngineStatistics statistics;
  own.watch_engine(&statistics);
  statistics.attempts[1][static_cast<std::size_t>(dns::Outcome::timeout)] = 7;
  statistics.in_flight = 5;
  statistics.datagrams_dropped = 2;
  statistics.tcp_connections = 7;
  const std::string text = text_of(own);
  CHECK(has(text, R"(dnszone_exporter_queries_total{transport="tcp",outcome="timeout"} 7)"));
  CHECK(has(text, R"(dnszone_exporter_queries_total{transport="udp",outcome="answered"} 0)"));
  CHECK(has(text, "dnszone_exporter_queries_in_flight 5"));
  CHECK(has(text, "dnszone_exporter_stray_datagrams_total 2"));
  CHECK(has(text, "dnszone_exporter_tcp_connections_total 7"));
  own.watch_engine(nullptr);
  CHECK(text_of(own).find("dnszone_exporter_queries_total") == std::string::npos);
}

TEST_CASE("own metrics: the verifier's counters are read when collected") {
  web_test::StillClock clock;
  exporter::OwnMetrics own("1.2.3", clock);
  CHECK(text_of(own).find("verifications_total") == std::string::npos);
  dns::dnssec::Verifier verifier;
  own.watch_verifier(&verifier);
  CHECK(has(text_of(own), R"(dnszone_exporter_verifications_total{result="valid"} 0)"));
  // Octets of the right size, and no signature.
  dns::Dnskey key{257, 3, 15, {}};
  key.public_key.assign(32, 7);
  const dns::Bytes data{1, 2, 3};
  const dns::Bytes signature(64, 9);
  for (int round = 0; round < 3; ++round) verifier.verify(key, data, signature);
  const std::string text = text_of(own);
  CHECK(has(text, R"(dnszone_exporter_verifications_total{result="cached"} 2)"));
  CHECK(has(text, R"(dnszone_exporter_verifications_total{result="valid"} 0)"));
  CHECK(has(text, R"(dnszone_exporter_verifications_total{result="invalid"} 1)"));
  own.watch_verifier(nullptr);
  CHECK(text_of(own).find("verifications_total") == std::string::npos);
}

TEST_CASE("own metrics: zones are pending, current or stale") {
  const auto report = web_test::shared(web_test::healthy_report("example.com"));
  const std::vector<exporter::StoredZone> zones{
      {web_test::name("a.example"), std::chrono::seconds(60), nullptr},
      {web_test::name("b.example"), std::chrono::seconds(60), report},
      {web_test::name("c.example"), std::chrono::seconds(2), report},
      {web_test::name("d.example"), dns::Duration::zero(), report}};
  const auto states = exporter::count_states(zones, web_test::kNow);
  CHECK(states.pending == 1);
  CHECK(states.current == 2);
  CHECK(states.stale == 1);
}

TEST_CASE("process metrics: /proc/PID/stat, also with an odd command") {
  const std::string stat =
      "42 (a) b (c) S 1 42 42 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 7 0 1000 8192000 300 0\n";
  const auto parsed = exporter::parse_process_stat(stat, 100, 4096);
  REQUIRE(parsed);
  CHECK(parsed->cpu_seconds == 3.0);
  CHECK(parsed->threads == 7);
  CHECK(parsed->start_seconds_after_boot == 10.0);
  CHECK(parsed->virtual_bytes == 8192000);
  CHECK(parsed->resident_bytes == 300 * 4096);
  CHECK_FALSE(exporter::parse_process_stat("", 100, 4096));
  CHECK_FALSE(exporter::parse_process_stat("42 (x) S 1 2", 100, 4096));
  CHECK_FALSE(exporter::parse_process_stat("42 (x S 1 2", 100, 4096));
  CHECK(exporter::parse_boot_time("cpu 1\nbtime 1795000000\nprocs 5\n") == 1795000000);
  CHECK_FALSE(exporter::parse_boot_time("cpu 1\n"));
  CHECK_FALSE(exporter::parse_boot_time("cpu 1\nbtime x\n"));
}

TEST_CASE("process metrics: this process has them") {
  std::map<std::string, double> values;
  for (const auto& family : exporter::collect_process_metrics()) {
    const auto& metric = family.metric.at(0);
    values[family.name] =
        family.type == prometheus::MetricType::Counter ? metric.counter.value : metric.gauge.value;
  }
  CHECK(values.at("process_resident_memory_bytes") > 100'000);
  CHECK(values.at("process_open_fds") >= 3);
  CHECK(values.at("process_threads") >= 1);
  CHECK(values.at("process_start_time_seconds") > 1'700'000'000);
  CHECK(values.count("process_cpu_seconds_total") == 1);
}

TEST_CASE("docs/metrics.md is what the code says") {
  const std::string made = exporter::metrics_markdown();
  std::ifstream file(DOCS_DIRECTORY "/metrics.md");
  std::stringstream page;
  page << file.rdbuf();
  INFO("run tests/regenerate_docs.py");
  CHECK((page.str() == made));
  web_test::StillClock clock;
  for (const auto& family : exporter::OwnMetrics("", clock).collect({})) {
    if (!family.metric.empty()) CHECK(made.find("\n## " + family.name + "\n") != std::string::npos);
  }
}
