// DS records and keys: one thing wrong with them at a time.
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

World tld(bool is_signed) {
  World world;
  world.zone = "test";
  world.parent = ".";
  world.hosts = {{"a.nic.test", {"192.0.2.1", "2001:db8::1"}},
                 {"b.nic.test", {"192.0.2.2", "2001:db8::2"}}};
  world.is_signed = world.ds = is_signed;
  return world;
}

// How the servers of the parent answer the question for DS.
survey::Survey ds_answered(std::size_t servers, const std::function<void(dns::Message&)>& change) {
  survey::Survey survey = healthy();
  for (std::size_t i = 0; i < servers; ++i) {
    edit(survey.delegation.servers[i].ds.first,
         [&](dns::Exchange&, dns::Message& message) { change(message); });
  }
  return survey;
}

void refer(dns::Message& message) {
  message.aa = false;
  message.answer.clear();
  message.authority = {record(zone(), RRType::ns, name_rdata(name("ns1.example.test")))};
}

Report expecting(const std::optional<std::vector<dns::Bytes>>& ds) {
  checks::ZoneSettings settings;
  settings.expected_ds = ds;
  return judge_once(healthy(), settings);
}

dns::Record spoiled(dns::Record ds) {
  ds.rdata.back() ^= 1U;
  return ds;
}

// ---- keys ----

Report with_key(const dns::Record& key) {
  survey::Survey survey = healthy();
  add_key(survey, key);
  return judge_once(survey);
}

dns::Record rsa_key(const dns::Bytes& exponent, std::size_t modulus_octets, unsigned first = 0xC5) {
  Octets rdata;
  rdata.u16(256).u8(3).u8(8);
  rdata.u8(static_cast<unsigned>(exponent.size())).raw(exponent);
  rdata.u8(first).fill(modulus_octets - 1, 0xA7);
  return record(zone(), RRType::dnskey, rdata);
}

dns::Record short_ecdsa_key() {
  return record(zone(), RRType::dnskey, Octets().u16(256).u8(3).u8(13).fill(63, 7));
}

// A zone that is signed with one algorithm alone: its keys, data and DS.
Report signed_with(std::uint8_t algorithm, std::uint16_t bits = 2048) {
  survey::Survey survey = healthy();
  const dns::Record ksk = extra_key(zone(), algorithm, 257, 0, bits);
  const dns::Record zsk = extra_key(zone(), algorithm, 256, 1, bits);
  edit_answers(survey, RRType::dnskey, [&](Records& records) { records = {ksk, zsk}; });
  sign_also(survey, RRType::dnskey, ksk, {}, true);
  sign_all_by(survey, zsk);
  set_ds(survey, {extra_ds(ksk)});
  return judge_once(survey);
}

// The question for DNSKEY fails at some addresses.
survey::Survey keys_fail(std::initializer_list<std::string_view> at,
                         const std::function<void(dns::Exchange&, dns::Message&)>& change) {
  survey::Survey survey = healthy();
  for (const std::string_view address : at) {
    edit(answer(survey, address, QuestionId::dnskey).exchange.first, change);
  }
  return survey;
}

void time_out(dns::Exchange& exchange, dns::Message&) {
  exchange.outcome = dns::Outcome::timeout;
  exchange.attempts = exchange.attempts_timed_out = 3;
}

// The DNSKEY answers have keys of another name, beside the zone's own or alone.
survey::Survey keys_of_another_name(survey::Survey survey, bool alone,
                                    std::string_view address = {}) {
  edit_answers(
      survey, RRType::dnskey,
      [alone](Records& records) {
        dns::Record other = records.front();
        other.owner = name("www.example.test");
        if (alone) records.clear();
        records.push_back(other);
      },
      address);
  return survey;
}

// A key was added in the round before the last one.
Report after_a_new_key(std::chrono::seconds ago) {
  const dns::Record next = extra_key(zone(), 13, 256, 3);
  survey::Survey later = healthy();
  add_key(later, next);
  Rounds rounds;
  rounds.round(healthy());
  rounds.round(later, ago);
  return rounds.round(later);
}

void refuse(dns::Exchange&, dns::Message& message) {
  message.rcode = dns::Rcode::refused;
  message.aa = false;
  message.answer.clear();
}

}  // namespace

