// The path of trust as questions: real keys sign a small DNS at test time, and what its servers are
// asked is counted.
#include <string>
#include <utility>
#include <vector>

#include "tests/unit/survey_path_bench.hpp"

namespace {

using namespace path_test;
using dns::dnssec::PathZone;
using support::FakeReply;
using support::Seen;

// "zone.test <- test <- ."
std::string zones_of(const Path& path) {
  std::string text;
  for (const PathZone* at = path.get(); at != nullptr; at = at->above.get()) {
    text += (text.empty() ? "" : " <- ") + at->zone.to_label();
  }
  return text;
}

// Every signature in the response to `qtype` is spoiled.
std::function<void(const Seen&, FakeReply&)> spoil(RRType qtype) {
  return [qtype](const Seen& query, FakeReply& reply) {
    if (query.qtype != qtype) return;
    for (dns::Record& record : reply.message.answer) {
      if (record.type == RRType::rrsig) record.rdata.back() ^= 1;
    }
  };
}

}  // namespace

TEST_CASE("path: DS and DNSKEY of every zone down to a signed one are found") {
  PathBench bench;
  const Path path = bench.path_to("zone.test.");
  CHECK(zones_of(path) == "zone.test <- test <- .");
  CHECK(bench.status(path) == Status::secure);
  CHECK(path->ds->answered());
  CHECK(path->dnskey->answered());
  CHECK_FALSE(path->above->above->ds);
  CHECK(bench.asked(".", RRType::dnskey) == 1);
  CHECK(bench.asked("test.", RRType::ds) == 1);
  CHECK(bench.asked("test.", RRType::dnskey) >= 1);
}

TEST_CASE("path: zones share the links above them") {
  PathBench bench;
  const Path one = bench.path_to("zone.test.");
  bench.forget_queries();
  const Path two = bench.path_to("other.test.");
  CHECK(bench.status(two) == Status::secure);
  CHECK(one->above == two->above);
  CHECK(bench.asked("test.", RRType::dnskey) == 0);
  CHECK(bench.asked("test.", RRType::ds) == 0);
  CHECK(bench.asked(".", RRType::dnskey) == 0);
  bench.forget_queries();
  CHECK(bench.path_to("zone.test.") == one);
  CHECK(bench.path_to("test.") == one->above);
  CHECK(bench.all_asked() == 0);
}

TEST_CASE("path: who asks for one link at the same time asks once") {
  PathBench bench;
  PathAsker& asker = bench.asker();
  std::vector<dns::Task<Path>> asking;
  const dns::SteadyTime deadline = bench.in(20s);
  for (int i = 0; i < 3; ++i) asking.push_back(asker.path_to(name("zone.test."), deadline));
  asking.push_back(asker.path_to(name("other.test."), deadline));
  const std::vector<Path> paths = bench.run(dns::all(std::move(asking)));
  CHECK(paths[0] == paths[1]);
  CHECK(paths[0] == paths[2]);
  CHECK(paths[0]->above == paths[3]->above);
  CHECK(bench.status(paths[3]) == Status::secure);
  CHECK(bench.asked(".", RRType::dnskey) == 1);
  CHECK(bench.asked("test.", RRType::ds) == 1);
  CHECK(bench.asked("zone.test.", RRType::ds) <= 2);  // the first is referred down by the root
}

TEST_CASE("path: a link is kept for its TTL, and the rest of the path with it or without") {
  PathBench bench;
  const auto ttl = [&](support::FakeZone& zone, std::uint32_t seconds) {
    for (dns::Record& record : zone.records) record.ttl = seconds;
  };
  const auto again_after = [&](dns::Duration time) {
    bench.clock.advance(time);
    bench.forget_queries();
    const Path path = bench.path_to("zone.test.");
    CHECK(zones_of(path) == "zone.test <- test <- .");
    CHECK(bench.status(path) == Status::secure);
  };
  SECTION("an hour at most") {
    for (support::FakeZone* zone : {&*bench.root, &*bench.tld, &*bench.zone}) ttl(*zone, 86400);
    bench.sign_all();
    again_after(0s);
    again_after(59min);
    CHECK(bench.all_asked() == 0);
    again_after(2min);
    CHECK(bench.world.server(kServer).asked("zone.test.", RRType::dnskey) == 1);
    CHECK(bench.asked("zone.test.", RRType::ds) >= 1);
    CHECK(bench.asked(".", RRType::dnskey) == 1);
  }
  SECTION("what has the shorter life is asked for alone") {
    ttl(*bench.zone, 300);
    bench.sign_all();
    again_after(0s);
    again_after(299s);
    CHECK(bench.all_asked() == 0);
    again_after(2s);
    CHECK(bench.world.server(kServer).asked("zone.test.", RRType::dnskey) == 1);
    CHECK(bench.asked("test.", RRType::dnskey) == 0);
    CHECK(bench.asked(".", RRType::dnskey) == 0);
  }
  SECTION("a new link above does not make the one below be asked again") {
    ttl(*bench.tld, 300);
    bench.sign_all();
    for (dns::Record& record : bench.tld->records) {
      if (!(record.owner == name("test."))) record.ttl = 3600;
    }
    again_after(0s);
    again_after(301s);
    CHECK(bench.asked("test.", RRType::dnskey) >= 1);
    CHECK(bench.asked("zone.test.", RRType::dnskey) == 0);
    CHECK(bench.asked("zone.test.", RRType::ds) == 0);
  }
  SECTION("a TTL of nothing is a minute") {
    ttl(*bench.zone, 0);
    bench.sign_all();
    again_after(0s);
    again_after(59s);
    CHECK(bench.all_asked() == 0);
    again_after(2s);
    CHECK(bench.world.server(kServer).asked("zone.test.", RRType::dnskey) == 1);
  }
}

