// RRset validation: a good signature by each algorithm, and each single fault with its reason.
#include <memory>
#include <set>

#include "dns/dnssec_validation.hpp"
#include "tests/catch.hpp"
#include "tests/unit/dnssec_dates.hpp"
#include "tests/unit/dnssec_signer.hpp"

namespace {

using dns::Record;
using dns::dnssec::KeySet;
using dns::dnssec::RrsetVerdict;
using dns::dnssec::Seconds;
using dns::dnssec::SignatureStatus;
using dns::dnssec::Status;
using dns::dnssec::Verifier;
using dns::dnssec::WorkBudget;
using tests::date;
using tests::kExpiration;
using tests::kInception;
using tests::kNow;
using tests::name;
using tests::records;
using tests::SigningKey;
using tests::operator+;

KeySet keys_of(const std::vector<Record>& dnskeys) {
  return dns::dnssec::make_key_set(name("example."), tests::pointers(dnskeys));
}

/// An RRset with its signatures, judged by the keys of example.
struct Case {
  std::unique_ptr<Verifier> owned = std::make_unique<Verifier>();
  Verifier& verifier = *owned;
  WorkBudget work;
  std::vector<Record> rrset = records(
      "www.example. 300 IN A 192.0.2.1\n"
      "www.example. 300 IN A 192.0.2.2\n");
  std::vector<Record> signatures;
  std::vector<Record> dnskeys;
  std::vector<Record> section;

