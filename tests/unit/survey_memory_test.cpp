// What a survey keeps: equal responses once, and the way to an address only where it tells of a
// fault.
#include <memory>
#include <string>
#include <utility>

#include "survey/memory.hpp"
#include "survey/sharing.hpp"
#include "tests/catch.hpp"
#include "tests/unit/survey_bench.hpp"

namespace {

using namespace survey;
using namespace survey_test;
using namespace std::chrono_literals;
using dns::ResolutionResult;
using support::ip;
using support::name;

}  // namespace

TEST_CASE("equal responses are kept once") {
  const auto exchange = [](std::uint16_t id, const char* lines) {
    auto message = std::make_shared<dns::Message>();
    message->id = id;
    message->wire_size = 100;
    message->answer = support::fake_zone(".", lines).records;
    auto made = std::make_shared<dns::Exchange>();
    made->outcome = dns::Outcome::answered;
    made->response = message;
    made->server.address = ip("192.0.2." + std::to_string(id));
    return made;
  };
  ResponsePool pool;
  const auto first = pool.share(exchange(1, "a. NS x.\n a. NS y."));
  const auto turned = pool.share(exchange(2, "a. NS y.\n a. NS x."));
  const auto other = pool.share(exchange(3, "a. NS x.\n a. NS z."));
  const auto other_case = pool.share(exchange(4, "a. NS x.\n A. NS y."));
  CHECK(turned->response == first->response);
  CHECK(turned->server.address == ip("192.0.2.2"));
  CHECK(other->response != first->response);
  CHECK(other_case->response != first->response);
  CHECK(pool.share(first) == first);
  CHECK(pool.share(std::shared_ptr<const dns::Exchange>{}) == nullptr);
}

TEST_CASE("what led to an ordinary address is let go, what led to a fault is not") {
  using R = ResolutionResult;
  bool proof_wanted = false;
  const auto kept = [&](dns::Resolution a, dns::Resolution aaaa) {
    ZoneMemory memory;
    NameMemory& ns = memory.state().names[name("ns.")];
    ns.a = std::move(a);
    ns.aaaa = std::move(aaaa);
    ns.a.last = std::make_shared<dns::Exchange>();
    ns.aaaa.last = ns.a.last;
    ns.proof_wanted = proof_wanted;
    memory.state().grown = true;
    make_compact(memory.state());
    return std::pair(ns.a.last != nullptr, ns.aaaa.last != nullptr);
  };
  CHECK(kept(resolved(R::ok, "198.41.0.4"), resolved(R::nodata)) == std::pair(false, false));
  CHECK(kept(resolved(R::nodata), resolved(R::nodata)) == std::pair(true, true));
  CHECK(kept(resolved(R::ok, "10.0.0.1"), resolved(R::timeout)) == std::pair(true, true));
  dns::Resolution alias = resolved(R::ok, "198.41.0.4");
  alias.aliases = {name("target.")};
  CHECK(kept(alias, resolved(R::nxdomain)) == std::pair(true, true));
  proof_wanted = true;
  CHECK(kept(resolved(R::ok, "198.41.0.4"), resolved(R::nodata)) == std::pair(true, true));
}

TEST_CASE("that no server has CDS, CSYNC or ZONEMD records is forgotten, that one has is not") {
  const auto answer = [](QuestionId id, const char* lines, bool answered = true) {
    auto message = std::make_shared<dns::Message>();
    message->aa = true;
    message->answer = support::fake_zone("zone.test.", lines).records;
    auto made = std::make_shared<dns::Exchange>();
    made->outcome = answered ? dns::Outcome::answered : dns::Outcome::timeout;
    if (answered) made->response = message;
    Answer kept;
    kept.id = id;
    kept.exchange.first = made;
    return kept;
  };
  const auto kept = [](const ZoneMemory::State& state, const char* address) {
    std::string ids;
    for (const Answer& one : state.addresses.at(ip(address)).slow) {
      ids += std::string(to_text(one.id)) + " ";
    }
    return ids;
  };
  ZoneMemory memory;
  ZoneMemory::State& state = memory.state();
  std::vector<Answer>& first = state.addresses[ip("192.0.2.1")].slow;
  std::vector<Answer>& second = state.addresses[ip("192.0.2.2")].slow;
  state.grown = true;
  const char* const none = "";
  for (std::vector<Answer>* const slow : {&first, &second}) {
    *slow = {answer(QuestionId::options, none), answer(QuestionId::cds, none),
             answer(QuestionId::cdnskey, none), answer(QuestionId::csync, none),
             answer(QuestionId::zonemd, none)};
  }
  SECTION("none has any") {
    make_compact(state);
    CHECK(kept(state, "192.0.2.1") == "options ");
    CHECK(kept(state, "192.0.2.2") == "options ");
  }
  SECTION("one has CDNSKEY: that the other has none, and that there are no CDS, counts") {
    second[2] = answer(QuestionId::cdnskey, "zone.test. TXT any");
    make_compact(state);
    CHECK(kept(state, "192.0.2.1") == "options cds cdnskey ");
    CHECK(kept(state, "192.0.2.2") == "options cds cdnskey ");
  }
  SECTION("one did not answer: it may have some") {
    second[3] = answer(QuestionId::csync, none, false);
    make_compact(state);
    CHECK(kept(state, "192.0.2.1") == "options csync ");
  }
}
