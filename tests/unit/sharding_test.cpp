// Which shard has which zone: always the same one, evenly, and with one shard more as few others as
// can be.
#include "exporter/sharding.hpp"

#include <cmath>
#include <string>
#include <vector>

#include "exporter/scheduler.hpp"
#include "tests/catch.hpp"

namespace {

using exporter::shard_of;

dns::Name name(const std::string& text) {
  return dns::Name::from_text(text).value();
}

/// Names as lists have them: customers by number, by word, reverse zones, children of one zone.
std::vector<dns::Name> many_names() {
  std::vector<dns::Name> names;
  for (unsigned i = 0; i < 5'000; ++i) {
    const std::string number = std::to_string(i);
    names.push_back(name("customer" + number + ".example"));
    names.push_back(name(number + ".test"));
    names.push_back(
        name(std::to_string(i % 256) + "." + std::to_string(i / 256) + ".10.in-addr.arpa"));
    names.push_back(name("z" + std::string(1, static_cast<char>('a' + i % 26)) + number +
                         ".some.where.example.com"));
  }
  return names;
}

/// Five standard deviations of how many of `count` things, each of which comes to pass with
/// `chance`, do so. Chance goes further in one case of 1.7 million; the tests here look some 400
/// times, and what they see never changes.
double five_sigma(std::size_t count, double chance) {
  return 5 * std::sqrt(static_cast<double>(count) * chance * (1 - chance));
}

bool is_near(std::size_t seen, std::size_t count, double chance) {
  return std::abs(static_cast<double>(seen) - static_cast<double>(count) * chance) <=
         five_sigma(count, chance);
}

}  // namespace

// From an implementation of its own in another language, whose mixing gives the published sequence
// of SplitMix64. Were one of these to change, exporters of two releases would disagree on zones.
TEST_CASE("shards: known answers") {
  struct Known {
    const char* zone;
    std::uint64_t weight_of_0;
    std::uint64_t weight_of_999;
    unsigned of_2, of_3, of_5, of_10, of_1000;
  };
  const Known known[] = {
      {".", 0xA706DD2F4D197E6FU, 0x9152D25D142CD0D7U, 1, 1, 4, 4, 502},
      {"com", 0xB9F1B6C49EC10AF2U, 0xEBE98104559781FDU, 0, 0, 0, 7, 584},
      {"example.com", 0x49716F6B488301C5U, 0x705EC423F3E17CE1U, 1, 1, 1, 1, 293},
      {"xn--p1ai", 0xEB0713C413C928CEU, 0xC109807537355F19U, 0, 0, 0, 0, 220},
      {"1.168.192.in-addr.arpa", 0x997E3FEE3FC1885AU, 0x548840102C9112F4U, 0, 0, 0, 6, 259},
  };
  for (const Known& each : known) {
    INFO(each.zone);
    const dns::Name zone = name(each.zone);
    CHECK(exporter::shard_weight(zone, 0) == each.weight_of_0);
    CHECK(exporter::shard_weight(zone, 999) == each.weight_of_999);
    CHECK(shard_of(zone, 1) == 0);
    CHECK(shard_of(zone, 2) == each.of_2);
    CHECK(shard_of(zone, 3) == each.of_3);
    CHECK(shard_of(zone, 5) == each.of_5);
    CHECK(shard_of(zone, 10) == each.of_10);
    CHECK(shard_of(zone, 1000) == each.of_1000);
  }
  CHECK(shard_of(name("EXAMPLE.Com."), 10) == shard_of(name("example.com"), 10));
}

TEST_CASE("shards: each has as many zones as the others") {
  const std::vector<dns::Name> names = many_names();
  for (const unsigned of : {2U, 3U, 7U, 50U, 300U}) {
    std::vector<std::size_t> zones(of);
    for (const dns::Name& zone : names) ++zones.at(shard_of(zone, of));
    for (unsigned shard = 0; shard < of; ++shard) {
      INFO(shard << " of " << of << ": " << zones[shard]);
      CHECK(is_near(zones[shard], names.size(), 1.0 / of));
    }
  }
}

TEST_CASE("shards: one more takes its share, and nothing else moves") {
  const std::vector<dns::Name> names = many_names();
  for (unsigned of = 1; of < 12; ++of) {
    std::size_t moved = 0;
    for (const dns::Name& zone : names) {
      const unsigned before = shard_of(zone, of);
      const unsigned after = shard_of(zone, of + 1);
      if (before == after) continue;
      ++moved;
      if (after != of) FAIL(zone.to_label() << " went from " << before << " to " << after);
    }
    INFO(of << " and one more: " << moved);
    CHECK(is_near(moved, names.size(), 1.0 / (of + 1)));
  }
}

TEST_CASE("shards: the zones of one are spread over the interval as all zones are") {
  constexpr unsigned kOf = 3;
  constexpr unsigned kTenths = 10;
  std::vector<std::size_t> all(kTenths);
  std::vector<std::size_t> ours(kTenths);
  for (const dns::Name& zone : many_names()) {
    const dns::Duration offset = exporter::Scheduler::offset(zone, std::chrono::seconds(kTenths));
    const auto tenth = static_cast<std::size_t>(offset / std::chrono::seconds(1));
    ++all.at(tenth);
    if (shard_of(zone, kOf) == 1) ++ours.at(tenth);
  }
  for (unsigned tenth = 0; tenth < kTenths; ++tenth) {
    INFO(ours[tenth] << " of " << all[tenth]);
    CHECK(is_near(ours[tenth], all[tenth], 1.0 / kOf));
  }
}

TEST_CASE("shards: where a zone is that is not here") {
  exporter::Sharding sharding{{0, 3}, {name("com"), name("example.com")}};
  CHECK(sharding.other_shard_of(name("Example.COM")) == 1U);
  CHECK_FALSE(sharding.other_shard_of(name("example.net")));
}
