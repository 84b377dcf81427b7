// What the edits leave of a signed zone, by the judgement of ldns: a fault is the one it is called,
// and nothing else is wrong.
#include "tests/lab/zone_edit.hpp"

#include <algorithm>

#include "dns/dnssec_validation.hpp"
#include "tests/catch.hpp"
#include "tests/lab/master_file.hpp"

namespace {

using dns::RRType;
using lab::EditKind;

constexpr const char* kZone =
    "example.test. 3600 IN SOA ns1.example.test. hostmaster.example.test. 7 14400 3600 1209600 "
    "900\n"
    "example.test. 3600 IN NS ns1.example.test.\n"
    "ns1.example.test. 3600 IN A 127.1.0.1\n"
    "sub.example.test. 3600 IN NS ns.sub.example.test.\n"
    "ns.sub.example.test. 3600 IN A 127.1.0.2\n";

const std::chrono::sys_seconds kNow{std::chrono::seconds(1'800'000'000)};

dns::Name name(const std::string& text) {
  return dns::Name::from_text(text).value();
}

/// A zone, edited, with what validation says of it.
class Edited {
 public:
  explicit Edited(const std::vector<lab::ZoneEdit>& edits, lab::Denial denial = lab::Denial::nsec)
      : keys_(lab::ZoneKeys::generate(name("example.test")).value()) {
    const lab::Validity validity{kNow - std::chrono::hours(1), kNow + std::chrono::days(14)};
    const auto text = keys_.sign(kZone, validity, denial).value();
    records_ = lab::parse_master_text(text, name("example.test")).value();
    result_ = lab::edit_zone(records_, edits, keys_, kNow);
  }

  const std::vector<dns::Record>& records() const { return *result_; }
  const dns::Result<std::vector<dns::Record>>& result() const { return result_; }
  const std::vector<dns::Record>& before() const { return records_; }

  dns::dnssec::SignatureStatus reason(const std::string& owner, RRType type) {
    const auto view = dns::dnssec::collect_rrset(records(), name(owner), type);
    dns::dnssec::WorkBudget work;
    return validate_rrset(view, key_set(), kNow, verifier_, work).reason;
  }

 private:
  dns::dnssec::KeySet key_set() const {
    const auto view = dns::dnssec::collect_rrset(records(), name("example.test"), RRType::dnskey);
    return dns::dnssec::make_key_set(name("example.test"), view.records);
  }

  lab::ZoneKeys keys_;
  std::vector<dns::Record> records_;
  dns::Result<std::vector<dns::Record>> result_;
  dns::dnssec::Verifier verifier_;
};

lab::ZoneEdit edit(EditKind kind, std::vector<RRType> types = {}) {
  lab::ZoneEdit result;
  result.kind = kind;
  result.types = std::move(types);
  return result;
}

}  // namespace

TEST_CASE("an edit of signatures leaves the fault it is called after, and others alone") {
  using dns::dnssec::SignatureStatus;
  auto wrong_signer = edit(EditKind::wrong_signer, {RRType::soa});
  wrong_signer.name = name("other.test");
  const std::vector<std::pair<lab::ZoneEdit, SignatureStatus>> cases{
      {edit(EditKind::expired, {RRType::soa}), SignatureStatus::expired},
      {edit(EditKind::not_yet_valid, {RRType::soa}), SignatureStatus::not_yet_valid},
      {edit(EditKind::corrupt_signature, {RRType::soa}), SignatureStatus::crypto_failed},
      {edit(EditKind::wrong_labels, {RRType::soa}), SignatureStatus::too_many_labels},
      {edit(EditKind::few_labels, {RRType::soa}), SignatureStatus::too_few_labels},
      {edit(EditKind::unsign, {RRType::soa}), SignatureStatus::missing},
      {edit(EditKind::low_original_ttl, {RRType::soa}), SignatureStatus::valid},
      {wrong_signer, SignatureStatus::signer_not_zone},
  };
  for (const auto& [one, expected] : cases) {
    Edited zone({one});
    REQUIRE(zone.result());
    CHECK(zone.reason("example.test", RRType::soa) == expected);
    CHECK(zone.reason("example.test", RRType::ns) == SignatureStatus::valid);
    CHECK(zone.reason("example.test", RRType::dnskey) == SignatureStatus::valid);
  }
}

TEST_CASE("an edited NSEC or NSEC3 record is signed again") {
  auto listed = edit(EditKind::bitmap_add);
  listed.owner = name("sub.example.test");
  listed.listed = {RRType::ds};
  Edited zone({listed, edit(EditKind::not_covering)});
  REQUIRE(zone.result());
  CHECK(zone.reason("sub.example.test", RRType::nsec) == dns::dnssec::SignatureStatus::valid);
  const auto rdata = [](const std::vector<dns::Record>& records) {
    const auto view = dns::dnssec::collect_rrset(records, name("sub.example.test"), RRType::nsec);
    return view.records.at(0)->rdata;
  };
  CHECK(rdata(zone.records()) != rdata(zone.before()));

  Edited nsec3({edit(EditKind::not_covering)}, lab::Denial::nsec3);
  REQUIRE(nsec3.result());
  for (const dns::Record& record : nsec3.records()) {
    if (record.type != RRType::nsec3) continue;
    CHECK(nsec3.reason(record.owner.to_text(), RRType::nsec3) ==
          dns::dnssec::SignatureStatus::valid);
  }
}

TEST_CASE("signatures with a label less are right for a wildcard") {
  Edited zone({edit(EditKind::few_labels, {RRType::a})});
  REQUIRE(zone.result());
  CHECK(zone.reason("ns1.example.test", RRType::a) == dns::dnssec::SignatureStatus::valid);
}

TEST_CASE("NSEC3 records of an unknown hash algorithm are validly signed") {
  Edited zone({edit(EditKind::nsec3_algorithm)}, lab::Denial::nsec3);
  REQUIRE(zone.result());
  for (const dns::Record& record : zone.records()) {
    if (record.type != RRType::nsec3) continue;
    CHECK(record.rdata.front() == 99);
    CHECK(zone.reason(record.owner.to_text(), RRType::nsec3) ==
          dns::dnssec::SignatureStatus::valid);
  }
}

TEST_CASE("of several records one is dropped, and the others are signed again") {
  Edited zone({edit(EditKind::drop_record, {RRType::dnskey})});
  REQUIRE(zone.result());
  CHECK(std::count_if(zone.records().begin(), zone.records().end(),
                      [](const auto& record) { return record.type == RRType::dnskey; }) == 1);
  CHECK_FALSE(Edited({edit(EditKind::drop_record, {RRType::ns})}).result());
}

TEST_CASE("keys that are added have the wanted tag, and the DNSKEY RRset stays signed") {
  auto colliding = edit(EditKind::colliding_keys);
  colliding.count = 5;
  Edited zone({colliding});
  REQUIRE(zone.result());
  std::vector<std::uint16_t> tags;
  for (const dns::Record& record : zone.records()) {
    if (record.type == RRType::dnskey) tags.push_back(dns::key_tag(record.rdata));
  }
  CHECK(tags.size() == 7);
  std::sort(tags.begin(), tags.end());
  CHECK(std::unique(tags.begin(), tags.end()) - tags.begin() == 2);
  CHECK(zone.reason("example.test", RRType::dnskey) == dns::dnssec::SignatureStatus::valid);
}

TEST_CASE("worthless signatures stand before the right one") {
  auto many = edit(EditKind::many_signatures, {RRType::ns});
  many.count = 3;
  Edited zone({many});
  REQUIRE(zone.result());
  CHECK(dns::dnssec::collect_rrset(zone.records(), name("example.test"), RRType::ns)
            .signatures.size() == 4);
  CHECK(zone.reason("example.test", RRType::ns) == dns::dnssec::SignatureStatus::valid);
}

TEST_CASE("an edit that fits nothing is a mistake in the world file") {
  auto nowhere = edit(EditKind::unsign);
  nowhere.owner = name("nowhere.example.test");
  CHECK_FALSE(Edited({nowhere}).result());
  CHECK_FALSE(Edited({edit(EditKind::no_opt_out)}).result());
  CHECK(lab::edit_kind_from_text("wrong-labels") == EditKind::wrong_labels);
  CHECK_FALSE(lab::edit_kind_from_text("no-such-edit"));
}