TEST_CASE("path: what does not validate is asked for once more, of another server") {
  for (const RRType spoiled : {RRType::dnskey, RRType::ds}) {
    CAPTURE(static_cast<int>(spoiled));
    int met = 0;
    for (int turn = 0; turn < 4; ++turn) {
      PathBench bench;
      bench.world.server(kParent2).twist = spoil(spoiled);
      // Turns the order in which the servers of `test.` are taken.
      PathAsker& asker = bench.asker();
      for (int i = 0; i < turn; ++i) {
        const dns::SteadyTime deadline = bench.in(20s);
        bench.run(bench.resolver->resolve(name("test."), RRType::soa, deadline));
      }
      bench.forget_queries();
      const Path path = bench.path_to("zone.test.");
      CHECK(asker.status_of(path) == Status::secure);
      const char* const subject = spoiled == RRType::ds ? "zone.test." : "test.";
      if (bench.world.server(kParent2).asked(subject, spoiled) != 0) ++met;
    }
    CHECK(met > 0);  // or the test would show nothing
  }
}

TEST_CASE("path: a link that stays broken is kept for a minute") {
  PathBench bench;
  for (const char* parent : {kParent1, kParent2})
    bench.world.server(parent).twist = spoil(RRType::dnskey);
  const Path broken = bench.path_to("zone.test.");
  CHECK(zones_of(broken) == "zone.test <- test <- .");
  CHECK(bench.status(broken) == Status::bogus);
  CHECK(bench.status(broken->above->above) == Status::secure);
  CHECK(bench.world.server(kParent1).asked("test.", RRType::dnskey) >= 1);
  CHECK(bench.world.server(kParent2).asked("test.", RRType::dnskey) >= 1);
  // What is below is not suspected, and asked for once.
  CHECK(bench.world.server(kServer).asked("zone.test.", RRType::dnskey) == 1);

  bench.forget_queries();
  bench.clock.advance(58s);
  CHECK(bench.path_to("zone.test.") == broken);
  CHECK(bench.all_asked() == 0);

  for (const char* parent : {kParent1, kParent2}) bench.world.server(parent).twist = nullptr;
  bench.clock.advance(3s);
  const Path mended = bench.path_to("zone.test.");
  CHECK(bench.status(mended) == Status::secure);
  CHECK(bench.asked("zone.test.", RRType::dnskey) == 0);
  CHECK(bench.asked(".", RRType::dnskey) == 0);
}

TEST_CASE("path: a kept link whose signatures run out is asked for again at once") {
  PathBench bench;
  bench.sign(*bench.zone, bench.zone_key, 600s);
  const Path first = bench.path_to("zone.test.");
  CHECK(bench.status(first) == Status::secure);
  bench.sign(*bench.zone, bench.zone_key, 30 * 24h);
  bench.forget_queries();
  bench.clock.advance(599s);
  CHECK(bench.path_to("zone.test.") == first);
  CHECK(bench.all_asked() == 0);
  bench.clock.advance(2s);
  const Path second = bench.path_to("zone.test.");
  CHECK(bench.status(first) == Status::bogus);
  CHECK(bench.status(second) == Status::secure);
  CHECK(second->above == first->above);
}

