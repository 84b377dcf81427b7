// Signals about a zone's delegation that stand outside it: which names they have, when they are
// asked for, and how long they are kept.
#include <string>

#include "survey/signals.hpp"
#include "tests/catch.hpp"
#include "tests/unit/survey_bench.hpp"

namespace {

using namespace survey;
using namespace survey_test;
using namespace std::chrono_literals;
using dns::ResolutionResult;
using dns::RRType;
using support::name;

const dns::Bytes kDs{0x12, 0x67, 13, 2, 9, 9, 9, 9};
const dns::Bytes kNotify{0, 59, 1, 0x14, 0xB4, 1, 'n', 0};  // CDS NOTIFY 5300 n.

constexpr const char* kSignal = "_dsboot.zone.test._signal.ns.host.test.";

void add(support::FakeZone& zone, const char* owner, RRType type, const dns::Bytes& rdata) {
  dns::Record record;
  record.owner = name(owner);
  record.type = type;
  record.ttl = 3600;
  record.rdata = rdata;
  zone.records.push_back(std::move(record));
}

/// `zone.test.` has CDS and no DS, two nameservers of its own and one of host.test.'s operator, who
/// vouches for it.
class SignalBench : public SurveyBench {
 public:
  SignalBench() {
    for (const auto& at : {tld, zone}) add_lines(*at, "zone.test. NS ns.host.test.");
    add_lines(*tld, "host.test. NS ns.host.test.\n ns.host.test. A 127.54.1.3");
    host = world.serve(kServer3, "host.test.", R"(
      host.test. SOA 1
      host.test. NS ns.host.test.
      ns.host.test. A 127.54.1.3
    )");
    world.serve(kServer3, zone);
    change(*tld, "zone.test.", RRType::ds, "");
    add(*zone, "zone.test.", RRType::cds, kDs);
    add(*host, kSignal, RRType::cds, kDs);
  }

  static void add_lines(support::FakeZone& where, const char* lines) {
    for (dns::Record& record : support::fake_zone(".", lines).records) {
      where.records.push_back(std::move(record));
    }
  }

  /// How often the operator was asked whether it vouches for the zone.
  std::size_t asked_operator() {
    return world.server(kServer3).asked(kSignal, RRType::cds) +
           world.server(kServer3).asked(kSignal, RRType::cdnskey);
  }

  std::size_t asked_parent() {
    return asked(kParent1, RRType::dsync) + asked(kParent2, RRType::dsync);
  }

  std::shared_ptr<support::FakeZone> host;
};

}  // namespace

TEST_CASE("signals: their names") {
  const auto signal = signalling_name(name("example.co.uk."), name("ns1.example.net."));
  REQUIRE(signal);
  CHECK(*signal == name("_dsboot.example.co.uk._signal.ns1.example.net."));
  // 255 octets: 8 and 8 for the labels with underscores, the zone without its root, the nameserver.
  const std::string label(61, 'a');
  const dns::Name zone = name(label + "." + label + ".");
  CHECK(signalling_name(zone, name(label + "." + std::string(51, 'b') + ".")));
  CHECK_FALSE(signalling_name(zone, name(label + "." + std::string(52, 'b') + ".")));
}

TEST_CASE("signals: where a parent's targets for notifications are looked for") {
  const std::vector<dns::Name> usual = dsync_names(name("zone.test."), name("test."));
  REQUIRE(usual.size() == 2);
  CHECK(usual[0] == name("zone._dsync.test."));
  CHECK(usual[1] == name("_dsync.test."));
  CHECK(dsync_names(name("a.b.test."), name("test.")).front() == name("a.b._dsync.test."));
  CHECK(dsync_names(name("test."), name(".")).front() == name("test._dsync."));
  CHECK(dsync_names(name("."), name(".")).empty());
  CHECK(dsync_names(name("zone.test."), name("other.")).empty());
}

