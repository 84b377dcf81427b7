// The examples of the RFCs, judged at their own dates: RFC 4034, 4035, 4509, 5155, 5702, 6605,
// 8080.
#include "dns/dnssec_anchoring.hpp"
#include "dns/dnssec_denial.hpp"
#include "dns/dnssec_nsec.hpp"
#include "dns/dnssec_path.hpp"
#include "tests/catch.hpp"
#include "tests/unit/dnssec_signer.hpp"
#include "tests/unit/dnssec_vectors.hpp"

namespace {

using dns::Record;
using dns::RRType;
using dns::dnssec::Claim;
using dns::dnssec::DenialQuestion;
using dns::dnssec::DenialReason;
using dns::dnssec::DenialVerdict;
using dns::dnssec::KeySet;
using dns::dnssec::RrsetVerdict;
using dns::dnssec::Seconds;
using dns::dnssec::SignatureStatus;
using dns::dnssec::Status;
using dns::dnssec::Verifier;
using dns::dnssec::WorkBudget;
using tests::date;
using tests::name;
using tests::records;

/// A zone out of an RFC at a time at which its signatures hold.
struct Zone {
  Verifier verifier;
  std::vector<Record> key_section;
  KeySet keys;
  Seconds now;

  Zone(std::string_view apex, std::string_view key_lines, Seconds at)
      : key_section(records(key_lines)),
        keys(dns::dnssec::make_key_set(
            name(apex),
            dns::dnssec::collect_rrset(key_section, name(apex), RRType::dnskey).records)),
        now(at) {}

  /// False where the system's policy forbids SHA-1; the test then ends with a warning.
  bool is_supported() const {
    if (verifier.supports(keys.keys.front().dnskey.algorithm)) return true;
    WARN("not supported by this system's OpenSSL");
    return false;
  }

  std::vector<RrsetVerdict> judge(const std::vector<Record>& section) {
    std::vector<RrsetVerdict> verdicts;
    for (const auto& rrset : dns::dnssec::collect_rrsets(section)) {
      if (rrset.signatures.empty()) continue;
      WorkBudget work;
      verdicts.push_back(dns::dnssec::validate_rrset(rrset, keys, now, verifier, work));
    }
    return verdicts;
  }

