// Whole surveys from beginning to end: a healthy zone, a deadline, failures confirmed, a hundred
// zones at once, a stop.
#include <algorithm>
#include <set>
#include <string>

#include "survey/servers.hpp"
#include "survey/surveyor.hpp"
#include "tests/catch.hpp"
#include "tests/unit/survey_bench.hpp"

namespace {

using namespace survey;
using namespace survey_test;
using namespace std::chrono_literals;
using dns::ResolutionResult;
using dns::RRType;
using support::FakeReply;
using support::name;
using support::Seen;

}  // namespace

TEST_CASE("a healthy zone is surveyed completely") {
  SurveyBench bench;
  const auto survey = bench.survey();
  CHECK(survey->zone == name("zone.test."));
  CHECK_FALSE(survey->partial);
  CHECK(survey->finished >= survey->started);
  CHECK(survey->delegation.parent.found);
  CHECK(survey->delegation.parent.parent == name("test."));
  REQUIRE(survey->delegation.servers.size() == 2);
  for (const ParentServer& parent : survey->delegation.servers) {
    REQUIRE(parent.ns.first);
    CHECK(parent.ns.final().response->authority.size() == 2);
    REQUIRE(parent.ds.first);
    CHECK(parent.ds.final().response->answer.size() == 1);
  }
  CHECK(names_in(*survey) == Texts{"ns1.zone.test", "ns2.zone.test"});
  CHECK(servers_in(*survey) == Texts{"ns1.zone.test 127.54.1.1", "ns2.zone.test 127.54.1.2"});
  for (const Nameserver& each : survey->nameservers) {
    CHECK(each.in_parent);
    CHECK(each.in_child);
    CHECK(each.glue.size() == 1);
    CHECK(each.a.result == ResolutionResult::ok);
    CHECK(each.aaaa.result == ResolutionResult::nodata);
  }
  for (const Server& server : survey->servers) {
    CHECK(server.from_glue);
    CHECK(server.from_resolution);
    CHECK_FALSE(server.from_last_known);
  }
  std::set<std::string> random_names;
  for (const AddressObservation& each : survey->addresses) {
    CHECK(each.may_ask);
    REQUIRE(each.answers.size() == 6 + 4 + 6);  // A and AAAA of two nameservers
    CHECK(std::is_sorted(each.answers.begin(), each.answers.end(),
                         [](const Answer& a, const Answer& b) { return a.id < b.id; }));
    CHECK(is_authoritative_soa(*each.find(QuestionId::soa_udp), survey->zone));
    CHECK(is_authoritative_soa(*each.find(QuestionId::soa_tcp), survey->zone));
    CHECK(each.find(QuestionId::soa_tcp)->exchange.first->transport == dns::Transport::tcp);
    const dns::Exchange& denial = each.find(QuestionId::nonexistent)->exchange.final();
    CHECK(denial.response->rcode == dns::Rcode::nxdomain);
    random_names.insert(denial.question.qname.to_label());
    CHECK(each.queries_udp == 15);
    CHECK(each.queries_tcp == 1);
    CHECK(each.timeouts_udp + each.timeouts_tcp == 0);
  }
  CHECK(random_names.size() == 1);  // one for all servers, another in each round
  const auto next = bench.survey();
  for (const AddressObservation& each : next->addresses) {
    const auto& question = each.find(QuestionId::nonexistent)->exchange.first->question;
    CHECK_FALSE(random_names.contains(question.qname.to_label()));
  }
  // Both parents say the same, and it is kept once.
  const auto& words = bench.memory.state().words;
  REQUIRE(words.size() == 2);
  CHECK(words.begin()->second.server.ns.first->response ==
        words.rbegin()->second.server.ns.first->response);
  // The first survey looks at the vantage, over UDP and TCP; nothing failed, so no one looks again.
  CHECK(bench.asked(kRoot, RRType::soa) == 2);
}

TEST_CASE("truncated answers are followed over TCP, and both are kept") {
  SurveyBench bench;
  bench.world.server(kServer1).twist = [](const Seen& query, FakeReply& reply) {
    if (query.transport == dns::Transport::tcp || query.qtype != RRType::dnskey) return;
    reply.message.tc = true;
    reply.message.answer.clear();
  };
  const auto survey = bench.survey();
  const AddressObservation& seen = observation(*survey, kServer1);
  const dns::FollowedExchange& keys = seen.find(QuestionId::dnskey)->exchange;
  REQUIRE(keys.tcp);
  CHECK(keys.first->response->tc);
  CHECK(keys.final().response->answer.size() == 1);
  CHECK(seen.queries_tcp == 2);
}

TEST_CASE("at the deadline a survey is published as far as it came") {
  SurveyBench bench;
  bench.survey();
  bench.clock.advance(6min);
  for (const char* address : {kParent1, kParent2, kServer2}) {
    bench.world.server(address).answers_udp = false;
  }
  bench.plan.timeout = 2s;
  const auto begun = bench.clock.steady();
  const auto survey = bench.survey(1s);
  CHECK(bench.clock.steady() - begun < 1500ms);
  CHECK(survey->partial);
  CHECK(observation(*survey, kServer2).find(QuestionId::soa_udp)->exchange.first->outcome ==
        dns::Outcome::timeout);
  CHECK(is_authoritative_soa(*observation(*survey, kServer1).find(QuestionId::soa_udp),
                             survey->zone));

  const auto none = bench.survey(-1s);
  CHECK(none->partial);
  CHECK(observation(*none, kServer1).find(QuestionId::soa_udp)->exchange.first->outcome ==
        dns::Outcome::not_asked);
}

