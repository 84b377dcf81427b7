// Random worlds: made from the seed alone, buildable, and as varied as they are meant to be.
#include "tests/lab/random_world.hpp"

#include <set>

#include "tests/catch.hpp"
#include "tests/lab/build.hpp"

namespace {

constexpr std::size_t kParents = 4;  // with the root

std::string change_of(const lab::WorldZone& zone) {
  return zone.title.substr(zone.title.find(" | ") + 3);
}

}  // namespace

TEST_CASE("a random zone follows from the seed and its number") {
  const lab::World few = lab::random_world(7, 5);
  const lab::World many = lab::random_world(7, 40);
  REQUIRE(few.zones.size() == kParents + 5);
  for (std::size_t i = kParents; i < few.zones.size(); ++i) {
    CHECK(few.zones[i].zone == many.zones[i].zone);
    CHECK(few.zones[i].title == many.zones[i].title);
    CHECK(few.zones[i].records == many.zones[i].records);
  }
  CHECK(lab::random_world(8, 5).zones[kParents].title != few.zones[kParents].title);
}

TEST_CASE("random worlds are built, and mutate only zones that they have") {
  const lab::World world = lab::random_world(3, 60);
  std::set<dns::Name> names;
  for (const auto& zone : world.zones) names.insert(zone.zone);
  CHECK(names.size() == world.zones.size());
  for (const auto& [zone, mutation] : world.mutations) CHECK(names.contains(zone));
  lab::BuildOptions options;
  options.now = std::chrono::sys_seconds(std::chrono::seconds(1'800'000'000));
  const auto plan = lab::build_world(world, options);
  if (!plan) FAIL(plan.error().sentence);
  for (const auto& [address, script] : plan->scripted) {
    CHECK(script.mutations->size() == world.mutations.size());
  }
}

TEST_CASE("in many random zones every mutation comes up") {
  const lab::World world = lab::random_world(1, 20'000);
  std::set<std::string> seen;
  for (std::size_t i = kParents; i < world.zones.size(); ++i) {
    const std::string change = change_of(world.zones[i]);
    if (world.mutations.contains(world.zones[i].zone)) seen.insert(change);
    if (change.rfind("edit: ", 0) == 0) CHECK(world.zones[i].edits.size() == 1);
    if (change.rfind("keys: ", 0) == 0) CHECK_FALSE(world.zones[i].keys.empty());
  }
  std::size_t possible = 0;
  for (int i = 0; i <= static_cast<int>(lab::MutationTarget::wildcard); ++i) {
    possible += lab::kinds_for(static_cast<lab::MutationTarget>(i)).size();
  }
  CHECK(seen.size() == possible);
}
