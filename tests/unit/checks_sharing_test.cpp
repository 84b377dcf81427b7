// What servers say in the same words is judged once for all of them; who differs is judged by
// itself, and each by the answers it gave.
#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "checks/facts.hpp"
#include "tests/catch.hpp"
#include "tests/unit/checks_cases.hpp"
#include "tests/unit/signature_edits.hpp"
#include "tests/unit/survey_builder.hpp"

using checks::AddressFacts;
using checks::JudgedRrset;
using checks::SignedRrset;
using dns::RRType;

namespace tests {

namespace {

constexpr const char* kOne = "192.0.2.2";

struct Derived {
  explicit Derived(survey::Survey seen) : survey(std::move(seen)) {}

  survey::Survey survey;
  dns::dnssec::TrustAnchors anchors = anchors_for(survey);
  dns::dnssec::Verifier verifier;
  std::unique_ptr<const checks::Facts> facts = checks::derive_facts(
      survey, checks::History(), checks::ZoneSettings(), {anchors, verifier}, kNow);

  const AddressFacts& at(std::string_view address) const {
    return *std::find_if(
        facts->addresses.begin(), facts->addresses.end(),
        [address](const AddressFacts& one) { return one.seen->address.to_text() == address; });
  }
};

survey::Survey signed_survey() {
  survey::Survey survey = healthy();
  sign_survey(survey);
  return survey;
}

/// Derived of a survey in which one server's answers were changed after signing.
Derived with_one_changed(const Edit& change) {
  survey::Survey survey = signed_survey();
  edit_address(survey, kOne, change);
  return Derived(std::move(survey));
}

const JudgedRrset& rrset_of(const AddressFacts& address, SignedRrset kind) {
  const auto& rrsets = address.dnssec.rrsets;
  return *std::find_if(rrsets.begin(), rrsets.end(), [kind](const JudgedRrset& one) {
    return one.rrset == kind && !one.in_additional;
  });
}

}  // namespace

TEST_CASE("servers that give the same share verdicts, and each has its own evidence") {
  const Derived derived(signed_survey());
  const auto& addresses = derived.facts->addresses;
  REQUIRE(addresses.size() > 2);
  for (const AddressFacts& address : addresses) {
    CHECK(address.dnssec.valid == true);
    CHECK(address.dnssec.keys == addresses.front().dnssec.keys);
    CHECK(address.ns == addresses.front().ns);
    CHECK(address.dnskeys == addresses.front().dnskeys);
    CHECK(address.dnssec.rrsets.size() == addresses.front().dnssec.rrsets.size());
    for (const JudgedRrset& rrset : address.dnssec.rrsets) {
      CHECK(rrset.exchange->server.address == address.seen->address);
    }
    CHECK(address.dnssec.denial_exchange->server.address == address.seen->address);
  }
}

TEST_CASE("a server with another signature is judged by itself") {
  const Derived derived = with_one_changed(corrupt(RRType::soa));
  for (const AddressFacts& address : derived.facts->addresses) {
    const bool changed = address.seen->address.to_text() == kOne;
    CAPTURE(address.seen->address.to_text());
    CHECK(rrset_of(address, SignedRrset::soa).is_secure() == !changed);
    CHECK(address.dnssec.valid == !changed);
  }
}

TEST_CASE("a server with another TTL is judged by itself") {
  const Derived derived = with_one_changed([](dns::Message& message) {
    for (dns::Record& record : message.answer) record.ttl += 1;
  });
  for (const AddressFacts& address : derived.facts->addresses) {
    const bool changed = address.seen->address.to_text() == kOne;
    CAPTURE(address.seen->address.to_text());
    CHECK(rrset_of(address, SignedRrset::soa).verdict.ttl_above_original == changed);
    CHECK(rrset_of(address, SignedRrset::dnskey).verdict.ttl_above_original == changed);
  }
}

TEST_CASE("a server with other keys is judged by them") {
  const Derived derived = with_one_changed([](dns::Message& message) {
    edit_keys(message, [](Records& records) {
      const dns::Record zsk = zsk_record(name(kZone));
      std::erase_if(records, [&zsk](const dns::Record& one) { return one.rdata == zsk.rdata; });
    });
  });
  for (const AddressFacts& address : derived.facts->addresses) {
    const bool changed = address.seen->address.to_text() == kOne;
    CAPTURE(address.seen->address.to_text());
    CHECK(rrset_of(address, SignedRrset::soa).verdict.reason ==
          (changed ? dns::dnssec::SignatureStatus::no_such_key
                   : dns::dnssec::SignatureStatus::valid));
    CHECK(address.dnssec.keys->is_secure() == !changed);
  }
}

TEST_CASE("servers of the parent that say the same share verdicts; one that differs has its own") {
  survey::Survey survey = signed_survey();
  auto& servers = survey.delegation.servers;
  REQUIRE(servers.size() == 2);
  servers.push_back(servers.front());
  edit(servers.back().ds.first,
       [](dns::Exchange&, dns::Message& message) { corrupt(RRType::ds)(message); });
  const Derived derived(std::move(survey));
  const auto& judged = derived.facts->dnssec.parents;
  const auto& said = derived.facts->delegation.parents;
  for (std::size_t i = 0; i + 1 < judged.size(); ++i) {
    CHECK(judged[i].ds == judged[0].ds);
    CHECK(said[i].referral == said[0].referral);
    CHECK(said[i].ds_exchange->server.address == said[i].seen->address);
  }
  CHECK(judged[0].ds->status == dns::dnssec::Status::secure);
  CHECK(judged.back().ds->status == dns::dnssec::Status::bogus);
}

}  // namespace tests
