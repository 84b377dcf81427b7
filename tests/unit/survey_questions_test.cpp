// What is asked, and when: the table of questions, their cadence, and what a server's failure
// changes about it.
#include <algorithm>
#include <random>
#include <set>
#include <string>

#include "survey/questions.hpp"
#include "survey/servers.hpp"
#include "tests/catch.hpp"
#include "tests/unit/survey_bench.hpp"

namespace {

using namespace survey;
using namespace survey_test;
using namespace std::chrono_literals;
using dns::ResolutionResult;
using dns::RRType;
using support::FakeServer;
using support::name;
using support::Seen;

std::uint32_t counter_value = 0;
std::uint32_t counted() {
  return counter_value++;
}

}  // namespace

TEST_CASE("the table of questions is in the order of QuestionId and complete") {
  std::size_t index = 0;
  for (const QuestionSpec& spec : questions()) {
    CHECK(static_cast<std::size_t>(spec.id) == index++);
    CHECK(to_text(spec.id) == spec.name);
    CHECK_FALSE(spec.types.empty());
    CHECK(spec.why.size() > 20);
    CHECK(spec.why.back() == '.');
  }
  CHECK(index == static_cast<std::size_t>(QuestionId::name_between) + 1);
}

TEST_CASE("the questions of a round") {
  const dns::Name zone = name("zone.test.");
  const QuestionSet every = QuestionSet().set();
  const std::vector<dns::Name> nameservers{name("ns1.zone.test."), name("ns.other.")};

  SECTION("every round") {
    const std::vector<Ask> asks =
        asks_for(zone, Cadence::every_round, every, nameservers, "absent", counted);
    REQUIRE(asks.size() == 5);
    CHECK(asks[0].id == QuestionId::soa_udp);
    CHECK(asks[0].question.qname == zone);
    CHECK(asks[0].question.qtype == RRType::soa);
    CHECK_FALSE(asks[0].question.recursion_desired);
    REQUIRE(asks[0].question.edns);
    CHECK(asks[0].question.edns->udp_size == 1232);
    CHECK(asks[0].question.edns->dnssec_ok);
    CHECK(asks[0].question.edns->ask_for.empty());
    CHECK(asks[0].question.edns->cookie.empty());
    CHECK(asks[1].transport == dns::Transport::tcp);
    CHECK(asks[4].id == QuestionId::nonexistent);
    CHECK(asks[4].question.qname == name("absent.zone.test."));
  }
  SECTION("slow") {
    const std::vector<Ask> asks =
        asks_for(zone, Cadence::slow, every, nameservers, "absent", counted);
    REQUIRE(asks.size() == 9);
    CHECK(asks[0].id == QuestionId::options);
    CHECK(asks[0].question.edns->ask_for.size() == 3);
    CHECK(asks[0].question.edns->cookie.size() == 8);
    CHECK(asks[1].question.qname == name("ns1.zone.test."));
    CHECK(asks[1].question.qtype == RRType::a);
    CHECK(asks[2].question.qtype == RRType::aaaa);
    CHECK(asks[3].question.qname == zone);
    CHECK(asks[3].question.qtype == RRType::cds);
    CHECK(asks[4].question.qtype == RRType::cdnskey);
    CHECK(asks[5].question.qtype == RRType::csync);
    CHECK(asks[6].question.qtype == RRType::zonemd);
    CHECK(asks[7].id == QuestionId::nodata);
    CHECK(asks[7].question.qname == zone);
    CHECK(asks[7].question.qtype == RRType::cname);
    CHECK(asks[8].question.qtype == RRType::nsec3param);
  }
  SECTION("without those that are switched off") {
    QuestionSet some = every;
    some.reset(static_cast<std::size_t>(QuestionId::dnskey));
    some.reset(static_cast<std::size_t>(QuestionId::ns_address));
    CHECK(asks_for(zone, Cadence::every_round, some, nameservers, "absent", counted).size() == 4);
    CHECK(asks_for(zone, Cadence::slow, some, nameservers, "absent", counted).size() == 7);
  }
  SECTION("a zone with a name too long for a name below it") {
    const std::string label(63, 'x');
    const dns::Name deep = name(label + "." + label + "." + label + "." + std::string(50, 'y'));
    CHECK(asks_for(deep, Cadence::every_round, every, {}, "sixteen-letters-", counted).size() == 4);
  }
}

