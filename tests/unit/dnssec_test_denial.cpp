// Denial of existence, whatever the method: what a verdict says, which records count, and the
// parts that proofs are made of.
#include <set>
#include <string>

#include "tests/catch.hpp"
#include "tests/unit/dnssec_dates.hpp"
#include "tests/unit/dnssec_denial_case.hpp"

namespace {

using dns::Record;
using dns::RRType;
using dns::dnssec::DenialMethod;
using dns::dnssec::DenialReason;
using dns::dnssec::DenialVerdict;
using dns::dnssec::SignatureStatus;
using dns::dnssec::Status;
using tests::date;
using tests::DenialCase;
using tests::kExpiration;
using tests::name;
using tests::name_error;
using tests::nsec_record;
using tests::SigningKey;

TEST_CASE("a signed proof is secure and says what it rests on") {
  DenialCase one(tests::difficult_zone().nsec_chain());
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
  DenialCase one(tests::difficult_zone().nsec3_chain());
  const DenialVerdict verdict = one.judge(name_error("x.ent.example."));
  CHECK(verdict.status == Status::secure);
  CHECK(verdict.method == DenialMethod::nsec3);
  CHECK(verdict.iterations == 2);
  CHECK(verdict.closest_encloser == name("ent.example."));
}

TEST_CASE("records whose signatures do not count prove nothing") {
  DenialCase one(tests::difficult_zone().nsec_chain());
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

TEST_CASE("a heap of denial records is judged up to the bound") {
  DenialCase one({});
  for (int i = 0; i < 40; ++i) {
    one.section.push_back(nsec_record(name("n" + std::to_string(i) + ".example."),
                                      name("o.example."), {RRType::a, RRType::rrsig}));
  }
  const DenialVerdict verdict = one.judge(name_error("zz.example."));
  CHECK(verdict.rrsets.size() == dns::dnssec::kMaxDenialRecords);
  CHECK(verdict.reason == DenialReason::work_limit);
  CHECK(verdict.work_limit_reached);
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
