#include "tests/unit/survey_bench.hpp"

#include <algorithm>
#include <utility>

#include "tests/catch.hpp"

namespace survey_test {

using namespace survey;
using namespace std::chrono_literals;
using dns::ResolutionResult;
using dns::RRType;
using support::ip;
using support::name;
using support::Seen;

namespace {

constexpr const char* kTldLines = R"(
  test. SOA 1
  test. NS p1.test.
  test. NS p2.test.
  p1.test. A 127.54.0.2
  p2.test. A 127.54.0.3
  zone.test. NS ns1.zone.test.
  zone.test. NS ns2.zone.test.
  ns1.zone.test. A 127.54.1.1
  ns2.zone.test. A 127.54.1.2
  zone.test. DS 4711
)";

constexpr const char* kZoneLines = R"(
  zone.test. SOA 7
  zone.test. NS ns1.zone.test.
  zone.test. NS ns2.zone.test.
  zone.test. DNSKEY 257
  ns1.zone.test. A 127.54.1.1
  ns2.zone.test. A 127.54.1.2
)";

}  // namespace

SurveyBench::SurveyBench() {
  root = world.serve(kRoot, ".", R"(
    . SOA 1
    . NS a.root.
    a.root. A 127.54.0.1
    test. NS p1.test.
    test. NS p2.test.
    p1.test. A 127.54.0.2
    p2.test. A 127.54.0.3
  )");
  tld = world.serve(kParent1, "test.", kTldLines);
  world.serve(kParent2, tld);
  zone = world.serve(kServer1, "zone.test.", kZoneLines);
  world.serve(kServer2, zone);
  world.server(kServer3);
  plan.zone = name("zone.test.");
  plan.attempts = 2;
  plan.timeout = 250ms;
  plan.walks.reset();  // those that test them set them
  settings.hints = {{name("a.root."), {ip(kRoot)}}};
  settings.timeout = 250ms;
  targets = {ip(kRoot)};
}

void SurveyBench::start() {
  if (surveyor) return;
  world.start();
  plan.port = world.port();
  settings.port = world.port();
  resolver.emplace(client, settings);
  paths.emplace(*resolver, clock, trust);
  std::vector<dns::Endpoint> endpoints;
  for (const dns::IpAddress& target : targets) endpoints.push_back({target, world.port()});
  vantage.emplace(client, endpoints, 250ms);
  surveyor.emplace(client, *resolver, *paths, *vantage, policy, [this] { return random(); });
}

std::shared_ptr<const Survey> SurveyBench::survey(dns::Duration within) {
  start();
  return run(surveyor->survey(plan, memory, in(within)));
}

void SurveyBench::forget_queries() {
  for (const char* address : {kRoot, kParent1, kParent2, kServer1, kServer2, kServer3}) {
    world.server(address).seen.clear();
  }
}

std::size_t SurveyBench::asked(const char* address, RRType type) {
  const std::vector<Seen>& seen = world.server(address).seen;
  return static_cast<std::size_t>(std::count_if(
      seen.begin(), seen.end(), [&](const Seen& query) { return query.qtype == type; }));
}

void SurveyBench::change(support::FakeZone& where, const char* owner, RRType type,
                         const char* lines) {
  std::erase_if(where.records, [&](const dns::Record& record) {
    return record.owner == name(owner) && record.type == type;
  });
  for (dns::Record& record : support::fake_zone(".", lines).records) {
    where.records.push_back(std::move(record));
  }
}

Texts names_in(const Survey& survey) {
  Texts texts;
  for (const Nameserver& nameserver : survey.nameservers) {
    texts.push_back(nameserver.name.to_label());
  }
  return texts;
}

Texts servers_in(const Survey& survey) {
  Texts texts;
  for (const Server& server : survey.servers) {
    texts.push_back(server.nameserver.to_label() + " " +
                    survey.addresses[server.address].address.to_text());
  }
  return texts;
}

const AddressObservation& observation(const Survey& survey, const char* address) {
  const auto found =
      std::find_if(survey.addresses.begin(), survey.addresses.end(),
                   [&](const AddressObservation& each) { return each.address == ip(address); });
  REQUIRE(found != survey.addresses.end());
  return *found;
}

const Nameserver& nameserver(const Survey& survey, const char* which) {
  const auto found = std::find_if(survey.nameservers.begin(), survey.nameservers.end(),
                                  [&](const Nameserver& each) { return each.name == name(which); });
  REQUIRE(found != survey.nameservers.end());
  return *found;
}

dns::Resolution resolved(ResolutionResult result, const char* address) {
  dns::Resolution resolution;
  resolution.result = result;
  if (address != nullptr) {
    const dns::IpAddress value = ip(address);
    dns::Record record;
    record.type = value.family() == dns::Family::ipv4 ? RRType::a : RRType::aaaa;
    record.rdata.assign(value.octets().begin(), value.octets().end());
    resolution.records.push_back(std::move(record));
  }
  return resolution;
}

}  // namespace survey_test
