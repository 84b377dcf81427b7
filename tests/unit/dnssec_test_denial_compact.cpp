// Compact denial: one NSEC record that says of a name that it does not exist.
#include "tests/catch.hpp"
#include "tests/unit/dnssec_denial_case.hpp"

namespace {

using dns::RRType;
using dns::dnssec::DenialReason;
using dns::dnssec::DenialVerdict;
using dns::dnssec::Status;
using tests::DenialCase;
using tests::name;
using tests::name_error;
using tests::no_data;
using tests::nsec_record;

TEST_CASE("compact denial (RFC 9824)") {
  const dns::Name next = *name("b.example.").prefixed(std::string_view("\0", 1));
  SECTION("NODATA with NXNAME") {
    DenialCase one(
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
    DenialCase one({nsec_record(name("b.example."), next, {RRType::rrsig, RRType::nsec})});
    const DenialVerdict verdict = one.judge(no_data("b.example.", RRType::a));
    CHECK(verdict.status == Status::secure);
    CHECK(verdict.compact);
    CHECK_FALSE(verdict.name_denied);
    CHECK(one.judge(name_error("b.example.")).reason == DenialReason::name_exists);
  }
  SECTION("NODATA at a name with types") {
    DenialCase one(
        {nsec_record(name("b.example."), next, {RRType::rrsig, RRType::nsec, RRType::txt})});
    const DenialVerdict verdict = one.judge(no_data("b.example.", RRType::a));
    CHECK(verdict.status == Status::secure);
    CHECK_FALSE(verdict.compact);
  }
  SECTION("NXNAME beside data is no denial of the name") {
    DenialCase one({nsec_record(name("b.example."), next,
                                {RRType::rrsig, RRType::nsec, RRType::nxname, RRType::txt})});
    CHECK(one.judge(name_error("b.example.")).reason == DenialReason::name_exists);
  }
}

}  // namespace
