// What holds for every check at once: the healthy zone is quiet, each single fault has its finding
// and nothing else above notice, and every row of the catalogue is exercised.
#include <algorithm>
#include <set>

#include "checks/catalogue.hpp"
#include "tests/catch.hpp"
#include "tests/unit/checks_cases.hpp"
#include "tests/unit/survey_builder.hpp"

using checks::Severity;

namespace tests {

std::vector<Case> all_cases() {
  std::vector<Case> all;
  for (const auto& part : {delegation_cases(),
                           glue_cases(),
                           name_cases(),
                           connectivity_cases(),
                           service_cases(),
                           content_cases(),
                           dnssec_cases(),
                           chain_cases(),
                           validation_cases(),
                           denial_cases(),
                           denial_record_cases(),
                           signing_consistency_cases(),
                           name_validation_cases(),
                           ds_cases(),
                           key_cases(),
                           signer_cases(),
                           signalling_cases(),
                           bootstrap_cases(),
                           resolver_cases(),
                           walk_cases()}) {
    all.insert(all.end(), part.begin(), part.end());
  }
  return all;
}

namespace {

// The worst finding of the check, whatever it is about.
std::optional<Severity> worst_of(const checks::ZoneReport& report, std::string_view check) {
  std::optional<Severity> worst;
  for (const checks::Finding& finding : report.findings) {
    if (finding.check == check) worst = std::max(worst.value_or(Severity::info), finding.severity);
  }
  return worst;
}

}  // namespace

TEST_CASE("the healthy zone yields no finding at all") {
  CHECK(judge_once(healthy())->findings.empty());
  World world;
  SECTION("with CDS, CDNSKEY, CSYNC and ZONEMD asked for, and not there") {
    world.ask_rare = true;
  }
  SECTION("three nameservers of another operator") {
    for (World::Host& host : world.hosts) host.name = host.name.substr(0, 4) + "provider.net";
  }
  CHECK(judge_once(world.build())->findings.empty());
}

TEST_CASE("of a zone that is not signed, that is all there is to say") {
  World world;
  world.is_signed = world.ds = false;
  const auto report = judge_once(world.build());
  REQUIRE(report->findings.size() == 1);
  CHECK(report->findings.front().check == "sec-signed");
  CHECK(report->findings.front().severity == Severity::info);
}

TEST_CASE("a signed zone without DS is worth a notice") {
  World world;
  world.ds = false;
  const auto report = judge_once(world.build());
  CHECK(serious(*report).empty());
  REQUIRE(report->findings.size() == 1);
  CHECK(report->findings.front().check == "sec-ds-present");
}

TEST_CASE("the healthy zone stays quiet round after round") {
  Rounds rounds;
  for (int i = 0; i < 70; ++i) CHECK(rounds.round(healthy())->findings.empty());
}

TEST_CASE("timers of labs are notices") {
  World world;
  world.soa.refresh = 60;
  world.soa.retry = 30;
  world.soa.expire = 3600;
  world.soa.minimum = 5;
  world.soa.serial = 1;
  const auto report = judge_once(world.build());
  CHECK(serious(*report).empty());
  CHECK_FALSE(report->findings.empty());
}

TEST_CASE("every single fault has its finding and nothing else above notice") {
  for (const Case& fault : all_cases()) {
    INFO(fault.check << ": " << fault.title);
    const auto report = fault.run();
    const std::optional<Severity> worst = worst_of(*report, fault.check);
    REQUIRE(worst.has_value());
    CHECK(*worst == fault.severity);
    std::set<std::string> expected(fault.also.begin(), fault.also.end());
    if (fault.severity > Severity::notice) {
      expected.insert(std::string(checks::to_text(fault.severity)) + " " + fault.check);
    }
    CHECK(serious(*report) == std::vector<std::string>(expected.begin(), expected.end()));
  }
}

TEST_CASE("every row of the catalogue fires, at its worst severity at least once") {
  std::map<std::string, Severity> seen;
  for (const Case& fault : all_cases()) {
    Severity& worst = seen.try_emplace(fault.check, fault.severity).first->second;
    worst = std::max(worst, fault.severity);
  }
  for (const checks::Check& check : checks::catalogue()) {
    INFO(check.id);
    const auto found = seen.find(std::string(check.id));
    REQUIRE(found != seen.end());
    // con-zone-family is an error for top-level domains only, which has a test of its own.
    if (check.id != "con-zone-family") CHECK(found->second == check.severity);
  }
}

// A finding's command repeats the answer that shows it: the row must name that question.
TEST_CASE("every row says which questions its check reads") {
  using survey::QuestionId;
  const auto reads = [](const checks::Check& row, QuestionId id) {
    return row.reads.test(static_cast<std::size_t>(id));
  };
  std::size_t shown = 0;
  for (const Case& fault : all_cases()) {
    const auto report = fault.run();
    for (const checks::Finding& finding : report->findings) {
      const checks::Check& row = *checks::find_check(finding.check);
      // These look at whatever was asked.
      if (row.group == checks::Group::connectivity || row.group == checks::Group::transport) {
        continue;
      }
      INFO(fault.title << " / " << finding.check << ": " << finding.command);
      const auto has = [&finding](std::string_view text) {
        return finding.command.find(text) != std::string::npos;
      };
      const bool keys = has(" DNSKEY");  // not of CDNSKEY
      const bool cds = has(" CDS") || has(" CDNSKEY");
      const bool csync = has(" CSYNC");
      const bool dsboot = has(" _dsboot.");
      const bool dsync = has(" TYPE66");
      const bool zonemd = has(" ZONEMD");
      const bool options = has("+nsid");
      const bool missing = has(std::string(kMissingLabel) + ".");
      shown += (keys ? 1U : 0U) + (options ? 1U : 0U) + (missing ? 1U : 0U);
      CHECK((!keys || reads(row, QuestionId::dnskey)));
      CHECK((!cds || (reads(row, QuestionId::cds) && reads(row, QuestionId::cdnskey))));
      CHECK((!csync || reads(row, QuestionId::csync)));
      CHECK((!dsboot || reads(row, QuestionId::dsboot)));
      CHECK((!dsync || reads(row, QuestionId::dsync)));
      CHECK((!zonemd || reads(row, QuestionId::zonemd)));
      CHECK((!options || reads(row, QuestionId::options)));
      CHECK((!missing || reads(row, QuestionId::nonexistent)));
    }
  }
  CHECK(shown > 10);
}

TEST_CASE("a question that only disabled checks read is not asked") {
  using survey::QuestionId;
  checks::CheckSelection selection;
  const auto asks = [&selection](QuestionId id) {
    return checks::questions_to_ask(selection).test(static_cast<std::size_t>(id));
  };
  CHECK(asks(QuestionId::options));
  selection.disabled = {"zon-expire-headroom"};
  CHECK_FALSE(asks(QuestionId::options));
  selection.disabled = {"denial", "dnssec"};
  CHECK(asks(QuestionId::nonexistent));  // for zon-wildcard
  selection.disabled = {"denial",     "dnssec",          "zone",
                        "delegation", "cns-denial-mode", "cns-nsec3param"};
  CHECK_FALSE(asks(QuestionId::nonexistent));
  CHECK(asks(QuestionId::dnskey));  // for cns-signed
  for (const checks::Check& row : checks::catalogue()) {
    selection.disabled.insert(std::string(checks::to_text(row.group)));
  }
  CHECK(checks::questions_to_ask(selection) ==
        survey::set_of({QuestionId::soa_udp, QuestionId::soa_tcp, QuestionId::ns}));
}

TEST_CASE("sentences and commands are fit to be read and pasted") {
  for (const Case& fault : all_cases()) {
    const auto report = fault.run();
    std::set<std::pair<std::string, checks::Subject>> subjects;
    for (const checks::Finding& finding : report->findings) {
      INFO(fault.title << " / " << finding.check << ": " << finding.sentence);
      CHECK(checks::find_check(finding.check) != nullptr);
      CHECK(subjects.emplace(finding.check, finding.subject).second);
      CHECK(finding.sentence.size() > 30);
      CHECK(finding.sentence.back() == '.');
      CHECK(std::all_of(finding.sentence.begin(), finding.sentence.end(),
                        [](char c) { return c >= 0x20 && c < 0x7F; }));
      CHECK(finding.sentence.find("..") == std::string::npos);
      CHECK(finding.sentence.find("  ") == std::string::npos);
      CHECK((finding.command.empty() || finding.command.rfind("dig ", 0) == 0));
      CHECK(finding.severity <= checks::find_check(finding.check)->severity);
    }
    CHECK(std::is_sorted(report->findings.begin(), report->findings.end(),
                         [](const auto& a, const auto& b) { return a.severity > b.severity; }));
  }
}

TEST_CASE("findings of reachable servers have a command") {
  for (const Case& fault : all_cases()) {
    const auto report = fault.run();
    for (const checks::Finding& finding : report->findings) {
      const bool server = finding.subject.nameserver && finding.subject.address;
      const bool state = finding.check == "con-since";
      if (!server || state || finding.severity <= Severity::notice) continue;
      INFO(fault.title << " / " << finding.check);
      CHECK_FALSE(finding.command.empty());
    }
  }
}

TEST_CASE("the catalogue's rows are whole and unique") {
  std::set<std::string_view> ids;
  for (const checks::Check& check : checks::catalogue()) {
    INFO(check.id);
    CHECK(ids.insert(check.id).second);
    CHECK(checks::find_check(check.id) == &check);
    CHECK(checks::is_check_or_group(check.id));
    CHECK(checks::is_check_or_group(checks::to_text(check.group)));
    CHECK_FALSE(check.title.empty());
    CHECK_FALSE(check.reference.empty());
    CHECK(check.meaning.back() == '.');
    CHECK((check.judge != nullptr || check.id == "con-shared-address"));
  }
  CHECK_FALSE(checks::is_check_or_group("con-nothing"));
  CHECK(checks::find_check("") == nullptr);
}

}  // namespace tests