std::vector<Case> ds_cases() {
  return {
      {"a top-level domain that is not signed",
       "sec-signed",
       Severity::warning,
       {},
       [] { return judge_once(tld(false).build()); }},
      {"all servers of the parent answer the question for DS with a referral",
       "sec-ds-query",
       Severity::error,
       {},
       [] { return judge_once(ds_answered(2, refer)); }},
      {"one server of the parent answers the question for DS with a referral",
       "sec-ds-query",
       Severity::warning,
       {},
       [] { return judge_once(ds_answered(1, refer)); }},
      {"one server of the parent answers the question for DS with SERVFAIL",
       "sec-ds-query",
       Severity::warning,
       {},
       [] {
         return judge_once(ds_answered(1, [](dns::Message& message) {
           message.rcode = dns::Rcode::servfail;
           message.aa = false;
           message.answer.clear();
         }));
       }},
      {"a DS that nobody expects, instead of the one that is",
       "sec-ds-expected",
       Severity::critical,
       {},
       [] { return expecting({{spoiled(ds_record(zone())).rdata}}); }},
      {"no DS is expected",
       "sec-ds-expected",
       Severity::critical,
       {},
       [] { return expecting(std::vector<dns::Bytes>{}); }},
      {"a DS that stays in caches for two days",
       "sec-ds-ttl",
       Severity::notice,
       {},
       [] {
         return judge_once(ds_answered(2, [](dns::Message& message) {
           for (dns::Record& one : message.answer) one.ttl = 2 * 86400;
         }));
       }},
      {"another DS than in the round before",
       "sec-ds-change",
       Severity::notice,
       {},
       [] {
         Rounds rounds;
         survey::Survey survey = healthy();
         set_ds(survey, {ds_record(zone()), ds_record(zone(), 4)});
         rounds.round(survey, std::chrono::seconds(0));
         return rounds.round(healthy());
       }},
      {"a DS for a zone that nobody serves",
       "sec-ds-dead",
       Severity::notice,
       {"critical del-working-ns", "error con-tcp", "error con-udp"},
       [] {
         survey::Survey survey = healthy();
         silence_all(survey);
         return judge_once(survey);
       }},
      {"a SHA-384 DS alone",
       "sec-ds-no-sha256",
       Severity::notice,
       {},
       [] {
         survey::Survey survey = healthy();
         set_ds(survey, {ds_record(zone(), 4)});
         return judge_once(survey);
       }},
      {"a DS of a published key of another algorithm, that signs nothing",
       "sec-ds-alg-complete",
       Severity::warning,
       {"warning sec-alg-complete"},
       [] {
         survey::Survey survey = healthy();
         const dns::Record other = extra_key(zone(), 15, 257);
         add_key(survey, other);
         set_ds(survey, {ds_record(zone()), extra_ds(other)});
         return judge_once(survey);
       }},
  };
}