TEST_CASE("path: the deadline cuts it off, and nothing of that is kept") {
  PathBench bench;
  SECTION("at the zone") {
    bench.world.server(kServer).answers_udp = false;
    const Path cut = bench.path_to("zone.test.", 400ms);
    REQUIRE(cut);
    CHECK(cut->zone == name("zone.test."));
    CHECK(cut->ds->answered());
    CHECK_FALSE((cut->dnskey && cut->dnskey->answered()));
    CHECK(bench.status(cut) == Status::indeterminate);
  }
  SECTION("above it") {
    for (const char* parent : {kParent1, kParent2}) {
      bench.world.server(parent).answers_udp = false;
    }
    const Path cut = bench.path_to("zone.test.", 400ms);
    CHECK(bench.status(cut) == Status::indeterminate);
  }
  SECTION("before anything") {
    bench.asker();
    CHECK_FALSE(bench.path_to("zone.test.", -1s));
    CHECK(bench.all_asked() == 0);
  }
  for (const char* address : {kServer, kParent1, kParent2}) {
    bench.world.server(address).answers_udp = true;
  }
  CHECK(bench.status(bench.path_to("zone.test.")) == Status::secure);
}

TEST_CASE("path: one with an earlier deadline does not cut off another's") {
  PathBench bench;
  PathAsker& asker = bench.asker();
  int silences = 3;
  bench.world.server(kServer).twist = [&](const Seen&, FakeReply& reply) {
    reply.send = silences-- <= 0;
  };
  std::vector<dns::Task<Path>> asking;
  const dns::SteadyTime early = bench.in(300ms);
  const dns::SteadyTime late = bench.in(20s);
  asking.push_back(asker.path_to(name("zone.test."), early));
  asking.push_back(asker.path_to(name("zone.test."), late));
  const std::vector<Path> paths = bench.run(dns::all(std::move(asking)));
  CHECK(bench.status(paths[0]) == Status::indeterminate);
  CHECK(bench.status(paths[1]) == Status::secure);
}

TEST_CASE("path: it begins at the closest trust anchor") {
  SECTION("below the root") {
    PathBench bench;
    CHECK(bench.anchors.add(bench.tld_key.ds()));
    const Path path = bench.path_to("zone.test.");
    CHECK(zones_of(path) == "zone.test <- test");
    CHECK(bench.status(path) == Status::secure);
    CHECK_FALSE(path->above->ds);
    CHECK(bench.asked(".", RRType::dnskey) == 0);
    CHECK(bench.asked("test.", RRType::ds) == 0);
  }
  SECTION("at the zone itself") {
    PathBench bench;
    CHECK(bench.anchors.add(bench.zone_key.ds()));
    const Path path = bench.path_to("zone.test.");
    CHECK(zones_of(path) == "zone.test");
    CHECK(bench.status(path) == Status::secure);
    CHECK(bench.paths->begins_at(name("zone.test.")));
    CHECK(bench.paths->begins_at(name(".")));
    CHECK_FALSE(bench.paths->begins_at(name("test.")));
  }
  SECTION("at the root when there is none, without hope") {
    PathBench bench;
    bench.anchors = {};
    const Path path = bench.path_to("zone.test.");
    CHECK(zones_of(path) == "zone.test <- test <- .");
    CHECK(bench.status(path) == Status::indeterminate);
    CHECK(bench.asked(".", RRType::dnskey) == 1);  // another server would not help
    bench.forget_queries();
    bench.clock.advance(5min);
    bench.path_to("zone.test.");
    CHECK(bench.all_asked() == 0);
  }
}

TEST_CASE("path: an anchor that is not the zone's is asked about twice, and not told bogus") {
  PathBench bench;
  bench.anchors = {};
  CHECK(bench.anchors.add(tests::SigningKey(".", 13).ds()));
  const Path path = bench.path_to("zone.test.");
  CHECK(bench.status(path) == Status::indeterminate);
  CHECK(bench.asked(".", RRType::dnskey) == 3);  // twice over, since there is no other server
}

TEST_CASE("path: below a delegation that is proven to be unsigned no keys are asked for") {
  PathBench bench;
  const Path plain = bench.path_to("plain.test.");
  CHECK(zones_of(plain) == "plain.test <- test <- .");
  CHECK(bench.status(plain) == Status::insecure);
  CHECK_FALSE(plain->dnskey);
  const Path below = bench.path_to("below.plain.test.");
  CHECK(zones_of(below) == "below.plain.test <- plain.test <- test <- .");
  CHECK(bench.status(below) == Status::insecure);
  CHECK(bench.asked("plain.test.", RRType::dnskey) == 0);
  CHECK(bench.asked("below.plain.test.", RRType::dnskey) == 0);
  CHECK(bench.asked("plain.test.", RRType::ds) <= 2);  // a referral by the root, the proof
}

