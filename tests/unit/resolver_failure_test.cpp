// Servers that fail: who is passed over, whose word counts, and how failures are told apart.
#include <system_error>

#include "tests/catch.hpp"
#include "tests/unit/resolver_bench.hpp"

namespace {

using namespace resolver_test;
using namespace std::chrono_literals;
using dns::ResolutionResult;
using dns::RRType;
using support::FakeReply;
using support::FakeServer;
using support::name;
using support::Seen;

constexpr const char* kZoneLines = "zone.test. SOA 1\n www.zone.test. A 192.0.2.1";

/// Delegates `zone.test.` to kZone and kOther, and makes kOther serve it.
void delegate_to_both(ResolverBench& bench) {
  bench.add(*bench.tld, R"(
    zone.test. NS ns1.zone.test.
    zone.test. NS ns2.zone.test.
    ns1.zone.test. A 127.53.1.1
    ns2.zone.test. A 127.53.1.2
  )");
  bench.world.serve(kOther, "zone.test.", kZoneLines);
}

}  // namespace

TEST_CASE("servers that are of no use are passed over") {
  ResolverBench bench;
  delegate_to_both(bench);
  FakeServer& broken = bench.world.server(kZone);

  SECTION("REFUSED") {}
  SECTION("no AA") {
    bench.world.serve(kZone, "zone.test.", kZoneLines);
    broken.twist = [](const Seen&, FakeReply& reply) { reply.message.aa = false; };
  }
  SECTION("SERVFAIL") {
    bench.world.serve(kZone, "zone.test.", kZoneLines);
    broken.twist = [](const Seen&, FakeReply& reply) {
      reply.message.rcode = dns::Rcode::servfail;
    };
  }
  SECTION("an upward referral") {
    broken.twist = [&](const Seen&, FakeReply& reply) {
      reply.message.rcode = dns::Rcode::noerror;
      reply.message.authority = support::fake_zone(".", ". NS a.root.").records;
    };
  }
  SECTION("a referral to the zone itself") {
    broken.twist = [&](const Seen&, FakeReply& reply) {
      reply.message.rcode = dns::Rcode::noerror;
      reply.message.authority = support::fake_zone(".", "zone.test. NS ns1.zone.test.").records;
    };
  }
  SECTION("silence") {
    broken.answers_udp = false;
  }

  // Whichever server the rotation begins with.
  for (int i = 0; i < 4; ++i) {
    CHECK(texts(bench.resolve("www.zone.test.").addresses()) == Texts{"192.0.2.1"});
  }
  // Once it has failed, the others come first.
  CHECK(bench.asked(kZone) <= 1);
}

TEST_CASE("one server's NXDOMAIN is believed when no other says otherwise") {
  ResolverBench bench;
  delegate_to_both(bench);
  bench.world.serve(kZone, "zone.test.", kZoneLines);
  bench.world.server(kZone).twist = [](const Seen&, FakeReply& reply) {
    reply.message.answer.clear();
    reply.message.rcode = dns::Rcode::nxdomain;
  };
  // Whichever of them is asked first.
  for (int i = 0; i < 4; ++i) {
    CHECK(texts(bench.resolve("www.zone.test.").addresses()) == Texts{"192.0.2.1"});
  }
  const dns::Resolution gone = bench.resolve("gone.zone.test.");
  CHECK(gone.result == ResolutionResult::nxdomain);
  REQUIRE(gone.last);
  CHECK(gone.last->response->rcode == dns::Rcode::nxdomain);
  bench.world.server(kOther).answers_udp = false;
  CHECK(bench.resolve("www.zone.test.").result == ResolutionResult::nxdomain);
}

TEST_CASE("failures are told apart") {
  ResolverBench bench;
  bench.add(*bench.tld, "zone.test. NS ns.zone.test.\n ns.zone.test. A 127.53.1.1");
  FakeServer& server = bench.world.server(kZone);

  SECTION("nobody answers") {
    server.answers_udp = false;
    const dns::Resolution found = bench.resolve("www.zone.test.");
    CHECK(found.result == ResolutionResult::timeout);
    CHECK(found.closest_zone == name("zone.test."));
    CHECK(found.reason ==
          "no server of zone.test gave an answer: 1 of its 1 addresses did not answer");
    // The last attempt goes without EDNS.
    REQUIRE(server.seen.size() == 2);
    CHECK(server.seen[0].edns);
    CHECK_FALSE(server.seen[1].edns);
  }
  SECTION("an error") {
    const dns::Resolution found = bench.resolve("www.zone.test.");
    CHECK(found.result == ResolutionResult::servfail);
    CHECK(found.reason.find("answered REFUSED") != std::string::npos);
    REQUIRE(found.last);
    CHECK(found.last->response->rcode == dns::Rcode::refused);
  }
  SECTION("no authority") {
    server.twist = [](const Seen&, FakeReply& reply) { reply.message.rcode = dns::Rcode::noerror; };
    const dns::Resolution found = bench.resolve("www.zone.test.");
    CHECK(found.result == ResolutionResult::servfail);
    CHECK(found.reason.find("without authority") != std::string::npos);
  }
  SECTION("no address at all") {
    bench.add(*bench.tld, "bare.test. NS nowhere.test.");
    const dns::Resolution found = bench.resolve("www.bare.test.");
    CHECK(found.result == ResolutionResult::servfail);
    CHECK(found.reason.find("nowhere.test has no address (nxdomain)") != std::string::npos);
  }
  SECTION("no time") {
    const dns::Resolution found = bench.resolve("www.zone.test.", RRType::a, -1s);
    CHECK(found.result == ResolutionResult::not_asked);
    CHECK(bench.asked(kRoot) == 0);
  }
  SECTION("an address that may not be asked") {
    bench.add(*bench.tld, "private.test. NS ns.private.test.\n ns.private.test. A 10.0.0.1");
    const dns::Resolution found = bench.resolve("www.private.test.");
    CHECK(found.result == ResolutionResult::forbidden);
  }
}

