// What configured resolvers are asked, when, and that nothing is asked without any.
#include <algorithm>
#include <string>

#include "survey/resolvers.hpp"
#include "tests/catch.hpp"
#include "tests/unit/survey_bench.hpp"

namespace {

using namespace survey;
using namespace survey_test;
using namespace std::chrono_literals;
using dns::RRType;
using support::FakeReply;
using support::ip;
using support::name;
using support::Seen;
using Id = ResolverQuestionId;

constexpr const char* kResolver1 = "127.54.9.1";
constexpr const char* kResolver2 = "127.54.9.2";

/// The bench with two resolvers: servers that have all the zones, and so can answer.
class ResolverBench : public SurveyBench {
 public:
  ResolverBench() {
    for (const char* address : {kResolver1, kResolver2}) {
      world.serve(address, root);
      world.serve(address, tld);
      world.serve(address, zone);
    }
    plan.resolver_timeout = 250ms;
  }

  void configure(std::size_t count) {
    start();
    plan.resolvers.clear();
    for (const char* address : {kResolver1, kResolver2}) {
      if (plan.resolvers.size() == count) break;
      RecursiveResolver& added = plan.resolvers.emplace_back();
      added.name = address;
      added.endpoint = {ip(address), world.port()};
    }
  }

  std::size_t questions(const char* address) { return world.server(address).seen.size(); }
};

Texts asks_in(const std::vector<ResolverAsk>& asks) {
  Texts texts;
  for (const ResolverAsk& ask : asks) {
    const bool random = ask.id == Id::nonexistent;
    texts.push_back((random ? "RANDOM" : ask.question.qname.to_label()) + " " +
                    dns::to_text(ask.question.qtype) + (ask.checking ? "" : " CD"));
    REQUIRE(ask.question.recursion_desired);
    REQUIRE(ask.question.checking_disabled == !ask.checking);
    REQUIRE(ask.question.edns->dnssec_ok);
  }
  return texts;
}

}  // namespace

TEST_CASE("resolvers are asked for the apex with and without checking, and for the parent") {
  ZonePlan plan;
  plan.zone = name("zone.test.");
  RecursiveResolver resolver;
  CHECK(asks_in(first_asks(plan, resolver, name("test."))) ==
        Texts{"zone.test SOA", "zone.test SOA CD", "test SOA"});
  resolver.validating = false;
  CHECK(asks_in(first_asks(plan, resolver, name("test."))) == Texts{"zone.test SOA", "test SOA"});
  plan.zone = name(".");
  CHECK(asks_in(first_asks(plan, resolver, std::nullopt)) == Texts{". SOA"});
}

TEST_CASE("further questions are those that checks read, bounded") {
  ZonePlan plan;
  plan.zone = name("zone.test.");
  plan.sentinels = {{name("www.zone.test."), RRType::aaaa}};
  const auto random = [] { return 7U; };
  const std::vector<dns::Name> names{name("ns1.zone.test.")};
  CHECK(asks_in(further_asks(plan, names, true, random)) ==
        Texts{"zone.test DS", "RANDOM A", "zone.test CAA", "zone.test NS", "ns1.zone.test A",
              "ns1.zone.test AAAA", "www.zone.test AAAA", "www.zone.test CAA"});
  CHECK(asks_in(further_asks(plan, names, false, random)) ==
        Texts{"zone.test DS", "RANDOM A", "zone.test CAA"});
  plan.resolver_questions = resolver_set_of({Id::soa, Id::control, Id::caa});
  CHECK(asks_in(further_asks(plan, names, true, random)) ==
        Texts{"zone.test CAA", "www.zone.test CAA"});
  plan.resolver_questions = resolver_set_of({Id::ns_address});
  std::vector<dns::Name> many;
  for (int i = 0; i < 40; ++i) many.push_back(name("ns" + std::to_string(i) + ".test."));
  CHECK(further_asks(plan, many, true, random).size() == 2 * kMaxNamesAskedOfResolvers);
}

