// A small DNS that is signed with real keys, and a PathAsker that asks it.
#pragma once

#include <memory>
#include <optional>

#include "survey/path.hpp"
#include "tests/catch.hpp"
#include "tests/support/dns_bench.hpp"
#include "tests/unit/signed_zone.hpp"

namespace path_test {

using namespace std::chrono_literals;
using dns::RRType;
using dns::dnssec::Status;
using support::ip;
using support::name;
using survey::Path;
using survey::PathAsker;

inline constexpr const char* kRoot = "127.55.0.1";
inline constexpr const char* kParent1 = "127.55.0.2";
inline constexpr const char* kParent2 = "127.55.0.3";
inline constexpr const char* kServer = "127.55.1.1";
inline constexpr const char* kOther = "127.55.1.2";

// The root; `test.` on two servers; `zone.test.` with `sub.zone.test.` and the unsigned
// `open.zone.test.` below it, all three on one server; `other.test.` and the unsigned `plain.test.`
// on another. What is called signed has its DS records in place.
class PathBench : public support::DnsBench {
 public:
  PathBench() {
    root = world.serve(kRoot, ".", R"(
      . SOA 1
      . NS a.root.
      a.root. A 127.55.0.1
      test. NS p1.test.
      test. NS p2.test.
      p1.test. A 127.55.0.2
      p2.test. A 127.55.0.3
    )");
    tld = world.serve(kParent1, "test.", R"(
      test. SOA 1
      test. NS p1.test.
      test. NS p2.test.
      p1.test. A 127.55.0.2
      p2.test. A 127.55.0.3
      zone.test. NS ns.zone.test.
      ns.zone.test. A 127.55.1.1
      other.test. NS ns.other.test.
      ns.other.test. A 127.55.1.2
      plain.test. NS ns.other.test.
    )");
    world.serve(kParent2, tld);
    zone = world.serve(kServer, "zone.test.", R"(
      zone.test. SOA 1
      zone.test. NS ns.zone.test.
      ns.zone.test. A 127.55.1.1
      sub.zone.test. NS ns.zone.test.
      open.zone.test. NS ns.zone.test.
      deep.sub.zone.test. TXT hidden
    )");
    sub = world.serve(kServer, "sub.zone.test.", R"(
      sub.zone.test. SOA 1
      sub.zone.test. NS ns.zone.test.
      host.sub.zone.test. A 127.55.9.1
      deep.sub.zone.test. NS ns.zone.test.
    )");
    deep = world.serve(kServer, "deep.sub.zone.test.", R"(
      deep.sub.zone.test. SOA 1
      deep.sub.zone.test. NS ns.zone.test.
    )");
    world.serve(kServer, "open.zone.test.", R"(
      open.zone.test. SOA 1
      open.zone.test. NS ns.zone.test.
      ns.open.zone.test. A 127.55.9.1
    )");
    other = world.serve(kOther, "other.test.", R"(
      other.test. SOA 1
      other.test. NS ns.other.test.
      ns.other.test. A 127.55.1.2
    )");
    world.serve(kOther, "plain.test.", R"(
      plain.test. SOA 1
      plain.test. NS ns.other.test.
      below.plain.test. NS ns.other.test.
    )");
    world.serve(kOther, "below.plain.test.", R"(
      below.plain.test. SOA 1
      below.plain.test. NS ns.other.test.
    )");
    root->records.push_back(tld_key.ds());
    tld->records.push_back(zone_key.ds());
    tld->records.push_back(other_key.ds());
    zone->records.push_back(sub_key.ds());
    sub->records.push_back(deep_key.ds());
    sign_all();
    CHECK(anchors.add(root_key.ds()));
  }

  tests::Seconds today() const { return std::chrono::floor<std::chrono::seconds>(clock.wall()); }

  void sign_all() {
    sign(*root, root_key, 30 * 24h);
    sign(*tld, tld_key, 30 * 24h);
    sign(*zone, zone_key, 30 * 24h);
    sign(*sub, sub_key, 30 * 24h);
    sign(*deep, deep_key, 30 * 24h);
    sign(*other, other_key, 30 * 24h);
  }

  void sign(support::FakeZone& which, const tests::SigningKey& key, std::chrono::seconds lasting) {
    tests::sign(which, key, today() - 24h, today() + lasting);
  }

  PathAsker& asker() {
    if (paths) return *paths;
    world.start();
    settings.hints = {{name("a.root."), {ip(kRoot)}}};
    settings.timeout = 250ms;
    settings.port = world.port();
    resolver.emplace(client, settings);
    paths.emplace(*resolver, clock, trust, max_links);
    return *paths;
  }

  Path path_to(const char* which, dns::Duration within = 20s) {
    PathAsker& asking = asker();
    return run(asking.path_to(name(which), in(within)));
  }

  Status status(const Path& path) { return paths->status_of(path); }

  std::size_t asked(const char* which, RRType type) {
    std::size_t count = 0;
    for (const char* address : {kRoot, kParent1, kParent2, kServer, kOther}) {
      count += world.server(address).asked(which, type);
    }
    return count;
  }

  std::size_t all_asked() {
    std::size_t count = 0;
    for (const char* address : {kRoot, kParent1, kParent2, kServer, kOther}) {
      count += world.server(address).seen.size();
    }
    return count;
  }

  void forget_queries() {
    for (const char* address : {kRoot, kParent1, kParent2, kServer, kOther}) {
      world.server(address).seen.clear();
    }
  }

  tests::SigningKey root_key{".", 13};
  tests::SigningKey tld_key{"test.", 13};
  tests::SigningKey zone_key{"zone.test.", 13};
  tests::SigningKey sub_key{"sub.zone.test.", 13};
  tests::SigningKey deep_key{"deep.sub.zone.test.", 13};
  tests::SigningKey other_key{"other.test.", 13};
  std::shared_ptr<support::FakeZone> root;
  std::shared_ptr<support::FakeZone> tld;
  std::shared_ptr<support::FakeZone> zone;
  std::shared_ptr<support::FakeZone> sub;
  std::shared_ptr<support::FakeZone> deep;
  std::shared_ptr<support::FakeZone> other;
  dns::dnssec::TrustAnchors anchors;
  dns::dnssec::Verifier verifier;
  const dns::dnssec::Trust trust{anchors, verifier};
  dns::ResolverSettings settings;
  std::size_t max_links = survey::kMaxLinks;
  std::optional<dns::Resolver> resolver;
  std::optional<PathAsker> paths;
};

}  // namespace path_test
