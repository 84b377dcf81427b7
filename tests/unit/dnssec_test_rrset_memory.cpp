// RRsets that come again in the same words are not judged again; whatever differs is.
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "dns/dnssec_rrset_memory.hpp"
#include "tests/catch.hpp"
#include "tests/unit/dnssec_dates.hpp"
#include "tests/unit/dnssec_signer.hpp"

namespace {

using dns::Record;
using dns::dnssec::KeySet;
using dns::dnssec::RrsetVerdict;
using dns::dnssec::Seconds;
using dns::dnssec::SignatureStatus;
using dns::dnssec::WorkBudget;
using tests::kExpiration;
using tests::kInception;
using tests::kNow;
using tests::name;
using tests::records;
using tests::SigningKey;
using tests::operator+;

constexpr std::chrono::seconds kSecond{1};

const SigningKey& zone_key() {
  static const SigningKey key("example.", 13, SigningKey::kZsk);
  return key;
}

KeySet published() {
  return dns::dnssec::make_key_set(name("example."),
                                   tests::pointers(std::vector<Record>{zone_key().dnskey()}));
}

/// What one server gives: two addresses and their signature.
std::vector<Record> given() {
  const std::vector<Record> rrset = records(
      "www.example. 300 IN A 192.0.2.1\n"
      "www.example. 300 IN A 192.0.2.2\n");
  std::vector<Record> section = rrset;
  section.push_back(zone_key().sign(rrset, kInception, kExpiration));
  return section;
}

struct Judge {
  dns::dnssec::Verifier verifier;
  dns::dnssec::RrsetMemory memory;
  KeySet keys = published();
  WorkBudget work;

  RrsetVerdict operator()(const std::vector<Record>& section, Seconds now = kNow) {
    return judge(section, keys, now);
  }
  RrsetVerdict judge(const std::vector<Record>& section, const KeySet& by, Seconds now = kNow) {
    return dns::dnssec::validate_rrset(tests::rrset_of(section), by, now, verifier, work, &memory);
  }
  /// Verifications asked for, whether or not the Verifier remembered them.
  std::uint64_t asked() const {
    const auto counters = verifier.counters();
    return counters.cached + counters.valid + counters.invalid;
  }
};

}  // namespace

TEST_CASE("an RRset that comes again in the same words has the same verdict, judged once") {
  Judge judge;
  const std::vector<Record> first = given();
  std::vector<Record> second = first;
  SECTION("in the same order") {}
  SECTION("in another order, as servers turn it") {
    std::swap(second[0], second[1]);
  }
  const RrsetVerdict original = judge(first);
  const RrsetVerdict again = judge(second);
  CHECK(judge.asked() == 1);
  CHECK(original.is_secure());
  CHECK(again.status == original.status);
  CHECK(again.reason == original.reason);
  CHECK(again.valid_until == original.valid_until);
  CHECK(again.signatures.size() == 1);
  CHECK(again.signatures[0].key == original.signatures[0].key);
}

TEST_CASE("an RRset that differs is judged by itself") {
  Judge judge;
  const std::vector<Record> first = given();
  REQUIRE(judge(first).is_secure());
  std::vector<Record> second = first;

  SECTION("in one octet of the signature") {
    second.back().rdata.back() ^= 1U;
    CHECK(judge(second).reason == SignatureStatus::crypto_failed);
    CHECK(judge.asked() == 2);
  }
  SECTION("in the signature's TTL") {
    second.back().ttl = 299;
    const RrsetVerdict verdict = judge(second);
    CHECK(verdict.is_secure());
    CHECK(verdict.ttl_differs);
  }
  SECTION("in the TTL of the records") {
    second[0].ttl = second[1].ttl = second[2].ttl = 301;
    CHECK(judge(second).ttl_above_original);
  }
  SECTION("in a record") {
    second[1].rdata.back() = 3;
    CHECK(judge(second).reason == SignatureStatus::crypto_failed);
  }
  SECTION("in the number of records") {
    second.erase(second.begin());
    CHECK(judge(second).reason == SignatureStatus::crypto_failed);
  }
  SECTION("in the number of signatures") {
    second.pop_back();
    CHECK(judge(second).reason == SignatureStatus::missing);
  }
  SECTION("in the case of its name") {
    for (Record& record : second) record.owner = name("WWW.example.");
    CHECK(judge(second).owner.is_identical(name("WWW.example.")));
  }
  SECTION("in the keys it is judged by") {
    const SigningKey other("example.", 13, SigningKey::kZsk);
    const KeySet others = dns::dnssec::make_key_set(
        name("example."), tests::pointers(std::vector<Record>{other.dnskey()}));
    CHECK(judge.judge(second, others).reason == SignatureStatus::no_such_key);
  }
  SECTION("in the time it is judged at, with the end of the signature between") {
    CHECK(judge(second, kExpiration).is_secure());
    CHECK(judge.asked() == 1);
    CHECK(judge(second, kExpiration + kSecond).reason == SignatureStatus::expired);
    CHECK(judge.asked() == 2);
  }
  SECTION("in the time it is judged at, with its beginning between") {
    CHECK(judge(second, kInception).is_secure());
    CHECK(judge.asked() == 1);
    CHECK(judge(second, kInception - kSecond).reason == SignatureStatus::not_yet_valid);
    CHECK(judge.asked() == 2);
  }
  SECTION("in the time it is judged at, with dates that mean another century there") {
    const Seconds later = kNow + std::chrono::hours(24 * 365 * 100);
    CHECK(judge(second, later).signatures[0].expiration != kExpiration);
  }
  CHECK(judge(first).is_secure());  // and changes nothing for who says the same as the first
}

TEST_CASE("what is remembered costs the work it would cost, and is not used beyond it") {
  Judge judge;
  const std::vector<Record> section = given();
  judge.work = WorkBudget(2, 0);
  CHECK(judge(section).is_secure());
  CHECK(judge(section).is_secure());
  CHECK(judge.work.verifications_left() == 0);
  const RrsetVerdict cut = judge(section);
  CHECK(cut.reason == SignatureStatus::work_limit);
  CHECK(cut.work_limit_reached);
  judge.work = WorkBudget();
  CHECK(judge(section).is_secure());  // the cut verdict is not remembered
}

TEST_CASE("an RRset too large to be compared is judged each time, and so is one too many") {
  Judge judge;
  std::vector<Record> large;
  for (std::size_t i = 0; i <= dns::dnssec::kMaxRecordsCompared; ++i) {
    large = large + records("www.example. 300 IN A 192.0.2." + std::to_string(i) + "\n");
  }
  large.push_back(zone_key().sign(large, kInception, kExpiration));
  CHECK(judge(large).is_secure());
  CHECK(judge(large).is_secure());
  CHECK(judge.asked() == 2);

  judge.work = WorkBudget(1000, 0);
  std::vector<std::vector<Record>> sections(dns::dnssec::kMaxRrsetsRemembered + 1, given());
  for (std::size_t i = 0; i < sections.size(); ++i) {
    sections[i].back().ttl = static_cast<std::uint32_t>(i);
    judge(sections[i]);
  }
  const std::uint64_t before = judge.asked();
  judge(sections.front());
  CHECK(judge.asked() == before);
  judge(sections.back());
  CHECK(judge.asked() == before + 1);
}
