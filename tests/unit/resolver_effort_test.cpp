// How much the resolver asks: work is bounded, and searches for the same share their path.
#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "tests/catch.hpp"
#include "tests/unit/resolver_bench.hpp"

namespace {

using namespace resolver_test;
using namespace std::chrono_literals;
using dns::ResolutionResult;
using dns::RRType;
using support::name;

}  // namespace

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