TEST_CASE("signals: of a zone that asks for its first DS") {
  SignalBench bench;
  const auto survey = bench.survey();
  CHECK_FALSE(survey->partial);
  REQUIRE(survey->signals.bootstrap.size() == 1);  // none in the zone itself
  const Signal& signal = survey->signals.bootstrap.front();
  CHECK(signal.nameserver == name("ns.host.test."));
  CHECK(signal.name == name(kSignal));
  CHECK(signal.cds.result == ResolutionResult::ok);
  REQUIRE(signal.cds.records.size() == 1);
  CHECK(signal.cds.records.front().rdata == kDs);
  CHECK(signal.cdnskey.result == ResolutionResult::nodata);
  REQUIRE(signal.path);
  CHECK(signal.path->zone == name("host.test."));
  CHECK(bench.asked_operator() == 2);
}

TEST_CASE("signals: kept for an hour, and asked for anew when the zone or its names change") {
  SignalBench bench;
  bench.survey();
  bench.forget_queries();
  bench.clock.advance(30min);
  const auto later = bench.survey();
  CHECK(later->signals.bootstrap.size() == 1);
  CHECK(bench.asked_operator() == 0);
  SECTION("an hour has passed") {
    bench.clock.advance(31min);
    bench.survey();
    CHECK(bench.asked_operator() == 2);
  }
  SECTION("a nameserver was added") {
    bench.add_lines(*bench.tld, "zone.test. NS ns2.host.test.");
    bench.add_lines(*bench.host, "ns2.host.test. A 127.54.1.3");
    bench.clock.advance(6min);
    const auto added = bench.survey();
    CHECK(added->signals.bootstrap.size() == 2);
    CHECK(bench.asked_operator() == 2);
  }
  SECTION("the parent has a DS now") {
    bench.add_lines(*bench.tld, "zone.test. DS 4711");
    bench.clock.advance(6min);
    CHECK(bench.survey()->signals.bootstrap.empty());
    CHECK(bench.asked_operator() == 0);
  }
  SECTION("the zone asks for nothing any more") {
    bench.change(*bench.zone, "zone.test.", RRType::cds, "");
    bench.clock.advance(31min);
    const auto silent = bench.survey();
    CHECK(silent->signals.bootstrap.empty());
    CHECK_FALSE(silent->signals.notify);
    CHECK(bench.asked_operator() == 0);
    CHECK(bench.asked_parent() == 0);
  }
}

TEST_CASE("signals: not asked for without a reason") {
  SignalBench bench;
  SECTION("the zone has a DS: its parent may still want to be told") {
    bench.add_lines(*bench.tld, "zone.test. DS 4711");
    const auto survey = bench.survey();
    CHECK(survey->signals.bootstrap.empty());
    CHECK(survey->signals.notify);
    CHECK(bench.asked_operator() == 0);
    CHECK(bench.asked_parent() == 4);  // two names, and no one server's word that there is none
  }
  SECTION("the zone has no CDS") {
    bench.change(*bench.zone, "zone.test.", RRType::cds, "");
    bench.survey();
    CHECK(bench.asked_operator() == 0);
    CHECK(bench.asked_parent() == 0);
  }
  SECTION("the checks that read them are disabled") {
    bench.plan.questions.reset(static_cast<std::size_t>(QuestionId::dsboot));
    bench.plan.questions.reset(static_cast<std::size_t>(QuestionId::dsync));
    bench.survey();
    CHECK(bench.asked_operator() == 0);
    CHECK(bench.asked_parent() == 0);
  }
  SECTION("all nameservers lie in the zone") {
    for (const auto& at : {bench.tld, bench.zone}) {
      std::erase_if(at->records, [](const dns::Record& record) {
        return record.owner == name("zone.test.") && record.type == RRType::ns &&
               dns::parse_name_rdata(record.rdata) == name("ns.host.test.");
      });
    }
    CHECK(bench.survey()->signals.bootstrap.empty());
    CHECK(bench.asked_operator() == 0);
  }
}

