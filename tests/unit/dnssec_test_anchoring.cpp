// From DS records and trust anchors to keys: which anchor stands for which key, and why not.
#include <set>

#include "dns/dnssec_anchoring.hpp"
#include "tests/catch.hpp"
#include "tests/unit/dnssec_dates.hpp"
#include "tests/unit/dnssec_signer.hpp"

namespace {

using dns::Record;
using dns::dnssec::AnchorStatus;
using dns::dnssec::ChainReason;
using dns::dnssec::DnskeyVerdict;
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
using tests::SigningKey;
using tests::operator+;

const SigningKey& ksk() {
  static const SigningKey key("example.", 13);
  return key;
}
const SigningKey& zsk() {
  static const SigningKey key("example.", 13, SigningKey::kZsk);
  return key;
}
const SigningKey& other_ksk() {
  static const SigningKey key("example.", 15);
  return key;
}

/// The zone example. with its keys, the signatures over them, and its DS.
struct Chain {
  Verifier verifier;
  WorkBudget work;
  std::vector<Record> dnskeys = {ksk().dnskey(), zsk().dnskey()};
  std::vector<Record> signatures;
  std::vector<Record> anchors = {ksk().ds()};
  std::vector<Record> section;

  explicit Chain(const SigningKey& signer = ksk()) { sign(signer); }

  Chain& sign(const SigningKey& signer) {
    signatures = {signer.sign(dnskeys, kInception, kExpiration)};
    return *this;
  }

