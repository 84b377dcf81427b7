// A small DNS to be resolved in, and what the resolver's tests read from its results.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dns/resolver.hpp"
#include "tests/support/dns_bench.hpp"

namespace resolver_test {

inline constexpr const char* kRoot = "127.53.0.1";
inline constexpr const char* kTest = "127.53.0.2";
inline constexpr const char* kZone = "127.53.1.1";   ///< serves nothing until a test says so
inline constexpr const char* kOther = "127.53.1.2";  ///< neither does this

/// What every test starts from: the root, and `test.` below it.
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
    settings.hints = {{support::name("a.root."), {support::ip(kRoot)}}};
    settings.timeout = std::chrono::milliseconds(250);
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

  dns::Resolution resolve(const char* qname, dns::RRType type = dns::RRType::a,
                          dns::Duration within = std::chrono::seconds(20)) {
    return run(resolver().resolve(support::name(qname), type, in(within)));
  }

  dns::ParentSearch find_parent(const char* zone) {
    return run(resolver().find_parent(support::name(zone), in(std::chrono::seconds(20))));
  }

  /// How many queries came to the server.
  std::size_t asked(const char* address) { return world.server(address).seen.size(); }

  std::shared_ptr<support::FakeZone> root;
  std::shared_ptr<support::FakeZone> tld;
  dns::ResolverSettings settings;

 private:
  std::optional<dns::Resolver> resolver_;
};

using Texts = std::vector<std::string>;

inline Texts labels(const std::vector<dns::Name>& names) {
  Texts all;
  for (const dns::Name& each : names) all.push_back(each.to_label());
  return all;
}

inline Texts texts(const std::vector<dns::IpAddress>& addresses) {
  Texts all;
  for (const dns::IpAddress& address : addresses) all.push_back(address.to_text());
  return all;
}

}  // namespace resolver_test
