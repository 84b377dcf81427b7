// The search for a zone's parent, and for all addresses of the parent's servers.
#include <algorithm>
#include <cstddef>

#include "tests/catch.hpp"
#include "tests/unit/resolver_bench.hpp"

namespace {

using namespace resolver_test;
using namespace std::chrono_literals;
using dns::ResolutionResult;
using dns::RRType;
using support::name;

}  // namespace

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