  DnskeyVerdict judge(Seconds now = kNow) {
    section = dnskeys + signatures;
    return dns::dnssec::validate_dnskeys(
        name("example."), tests::pointers(anchors),
        dns::dnssec::collect_rrset(section, name("example."), dns::RRType::dnskey), now, verifier,
        work);
  }
};

TEST_CASE("a key with a DS that signs the key set anchors it") {
  const auto digest = GENERATE(std::uint8_t{1}, std::uint8_t{2}, std::uint8_t{4});
  Chain chain;
  chain.anchors = {ksk().ds(digest)};
  const DnskeyVerdict verdict = chain.judge();
  CHECK(verdict.is_secure());
  CHECK(verdict.reason == ChainReason::anchored);
  REQUIRE(verdict.anchors.size() == 1);
  CHECK(verdict.anchors[0].status == AnchorStatus::anchors);
  CHECK(verdict.anchors[0].key == std::optional<std::size_t>(0));
  CHECK(verdict.anchors[0].key_tag == ksk().tag());
  CHECK(verdict.anchors[0].digest_type == digest);
  CHECK(verdict.anchors[0].record == &chain.anchors[0]);
  CHECK(verdict.keys.keys.size() == 2);
  CHECK(verdict.keys.keys[0].anchored);
  CHECK_FALSE(verdict.keys.keys[1].anchored);
  CHECK(verdict.valid_until == kExpiration);
}

TEST_CASE("a trust anchor may be the key itself") {
  Chain chain;
  chain.anchors = {ksk().dnskey()};
  CHECK(chain.judge().is_secure());
  chain.anchors = {other_ksk().dnskey()};
  const DnskeyVerdict verdict = chain.judge();
  CHECK(verdict.status == Status::bogus);
  CHECK(verdict.anchors[0].status == AnchorStatus::no_such_key);
}

TEST_CASE("the owner's case does not change the digest") {
  Chain chain;
  chain.section = chain.dnskeys + chain.signatures;
  const DnskeyVerdict verdict = dns::dnssec::validate_dnskeys(
      name("EXAMPLE."), tests::pointers(chain.anchors),
      dns::dnssec::collect_rrset(chain.section, name("example."), dns::RRType::dnskey), kNow,
      chain.verifier, chain.work);
  CHECK(verdict.is_secure());
}

TEST_CASE("each DS that does not anchor has its reason") {
  Chain chain;
  Record& ds = chain.anchors[0];
  SECTION("the digest differs") {
    ds.rdata.back() ^= 1;
    CHECK(chain.judge().anchors[0].status == AnchorStatus::digest_differs);
  }
  SECTION("the algorithm differs") {
    ds.rdata[2] = 8;
    CHECK(chain.judge().anchors[0].status == AnchorStatus::algorithm_differs);
  }
  SECTION("the key tag differs") {
    ds.rdata[1] ^= 1;
    CHECK(chain.judge().anchors[0].status == AnchorStatus::no_such_key);
  }
  SECTION("the key is gone") {
    chain.dnskeys.erase(chain.dnskeys.begin());
    chain.sign(zsk());
    CHECK(chain.judge().anchors[0].status == AnchorStatus::no_such_key);
  }
  SECTION("the digest is too short") {
    ds.rdata.pop_back();
    CHECK(chain.judge().anchors[0].status == AnchorStatus::digest_size_wrong);
  }
  SECTION("a DS of the other zone's name") {
    const SigningKey elsewhere("example.org.", 13);
    ds = elsewhere.ds();
    CHECK(chain.judge().anchors[0].status == AnchorStatus::no_such_key);
  }
  SECTION("no DS and no DNSKEY") {
    ds = tests::record("example. 60 IN A 192.0.2.1");
    CHECK(chain.judge().anchors[0].status == AnchorStatus::malformed);
  }
  const DnskeyVerdict verdict = chain.judge();
  CHECK(verdict.status == Status::bogus);
  CHECK(verdict.reason == ChainReason::no_key_matches);
  CHECK_FALSE(verdict.valid_until);
}

TEST_CASE("what is not supported makes a zone insecure, unless something is") {
  Chain chain;
  SECTION("the algorithm") {
    chain.anchors[0].rdata[2] = 17;
    CHECK(chain.judge().anchors[0].status == AnchorStatus::algorithm_not_supported);
  }
  SECTION("the digest") {
    chain.anchors[0].rdata[3] = 5;
    CHECK(chain.judge().anchors[0].status == AnchorStatus::digest_not_supported);
  }
  const DnskeyVerdict verdict = chain.judge();
  CHECK(verdict.status == Status::insecure);
  CHECK(verdict.reason == ChainReason::no_supported_ds);
  CHECK_FALSE(dns::dnssec::has_supported_ds(tests::pointers(chain.anchors), chain.verifier));
  chain.anchors.push_back(ksk().ds());
  CHECK(chain.judge().is_secure());
  CHECK(dns::dnssec::has_supported_ds(tests::pointers(chain.anchors), chain.verifier));
  chain.anchors[1].rdata.back() ^= 1;
  CHECK(chain.judge().status == Status::bogus);
}

TEST_CASE("SHA-1 is ignored beside SHA-2 (RFC 4509 section 3)") {
  Chain chain;
  chain.anchors = {ksk().ds(1), ksk().ds(2)};
  DnskeyVerdict verdict = chain.judge();
  CHECK(verdict.is_secure());
  CHECK(verdict.anchors[0].status == AnchorStatus::ignored);
  CHECK(verdict.anchors[1].status == AnchorStatus::anchors);
  // A right SHA-1 digest does not rescue a wrong SHA-256 one.
  chain.anchors[1].rdata.back() ^= 1;
  CHECK(chain.judge().status == Status::bogus);
  // One of an algorithm that is not supported does not count as beside.
  chain.anchors[1] = ksk().ds(2);
  chain.anchors[1].rdata[2] = 17;
  verdict = chain.judge();
  CHECK(verdict.is_secure());
  CHECK(verdict.anchors[0].status == AnchorStatus::anchors);
}

TEST_CASE("the key set must be signed by an anchored key") {
  SECTION("signed by the other key alone") {
    Chain chain(zsk());
    const DnskeyVerdict verdict = chain.judge();
    CHECK(verdict.rrset.is_secure());
    CHECK(verdict.status == Status::bogus);
    CHECK(verdict.reason == ChainReason::anchored_key_does_not_sign);
    CHECK(verdict.anchors[0].status == AnchorStatus::key_does_not_sign);
    CHECK(verdict.anchors[0].signature == SignatureStatus::missing);
    CHECK_FALSE(verdict.valid_until);
  }
  SECTION("expired") {
    Chain chain;
    const DnskeyVerdict verdict = chain.judge(date("20260301000000"));
    CHECK(verdict.status == Status::bogus);
    CHECK(verdict.anchors[0].signature == SignatureStatus::expired);
    CHECK(verdict.valid_until == kExpiration);
  }
  SECTION("not yet valid") {
    Chain chain;
    CHECK(chain.judge(date("20250301000000")).anchors[0].signature ==
          SignatureStatus::not_yet_valid);
  }
  SECTION("corrupted") {
    Chain chain;
    chain.signatures[0].rdata.back() ^= 1;
    const DnskeyVerdict verdict = chain.judge();
    CHECK(verdict.reason == ChainReason::anchored_key_does_not_sign);
    CHECK(verdict.anchors[0].signature == SignatureStatus::crypto_failed);
  }
  SECTION("unsigned") {
    Chain chain;
    chain.signatures.clear();
    CHECK(chain.judge().anchors[0].signature == SignatureStatus::missing);
  }
  SECTION("no keys at all") {
    Chain chain;
    chain.dnskeys.clear();
    chain.signatures.clear();
    const DnskeyVerdict verdict = chain.judge();
    CHECK(verdict.status == Status::bogus);
    CHECK(verdict.reason == ChainReason::no_dnskeys);
  }
}

TEST_CASE("during a rollover one DS of two is enough, and each is told") {
  Chain chain;
  chain.anchors = {other_ksk().ds(), ksk().ds()};
  DnskeyVerdict verdict = chain.judge();
  CHECK(verdict.is_secure());
  CHECK(verdict.anchors[0].status == AnchorStatus::no_such_key);
  CHECK(verdict.anchors[1].status == AnchorStatus::anchors);
  // Pre-published: there, and not signing yet.
  chain.dnskeys.push_back(other_ksk().dnskey());
  chain.sign(ksk());
  verdict = chain.judge();
  CHECK(verdict.is_secure());
  CHECK(verdict.anchors[0].status == AnchorStatus::key_does_not_sign);
  // Both sign: both anchor, and the later expiration counts.
  const auto later = date("20260401000000");
  chain.signatures.push_back(other_ksk().sign(chain.dnskeys, kInception, later));
  verdict = chain.judge();
  CHECK(verdict.anchors[0].status == AnchorStatus::anchors);
  CHECK(verdict.anchors[1].status == AnchorStatus::anchors);
  CHECK(verdict.valid_until == later);
}

/// The key with another octet, the DS of the key so changed, and everything signed anew.
DnskeyVerdict with_key_changed(std::size_t octet, std::uint8_t value, AnchorStatus& status) {
  Chain chain;
  chain.dnskeys[0].rdata[octet] = value;
  const dns::Bytes& rdata = chain.dnskeys[0].rdata;
  const std::uint16_t tag = dns::key_tag(rdata);
  const std::string_view owner("\7example\0", 9);
  const auto digest = chain.verifier.digest(
      2, {reinterpret_cast<const std::uint8_t*>(owner.data()), owner.size()}, rdata);
  Record& ds = chain.anchors[0];
  ds.rdata = {static_cast<std::uint8_t>(tag >> 8), static_cast<std::uint8_t>(tag), 13, 2};
  ds.rdata.insert(ds.rdata.end(), digest->begin(), digest->end());
  dns::Rrsig fields = ksk().fields(chain.dnskeys, kInception, kExpiration);
  fields.key_tag = tag;
  chain.signatures = {ksk().sign_as(chain.dnskeys, fields)};
  DnskeyVerdict verdict = chain.judge();
  status = verdict.anchors[0].status;
  return verdict;
}

TEST_CASE("a key that must not be used anchors nothing") {
  AnchorStatus status{};
  CHECK(with_key_changed(0, 0x01, status).is_secure());
  CHECK(with_key_changed(0, 0x00, status).status == Status::bogus);
  CHECK(status == AnchorStatus::key_not_zone_key);
  CHECK(with_key_changed(2, 2, status).status == Status::bogus);
  CHECK(status == AnchorStatus::key_protocol_not_3);
  CHECK(with_key_changed(1, 0x81, status).status == Status::bogus);
  CHECK(status == AnchorStatus::key_revoked);
}

TEST_CASE("a DS made before the key was revoked finds it again") {
  Chain chain;
  chain.dnskeys[0].rdata[1] = 0x81;
  chain.sign(zsk());
  const DnskeyVerdict verdict = chain.judge();
  CHECK(verdict.status == Status::bogus);
  CHECK(verdict.anchors[0].status == AnchorStatus::key_revoked);
  CHECK(verdict.anchors[0].key == std::optional<std::size_t>(0));
}

TEST_CASE("without anchors there is nothing to judge by") {
  Chain chain;
  chain.anchors.clear();
  const DnskeyVerdict verdict = chain.judge();
  CHECK(verdict.status == Status::indeterminate);
  CHECK(verdict.reason == ChainReason::no_anchors);
}

TEST_CASE("a heap of DS records is judged up to the bound") {
  Chain chain;
  Record stale = ksk().ds();
  stale.rdata[1] ^= 1;
  chain.anchors.assign(dns::dnssec::kMaxAnchorsPerZone, stale);
  chain.anchors.push_back(ksk().ds());
  const DnskeyVerdict verdict = chain.judge();
  CHECK(verdict.status == Status::bogus);
  CHECK(verdict.reason == ChainReason::work_limit);
  CHECK(verdict.anchors.back().status == AnchorStatus::work_limit);
}

TEST_CASE("the anchored key's signature is tried before a heap of others") {
  Chain chain(zsk());
  const Record by_ksk = ksk().sign(chain.dnskeys, kInception, kExpiration);
  for (std::uint8_t i = 1; i < 30; ++i) {
    Record noise = chain.signatures[0];
    noise.rdata.back() = static_cast<std::uint8_t>(noise.rdata.back() + i);
    chain.signatures.push_back(noise);
  }
  chain.signatures.push_back(by_ksk);
  const DnskeyVerdict verdict = chain.judge();
  CHECK(verdict.is_secure());
  CHECK(verdict.rrset.work_limit_reached);
}

TEST_CASE("every status of an anchor and of a chain has a text of its own") {
  std::set<std::string_view> texts;
  for (int i = 0; i <= static_cast<int>(AnchorStatus::malformed); ++i) {
    texts.insert(to_text(static_cast<AnchorStatus>(i)));
  }
  CHECK(texts.size() == static_cast<std::size_t>(AnchorStatus::malformed) + 1);
  texts.clear();
  for (int i = 0; i <= static_cast<int>(ChainReason::work_limit); ++i) {
    texts.insert(to_text(static_cast<ChainReason>(i)));
  }
  CHECK(texts.size() == static_cast<std::size_t>(ChainReason::work_limit) + 1);
  CHECK(texts.count("") == 0);
}

}  // namespace