std::vector<Case> key_cases() {
  return {
      {"keys of another name beside the zone's",
       "sec-dnskey-apex",
       Severity::error,
       {},
       [] { return judge_once(keys_of_another_name(healthy(), false)); }},
      {"keys of another name in a zone without DS",
       "sec-dnskey-apex",
       Severity::warning,
       {},
       [] {
         World island;
         island.ds = false;
         return judge_once(keys_of_another_name(island.build(), false));
       }},
      {"keys of another name alone, at one server",
       "sec-dnskey-apex",
       Severity::error,
       {"warning cns-signed"},
       [] { return judge_once(keys_of_another_name(healthy(), true, "192.0.2.1")); }},
      {"keys of another name alone",
       "sec-dnskey-apex",
       Severity::notice,
       {"critical sec-ds-unsigned", "critical sec-status"},
       [] { return judge_once(keys_of_another_name(healthy(), true)); }},
      {"a new key",
       "sec-dnskey-info",
       Severity::info,
       {},
       [] { return after_a_new_key(std::chrono::minutes(1)); }},
      {"the keys cannot be had from any server",
       "sec-dnskey-answer",
       Severity::error,
       {},
       [] {
         return judge_once(keys_fail(
             {"192.0.2.1", "192.0.2.2", "192.0.2.3", "2001:db8::1", "2001:db8::2", "2001:db8::3"},
             time_out));
       }},
      {"the keys cannot be had from one server",
       "sec-dnskey-answer",
       Severity::warning,
       {},
       [] { return judge_once(keys_fail({"192.0.2.2"}, time_out)); }},
      {"one server refuses the question for the keys",
       "sec-dnskey-answer",
       Severity::warning,
       {},
       [] { return judge_once(keys_fail({"192.0.2.2"}, refuse)); }},
      {"an ECDSA key that was cut off",
       "sec-dnskey-size",
       Severity::warning,
       {},
       [] { return with_key(short_ecdsa_key()); }},
      {"an RSA key of 768 bits beside good ones",
       "sec-dnskey-size",
       Severity::warning,
       {"warning sec-alg-complete"},
       [] {
         return with_key(rsa_key({1, 0, 1}, 96));
       }},
      {"a zone signed with RSA keys of 1280 bits",
       "sec-dnskey-size",
       Severity::notice,
       {},
       [] { return signed_with(8, 1280); }},
      {"an RSA key with a leading zero",
       "sec-dnskey-rsa-form",
       Severity::warning,
       {"warning sec-alg-complete"},
       [] {
         return with_key(rsa_key({1, 0, 1}, 257, 0));
       }},
      {"an RSA key with an even exponent",
       "sec-dnskey-rsa-form",
       Severity::warning,
       {"warning sec-alg-complete"},
       [] {
         return with_key(rsa_key({1, 0, 2}, 256));
       }},
      {"keys that need TCP",
       "sec-dnskey-rrset-size",
       Severity::notice,
       {},
       [] {
         return judge_once(keys_fail({"192.0.2.2"}, [](dns::Exchange&, dns::Message& message) {
           message.wire_size = 1600;
         }));
       }},
      {"a zone signed with RSASHA1",
       "sec-dnskey-alg",
       Severity::warning,
       {},
       [] { return signed_with(5); }},
      {"a zone signed with RSASHA512",
       "sec-dnskey-alg",
       Severity::notice,
       {},
       [] { return signed_with(10); }},
  };
}

TEST_CASE("zones signed with any algorithm that is advised are quiet") {
  for (const std::uint8_t algorithm :
       {std::uint8_t{8}, std::uint8_t{13}, std::uint8_t{14}, std::uint8_t{15}, std::uint8_t{16}}) {
    CAPTURE(static_cast<int>(algorithm));
    const Report report = signed_with(algorithm);
    CHECK(report->dnssec == dns::dnssec::Status::secure);
    for (const checks::Finding& finding : report->findings) {
      CAPTURE(finding.check, finding.sentence);
      CHECK(finding.severity < Severity::notice);
    }
  }
}

TEST_CASE("the DS that are expected are no finding, whatever their order") {
  survey::Survey survey = healthy();
  set_ds(survey, {ds_record(zone(), 4), ds_record(zone())});
  checks::ZoneSettings settings;
  settings.expected_ds = {ds_record(zone()).rdata, ds_record(zone(), 4).rdata};
  CHECK(find(*judge_once(survey, settings), "sec-ds-expected") == nullptr);
  // Without an answer nothing is known.
  for (survey::ParentServer& parent : survey.delegation.servers) {
    edit(parent.ds.first, time_out);
  }
  settings.expected_ds->clear();
  CHECK(find(*judge_once(survey, settings), "sec-ds-expected") == nullptr);
}

TEST_CASE("a server of the parent that serves the zone, too, must still answer from the parent") {
  const Report report = judge_once(ds_answered(2, [](dns::Message& message) {
    message.answer.clear();
    message.authority = {record(zone(), RRType::soa, soa_rdata(World().soa))};
  }));
  REQUIRE(find(*report, "sec-ds-query") != nullptr);
  CHECK(find(*report, "sec-ds-query")->severity == Severity::notice);  // neg-proof-ds speaks
  CHECK(find(*report, "neg-proof-ds") != nullptr);
}

TEST_CASE("a key set that is cut off, without TCP to ask again, is not taken for no keys") {
  const auto cut = [](dns::Exchange&, dns::Message& message) {
    message.tc = true;
    message.answer.clear();
  };
  const Report report = judge_once(keys_fail({"192.0.2.2"}, cut));
  CHECK(find(*report, "cns-signed") == nullptr);
  const checks::Finding* const found = find(*report, "sec-dnskey-answer", "ns2.example.test");
  REQUIRE(found != nullptr);
  CHECK(found->severity == Severity::warning);
}

