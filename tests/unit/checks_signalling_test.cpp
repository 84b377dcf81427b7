// What a zone tells its parent and whoever copies it: CDS, CDNSKEY, CSYNC and ZONEMD.
#include "tests/catch.hpp"
#include "tests/unit/checks_cases.hpp"
#include "tests/unit/checks_key_edits.hpp"
#include "tests/unit/message_builder.hpp"

using checks::Severity;
using dns::RRType;
using survey::QuestionId;

namespace tests {

namespace {

using Report = std::shared_ptr<const checks::ZoneReport>;

const dns::Name& zone() {
  static const dns::Name name_of_it = name(kKeyZone);
  return name_of_it;
}

dns::Record cds(const dns::Record& ds) {
  return as_type(ds, RRType::cds);
}

dns::Record cdnskey(const dns::Record& key) {
  return as_type(key, RRType::cdnskey);
}

dns::Record good_cds() {
  return cds(ds_record(zone()));
}

dns::Record good_cdnskey() {
  return cdnskey(ksk_record(zone()));
}

dns::Record delete_cds() {
  return record(zone(), RRType::cds, {0, 0, 0, 0, 0});
}

dns::Record delete_cdnskey() {
  return record(zone(), RRType::cdnskey, {0, 0, 3, 0, 0});
}

survey::Survey with(const Records& rare) {
  World world;
  world.rare = rare;
  return world.build();
}

// A key that the zone does not publish.
dns::Record other_ksk() {
  return extra_key(zone(), 13, 257, 7);
}

// The signature over the type is by the zone signing key, and by no key that a DS stands for.
survey::Survey signed_by_zsk(survey::Survey survey, const dns::Record& zsk,
                             std::initializer_list<RRType> types) {
  add_key(survey, zsk);
  for (const RRType type : types) sign_also(survey, type, zsk, {}, true);
  return survey;
}

survey::Survey unsigned_rrset(survey::Survey survey, RRType type, std::string_view address = {}) {
  edit_answers(
      survey, type, [](Records& records) { records = without_signatures(records); }, address);
  return survey;
}

// Late in a rollover that the parent does not follow.
Report pending_for(int days) {
  const dns::Record next = other_ksk();
  survey::Survey survey = with({cds(extra_ds(next)), cdnskey(next)});
  add_key(survey, next);
  sign_also(survey, RRType::dnskey, next);
  checks::History history;
  history.keys.cds_pending_since = kNow - std::chrono::days(days);
  history.keys.rollover = checks::RolloverState::ksk_new_key;
  history.keys.rollover_since = kNow - std::chrono::days(days);
  return tests::judge(survey, history, {}, kNow).report;
}

// ---- CSYNC and ZONEMD ----

constexpr std::uint32_t kSerial = 2026112201;  // of the healthy zone

dns::Record csync(std::uint32_t serial, unsigned flags, const dns::Bytes& bitmap) {
  return record(zone(), RRType::csync, Octets().u32(serial).u16(flags).raw(bitmap));
}

const dns::Bytes kNsAndAddresses{0, 4, 0x60, 0, 0, 0x08};  // A NS AAAA
const dns::Bytes kWithMx{0, 2, 0x20, 0x01};                // NS MX

dns::Record zonemd(std::uint32_t serial, unsigned scheme, unsigned hash, std::size_t size) {
  return record(zone(), RRType::zonemd, Octets().u32(serial).u8(scheme).u8(hash).fill(size, 0x5A));
}

survey::Survey asked_earlier(survey::Survey survey, QuestionId id, std::chrono::seconds ago) {
  for (survey::AddressObservation& seen : survey.addresses) {
    for (survey::Answer& found : seen.answers) {
      if (found.id != id) continue;
      found.carried_over = true;
      edit(found.exchange.first,
           [ago](dns::Exchange& exchange, dns::Message&) { exchange.sent -= ago; });
    }
  }
  return survey;
}

}  // namespace

std::vector<Case> signalling_cases() {
  return {
      {"CDS without CDNSKEY",
       "sec-cds-present",
       Severity::notice,
       {},
       [] { return judge_once(with({good_cds()})); }},
      {"CDS and CDNSKEY of different keys",
       "sec-cds-match-cdnskey",
       Severity::warning,
       {},
       [] {
         return judge_once(with({good_cds(), cdnskey(other_ksk())}));
       }},
      {"CDS that asks for no DS, and CDNSKEY that asks for one",
       "sec-cds-match-cdnskey",
       Severity::warning,
       {},
       [] {
         return judge_once(with({delete_cds(), good_cdnskey()}));
       }},
      {"CDS without a signature",
       "sec-cds-valid",
       Severity::warning,
       {},
       [] {
         return judge_once(unsigned_rrset(with({good_cds(), good_cdnskey()}), RRType::cds));
       }},
      {"a CDS that was cut off",
       "sec-cds-valid",
       Severity::warning,
       {},
       [] {
         dns::Record cut = cds(ds_record(zone(), 4));
         cut.rdata.pop_back();
         return judge_once(with({good_cds(), cut}));
       }},
      {"a CDS of a key to come beside a good one",
       "sec-cds-valid",
       Severity::notice,
       {},
       [] {
         return judge_once(with({good_cds(), cds(extra_ds(other_ksk()))}));
       }},
      {"CDS signed by the zone signing key alone",
       "sec-cds-trust",
       Severity::warning,
       {},
       [] {
         return judge_once(signed_by_zsk(with({good_cds(), good_cdnskey()}),
                                         extra_key(zone(), 13, 256, 8),
                                         {RRType::cds, RRType::cdnskey}));
       }},
      {"the wish to delete the DS beside another CDS",
       "sec-cds-delete",
       Severity::warning,
       {},
       [] {
         return judge_once(with({delete_cds(), good_cds()}));
       }},
      {"the wish to delete the DS, written as it must be",
       "sec-cds-delete",
       Severity::notice,
       {},
       [] {
         return judge_once(with({delete_cds(), delete_cdnskey()}));
       }},
      {"a parent that does not follow CDS for eight days",
       "sec-cds-pending",
       Severity::warning,
       {},
       [] { return pending_for(8); }},
      {"a parent that does not follow CDS yet",
       "sec-cds-pending",
       Severity::notice,
       {},
       [] { return pending_for(2); }},
      {"CDS of a key that is not there",
       "sec-cds-continuity",
       Severity::error,
       {},
       [] {
         return judge_once(with({cds(extra_ds(other_ksk())), cdnskey(other_ksk())}));
       }},
      {"the same as CDNSKEY alone",
       "sec-cds-continuity",
       Severity::error,
       {},
       [] { return judge_once(with({cdnskey(other_ksk())})); }},
      {"CDS of a key that is not there, of a zone without DS",
       "sec-cds-continuity",
       Severity::warning,
       {},
       [] {
         World world;
         world.ds = false;
         world.rare = {cds(extra_ds(other_ksk())), cdnskey(other_ksk())};
         return judge_once(world.build());
       }},
      {"a CSYNC with flags that nobody knows",
       "sec-csync",
       Severity::warning,
       {},
       [] { return judge_once(with({csync(kSerial, 4, kNsAndAddresses)})); }},
      {"a CSYNC for MX",
       "sec-csync",
       Severity::warning,
       {},
       [] { return judge_once(with({csync(kSerial, 1, kWithMx)})); }},
      {"two CSYNC records",
       "sec-csync",
       Severity::warning,
       {},
       [] {
         return judge_once(
             with({csync(kSerial, 1, kNsAndAddresses), csync(kSerial, 3, kNsAndAddresses)}));
       }},
      {"a CSYNC without a signature",
       "sec-csync",
       Severity::warning,
       {},
       [] {
         return judge_once(
             unsigned_rrset(with({csync(kSerial, 3, kNsAndAddresses)}), RRType::csync));
       }},
      {"a CSYNC for a later serial",
       "sec-csync",
       Severity::notice,
       {},
       [] { return judge_once(with({csync(kSerial + 1, 2, kNsAndAddresses)})); }},
      {"a ZONEMD of another serial",
       "sec-zonemd",
       Severity::warning,
       {},
       [] { return judge_once(with({zonemd(kSerial - 1, 1, 1, 48)})); }},
      {"a ZONEMD of the wrong length",
       "sec-zonemd",
       Severity::warning,
       {},
       [] { return judge_once(with({zonemd(kSerial, 1, 1, 47)})); }},
      {"two ZONEMD of one kind",
       "sec-zonemd",
       Severity::warning,
       {},
       [] {
         dns::Record other = zonemd(kSerial, 1, 1, 48);
         other.rdata.back() = 1;
         return judge_once(with({zonemd(kSerial, 1, 1, 48), other}));
       }},
      {"a ZONEMD without a signature",
       "sec-zonemd",
       Severity::warning,
       {},
       [] {
         return judge_once(unsigned_rrset(with({zonemd(kSerial, 1, 1, 48)}), RRType::zonemd));
       }},
      {"a ZONEMD that nobody verifies",
       "sec-zonemd",
       Severity::info,
       {},
       [] { return judge_once(with({zonemd(kSerial, 240, 240, 48)})); }},
  };
}

TEST_CASE("right CDS, CDNSKEY, CSYNC and ZONEMD are no finding") {
  CHECK(judge_once(with({good_cds(), good_cdnskey(), csync(kSerial, 3, kNsAndAddresses),
                         zonemd(kSerial, 1, 1, 48), zonemd(kSerial, 1, 2, 64)}))
            ->findings.empty());
  // The parent may use another digest than CDS names: the key counts.
  CHECK(judge_once(with({cds(ds_record(zone(), 4)), good_cdnskey()}))->findings.empty());
}

TEST_CASE("a key rollover by CDS is healthy at every step") {
  const dns::Record next = other_ksk();
  survey::Survey survey = with({cds(extra_ds(next)), cdnskey(next)});
  add_key(survey, next);
  sign_also(survey, RRType::dnskey, next);
  const Report asked = judge_once(survey);
  CHECK(serious(*asked).empty());
  CHECK(find(*asked, "sec-cds-pending") != nullptr);
  set_ds(survey, {extra_ds(next)});
  sign_also(survey, RRType::cds, next);
  sign_also(survey, RRType::cdnskey, next);
  const Report done = judge_once(survey);
  CHECK(serious(*done).empty());
  CHECK(find(*done, "sec-cds-pending") == nullptr);
}

TEST_CASE("one server with another CDS is that server's, and a warning") {
  survey::Survey survey = with({good_cds(), good_cdnskey()});
  edit_answers(
      survey, RRType::cds,
      [](Records& records) { records.front().rdata = extra_ds(other_ksk()).rdata; }, "192.0.2.2");
  const Report report = judge_once(survey);
  const checks::Finding* const found = find(*report, "sec-cds-continuity", "ns2.example.test");
  REQUIRE(found != nullptr);
  CHECK(found->severity == Severity::warning);
  CHECK(find(*report, "sec-cds-continuity", "ns1.example.test") == nullptr);
}

TEST_CASE("a zone that expired everywhere has no fault of its CDS besides") {
  survey::Survey survey = with(
      {good_cds(), good_cdnskey(), csync(kSerial, 3, kNsAndAddresses), zonemd(kSerial, 1, 1, 48)});
  set_every_signature(survey, -30 * 86400, -3600);
  CHECK(serious(*judge_once(survey)) ==
        std::vector<std::string>{"critical sec-rrsig-expired", "critical sec-status"});
}

TEST_CASE("CDS that were asked for before the keys changed are not held against them") {
  const dns::Record next = other_ksk();
  const auto ago = std::chrono::minutes(50);
  const survey::Survey before =
      asked_earlier(asked_earlier(with({good_cds(), good_cdnskey()}), QuestionId::cds, ago),
                    QuestionId::cdnskey, ago);
  Rounds rounds;
  rounds.round(before, std::chrono::seconds(0));
  survey::Survey after = before;
  add_key(after, next);
  remove_key(after, ksk_record(zone()));
  sign_also(after, RRType::dnskey, next, {}, true);
  set_ds(after, {extra_ds(next)});
  const Report report = rounds.round(after);
  for (const checks::Finding& finding : report->findings) {
    CAPTURE(finding.check, finding.sentence);
    CHECK((finding.check.substr(0, 7) != "sec-cds" || finding.severity <= Severity::notice));
  }
}

TEST_CASE("a ZONEMD that was asked for before the zone changed says nothing about its serial") {
  survey::Survey survey = asked_earlier(with({zonemd(kSerial, 1, 1, 48)}), QuestionId::zonemd,
                                        std::chrono::minutes(30));
  Rounds rounds;
  CHECK(find(*rounds.round(survey, std::chrono::minutes(31)), "sec-zonemd") == nullptr);
  edit_every_soa(survey, [](dns::Soa& soa) { soa.serial = kSerial + 1; });
  CHECK(find(*rounds.round(survey), "sec-zonemd") == nullptr);
}

TEST_CASE("a wrong ZONEMD that was seen once is a notice, seen three times a warning") {
  Rounds rounds;
  const survey::Survey survey = with({zonemd(kSerial - 1, 1, 1, 48)});
  for (int i = 0; i < 2; ++i) {
    CHECK(find(*rounds.round(survey), "sec-zonemd")->severity == Severity::notice);
  }
  CHECK(find(*rounds.round(survey), "sec-zonemd")->severity == Severity::warning);
}

TEST_CASE("how long CDS are pending is kept while nothing is known, and ends with the wish") {
  const auto since = [](const checks::ZoneReport& report) -> std::optional<double> {
    for (const checks::Measurement& measured : report.measurements) {
      if (measured.metric == checks::Metric::zone_cds_pending_since_timestamp_seconds) {
        return measured.value;
      }
    }
    return std::nullopt;
  };
  const dns::Record next = other_ksk();
  survey::Survey asking = with({cds(extra_ds(next)), cdnskey(next)});
  World none;
  none.ask_rare = true;
  Rounds rounds;
  const double first = dns::to_unix_seconds(rounds.now);
  CHECK(since(*rounds.round(asking)) == first);
  CHECK(since(*rounds.round(healthy())) == first);  // not asked
  CHECK(since(*rounds.round(asking)) == first);
  CHECK_FALSE(since(*rounds.round(none.build())));
  CHECK_FALSE(since(*rounds.round(healthy())));
  // A first DS is asked for: there is nothing that it differs from.
  World island;
  island.ds = false;
  island.rare = {good_cds(), good_cdnskey()};
  CHECK_FALSE(since(*rounds.round(island.build())));
}

}  // namespace tests