TEST_CASE("random labels are sixteen letters and digits") {
  std::mt19937 random{1};
  std::set<std::string> labels;
  for (int i = 0; i < 100; ++i) labels.insert(random_label([&] { return random(); }));
  CHECK(labels.size() == 100);
  for (const std::string& label : labels) {
    CHECK(label.size() == 16);
    CHECK(label.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string::npos);
  }
}

TEST_CASE("slow questions are due at their cadence, and when the names change") {
  const dns::SteadyTime now{48h};
  const std::vector<dns::Name> names{name("ns1.zone.test.")};
  AddressMemory memory;
  CHECK(slow_is_due(memory, names, now, 1h));
  memory.slow_asked = now;
  memory.slow_names = names;
  CHECK_FALSE(slow_is_due(memory, names, now + 59min, 1h));
  CHECK(slow_is_due(memory, names, now + 60min, 1h));
  CHECK(slow_is_due(memory, {}, now, 1h));
}

TEST_CASE("what is asked in later rounds") {
  SurveyBench bench;
  bench.survey();
  bench.forget_queries();

  SECTION("a minute later: the questions of every round") {
    bench.clock.advance(60s);
    const auto survey = bench.survey();
    CHECK(bench.world.server(kServer1).seen.size() == 5);
    CHECK(bench.world.server(kParent1).seen.empty());
    CHECK(bench.world.server(kParent2).seen.empty());
    const AddressObservation& seen = observation(*survey, kServer1);
    REQUIRE(seen.find(QuestionId::options) != nullptr);
    CHECK(seen.find(QuestionId::options)->carried_over);
    CHECK_FALSE(seen.find(QuestionId::soa_udp)->carried_over);
    CHECK(seen.queries_udp == 4);
    CHECK(survey->delegation.servers.size() == 2);
    CHECK(nameserver(*survey, "ns1.zone.test.").a.result == ResolutionResult::ok);
  }
  SECTION("five minutes later: one address of the parent, and the names") {
    bench.clock.advance(5min);
    bench.survey();
    CHECK(bench.asked(kParent1, RRType::ds) + bench.asked(kParent2, RRType::ds) == 1);
    CHECK(bench.world.server(kServer1).asked("ns1.zone.test.") +
              bench.world.server(kServer2).asked("ns1.zone.test.") ==
          2);
    bench.clock.advance(5min);
    bench.survey();
    CHECK(bench.asked(kParent1, RRType::ds) == 1);
    CHECK(bench.asked(kParent2, RRType::ds) == 1);
  }
  SECTION("an hour later: all of it") {
    bench.clock.advance(1h);
    bench.survey();
    CHECK(bench.asked(kParent1, RRType::ds) == 1);
    CHECK(bench.asked(kParent2, RRType::ds) == 1);
    const std::vector<Seen>& seen = bench.world.server(kServer1).seen;
    CHECK(std::count_if(seen.begin(), seen.end(), [](const Seen& query) {
            return query.edns && query.edns->find(dns::OptionCode::cookie) != nullptr;
          }) == 1);
  }
}

TEST_CASE("CDS and the like are asked of servers that have keys") {
  const auto rare = [](SurveyBench& bench, const char* address) {
    std::size_t asked = 0;
    for (const RRType type : {RRType::cds, RRType::cdnskey, RRType::csync, RRType::zonemd}) {
      asked += bench.asked(address, type);
    }
    return asked;
  };
  SurveyBench bench;
  SECTION("not of an unsigned zone") {
    bench.change(*bench.zone, "zone.test.", RRType::dnskey, "");
    bench.survey();
    CHECK(bench.asked(kServer1, RRType::dnskey) == 1);
    CHECK(rare(bench, kServer1) == 0);
    CHECK(rare(bench, kServer2) == 0);
  }
  SECTION("of a signed one, once an hour") {
    const auto survey = bench.survey();
    CHECK(rare(bench, kServer1) == 4);
    CHECK(observation(*survey, kServer1).find(QuestionId::zonemd) != nullptr);
    bench.forget_queries();
    bench.clock.advance(30min);
    // That there are none is not kept.
    CHECK(observation(*bench.survey(), kServer1).find(QuestionId::zonemd) == nullptr);
    CHECK(rare(bench, kServer1) == 0);
    bench.clock.advance(31min);
    bench.survey();
    CHECK(rare(bench, kServer1) == 4);
  }
}