TEST_CASE("path: zones between that are served by the servers above them are found") {
  PathBench bench;
  const Path path = bench.path_to("deep.sub.zone.test.");
  CHECK(zones_of(path) == "deep.sub.zone.test <- sub.zone.test <- zone.test <- test <- .");
  CHECK(bench.status(path) == Status::secure);
}

TEST_CASE("path: what a server says of itself only leads up") {
  // Denies DS in the name of `claimed`.
  const auto deny_as = [](const char* claimed) {
    return [claimed](const Seen& query, FakeReply& reply) {
      if (query.qtype != RRType::ds) return;
      reply.message.answer.clear();
      reply.message.authority =
          support::fake_zone(claimed, std::string(claimed) + " SOA 1").records;
    };
  };
  for (const char* claimed : {"zone.test.", "x.zone.test.", "other.", ".", "test."}) {
    CAPTURE(claimed);
    PathBench bench;
    for (const char* parent : {kParent1, kParent2}) {
      bench.world.server(parent).twist = deny_as(claimed);
    }
    const Path path = bench.path_to("zone.test.");
    CHECK(zones_of(path) == "zone.test <- test <- .");
    CHECK(bench.status(path) == Status::bogus);
    CHECK(bench.all_asked() < 30);
  }
}

TEST_CASE("path: a server that makes zones out of every name comes to an end") {
  PathBench bench;
  // Every name between is a zone, it says.
  bench.world.server(kServer).twist = [](const Seen& query, FakeReply& reply) {
    if (query.qtype != RRType::ds || query.qname == name("zone.test.")) return;
    const std::string above = query.qname.parent().to_text();
    reply.message.aa = true;
    reply.message.rcode = dns::Rcode::noerror;
    reply.message.answer.clear();
    reply.message.authority = support::fake_zone(above, above + " SOA 1").records;
  };
  std::string many;
  for (int i = 0; i < 60; ++i) many += "a.";
  const Path path = bench.path_to((many + "zone.test.").c_str());
  REQUIRE(path);
  std::size_t zones = 0;
  for (const PathZone* at = path.get(); at != nullptr; at = at->above.get()) ++zones;
  CHECK(zones <= survey::kMaxPathZones);
  CHECK(bench.status(path) != Status::secure);
  CHECK(bench.all_asked() < 400);
  // What is higher up has lost nothing.
  CHECK(bench.status(bench.path_to("zone.test.")) == Status::secure);
}

TEST_CASE("path: links are bounded in number") {
  PathBench bench;
  bench.max_links = 8;
  for (int i = 0; i < 30; ++i) {
    bench.path_to(("n" + std::to_string(i) + ".test.").c_str());
    CHECK(bench.paths->size() <= 8);
  }
  CHECK(bench.status(bench.path_to("zone.test.")) == Status::secure);
}

TEST_CASE("path: to the zone that holds the addresses of a name") {
  PathBench bench;
  const auto to_addresses = [&](const char* which, RRType type = RRType::a) {
    PathAsker& asker = bench.asker();
    const dns::SteadyTime deadline = bench.in(20s);
    const dns::Resolution resolution =
        bench.run(bench.resolver->resolve(name(which), type, deadline));
    return bench.run(asker.path_to_addresses(resolution, deadline));
  };
  SECTION("signed") {
    const Path path = to_addresses("ns.other.test.");
    CHECK(zones_of(path) == "other.test <- test <- .");
    CHECK(bench.status(path) == Status::secure);
  }
  SECTION("a denial") {
    CHECK(zones_of(to_addresses("ns.other.test.", RRType::aaaa)) == "other.test <- test <- .");
  }
  SECTION("signed, by servers that are known for the zone above") {
    const Path path = to_addresses("host.sub.zone.test.");
    CHECK(zones_of(path) == "sub.zone.test <- zone.test <- test <- .");
    CHECK(bench.status(path) == Status::secure);
  }
  SECTION("unsigned, by servers that are known for the signed zone above") {
    const Path path = to_addresses("ns.open.zone.test.");
    CHECK(zones_of(path) == "open.zone.test <- zone.test <- test <- .");
    CHECK(bench.status(path) == Status::insecure);
  }
  SECTION("unsigned in a signed zone") {
    std::erase_if(bench.other->records, [](const dns::Record& record) {
      return record.type == RRType::rrsig && record.owner == name("ns.other.test.");
    });
    CHECK(zones_of(to_addresses("ns.other.test.")) == "other.test <- test <- .");
  }
  SECTION("not when it cannot be resolved") {
    bench.world.server(kOther).answers_udp = false;
    CHECK_FALSE(to_addresses("ns.other.test."));
  }
}
