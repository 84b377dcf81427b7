// The resolver against a small DNS of its own: what it finds, what it believes, and how much it
// asks.
#include "dns/resolver.hpp"

#include <algorithm>
#include <string>

#include "dns/zone_cut.hpp"
#include "tests/catch.hpp"
#include "tests/support/dns_bench.hpp"

namespace {

using dns::ResolutionResult;
using dns::RRType;
using support::FakeReply;
using support::FakeServer;
using support::ip;
using support::name;
using support::Seen;
using namespace std::chrono_literals;

constexpr const char* kRoot = "127.53.0.1";
constexpr const char* kTest = "127.53.0.2";
constexpr const char* kZone = "127.53.1.1";
constexpr const char* kOther = "127.53.1.2";

// What every test starts from: the root, and `test.` below it.
class ResolverBench : public support::DnsBench {
 public:
  ResolverBench() {
    root = world.serve(kRoot, ".", R"(
      . SOA 1
      . NS a.root.
      a.root. A 127.53.0.1
      test. NS ns.test.
      ns.test. A 127.53.0.2
    )");
    tld = world.serve(kTest, "test.", R"(
      test. SOA 1
      test. NS ns.test.
      ns.test. A 127.53.0.2
    )");
    settings.hints = {{name("a.root."), {ip(kRoot)}}};
    settings.timeout = 250ms;
  }

  /// Adds lines to a zone.
  static void add(support::FakeZone& zone, const char* lines) {
    for (dns::Record& record : support::fake_zone(".", lines).records) {
      zone.records.push_back(std::move(record));
    }
  }

  dns::Resolver& resolver() {
    if (!resolver_) {
      world.start();
      settings.port = world.port();
      resolver_.emplace(client, settings);
    }
    return *resolver_;
  }

  dns::Resolution resolve(const char* qname, RRType type = RRType::a, dns::Duration within = 20s) {
    return run(resolver().resolve(name(qname), type, in(within)));
  }

  dns::ParentSearch find_parent(const char* zone) {
    return run(resolver().find_parent(name(zone), in(20s)));
  }

  std::size_t asked(const char* address) { return world.server(address).seen.size(); }

  std::shared_ptr<support::FakeZone> root;
  std::shared_ptr<support::FakeZone> tld;
  dns::ResolverSettings settings;