TEST_CASE("lost answers about keys are a notice until the third round") {
  Rounds rounds;
  const survey::Survey survey = keys_fail({"192.0.2.2"}, time_out);
  CHECK(find(*rounds.round(survey), "sec-dnskey-answer")->severity == Severity::notice);
  CHECK(find(*rounds.round(survey), "sec-dnskey-answer")->severity == Severity::notice);
  CHECK(find(*rounds.round(survey), "sec-dnskey-answer")->severity == Severity::warning);
}

TEST_CASE("a DS for a dead zone is told of after a week, not in a short outage") {
  Rounds rounds;
  survey::Survey survey = healthy();
  silence_all(survey);
  CHECK(find(*rounds.round(survey, std::chrono::days(6)), "sec-ds-dead") == nullptr);
  CHECK(find(*rounds.round(survey, std::chrono::days(2)), "sec-ds-dead") == nullptr);
  CHECK(find(*rounds.round(survey), "sec-ds-dead") != nullptr);
}

TEST_CASE("the DS and the size of the key answer are measured") {
  const auto value = [](const checks::ZoneReport& report,
                        checks::Metric metric) -> std::optional<double> {
    for (const checks::Measurement& measured : report.measurements) {
      if (measured.metric == metric) return measured.value;
    }
    return std::nullopt;
  };
  using checks::Metric;
  Rounds rounds;
  survey::Survey survey = keys_fail(
      {"192.0.2.2"}, [](dns::Exchange&, dns::Message& message) { message.wire_size = 900; });
  const Report first = rounds.round(survey);
  CHECK(value(*first, Metric::zone_ds_ttl_seconds) == 3600);
  CHECK(value(*first, Metric::zone_dnskey_response_bytes) == 900);
  CHECK_FALSE(value(*first, Metric::zone_ds_changed_timestamp_seconds));
  CHECK_FALSE(value(*first, Metric::zone_dnskey_changed_timestamp_seconds));
  CHECK_FALSE(value(*first, Metric::zone_cds_pending_since_timestamp_seconds));
  set_ds(survey, {ds_record(zone()), ds_record(zone(), 4)});
  add_key(survey, extra_key(zone(), 13, 256));
  const double now = dns::to_unix_seconds(rounds.now);
  const Report second = rounds.round(survey);
  CHECK(value(*second, Metric::zone_ds_changed_timestamp_seconds) == now);
  CHECK(value(*second, Metric::zone_dnskey_changed_timestamp_seconds) == now);
  World island;
  island.ds = false;
  CHECK_FALSE(value(*judge_once(island.build()), Metric::zone_ds_ttl_seconds));
}

TEST_CASE("a new key is described for a day, with when it was first seen") {
  const Report later = after_a_new_key(std::chrono::hours(25));
  CHECK(find(*later, "sec-dnskey-info") == nullptr);
  const Report report = after_a_new_key(std::chrono::hours(2));
  const checks::Finding* const told = find(*report, "sec-dnskey-info");
  REQUIRE(told != nullptr);
  CAPTURE(told->sentence);
  CHECK(told->sentence.find("(ECDSAP256SHA256 (13)), zone signing, 256 bits, flags 256, first seen "
                            "at 2026-11-22 16:01 UTC") != std::string::npos);
  CHECK(told->sentence.find("key signing, 256 bits, flags 257;") != std::string::npos);
}

TEST_CASE("a key that is gone is named, and the first look of all tells of no change") {
  Rounds rounds;
  survey::Survey before = healthy();
  const dns::Record old = extra_key(zone(), 13, 256, 3);
  add_key(before, old);
  CHECK(find(*rounds.round(before), "sec-dnskey-info") == nullptr);
  const Report report = rounds.round(healthy());
  const checks::Finding* const told = find(*report, "sec-dnskey-info");
  REQUIRE(told != nullptr);
  const std::string gone =
      "No longer published: key tag " + std::to_string(dns::key_tag(old.rdata)) + ".";
  CHECK(told->sentence.find(gone) != std::string::npos);
}

TEST_CASE("keys behind an alias are no keys of another name") {
  survey::Survey survey = healthy();
  edit_answers(survey, RRType::dnskey, [](Records& records) {
    const dns::Record key = records.front();
    records = {record(zone(), RRType::cname, name_rdata(name("other.test"))), key};
    records.back().owner = name("other.test");
  });
  CHECK(find(*judge_once(survey), "sec-dnskey-apex") == nullptr);
}

}  // namespace tests
