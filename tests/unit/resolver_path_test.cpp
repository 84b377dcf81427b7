// The way from the root to a name: referrals and which of their glue is believed, loops, aliases.
#include <string>

#include "tests/catch.hpp"
#include "tests/unit/resolver_bench.hpp"

namespace {

using namespace resolver_test;
using namespace std::chrono_literals;
using dns::ResolutionResult;
using dns::RRType;
using support::FakeReply;
using support::FakeServer;
using support::ip;
using support::name;
using support::Seen;

}  // namespace

TEST_CASE("a name is resolved through referrals with glue") {
  ResolverBench bench;
  bench.add(*bench.tld, "zone.test. NS ns.zone.test.\n ns.zone.test. A 127.53.1.1");
  bench.world.serve(kZone, "zone.test.", R"(
    zone.test. SOA 1
    zone.test. NS ns.zone.test.
    ns.zone.test. A 127.53.1.1
    www.zone.test. A 192.0.2.7
  )");
  const dns::Resolution found = bench.resolve("www.zone.test.");
  CHECK(found.result == ResolutionResult::ok);
  CHECK(texts(found.addresses()) == Texts{"192.0.2.7"});
  CHECK(found.closest_zone == name("zone.test."));
  CHECK(found.aliases.empty());
  CHECK(found.reason.empty());
  REQUIRE(found.last);
  CHECK(found.last->server.address == ip(kZone));

  const FakeServer& root = bench.world.server(kRoot);
  REQUIRE(root.seen.size() == 1);
  CHECK_FALSE(root.seen[0].recursion_desired);
  REQUIRE(root.seen[0].edns);
  CHECK(root.seen[0].edns->dnssec_ok);

  SECTION("the path is remembered, the answer is not") {
    bench.resolve("www.zone.test.");
    CHECK(bench.asked(kRoot) == 1);
    CHECK(bench.asked(kTest) == 1);
    CHECK(bench.asked(kZone) == 2);
  }
  SECTION("the path is forgotten after an hour, whatever its TTL") {
    bench.clock.advance(61min);
    bench.resolve("www.zone.test.");
    CHECK(bench.asked(kRoot) == 2);
    CHECK(bench.asked(kTest) == 2);
  }
  SECTION("forgetting a zone forgets what is below it, too") {
    bench.resolver().forget(name("test."));
    bench.resolve("www.zone.test.");
    CHECK(bench.asked(kRoot) == 2);
    CHECK(bench.asked(kTest) == 2);
  }
  SECTION("names and types that do not exist") {
    CHECK(bench.resolve("www.zone.test.", RRType::aaaa).result == ResolutionResult::nodata);
    const dns::Resolution none = bench.resolve("nothing.zone.test.");
    CHECK(none.result == ResolutionResult::nxdomain);
    CHECK(none.records.empty());
  }
  SECTION("DS is asked for above the cut") {
    bench.add(*bench.tld, "zone.test. DS 4711");
    const dns::Resolution ds = bench.resolve("zone.test.", RRType::ds);
    CHECK(ds.result == ResolutionResult::ok);
    CHECK(ds.records.size() == 1);
    CHECK(ds.closest_zone == name("test."));
  }
}

TEST_CASE("a referral's glue is not an answer") {
  ResolverBench bench;
  bench.add(*bench.tld, "zone.test. NS ns.zone.test.\n ns.zone.test. A 127.53.1.1");
  bench.world.serve(kZone, "zone.test.", R"(
    zone.test. SOA 1
    zone.test. NS ns.zone.test.
    ns.zone.test. A 127.53.1.9
  )");
  CHECK(texts(bench.resolve("ns.zone.test.").addresses()) == Texts{"127.53.1.9"});
}

TEST_CASE("nameservers without glue are looked up") {
  ResolverBench bench;
  bench.add(*bench.tld, R"(
    zone.test. NS ns.host.test.
    host.test. NS ns.host.test.
    ns.host.test. A 127.53.1.2
  )");
  // The registry leaves out glue that is not needed.
  bench.world.server(kTest).twist = [](const Seen& query, FakeReply& reply) {
    if (query.qname.is_at_or_below(name("zone.test."))) reply.message.additional.clear();
  };
  const auto zone = bench.world.serve(kOther, "zone.test.", R"(
    zone.test. SOA 1
    zone.test. NS ns.host.test.
    www.zone.test. A 192.0.2.1
  )");
  bench.world.serve(kOther, "host.test.", R"(
    host.test. SOA 1
    host.test. NS ns.host.test.
    ns.host.test. A 127.53.1.2
  )");
  CHECK(texts(bench.resolve("www.zone.test.").addresses()) == Texts{"192.0.2.1"});

  SECTION("and kept with the cut") {
    bench.add(*zone, "mail.zone.test. A 192.0.2.2");
    bench.resolve("mail.zone.test.");
    CHECK(bench.world.server(kOther).asked("ns.host.test.") == 1);
  }
}

TEST_CASE("sibling glue is used") {
  ResolverBench bench;
  bench.add(*bench.tld, R"(
    zone.test. NS ns.sibling.test.
    sibling.test. NS ns.sibling.test.
    ns.sibling.test. A 127.53.1.2
  )");
  bench.world.serve(kOther, "zone.test.", "zone.test. SOA 1\n www.zone.test. A 192.0.2.1");
  CHECK(bench.resolve("www.zone.test.").result == ResolutionResult::ok);
  CHECK(bench.world.server(kOther).asked("ns.sibling.test.") == 0);
}

