// The path of trust, judged: three zones signed at test time with one thing wrong each.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "dns/dnssec_path.hpp"
#include "tests/catch.hpp"
#include "tests/unit/dnssec_dates.hpp"
#include "tests/unit/dnssec_zone.hpp"

namespace {

using dns::dnssec::ChainReason;
using dns::dnssec::DsReason;
using dns::dnssec::PathVerdict;
using dns::dnssec::PathZone;
using dns::dnssec::Status;
using tests::operator+;

using tests::kExpiration;
using tests::kInception;
using tests::kNow;

std::shared_ptr<const dns::Exchange> answered(dns::Message message) {
  dns::Exchange exchange;
  exchange.outcome = dns::Outcome::answered;
  exchange.response = std::make_shared<const dns::Message>(std::move(message));
  return std::make_shared<const dns::Exchange>(std::move(exchange));
}

dns::Message answer(std::vector<dns::Record> records) {
  dns::Message message;
  message.aa = true;
  message.answer = std::move(records);
  return message;
}

dns::Message denial(std::vector<dns::Record> authority, dns::Rcode rcode = dns::Rcode::noerror) {
  dns::Message message;
  message.aa = true;
  message.rcode = rcode;
  message.authority = std::move(authority);
  return message;
}

/// A root, "tld." and "zone.tld.", each with one key, asked in all the right ways.
struct World {
  tests::SigningKey root{".", 13};
  tests::SigningKey tld{"tld.", 13};
  tests::SigningKey zone{"zone.tld.", 13};
  dns::dnssec::TrustAnchors anchors;
  dns::dnssec::Verifier verifier;

  PathZone root_link{tests::name("."), nullptr, nullptr, answered(keys_of(root))};
  PathZone tld_link{tests::name("tld."), nullptr, answered(ds_of(tld, root)),
                    answered(keys_of(tld))};
  PathZone zone_link{tests::name("zone.tld."), nullptr, answered(ds_of(zone, tld)),
                     answered(keys_of(zone))};

  World() { REQUIRE(anchors.add(root.ds())); }

  static std::vector<dns::Record> signed_by(const tests::SigningKey& key,
                                            std::vector<dns::Record> records) {
    dns::Record signature = key.sign(records, kInception, kExpiration);
    records.push_back(std::move(signature));
    return records;
  }
  static dns::Message keys_of(const tests::SigningKey& key) {
    return answer(signed_by(key, {key.dnskey()}));
  }
  static dns::Message ds_of(const tests::SigningKey& child, const tests::SigningKey& parent) {
    return answer(signed_by(parent, {child.ds()}));
  }

  PathVerdict judge(tests::Seconds now = kNow) {
    PathZone tld_copy = tld_link;
    tld_copy.above = std::make_shared<const PathZone>(root_link);
    PathZone zone_copy = zone_link;
    zone_copy.above = std::make_shared<const PathZone>(std::move(tld_copy));
    return judge_path(std::make_shared<const PathZone>(std::move(zone_copy)), {anchors, verifier},
                      now);
  }
};

std::string statuses(const PathVerdict& verdict) {
  std::string out;
  for (const dns::dnssec::PathStep& step : verdict.steps) {
    out += (out.empty() ? "" : " ") + std::string(to_text(step.status));
  }
  return out + " = " + std::string(to_text(verdict.status));
}

}  // namespace

TEST_CASE("path: every link signed is secure, and gives the last zone's keys") {
  World world;
  const PathVerdict verdict = world.judge();
  CHECK(statuses(verdict) == "secure secure secure = secure");
  CHECK_FALSE(verdict.decided_at);
  CHECK(verdict.steps[0].is_anchor);
  CHECK(verdict.steps[2].ds->reason == DsReason::valid);
  REQUIRE(verdict.keys().keys.size() == 1);
  CHECK(verdict.keys().keys[0].tag == world.zone.tag());
}

TEST_CASE("path: a delegation without DS is insecure only with proof") {
  World world;
  const dns::Name owner = tests::name("zone.tld.");
  const dns::Name next = tests::name("zz.tld.");
  const auto nsec = [&](const tests::Types& types) {
    return World::signed_by(world.tld, {tests::nsec_record(owner, next, types)});
  };
  const tests::Types delegation{dns::RRType::ns, dns::RRType::rrsig, dns::RRType::nsec};
  const tests::Types no_cut{dns::RRType::a, dns::RRType::rrsig, dns::RRType::nsec};

  SECTION("proven") {
    world.zone_link.ds = answered(denial(nsec(delegation)));
    const PathVerdict verdict = world.judge();
    CHECK(statuses(verdict) == "secure secure insecure = insecure");
    CHECK(verdict.decided_at == 2U);
    CHECK(verdict.steps[2].ds->reason == DsReason::absence_proven);
    CHECK_FALSE(verdict.steps[2].keys);
  }
  SECTION("proven in a referral") {
    const std::vector<dns::Record> ns = tests::records("zone.tld. 300 IN NS ns.example.\n");
    dns::Message referral = denial(ns + nsec(delegation));
    referral.aa = false;
    world.zone_link.ds = answered(referral);
    CHECK(world.judge().steps[2].ds->reason == DsReason::absence_proven);
  }
  SECTION("not proven") {
    world.zone_link.ds = answered(denial({}));
    const PathVerdict verdict = world.judge();
    CHECK(statuses(verdict) == "secure secure bogus = bogus");
    CHECK(verdict.steps[2].ds->reason == DsReason::absence_not_proven);
  }
  SECTION("proven to be no delegation") {
    world.zone_link.ds = answered(denial(nsec(no_cut)));
    CHECK(world.judge().steps[2].ds->reason == DsReason::not_a_delegation);
    CHECK(world.judge().status == Status::bogus);
  }
  SECTION("proven not to exist") {
    const auto cover = World::signed_by(
        world.tld, {tests::nsec_record(tests::name("tld."), next,
                                       {dns::RRType::soa, dns::RRType::ns, dns::RRType::nsec})});
    world.zone_link.ds = answered(denial(cover, dns::Rcode::nxdomain));
    CHECK(world.judge().steps[2].ds->reason == DsReason::not_a_delegation);
  }
}