TEST_CASE("what a validating resolver fails for is asked again without checking") {
  const auto answer = [](Id id, const char* qname, dns::Rcode rcode) {
    auto message = std::make_shared<dns::Message>();
    message->rcode = rcode;
    auto exchange = std::make_shared<dns::Exchange>();
    exchange->question.qname = name(qname);
    exchange->question.qtype = RRType::a;
    exchange->outcome = dns::Outcome::answered;
    exchange->response = std::move(message);
    ResolverAnswer made;
    made.id = id;
    made.exchange.first = std::move(exchange);
    return made;
  };
  const std::vector<ResolverAnswer> answers{
      answer(Id::ns_address, "ns2.zone.test.", dns::Rcode::servfail),
      answer(Id::ns_address, "ns1.zone.test.", dns::Rcode::noerror)};
  RecursiveResolver resolver;
  CHECK(asks_in(unchecked_asks(resolver, answers)) == Texts{"ns2.zone.test A CD"});
  resolver.validating = false;
  CHECK(unchecked_asks(resolver, answers).empty());
}

TEST_CASE("without resolvers nothing is asked of any") {
  ResolverBench bench;
  bench.configure(0);
  CHECK(bench.survey()->resolvers.empty());
  bench.configure(1);
  bench.plan.resolver_questions.reset();  // every check that reads them is disabled
  CHECK(bench.survey()->resolvers.empty());
  CHECK(bench.questions(kResolver1) == 0);
}

TEST_CASE("the resolver view comes with the survey and is kept for its cadence") {
  ResolverBench bench;
  bench.configure(2);
  const auto first = bench.survey();
  CHECK_FALSE(first->partial);
  REQUIRE(first->resolvers.size() == 2);
  const ResolverObservation& seen = first->resolvers[0];
  CHECK(seen.resolver.name == kResolver1);
  CHECK_FALSE(seen.carried_over);
  for (const bool checking : {true, false}) {
    const ResolverAnswer* soa = seen.find(Id::soa, checking);
    REQUIRE(soa != nullptr);
    CHECK(soa->exchange.final().answered());
    CHECK(soa->exchange.final().question.checking_disabled == !checking);
  }
  REQUIRE(seen.find(Id::control) != nullptr);
  CHECK(seen.find(Id::control)->exchange.final().question.qname == name("test."));
  for (const Id id : {Id::nonexistent, Id::ds, Id::caa, Id::ns, Id::ns_address}) {
    CHECK(seen.find(id) != nullptr);
  }
  CHECK(seen.find(Id::sentinel) == nullptr);
  const std::vector<Seen>& asked = bench.world.server(kResolver1).seen;
  CHECK(std::all_of(asked.begin(), asked.end(), [](const Seen& query) {
    return query.recursion_desired && query.edns && query.edns->dnssec_ok;
  }));
  const std::size_t questions = asked.size();

  bench.clock.advance(14min);
  const auto second = bench.survey();
  CHECK(bench.questions(kResolver1) == questions);
  REQUIRE(second->resolvers.size() == 2);
  CHECK(second->resolvers[0].carried_over);
  CHECK(second->resolvers[0].asked == seen.asked);
  CHECK(second->resolvers[0].answers.size() == seen.answers.size());

  bench.clock.advance(1min);
  const auto third = bench.survey();
  CHECK(bench.questions(kResolver1) == 2 * questions);
  CHECK_FALSE(third->resolvers[0].carried_over);
}

TEST_CASE("a resolver that comes new is asked at once, one that goes is forgotten") {
  ResolverBench bench;
  bench.configure(1);
  bench.survey();
  bench.configure(2);
  CHECK(bench.survey()->resolvers.size() == 2);
  bench.configure(1);
  CHECK(bench.survey()->resolvers.size() == 1);
  bench.clock.advance(15min);
  bench.survey();
  CHECK(bench.memory.state().resolvers.size() == 1);
}

