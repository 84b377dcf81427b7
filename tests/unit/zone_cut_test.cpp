// Zone cuts by themselves: the cache of them, and the order in which a cut's servers are asked.
#include "dns/zone_cut.hpp"

#include <algorithm>
#include <memory>
#include <string>

#include "tests/catch.hpp"
#include "tests/unit/resolver_bench.hpp"

namespace {

using namespace resolver_test;
using namespace std::chrono_literals;
using support::ip;
using support::name;

}  // namespace

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