TEST_CASE("failures are confirmed by asking once more") {
  SurveyBench bench;
  bench.plan.confirm_failures_after = 50ms;
  int refusals = 0;
  bench.world.server(kServer2).twist = [&](const Seen& query, FakeReply& reply) {
    if (query.qtype != RRType::soa || refusals == 0) return;
    --refusals;
    reply.message.rcode = dns::Rcode::servfail;
  };
  SECTION("what was only a moment is not told") {
    refusals = 1;
    const auto survey = bench.survey();
    CHECK(failing_transports(observation(*survey, kServer2), survey->zone, bench.plan.questions)
              .empty());
    CHECK(bench.world.server(kServer2).asked("zone.test.", RRType::dnskey) == 2);
    CHECK(bench.world.server(kServer1).asked("zone.test.", RRType::dnskey) == 1);
  }
  SECTION("what lasts is") {
    refusals = 100;
    const auto survey = bench.survey();
    CHECK(failing_transports(observation(*survey, kServer2), survey->zone, bench.plan.questions)
              .size() == 2);
  }
  SECTION("nothing is asked twice when nothing fails") {
    bench.survey();
    CHECK(bench.world.server(kServer2).asked("zone.test.", RRType::dnskey) == 1);
  }
}

TEST_CASE("a hundred zones of one hoster are surveyed at once") {
  constexpr int kZones = 100;
  SurveyBench bench;
  // So many questions at once overflow the servers' socket buffers: some are asked again.
  bench.settings.attempts = 6;
  bench.settings.timeout = 500ms;
  bench.plan.attempts = 6;
  bench.plan.timeout = 500ms;
  std::string registry = "host.test. NS ns.host.test.\n ns.host.test. A 127.54.1.3\n";
  for (int i = 0; i < kZones; ++i) {
    const std::string zone = "z" + std::to_string(i) + ".test.";
    const std::string lines = zone + " SOA 1\n" + zone + " NS a.ns.host.test.\n" + zone +
                              " NS b.ns.host.test.\n" + zone + " NS gone.host.test.\n";
    registry += lines.substr(lines.find('\n') + 1);
    auto served = std::make_shared<support::FakeZone>(support::fake_zone(zone, lines));
    bench.world.serve(kServer1, served);
    if (i % 2 == 0) bench.world.serve(kServer2, served);
  }
  bench.change(*bench.tld, "-", RRType::txt, registry.c_str());
  bench.world.serve(kServer3, "host.test.", R"(
    host.test. SOA 1
    host.test. NS ns.host.test.
    ns.host.test. A 127.54.1.3
    a.ns.host.test. A 127.54.1.1
    b.ns.host.test. A 127.54.1.2
  )");
  bench.start();
  std::vector<ZoneMemory> memories(kZones);
  std::vector<dns::Task<std::shared_ptr<const Survey>>> surveys;
  for (int i = 0; i < kZones; ++i) {
    ZonePlan plan = bench.plan;
    plan.zone = name("z" + std::to_string(i) + ".test.");
    surveys.push_back(bench.surveyor->survey(std::move(plan), memories[static_cast<std::size_t>(i)],
                                             bench.in(30s)));
  }
  const auto done = bench.run(dns::all(std::move(surveys)));
  for (std::size_t i = 0; i < done.size(); ++i) {
    const Survey& survey = *done[i];
    CHECK_FALSE(survey.partial);
    CHECK(servers_in(survey) == Texts{"a.ns.host.test 127.54.1.1", "b.ns.host.test 127.54.1.2"});
    CHECK(nameserver(survey, "gone.host.test.").a.result == ResolutionResult::nxdomain);
    CHECK(failing_transports(observation(survey, kServer2), survey.zone, bench.plan.questions)
              .empty() == (i % 2 == 0));
  }
  // All share one walk to the hoster's names and one resolution of each.
  CHECK(bench.world.server(kServer3).asked("a.ns.host.test.") <= 4);
  CHECK(bench.world.server(kRoot).asked("test.", RRType::ns) <= 2);
}

TEST_CASE("what there was no time to ask takes nothing away") {
  SurveyBench bench;
  bench.survey();
  bench.clock.advance(6min);
  auto survey = bench.survey(-1s);
  CHECK(survey->partial);
  CHECK(survey->delegation.parent.found);
  CHECK(survey->delegation.servers.size() == 2);
  CHECK(nameserver(*survey, "ns1.zone.test.").a.result == ResolutionResult::ok);
  bench.clock.advance(20min);
  survey = bench.survey(-1s);
  CHECK(nameserver(*survey, "ns1.zone.test.").a.result == ResolutionResult::not_asked);
  CHECK(survey->servers.size() == 2);
}

TEST_CASE("stopping the engine ends a survey") {
  SurveyBench bench;
  bench.start();
  for (const char* address : {kServer1, kServer2}) bench.world.server(address).answers_udp = false;
  bench.plan.timeout = 10s;
  asio::steady_timer stop(bench.io, 200ms);
  stop.async_wait([&](std::error_code) { bench.engine.stop(); });
  const auto survey = bench.survey();
  CHECK(survey->partial);
}