TEST_CASE("a silent server is asked its SOA and no more") {
  SurveyBench bench;
  bench.survey();
  bench.forget_queries();
  FakeServer& silent = bench.world.server(kServer2);
  bench.clock.advance(60s);

  SECTION("over UDP") {
    silent.answers_udp = false;
    const auto survey = bench.survey();
    const AddressObservation& seen = observation(*survey, kServer2);
    CHECK(seen.find(QuestionId::soa_udp)->exchange.first->outcome == dns::Outcome::timeout);
    CHECK(seen.find(QuestionId::ns) == nullptr);
    CHECK(seen.find(QuestionId::dnskey) == nullptr);
    CHECK(seen.find(QuestionId::nonexistent) == nullptr);
    CHECK(is_authoritative_soa(*seen.find(QuestionId::soa_tcp), survey->zone));
    CHECK(seen.find(QuestionId::options)->carried_over);
    CHECK(seen.timeouts_udp == 2);
    CHECK(seen.queries_udp == 2);
    CHECK(seen.timeouts_tcp == 0);
    // What the child said before is not forgotten because it is silent.
    CHECK(nameserver(*survey, "ns2.zone.test.").in_child);
    CHECK_FALSE(survey->partial);
    // The delegation is asked for at once, from all parents, and the vantage is suspected.
    CHECK(bench.asked(kParent1, RRType::ds) == 1);
    CHECK(bench.asked(kParent2, RRType::ds) == 1);
    CHECK(survey->vantage.udp_ipv4 == Usable::yes);
    CHECK(survey->vantage.tcp_ipv4 == Usable::yes);
    CHECK(survey->vantage.udp_ipv6 == Usable::unknown);

    SECTION("the same failure a minute later is no news") {
      bench.forget_queries();
      bench.clock.advance(60s);
      bench.survey();
      CHECK(bench.asked(kParent1, RRType::ds) == 0);
      CHECK(bench.asked(kParent2, RRType::ds) == 0);
    }
    SECTION("while it lasts, all parents are asked when the delegation is due") {
      bench.forget_queries();
      bench.clock.advance(5min);
      bench.survey();
      CHECK(bench.asked(kParent1, RRType::ds) == 1);
      CHECK(bench.asked(kParent2, RRType::ds) == 1);
    }
  }
  SECTION("over TCP") {
    silent.answers_tcp = false;
    const auto survey = bench.survey();
    const AddressObservation& seen = observation(*survey, kServer2);
    CHECK(is_authoritative_soa(*seen.find(QuestionId::soa_udp), survey->zone));
    CHECK(seen.find(QuestionId::soa_tcp)->exchange.first->outcome == dns::Outcome::timeout);
    CHECK(seen.find(QuestionId::ns) != nullptr);
    CHECK(seen.timeouts_tcp == 2);
  }
}

TEST_CASE("a server with an error is asked the rest, too") {
  SurveyBench bench;
  bench.world.server(kServer2).zones.clear();
  const auto survey = bench.survey();
  const AddressObservation& seen = observation(*survey, kServer2);
  CHECK(seen.find(QuestionId::soa_udp)->exchange.final().response->rcode == dns::Rcode::refused);
  CHECK(seen.find(QuestionId::dnskey) != nullptr);
  CHECK(failing_transports(seen, survey->zone, bench.plan.questions).size() == 2);
  CHECK(survey->vantage.udp_ipv4 == Usable::yes);
}