TEST_CASE("signals: an operator that cannot be reached is asked again soon, and not waited for") {
  SignalBench bench;
  bench.world.server(kServer3).twist = [](const support::Seen& query, support::FakeReply& reply) {
    reply.send = query.qname != name(kSignal);
  };
  const auto survey = bench.survey();
  REQUIRE(survey->signals.bootstrap.size() == 1);
  CHECK(survey->signals.bootstrap.front().cds.result == ResolutionResult::timeout);
  CHECK_FALSE(survey->signals.bootstrap.front().path);
  CHECK(survey->duration < kSignalPatience);
  bench.world.server(kServer3).twist = nullptr;
  bench.clock.advance(5min);
  CHECK(bench.survey()->signals.bootstrap.front().cds.result == ResolutionResult::ok);
}

TEST_CASE("signals: what there was no time to ask takes nothing away, and stays due") {
  SignalBench bench;
  bench.survey();
  bench.forget_queries();
  bench.clock.advance(61min);
  SignalAsker asker(*bench.resolver, *bench.paths, bench.clock, bench.plan, bench.memory.state());
  SignalNeeds needs;
  needs.nameservers = {name("ns.host.test.")};
  needs.published = bench.memory.state().signals.published;
  CHECK(asker.is_due(needs));
  const auto hurry = [](SignalAsker& to, SignalNeeds what, dns::SteadyTime now) -> dns::Task<int> {
    co_await to.ask(std::move(what), now);
    co_return 0;
  };
  bench.run(hurry(asker, needs, bench.clock.steady()));
  CHECK(bench.asked_operator() == 0);
  REQUIRE(asker.observations(needs).bootstrap.size() == 1);
  CHECK(asker.observations(needs).bootstrap.front().cds.result == ResolutionResult::ok);
  bench.clock.advance(5min);
  CHECK(asker.is_due(needs));
}

TEST_CASE("signals: a zone with a name so long that nobody can vouch for it") {
  SignalBench bench;
  const std::string label(60, 'a');
  const std::string far = label + "." + label + "." + label + ".host.test.";
  for (const auto& at : {bench.tld, bench.zone}) {
    bench.add_lines(*at, ("zone.test. NS " + far).c_str());
  }
  // 8 + 10 + 8 + 183 + 11 octets are fewer than 255: not this one.
  CHECK(bench.survey()->signals.bootstrap.size() == 2);
  CHECK_FALSE(signalling_name(name(std::string(50, 'z') + ".zone.test."), name(far)));
}

TEST_CASE("signals: the parent's targets for notifications") {
  SignalBench bench;
  SECTION("none") {
    const auto survey = bench.survey();
    REQUIRE(survey->signals.notify);
    CHECK(survey->signals.notify->dsync.result == ResolutionResult::nxdomain);
    CHECK(bench.asked_parent() == 4);
  }
  SECTION("of the zone") {
    add(*bench.tld, "zone._dsync.test.", RRType::dsync, kNotify);
    const auto survey = bench.survey();
    REQUIRE(survey->signals.notify);
    CHECK(survey->signals.notify->dsync.result == ResolutionResult::ok);
    REQUIRE(survey->signals.notify->path);
    CHECK(survey->signals.notify->path->zone == name("test."));
    CHECK(bench.asked_parent() == 1);
    bench.forget_queries();
    bench.clock.advance(30min);
    CHECK(bench.survey()->signals.notify);
    CHECK(bench.asked_parent() == 0);
  }
  SECTION("of all zones") {
    add(*bench.tld, "_dsync.test.", RRType::dsync, kNotify);
    const auto survey = bench.survey();
    REQUIRE(survey->signals.notify);
    CHECK(survey->signals.notify->dsync.name == name("_dsync.test."));
    CHECK(survey->signals.notify->dsync.result == ResolutionResult::ok);
  }
}