TEST_CASE("path: what is broken in the middle decides for everything below") {
  World world;
  SECTION("DS with a corrupted signature") {
    dns::Message message = World::ds_of(world.tld, world.root);
    message.answer.back().rdata.back() ^= 1U;
    world.tld_link.ds = answered(message);
    const PathVerdict verdict = world.judge();
    CHECK(statuses(verdict) == "secure bogus bogus = bogus");
    CHECK(verdict.decided_at == 1U);
    CHECK(verdict.steps[1].ds->reason == DsReason::not_signed);
    CHECK(verdict.steps[1].ds->rrset->reason == dns::dnssec::SignatureStatus::crypto_failed);
    CHECK_FALSE(verdict.steps[2].ds);  // nothing to judge it by
  }
  SECTION("DS of another key") {
    const tests::SigningKey other("tld.", 13);
    world.tld_link.ds = answered(World::ds_of(other, world.root));
    const PathVerdict verdict = world.judge();
    CHECK(statuses(verdict) == "secure bogus bogus = bogus");
    CHECK(verdict.steps[1].keys->reason == ChainReason::no_key_matches);
  }
  SECTION("an unsigned zone with DS") {
    world.tld_link.dnskey = answered(denial({}));
    CHECK(world.judge().steps[1].keys->reason == ChainReason::no_dnskeys);
    CHECK(world.judge().status == Status::bogus);
  }
  SECTION("DNSKEY without an answer") {
    world.tld_link.dnskey = nullptr;
    CHECK(statuses(world.judge()) == "secure indeterminate indeterminate = indeterminate");
  }
  SECTION("DS answered with SERVFAIL") {
    world.tld_link.ds = answered(denial({}, dns::Rcode::servfail));
    const PathVerdict verdict = world.judge();
    CHECK(statuses(verdict) == "secure indeterminate indeterminate = indeterminate");
    CHECK(verdict.steps[1].ds->reason == DsReason::no_answer);
  }
  SECTION("DS got only without DO, after timeouts") {
    dns::Message message = World::ds_of(world.tld, world.root);
    message.answer.pop_back();
    dns::Exchange exchange = *answered(message);
    exchange.question.edns.reset();
    exchange.attempts_timed_out = 2;
    world.tld_link.ds = std::make_shared<const dns::Exchange>(std::move(exchange));
    CHECK(statuses(world.judge()) == "secure indeterminate indeterminate = indeterminate");
  }
  SECTION("only a digest that nobody can compute") {
    dns::Record ds = world.tld.ds();
    ds.rdata[3] = 200;
    world.tld_link.ds = answered(answer(World::signed_by(world.root, {ds})));
    const PathVerdict verdict = world.judge();
    CHECK(statuses(verdict) == "secure insecure insecure = insecure");
    CHECK(verdict.steps[1].ds->reason == DsReason::no_supported_ds);
  }
}

TEST_CASE("path: time is a parameter") {
  World world;
  CHECK(world.judge(kExpiration).status == Status::secure);
  const PathVerdict late = world.judge(kExpiration + std::chrono::seconds(1));
  CHECK(late.steps[0].status == Status::bogus);
  CHECK(late.steps[0].keys->valid_until == kExpiration);
}

TEST_CASE("path: when the anchor itself does not validate nothing can be told") {
  World world;
  const tests::SigningKey other(".", 13);
  world.root_link.dnskey = answered(World::keys_of(other));
  const PathVerdict verdict = world.judge();
  CHECK(statuses(verdict) == "bogus indeterminate indeterminate = indeterminate");
  CHECK(verdict.decided_at == 0U);
}

TEST_CASE("path: it begins at the deepest anchor") {
  World world;
  SECTION("the zones above do not matter") {
    REQUIRE(world.anchors.add(world.tld.ds()));
    world.root_link.dnskey = nullptr;
    CHECK(statuses(world.judge()) == "secure secure = secure");
  }
  SECTION("an anchor that is the key itself") {
    REQUIRE(world.anchors.add(world.zone.dnskey()));
    CHECK(statuses(world.judge()) == "secure = secure");
  }
  SECTION("none at all") {
    world.anchors = {};
    CHECK(statuses(world.judge()) == " = indeterminate");
    CHECK(dns::dnssec::judge_path(nullptr, {world.anchors, world.verifier}, kNow).status ==
          Status::indeterminate);
  }
}

TEST_CASE("path: every DsReason has a text of its own") {
  std::set<std::string_view> texts;
  for (int i = 0; i <= static_cast<int>(DsReason::not_a_delegation); ++i) {
    CHECK(texts.insert(to_text(static_cast<DsReason>(i))).second);
  }
}