  RrsetVerdict judge(Seconds now = kNow) {
    section = rrset + signatures;
    return dns::dnssec::validate_rrset(tests::rrset_of(section), keys_of(dnskeys), now, verifier,
                                       work);
  }
};

const SigningKey& zone_key() {
  static const SigningKey key("example.", 13, SigningKey::kZsk);
  return key;
}

/// A case with one good signature.
Case good_case() {
  Case good;
  good.dnskeys = {zone_key().dnskey()};
  good.signatures = {zone_key().sign(good.rrset, kInception, kExpiration)};
  return good;
}

/// A case whose one signature has been changed and made anew.
template <typename Change>
Case signed_with(Change change) {
  Case one = good_case();
  dns::Rrsig fields = zone_key().fields(one.rrset, kInception, kExpiration);
  change(fields);
  one.signatures = {zone_key().sign_as(one.rrset, fields)};
  return one;
}

TEST_CASE("a signed RRset is secure, by every algorithm") {
  const auto algorithm =
      GENERATE(std::uint8_t{5}, std::uint8_t{7}, std::uint8_t{8}, std::uint8_t{10},
               std::uint8_t{13}, std::uint8_t{14}, std::uint8_t{15}, std::uint8_t{16});
  INFO("algorithm " << int{algorithm});
  const SigningKey key("example.", algorithm, SigningKey::kZsk);
  Case one;
  one.dnskeys = {key.dnskey()};
  one.signatures = {key.sign(one.rrset, kInception, kExpiration)};
  const RrsetVerdict verdict = one.judge();
  if (!one.verifier.supports(algorithm)) {
    CHECK(verdict.reason == SignatureStatus::algorithm_not_supported);
    return;
  }
  CHECK(verdict.is_secure());
  CHECK(verdict.reason == SignatureStatus::valid);
  REQUIRE(verdict.signatures.size() == 1);
  CHECK(verdict.signatures[0].key == std::optional<std::size_t>(0));
  CHECK(verdict.signatures[0].record == &one.section.back());
  CHECK(verdict.signatures[0].inception == kInception);
  CHECK(verdict.signatures[0].expiration == kExpiration);
  CHECK(verdict.best == std::optional<std::size_t>(0));
  CHECK(verdict.valid_until == kExpiration);
  CHECK_FALSE(verdict.closest_encloser);
  CHECK_FALSE(verdict.ttl_above_original);
  CHECK_FALSE(verdict.work_limit_reached);

  one.rrset[0].rdata[3] ^= 1;
  const RrsetVerdict changed = one.judge();
  CHECK(changed.status == Status::bogus);
  CHECK(changed.reason == SignatureStatus::crypto_failed);
  CHECK_FALSE(changed.valid_until);
  CHECK_FALSE(changed.best);
}

TEST_CASE("the order of records, their case and repetitions do not matter") {
  Case one = good_case();
  std::swap(one.rrset[0], one.rrset[1]);
  one.rrset.push_back(one.rrset[0]);
  for (Record& record : one.rrset) record.owner = name("WWW.eXample.");
  CHECK(one.judge().is_secure());
}

TEST_CASE("dates bound validity, both inclusive") {
  Case one = good_case();
  const std::chrono::seconds second(1);
  CHECK(one.judge(kInception).is_secure());
  CHECK(one.judge(kExpiration).is_secure());
  const RrsetVerdict early = one.judge(kInception - second);
  CHECK(early.status == Status::bogus);
  CHECK(early.reason == SignatureStatus::not_yet_valid);
  CHECK(early.valid_until == kExpiration);
  const RrsetVerdict late = one.judge(kExpiration + second);
  CHECK(late.status == Status::bogus);
  CHECK(late.reason == SignatureStatus::expired);
  CHECK(late.valid_until == kExpiration);
  CHECK(late.best == std::optional<std::size_t>(0));
}

TEST_CASE("dates are read in serial arithmetic") {
  // 2^32 seconds after 1970 is 2106-02-07 06:28:16; a signature may span it.
  const auto inception = date("21060201000000");
  const auto expiration = date("21060301000000");
  Case one = good_case();
  one.signatures = {zone_key().sign(one.rrset, inception, expiration)};
  const RrsetVerdict verdict = one.judge(date("21060220000000"));
  CHECK(verdict.is_secure());
  CHECK(verdict.valid_until == expiration);
  CHECK(one.judge(date("21060401000000")).reason == SignatureStatus::expired);
}

TEST_CASE("each single fault has its reason") {
  SECTION("expired before its inception") {
    Case one = signed_with([](dns::Rrsig& rrsig) { std::swap(rrsig.inception, rrsig.expiration); });
    CHECK(one.judge().reason == SignatureStatus::dates_reversed);
  }
  SECTION("the signer is another zone") {
    Case one = signed_with([](dns::Rrsig& rrsig) { rrsig.signer = name("other."); });
    CHECK(one.judge().reason == SignatureStatus::signer_not_zone);
  }
  SECTION("the signer is the parent") {
    Case one = signed_with([](dns::Rrsig& rrsig) { rrsig.signer = name("."); });
    CHECK(one.judge().reason == SignatureStatus::signer_not_zone);
  }
  SECTION("the RRset is outside the zone") {
    Case one = good_case();
    for (Record& record : one.rrset) record.owner = name("www.other.");
    one.signatures = {zone_key().sign(one.rrset, kInception, kExpiration)};
    CHECK(one.judge().reason == SignatureStatus::signer_not_zone);
  }
  SECTION("more labels than the owner has") {
    Case one = signed_with([](dns::Rrsig& rrsig) { rrsig.labels = 3; });
    CHECK(one.judge().reason == SignatureStatus::too_many_labels);
  }
  SECTION("fewer labels than the zone has") {
    Case one = signed_with([](dns::Rrsig& rrsig) { rrsig.labels = 0; });
    CHECK(one.judge().reason == SignatureStatus::too_few_labels);
  }
  SECTION("fewer labels than were signed") {
    Case one = good_case();
    one.signatures[0].rdata[3] = 1;
    CHECK(one.judge().reason == SignatureStatus::crypto_failed);
  }
  SECTION("a key that is not published") {
    Case one = good_case();
    one.dnskeys = {SigningKey("example.", 13).dnskey()};
    CHECK(one.judge().reason == SignatureStatus::no_such_key);
  }
  SECTION("no keys at all") {
    Case one = good_case();
    one.dnskeys.clear();
    CHECK(one.judge().reason == SignatureStatus::no_such_key);
  }
  SECTION("the key tag with another algorithm") {
    Case one = signed_with([](dns::Rrsig& rrsig) { rrsig.algorithm = 15; });
    CHECK(one.judge().reason == SignatureStatus::key_algorithm_differs);
  }
  SECTION("an algorithm that is not supported") {
    Case one = signed_with([](dns::Rrsig& rrsig) { rrsig.algorithm = 17; });
    CHECK(one.judge().reason == SignatureStatus::algorithm_not_supported);
  }
  SECTION("a corrupted signature") {
    Case one = good_case();
    one.signatures[0].rdata.back() ^= 1;
    CHECK(one.judge().reason == SignatureStatus::crypto_failed);
  }
  SECTION("another original TTL than was signed") {
    Case one = good_case();
    one.signatures[0].rdata[7] ^= 1;
    CHECK(one.judge().reason == SignatureStatus::crypto_failed);
  }
  SECTION("a record too many") {
    Case one = good_case();
    one.rrset.push_back(tests::record("www.example. 300 IN A 192.0.2.3"));
    CHECK(one.judge().reason == SignatureStatus::crypto_failed);
  }
  SECTION("RDATA that is no RRSIG") {
    Case one = good_case();
    one.signatures[0].rdata.resize(17);
    CHECK(one.judge().reason == SignatureStatus::malformed);
  }
  SECTION("no signature") {
    Case one = good_case();
    one.signatures.clear();
    const RrsetVerdict verdict = one.judge();
    CHECK(verdict.status == Status::bogus);
    CHECK(verdict.reason == SignatureStatus::missing);
  }
  SECTION("a signature over another type") {
    Case one = good_case();
    one.signatures[0].rdata[1] = 28;
    CHECK(one.judge().reason == SignatureStatus::missing);
  }
}

/// The key's record with other fields, and a signature that names it by its new tag.
Case with_key_changed(std::size_t octet, std::uint8_t value) {
  Case one = good_case();
  one.dnskeys[0].rdata[octet] = value;
  dns::Rrsig fields = zone_key().fields(one.rrset, kInception, kExpiration);
  fields.key_tag = dns::key_tag(one.dnskeys[0].rdata);
  one.signatures = {zone_key().sign_as(one.rrset, fields)};
  return one;
}

TEST_CASE("each unfit key has its reason") {
  CHECK(with_key_changed(0, 0x01).judge().is_secure());
  CHECK(with_key_changed(0, 0x00).judge().reason == SignatureStatus::key_not_zone_key);
  CHECK(with_key_changed(1, 0x80).judge().reason == SignatureStatus::key_revoked);
  CHECK(with_key_changed(2, 4).judge().reason == SignatureStatus::key_protocol_not_3);
  Case one = good_case();
  one.dnskeys[0].rdata.resize(40);
  dns::Rrsig fields = zone_key().fields(one.rrset, kInception, kExpiration);
  fields.key_tag = dns::key_tag(one.dnskeys[0].rdata);
  one.signatures = {zone_key().sign_as(one.rrset, fields)};
  CHECK(one.judge().reason == SignatureStatus::key_unusable);
}

TEST_CASE("a TTL above the original one is told, and not bogus") {
  Case one = good_case();
  one.rrset[1].ttl = 301;
  const RrsetVerdict verdict = one.judge();
  CHECK(verdict.is_secure());
  CHECK(verdict.ttl_above_original);
  one.rrset[1].ttl = 10;
  CHECK_FALSE(one.judge().ttl_above_original);
}

TEST_CASE("a wildcard's answer names its closest encloser") {
  Case one = good_case();
  const auto wildcard = records("*.example. 300 IN A 192.0.2.7\n");
  one.signatures = {zone_key().sign(wildcard, kInception, kExpiration)};
  one.signatures[0].owner = name("a.b.example.");
  one.rrset = wildcard;
  one.rrset[0].owner = name("a.b.example.");
  const RrsetVerdict verdict = one.judge();
  CHECK(verdict.is_secure());
  CHECK(verdict.closest_encloser == name("example."));
  // Asked for itself it is no synthesis.
  one.rrset = wildcard;
  one.signatures[0].owner = wildcard[0].owner;
  CHECK(one.judge().is_secure());
  CHECK_FALSE(one.judge().closest_encloser);
}

TEST_CASE("one good signature among bad ones is enough, and the latest expiration counts") {
  const SigningKey second("example.", 15, SigningKey::kZsk);
  Case one = good_case();
  one.dnskeys.push_back(second.dnskey());
  const auto later = date("20260401000000");
  SECTION("an expired one beside") {
    one.signatures = {second.sign(one.rrset, date("20250101000000"), date("20250201000000")),
                      one.signatures[0]};
    const RrsetVerdict verdict = one.judge();
    CHECK(verdict.is_secure());
    CHECK(verdict.valid_until == kExpiration);
    CHECK(verdict.signatures[*verdict.best].rrsig.algorithm == 13);
    REQUIRE(verdict.signatures.size() == 2);
    CHECK(verdict.signatures[1].status == SignatureStatus::expired);
  }
  SECTION("a corrupted one with a later date does not count") {
    Record corrupted = second.sign(one.rrset, kInception, later);
    corrupted.rdata.back() ^= 1;
    one.signatures.push_back(corrupted);
    CHECK(one.judge().valid_until == kExpiration);
  }
  SECTION("of two valid ones the later") {
    one.signatures.push_back(second.sign(one.rrset, kInception, later));
    const RrsetVerdict verdict = one.judge();
    CHECK(verdict.valid_until == later);
    CHECK(verdict.signatures[*verdict.best].rrsig.algorithm == 15);
  }
  SECTION("of expired ones the latest is the one to report") {
    one.signatures.push_back(second.sign(one.rrset, kInception, later));
    const RrsetVerdict verdict = one.judge(date("20270101000000"));
    CHECK(verdict.reason == SignatureStatus::expired);
    CHECK(verdict.valid_until == later);
    CHECK(verdict.signatures[*verdict.best].expiration == later);
  }
}

TEST_CASE("keys that share a tag are all tried, up to the bound") {
  // Octets that cancel out in the sum of RFC 4034 appendix B: two keys of one tag.
  Case one = good_case();
  // Swapping 16-bit words of the key does not change the sum that a tag is.
  std::vector<Record> collisions(6, zone_key().dnskey());
  for (std::size_t i = 0; i < collisions.size(); ++i) {
    dns::Bytes& rdata = collisions[i].rdata;
    const auto other = rdata.begin() + static_cast<std::ptrdiff_t>(8 + 2 * i);
    std::swap_ranges(rdata.begin() + 4, rdata.begin() + 6, other);
    REQUIRE(dns::key_tag(rdata) == zone_key().tag());
  }
  one.dnskeys = {collisions[0], collisions[1], zone_key().dnskey()};
  const RrsetVerdict found = one.judge();
  CHECK(found.is_secure());
  CHECK(found.signatures[0].key == std::optional<std::size_t>(2));
  one.dnskeys = collisions + one.dnskeys;
  const RrsetVerdict cut = one.judge();
  CHECK(cut.status == Status::bogus);
  CHECK(cut.reason == SignatureStatus::work_limit);
  CHECK(cut.work_limit_reached);
  // Off the curve, the collisions cost no curve arithmetic; still they count.
  CHECK(one.verifier.counters().valid == 1);
}

TEST_CASE("many signatures are judged up to the bound, those in time first") {
  Case one = good_case();
  Record noise = one.signatures[0];
  std::vector<Record> all;
  for (std::uint8_t i = 0; i < 200; ++i) {
    noise.rdata.back() = i;
    // Expired, by its date alone: the crypto is wrong as well.
    noise.rdata[8] = 0x10;
    noise.rdata[12] = 0x08;
    all.push_back(noise);
  }
  one.signatures = all + one.signatures;
  const RrsetVerdict verdict = one.judge();
  CHECK(verdict.is_secure());
  CHECK(verdict.work_limit_reached);
  CHECK(verdict.signatures.size() == dns::dnssec::kMaxSignaturesPerRrset);
  const auto counters = one.verifier.counters();
  CHECK(counters.valid + counters.invalid == dns::dnssec::kMaxVerificationsPerRrset);

  // In time they may hide the good one: the reason says so.
  one.signatures.clear();
  for (std::uint8_t i = 0; i < 20; ++i) {
    Record in_time = good_case().signatures[0];
    in_time.rdata.back() = static_cast<std::uint8_t>(in_time.rdata.back() + i + 1);
    one.signatures.push_back(in_time);
  }
  const RrsetVerdict hidden = one.judge();
  CHECK(hidden.status == Status::bogus);
  CHECK(hidden.reason == SignatureStatus::work_limit);
  CHECK(hidden.work_limit_reached);
}

TEST_CASE("an answer's budget is shared by its RRsets") {
  Case one = good_case();
  one.work = WorkBudget(1, 0);
  CHECK(one.judge().is_secure());
  const RrsetVerdict spent = one.judge();
  CHECK(spent.status == Status::bogus);
  CHECK(spent.reason == SignatureStatus::work_limit);
  CHECK(spent.work_limit_reached);
}

TEST_CASE("a signature judged twice costs one verification") {
  Case one = good_case();
  for (int server = 0; server < 12; ++server) CHECK(one.judge().is_secure());
  CHECK(one.verifier.counters().valid == 1);
  CHECK(one.verifier.counters().cached == 11);
}

TEST_CASE("an empty RRset is bogus") {
  Verifier verifier;
  WorkBudget work;
  const dns::dnssec::RrsetView empty{name("example."), dns::RRType::a, {}, {}};
  const RrsetVerdict verdict =
      dns::dnssec::validate_rrset(empty, {name("example."), {}}, kNow, verifier, work);
  CHECK(verdict.status == Status::bogus);
  CHECK(verdict.reason == SignatureStatus::missing);
}

TEST_CASE("every status has a text of its own") {
  std::set<std::string_view> texts;
  for (int i = 0; i <= static_cast<int>(SignatureStatus::missing); ++i) {
    texts.insert(to_text(static_cast<SignatureStatus>(i)));
  }
  CHECK(texts.size() == static_cast<std::size_t>(SignatureStatus::missing) + 1);
  CHECK(texts.count("") == 0);
  CHECK(to_text(Status::indeterminate) == "indeterminate");
}

}  // namespace
