// What a report says of the chain of trust: the steps, who serves what, which link decided.
#include <algorithm>

#include "tests/catch.hpp"
#include "tests/unit/checks_cases.hpp"
#include "tests/unit/survey_builder.hpp"

using checks::ChainStep;
using dns::dnssec::AnchorStatus;
using dns::dnssec::SignatureStatus;
using dns::dnssec::Status;

namespace tests {

namespace {

using Report = std::shared_ptr<const checks::ZoneReport>;

const ChainStep& zone_step(const checks::ZoneReport& report) {
  return *report.chain.steps.back();
}

Report at_every_server(const std::function<void(dns::Message&)>& change) {
  survey::Survey survey = healthy();
  for (const survey::AddressObservation& seen : healthy().addresses) {
    for (const auto transport : {dns::Transport::udp, dns::Transport::tcp}) {
      edit_all(survey, seen.address.to_text(), transport,
               [&](dns::Exchange&, dns::Message& message) { change(message); });
    }
  }
  return judge_once(survey);
}

bool is_one_line(const std::string& text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\0'; });
}

}  // namespace

TEST_CASE("chain: a secure zone below its parent") {
  const Report report = judge_once(healthy());
  REQUIRE(report->chain.steps.size() == 2);
  CHECK(report->chain.deciding() == nullptr);
  const ChainStep& parent = *report->chain.steps[0];
  CHECK(parent.zone == name("test"));
  CHECK(parent.is_anchor);
  CHECK(parent.status == Status::secure);
  REQUIRE(parent.ds.size() == 1);
  CHECK(parent.ds[0].status == AnchorStatus::anchors);

  const ChainStep& zone = zone_step(*report);
  CHECK(zone.zone == name("example.test"));
  CHECK(zone.status == Status::secure);
  CHECK_FALSE(zone.is_anchor);
  CHECK_FALSE(zone.broken);
  CHECK(zone.reason.empty());
  REQUIRE(zone.ds.size() == 1);
  CHECK(zone.ds[0].status == AnchorStatus::anchors);
  CHECK(zone.ds[0].algorithm == 13);
  CHECK(zone.ds[0].digest_type == 2);
  CHECK(zone.ds[0].digest.size() == 64);
  CHECK(zone.ds_from == ip("198.51.100.1"));
  REQUIRE(zone.ds_signature);
  CHECK(zone.ds_signature->status == SignatureStatus::valid);
  REQUIRE(zone.key_sets.size() == 1);
  CHECK(zone.key_sets[0].servers.size() == 6);
  CHECK(zone.key_sets[0].fault.empty());
  const std::vector<checks::ChainKey>& keys = zone.key_sets[0].keys;
  REQUIRE(keys.size() == 2);
  CHECK(keys[0].tag == zone.ds[0].key_tag);
  CHECK(keys[0].trusted);
  CHECK(keys[0].flags == 257);
  CHECK(keys[0].signature.status == SignatureStatus::valid);
  CHECK(keys[0].signature.expiration.time_since_epoch().count() == seconds_of(kNow) + 9 * 86400);
  CHECK(keys[1].flags == 256);
  CHECK_FALSE(keys[1].trusted);
  CHECK(keys[1].signature.status == SignatureStatus::missing);
}

TEST_CASE("chain: servers that fail differently stand apart") {
  survey::Survey survey = healthy();
  set_signatures(survey, "192.0.2.2", -30 * 86400, -3600);
  const Report report = judge_once(survey);
  const ChainStep& zone = zone_step(*report);
  CHECK(zone.status == Status::secure);
  CHECK_FALSE(zone.decides);
  REQUIRE(zone.key_sets.size() == 2);
  const bool first_good = zone.key_sets[0].fault.empty();
  const checks::ChainKeySet& good = zone.key_sets[first_good ? 0 : 1];
  const checks::ChainKeySet& bad = zone.key_sets[first_good ? 1 : 0];
  CHECK(good.fault.empty());
  CHECK(good.servers.size() == 5);
  REQUIRE(bad.servers.size() == 1);
  CHECK(report->servers[bad.servers[0]].address == ip("192.0.2.2"));
  CHECK(bad.fault.find("expired") != std::string::npos);
  CHECK(bad.keys[0].signature.status == SignatureStatus::expired);
}

TEST_CASE("chain: without DS an island when it is signed, and insecure in any case") {
  World world;
  world.ds = false;
  const Report island = judge_once(world.build());
  CHECK(zone_step(*island).status == Status::insecure);
  CHECK(zone_step(*island).is_island);
  CHECK(zone_step(*island).decides);
  CHECK_FALSE(zone_step(*island).broken);
  CHECK(zone_step(*island).reason.find("proves by NSEC that it has no DS") != std::string::npos);
  CHECK(zone_step(*island).reason.find("island of security") != std::string::npos);
  CHECK(zone_step(*island).ds.empty());
  CHECK_FALSE(zone_step(*island).key_sets.front().keys.empty());
  CHECK(zone_step(*island).key_sets.front().fault.empty());

  world.is_signed = false;
  const Report plain = judge_once(world.build());
  CHECK(zone_step(*plain).status == Status::insecure);
  CHECK_FALSE(zone_step(*plain).is_island);
  CHECK(zone_step(*plain).reason == "Its parent proves by NSEC that it has no DS.");
}

TEST_CASE("chain: a DS that leads nowhere") {
  survey::Survey survey = healthy();
  for (survey::ParentServer& parent : survey.delegation.servers) {
    edit(parent.ds.first, [](dns::Exchange&, dns::Message& message) {
      for (dns::Record& one : message.answer) {
        if (one.type == dns::RRType::ds) one.rdata.back() ^= 1U;
      }
    });
  }
  const Report report = judge_once(survey);
  const ChainStep& zone = zone_step(*report);
  CHECK(report->dnssec == Status::bogus);
  CHECK(zone.broken);
  CHECK(report->chain.deciding() == &zone);
  CHECK(zone.ds.front().status == AnchorStatus::digest_differs);
  CHECK(zone.reason.find("On every server no DNSKEY record matches a DS record (of key ") == 0);
}

TEST_CASE("chain: more keys than anyone can read are counted") {
  const dns::Record zsk = zsk_record(name("example.test"));
  const Report report = at_every_server([&zsk](dns::Message& message) {
    if (message.question->qtype != dns::RRType::dnskey) return;
    dns::Record key = zsk;
    for (unsigned i = 1; i <= 40; ++i) {
      key.rdata.back() = static_cast<std::uint8_t>(zsk.rdata.back() ^ i);  // none twice
      message.answer.insert(message.answer.begin(), key);
    }
  });
  const ChainStep& zone = zone_step(*report);
  REQUIRE(zone.key_sets.size() == 1);
  CHECK(zone.key_sets[0].keys.size() == checks::kMaxChainKeys);
  CHECK(zone.key_sets[0].keys_left_out + checks::kMaxChainKeys >= 42);
  CHECK(zone.key_sets[0].keys[0].trusted);  // what matters is among those that are kept
}

TEST_CASE("chain: every case has one, that fits its verdict") {
  for (const Case& one : all_cases()) {
    CAPTURE(one.title);
    const Report report = one.run();
    const auto& steps = report->chain.steps;
    if (one.check == "con-shared-address") continue;  // of the fleet, not of judge()
    REQUIRE_FALSE(steps.empty());
    CHECK(steps.size() <= checks::kMaxChainSteps);
    CHECK(steps.back()->zone == report->zone);
    CHECK(steps.back()->status == report->dnssec);
    CHECK((report->chain.deciding() == nullptr) == (report->dnssec == Status::secure));
    CHECK(std::count_if(steps.begin(), steps.end(), [](const auto& s) { return s->decides; }) <= 1);
    for (const auto& step : steps) {
      CHECK((step->status == Status::secure || !step->decides || !step->reason.empty()));
      CHECK((!step->broken || step->decides));
      CHECK(is_one_line(step->reason));
      CHECK(step->ds.size() <= checks::kMaxChainDs);
      CHECK(step->key_sets.size() <= checks::kMaxChainKeySets);
      for (const checks::ChainKeySet& set : step->key_sets) {
        CHECK(set.keys.size() <= checks::kMaxChainKeys);
        for (const std::uint16_t index : set.servers) CHECK(index < report->servers.size());
      }
    }
  }
}

TEST_CASE("chain: a break above is the ancestor's") {
  const auto cases = chain_cases();
  const auto broken = std::find_if(
      cases.begin(), cases.end(), [](const Case& one) { return one.title == "a broken ancestor"; });
  REQUIRE(broken != cases.end());
  const Report report = broken->run();
  REQUIRE(report->chain.steps.size() == 3);
  CHECK(report->chain.steps[0]->status == Status::secure);
  CHECK(report->chain.steps[1]->broken);
  CHECK(report->chain.deciding() == report->chain.steps[1].get());
  const ChainStep& zone = zone_step(*report);
  CHECK(zone.status == Status::bogus);
  CHECK_FALSE(zone.broken);
  CHECK(zone.reason == "The chain of trust is broken above it, at test.");
}

TEST_CASE("chain: equal ancestors are one copy, others are not") {
  checks::ChainMemory memory;
  ChainStep step;
  step.zone = name("test");
  step.status = Status::secure;
  const auto first = memory.shared(ChainStep(step));
  CHECK(memory.shared(ChainStep(step)) == first);
  step.status = Status::bogus;
  const auto other = memory.shared(ChainStep(step));
  CHECK(other != first);
  CHECK(*other == step);
  for (int i = 0; i < 5000; ++i) {  // more zones than it keeps: it still answers
    step.zone = name("n" + std::to_string(i) + ".test");
    CHECK(memory.shared(ChainStep(step))->zone == step.zone);
  }
}

}  // namespace tests
