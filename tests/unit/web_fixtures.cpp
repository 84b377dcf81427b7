#include "tests/unit/web_fixtures.hpp"

namespace web_test {
namespace {

using checks::Finding;
using checks::Measurement;
using checks::Metric;
using checks::ServerState;
using checks::Severity;
using checks::ZoneReport;
using dns::Transport;

ServerState up_server(std::string_view nameserver, std::string_view ip) {
  ServerState server;
  server.nameserver = name(nameserver);
  server.address = address(ip);
  server.in_parent = true;
  server.in_child = true;
  server.udp = {0, dns::Rcode::noerror, std::chrono::microseconds(1200), "authoritative"};
  server.tcp = {0, dns::Rcode::noerror, std::chrono::microseconds(2500), "authoritative"};
  server.serial = 2026112201;
  server.is_signed = true;
  return server;
}

Measurement of_zone(Metric metric, double value, std::string_view extra = {}) {
  Measurement measurement;
  measurement.metric = metric;
  measurement.value = value;
  measurement.extra = extra;
  return measurement;
}

Measurement of_server(Metric metric, std::int32_t server, double value,
                      std::string_view extra = {}) {
  Measurement measurement = of_zone(metric, value, extra);
  measurement.server = server;
  return measurement;
}

Measurement of_transport(Metric metric, std::int32_t server, Transport transport, double value) {
  Measurement measurement = of_server(metric, server, value);
  measurement.transport = transport;
  return measurement;
}

Measurement of_family(Metric metric, std::optional<dns::Family> family, double value) {
  Measurement measurement = of_zone(metric, value);
  measurement.family = family;
  return measurement;
}

std::vector<Measurement> faulty_measurements() {
  using M = Metric;
  constexpr auto kUdp = Transport::udp;
  constexpr auto kTcp = Transport::tcp;
  Measurement addresses = of_family(M::nameserver_addresses, dns::Family::ipv6, 0);
  addresses.nameserver = 1;
  Measurement bogus = of_zone(M::nameserver_address_dnssec_status, 1, "bogus");
  bogus.nameserver = 2;
  Measurement working = of_family(M::zone_servers_working, dns::Family::ipv4, 1);
  working.transport = kTcp;
  return {
      of_transport(M::nameserver_up, 0, kUdp, 1),
      of_transport(M::nameserver_up, 0, kTcp, 1),
      of_transport(M::nameserver_up, 1, kUdp, 1),
      of_transport(M::nameserver_up, 1, kTcp, 0),
      of_transport(M::nameserver_rcode, 1, kUdp, 0),
      of_transport(M::nameserver_result, 0, kUdp, 0),
      of_transport(M::nameserver_result, 0, kTcp, 0),
      of_transport(M::nameserver_result, 1, kUdp, 0),
      of_transport(M::nameserver_result, 1, kTcp, 2),
      of_transport(M::nameserver_queries_total, 1, kUdp, 40),
      of_transport(M::nameserver_queries_total, 1, kTcp, 2),
      of_transport(M::nameserver_response_seconds, 0, kUdp, 0.0012),
      of_transport(M::nameserver_response_seconds, 0, kTcp, 0.0025),
      of_server(M::nameserver_soa_serial, 0, 2026112201),
      of_server(M::nameserver_soa_serial, 1, 2026112200),
      of_server(M::nameserver_rrsig_expiry_timestamp_seconds, 0, 1796000000, "soa"),
      addresses,
      bogus,
      of_zone(M::zone_nameservers, 2, "parent"),
      of_zone(M::zone_nameservers, 3, "child"),
      of_family(M::zone_nameservers_working, dns::Family::ipv4, 2),
      of_family(M::zone_nameservers_working, std::nullopt, 2),
      working,
      of_zone(M::zone_threshold_seconds, 60, "interval"),
  };
}

Finding finding(std::string_view check, Severity severity, std::string sentence,
                std::string command) {
  Finding made;
  made.check = check;
  made.severity = severity;
  made.sentence = std::move(sentence);
  made.command = std::move(command);
  made.since = kNow - std::chrono::hours(51);
  return made;
}

}  // namespace

ZoneReport healthy_report(std::string_view zone) {
  ZoneReport report;
  report.zone = name(zone);
  report.surveyed = kNow - std::chrono::seconds(12);
  report.survey_duration = std::chrono::milliseconds(120);
  report.interval = std::chrono::seconds(60);
  report.parent = dns::Name();
  report.nameservers = {name("ns1.example.net")};
  report.parent_nameservers = report.nameservers;
  report.child_nameservers = report.nameservers;
  report.ds_records = 1;
  report.servers = {up_server("ns1.example.net", "192.0.2.53")};
  return report;
}

ZoneReport faulty_report() {
  ZoneReport report = healthy_report("example.com");
  report.parent = name("com");
  report.nameservers = {name("ns1.example.com"), name("ns2.example.net"), name("ns3.example.org")};
  report.parent_nameservers = {report.nameservers[0], report.nameservers[1]};
  report.child_nameservers = report.nameservers;
  report.servers = {up_server("ns1.example.com", "192.0.2.1"),
                    up_server("ns2.example.net", "2001:db8::2")};
  ServerState& second = report.servers[1];
  second.tcp = {2, std::nullopt, std::nullopt, "connection refused"};
  second.serial = 2026112200;
  second.failing_since = kNow - std::chrono::minutes(125);
  Finding tcp = finding("con-tcp", Severity::error,
                        "The server refuses TCP connections, so answers that do not fit into a "
                        "datagram are lost <script>alert('x')</script>.",
                        "dig @2001:db8::2 example.com SOA +tcp +norec");
  tcp.subject = {name("ns2.example.net"), address("2001:db8::2"), Transport::tcp};
  Finding again = tcp;
  again.sentence = "The same series once more, with other words.";
  const Finding odd =
      finding("del-ns-set", Severity::warning, "The server says \"\x1b[31mred\xff\" & more.", "");
  report.findings = {tcp, again, odd};
  report.chain.steps = {chain_step(dns::Name(), dns::dnssec::Status::secure),
                        chain_step(name("com"), dns::dnssec::Status::bogus),
                        chain_step(report.zone, dns::dnssec::Status::bogus)};
  report.measurements = faulty_measurements();
  return report;
}

ZoneReport resolver_report() {
  using M = Metric;
  ZoneReport report = healthy_report("example.net");
  checks::ResolverState& good = report.resolvers.emplace_back();
  good.name = "office";
  good.endpoint.address = address("192.0.2.53");
  good.local = true;
  good.view = "works";
  good.checked = good.unchecked = "NOERROR";
  good.rcode_checked = good.rcode_unchecked = dns::Rcode::noerror;
  good.authenticated = true;
  good.response_time = std::chrono::milliseconds(31);
  good.asked = kNow - std::chrono::minutes(4);
  good.ttl = 3600;
  checks::ResolverWord& missing = good.words.emplace_back();
  missing.question = "nonexistent";
  missing.qname = dns::Name::from_text("x.example.net").value();
  missing.qtype = dns::RRType::a;
  missing.checked = "NXDOMAIN";
  missing.rcode_checked = dns::Rcode::nxdomain;
  missing.authenticated = true;
  missing.ttl = 900;
  checks::ResolverState& bad = report.resolvers.emplace_back(good);
  bad.name = "a\\b<i>";
  bad.endpoint.address = address("2001:db8::53");
  bad.local = false;
  bad.view = "dnssec_fails";
  bad.checked = "SERVFAIL (EDE 7: Signature Expired)";
  bad.rcode_checked = dns::Rcode::servfail;
  bad.authenticated = false;
  bad.errors = {7};
  bad.words[0].checked = "SERVFAIL (EDE 6: DNSSEC Bogus)";
  bad.words[0].rcode_checked = dns::Rcode::servfail;
  bad.words[0].rcode_unchecked = dns::Rcode::nxdomain;
  bad.words[0].errors = {6};
  const auto of_resolver = [](M metric, std::int32_t resolver, double value,
                              std::string_view extra = {}) {
    Measurement measurement = of_zone(metric, value, extra);
    measurement.resolver = resolver;
    return measurement;
  };
  report.measurements = {of_zone(M::zone_failure_layer, 0, "none"),
                         of_zone(M::zone_failure_layer, 1, "one_resolver"),
                         of_resolver(M::resolver_rcode, 0, 0, "enabled"),
                         of_resolver(M::resolver_rcode, 1, 2, "enabled"),
                         of_resolver(M::resolver_rcode, 1, 0, "disabled"),
                         of_resolver(M::resolver_resolves, 0, 1),
                         of_resolver(M::resolver_resolves, 1, 0),
                         of_resolver(M::resolver_response_seconds, 0, 0.031)};
  return report;
}

ZoneReport large_report(std::string_view zone, std::size_t servers) {
  using M = Metric;
  ZoneReport report = healthy_report(zone);
  report.servers.clear();
  report.nameservers.clear();
  for (std::size_t i = 0; i < servers; ++i) {
    const std::string host = "ns" + std::to_string(i) + ".nic." + std::string(zone);
    report.nameservers.push_back(name(host));
    report.servers.push_back(up_server(host, "2001:db8:1:" + std::to_string(i) + "::53"));
  }
  const auto count = static_cast<std::int32_t>(servers);
  for (const M metric :
       {M::nameserver_up, M::nameserver_rcode, M::nameserver_result, M::nameserver_timeouts,
        M::nameserver_queries_total, M::nameserver_query_timeouts_total,
        M::nameserver_responses_within_limit_total, M::nameserver_response_seconds}) {
    for (std::int32_t i = 0; i < count; ++i) {
      const double value = metric == M::nameserver_response_seconds ? 0.0123456 + 0.0001 * i : 1;
      report.measurements.push_back(of_transport(metric, i, Transport::udp, value));
      report.measurements.push_back(of_transport(metric, i, Transport::tcp, value));
    }
  }
  for (const M metric : {M::nameserver_soa_serial, M::nameserver_serial_drift,
                         M::nameserver_serial_drift_seconds, M::nameserver_signed}) {
    for (std::int32_t i = 0; i < count; ++i) {
      report.measurements.push_back(of_server(metric, i, 2026112201));
    }
  }
  return report;
}

std::shared_ptr<const ZoneReport> shared(ZoneReport report) {
  return std::make_shared<const ZoneReport>(std::move(report));
}

void fill(exporter::ReportStore& store,
          const std::vector<std::shared_ptr<const ZoneReport>>& reports) {
  std::vector<exporter::StoredZone> zones;
  for (const auto& report : reports) zones.push_back({report->zone, report->interval, report});
  store.configure(zones);
}

bool FakeService::healthy() const {
  const std::lock_guard lock(mutex_);
  return healthy_;
}

bool FakeService::ready() const {
  const std::lock_guard lock(mutex_);
  return ready_;
}

dns::Result<void> FakeService::reload() {
  const std::lock_guard lock(mutex_);
  ++reloads_;
  if (!reload_error_.empty()) return dns::fail(reload_error_);
  return {};
}

void FakeService::probe(dns::Name zone, dns::Duration timeout, Done done) {
  exporter::ProbeResult result;
  {
    const std::lock_guard lock(mutex_);
    if (!now_) {
      probes_.push_back({std::move(zone), timeout, std::move(done)});
      came_.notify_all();
      return;
    }
    result = *now_;
  }
  done(result);
}

std::shared_ptr<const exporter::Sharding> FakeService::sharding() const {
  const std::lock_guard lock(mutex_);
  return sharding_;
}

std::string FakeService::config_text() const {
  const std::lock_guard lock(mutex_);
  return config_;
}

void FakeService::set_state(bool healthy, bool ready) {
  const std::lock_guard lock(mutex_);
  healthy_ = healthy;
  ready_ = ready;
}

void FakeService::set_reload_error(std::string sentence) {
  const std::lock_guard lock(mutex_);
  reload_error_ = std::move(sentence);
}

void FakeService::set_config(std::string text) {
  const std::lock_guard lock(mutex_);
  config_ = std::move(text);
}

void FakeService::set_sharding(exporter::Sharding sharding) {
  const std::lock_guard lock(mutex_);
  sharding_ = std::make_shared<const exporter::Sharding>(std::move(sharding));
}

void FakeService::set_probe_now(exporter::ProbeResult result) {
  const std::lock_guard lock(mutex_);
  now_ = std::make_unique<exporter::ProbeResult>(std::move(result));
}

int FakeService::reloads() const {
  const std::lock_guard lock(mutex_);
  return reloads_;
}

std::vector<FakeService::Probe> FakeService::wait_for_probes(std::size_t count) {
  std::unique_lock lock(mutex_);
  came_.wait_for(lock, std::chrono::minutes(1), [&] { return probes_.size() >= count; });
  return probes_;
}

}  // namespace web_test