  DenialVerdict deny(std::string_view qname, RRType qtype, Claim claim,
                     const std::vector<Record>& section,
                     std::optional<dns::Name> encloser = std::nullopt) {
    WorkBudget work;
    return dns::dnssec::prove_denial({name(qname), qtype, claim, std::move(encloser)}, section,
                                     keys, now, verifier, work);
  }
};

/// Every RRset holds at its date, and not after it, nor with a bit changed.
void check_all(Zone& zone, std::string_view lines, std::size_t count) {
  auto section = records(lines);
  const auto verdicts = zone.judge(section);
  CHECK(verdicts.size() == count);
  for (const RrsetVerdict& verdict : verdicts) {
    INFO(verdict.owner.to_text() << " " << dns::to_text(verdict.type) << ": "
                                 << to_text(verdict.reason));
    CHECK(verdict.is_secure());
  }
  const Seconds then = zone.now;
  zone.now = date("20400101000000");
  for (const RrsetVerdict& verdict : zone.judge(section)) {
    CHECK(verdict.reason == SignatureStatus::expired);
  }
  zone.now = then;
  for (Record& record : section) {
    if (record.type == RRType::rrsig) record.rdata.back() ^= 4;
  }
  for (const RrsetVerdict& verdict : zone.judge(section)) {
    CHECK(verdict.reason == SignatureStatus::crypto_failed);
  }
}

/// The key signing key, taken for the trust anchor, anchors the keys.
void check_anchor(Zone& zone) {
  WorkBudget work;
  const std::vector<const Record*> anchors = {&zone.key_section[1]};
  const auto verdict = dns::dnssec::validate_dnskeys(
      zone.keys.zone, anchors,
      dns::dnssec::collect_rrset(zone.key_section, zone.keys.zone, RRType::dnskey), zone.now,
      zone.verifier, work);
  CHECK(verdict.is_secure());
  CHECK(verdict.keys.keys[1].anchored);
}

/// The signed zone of an RFC's appendix: the tags of its zone signing and its key signing key, the
/// latter as the anchor, and every RRset.
void check_appendix(Zone zone, std::pair<std::uint16_t, std::uint16_t> tags,
                    std::string_view key_lines, std::string_view data_lines, std::size_t rrsets) {
  CHECK(zone.keys.keys[0].tag == tags.first);
  CHECK(zone.keys.keys[1].tag == tags.second);
  if (!zone.is_supported()) return;
  check_anchor(zone);
  check_all(zone, key_lines, 1);
  check_all(zone, data_lines, rrsets);
}

TEST_CASE("RFC 4034 section 2.3: a key and its tag") {
  const auto section = records(tests::kRfc4034Key);
  const auto key = dns::parse_dnskey(section[0].rdata);
  REQUIRE(key);
  CHECK(dns::key_tag(section[0].rdata) == 2642);
  CHECK(key->algorithm == 5);
  const KeySet keys = dns::dnssec::make_key_set(
      name("example.com."),
      dns::dnssec::collect_rrset(section, name("example.com."), RRType::dnskey).records);
  REQUIRE(keys.keys.size() == 1);
  CHECK(keys.keys[0].is_zone_key());
  CHECK_FALSE(keys.keys[0].is_entry_point());
}

TEST_CASE("RFC 4034 section 4.3: an NSEC record with a type of a high number") {
  const auto section = records(tests::kRfc4034Nsec);
  const auto nsec = dns::dnssec::parse_nsec(section[0].rdata);
  REQUIRE(nsec);
  CHECK(nsec->next == name("host.example.com."));
  const auto types = {RRType::a, RRType::mx, RRType::rrsig, RRType::nsec, RRType{1234}};
  for (const RRType type : types) CHECK(nsec->types.has(type));
  CHECK(nsec->types.has_only(types));
  CHECK_FALSE(nsec->types.has(RRType{1233}));
  dns::Bytes bitmap(36, 0);  // as the RFC prints it
  const dns::Bytes first = {0x00, 0x06, 0x40, 0x01, 0x00, 0x00, 0x00, 0x03, 0x04, 0x1b};
  std::copy(first.begin(), first.end(), bitmap.begin());
  bitmap.push_back(0x20);
  const std::size_t head = name("host.example.com.").wire().size();
  CHECK(dns::Bytes(section[0].rdata.begin() + static_cast<std::ptrdiff_t>(head),
                   section[0].rdata.end()) == bitmap);
}

TEST_CASE("RFC 4034 section 5.4, RFC 4509 section 2.3: digests of a key") {
  const auto section = records(tests::kRfc4034Ds);
  Verifier verifier;
  WorkBudget work;
  CHECK(dns::key_tag(section[0].rdata) == 60485);
  for (const std::size_t ds : {std::size_t{1}, std::size_t{2}}) {
    const std::vector<const Record*> anchors = {&section[ds]};
    const auto verdict = dns::dnssec::validate_dnskeys(
        name("dskey.example.com."), anchors,
        dns::dnssec::collect_rrset(section, name("dskey.example.com."), RRType::dnskey),
        date("20040420000000"), verifier, work);
    REQUIRE(verdict.anchors.size() == 1);
    if (!verifier.supports(5)) {
      CHECK(verdict.status == Status::insecure);
      continue;
    }
    // The key is found; the RFC prints no signature of it.
    CHECK(verdict.anchors[0].status == dns::dnssec::AnchorStatus::key_does_not_sign);
    CHECK(verdict.anchors[0].key == std::optional<std::size_t>(0));
  }
}

Zone zone_4035() {
  return {"example.", tests::kRfc4035Keys, date("20040420000000")};
}

TEST_CASE("RFC 4035 appendix A: the signed zone") {
  for (const auto& [lines, rrsets] :
       {std::pair{tests::kRfc4035Data, std::size_t{10}}, {tests::kRfc4035MoreData, 10}}) {
    check_appendix(zone_4035(), {38519, 9465}, tests::kRfc4035Keys, lines, rrsets);
  }
}

TEST_CASE("RFC 4035 appendix B: responses") {
  Zone zone = zone_4035();
  if (!zone.is_supported()) return;
  SECTION("B.1 answer") {
    check_all(zone, tests::kRfc4035AnswerMx, 1);
    check_all(zone, tests::kRfc4035AnswerMxAuthority, 1);
    check_all(zone, tests::kRfc4035AnswerMxAdditional, 4);
  }
  SECTION("B.2 name error") {
    const auto section = records(tests::kRfc4035NameError);
    const DenialVerdict verdict = zone.deny("ml.example.", RRType::a, Claim::name_error, section);
    CHECK(verdict.reason == DenialReason::proven);
    CHECK(verdict.proof.size() == 2);
    CHECK(verdict.closest_encloser == name("example."));
    CHECK(verdict.valid_until == date("20040509183619"));
    const std::vector<Record> without_wildcard(section.begin(), section.begin() + 2);
    CHECK(zone.deny("ml.example.", RRType::a, Claim::name_error, without_wildcard).reason ==
          DenialReason::wildcard_not_denied);
  }
  SECTION("B.3 no data") {
    CHECK(zone.deny("ns1.example.", RRType::mx, Claim::no_data, records(tests::kRfc4035NoData))
              .reason == DenialReason::proven);
    CHECK(zone.deny("ns1.example.", RRType::a, Claim::no_data, records(tests::kRfc4035NoData))
              .reason == DenialReason::type_exists);
  }
  SECTION("B.4 referral to a signed zone") {
    dns::Message referral;
    referral.authority = records(tests::kRfc4035SignedReferral);
    referral.additional = records(tests::kRfc4035SignedReferralGlue);
    const auto verdicts = zone.judge(referral.authority);
    REQUIRE(verdicts.size() == 1);  // the NS records there are the child's to sign
    CHECK(verdicts[0].type == RRType::ds);
    CHECK(verdicts[0].is_secure());
    CHECK(zone.judge(referral.additional).empty());
    CHECK(zone.deny("a.example.", RRType::ds, Claim::unsigned_delegation, referral.authority)
              .reason == DenialReason::no_records);
  }
  SECTION("B.5 referral to an unsigned zone") {
    const auto section = records(tests::kRfc4035Referral);
    CHECK(zone.deny("b.example.", RRType::ds, Claim::unsigned_delegation, section).reason ==
          DenialReason::proven);
    CHECK(zone.deny("mc.b.example.", RRType::mx, Claim::name_error, section).reason ==
          DenialReason::parent_side_of_cut);
  }
  SECTION("B.6 wildcard expansion") {
    const auto section = records(tests::kRfc4035Wildcard);
    const auto verdicts = zone.judge(section);
    REQUIRE(verdicts.size() == 2);
    CHECK(verdicts[0].is_secure());
    CHECK(verdicts[0].closest_encloser == name("w.example."));
    CHECK(zone.deny("a.z.w.example.", RRType::mx, Claim::wildcard_answer, section,
                    verdicts[0].closest_encloser)
              .reason == DenialReason::proven);
  }
  SECTION("B.7 wildcard no data") {
    const auto section = records(tests::kRfc4035WildcardNoData);
    CHECK(zone.deny("a.z.w.example.", RRType::aaaa, Claim::no_data, section).reason ==
          DenialReason::proven);
    CHECK(zone.deny("a.z.w.example.", RRType::mx, Claim::no_data, section).reason ==
          DenialReason::wildcard_type_exists);
  }
  SECTION("B.8 DS asked of the child") {
    CHECK(
        zone.deny("example.", RRType::ds, Claim::no_data, records(tests::kRfc4035ChildDs)).reason ==
        DenialReason::child_side_of_cut);
  }
}

Zone zone_5155() {
  return {"example.", tests::kRfc5155Keys, date("20080101000000")};
}

TEST_CASE("RFC 5155 appendix A: the signed zone") {
  for (const auto& [lines, rrsets] :
       {std::pair{tests::kRfc5155Data, std::size_t{8}}, {tests::kRfc5155MoreData, 13}}) {
    check_appendix(zone_5155(), {40430, 12708}, tests::kRfc5155Keys, lines, rrsets);
  }
}

TEST_CASE("RFC 5155 appendix A: hashes of the names") {
  dns::dnssec::Nsec3Hasher hasher(12, {0xaa, 0xbb, 0xcc, 0xdd});
  const std::pair<const char*, const char*> expected[] = {
      {"example.", "0p9mhaveqvm6t7vbl5lop2u3t2rp3tom"},
      {"a.example.", "35mthgpgcu1qg68fab165klnsnk3dpvl"},
      {"ai.example.", "gjeqe526plbf1g8mklp59enfd789njgi"},
      {"ns1.example.", "2t7b4g4vsa5smi47k61mv5bv1a22bojr"},
      {"ns2.example.", "q04jkcevqvmu85r014c7dkba38o0ji5r"},
      {"w.example.", "k8udemvp1j2f7eg6jebps17vp3n8i58h"},
      {"*.w.example.", "r53bq7cc2uvmubfu5ocmm6pers9tk9en"},
      {"x.w.example.", "b4um86eghhds6nea196smvmlo4ors995"},
      {"y.w.example.", "ji6neoaepv8b5o6k4ev33abha8ht9fgc"},
      {"x.y.w.example.", "2vptu5timamqttgl4luu9kg21e0aor3s"},
      {"XX.Example.", "t644ebqk9bibcna874givr6joj62mlhv"},
      {"2t7b4g4vsa5smi47k61mv5bv1a22bojr.example.", "kohar7mbb8dc2ce8a9qvl8hon4k53uhi"},
  };
  for (const auto& [owner, label] : expected) {
    CHECK(dns::dnssec::nsec3_label(*hasher.hash(name(owner))) == label);
  }
}

TEST_CASE("RFC 5155 appendix B: responses") {
  Zone zone = zone_5155();
  if (!zone.is_supported()) return;
  SECTION("B.1 name error") {
    const auto section = records(tests::kRfc5155NameError);
    const DenialVerdict verdict =
        zone.deny("a.c.x.w.example.", RRType::a, Claim::name_error, section);
    // The records have opt-out: c.x.w.example. may be an unsigned delegation.
    CHECK(verdict.reason == DenialReason::proven_by_opt_out);
    CHECK(verdict.status == Status::insecure);
    CHECK(verdict.closest_encloser == name("x.w.example."));
    CHECK(verdict.proof.size() == 3);
    CHECK(verdict.iterations == 12);
    for (std::ptrdiff_t missing = 0; missing < 6; missing += 2) {
      auto partial = section;
      partial.erase(partial.begin() + missing, partial.begin() + missing + 2);
      CHECK(zone.deny("a.c.x.w.example.", RRType::a, Claim::name_error, partial).status ==
            Status::bogus);
    }
  }
  SECTION("B.2 no data") {
    CHECK(zone.deny("ns1.example.", RRType::mx, Claim::no_data, records(tests::kRfc5155NoData))
              .reason == DenialReason::proven);
  }
  SECTION("B.2.1 no data at an empty non-terminal") {
    CHECK(zone.deny("y.w.example.", RRType::a, Claim::no_data,
                    records(tests::kRfc5155EmptyNonTerminal))
              .reason == DenialReason::proven);
  }
  SECTION("B.3 referral to an opt-out unsigned zone") {
    const auto section = records(tests::kRfc5155Referral);
    CHECK(zone.deny("c.example.", RRType::ds, Claim::unsigned_delegation, section).reason ==
          DenialReason::proven_by_opt_out);
  }
  SECTION("B.4 wildcard expansion") {
    const auto section = records(tests::kRfc5155Wildcard);
    const auto verdicts = zone.judge(section);
    REQUIRE(verdicts.size() == 2);
    CHECK(verdicts[0].is_secure());
    CHECK(verdicts[0].closest_encloser == name("w.example."));
    CHECK(zone.deny("a.z.w.example.", RRType::mx, Claim::wildcard_answer, section,
                    verdicts[0].closest_encloser)
              .is_proven());
  }
  SECTION("B.5 wildcard no data") {
    CHECK(zone.deny("a.z.w.example.", RRType::aaaa, Claim::no_data,
                    records(tests::kRfc5155WildcardNoData))
              .is_proven());
  }
  SECTION("B.6 DS asked of the child") {
    CHECK(
        zone.deny("example.", RRType::ds, Claim::no_data, records(tests::kRfc5155ChildDs)).reason ==
        DenialReason::child_side_of_cut);
  }
}

TEST_CASE("RFC 5702: RSA with SHA-256 and SHA-512") {
  for (const std::string_view lines : {tests::kRfc5702Sha256, tests::kRfc5702Sha512}) {
    Zone zone("example.net.", lines, date("20091001000000"));
    check_all(zone, lines, 1);
  }
}

/// The DS finds its key.
void check_ds(std::string_view apex, std::string_view lines) {
  const auto section = records(lines);
  const auto ds = dns::dnssec::collect_rrset(section, name(apex), RRType::ds);
  Verifier verifier;
  WorkBudget work;
  const auto verdict = dns::dnssec::validate_dnskeys(
      name(apex), ds.records, dns::dnssec::collect_rrset(section, name(apex), RRType::dnskey),
      date("20100820000000"), verifier, work);
  REQUIRE(verdict.anchors.size() == 1);
  CHECK(verdict.anchors[0].status == dns::dnssec::AnchorStatus::key_does_not_sign);
}

TEST_CASE("RFC 6605: ECDSA") {
  for (const std::string_view lines : {tests::kRfc6605P256, tests::kRfc6605P384}) {
    Zone zone("example.net.", lines, date("20100820000000"));
    check_all(zone, lines, 1);
    check_ds("example.net.", lines);
  }
}

TEST_CASE("RFC 8080: EdDSA") {
  for (const std::string_view lines : {tests::kRfc8080Ed25519First, tests::kRfc8080Ed25519Second,
                                       tests::kRfc8080Ed448First, tests::kRfc8080Ed448Second}) {
    Zone zone("example.com.", lines, date("20150810000000"));
    check_all(zone, lines, 1);
    check_ds("example.com.", lines);
  }
}

}  // namespace