TEST_CASE("a server that drops queries with EDNS is asked without") {
  ResolverBench bench;
  bench.add(*bench.tld, "zone.test. NS ns.zone.test.\n ns.zone.test. A 127.53.1.1");
  bench.world.serve(kZone, "zone.test.", kZoneLines);
  bench.world.server(kZone).twist = [](const Seen& query, FakeReply& reply) {
    reply.send = !query.edns;
  };
  CHECK(bench.resolve("www.zone.test.").result == ResolutionResult::ok);
}

TEST_CASE("truncated answers are had over TCP") {
  ResolverBench bench;
  bench.add(*bench.tld, "www.test. A 192.0.2.1");
  bench.world.server(kTest).twist = [](const Seen& query, FakeReply& reply) {
    if (query.transport == dns::Transport::tcp) return;
    reply.message.tc = true;
    reply.message.answer.clear();
  };
  const dns::Resolution found = bench.resolve("www.test.");
  CHECK(found.result == ResolutionResult::ok);
  CHECK(found.last->transport == dns::Transport::tcp);
}

TEST_CASE("the path is asked for again before a name counts as unresolvable") {
  ResolverBench bench;
  bench.add(*bench.tld, "zone.test. NS ns.zone.test.\n ns.zone.test. A 127.53.1.1");
  bench.world.serve(kZone, "zone.test.", kZoneLines);
  bench.world.serve(kOther, "zone.test.", kZoneLines);
  CHECK(bench.resolve("www.zone.test.").result == ResolutionResult::ok);

  // The zone moves, and the old server knows it no longer.
  bench.world.server(kZone).zones.clear();
  std::erase_if(bench.tld->records,
                [](const dns::Record& record) { return record.owner == name("ns.zone.test."); });
  bench.add(*bench.tld, "ns.zone.test. A 127.53.1.2");
  SECTION("but not when it is less than a minute old") {
    CHECK(bench.resolve("www.zone.test.").result == ResolutionResult::servfail);
  }
  SECTION("when it is older") {
    bench.clock.advance(5min);
    CHECK(bench.resolve("www.zone.test.").result == ResolutionResult::ok);
  }
}

TEST_CASE("families that are not in use are not asked") {
  ResolverBench bench;
  asio::ip::tcp::acceptor probe(bench.io);
  std::error_code no_ipv6;
  probe.open(asio::ip::tcp::v6(), no_ipv6);
  if (!no_ipv6) probe.bind({asio::ip::address_v6::loopback(), 0}, no_ipv6);
  if (no_ipv6) {
    WARN("this machine has no IPv6 loopback");
    return;
  }
  bench.add(*bench.tld, "six.test. NS ns.six.test.\n ns.six.test. AAAA ::1");
  bench.world.serve("::1", "six.test.", "six.test. SOA 1\n www.six.test. A 192.0.2.6");
  SECTION("both in use") {
    CHECK(bench.resolve("www.six.test.").result == ResolutionResult::ok);
  }
  SECTION("IPv6 switched off") {
    bench.settings.use_ipv6 = false;
    const dns::Resolution found = bench.resolve("www.six.test.");
    CHECK(found.result == ResolutionResult::servfail);  // no loop: its names do have glue
    CHECK(found.closest_zone == name("six.test."));
    CHECK(found.reason.find("none of its nameservers has an address that can be used") !=
          std::string::npos);
    CHECK(bench.asked("::1") == 0);
  }
  SECTION("IPv6 unusable for now") {
    bench.resolver().set_usable(true, false);
    CHECK(bench.resolve("www.six.test.").result != ResolutionResult::ok);
    CHECK(bench.asked("::1") == 0);
    bench.resolver().set_usable(true, true);
    CHECK(bench.resolve("www.six.test.").result == ResolutionResult::ok);
  }
}
