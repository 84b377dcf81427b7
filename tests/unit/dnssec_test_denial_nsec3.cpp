// Denial by NSEC3 (RFC 5155): soundness and completeness over a whole zone, opt-out, then each
// rule by itself.
#include <algorithm>
#include <bit>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/catch.hpp"
#include "tests/unit/dnssec_denial_case.hpp"

namespace {

using dns::Record;
using dns::RRType;
using dns::dnssec::Claim;
using dns::dnssec::DenialQuestion;
using dns::dnssec::DenialReason;
using dns::dnssec::DenialVerdict;
using dns::dnssec::Nsec3Evidence;
using dns::dnssec::Proof;
using dns::dnssec::Status;
using dns::dnssec::WorkBudget;
using tests::DenialCase;
using tests::name;
using tests::name_error;
using tests::no_data;
using tests::Nsec3Shape;
using tests::text;

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

TEST_CASE("NSEC3 surprises are not secure, and not a crash") {
  const auto zone = tests::difficult_zone();
  const auto judge = [&zone](const Nsec3Shape& shape) {
    return DenialCase(zone.nsec3_chain(shape)).judge(name_error("nobody.example."));
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
    DenialCase one({zone.nsec3_chain().front()});
    one.add(zone.nsec3_chain({1, 0, 3, {}}).front());
    CHECK(one.judge(name_error("nobody.example.")).reason == DenialReason::parameters_differ);
  }
  SECTION("owners that are no hash") {
    auto chain = zone.nsec3_chain();
    for (Record& record : chain) record.owner = name("short.example.");
    DenialCase one({chain.front()});
    CHECK(one.judge(name_error("nobody.example.")).reason == DenialReason::records_malformed);
  }
  SECTION("an owner that is the apex") {
    auto chain = zone.nsec3_chain();
    chain.front().owner = name("example.");
    DenialCase one({chain.front()});
    CHECK(one.judge(name_error("nobody.example.")).reason == DenialReason::records_malformed);
  }
  SECTION("a next hash of another size") {
    Record record = zone.nsec3_chain().front();
    record.rdata[5 + 2] = 19;
    record.rdata.erase(record.rdata.begin() + 8);
    DenialCase one({record});
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
  CHECK(DenialCase({at("a.example.")}).judge(name_error("a.example.")).reason ==
        DenialReason::name_exists);
  CHECK(DenialCase({at("a.example.")}).judge(name_error("b.b.example.")).reason ==
        DenialReason::no_closest_encloser);
  CHECK(DenialCase({at("ent.example.")}).judge(no_data("ent.example.", RRType::a)).status ==
        Status::secure);
  CHECK(DenialCase({at("insecure.example.")}).judge(name_error("x.insecure.example.")).reason ==
        DenialReason::parent_side_of_cut);
  CHECK(DenialCase({at("dname.example.")}).judge(name_error("x.dname.example.")).reason ==
        DenialReason::parent_side_of_cut);
  CHECK(DenialCase({at("example.")}).judge(no_data("example.", RRType::ds)).reason ==
        DenialReason::child_side_of_cut);
  CHECK(DenialCase({at("a.example.")})
            .judge({name("a.example."), RRType::a, Claim::unsigned_delegation, std::nullopt})
            .reason == DenialReason::not_a_delegation);
}

TEST_CASE("hashing is bounded for an answer") {
  // 120 labels times 151 applications would be 18,000.
  std::string deep;
  for (int i = 0; i < 120; ++i) deep += "a.";
  DenialCase one(tests::difficult_zone().nsec3_chain({1, 0, dns::dnssec::kMaxNsec3Iterations, {}}));
  const DenialVerdict verdict = one.judge(name_error(deep + "example."));
  CHECK(verdict.status == Status::bogus);
  CHECK(verdict.reason == DenialReason::work_limit);
  CHECK(verdict.work_limit_reached);
  // Without extra iterations any depth is within the bounds.
  DenialCase plain(tests::difficult_zone().nsec3_chain({1, 0, 0, {}}));
  CHECK(plain.judge(name_error(deep + "example.")).status == Status::secure);
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

}  // namespace