 private:
  std::optional<dns::Resolver> resolver_;
};

std::vector<std::string> labels(const std::vector<dns::Name>& names) {
  std::vector<std::string> texts;
  for (const dns::Name& each : names) texts.push_back(each.to_label());
  return texts;
}

std::vector<std::string> texts(const std::vector<dns::IpAddress>& addresses) {
  std::vector<std::string> all;
  for (const dns::IpAddress& address : addresses) all.push_back(address.to_text());
  return all;
}

using Texts = std::vector<std::string>;

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

TEST_CASE("servers that are of no use are passed over") {
  ResolverBench bench;
  bench.add(*bench.tld, R"(
    zone.test. NS ns1.zone.test.
    zone.test. NS ns2.zone.test.
    ns1.zone.test. A 127.53.1.1
    ns2.zone.test. A 127.53.1.2
  )");
  const char* lines = "zone.test. SOA 1\n www.zone.test. A 192.0.2.1";
  bench.world.serve(kOther, "zone.test.", lines);
  FakeServer& broken = bench.world.server(kZone);

  SECTION("REFUSED") {}
  SECTION("no AA") {
    bench.world.serve(kZone, "zone.test.", lines);
    broken.twist = [](const Seen&, FakeReply& reply) { reply.message.aa = false; };
  }
  SECTION("SERVFAIL") {
    bench.world.serve(kZone, "zone.test.", lines);
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
  bench.add(*bench.tld, R"(
    zone.test. NS ns1.zone.test.
    zone.test. NS ns2.zone.test.
    ns1.zone.test. A 127.53.1.1
    ns2.zone.test. A 127.53.1.2
  )");
  const char* lines = "zone.test. SOA 1\n www.zone.test. A 192.0.2.1";
  bench.world.serve(kZone, "zone.test.", lines);
  bench.world.serve(kOther, "zone.test.", lines);
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
  bench.world.serve(kZone, "zone.test.", "zone.test. SOA 1\n www.zone.test. A 192.0.2.1");
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

TEST_CASE("a referral with AA set is still a referral") {
  ResolverBench bench;
  bench.add(*bench.tld, "zone.test. NS ns.zone.test.\n ns.zone.test. A 127.53.1.1");
  bench.world.serve(kZone, "zone.test.", "zone.test. SOA 1\n www.zone.test. A 192.0.2.1");
  bench.world.server(kTest).twist = [](const Seen&, FakeReply& reply) { reply.message.aa = true; };
  CHECK(bench.resolve("www.zone.test.").result == ResolutionResult::ok);
}

TEST_CASE("the path is asked for again before a name counts as unresolvable") {
  ResolverBench bench;
  bench.add(*bench.tld, "zone.test. NS ns.zone.test.\n ns.zone.test. A 127.53.1.1");
  const char* lines = "zone.test. SOA 1\n www.zone.test. A 192.0.2.1";
  bench.world.serve(kZone, "zone.test.", lines);
  bench.world.serve(kOther, "zone.test.", lines);
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

TEST_CASE("a delegation made to multiply work is cut off") {
  ResolverBench bench;
  // Each zone's servers lie in many zones that are as bad (CVE-2020-8616).
  std::string lines;
  for (int zone = 0; zone < 40; ++zone) {
    for (int server = 0; server < 20; ++server) {
      const int target = (zone * 7 + server * 3 + 1) % 40;
      lines += "z" + std::to_string(zone) + ".test. NS ns" + std::to_string(server) + ".z" +
               std::to_string(target) + ".test.\n";
    }
  }
  bench.add(*bench.tld, lines.c_str());
  const dns::Resolution found = bench.resolve("www.z0.test.");
  CHECK(found.result != ResolutionResult::ok);
  CHECK(bench.asked(kTest) + bench.asked(kRoot) <=
        static_cast<std::size_t>(dns::kMaxQueriesPerResolution));
}

TEST_CASE("many at once walk down the path together") {
  ResolverBench bench;
  std::string lines = "zone.test. SOA 1\n";
  for (int i = 0; i < 50; ++i) lines += "www" + std::to_string(i) + ".zone.test. A 192.0.2.1\n";
  bench.add(*bench.tld, "zone.test. NS ns.zone.test.\n ns.zone.test. A 127.53.1.1");
  bench.world.serve(kZone, "zone.test.", lines.c_str());

  std::vector<dns::Task<dns::Resolution>> tasks;
  for (int i = 0; i < 50; ++i) {
    const dns::Name qname = name("www" + std::to_string(i) + ".zone.test.");
    tasks.push_back(bench.resolver().resolve(qname, RRType::a, bench.in(20s)));
    tasks.push_back(bench.resolver().resolve(qname, RRType::a, bench.in(20s)));
  }
  const std::vector<dns::Resolution> all = bench.run(dns::all(std::move(tasks)));
  CHECK(std::all_of(all.begin(), all.end(),
                    [](const dns::Resolution& one) { return one.result == ResolutionResult::ok; }));
  CHECK(bench.asked(kRoot) == 1);
  // Who asked the root goes on after those who waited, and does not wait for their later deadline.
  CHECK(bench.asked(kTest) <= 2);
  CHECK(bench.asked(kZone) == 50);
}

TEST_CASE("loops looked at from both ends at once come to an end") {
  ResolverBench bench;
  bench.add(*bench.tld, "one.test. NS ns.two.test.\n two.test. NS ns.one.test.");
  std::vector<dns::Task<dns::Resolution>> tasks;
  for (const char* each : {"ns.one.test.", "ns.two.test.", "a.one.test.", "b.two.test."}) {
    tasks.push_back(bench.resolver().resolve(name(each), RRType::a, bench.in(20s)));
  }
  for (const dns::Resolution& one : bench.run(dns::all(std::move(tasks)))) {
    CHECK(one.result == ResolutionResult::loop);
  }
}

TEST_CASE("a joined search ends with its own deadline") {
  ResolverBench bench;
  bench.add(*bench.tld, "zone.test. NS ns.zone.test.\n ns.zone.test. A 127.53.1.1");
  bench.world.server(kZone).answers_udp = false;
  std::vector<dns::Task<dns::Resolution>> tasks;
  tasks.push_back(bench.resolver().resolve(name("www.zone.test."), RRType::a, bench.in(30s)));
  tasks.push_back(bench.resolver().resolve(name("www.zone.test."), RRType::a, bench.in(-1s)));
  const std::vector<dns::Resolution> both = bench.run(dns::all(std::move(tasks)));
  CHECK(both[0].result == ResolutionResult::timeout);
  CHECK(both[1].result == ResolutionResult::not_asked);
}

TEST_CASE("the parent of a zone is found") {
  ResolverBench bench;
  SECTION("the root has none") {
    const dns::ParentSearch found = bench.find_parent(".");
    CHECK_FALSE(found.found);
    CHECK(found.reason == "the root has no parent");
  }
  SECTION("a top-level domain's is the root, known from the hints") {
    const dns::ParentSearch found = bench.find_parent("test.");
    REQUIRE(found.found);
    CHECK(found.parent == name("."));
    REQUIRE(found.servers.size() == 1);
    CHECK(found.servers[0].name == name("a.root."));
    CHECK(texts(found.servers[0].addresses) == Texts{kRoot});
    CHECK(bench.asked(kRoot) == 0);
  }
  SECTION("whether or not the zone exists") {
    const dns::ParentSearch found = bench.find_parent("nothing.test.");
    REQUIRE(found.found);
    CHECK(found.parent == name("test."));
    REQUIRE(found.servers.size() == 1);
    CHECK(texts(found.servers[0].addresses) == Texts{kTest});
  }
  SECTION("across labels without a zone of their own") {
    bench.add(*bench.tld, "deep.down.below.test. NS ns.deep.down.below.test.");
    CHECK(bench.find_parent("deep.down.below.test.").parent == name("test."));
    CHECK(bench.find_parent("no.such.name.test.").parent == name("test."));
  }
  SECTION("below a zone with the same servers as the one above it, such as co.uk") {
    bench.add(*bench.tld, "co.test. NS ns.co.test.\n ns.co.test. A 127.53.0.2");
    bench.world.serve(kTest, "co.test.", R"(
      co.test. SOA 1
      co.test. NS ns.co.test.
      ns.co.test. A 127.53.0.2
      zone.co.test. NS ns.zone.co.test.
    )");
    CHECK(bench.find_parent("zone.co.test.").parent == name("co.test."));
    CHECK(bench.find_parent("deep.under.co.test.").parent == name("co.test."));
    CHECK(bench.find_parent("co.test.").parent == name("test."));
  }
  SECTION("when parent and child are on the same server") {
    bench.add(*bench.tld, "zone.test. NS ns.test.");
    bench.world.serve(kTest, "zone.test.", "zone.test. SOA 1\n zone.test. NS ns.test.");
    CHECK(bench.find_parent("zone.test.").parent == name("test."));
    CHECK(bench.resolve("zone.test.", RRType::ns).closest_zone == name("test."));
  }
  SECTION("not when nobody above answers") {
    bench.world.server(kTest).answers_udp = false;
    const dns::ParentSearch found = bench.find_parent("zone.sub.test.");
    CHECK_FALSE(found.found);
    CHECK(found.result == ResolutionResult::timeout);
    CHECK(found.reason.find("did not answer") != std::string::npos);
  }
}

TEST_CASE("all addresses of the parent's servers are looked up") {
  ResolverBench bench;
  bench.add(*bench.root, "other. NS ns.other.\n ns.other. A 127.53.0.2");
  bench.add(*bench.tld, R"(
    sub.test. NS ns.sub.test.
    sub.test. NS ns1.other.
    sub.test. NS ns2.other.
    ns.sub.test. A 127.53.1.1
  )");
  bench.world.serve(kTest, "other.", R"(
    other. SOA 1
    ns1.other. A 127.53.1.2
    ns1.other. AAAA 2001:db8::2
    ns2.other. A 127.53.1.3
  )");
  bench.world.serve(kZone, "sub.test.", "sub.test. SOA 1\n ns.sub.test. A 127.53.1.1");
  const dns::ParentSearch found = bench.find_parent("zone.sub.test.");
  REQUIRE(found.found);
  REQUIRE(found.servers.size() == 3);
  CHECK(texts(found.servers[0].addresses) == Texts{"127.53.1.1"});
  Texts second = texts(found.servers[1].addresses);
  std::sort(second.begin(), second.end());
  CHECK(second == Texts{"127.53.1.2", "2001:db8::2"});
  CHECK(texts(found.servers[2].addresses) == Texts{"127.53.1.3"});

  SECTION("once") {
    const std::size_t before = bench.asked(kTest);
    bench.find_parent("again.sub.test.");
    CHECK(bench.asked(kTest) == before);
  }
}

TEST_CASE("many zones search their common parent once") {
  ResolverBench bench;
  bench.add(*bench.tld, "co.test. NS ns.co.test.\n ns.co.test. A 127.53.1.1");
  bench.world.serve(kZone, "co.test.", "co.test. SOA 1\n ns.co.test. A 127.53.1.1");
  std::vector<dns::Task<dns::ParentSearch>> tasks;
  for (int i = 0; i < 50; ++i) {
    const dns::Name zone = name("zone" + std::to_string(i) + ".co.test.");
    tasks.push_back(bench.resolver().find_parent(zone, bench.in(20s)));
  }
  for (const dns::ParentSearch& found : bench.run(dns::all(std::move(tasks)))) {
    CHECK(found.parent == name("co.test."));
  }
  CHECK(bench.asked(kRoot) == 1);
  CHECK(bench.asked(kTest) == 1);
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
    CHECK(found.result != ResolutionResult::ok);
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

TEST_CASE("the cache of cuts is bounded and ordered by zone") {
  const dns::SteadyTime start{};
  dns::CutCache cache(16);
  const auto store = [&](const std::string& zone, dns::Duration age) {
    const dns::NsSet set{name(zone), {{name("ns." + zone), {ip("192.0.2.1")}}}, 600};
    cache.store(std::make_shared<dns::Cut>(dns::make_cut(set, start - age, 1h)), start);
  };
  store("test.", 60s);
  store("a.test.", 30s);
  store("x.a.test.", 20s);
  store("b.test.", 0s);
  const auto deepest = [&](const char* qname, dns::SteadyTime not_before) -> std::string {
    const auto cut = cache.deepest(name(qname), start, not_before);
    return cut ? cut->zone.to_label() : "none";
  };
  const dns::SteadyTime any = dns::SteadyTime::min();
  CHECK(deepest("www.x.a.test.", any) == "x.a.test");
  CHECK(deepest("x.a.test.", any) == "x.a.test");
  CHECK(deepest("y.a.test.", any) == "a.test");
  CHECK(deepest("y.a.test.", start - 10s) == "none");
  CHECK(deepest("other.", any) == "none");
  cache.forget(name("a.test."));
  CHECK(deepest("www.x.a.test.", any) == "test");
  CHECK(deepest("www.b.test.", any) == "b.test");
  CHECK(cache.deepest(name("b.test."), start + 601s, any) == nullptr);

  for (int i = 0; i < 100; ++i) store("z" + std::to_string(i) + ".test.", -1s * i);
  CHECK(cache.size() <= 16);
  CHECK(deepest("z99.test.", any) == "z99.test");
}

TEST_CASE("the servers of a cut take turns") {
  const dns::SteadyTime now{};
  dns::NsSet set{name("test."), {}, 600};
  set.servers.push_back({name("a."), {ip("192.0.2.1"), ip("2001:db8::1")}});
  set.servers.push_back({name("b."), {ip("192.0.2.2"), ip("2001:db8::2")}});
  dns::Cut cut = dns::make_cut(set, now, 1h);
  CHECK(texts(dns::ask_order(cut, 0, now, true, true)) ==
        Texts{"192.0.2.1", "2001:db8::2", "2001:db8::1", "192.0.2.2"});
  CHECK(texts(dns::ask_order(cut, 1, now, true, true)) ==
        Texts{"2001:db8::2", "192.0.2.1", "192.0.2.2", "2001:db8::1"});
  CHECK(texts(dns::ask_order(cut, 0, now, false, true)) == Texts{"2001:db8::1", "2001:db8::2"});
  cut.avoid(ip("192.0.2.1"), now + 60s);
  CHECK(dns::ask_order(cut, 0, now, true, true).back() == ip("192.0.2.1"));
  CHECK(dns::ask_order(cut, 0, now + 61s, true, true).front() == ip("192.0.2.1"));
}
