// The numbers of a report against what docs/metrics.md says of them.
#include <map>
#include <set>

#include "tests/catch.hpp"
#include "tests/unit/message_builder.hpp"
#include "tests/unit/resolver_answers.hpp"
#include "tests/unit/survey_builder.hpp"

using checks::Metric;
using checks::Shape;
using dns::Family;
using dns::Transport;

namespace tests {

namespace {

struct Wanted {
  Metric metric{};
  std::optional<std::string> address = {};
  std::optional<Transport> transport = {};
  std::optional<Family> family = {};
  std::string_view extra = {};
};

std::optional<double> value(const checks::ZoneReport& report, const Wanted& wanted) {
  std::optional<double> found;
  for (const checks::Measurement& of : report.measurements) {
    if (of.metric != wanted.metric || of.extra != wanted.extra) continue;
    if (of.transport != wanted.transport || of.family != wanted.family) continue;
    const bool server = of.server >= 0;
    if (server != wanted.address.has_value()) continue;
    if (server &&
        report.servers[static_cast<std::size_t>(of.server)].address != ip(*wanted.address)) {
      continue;
    }
    REQUIRE_FALSE(found.has_value());  // one series, one value
    found = of.value;
  }
  return found;
}

}  // namespace

// A round whose deadline cut it short must not look like an outage: absence, not 0.
TEST_CASE("working counts are there only when every server that is not up was asked") {
  survey::Survey survey = healthy();
  silence_all(survey);
  survey.partial = true;
  const std::vector<std::string> all{"192.0.2.1",   "192.0.2.2",   "192.0.2.3",
                                     "2001:db8::1", "2001:db8::2", "2001:db8::3"};
  for (std::size_t left_out = 1; left_out <= all.size(); ++left_out) {
    survey::Survey cut = survey;
    for (std::size_t i = 0; i < left_out; ++i) address(cut, all[i]).answers.clear();
    INFO(left_out << " addresses were not asked");
    const auto report = judge_once(cut);
    CHECK_FALSE(value(*report, {Metric::zone_nameservers_working, {}, {}, {}, ""}).has_value());
    CHECK(find(*report, "del-working-ns") == nullptr);
    const auto of_ipv4 = value(*report, {Metric::zone_nameservers_working, {}, {}, Family::ipv4});
    CHECK_FALSE(of_ipv4.has_value());
    for (const Transport transport : {Transport::udp, Transport::tcp}) {
      const Wanted up{Metric::zone_servers_working, {}, transport, Family::ipv4};
      CHECK_FALSE(value(*report, up).has_value());
    }
  }
  SECTION("what was asked of all is told, also when it is nothing") {
    const auto report = judge_once(survey);
    CHECK(value(*report, {Metric::zone_nameservers_working, {}, {}, Family::ipv4}) == 0);
  }
  SECTION("a name that is up needs no more asking") {
    survey::Survey cut = healthy();
    address(cut, "2001:db8::1").answers.clear();
    const auto report = judge_once(cut);
    CHECK(value(*report, {Metric::zone_nameservers_working, {}, {}, Family::ipv4}) == 3);
    CHECK_FALSE(value(*report, {Metric::zone_nameservers_working, {}, {}, Family::ipv6}));
  }
  SECTION("a name whose addresses there was no time to ask for may be the one that works") {
    silence_all(survey);
    set_resolution(survey, "ns1.example.test", dns::ResolutionResult::not_asked, "test");
    std::erase_if(survey.servers, [](const survey::Server& server) {
      return server.nameserver == name("ns1.example.test");
    });
    CHECK_FALSE(value(*judge_once(survey), {Metric::zone_nameservers_working, {}, {}, Family::ipv4})
                    .has_value());
  }
}

TEST_CASE(
    "every family but those of changes and faults has values for the healthy zone, once per "
    "series, in order") {
  checks::ZoneSettings settings;
  settings.interval = std::chrono::seconds(60);
  survey::Survey survey = with_resolvers(healthy(), {{"a"}, {"b"}});
  edit(answer(survey, "192.0.2.1", survey::QuestionId::dnskey).exchange.first,
       [](dns::Exchange&, dns::Message& message) { message.wire_size = 500; });
  const auto report = judge_once(survey, settings);
  std::set<Metric> families;
  std::set<std::string> series;
  for (const checks::Measurement& of : report->measurements) {
    families.insert(of.metric);
    const std::string key = std::to_string(static_cast<int>(of.metric)) + "/" +
                            std::to_string(of.server) + "/" + std::to_string(of.nameserver) + "/" +
                            std::to_string(of.resolver) + "/" +
                            (of.family ? std::string(dns::to_text(*of.family)) : "") + "/" +
                            (of.transport ? std::string(dns::to_text(*of.transport)) : "") + "/" +
                            std::string(of.extra);
    INFO(checks::row(of.metric).name << " " << key);
    CHECK(series.insert(key).second);
    const checks::MetricRow& row = checks::row(of.metric);
    CHECK((of.server >= 0) == (row.shape == Shape::server || row.shape == Shape::server_transport));
    CHECK((of.nameserver >= 0) ==
          (row.shape == Shape::nameserver || row.shape == Shape::nameserver_family));
    CHECK((of.resolver >= 0) == (row.shape == Shape::zone_resolver));
    CHECK(of.extra.empty() == row.extra.empty());
    CHECK(of.transport.has_value() ==
          (row.shape == Shape::server_transport || row.shape == Shape::zone_family_transport));
  }
  CHECK(std::is_sorted(report->measurements.begin(), report->measurements.end(),
                       [](const auto& a, const auto& b) { return a.metric < b.metric; }));
  for (const checks::MetricRow& row : checks::metrics()) {
    INFO(row.name);
    const bool absent = row.metric == Metric::finding || row.shape == Shape::ancestor ||
                        row.metric == Metric::nameserver_address_dnssec_status ||
                        row.metric == Metric::nameserver_failing_since_timestamp_seconds ||
                        row.metric == Metric::zone_serial_changed_timestamp_seconds ||
                        row.metric == Metric::zone_ds_changed_timestamp_seconds ||
                        row.metric == Metric::zone_dnskey_changed_timestamp_seconds ||
                        row.metric == Metric::zone_cds_pending_since_timestamp_seconds;
    CHECK(families.count(row.metric) == (absent ? 0U : 1U));
  }
}

TEST_CASE("the healthy zone's numbers") {
  const auto report = judge_once(healthy());
  const std::string at = "192.0.2.1";
  CHECK(value(*report, {Metric::nameserver_up, at, Transport::udp}) == 1);
  CHECK(value(*report, {Metric::nameserver_rcode, at, Transport::tcp}) == 0);
  CHECK(value(*report, {Metric::nameserver_result, at, Transport::udp}) == 0);
  CHECK(value(*report, {Metric::nameserver_timeouts, at, Transport::udp}) == 0);
  CHECK(value(*report, {Metric::nameserver_response_seconds, at, Transport::udp}) == Approx(0.02));
  CHECK(value(*report, {Metric::nameserver_soa_serial, at}) == 2026112201);
  CHECK(value(*report, {Metric::nameserver_serial_drift, at}) == 0);
  CHECK(value(*report, {Metric::nameserver_serial_drift_seconds, at}) == 0);
  CHECK(value(*report, {Metric::nameserver_signed, at}) == 1);
  CHECK(value(*report, {Metric::nameserver_expire_remaining_seconds, at}) == 1209600);
  CHECK(value(*report, {Metric::zone_delegated}) == 1);
  CHECK(value(*report, {Metric::zone_nameservers, {}, {}, {}, "parent"}) == 3);
  CHECK(value(*report, {Metric::zone_nameservers, {}, {}, {}, "child"}) == 3);
  CHECK(value(*report, {Metric::zone_nameservers_working}) == 3);
  CHECK(value(*report, {Metric::zone_nameservers_working, {}, {}, Family::ipv6}) == 3);
  CHECK(value(*report, {Metric::zone_servers_working, {}, Transport::tcp, Family::ipv4}) == 3);
  CHECK(value(*report, {Metric::zone_soa_serial}) == 2026112201);
  CHECK(value(*report, {Metric::zone_soa_refresh_seconds}) == 14400);
  CHECK(value(*report, {Metric::zone_soa_minimum_seconds}) == 3600);
  CHECK(value(*report, {Metric::zone_ds_records}) == 1);
  CHECK(value(*report, {Metric::zone_dnskeys}) == 2);
  CHECK(value(*report, {Metric::zone_delegation_consistent}) == 1);
  CHECK(value(*report, {Metric::zone_survey_partial}) == 0);
  CHECK(value(*report, {Metric::zone_survey_duration_seconds}) == Approx(1.5));
  CHECK(value(*report, {Metric::zone_last_survey_timestamp_seconds}) == dns::to_unix_seconds(kNow));
  CHECK(value(*report, {Metric::zone_threshold_seconds, {}, {}, {}, "serial_drift"}) == 3600);
  CHECK_FALSE(value(*report, {Metric::zone_threshold_seconds, {}, {}, {}, "interval"}));
  for (const char* severity : {"info", "notice", "warning", "error", "critical"}) {
    CHECK(value(*report, {Metric::zone_findings, {}, {}, {}, severity}) == 0);
  }
}

TEST_CASE("signature times per RRset, the worst for the zone, and in the past after expiry") {
  survey::Survey survey = healthy();
  const double now = dns::to_unix_seconds(kNow);
  set_signatures(survey, "192.0.2.2", -1000, -100, dns::RRType::ns);
  set_signatures(survey, "192.0.2.2", -1000, 500, dns::RRType::a);
  const auto report = judge_once(survey);
  const auto expiry = [&](std::string at, std::string_view rrset) {
    return value(*report,
                 {Metric::nameserver_rrsig_expiry_timestamp_seconds, std::move(at), {}, {}, rrset});
  };
  CHECK(expiry("192.0.2.2", "ns") == now - 100);
  CHECK(expiry("192.0.2.2", "address") == now + 500);
  for (const char* rrset : {"soa", "ns", "dnskey", "denial", "address"}) {
    CHECK(expiry("192.0.2.1", rrset) == now + 9 * 86400);
  }
  CHECK(value(*report,
              {Metric::nameserver_rrsig_inception_timestamp_seconds, "192.0.2.2", {}, {}, "ns"}) ==
        now - 1000);
  CHECK(value(*report, {Metric::zone_rrsig_expiry_timestamp_seconds}) == now - 100);
}

TEST_CASE("failing servers: 0 where it is known, absent where it is not") {
  survey::Survey survey = healthy();
  silence(survey, "192.0.2.1");
  set_rcode(survey, "192.0.2.2", dns::Rcode::refused);
  const auto report = judge_once(survey);
  CHECK(value(*report, {Metric::nameserver_up, "192.0.2.1", Transport::udp}) == 0);
  CHECK(value(*report, {Metric::nameserver_timeouts, "192.0.2.1", Transport::udp}) == 3);
  CHECK_FALSE(value(*report, {Metric::nameserver_rcode, "192.0.2.1", Transport::udp}));
  CHECK_FALSE(value(*report, {Metric::nameserver_soa_serial, "192.0.2.1"}));
  CHECK_FALSE(value(*report, {Metric::nameserver_signed, "192.0.2.1"}));
  CHECK(value(*report, {Metric::nameserver_failing_since_timestamp_seconds, "192.0.2.1"}) ==
        dns::to_unix_seconds(kNow));
  CHECK(value(*report, {Metric::nameserver_rcode, "192.0.2.2", Transport::tcp}) == 5);
  CHECK(value(*report, {Metric::nameserver_result, "192.0.2.2", Transport::tcp}) == 4);
  CHECK(value(*report, {Metric::zone_servers_working, {}, Transport::udp, Family::ipv4}) == 1);
  CHECK(value(*report, {Metric::zone_nameservers_working, {}, {}, Family::ipv4}) == 1);
  CHECK(value(*report, {Metric::zone_nameservers_working}) == 3);
}

TEST_CASE("names that share all addresses count once") {
  World world;
  world.hosts = {{"ns1.example.test", {"192.0.2.1"}},
                 {"ns2.example.test", {"192.0.2.1"}},
                 {"ns3.example.test", {"192.0.2.1", "192.0.2.3"}}};
  const auto report = judge_once(world.build());
  CHECK(value(*report, {Metric::zone_nameservers_working}) == 2);
  CHECK(value(*report, {Metric::zone_servers_working, {}, Transport::udp, Family::ipv4}) == 2);
  // Proven to have no IPv6: nothing works there.
  CHECK(value(*report, {Metric::zone_nameservers_working, {}, {}, Family::ipv6}) == 0);
}

TEST_CASE("an undelegated zone") {
  survey::Survey survey = healthy();
  undelegate(survey, dns::Rcode::nxdomain);
  const auto report = judge_once(survey);
  CHECK(value(*report, {Metric::zone_delegated}) == 0);
  CHECK(value(*report, {Metric::zone_nameservers, {}, {}, {}, "parent"}) == 0);
  CHECK(value(*report, {Metric::zone_ds_records}) == 0);
  CHECK_FALSE(value(*report, {Metric::zone_delegation_consistent}));
  CHECK(report->parent_nameservers.empty());
}

TEST_CASE("nobody tells: no word on the delegation") {
  survey::Survey survey = healthy();
  survey.delegation.servers.clear();
  const auto report = judge_once(survey);
  for (const Metric metric :
       {Metric::zone_delegated, Metric::zone_ds_records, Metric::zone_delegation_consistent}) {
    CHECK_FALSE(value(*report, {metric}));
  }
}

TEST_CASE("addresses of names: found, proven absent, unknown") {
  World world;
  world.hosts[1] = {"ns.provider.net", {"192.0.2.2"}};
  survey::Survey survey = world.build();
  const auto addresses = [](const checks::ZoneReport& report, Family family) {
    std::optional<double> found;
    for (const checks::Measurement& of : report.measurements) {
      if (of.metric == Metric::nameserver_addresses && of.family == family &&
          report.nameservers[static_cast<std::size_t>(of.nameserver)] == name("ns.provider.net")) {
        found = of.value;
      }
    }
    return found;
  };
  CHECK(addresses(*judge_once(survey), Family::ipv4) == 1);
  CHECK(addresses(*judge_once(survey), Family::ipv6) == 0);
  nameserver(survey, "ns.provider.net").aaaa.result = dns::ResolutionResult::servfail;
  CHECK_FALSE(addresses(*judge_once(survey), Family::ipv6));
}

TEST_CASE("the time left until expiry is the server's word, or counted from its lag") {
  Rounds rounds;
  survey::Survey survey = healthy();
  rounds.round(survey);
  edit_every_soa(survey, [](dns::Soa& soa) { soa.serial += 1; });
  set_serial(survey, "192.0.2.2", 2026112201);
  rounds.round(survey, std::chrono::hours(1));
  edit(answer(survey, "192.0.2.3", survey::QuestionId::options).exchange.first,
       [](dns::Exchange&, dns::Message& message) {
         message.edns->options = {{dns::OptionCode::expire, Octets().u32(1000000)}};
       });
  const auto report = rounds.round(survey);
  CHECK(value(*report, {Metric::nameserver_expire_remaining_seconds, "192.0.2.2"}) ==
        1209600 - 3600);
  CHECK(value(*report, {Metric::nameserver_expire_remaining_seconds, "192.0.2.3"}) == 1000000);
  CHECK(value(*report, {Metric::nameserver_serial_drift, "192.0.2.2"}) == 1);
  CHECK(value(*report, {Metric::zone_serial_changed_timestamp_seconds}) ==
        dns::to_unix_seconds(kNow + std::chrono::minutes(1)));
}

TEST_CASE("the table of metrics is whole") {
  std::set<std::string_view> names;
  for (const checks::MetricRow& row : checks::metrics()) {
    INFO(row.name);
    CHECK(names.insert(row.name).second);
    CHECK(row.name.substr(0, 8) == "dnszone_");
    CHECK(row.help.back() == '.');
    CHECK(row.help.find('\n') == std::string_view::npos);
    const bool total = row.name.size() > 6 && row.name.substr(row.name.size() - 6) == "_total";
    CHECK(total == (row.type == checks::MetricType::counter));
    CHECK(&checks::row(row.metric) == &row);
  }
}

}  // namespace tests
