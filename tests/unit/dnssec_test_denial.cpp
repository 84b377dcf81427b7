// Denial of existence: soundness and completeness over a whole zone, then each rule by itself.
#include <bit>
#include <set>

#include "tests/catch.hpp"
#include "tests/unit/dnssec_zone.hpp"

namespace {

using dns::Record;
using dns::RRType;
using dns::dnssec::Claim;
using dns::dnssec::DenialMethod;
using dns::dnssec::DenialQuestion;
using dns::dnssec::DenialReason;
using dns::dnssec::DenialVerdict;
using dns::dnssec::Nsec3Evidence;
using dns::dnssec::NsecEvidence;
using dns::dnssec::Proof;
using dns::dnssec::SignatureStatus;
using dns::dnssec::Status;
using dns::dnssec::Verifier;
using dns::dnssec::WorkBudget;
using tests::date;
using tests::name;
using tests::Nsec3Shape;
using tests::nsec_record;
using tests::SigningKey;
using tests::operator+;

const auto kInception = date("20260101000000");
const auto kExpiration = date("20260201000000");
const auto kNow = date("20260115000000");

std::string text(const DenialQuestion& question) {
  constexpr const char* kClaims[] = {"name error", "no data", "wildcard answer", "delegation"};
  return std::string(kClaims[static_cast<int>(question.claim)]) + " of " +
         question.qname.to_text() + " " + dns::to_text(question.qtype) + " at " +
         (question.closest_encloser ? question.closest_encloser->to_text() : "-");
}

std::vector<NsecEvidence> nsec_evidence(const std::vector<Record>& chain, unsigned subset) {
  std::vector<NsecEvidence> evidence;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    if ((subset >> i & 1) == 0) continue;
    evidence.push_back({&chain[i], *dns::dnssec::parse_nsec(chain[i].rdata)});
  }
  return evidence;
}

std::vector<Nsec3Evidence> nsec3_evidence(const std::vector<Record>& chain, unsigned subset) {
  std::vector<Nsec3Evidence> evidence;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    if ((subset >> i & 1) == 0) continue;
    const auto nsec3 = *dns::dnssec::parse_nsec3(chain[i].rdata);
    dns::dnssec::Nsec3Hash next{};
    std::copy(nsec3.next.begin(), nsec3.next.end(), next.begin());
    evidence.push_back(
        {&chain[i], *dns::dnssec::nsec3_hash_from_label(chain[i].owner.label(0)), next, nsec3});
  }
  return evidence;
}

Proof prove_by_nsec3(const DenialQuestion& question, const std::vector<Nsec3Evidence>& evidence) {
  WorkBudget work;
  return dns::dnssec::prove_by_nsec3(question, name("example."), evidence, work);
}

TEST_CASE("the whole NSEC chain proves what is true and nothing else") {
  const auto zone = tests::difficult_zone();
  const auto chain = zone.nsec_chain();
  const auto all = nsec_evidence(chain, ~0U);
  std::size_t proven = 0;
  for (const DenialQuestion& question : tests::difficult_claims()) {
    if (!question.qname.is_at_or_below(zone.apex)) continue;
    INFO(text(question));
    const Proof proof = dns::dnssec::prove_by_nsec(question, zone.apex, all);
    CHECK(proof.is_proven() == zone.is_true(question));
    CHECK(proof.reason != DenialReason::proven_by_opt_out);
    proven += proof.is_proven() ? 1 : 0;
  }
  CHECK(proven > 40);
}

