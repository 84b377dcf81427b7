// Histories in memory: what is kept, what is forgotten, and the bound on zones that are not
// configured.
#include "exporter/history_memory.hpp"

#include <string>

#include "tests/catch.hpp"

namespace {

using exporter::MemoryHistoryStore;

dns::Name name(const std::string& text) {
  return dns::Name::from_text(text).value();
}

std::shared_ptr<const checks::History> history(std::uint64_t rounds) {
  auto made = std::make_shared<checks::History>();
  made->rounds = rounds;
  return made;
}

}  // namespace

TEST_CASE("an unknown zone has an empty history, never null") {
  const MemoryHistoryStore store;
  REQUIRE(store.load(name("example.com")) != nullptr);
  REQUIRE(store.load(name("example.com"))->rounds == 0);
}

TEST_CASE("a saved history is loaded again, whatever the case of the name") {
  MemoryHistoryStore store;
  store.configure({name("example.com")});
  store.save(name("example.com"), history(7));
  REQUIRE(store.load(name("EXAMPLE.com"))->rounds == 7);
  store.forget(name("example.com"));
  REQUIRE(store.load(name("example.com"))->rounds == 0);
  REQUIRE(store.size() == 0);
}

TEST_CASE("a reload keeps the histories of zones that stay and drops those that go") {
  MemoryHistoryStore store(10);
  store.configure({name("a.test"), name("b.test")});
  store.save(name("a.test"), history(1));
  store.save(name("b.test"), history(2));
  store.configure({name("b.test"), name("c.test")});
  REQUIRE(store.load(name("a.test"))->rounds == 0);
  REQUIRE(store.load(name("b.test"))->rounds == 2);
  REQUIRE(store.size() == 1);
}

TEST_CASE("zones that are not configured are bounded, the least recently used goes first") {
  MemoryHistoryStore store(2);
  store.configure({name("configured.test")});
  store.save(name("configured.test"), history(9));
  store.save(name("a.test"), history(1));
  store.save(name("b.test"), history(2));
  REQUIRE(store.load(name("a.test"))->rounds == 1);  // a is now the more recent one
  store.save(name("c.test"), history(3));
  REQUIRE(store.load(name("a.test"))->rounds == 1);
  REQUIRE(store.load(name("b.test"))->rounds == 0);
  REQUIRE(store.load(name("c.test"))->rounds == 3);
  store.save(name("a.test"), history(4));  // saving counts as use too
  store.save(name("d.test"), history(5));
  REQUIRE(store.load(name("a.test"))->rounds == 4);
  REQUIRE(store.load(name("c.test"))->rounds == 0);
  REQUIRE(store.load(name("configured.test"))->rounds == 9);
  REQUIRE(store.size() == 3);
}

TEST_CASE("a zone surveyed on demand keeps its history when it becomes configured") {
  MemoryHistoryStore store(1);
  store.save(name("a.test"), history(1));
  store.configure({name("a.test")});
  store.save(name("b.test"), history(2));
  store.save(name("c.test"), history(3));
  REQUIRE(store.load(name("a.test"))->rounds == 1);
  REQUIRE(store.load(name("b.test"))->rounds == 0);
  store.forget(name("c.test"));
  store.save(name("d.test"), history(4));
  REQUIRE(store.load(name("d.test"))->rounds == 4);
  REQUIRE(store.size() == 2);
}