TEST_CASE("resolvers are asked at once when a server begins to fail, then at their cadence") {
  ResolverBench bench;
  bench.configure(1);
  bench.survey();
  const std::size_t questions = bench.questions(kResolver1);
  bench.clock.advance(2min);
  bench.world.server(kServer1).answers_udp = false;
  bench.survey();
  CHECK(bench.questions(kResolver1) == 2 * questions);
  bench.clock.advance(2min);
  bench.survey();
  CHECK(bench.questions(kResolver1) == 2 * questions);
}

TEST_CASE("a resolver that fails for the zone alone is asked again after a minute") {
  ResolverBench bench;
  bench.configure(1);
  const bool everything = GENERATE(false, true);
  bench.world.server(kResolver1).twist = [everything](const Seen& query, FakeReply& reply) {
    if (!everything && query.qname == name("test.")) return;
    reply.message.answer.clear();
    reply.message.rcode = dns::Rcode::servfail;
  };
  const auto survey = bench.survey();
  // SOA twice, the parent's; DS, a missing name and CAA twice.
  CHECK(survey->resolvers[0].answers.size() == 9);
  const ResolverAnswer* const missing = survey->resolvers[0].find(Id::nonexistent);
  const ResolverAnswer* const unchecked = survey->resolvers[0].find(Id::nonexistent, false);
  REQUIRE(missing != nullptr);
  REQUIRE(unchecked != nullptr);
  CHECK(missing->exchange.final().question.qname == unchecked->exchange.final().question.qname);
  const std::size_t questions = bench.questions(kResolver1);
  bench.clock.advance(61s);
  bench.survey();
  CHECK(bench.questions(kResolver1) == (everything ? 1 : 2) * questions);
}

TEST_CASE("a silent resolver ends as timeouts and holds nothing else up") {
  ResolverBench bench;
  bench.configure(2);
  bench.world.server(kResolver2).answers_udp = false;
  const auto survey = bench.survey();
  CHECK_FALSE(survey->partial);
  REQUIRE(survey->resolvers.size() == 2);
  CHECK(survey->resolvers[0].find(Id::caa) != nullptr);
  CHECK(survey->resolvers[1].find(Id::soa)->exchange.final().outcome == dns::Outcome::timeout);
  CHECK(survey->resolvers[1].find(Id::control)->exchange.final().outcome == dns::Outcome::timeout);
}

TEST_CASE("what could not be asked in time stays due and does not make a survey partial") {
  ResolverBench bench;
  bench.configure(1);
  dns::EngineSettings settings;
  settings.default_rate = {0, 0};
  settings.address_policy = bench.policy;
  settings.rates = {{*dns::Prefix::from_text("127.54.9.1/32"), {0.01, 1}}};
  bench.engine.reconfigure(settings);
  const auto survey = bench.survey();
  CHECK_FALSE(survey->partial);
  CHECK(survey->resolvers.empty());
  settings.rates.clear();
  bench.engine.reconfigure(settings);
  CHECK(bench.survey()->resolvers.size() == 1);
}

TEST_CASE("a named resolver may be asked with RD whatever the policy says, and only so") {
  ResolverBench bench;
  bench.configure(1);
  dns::EngineSettings settings;
  settings.default_rate = {0, 0};
  settings.resolvers = {bench.plan.resolvers[0].endpoint};
  bench.engine.reconfigure(settings);
  const auto outcome = [&](const char* address, bool recursion_desired) {
    dns::Question question;
    question.qname = name("zone.test.");
    question.qtype = RRType::soa;
    question.recursion_desired = recursion_desired;
    const dns::Endpoint server{ip(address), bench.world.port()};
    return bench
        .run(bench.client.ask(server, question, dns::Transport::udp, {1, 250ms, bench.in(5s)}))
        ->outcome;
  };
  CHECK(outcome(kResolver1, true) == dns::Outcome::answered);
  CHECK(outcome(kResolver1, false) == dns::Outcome::forbidden);
  CHECK(outcome(kResolver2, true) == dns::Outcome::forbidden);
}