TEST_CASE("no part of the NSEC chain proves what is false") {
  const auto zone = tests::difficult_zone();
  const auto chain = zone.nsec_chain();
  const auto claims = tests::difficult_claims();
  REQUIRE(chain.size() == 11);
  std::size_t wrong = 0;
  for (unsigned subset = 0; subset < 1U << chain.size(); ++subset) {
    const auto evidence = nsec_evidence(chain, subset);
    for (const DenialQuestion& question : claims) {
      if (!question.qname.is_at_or_below(zone.apex)) continue;
      const Proof proof = dns::dnssec::prove_by_nsec(question, zone.apex, evidence);
      if (!proof.is_proven() || zone.is_true(question)) continue;
      if (wrong < 10) UNSCOPED_INFO(text(question) << " by subset " << subset);
      ++wrong;
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("the whole NSEC3 chain proves what is true and nothing else") {
  const auto zone = tests::difficult_zone();
  const auto chain = zone.nsec3_chain();
  const auto all = nsec3_evidence(chain, ~0U);
  std::size_t proven = 0;
  for (const DenialQuestion& question : tests::difficult_claims()) {
    if (!question.qname.is_at_or_below(zone.apex)) continue;
    INFO(text(question));
    const Proof proof = prove_by_nsec3(question, all);
    CHECK(proof.is_proven() == zone.is_true(question));
    CHECK(proof.reason != DenialReason::proven_by_opt_out);
    proven += proof.is_proven() ? 1 : 0;
  }
  CHECK(proven > 40);
}

TEST_CASE("no part of the NSEC3 chain proves what is false") {
  const auto zone = tests::difficult_zone();
  const auto chain = zone.nsec3_chain();
  const auto claims = tests::difficult_claims();
  REQUIRE(chain.size() == 16);
  std::size_t wrong = 0;
  // Every pair, triple and single record: an honest proof needs no more than three.
  for (unsigned subset = 1; subset < 1U << chain.size(); ++subset) {
    if (std::popcount(subset) > 3) continue;
    const auto evidence = nsec3_evidence(chain, subset);
    for (const DenialQuestion& question : claims) {
      if (!question.qname.is_at_or_below(zone.apex)) continue;
      const Proof proof = prove_by_nsec3(question, evidence);
      if (!proof.is_proven() || zone.is_true(question)) continue;
      if (wrong < 10) UNSCOPED_INFO(text(question) << " by subset " << subset);
      ++wrong;
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("with opt-out a proof goes as far as the unsigned delegations allow") {
  const auto zone = tests::difficult_zone();
  const auto chain = zone.nsec3_chain({1, 1, 0, {}});
  const auto all = nsec3_evidence(chain, ~0U);
  REQUIRE(chain.size() == 15);
  for (const DenialQuestion& question : tests::difficult_claims()) {
    if (!question.qname.is_at_or_below(zone.apex)) continue;
    INFO(text(question));
    const Proof proof = prove_by_nsec3(question, all);
    // What is true stays provable; what is not may be an unsigned delegation, or below one.
    if (zone.is_true(question)) CHECK(proof.is_proven());
    if (proof.reason == DenialReason::proven) CHECK(zone.is_true(question));
  }
  const DenialQuestion delegation{name("insecure.example."), RRType::a, Claim::unsigned_delegation,
                                  std::nullopt};
  CHECK(prove_by_nsec3(delegation, all).reason == DenialReason::proven_by_opt_out);
  const DenialQuestion ds{name("insecure.example."), RRType::ds, Claim::no_data, std::nullopt};
  CHECK(prove_by_nsec3(ds, all).reason == DenialReason::proven_by_opt_out);
  const DenialQuestion missing{name("nobody.example."), RRType::a, Claim::name_error, std::nullopt};
  CHECK(prove_by_nsec3(missing, all).reason == DenialReason::proven_by_opt_out);
  const DenialQuestion secure{name("secure.example."), RRType::a, Claim::unsigned_delegation,
                              std::nullopt};
  CHECK(prove_by_nsec3(secure, all).reason == DenialReason::type_exists);
}

/// Denial records of example. with their signatures, judged as an authority section.
struct Case {
  std::unique_ptr<Verifier> verifier = std::make_unique<Verifier>();
  WorkBudget work;
  std::vector<Record> dnskeys;
  std::vector<Record> section;

  static const SigningKey& key() {
    static const SigningKey zone_key("example.", 13, SigningKey::kZsk);
    return zone_key;
  }

  explicit Case(const std::vector<Record>& denial) : dnskeys{key().dnskey()} {
    for (const Record& record : denial) add(record);
  }

  void add(const Record& record) {
    section.push_back(record);
    section.push_back(key().sign({record}, kInception, kExpiration));
  }

  DenialVerdict judge(const DenialQuestion& question, dns::dnssec::Seconds now = kNow) {
    const auto keys = dns::dnssec::make_key_set(name("example."), tests::pointers(dnskeys));
    return dns::dnssec::prove_denial(question, section, keys, now, *verifier, work);
  }
};

DenialQuestion name_error(std::string_view qname) {
  return {name(qname), RRType::a, Claim::name_error, std::nullopt};
}
DenialQuestion no_data(std::string_view qname, RRType qtype) {
  return {name(qname), qtype, Claim::no_data, std::nullopt};
}

TEST_CASE("a signed proof is secure and says what it rests on") {
  Case one(tests::difficult_zone().nsec_chain());
  const DenialVerdict verdict = one.judge(name_error("x.ent.example."));
  CHECK(verdict.status == Status::secure);
  CHECK(verdict.reason == DenialReason::proven);
  CHECK(verdict.is_proven());
  CHECK(verdict.method == DenialMethod::nsec);
  CHECK(verdict.closest_encloser == name("ent.example."));
  CHECK(verdict.valid_until == kExpiration);
  CHECK(verdict.rrsets.size() == 11);
  CHECK_FALSE(verdict.proof.empty());
  CHECK_FALSE(verdict.compact);
  CHECK_FALSE(verdict.work_limit_reached);
}

TEST_CASE("the same by NSEC3") {
  Case one(tests::difficult_zone().nsec3_chain());
  const DenialVerdict verdict = one.judge(name_error("x.ent.example."));
  CHECK(verdict.status == Status::secure);
  CHECK(verdict.method == DenialMethod::nsec3);
  CHECK(verdict.iterations == 2);
  CHECK(verdict.closest_encloser == name("ent.example."));
}

TEST_CASE("records whose signatures do not count prove nothing") {
  Case one(tests::difficult_zone().nsec_chain());
  SECTION("no signatures") {
    std::erase_if(one.section, [](const Record& r) { return r.type == RRType::rrsig; });
    const DenialVerdict verdict = one.judge(name_error("b.example."));
    CHECK(verdict.status == Status::bogus);
    CHECK(verdict.reason == DenialReason::records_not_valid);
    CHECK(verdict.rrsets.front().reason == SignatureStatus::missing);
  }
  SECTION("expired") {
    const DenialVerdict verdict = one.judge(name_error("b.example."), date("20270101000000"));
    CHECK(verdict.reason == DenialReason::records_not_valid);
    CHECK(verdict.rrsets.front().reason == SignatureStatus::expired);
    CHECK(verdict.valid_until == kExpiration);
    CHECK(verdict.method == DenialMethod::nsec);
  }
  SECTION("bits added") {
    for (Record& record : one.section) {
      if (record.type == RRType::nsec) record.rdata.back() ^= 0x10;
    }
    CHECK(one.judge(name_error("b.example.")).reason == DenialReason::records_not_valid);
  }
  SECTION("other keys") {
    one.dnskeys = {SigningKey("example.", 13).dnskey()};
    CHECK(one.judge(name_error("b.example.")).reason == DenialReason::records_not_valid);
  }
  SECTION("no records") {
    one.section.clear();
    const DenialVerdict verdict = one.judge(name_error("b.example."));
    CHECK(verdict.reason == DenialReason::no_records);
    CHECK(verdict.method == DenialMethod::none);
    CHECK_FALSE(verdict.valid_until);
  }
}

TEST_CASE("what is missing is named") {
  const auto zone = tests::difficult_zone();
  const auto chain = zone.nsec_chain();
  const auto only = [&chain](std::initializer_list<std::string_view> owners) {
    std::vector<Record> some;
    for (const Record& record : chain) {
      for (const std::string_view owner : owners) {
        if (record.owner == name(owner)) some.push_back(record);
      }
    }
    return Case(some);
  };
  CHECK(only({"secure.example."}).judge(name_error("b.example.")).reason ==
        DenialReason::name_not_denied);
  CHECK(only({"alias.example."}).judge(name_error("b.example.")).reason ==
        DenialReason::wildcard_not_denied);
  CHECK(only({"a.example."}).judge(name_error("a.example.")).reason == DenialReason::name_exists);
  CHECK(only({"dname.example."}).judge(name_error("ent.example.")).reason ==
        DenialReason::name_exists);
  CHECK(only({"a.example."}).judge(no_data("a.example.", RRType::a)).reason ==
        DenialReason::type_exists);
  CHECK(only({"alias.example."}).judge(no_data("alias.example.", RRType::a)).reason ==
        DenialReason::type_exists);
  CHECK(only({"x.wild.example.", "*.wild.example."}).judge(name_error("a.wild.example.")).reason ==
        DenialReason::wildcard_exists);
  CHECK(only({"x.wild.example.", "*.wild.example."})
            .judge(no_data("a.wild.example.", RRType::a))
            .reason == DenialReason::wildcard_type_exists);
  CHECK(only({"insecure.example."}).judge(name_error("x.insecure.example.")).reason ==
        DenialReason::parent_side_of_cut);
  CHECK(only({"dname.example."}).judge(name_error("x.dname.example.")).reason ==
        DenialReason::parent_side_of_cut);
  CHECK(only({"insecure.example."}).judge(no_data("insecure.example.", RRType::a)).reason ==
        DenialReason::parent_side_of_cut);
  CHECK(only({"example."}).judge(no_data("example.", RRType::ds)).reason ==
        DenialReason::child_side_of_cut);
  CHECK(only({"a.example."})
            .judge({name("a.example."), RRType::a, Claim::unsigned_delegation, std::nullopt})
            .reason == DenialReason::not_a_delegation);
  CHECK(only({"x.wild.example."})
            .judge({name("q.x.wild.example."), RRType::a, Claim::wildcard_answer,
                    name("wild.example.")})
            .reason == DenialReason::closer_name_exists);
  CHECK(only({"insecure.example."}).judge(no_data("insecure.example.", RRType::ds)).delegation);
  // A claim that says nothing.
  CHECK(only({"a.example."})
            .judge({name("b.example."), RRType::a, Claim::wildcard_answer, std::nullopt})
            .status == Status::bogus);
  CHECK(only({"a.example."})
            .judge({name("b.example."), RRType::a, Claim::wildcard_answer, name("b.example.")})
            .status == Status::bogus);
  CHECK(only({"a.example."}).judge(name_error("b.other.")).status == Status::bogus);
}

TEST_CASE("an NSEC record that a wildcard yielded is nobody's place in the chain") {
  Case one({});
  const Record wildcard =
      nsec_record(name("*.example."), name("example."), {RRType::a, RRType::rrsig, RRType::nsec});
  Record expanded = wildcard;
  expanded.owner = name("b.example.");
  Record signature = Case::key().sign({wildcard}, kInception, kExpiration);
  signature.owner = expanded.owner;
  one.section = {expanded, signature};
  const DenialVerdict verdict = one.judge(no_data("b.example.", RRType::txt));
  CHECK(verdict.status == Status::bogus);
  CHECK(verdict.reason == DenialReason::records_malformed);
}

TEST_CASE("NSEC records that no signer makes prove nothing") {
  // The next name outside the zone; behind the owner without being the apex.
  for (const char* const next : {"other.", "0.example."}) {
    Case one({nsec_record(name("a.example."), name(next), {RRType::a, RRType::rrsig})});
    CHECK(one.judge(name_error("b.example.")).reason == DenialReason::name_not_denied);
  }
  // Two records at one name.
  Case two({});
  const std::vector<Record> both = {
      nsec_record(name("a.example."), name("c.example."), {RRType::a}),
      nsec_record(name("a.example."), name("d.example."), {RRType::a})};
  two.section = both + std::vector<Record>{Case::key().sign(both, kInception, kExpiration)};
  CHECK(two.judge(name_error("b.example.")).reason == DenialReason::records_malformed);
}

TEST_CASE("compact denial (RFC 9824)") {
  const dns::Name next = *name("b.example.").prefixed(std::string_view("\0", 1));
  SECTION("NODATA with NXNAME") {
    Case one(
        {nsec_record(name("b.example."), next, {RRType::rrsig, RRType::nsec, RRType::nxname})});
    DenialVerdict verdict = one.judge(no_data("b.example.", RRType::a));
    CHECK(verdict.status == Status::secure);
    CHECK(verdict.compact);
    CHECK(verdict.name_denied);
    // The same with the RCODE restored (section 5).
    verdict = one.judge(name_error("b.example."));
    CHECK(verdict.status == Status::secure);
    CHECK(verdict.compact);
  }
  SECTION("NODATA at a name that lists no more than what signs it") {
    Case one({nsec_record(name("b.example."), next, {RRType::rrsig, RRType::nsec})});
    const DenialVerdict verdict = one.judge(no_data("b.example.", RRType::a));
    CHECK(verdict.status == Status::secure);
    CHECK(verdict.compact);
    CHECK_FALSE(verdict.name_denied);
    CHECK(one.judge(name_error("b.example.")).reason == DenialReason::name_exists);
  }
  SECTION("NODATA at a name with types") {
    Case one({nsec_record(name("b.example."), next, {RRType::rrsig, RRType::nsec, RRType::txt})});
    const DenialVerdict verdict = one.judge(no_data("b.example.", RRType::a));
    CHECK(verdict.status == Status::secure);
    CHECK_FALSE(verdict.compact);
  }
  SECTION("NXNAME beside data is no denial of the name") {
    Case one({nsec_record(name("b.example."), next,
                          {RRType::rrsig, RRType::nsec, RRType::nxname, RRType::txt})});
    CHECK(one.judge(name_error("b.example.")).reason == DenialReason::name_exists);
  }
}

TEST_CASE("minimally covering NSEC records (RFC 4470)") {
  Case one({nsec_record(name("a~.example."), name("b!.example."), {RRType::rrsig, RRType::nsec}),
            nsec_record(name("!~.example."), name("+.example."), {RRType::rrsig, RRType::nsec})});
  CHECK(one.judge(name_error("b.example.")).status == Status::secure);
}

TEST_CASE("DS is denied at the parent, and the root's by itself") {
  Case one(tests::difficult_zone().nsec_chain());
  CHECK(one.judge(no_data("insecure.example.", RRType::ds)).status == Status::secure);
  CHECK(one.judge(no_data("secure.example.", RRType::ds)).reason == DenialReason::type_exists);
  const DenialQuestion root{name("."), RRType::ds, Claim::no_data, std::nullopt};
  const dns::dnssec::TypeBitmap apex(tests::bitmap({RRType::soa, RRType::ns}));
  CHECK(dns::dnssec::judge_types(apex, root) == DenialReason::proven);
}

TEST_CASE("NSEC3 surprises are not secure, and not a crash") {
  const auto zone = tests::difficult_zone();
  const auto judge = [&zone](const Nsec3Shape& shape) {
    return Case(zone.nsec3_chain(shape)).judge(name_error("nobody.example."));
  };
  CHECK(judge({}).status == Status::secure);
  SECTION("too many iterations") {
    CHECK(judge({1, 0, dns::dnssec::kMaxNsec3Iterations, {}}).status == Status::secure);
    const DenialVerdict verdict = judge({1, 0, dns::dnssec::kMaxNsec3Iterations + 1, {}});
    CHECK(verdict.status == Status::insecure);
    CHECK(verdict.reason == DenialReason::iterations_over_limit);
    CHECK(verdict.iterations == dns::dnssec::kMaxNsec3Iterations + 1);
    CHECK_FALSE(verdict.is_proven());
  }
  SECTION("an unknown hash algorithm") {
    const DenialVerdict verdict = judge({2, 0, 0, {}});
    CHECK(verdict.status == Status::indeterminate);
    CHECK(verdict.reason == DenialReason::unknown_hash_algorithm);
  }
  SECTION("unknown flags") {
    const DenialVerdict verdict = judge({1, 2, 0, {}});
    CHECK(verdict.status == Status::indeterminate);
    CHECK(verdict.reason == DenialReason::unknown_flags);
  }
  SECTION("a long salt") {
    CHECK(judge({1, 0, 5, dns::Bytes(255, 7)}).status == Status::secure);
  }
  SECTION("several parameter sets") {
    Case one({zone.nsec3_chain().front()});
    one.add(zone.nsec3_chain({1, 0, 3, {}}).front());
    CHECK(one.judge(name_error("nobody.example.")).reason == DenialReason::parameters_differ);
  }
  SECTION("owners that are no hash") {
    auto chain = zone.nsec3_chain();
    for (Record& record : chain) record.owner = name("short.example.");
    Case one({chain.front()});
    CHECK(one.judge(name_error("nobody.example.")).reason == DenialReason::records_malformed);
  }
  SECTION("an owner that is the apex") {
    auto chain = zone.nsec3_chain();
    chain.front().owner = name("example.");
    Case one({chain.front()});
    CHECK(one.judge(name_error("nobody.example.")).reason == DenialReason::records_malformed);
  }
  SECTION("a next hash of another size") {
    Record record = zone.nsec3_chain().front();
    record.rdata[5 + 2] = 19;
    record.rdata.erase(record.rdata.begin() + 8);
    Case one({record});
    CHECK(one.judge(name_error("nobody.example.")).reason == DenialReason::records_malformed);
  }
}

TEST_CASE("what is missing of an NSEC3 proof is named") {
  const auto zone = tests::difficult_zone();
  const auto chain = zone.nsec3_chain();
  dns::dnssec::Nsec3Hasher hasher(2, {0xaa, 0xbb});
  const auto at = [&](std::string_view owner) {
    const auto hash = *hasher.hash(name(owner));
    for (const Record& record : chain) {
      if (dns::dnssec::nsec3_hash_from_label(record.owner.label(0)) == hash) return record;
    }
    throw std::runtime_error("not in the chain");
  };
  CHECK(Case({at("a.example.")}).judge(name_error("a.example.")).reason ==
        DenialReason::name_exists);
  CHECK(Case({at("a.example.")}).judge(name_error("b.b.example.")).reason ==
        DenialReason::no_closest_encloser);
  CHECK(Case({at("ent.example.")}).judge(no_data("ent.example.", RRType::a)).status ==
        Status::secure);
  CHECK(Case({at("insecure.example.")}).judge(name_error("x.insecure.example.")).reason ==
        DenialReason::parent_side_of_cut);
  CHECK(Case({at("dname.example.")}).judge(name_error("x.dname.example.")).reason ==
        DenialReason::parent_side_of_cut);
  CHECK(Case({at("example.")}).judge(no_data("example.", RRType::ds)).reason ==
        DenialReason::child_side_of_cut);
  CHECK(Case({at("a.example.")})
            .judge({name("a.example."), RRType::a, Claim::unsigned_delegation, std::nullopt})
            .reason == DenialReason::not_a_delegation);
}

TEST_CASE("hashing is bounded for an answer") {
  // 120 labels times 151 applications would be 18,000.
  std::string deep;
  for (int i = 0; i < 120; ++i) deep += "a.";
  Case one(tests::difficult_zone().nsec3_chain({1, 0, dns::dnssec::kMaxNsec3Iterations, {}}));
  const DenialVerdict verdict = one.judge(name_error(deep + "example."));
  CHECK(verdict.status == Status::bogus);
  CHECK(verdict.reason == DenialReason::work_limit);
  CHECK(verdict.work_limit_reached);
  // Without extra iterations any depth is within the bounds.
  Case plain(tests::difficult_zone().nsec3_chain({1, 0, 0, {}}));
  CHECK(plain.judge(name_error(deep + "example.")).status == Status::secure);
}

TEST_CASE("a heap of denial records is judged up to the bound") {
  Case one({});
  for (int i = 0; i < 40; ++i) {
    one.section.push_back(nsec_record(name("n" + std::to_string(i) + ".example."),
                                      name("o.example."), {RRType::a, RRType::rrsig}));
  }
  const DenialVerdict verdict = one.judge(name_error("zz.example."));
  CHECK(verdict.rrsets.size() == dns::dnssec::kMaxDenialRecords);
  CHECK(verdict.reason == DenialReason::work_limit);
  CHECK(verdict.work_limit_reached);
}

TEST_CASE("hashes and labels are each other's inverse") {
  dns::dnssec::Nsec3Hash hash{};
  for (std::size_t i = 0; i < hash.size(); ++i) hash[i] = static_cast<std::uint8_t>(i * 37 + 5);
  const std::string label = dns::dnssec::nsec3_label(hash);
  CHECK(label.size() == 32);
  CHECK(dns::dnssec::nsec3_hash_from_label(label) == hash);
  CHECK_FALSE(dns::dnssec::nsec3_hash_from_label(label.substr(1)));
  CHECK_FALSE(dns::dnssec::nsec3_hash_from_label(label.substr(1) + "w"));
}

TEST_CASE("type bitmaps") {
  const dns::dnssec::TypeBitmap types(tests::bitmap(
      {RRType::a, RRType::mx, RRType::rrsig, RRType::caa, static_cast<RRType>(1234)}));
  CHECK(types.has(RRType::a));
  CHECK(types.has(RRType::caa));
  CHECK(types.has(static_cast<RRType>(1234)));
  CHECK_FALSE(types.has(RRType::ns));
  CHECK_FALSE(types.has(static_cast<RRType>(1235)));
  CHECK_FALSE(types.has(static_cast<RRType>(65535)));
  CHECK_FALSE(types.has_only({RRType::a, RRType::mx, RRType::rrsig, RRType::caa}));
  CHECK(types.has_only(
      {RRType::a, RRType::mx, RRType::rrsig, RRType::caa, static_cast<RRType>(1234)}));
  CHECK(dns::dnssec::TypeBitmap().has_only({}));
}

TEST_CASE("every reason has a text of its own") {
  std::set<std::string_view> texts;
  for (int i = 0; i <= static_cast<int>(DenialReason::work_limit); ++i) {
    texts.insert(to_text(static_cast<DenialReason>(i)));
  }
  CHECK(texts.size() == static_cast<std::size_t>(DenialReason::work_limit) + 1);
  CHECK(texts.count("") == 0);
}

}  // namespace
