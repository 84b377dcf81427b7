// Denial by NSEC (RFC 4035): soundness and completeness over a whole zone, then each rule by
// itself.
#include <vector>

#include "tests/catch.hpp"
#include "tests/unit/dnssec_dates.hpp"
#include "tests/unit/dnssec_denial_case.hpp"

namespace {

using dns::Record;
using dns::RRType;
using dns::dnssec::Claim;
using dns::dnssec::DenialQuestion;
using dns::dnssec::DenialReason;
using dns::dnssec::DenialVerdict;
using dns::dnssec::NsecEvidence;
using dns::dnssec::Proof;
using dns::dnssec::Status;
using tests::DenialCase;
using tests::kExpiration;
using tests::kInception;
using tests::name;
using tests::name_error;
using tests::no_data;
using tests::nsec_record;
using tests::text;
using tests::operator+;

std::vector<NsecEvidence> nsec_evidence(const std::vector<Record>& chain, unsigned subset) {
  std::vector<NsecEvidence> evidence;
  for (std::size_t i = 0; i < chain.size(); ++i) {
    if ((subset >> i & 1) == 0) continue;
    evidence.push_back({&chain[i], *dns::dnssec::parse_nsec(chain[i].rdata)});
  }
  return evidence;
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
    return DenialCase(some);
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
  DenialCase one({});
  const Record wildcard =
      nsec_record(name("*.example."), name("example."), {RRType::a, RRType::rrsig, RRType::nsec});
  Record expanded = wildcard;
  expanded.owner = name("b.example.");
  Record signature = DenialCase::key().sign({wildcard}, kInception, kExpiration);
  signature.owner = expanded.owner;
  one.section = {expanded, signature};
  const DenialVerdict verdict = one.judge(no_data("b.example.", RRType::txt));
  CHECK(verdict.status == Status::bogus);
  CHECK(verdict.reason == DenialReason::records_malformed);
}

TEST_CASE("NSEC records that no signer makes prove nothing") {
  // The next name outside the zone; behind the owner without being the apex.
  for (const char* const next : {"other.", "0.example."}) {
    DenialCase one({nsec_record(name("a.example."), name(next), {RRType::a, RRType::rrsig})});
    CHECK(one.judge(name_error("b.example.")).reason == DenialReason::name_not_denied);
  }
  // Two records at one name.
  DenialCase two({});
  const std::vector<Record> both = {
      nsec_record(name("a.example."), name("c.example."), {RRType::a}),
      nsec_record(name("a.example."), name("d.example."), {RRType::a})};
  two.section = both + std::vector<Record>{DenialCase::key().sign(both, kInception, kExpiration)};
  CHECK(two.judge(name_error("b.example.")).reason == DenialReason::records_malformed);
}

TEST_CASE("minimally covering NSEC records (RFC 4470)") {
  DenialCase one(
      {nsec_record(name("a~.example."), name("b!.example."), {RRType::rrsig, RRType::nsec}),
       nsec_record(name("!~.example."), name("+.example."), {RRType::rrsig, RRType::nsec})});
  CHECK(one.judge(name_error("b.example.")).status == Status::secure);
}

TEST_CASE("DS is denied at the parent, and the root's by itself") {
  DenialCase one(tests::difficult_zone().nsec_chain());
  CHECK(one.judge(no_data("insecure.example.", RRType::ds)).status == Status::secure);
  CHECK(one.judge(no_data("secure.example.", RRType::ds)).reason == DenialReason::type_exists);
  const DenialQuestion root{name("."), RRType::ds, Claim::no_data, std::nullopt};
  const dns::dnssec::TypeBitmap apex(tests::bitmap({RRType::soa, RRType::ns}));
  CHECK(dns::dnssec::judge_types(apex, root) == DenialReason::proven);
}

TEST_CASE("a zone that denies by records of a type that was invented since") {
  const dns::Record denial = tests::record("example. 3600 IN TYPE65500 \\# 3 010203");
  DenialCase signed_denial({denial});
  const auto understood = signed_denial.judge(name_error("x.example."));
  CHECK(understood.status == Status::indeterminate);
  CHECK(understood.reason == DenialReason::unknown_records);
  SECTION("unsigned it may be anything") {
    DenialCase unsigned_denial({});
    unsigned_denial.section.push_back(denial);
    CHECK(unsigned_denial.judge(name_error("x.example.")).reason == DenialReason::no_records);
  }
  SECTION("a signature that does not count is none") {
    signed_denial.section.back().rdata.back() ^= 1U;
    CHECK(signed_denial.judge(name_error("x.example.")).reason == DenialReason::no_records);
  }
  SECTION("a known type denies nothing") {
    DenialCase known({tests::record("example. 3600 IN TXT \"A\"")});
    CHECK(known.judge(name_error("x.example.")).reason == DenialReason::no_records);
  }
}

}  // namespace
