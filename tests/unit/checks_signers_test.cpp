// Who signs with what: algorithms, several signers, servers that strip signatures, and signatures
// that nobody renews.
#include "tests/catch.hpp"
#include "tests/unit/checks_cases.hpp"
#include "tests/unit/checks_key_edits.hpp"

using checks::Severity;
using dns::RRType;

namespace tests {

namespace {

using Report = std::shared_ptr<const checks::ZoneReport>;

constexpr std::int64_t kDay = 86400;
constexpr std::int64_t kMinute = 60;

const dns::Name& zone() {
  static const dns::Name name_of_it = name(kKeyZone);
  return name_of_it;
}

survey::Survey two_servers() {
  World world;
  world.hosts = {{"ns1.example.test", {"192.0.2.1"}}, {"ns2.example.test", {"192.0.2.2"}}};
  return world.build();
}

Report signed_between(std::int64_t inception, std::int64_t expiration) {
  survey::Survey survey = healthy();
  set_every_signature(survey, inception, expiration);
  return judge_once(survey);
}

// One server gives the keys, and takes every signature off.
Report stripped_at_one(survey::Survey survey) {
  for (const auto transport : {dns::Transport::udp, dns::Transport::tcp}) {
    edit_all(survey, "192.0.2.2", transport, [](dns::Exchange&, dns::Message& message) {
      for (Records* const section : {&message.answer, &message.authority}) {
        std::erase_if(*section, [](const auto& one) {
          return one.type == RRType::rrsig || one.type == RRType::nsec;
        });
      }
    });
  }
  return judge_once(survey);
}

// Two signers (RFC 8901, model 2): each signs with keys of its own. `shared`: each publishes the
// zone signing key of the other as well, as it must. The second serves these addresses.
survey::Survey two_signers(bool shared, std::initializer_list<std::string_view> second_serves,
                           std::uint8_t algorithm = 13) {
  survey::Survey survey = healthy();
  const dns::Record ksk = extra_key(zone(), algorithm, 257, 20);
  const dns::Record zsk = extra_key(zone(), algorithm, 256, 21);
  if (shared) add_key(survey, zsk);
  for (const std::string_view address : second_serves) {
    remove_key(survey, ksk_record(zone()), address);
    if (!shared) {
      remove_key(survey, zsk_record(zone()), address);
      add_key(survey, zsk, address);
    }
    add_key(survey, ksk, address);
    sign_also(survey, RRType::dnskey, ksk, address, true);
    sign_all_by(survey, zsk, address);
  }
  set_ds(survey, {ds_record(zone()), extra_ds(ksk)});
  return survey;
}

}  // namespace

std::vector<Case> signer_cases() {
  return {
      {"one of two servers takes all signatures off",
       "sec-do-retrievable",
       Severity::error,
       {},
       [] { return stripped_at_one(two_servers()); }},
      {"one of three servers takes all signatures off",
       "sec-do-retrievable",
       Severity::warning,
       {},
       [] { return stripped_at_one(healthy()); }},
      {"nothing signed for most of two months",
       "sec-rrsig-age",
       Severity::warning,
       {},
       [] { return signed_between(-54 * kDay, 6 * kDay); }},
      {"four fifths of thirty days used up",
       "sec-rrsig-age",
       Severity::notice,
       {},
       [] { return signed_between(-24 * kDay, 6 * kDay); }},
      {"signatures that begin just now",
       "sec-rrsig-skew",
       Severity::notice,
       {},
       [] { return signed_between(-2 * kMinute, 14 * kDay); }},
      {"keys of an algorithm that signs nothing",
       "sec-alg-complete",
       Severity::warning,
       {},
       [] {
         survey::Survey survey = healthy();
         add_key(survey, extra_key(zone(), 15, 256));
         return judge_once(survey);
       }},
      {"signatures of the next algorithm, whose keys are to come",
       "sec-extra-rrsig",
       Severity::info,
       {},
       [] {
         survey::Survey survey = healthy();
         sign_data_also(survey, extra_key(zone(), 15, 256));
         return judge_once(survey);
       }},
      {"two signers that do not publish each other's keys",
       "sec-multisigner",
       Severity::error,
       {"warning cns-dnskey"},
       [] {
         return judge_once(two_signers(false, {"192.0.2.2", "2001:db8::2", "192.0.2.3"}));
       }},
      {"one server of another signer",
       "sec-multisigner",
       Severity::warning,
       {"warning cns-dnskey"},
       [] { return judge_once(two_signers(false, {"192.0.2.2"})); }},
      {"a server that sets AD",
       "sec-auth-ad",
       Severity::notice,
       {},
       [] {
         survey::Survey survey = healthy();
         edit_all(survey, "192.0.2.2", dns::Transport::udp,
                  [](dns::Exchange&, dns::Message& message) { message.ad = true; });
         return judge_once(survey);
       }},
      {"a rollover that is stuck",
       "sec-rollover-state",
       Severity::warning,
       {},
       [] {
         survey::Survey survey = healthy();
         const dns::Record ksk = extra_key(zone(), 13, 257);
         add_key(survey, ksk);
         sign_also(survey, RRType::dnskey, ksk);
         checks::History history;
         history.keys.rollover = checks::RolloverState::ksk_new_key;
         history.keys.rollover_since = kNow - std::chrono::days(31);
         checks::ZoneSettings settings;
         settings.three_rounds_rule = false;
         return tests::judge(survey, history, settings, kNow).report;
       }},
  };
}

TEST_CASE("two signers that publish each other's keys are healthy") {
  for (const std::uint8_t algorithm : {std::uint8_t{13}, std::uint8_t{15}}) {
    CAPTURE(static_cast<int>(algorithm));
    const Report report = judge_once(
        two_signers(true, {"192.0.2.2", "2001:db8::2", "192.0.2.3", "2001:db8::3"}, algorithm));
    CHECK(report->dnssec == dns::dnssec::Status::secure);
    CHECK(find(*report, "sec-multisigner") == nullptr);
    const checks::Finding* const incomplete = find(*report, "sec-alg-complete");
    CHECK((incomplete == nullptr || incomplete->severity == Severity::notice));
    const checks::Finding* const state = find(*report, "sec-rollover-state");
    CHECK((state == nullptr || state->severity == Severity::notice));
    for (const checks::Finding& finding : report->findings) {
      CAPTURE(finding.check, finding.sentence);
      CHECK(finding.severity <= Severity::notice);
    }
  }
}

TEST_CASE("another key set in an older copy of the zone is a notice") {
  survey::Survey survey = healthy();
  for (const survey::AddressObservation& seen : healthy().addresses) {
    const std::string address = seen.address.to_text();
    if (address != "192.0.2.2") add_key(survey, extra_key(zone(), 13, 256), address);
  }
  CHECK(find(*judge_once(survey), "cns-dnskey")->severity == Severity::warning);
  set_serial(survey, "192.0.2.2", World().soa.serial - 1);
  CHECK(find(*judge_once(survey), "cns-dnskey")->severity == Severity::notice);
}

TEST_CASE("a stopped signer is left to sec-rrsig-remaining when that speaks, and to nobody early") {
  const Report late = signed_between(-28 * kDay, 2 * kDay);
  CHECK(find(*late, "sec-rrsig-age")->severity == Severity::notice);
  CHECK(find(*late, "sec-rrsig-remaining")->severity == Severity::warning);
  CHECK(find(*signed_between(-20 * kDay, 10 * kDay), "sec-rrsig-age") == nullptr);
  CHECK(find(*signed_between(-30 * kDay, -kDay), "sec-rrsig-age") == nullptr);
  // One RRset signed yesterday shows that the signer runs.
  survey::Survey survey = healthy();
  set_every_signature(survey, -54 * kDay, 6 * kDay);
  set_every_signature(survey, -kDay, 59 * kDay, RRType::ns);
  CHECK(find(*judge_once(survey), "sec-rrsig-age") == nullptr);
}

TEST_CASE("signatures with five minutes to spare are no matter of clocks") {
  CHECK(find(*signed_between(-6 * kMinute, 14 * kDay), "sec-rrsig-skew") == nullptr);
  CHECK(find(*signed_between(-14 * kDay, 4 * kMinute), "sec-rrsig-skew") != nullptr);
}

}  // namespace tests
