// Key rollovers: every state that is published on the way is healthy, named, and nothing worse than
// a notice; and what is kept of it between rounds.
#include "tests/catch.hpp"
#include "tests/unit/checks_key_edits.hpp"

using checks::RolloverState;
using checks::Severity;
using dns::RRType;

namespace tests {

namespace {

using Report = std::shared_ptr<const checks::ZoneReport>;

constexpr std::uint16_t kKsk = 257;
constexpr std::uint16_t kZsk = 256;

const dns::Name& zone() {
  static const dns::Name name_of_it = name(kKeyZone);
  return name_of_it;
}

// The state whose series is 1; every state has one.
std::string state_of(const checks::ZoneReport& report) {
  std::string state;
  std::size_t series = 0;
  for (const checks::Measurement& measured : report.measurements) {
    if (measured.metric != checks::Metric::zone_rollover_state) continue;
    ++series;
    if (measured.value == 1) state += measured.extra;
  }
  CHECK((series == 0 || series == checks::kRolloverStates));
  return state;
}

void check_healthy(const survey::Survey& survey, std::string_view state) {
  const Report report = judge_once(survey);
  CHECK(report->dnssec == dns::dnssec::Status::secure);
  CHECK(state_of(*report) == state);
  for (const checks::Finding& finding : report->findings) {
    CAPTURE(finding.check, finding.sentence);
    CHECK(finding.severity <= Severity::notice);
  }
  const checks::Finding* const found = find(*report, "sec-rollover-state");
  CHECK((found != nullptr) == (state != "stable"));
}

// A zone with the healthy keys, and these beside them.
survey::Survey with_keys(const Records& keys) {
  survey::Survey survey = healthy();
  for (const dns::Record& key : keys) add_key(survey, key);
  return survey;
}

dns::WallTime days_ago(int days) {
  return kNow - std::chrono::days(days);
}

Severity severity_after(const survey::Survey& survey, RolloverState state, int days) {
  checks::History history;
  history.keys.rollover = state;
  history.keys.rollover_since = days_ago(days);
  const Report report = tests::judge(survey, history, {}, kNow).report;
  const checks::Finding* const found = find(*report, "sec-rollover-state");
  REQUIRE(found != nullptr);
  return found->severity;
}

}  // namespace

TEST_CASE("the states of a ZSK rollover are healthy") {
  const dns::Record next = extra_key(zone(), 13, kZsk);
  check_healthy(healthy(), "stable");
  SECTION("pre-publish: the next key is published") {
    check_healthy(with_keys({next}), "zsk_prepublish");
  }
  SECTION("pre-publish: the next key signs, the old one is still published") {
    survey::Survey survey = with_keys({next});
    sign_all_by(survey, next);
    check_healthy(survey, "zsk_prepublish");
  }
  SECTION("double signature") {
    survey::Survey survey = with_keys({next});
    sign_data_also(survey, next);
    check_healthy(survey, "zsk_double_signature");
  }
  SECTION("the old key is gone") {
    survey::Survey survey = with_keys({next});
    remove_key(survey, zsk_record(zone()));
    sign_all_by(survey, next);
    check_healthy(survey, "stable");
  }
}

TEST_CASE("the states of a KSK rollover are healthy") {
  const dns::Record next = extra_key(zone(), 13, kKsk);
  survey::Survey survey = with_keys({next});
  SECTION("the next key is published and signs nothing yet") {
    check_healthy(survey, "ksk_new_key");
  }
  SECTION("both sign the keys, the DS is of the old one") {
    sign_also(survey, RRType::dnskey, next);
    check_healthy(survey, "ksk_new_key");
  }
  SECTION("both sign the keys, DS of both") {
    sign_also(survey, RRType::dnskey, next);
    set_ds(survey, {ds_record(zone()), extra_ds(next)});
    check_healthy(survey, "ksk_ds_added");
  }
  SECTION("both sign the keys, the DS is of the new one") {
    sign_also(survey, RRType::dnskey, next);
    set_ds(survey, {extra_ds(next)});
    check_healthy(survey, "ksk_new_key");
  }
  SECTION("the old key is gone") {
    remove_key(survey, ksk_record(zone()));
    sign_also(survey, RRType::dnskey, next, {}, true);
    set_ds(survey, {extra_ds(next)});
    check_healthy(survey, "stable");
  }
  SECTION("the old key is revoked, and signs that") {
    dns::Record revoked = ksk_record(zone());
    revoked.rdata[1] |= 0x80U;
    remove_key(survey, ksk_record(zone()));
    add_key(survey, revoked);
    sign_also(survey, RRType::dnskey, next, {}, true);
    set_ds(survey, {extra_ds(next)});
    check_healthy(survey, "stable");
  }
}

TEST_CASE("a key for everything is rolled like a KSK") {
  const dns::Record old = extra_key(zone(), 13, kKsk, 1);
  const dns::Record next = extra_key(zone(), 13, kKsk, 2);
  survey::Survey survey = healthy();
  edit_answers(survey, RRType::dnskey, [&](Records& records) { records = {old, next}; });
  sign_also(survey, RRType::dnskey, old, {}, true);
  sign_all_by(survey, old);
  set_ds(survey, {extra_ds(old)});
  check_healthy(survey, "ksk_new_key");
  sign_also(survey, RRType::dnskey, next);
  sign_data_also(survey, next);
  set_ds(survey, {extra_ds(old), extra_ds(next)});
  check_healthy(survey, "ksk_ds_added");
  remove_key(survey, next);
  sign_also(survey, RRType::dnskey, old, {}, true);
  sign_all_by(survey, old);
  set_ds(survey, {extra_ds(old)});
  check_healthy(survey, "stable");
}

TEST_CASE("the states of an algorithm rollover are healthy") {
  const dns::Record ksk = extra_key(zone(), 15, kKsk);
  const dns::Record zsk = extra_key(zone(), 15, kZsk, 1);
  survey::Survey survey = healthy();
  SECTION("signatures first") {
    sign_data_also(survey, zsk);
    check_healthy(survey, "algorithm_roll");
    const Report report = judge_once(survey);
    const std::string said = find(*report, "sec-rollover-state")->sentence;
    CHECK(said.find("ECDSAP256SHA256 (13) and ED25519 (15);") != std::string::npos);
  }
  SECTION("then the keys, signed by both, and the DS") {
    add_key(survey, ksk);
    add_key(survey, zsk);
    sign_also(survey, RRType::dnskey, ksk);
    sign_data_also(survey, zsk);
    check_healthy(survey, "algorithm_roll");
    set_ds(survey, {ds_record(zone()), extra_ds(ksk)});
    check_healthy(survey, "algorithm_roll");
    set_ds(survey, {extra_ds(ksk)});
    check_healthy(survey, "algorithm_roll");
  }
  SECTION("the old keys go before their signatures") {
    edit_answers(survey, RRType::dnskey, [&](Records& records) { records = {ksk, zsk}; });
    sign_also(survey, RRType::dnskey, ksk, {}, true);
    survey::Survey old = survey;
    sign_all_by(survey, zsk);
    set_ds(survey, {extra_ds(ksk)});
    check_healthy(survey, "stable");
    sign_data_also(old, zsk);  // beside the signatures of keys that are gone
    for (const RRType type : {RRType::a, RRType::aaaa}) sign_also(old, type, zsk, {}, true);
    for (survey::AddressObservation& seen : old.addresses) {
      for (survey::Answer& found : seen.answers) {
        edit(found.exchange.first, [&zsk](dns::Exchange&, dns::Message& message) {
          message.authority = signed_by(zsk, message.authority);
        });
      }
    }
    set_ds(old, {extra_ds(ksk)});
    check_healthy(old, "algorithm_roll");
  }
}

TEST_CASE("the DS of a key that is to come is a notice when it was added lately") {
  survey::Survey survey = healthy();
  set_ds(survey, {ds_record(zone()), extra_ds(extra_key(zone(), 13, kKsk))});
  CHECK(find(*judge_once(survey), "sec-ds-orphan")->severity == Severity::notice);
  Rounds from_the_start;
  from_the_start.round(survey, std::chrono::seconds(0));
  CHECK(find(*from_the_start.round(survey), "sec-ds-orphan")->severity == Severity::notice);
  const Report old = from_the_start.round(survey, std::chrono::days(31));
  CHECK(find(*old, "sec-ds-orphan")->severity == Severity::notice);
  CHECK(find(*from_the_start.round(survey), "sec-ds-orphan")->severity == Severity::warning);
  Rounds rounds;
  rounds.round(healthy(), std::chrono::seconds(0));
  rounds.round(survey);
  const Report added = rounds.round(survey, std::chrono::days(31));
  CHECK(find(*added, "sec-ds-orphan")->severity == Severity::notice);
  CHECK(state_of(*added) == "ksk_ds_added");
  CHECK(find(*rounds.round(survey), "sec-ds-orphan")->severity == Severity::warning);
}

TEST_CASE("the DS of a key that was there and is gone is a warning at once") {
  survey::Survey both = healthy();
  const dns::Record other = extra_key(zone(), 13, kKsk);
  set_ds(both, {extra_ds(other)});
  survey::Survey stale = healthy();
  set_ds(stale, {ds_record(zone()), extra_ds(other)});
  Rounds rounds;
  rounds.round(both, std::chrono::seconds(0));
  rounds.round(stale);
  CHECK(find(*rounds.round(stale), "sec-ds-orphan")->severity == Severity::warning);
}

TEST_CASE("a state that lasts is a warning, unless its key may be kept for an emergency") {
  const dns::Record ksk = extra_key(zone(), 13, kKsk);
  const dns::Record zsk = extra_key(zone(), 13, kZsk);
  survey::Survey signing = with_keys({ksk});
  sign_also(signing, RRType::dnskey, ksk);
  CHECK(severity_after(signing, RolloverState::ksk_new_key, 29) == Severity::notice);
  CHECK(severity_after(signing, RolloverState::ksk_new_key, 31) == Severity::warning);
  CHECK(severity_after(signing, RolloverState::stable, 300) == Severity::notice);
  survey::Survey twice = with_keys({zsk});
  sign_data_also(twice, zsk);
  CHECK(severity_after(twice, RolloverState::zsk_double_signature, 31) == Severity::warning);
  CHECK(severity_after(with_keys({ksk}), RolloverState::ksk_new_key, 300) == Severity::notice);
  CHECK(severity_after(with_keys({zsk}), RolloverState::zsk_prepublish, 300) == Severity::notice);
}

TEST_CASE("since when a state lasts is kept, and survives rounds without answers") {
  const auto since = [](const checks::ZoneReport& report) -> std::optional<double> {
    for (const checks::Measurement& measured : report.measurements) {
      if (measured.metric == checks::Metric::zone_rollover_since_timestamp_seconds) {
        return measured.value;
      }
    }
    return std::nullopt;
  };
  Rounds rounds;
  const dns::WallTime first = rounds.now;
  CHECK(since(*rounds.round(healthy())) == dns::to_unix_seconds(first));
  const dns::WallTime changed = rounds.now;
  const survey::Survey survey = with_keys({extra_key(zone(), 13, kZsk)});
  CHECK(since(*rounds.round(survey)) == dns::to_unix_seconds(changed));
  survey::Survey silent = healthy();
  silence_all(silent);
  const Report unknown = rounds.round(silent);
  CHECK_FALSE(since(*unknown));
  CHECK(state_of(*unknown).empty());
  CHECK(since(*rounds.round(survey)) == dns::to_unix_seconds(changed));
  World world;
  world.is_signed = world.ds = false;
  CHECK(state_of(*judge_once(world.build())).empty());
}

}  // namespace tests
