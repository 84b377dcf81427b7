// The paths of trust that a survey collects beside its other questions: to the parent, and to the
// zones that hold the addresses of nameservers outside the zone.
#include <memory>

#include "survey/memory.hpp"
#include "survey/surveyor.hpp"
#include "tests/catch.hpp"
#include "tests/unit/signed_zone.hpp"
#include "tests/unit/survey_bench.hpp"

namespace {

using namespace survey;
using namespace survey_test;
using namespace std::chrono_literals;
using dns::RRType;
using dns::dnssec::Status;
using support::name;

/// The root and `test.` are signed; `zone.test.` has a nameserver in the signed `host.test.`, one
/// in the unsigned `plain.test.`, and two of its own.
class TrustBench : public SurveyBench {
 public:
  TrustBench() {
    for (const char* line : {"zone.test. NS ns.host.test.", "zone.test. NS ns.plain.test."}) {
      for (const auto& at : {tld, zone}) {
        for (const dns::Record& record : support::fake_zone(".", line).records) {
          at->records.push_back(record);
        }
      }
    }
    for (const dns::Record& record : support::fake_zone(".", R"(
           host.test. NS ns.host.test.
           ns.host.test. A 127.54.1.3
           plain.test. NS ns.plain.test.
           ns.plain.test. A 127.54.1.3)")
                                         .records) {
      tld->records.push_back(record);
    }
    host = world.serve(kServer3, "host.test.", R"(
      host.test. SOA 1
      host.test. NS ns.host.test.
      ns.host.test. A 127.54.1.3
    )");
    world.serve(kServer3, "plain.test.", R"(
      plain.test. SOA 1
      plain.test. NS ns.plain.test.
      ns.plain.test. A 127.54.1.3
    )");
    world.serve(kServer3, zone);
    change(*root, "test.", RRType::ds, "");
    root->records.push_back(tld_key.ds());
    tld->records.push_back(host_key.ds());
    sign(*root, root_key);
    sign(*tld, tld_key);
    sign(*host, host_key);
    CHECK(anchors.add(root_key.ds()));
  }

  void sign(support::FakeZone& which, const tests::SigningKey& key) {
    const auto now = std::chrono::floor<std::chrono::seconds>(clock.wall());
    tests::sign(which, key, now - 24h, now + 30 * 24h);
  }

  Status status(const Path& path) { return paths->status_of(path); }

  const NameMemory& remembered(const char* which) { return memory.state().names.at(name(which)); }

  tests::SigningKey root_key{".", 13};
  tests::SigningKey tld_key{"test.", 13};
  tests::SigningKey host_key{"host.test.", 13};
  std::shared_ptr<support::FakeZone> host;
};

}  // namespace

TEST_CASE("trust: a survey has the path to the parent and to its nameservers' zones") {
  TrustBench bench;
  const auto survey = bench.survey();
  CHECK_FALSE(survey->partial);
  REQUIRE(survey->path);
  CHECK(survey->path->zone == name("test."));
  CHECK(bench.status(survey->path) == Status::secure);
  const Nameserver& signed_one = nameserver(*survey, "ns.host.test.");
  REQUIRE(signed_one.path);
  CHECK(signed_one.path->zone == name("host.test."));
  CHECK(signed_one.path->above == survey->path);
  CHECK(bench.status(signed_one.path) == Status::secure);
  const Nameserver& unsigned_one = nameserver(*survey, "ns.plain.test.");
  REQUIRE(unsigned_one.path);
  CHECK(unsigned_one.path->zone == name("plain.test."));
  CHECK(bench.status(unsigned_one.path) == Status::insecure);
  CHECK_FALSE(nameserver(*survey, "ns1.zone.test.").path);
}

TEST_CASE("trust: paths stay from round to round, and so do the signatures of addresses") {
  TrustBench bench;
  const auto first = bench.survey();
  bench.forget_queries();
  bench.clock.advance(60s);
  const auto second = bench.survey();
  CHECK(second->path == first->path);
  const Nameserver& ns = nameserver(*second, "ns.host.test.");
  CHECK(ns.path == nameserver(*first, "ns.host.test.").path);
  REQUIRE(ns.a.last);
  CHECK(dns::find_records(ns.a.last->response->answer, ns.name, RRType::rrsig).size() == 1);
  REQUIRE(ns.aaaa.last);
  CHECK_FALSE(ns.aaaa.last->response->authority.empty());
  // What nobody signs proves nothing.
  CHECK(bench.remembered("ns.host.test.").proof_wanted);
  CHECK_FALSE(bench.remembered("ns.plain.test.").proof_wanted);
  CHECK_FALSE(bench.remembered("ns1.zone.test.").proof_wanted);
  for (const char* above : {kRoot, kParent1, kParent2}) {
    CHECK(bench.asked(above, RRType::dnskey) == 0);
  }
}

TEST_CASE("trust: a name's path is looked for when its addresses are") {
  TrustBench bench;
  CHECK(bench.status(nameserver(*bench.survey(), "ns.host.test.").path) == Status::secure);
  bench.change(*bench.tld, "host.test.", RRType::ds, "");
  bench.sign(*bench.tld, bench.tld_key);
  bench.clock.advance(61min);
  const auto later = bench.survey();
  CHECK(bench.status(nameserver(*later, "ns.host.test.").path) == Status::insecure);
}

TEST_CASE("trust: zones without a parent to be asked about have no path") {
  SECTION("the root") {
    TrustBench bench;
    bench.plan.zone = name(".");
    const auto survey = bench.survey();
    CHECK_FALSE(survey->path);
  }
  SECTION("a zone with an anchor of its own") {
    TrustBench bench;
    CHECK(bench.anchors.add(tests::SigningKey("zone.test.", 13).ds()));
    const auto survey = bench.survey();
    CHECK_FALSE(survey->path);
    CHECK(nameserver(*survey, "ns.host.test.").path);
  }
}

TEST_CASE("trust: servers that keep silent about the path hold up nothing but the end") {
  TrustBench bench;
  bench.world.server(kRoot).twist = [](const support::Seen& query, support::FakeReply& reply) {
    reply.send = query.qtype != RRType::dnskey;
  };
  const auto survey = bench.survey(4s);
  CHECK(survey->duration <= 4s);
  CHECK(survey->addresses.size() == 3);
  for (const AddressObservation& each : survey->addresses) {
    CHECK(each.find(QuestionId::soa_udp)->exchange.final().answered());
  }
  CHECK(bench.status(survey->path) == Status::indeterminate);
}
