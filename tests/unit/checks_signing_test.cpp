// Servers that are signed in different ways, and nameservers whose names do not validate.
#include <algorithm>
#include <set>

#include "tests/catch.hpp"
#include "tests/unit/checks_cases.hpp"
#include "tests/unit/denial_edits.hpp"
#include "tests/unit/survey_builder.hpp"

using checks::Severity;
using dns::RRType;
using survey::QuestionId;

namespace tests {

namespace {

using Report = std::shared_ptr<const checks::ZoneReport>;
using Records = std::vector<dns::Record>;

constexpr std::string_view kOther = "192.0.2.2";

// ---- CDS ----

// Every server gives the CDS of its key; one gives `other`, heard `apart` from the rest.
survey::Survey with_cds(const dns::Record& other, std::chrono::minutes apart = {}) {
  survey::Survey survey = healthy();
  for (survey::AddressObservation& seen : survey.addresses) {
    const bool differs = seen.address == ip(kOther);
    survey::Answer added = answer(survey, seen.address.to_text(), QuestionId::nodata);
    added.id = QuestionId::cds;
    edit(added.exchange.first, [&](dns::Exchange& exchange, dns::Message& message) {
      exchange.question.qtype = message.question->qtype = RRType::cds;
      if (differs) exchange.sent -= apart;
      message.authority.clear();
      message.answer = {
          record(name(kZone), RRType::cds, differs ? other.rdata : ds_record(name(kZone)).rdata),
          signature_over(name(kZone), RRType::cds)};
    });
    seen.answers.push_back(std::move(added));
  }
  edit_every(survey, [](dns::Message& message) {
    for (dns::Record& one : message.authority) {  // the zone has the type
      const bool apex = one.type == RRType::nsec && one.owner == name(kZone);
      if (apex) one.rdata = nsec_rdata("ns1.example.test", {0, 8, 0x22, 0, 0, 0, 0, 3, 0x80, 0x10});
    }
  });
  return survey;
}

// ---- names ----

// What signing makes of an answer, and the path to the zone that signs it.
struct Signed {
  std::shared_ptr<const dns::Exchange> exchange;
  std::shared_ptr<const dns::dnssec::PathZone> path;
};
Signed signed_by(std::string_view zone, const Records& answer) {
  survey::Survey survey;
  survey.zone = name(zone);
  survey.delegation.parent.found = true;
  survey.delegation.parent.parent = name(zone);
  survey.finished = kNow;
  survey::ParentServer parent;
  parent.ds.first = exchange_with(answer);
  survey.delegation.servers = {parent};
  sign_survey(survey);
  return {survey.delegation.servers[0].ds.first, survey.path};
}

survey::Survey with_names_of_provider() {
  World world;
  for (World::Host& host : world.hosts) host.name = host.name.substr(0, 4) + "provider.net";
  survey::Survey survey = world.build();
  for (survey::Nameserver& nameserver : survey.nameservers) {
    for (dns::Resolution* resolution : {&nameserver.a, &nameserver.aaaa}) {
      Records answer = resolution->records;
      answer.push_back(signature_over(nameserver.name, resolution->type, "provider.net"));
      const Signed made = signed_by("provider.net", answer);
      resolution->last = made.exchange;
      nameserver.path = made.path;
    }
  }
  return survey;
}

void spoil(survey::Survey& survey, std::size_t names) {
  for (std::size_t i = 0; i < names; ++i) {
    edit(survey.nameservers[i].a.last,
         [](dns::Exchange&, dns::Message& message) { message.answer.back().rdata.back() ^= 1U; });
  }
}

// The provider's zone has a DS at "net" and no signature over its keys.
void break_path(survey::Survey& survey) {
  const Signed ds = signed_by("net", {ds_record(name("provider.net")),
                                      signature_over(name("provider.net"), RRType::ds, "net")});
  for (survey::Nameserver& nameserver : survey.nameservers) {
    auto link = std::make_shared<dns::dnssec::PathZone>(*nameserver.path);
    link->above = ds.path;
    link->ds = ds.exchange;
    link->dnskey = exchange_with({ksk_record(name("provider.net"))});
    nameserver.path = std::move(link);
  }
}

Report judge_names(survey::Survey survey, std::string_view anchor = "provider.net") {
  sign_survey(survey);
  dns::dnssec::TrustAnchors anchors = anchors_for(survey);
  anchors.add(ds_record(name(anchor)));
  dns::dnssec::Verifier verifier;
  checks::ZoneSettings settings;
  settings.three_rounds_rule = false;
  return checks::judge(survey, checks::History(), settings, {anchors, verifier}, kNow).report;
}

std::set<std::string> name_statuses(const checks::ZoneReport& report) {
  std::set<std::string> statuses;
  for (const checks::Measurement& of : report.measurements) {
    const bool status = of.metric == checks::Metric::nameserver_address_dnssec_status;
    if (status && of.value == 1) statuses.emplace(of.extra);
  }
  return statuses;
}

}  // namespace

std::vector<Case> signing_consistency_cases() {
  return {
      {"one server denies by NSEC3",
       "cns-denial-mode",
       Severity::warning,
       {},
       [] {
         survey::Survey survey = healthy();
         edit_address(survey, kOther, as_nsec3({}));
         return judge_once(survey);
       }},
      {"one server has another salt",
       "cns-nsec3param",
       Severity::warning,
       {},
       [] {
         survey::Survey survey = healthy();
         Chain salted;
         salted.salt = salted.published_salt = {7};
         for (const survey::AddressObservation& seen : survey.addresses) {
           const std::string address = seen.address.to_text();
           edit_address(survey, address, as_nsec3(address == kOther ? salted : Chain()));
         }
         return judge_once(survey);
       }},
      {"signatures of another signer",
       "cns-rrsig",
       Severity::info,
       {},
       [] {
         survey::Survey survey = healthy();
         set_signatures(survey, kOther, -86400, 10 * 86400);
         return judge_once(survey);
       }},
      {"one server has another CDS",
       "cns-cds",
       Severity::warning,
       {"warning sec-cds-continuity"},
       [] { return judge_once(with_cds(ds_record(name("another.test")))); }},
  };
}

std::vector<Case> name_validation_cases() {
  return {
      {"no nameserver's addresses validate",
       "adr-ns-secure",
       Severity::critical,
       {},
       [] {
         survey::Survey survey = with_names_of_provider();
         spoil(survey, 3);
         return judge_names(survey);
       }},
      {"two nameservers' addresses do not validate",
       "adr-ns-secure",
       Severity::error,
       {},
       [] {
         survey::Survey survey = with_names_of_provider();
         spoil(survey, 2);
         return judge_names(survey);
       }},
      {"one nameserver's addresses do not validate",
       "adr-ns-secure",
       Severity::warning,
       {},
       [] {
         survey::Survey survey = with_names_of_provider();
         spoil(survey, 1);
         return judge_names(survey);
       }},
      {"a nameserver's address from a wildcard, without proof",
       "adr-ns-secure",
       Severity::warning,
       {},
       [] {
         survey::Survey survey = with_names_of_provider();
         survey::Nameserver& nameserver = survey.nameservers[0];
         const dns::Name wildcard = name("*.provider.net");
         Records answer = nameserver.a.records;
         for (dns::Record& one : answer) one.owner = wildcard;
         answer.push_back(signature_over(wildcard, RRType::a, "provider.net"));
         nameserver.a.last = signed_by("provider.net", answer).exchange;
         edit(nameserver.a.last, [&](dns::Exchange&, dns::Message& message) {
           for (dns::Record& one : message.answer) one.owner = nameserver.name;
         });
         return judge_names(survey);
       }},
      {"the chain to the nameservers' zone is broken",
       "adr-ns-secure",
       Severity::critical,
       {},
       [] {
         survey::Survey survey = with_names_of_provider();
         break_path(survey);
         return judge_names(survey, "net");
       }},
  };
}

TEST_CASE("CDS that were asked for at other times are not compared") {
  const dns::Record other = ds_record(name("another.test"));
  CHECK(find(*judge_once(with_cds(ds_record(name(kZone)))), "cns-cds") == nullptr);
  CHECK(find(*judge_once(with_cds(other)), "cns-cds") != nullptr);
  CHECK(find(*judge_once(with_cds(other, std::chrono::minutes(20))), "cns-cds") == nullptr);
}

TEST_CASE("a server with an older copy may deny in another way") {
  survey::Survey survey = healthy();
  set_serial(survey, kOther, World().soa.serial - 1);
  edit_address(survey, kOther, as_nsec3({}));
  const Report report = judge_once(survey);
  REQUIRE(find(*report, "cns-denial-mode") != nullptr);
  CHECK(find(*report, "cns-denial-mode")->severity == Severity::notice);
}

TEST_CASE("nameservers outside the zone: secure, or not to be judged") {
  const Report good = judge_names(with_names_of_provider());
  CHECK(good->findings.empty());
  CHECK(name_statuses(*good) == std::set<std::string>{"secure"});
  survey::Survey unknown = with_names_of_provider();
  for (survey::Nameserver& nameserver : unknown.nameservers) nameserver.path = nullptr;
  const Report silent = judge_names(unknown);
  CHECK(silent->findings.empty());
  CHECK(name_statuses(*silent) == std::set<std::string>{"indeterminate"});
  survey::Survey lossy = with_names_of_provider();
  for (survey::Nameserver& nameserver : lossy.nameservers) {
    for (dns::Resolution* resolution : {&nameserver.a, &nameserver.aaaa}) {
      edit(resolution->last, [](dns::Exchange& exchange, dns::Message& message) {
        exchange.question.edns.reset();
        exchange.attempts_timed_out = 2;
        message.answer.pop_back();
      });
    }
  }
  CHECK(judge_names(lossy)->findings.empty());
  CHECK(name_statuses(*judge_once(healthy())).empty());  // its own servers are judged
}

TEST_CASE("a finding about a nameserver's name says where the chain breaks") {
  survey::Survey survey = with_names_of_provider();
  break_path(survey);
  survey.nameservers[0].path = survey.nameservers[1].path = nullptr;
  const Report report = judge_names(survey, "net");
  const checks::Finding* const found = find(*report, "adr-ns-secure", "ns3.provider.net");
  REQUIRE(found != nullptr);
  CHECK(found->sentence.find("broken at provider.net") != std::string::npos);
  CHECK(name_statuses(*report) == std::set<std::string>{"bogus", "indeterminate"});
}

}  // namespace tests
