// What the servers say: serials, SOA, NS sets, negative answers.
#include "checks/facts.hpp"
#include "checks/serial_form.hpp"
#include "tests/catch.hpp"
#include "tests/unit/checks_cases.hpp"
#include "tests/unit/message_builder.hpp"
#include "tests/unit/survey_builder.hpp"

using checks::Severity;
using survey::QuestionId;

namespace tests {

namespace {

constexpr std::uint32_t kNewest = 2026112201;

survey::Survey behind(std::string_view at, std::uint32_t serial) {
  survey::Survey survey = healthy();
  set_serial(survey, at, serial);
  return survey;
}

survey::Survey all_at(std::uint32_t serial) {
  survey::Survey survey = healthy();
  edit_every_soa(survey, [serial](dns::Soa& soa) { soa.serial = serial; });
  return survey;
}

std::shared_ptr<const checks::ZoneReport> with_soa(const std::function<void(dns::Soa&)>& change) {
  survey::Survey survey = healthy();
  edit_every_soa(survey, change);
  return judge_once(survey);
}

std::shared_ptr<const checks::ZoneReport> one_soa(const std::function<void(dns::Soa&)>& change) {
  survey::Survey survey = healthy();
  edit_soa(survey, "192.0.2.2", change);
  return judge_once(survey);
}

void edit_negative(survey::Survey& survey, std::string_view at,
                   const std::function<void(dns::Message&)>& change) {
  edit(answer(survey, at, QuestionId::nonexistent).exchange.first,
       [&](dns::Exchange&, dns::Message& message) { change(message); });
}

survey::Survey negative(const std::function<void(dns::Message&)>& change) {
  survey::Survey survey = healthy();
  edit_negative(survey, "192.0.2.2", change);
  return survey;
}

survey::Survey every_negative(const std::function<void(dns::Message&)>& change,
                              const World& world = World()) {
  survey::Survey survey = world.build();
  for (const survey::AddressObservation& seen : world.build().addresses) {
    edit_negative(survey, seen.address.to_text(), change);
  }
  return survey;
}

void synthesise(dns::Message& message) {
  message.rcode = dns::Rcode::noerror;
  message.answer = {record(message.question->qname, dns::RRType::a, {192, 0, 2, 80})};
  message.authority.clear();
}

World not_signed(World world) {
  world.is_signed = world.ds = false;
  return world;
}

World tld() {
  World world;
  world.zone = "test";
  world.parent = ".";
  world.hosts = {{"a.nic.test", {"192.0.2.1", "2001:db8::1"}},
                 {"b.nic.test", {"192.0.2.2", "2001:db8::2"}}};
  return world;
}

std::shared_ptr<const checks::ZoneReport> lagging_for(std::chrono::seconds time) {
  Rounds rounds;
  const std::uint32_t old = kNewest - 1;
  rounds.round(all_at(old));
  rounds.round(behind("192.0.2.2", old), time);
  return rounds.round(behind("192.0.2.2", old));
}

std::shared_ptr<const checks::ZoneReport> went_back(int rounds_back) {
  Rounds rounds;
  rounds.round(healthy());
  std::shared_ptr<const checks::ZoneReport> last;
  for (int i = 0; i < rounds_back; ++i) last = rounds.round(all_at(kNewest - 100));
  return last;
}

void set_expire_option(survey::Survey& survey, std::string_view at, std::uint32_t seconds) {
  edit(answer(survey, at, QuestionId::options).exchange.first,
       [seconds](dns::Exchange&, dns::Message& message) {
         message.edns->options = {{dns::OptionCode::expire, Octets().u32(seconds)}};
       });
}

}  // namespace

std::vector<Case> content_cases() {
  return {
      {"one look sees an older serial",
       "cns-serial",
       Severity::warning,
       {},
       [] { return judge_once(behind("192.0.2.2", 2026110100)); }},
      {"behind, within the limit",
       "cns-serial",
       Severity::notice,
       {},
       [] { return lagging_for(std::chrono::minutes(10)); }},
      {"behind for two hours",
       "cns-serial-behind-time",
       Severity::warning,
       {},
       [] { return lagging_for(std::chrono::hours(2)); }},
      {"behind for more than half of expire",
       "cns-serial-behind-time",
       Severity::error,
       {},
       [] { return lagging_for(std::chrono::days(8)); }},
      {"two primaries",
       "cns-mname",
       Severity::notice,
       {},
       [] { return one_soa([](dns::Soa& soa) { soa.mname = name("other.example.test"); }); }},
      {"two contacts",
       "cns-rname",
       Severity::notice,
       {},
       [] { return one_soa([](dns::Soa& soa) { soa.rname = name("other.example.test"); }); }},
      {"two sets of timers",
       "cns-timers",
       Severity::notice,
       {},
       [] { return one_soa([](dns::Soa& soa) { soa.refresh = 28800; }); }},
      {"another NS set",
       "cns-ns-set",
       Severity::warning,
       {},
       [] {
         survey::Survey survey = healthy();
         set_ns(survey, "192.0.2.2", {"ns1.example.test", "ns2.example.test"});
         return judge_once(survey);
       }},
      {"authoritative without SOA",
       "zon-soa",
       Severity::error,
       {},
       [] {
         survey::Survey survey = healthy();
         for (const auto transport : {dns::Transport::udp, dns::Transport::tcp}) {
           edit_all(survey, "192.0.2.2", transport, [](dns::Exchange&, dns::Message& message) {
             message.answer.clear();
             message.rcode = dns::Rcode::noerror;
           });
         }
         return judge_once(survey);
       }},
      {"two SOA records",
       "zon-soa",
       Severity::warning,
       {},
       [] {
         survey::Survey survey = healthy();
         edit(answer(survey, "192.0.2.2", QuestionId::soa_udp).exchange.first,
              [](dns::Exchange&, dns::Message& message) {
                message.answer.push_back(message.answer.front());
              });
         return judge_once(survey);
       }},
      {"no NS records",
       "zon-ns-rrset",
       Severity::error,
       {},
       [] {
         survey::Survey survey = healthy();
         edit(answer(survey, "192.0.2.2", QuestionId::ns).exchange.first,
              [&](dns::Exchange&, dns::Message& message) {
                message.answer.clear();
                message.authority = {record(survey.zone, dns::RRType::soa, soa_rdata(World().soa))};
              });
         return judge_once(survey);
       }},
      {"REFUSED for NS",
       "zon-ns-rrset",
       Severity::error,
       {},
       [] {
         survey::Survey survey = healthy();
         edit(answer(survey, "192.0.2.2", QuestionId::ns).exchange.first,
              [](dns::Exchange&, dns::Message& message) {
                message.rcode = dns::Rcode::refused;
                message.answer.clear();
              });
         return judge_once(survey);
       }},
      {"short refresh",
       "zon-refresh",
       Severity::notice,
       {},
       [] { return with_soa([](dns::Soa& soa) { soa.refresh = 7200; }); }},
      {"short retry",
       "zon-retry",
       Severity::notice,
       {},
       [] { return with_soa([](dns::Soa& soa) { soa.retry = 600; }); }},
      {"retry above refresh",
       "zon-retry",
       Severity::notice,
       {},
       [] { return with_soa([](dns::Soa& soa) { soa.retry = 20000; }); }},
      {"short expire",
       "zon-expire",
       Severity::notice,
       {},
       [] { return with_soa([](dns::Soa& soa) { soa.expire = 86400; }); }},
      {"expire below refresh and retry",
       "zon-expire",
       Severity::warning,
       {},
       [] { return with_soa([](dns::Soa& soa) { soa.expire = 18000; }); }},
      {"short minimum",
       "zon-minimum",
       Severity::notice,
       {},
       [] { return with_soa([](dns::Soa& soa) { soa.minimum = 60; }); }},
      {"an escaped @",
       "zon-rname-at",
       Severity::warning,
       {},
       [] { return with_soa([](dns::Soa& soa) { soa.rname = name("host\\@example.test"); }); }},
      {"serial 0", "zon-serial-form", Severity::notice, {}, [] { return judge_once(all_at(0)); }},
      {"a serial from the future",
       "zon-serial-form",
       Severity::notice,
       {},
       [] { return judge_once(all_at(2027010100)); }},
      {"the serial went back", "zon-serial-back", Severity::error, {}, [] { return went_back(3); }},
      {"a secondary is about to expire",
       "zon-expire-headroom",
       Severity::error,
       {},
       [] {
         survey::Survey survey = healthy();
         set_expire_option(survey, "192.0.2.2", 200000);
         return judge_once(survey);
       }},
      {"a new serial took two hours",
       "zon-propagation",
       Severity::notice,
       {},
       [] {
         Rounds rounds;
         rounds.round(all_at(kNewest - 1));
         rounds.round(behind("192.0.2.2", kNewest - 1), std::chrono::hours(2));
         rounds.round(healthy());
         return rounds.round(healthy());
       }},
      {"a top-level domain with a wildcard",
       "zon-wildcard",
       Severity::error,
       {"warning sec-signed"},
       [] { return judge_once(every_negative(synthesise, not_signed(tld()))); }},
      {"another zone with a wildcard",
       "zon-wildcard",
       Severity::info,
       {},
       [] { return judge_once(every_negative(synthesise, not_signed(World()))); }},
      {"SERVFAIL for missing names",
       "neg-nxdomain",
       Severity::error,
       {},
       [] {
         return judge_once(negative([](dns::Message& message) {
           message.rcode = dns::Rcode::servfail;
           message.aa = false;
           message.authority.clear();
         }));
       }},
      {"no SOA in negative answers",
       "neg-nxdomain-soa",
       Severity::warning,
       {},
       [] {
         return judge_once(negative([](dns::Message& message) {
           auto& section = message.authority;  // the SOA and its signature stand before the proof
           section.erase(section.begin(), section.begin() + 2);
         }));
       }},
      {"negative answers without AA",
       "neg-nxdomain-soa",
       Severity::warning,
       {},
       [] { return judge_once(negative([](dns::Message& message) { message.aa = false; })); }},
      {"NXDOMAIN for a name that exists",
       "neg-nx-vs-nodata",
       Severity::error,
       {},
       [] {
         survey::Survey survey = healthy();
         for (survey::Answer& found : address(survey, "192.0.2.2").answers) {
           if (found.id != QuestionId::ns_address ||
               found.exchange.first->question.qtype != dns::RRType::aaaa) {
             continue;
           }
           edit(found.exchange.first, [](dns::Exchange&, dns::Message& message) {
             message.rcode = dns::Rcode::nxdomain;
             message.answer.clear();
           });
         }
         return judge_once(survey);
       }},
      {"one server says NODATA for a missing name",
       "neg-nx-vs-nodata",
       Severity::warning,
       {"warning neg-proof-nxdomain-nsec"},
       [] {
         return judge_once(
             negative([](dns::Message& message) { message.rcode = dns::Rcode::noerror; }));
       }},
      {"all servers say NODATA",
       "neg-nx-vs-nodata",
       Severity::notice,
       {"error neg-proof-nxdomain-nsec"},
       [] {
         return judge_once(
             every_negative([](dns::Message& message) { message.rcode = dns::Rcode::noerror; }));
       }},
      {"the SOA's TTL cuts negative answers short",
       "neg-ttl",
       Severity::notice,
       {},
       [] {
         return judge_once(negative([](dns::Message& message) {
           for (dns::Record& rr : message.authority) rr.ttl = 10;
         }));
       }},
  };
}

TEST_CASE("serials that encode a time tell how old a copy is") {
  const auto report = judge_once(behind("192.0.2.2", 2026110100));
  const checks::Finding* finding = find(*report, "cns-serial", "ns2.example.test", "192.0.2.2");
  REQUIRE(finding != nullptr);
  CHECK(finding->sentence.find("serves serial 2026110100, 21 days older than the newest "
                               "2026112201") != std::string::npos);
}

TEST_CASE("drift grows with time, from the first sight of the oldest newer serial") {
  Rounds rounds;
  const auto drift = [](const checks::ZoneReport& report) {
    double worst = -1;
    for (const checks::Measurement& of : report.measurements) {
      if (of.metric == checks::Metric::nameserver_serial_drift_seconds) {
        worst = std::max(worst, of.value);
      }
    }
    return worst;
  };
  CHECK(drift(*rounds.round(all_at(100))) == 0);
  survey::Survey survey = all_at(101);
  set_serial(survey, "192.0.2.2", 100);
  CHECK(drift(*rounds.round(survey)) == 0);  // the new serial was first seen just now
  CHECK(drift(*rounds.round(survey, std::chrono::minutes(30))) == 60);
  survey = all_at(102);
  set_serial(survey, "192.0.2.2", 100);
  CHECK(drift(*rounds.round(survey)) == 60 + 1800);
  // It caught up with the older of the two, so it is behind since the newer one came.
  set_serial(survey, "192.0.2.2", 101);
  CHECK(drift(*rounds.round(survey)) == 60);
  CHECK(drift(*rounds.round(all_at(102))) == 0);
}

TEST_CASE("servers lag too when the one with the newest serial is gone") {
  Rounds rounds;
  rounds.round(all_at(100));
  survey::Survey survey = all_at(100);
  set_serial(survey, "192.0.2.1", 101);
  rounds.round(survey);
  survey = all_at(100);
  silence(survey, "192.0.2.1");
  const auto report = rounds.round(survey);
  CHECK(find(*report, "cns-serial", "ns2.example.test", "192.0.2.2") != nullptr);
  CHECK(find(*report, "zon-serial-back") == nullptr);
}

TEST_CASE("a serial that went back is told from the third round, and accepted after a day") {
  CHECK(find(*went_back(2), "zon-serial-back") == nullptr);
  Rounds rounds;
  rounds.round(healthy());
  for (int i = 0; i < 4; ++i) rounds.round(all_at(5), std::chrono::hours(8));
  CHECK(find(*rounds.round(all_at(5)), "zon-serial-back") == nullptr);
  CHECK(find(*rounds.round(all_at(6)), "cns-serial") == nullptr);
}

TEST_CASE("serials are compared within their groups") {
  checks::ZoneSettings settings;
  survey::Survey survey = healthy();
  for (const char* at : {"192.0.2.3", "2001:db8::3"}) set_serial(survey, at, 17);
  CHECK(find(*judge_once(survey, settings), "cns-serial", "ns3.example.test") != nullptr);
  SECTION("off") {
    settings.serial_compare = checks::SerialCompare::off;
  }
  SECTION("group") {
    settings.serial_compare = checks::SerialCompare::group;
    settings.serial_groups = {{name("ns1.example.test"), name("ns2.example.test")},
                              {name("ns3.example.test")}};
  }
  CHECK(find(*judge_once(survey, settings), "cns-serial") == nullptr);
}

TEST_CASE("the newest of serials, RFC 1982") {
  CHECK(checks::newest_serial({}) == std::nullopt);
  CHECK(checks::newest_serial({1, 2, 3, 2}) == 3);
  CHECK(checks::newest_serial({0xFFFFFFF0, 5, 0xFFFFFFFF}) == 5);
  // One wild serial far away does not win over the many.
  CHECK(checks::newest_serial({100, 100, 101, 0x90000000}) == 101);
}

TEST_CASE("forms of serials") {
  using checks::SerialForm;
  CHECK(checks::serial_form(2026112201, kNow).form == SerialForm::date);
  CHECK(checks::serial_form(2026112201, kNow).revision == 1);
  CHECK(checks::serial_form(2026133101, kNow).form == SerialForm::counter);
  CHECK(checks::serial_form(1795363200, kNow).form == SerialForm::unixtime);
  CHECK(checks::serial_form(1, kNow).form == SerialForm::counter);
  CHECK(checks::serial_form(0, kNow).form == SerialForm::counter);
  CHECK(checks::serial_form(4294967295U, kNow).form == SerialForm::counter);
}

TEST_CASE("an older copy with another NS set is one cause") {
  survey::Survey survey = behind("192.0.2.2", kNewest - 1);
  set_ns(survey, "192.0.2.2", {"ns1.example.test", "ns2.example.test"});
  CHECK(serious(*judge_once(survey)) == std::vector<std::string>{"warning cns-serial"});
}

TEST_CASE("a healthy secondary that counts down to its refresh is not about to expire") {
  survey::Survey survey = healthy();
  edit_every_soa(survey, [](dns::Soa& soa) {
    soa.refresh = 86400;
    soa.retry = 7200;
    soa.expire = 108000;
  });
  set_expire_option(survey, "192.0.2.2", 22000);
  CHECK(find(*judge_once(survey), "zon-expire-headroom") == nullptr);
}

TEST_CASE("compact denial is no NODATA") {
  survey::Survey survey = every_negative([](dns::Message& message) {
    message.rcode = dns::Rcode::noerror;
    for (dns::Record& rr : message.authority) {
      if (rr.type == dns::RRType::nsec) rr.owner = message.question->qname;
    }
  });
  CHECK(find(*judge_once(survey), "neg-nx-vs-nodata") == nullptr);
}

}  // namespace tests