TEST_CASE("glue from outside the zone that was asked is not believed") {
  ResolverBench bench;
  bench.add(*bench.root, "other. NS ns.other.\n ns.other. A 127.53.1.2");
  bench.add(*bench.tld, "zone.test. NS ns.victim.other.\n ns.victim.other. A 127.53.1.1");
  // Who believes the registry of `test` about a name in `other` ends at this server.
  bench.world.serve(kZone, "zone.test.", "zone.test. SOA 1\n www.zone.test. A 203.0.113.66");
  bench.world.serve(kOther, "other.", "other. SOA 1\n ns.victim.other. A 127.53.1.2");
  bench.world.serve(kOther, "zone.test.", "zone.test. SOA 1\n www.zone.test. A 192.0.2.1");
  CHECK(texts(bench.resolve("www.zone.test.").addresses()) == Texts{"192.0.2.1"});
  CHECK(bench.asked(kZone) == 0);
}

TEST_CASE("zones that need each other are found to be a loop") {
  ResolverBench bench;
  bench.add(*bench.tld, "one.test. NS ns.two.test.\n two.test. NS ns.one.test.");
  const dns::Resolution found = bench.resolve("www.one.test.");
  CHECK(found.result == ResolutionResult::loop);
  CHECK(labels(found.cycle) == Texts{"ns.two.test", "ns.one.test"});
  CHECK(found.closest_zone == name("one.test."));
  CHECK(found.reason.find("ns.one.test") != std::string::npos);

  const dns::Resolution nameserver = bench.resolve("ns.one.test.");
  CHECK(nameserver.result == ResolutionResult::loop);
  CHECK(labels(nameserver.cycle) == Texts{"ns.one.test", "ns.two.test"});
}

TEST_CASE("a loop does not hide a server that can be found") {
  ResolverBench bench;
  bench.add(*bench.tld, R"(
    one.test. NS ns.two.test.
    one.test. NS ns.one.test.
    ns.one.test. A 127.53.1.1
    two.test. NS ns.one.test.
  )");
  bench.world.serve(kZone, "one.test.", "one.test. SOA 1\n www.one.test. A 192.0.2.1");
  CHECK(bench.resolve("www.one.test.").result == ResolutionResult::ok);
}

TEST_CASE("missing glue for a name in the zone itself is a loop of one") {
  ResolverBench bench;
  bench.add(*bench.tld, "zone.test. NS ns.zone.test.");
  const dns::Resolution found = bench.resolve("ns.zone.test.");
  CHECK(found.result == ResolutionResult::loop);
  CHECK(labels(found.cycle) == Texts{"ns.zone.test"});
}

TEST_CASE("aliases are followed and told") {
  ResolverBench bench;
  bench.add(*bench.tld, R"(
    ns1.test. CNAME ns2.test.
    ns2.test. A 192.0.2.2
    old.test. DNAME new.test.
    ns.new.test. A 192.0.2.3
    one.test. CNAME two.test.
    two.test. CNAME one.test.
  )");
  SECTION("CNAME") {
    const dns::Resolution found = bench.resolve("ns1.test.");
    CHECK(found.result == ResolutionResult::ok);
    CHECK(texts(found.addresses()) == Texts{"192.0.2.2"});
    CHECK(labels(found.aliases) == Texts{"ns2.test"});
  }
  SECTION("DNAME, without the CNAME that should come along") {
    const dns::Resolution found = bench.resolve("ns.old.test.");
    CHECK(texts(found.addresses()) == Texts{"192.0.2.3"});
    CHECK(labels(found.aliases) == Texts{"ns.new.test"});
  }
  SECTION("the alias itself can be asked for") {
    const dns::Resolution found = bench.resolve("ns1.test.", RRType::cname);
    CHECK(found.result == ResolutionResult::ok);
    CHECK(found.aliases.empty());
  }
  SECTION("a circle") {
    const dns::Resolution found = bench.resolve("one.test.");
    CHECK(found.result == ResolutionResult::loop);
    CHECK(labels(found.cycle) == Texts{"two.test", "one.test"});
  }
  SECTION("a chain that is too long") {
    std::string chain;
    for (int i = 0; i < 12; ++i) {
      chain += "c" + std::to_string(i) + ".test. CNAME c" + std::to_string(i + 1) + ".test.\n";
    }
    bench.add(*bench.tld, chain.c_str());
    CHECK(bench.resolve("c0.test.").result == ResolutionResult::limit);
    CHECK(bench.asked(kTest) <= static_cast<std::size_t>(dns::kMaxAliases) + 1);
  }
}

TEST_CASE("a referral with AA set is still a referral") {
  ResolverBench bench;
  bench.add(*bench.tld, "zone.test. NS ns.zone.test.\n ns.zone.test. A 127.53.1.1");
  bench.world.serve(kZone, "zone.test.", "zone.test. SOA 1\n www.zone.test. A 192.0.2.1");
  bench.world.server(kTest).twist = [](const Seen&, FakeReply& reply) { reply.message.aa = true; };
  CHECK(bench.resolve("www.zone.test.").result == ResolutionResult::ok);
}
