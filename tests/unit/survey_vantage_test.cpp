// The vantage: what it can use is looked at first, and suspected before servers are.
#include "tests/catch.hpp"
#include "tests/unit/survey_bench.hpp"

namespace {

using namespace survey;
using namespace survey_test;
using namespace std::chrono_literals;
using dns::RRType;
using support::FakeServer;
using support::ip;

}  // namespace

TEST_CASE("what the vantage can use is told from the first survey on") {
  SurveyBench bench;
  const auto first = bench.survey();
  CHECK(first->vantage.udp_ipv4 == Usable::yes);
  CHECK(first->vantage.tcp_ipv4 == Usable::yes);
  CHECK(first->vantage.udp_ipv6 == Usable::unknown);  // no control target has an IPv6 address
  bench.clock.advance(60s);
  bench.forget_queries();
  bench.survey();
  CHECK(bench.asked(kRoot, RRType::soa) == 0);  // nothing failed
}

TEST_CASE("the vantage is suspected first") {
  SurveyBench bench;
  bench.survey();
  bench.clock.advance(60s);
  bench.world.server(kServer1).answers_udp = false;
  FakeServer& control = bench.world.server(kRoot);

  SECTION("UDP is lost, TCP is not") {
    control.answers_udp = false;
    const auto survey = bench.survey();
    CHECK(survey->vantage.of(dns::Family::ipv4, dns::Transport::udp) == Usable::no);
    CHECK(survey->vantage.of(dns::Family::ipv4, dns::Transport::tcp) == Usable::yes);

    SECTION("it is noticed when it comes back, even when nothing fails any more") {
      control.answers_udp = true;
      bench.world.server(kServer1).answers_udp = true;
      bench.clock.advance(60s);
      CHECK(bench.survey()->vantage.udp_ipv4 == Usable::yes);
      CHECK(bench.vantage->last().udp_ipv4 == Usable::yes);
    }
  }
  SECTION("many failing zones look once") {
    bench.survey();
    const std::size_t once = control.seen.size();
    const auto deadline = bench.in(10s);
    bench.run(bench.vantage->look(deadline));
    CHECK(control.seen.size() == once);
    std::vector<dns::Task<Vantage>> looks;
    bench.clock.advance(6s);
    for (int i = 0; i < 20; ++i) looks.push_back(bench.vantage->look(bench.in(20s)));
    bench.run(dns::all(std::move(looks)));
    CHECK(control.seen.size() == once + 2);
  }
}

TEST_CASE("a look from just before a survey that fails at once counts for it") {
  SurveyBench bench;
  for (const char* refusing : {kRoot, kServer1}) bench.world.server(refusing).listens_tcp = false;
  bench.start();
  CHECK(bench.run(bench.vantage->look(bench.in(10s))).tcp_ipv4 == Usable::no);
  bench.clock.advance(500ms);
  CHECK(bench.survey()->vantage.tcp_ipv4 == Usable::no);
}

TEST_CASE("two control targets must answer when there are more") {
  SurveyBench bench;
  bench.targets = {ip(kRoot), ip(kParent1), ip(kParent2), ip(kServer1), ip(kServer2)};
  bench.start();
  const auto look = [&] {
    bench.clock.advance(10s);
    return bench.run(bench.vantage->look(bench.in(10s)));
  };
  // REFUSED is an answer: the vantage works.
  CHECK(look().udp_ipv4 == Usable::yes);
  bench.world.server(kRoot).answers_udp = false;
  bench.world.server(kParent1).answers_udp = false;
  bench.world.server(kParent2).answers_udp = false;
  for (int i = 0; i < 5; ++i) CHECK(look().udp_ipv4 == Usable::yes);
  bench.world.server(kServer1).answers_udp = false;
  CHECK(look().udp_ipv4 == Usable::no);
  // A look that has no time to tell says nothing.
  bench.clock.advance(10s);
  CHECK(bench.run(bench.vantage->look(bench.in(10ms))).udp_ipv4 == Usable::unknown);
}
