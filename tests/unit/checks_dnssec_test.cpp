// The dates of signatures, and servers that serve a zone signed while others do not.
#include "tests/catch.hpp"
#include "tests/unit/checks_cases.hpp"
#include "tests/unit/survey_builder.hpp"

using checks::Severity;

namespace tests {

namespace {

constexpr std::int64_t kHour = 3600;
constexpr std::int64_t kDay = 86400;

survey::Survey without_ds() {
  World world;
  world.ds = false;
  return world.build();
}

survey::Survey two_servers() {
  World world;
  world.hosts = {{"ns1.example.test", {"192.0.2.1"}}, {"ns2.example.test", {"192.0.2.2"}}};
  return world.build();
}

std::shared_ptr<const checks::ZoneReport> every(survey::Survey survey, std::int64_t inception,
                                                std::int64_t expiration,
                                                std::optional<dns::RRType> covered = {}) {
  set_every_signature(survey, inception, expiration, covered);
  return judge_once(survey);
}

std::shared_ptr<const checks::ZoneReport> one(survey::Survey survey, std::int64_t inception,
                                              std::int64_t expiration) {
  set_signatures(survey, "192.0.2.2", inception, expiration);
  return judge_once(survey);
}

}  // namespace

std::vector<Case> dnssec_cases() {
  return {
      {"expired everywhere",
       "sec-rrsig-expired",
       Severity::critical,
       {"critical sec-status"},
       [] { return every(healthy(), -30 * kDay, -kHour); }},
      {"expired everywhere, without DS",
       "sec-rrsig-expired",
       Severity::warning,
       {},
       [] { return every(without_ds(), -30 * kDay, -kHour); }},
      {"expired at one of many servers",
       "sec-rrsig-expired",
       Severity::warning,
       {},
       [] { return one(healthy(), -30 * kDay, -kHour); }},
      {"expired at one of two servers",
       "sec-rrsig-expired",
       Severity::error,
       {},
       [] { return one(two_servers(), -30 * kDay, -kHour); }},
      {"the NS set's signature expired everywhere",
       "sec-rrsig-expired",
       Severity::warning,
       {},
       [] { return every(healthy(), -30 * kDay, -kHour, dns::RRType::ns); }},
      {"the denial's signature expired everywhere",
       "sec-rrsig-expired",
       Severity::critical,
       {},
       [] { return every(healthy(), -30 * kDay, -kHour, dns::RRType::nsec); }},
      {"two days left of fourteen",
       "sec-rrsig-remaining",
       Severity::warning,
       {},
       [] { return every(healthy(), -12 * kDay, 2 * kDay); }},
      {"five hours left of fourteen days",
       "sec-rrsig-remaining",
       Severity::critical,
       {},
       [] { return every(healthy(), -14 * kDay, 5 * kHour); }},
      {"five hours left at one server",
       "sec-rrsig-remaining",
       Severity::warning,
       {},
       [] { return one(healthy(), -14 * kDay, 5 * kHour); }},
      {"not valid yet",
       "sec-rrsig-future",
       Severity::critical,
       {"critical sec-status"},
       [] { return every(healthy(), kHour, 14 * kDay); }},
      {"not valid yet at one server",
       "sec-rrsig-future",
       Severity::warning,
       {},
       [] { return one(healthy(), kHour, 14 * kDay); }},
      {"valid for a year",
       "sec-rrsig-validity",
       Severity::notice,
       {},
       [] { return every(healthy(), -kDay, 365 * kDay); }},
      {"one server serves the unsigned zone",
       "cns-signed",
       Severity::warning,
       {},
       [] {
         survey::Survey survey = healthy();
         unsign(survey, "192.0.2.2");
         return judge_once(survey);
       }},
      {"one of two serves the unsigned zone",
       "cns-signed",
       Severity::error,
       {},
       [] {
         survey::Survey survey = two_servers();
         unsign(survey, "192.0.2.2");
         return judge_once(survey);
       }},
      {"the same without DS",
       "cns-signed",
       Severity::warning,
       {},
       [] {
         World world;
         world.hosts = {{"ns1.example.test", {"192.0.2.1"}}, {"ns2.example.test", {"192.0.2.2"}}};
         world.ds = false;
         survey::Survey survey = world.build();
         unsign(survey, "192.0.2.2");
         return judge_once(survey);
       }},
  };
}

TEST_CASE("two-day signatures of online signers are quiet until their last quarter") {
  CHECK(serious(*every(healthy(), -kDay, kDay)).empty());
  CHECK(serious(*every(healthy(), -35 * kHour, 13 * kHour)).empty());
  CHECK(serious(*every(healthy(), -37 * kHour, 11 * kHour)) ==
        std::vector<std::string>{"warning sec-rrsig-remaining"});
  CHECK(serious(*every(healthy(), -44 * kHour, 4 * kHour)) ==
        std::vector<std::string>{"critical sec-rrsig-remaining"});
}

TEST_CASE("the signature that lasts longest counts") {
  survey::Survey survey = healthy();
  const auto now = static_cast<std::uint32_t>(kNow.time_since_epoch().count() / 1000);
  for (const survey::AddressObservation& seen : healthy().addresses) {
    edit_all(survey, seen.address.to_text(), dns::Transport::udp,
             [&](dns::Exchange&, dns::Message& message) {
               std::vector<dns::Record> more;
               for (const dns::Record& rr : message.answer) {
                 if (rr.type != dns::RRType::rrsig) continue;
                 const dns::Rrsig rrsig = *dns::parse_rrsig(rr.rdata);
                 more.push_back(record(
                     rr.owner, rr.type,
                     rrsig_rdata(rrsig.type_covered, rrsig.signer, now - 99999, now - 1, 999)));
               }
               message.answer.insert(message.answer.end(), more.begin(), more.end());
             });
  }
  const auto report = judge_once(survey);
  for (const checks::Finding& finding : report->findings) CHECK(finding.check == "sec-extra-rrsig");
}

TEST_CASE("a signature of the future beside a valid one is a rollover, not a fault") {
  survey::Survey survey = healthy();
  const auto now = static_cast<std::uint32_t>(kNow.time_since_epoch().count() / 1000);
  edit(answer(survey, "192.0.2.1", survey::QuestionId::soa_udp).exchange.first,
       [&](dns::Exchange&, dns::Message& message) {
         message.answer.push_back(
             record(survey.zone, dns::RRType::rrsig,
                    rrsig_rdata(dns::RRType::soa, survey.zone, now + 3600, now + 2000000)));
       });
  CHECK(serious(*judge_once(survey)).empty());
}

TEST_CASE("dates around 2^32 are read as RFC 4034 says") {
  World world;
  // 2106-02-07 06:28:00 UTC: signatures that reach over the end of the 32-bit seconds.
  world.now = dns::WallTime(std::chrono::seconds(4294967280));
  CHECK(serious(*judge_once(world.build())).empty());
}

TEST_CASE("answers of earlier rounds are judged at their own time") {
  survey::Survey survey = healthy();
  for (survey::AddressObservation& seen : survey.addresses) {
    for (survey::Answer& found : seen.answers) {
      if (found.id != survey::QuestionId::ns_address) continue;
      edit(found.exchange.first, [](dns::Exchange& exchange, dns::Message&) {
        exchange.sent = kNow - std::chrono::minutes(50);
      });
    }
  }
  // The address records' signatures as they were 50 minutes ago, 10 minutes before their end.
  set_every_signature(survey, -kDay, -40 * 60, dns::RRType::a);
  const auto report = judge_once(survey);
  CHECK(find(*report, "sec-rrsig-expired") == nullptr);
  CHECK(find(*report, "sec-rrsig-remaining") != nullptr);
}

TEST_CASE("what is judged as of another time") {
  const survey::Survey survey = healthy();
  checks::ZoneSettings settings;
  settings.three_rounds_rule = false;
  const auto later =
      tests::judge(survey, checks::History(), settings, kNow + std::chrono::days(10)).report;
  CHECK(find(*later, "sec-rrsig-expired")->severity == Severity::critical);
}

}  // namespace tests
