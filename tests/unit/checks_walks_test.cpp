// What resolvers meet that have one address family only, or that ask for every name on the way.
#include <optional>
#include <utility>

#include "checks/catalogue.hpp"
#include "tests/catch.hpp"
#include "tests/unit/checks_cases.hpp"
#include "tests/unit/denial_edits.hpp"
#include "tests/unit/survey_builder.hpp"

using checks::Severity;

namespace tests {

namespace {

using dns::Rcode;
using dns::ResolutionResult;
using dns::RRType;
using survey::QuestionId;
using survey::WalkId;
using Report = std::shared_ptr<const checks::ZoneReport>;

constexpr std::string_view kBetween = "dc.example.test";
constexpr std::string_view kBelow = "www.dc.example.test";

// ---- walks ----

survey::OwnWalk walked(WalkId id, ResolutionResult result, std::string_view step) {
  survey::OwnWalk walk;
  walk.id = id;
  walk.end.name = name(kZone);
  walk.end.type = RRType::soa;
  walk.end.result = result;
  walk.end.closest_zone = name(step);
  walk.end.observed = kNow;
  walk.end.reason = "no server of " + std::string(step) + " gave an answer: it is a test";
  return walk;
}

// With the last exchange of the way: its server said `rcode`.
survey::OwnWalk above(std::string_view which, ResolutionResult result, Rcode rcode) {
  survey::OwnWalk walk = walked(WalkId::above, result, "test");
  walk.end.name = name(which);
  walk.end.type = RRType::a;
  auto message = std::make_shared<dns::Message>();
  message->rcode = rcode;
  auto exchange = std::make_shared<dns::Exchange>();
  exchange->question.qname = walk.end.name;
  exchange->question.qtype = RRType::a;
  exchange->server = {ip("198.51.100.1"), 53};
  exchange->outcome = dns::Outcome::answered;
  exchange->response = std::move(message);
  walk.end.last = std::move(exchange);
  return walk;
}

Report with(std::vector<survey::OwnWalk> walks) {
  survey::Survey survey = healthy();
  survey.walks = std::move(walks);
  return judge_once(survey);
}

Report stuck(WalkId id, ResolutionResult result, std::string_view step) {
  return with({walked(id, result, step)});
}

// ---- names on the way ----

// What every address says about a name: NOERROR without data as its nodata answer proves it, but
// for the next name of the NSEC record.
void pass(survey::Survey& survey, std::string_view address_text, std::string_view which,
          std::string_view next) {
  survey::Answer passed = answer(survey, address_text, QuestionId::nodata);
  passed.id = QuestionId::name_between;
  edit(passed.exchange.first, [&](dns::Exchange& exchange, dns::Message& message) {
    exchange.question.qname = name(which);
    exchange.question.qtype = RRType::a;
    message.question = dns::QuestionSection{name(which), RRType::a, dns::RRClass::in};
    for (dns::Record& one : message.authority) {
      if (one.type == RRType::nsec) one.rdata = nsec_rdata(next, kApexTypes);
    }
  });
  address(survey, address_text).answers.push_back(std::move(passed));
}

// Healthy, with a name below `kBetween` that every address knows, and that name itself.
survey::Survey deep(std::string_view next_of_apex = kBelow) {
  survey::Survey survey = healthy();
  for (const survey::AddressObservation& seen : healthy().addresses) {
    const std::string text = seen.address.to_text();
    pass(survey, text, kBetween, next_of_apex);
    pass(survey, text, kBelow, next_of_apex);
    edit(address(survey, text).answers.back().exchange.first,
         [](dns::Exchange&, dns::Message& message) {
           message.authority.clear();
           message.answer = {record(name(kBelow), RRType::a, address_rdata(ip("192.0.2.80"))),
                             signature_over(name(kBelow), RRType::a)};
         });
  }
  return survey;
}

survey::Answer& between(survey::Survey& survey, std::string_view address_text) {
  return answer(survey, address_text, QuestionId::name_between);
}

void say(survey::Survey& survey, std::string_view address_text, Rcode rcode) {
  edit(between(survey, address_text).exchange.first, [&](dns::Exchange&, dns::Message& message) {
    message.rcode = rcode;
    if (rcode != Rcode::nxdomain) message.authority.clear();
  });
}

Report denied_at(std::string_view address_text, Rcode rcode) {
  survey::Survey survey = deep();
  say(survey, address_text, rcode);
  return judge_once(survey);
}

const checks::Finding& the(const Report& report, std::string_view check) {
  const checks::Finding* finding = find(*report, check);
  REQUIRE(finding != nullptr);
  return *finding;
}

bool says(const checks::Finding& finding, std::string_view text) {
  return finding.sentence.find(text) != std::string::npos;
}

}  // namespace

std::vector<Case> walk_cases() {
  using R = ResolutionResult;
  return {
      {"only IPv6 leads to the nameservers' names",
       "res-iterate",
       Severity::error,
       {},
       [] { return stuck(WalkId::ipv4, R::servfail, kZone); }},
      {"only IPv4 leads to the nameservers' names",
       "res-iterate",
       Severity::warning,
       {},
       [] { return stuck(WalkId::ipv6, R::servfail, kZone); }},
      {"the root leads on over IPv6 only",
       "res-iterate",
       Severity::error,
       {},
       [] { return stuck(WalkId::ipv4, R::servfail, "."); }},
      {"an ancestor is silent over IPv6",
       "res-iterate",
       Severity::warning,
       {},
       [] { return stuck(WalkId::ipv6, R::timeout, "test"); }},
      {"an ancestor has no IPv6",
       "res-iterate",
       Severity::notice,
       {},
       [] { return stuck(WalkId::ipv6, R::servfail, "test"); }},
      {"a server denies a name that others lie below",
       "res-qmin",
       Severity::warning,
       {},
       [] { return denied_at("192.0.2.2", Rcode::nxdomain); }},
      {"a server refuses a name that others lie below",
       "res-qmin",
       Severity::warning,
       {},
       [] { return denied_at("192.0.2.2", Rcode::refused); }},
      {"an ancestor denies a name between zones",
       "res-qmin",
       Severity::warning,
       {},
       [] { return with({above("co.test", R::nxdomain, Rcode::nxdomain)}); }},
      {"nothing proves that a name between has no records",
       "neg-proof-nodata",
       Severity::error,
       {},
       [] { return judge_once(deep("e.example.test")); }},
  };
}

TEST_CASE("walks and names on the way that are well are worth no finding") {
  CHECK(judge_once(deep())->findings.empty());
  const auto ok = ResolutionResult::ok;
  CHECK(with({walked(WalkId::ipv4, ok, kZone), walked(WalkId::ipv6, ok, kZone),
              above("co.test", ResolutionResult::nodata, Rcode::noerror)})
            ->findings.empty());
}

TEST_CASE("a walk over one family is told with the step where it ends and who repairs it") {
  const Report own = stuck(WalkId::ipv6, ResolutionResult::servfail, kZone);
  CHECK(says(the(own, "res-iterate"), "has only IPv6"));
  CHECK(says(the(own, "res-iterate"), "no server of example.test gave an answer: it is a test."));
  CHECK(says(the(own, "res-iterate"), "the way to their names"));
  const Report ancestor = stuck(WalkId::ipv4, ResolutionResult::timeout, "test");
  CHECK(says(the(ancestor, "res-iterate"), "gets as far as test, but"));
  CHECK(says(the(ancestor, "res-iterate"), "above the zone"));
}

TEST_CASE("where the parent has no glue of the family, that is what a stuck walk advises") {
  survey::Survey survey = healthy();
  survey.walks = {walked(WalkId::ipv6, ResolutionResult::servfail, kZone)};
  set_every_referral(survey,
                     {{"ns1.example.test", {"192.0.2.1"}}, {"ns2.example.test", {"192.0.2.2"}}});
  const Report report = judge_once(survey);
  CHECK(says(the(report, "res-iterate"), "give them to the parent as glue"));
  CHECK_FALSE(says(the(report, "res-iterate"), "the way to their names"));
}

TEST_CASE("what has another cause is not told by a walk") {
  const survey::OwnWalk walk = walked(WalkId::ipv4, ResolutionResult::servfail, kZone);
  survey::Survey survey = healthy();
  survey.walks = {walk};
  SECTION("a denial") {
    for (const auto result :
         {ResolutionResult::nxdomain, ResolutionResult::nodata, ResolutionResult::not_asked}) {
      survey.walks[0].end.result = result;
      CHECK(judge_once(survey)->findings.empty());
    }
  }
  SECTION("an alias, which leads elsewhere") {
    survey.walks[0].end.aliases = {name("other.test")};
    CHECK(judge_once(survey)->findings.empty());
  }
  SECTION("no server works over the family: con-zone-family") {
    for (const char* each : {"192.0.2.1", "192.0.2.2", "192.0.2.3"}) silence(survey, each);
    const Report report = judge_once(survey);
    CHECK(find(*report, "con-zone-family") != nullptr);
    CHECK(find(*report, "res-iterate") == nullptr);
  }
  SECTION("the zone is not delegated: del-exists") {
    undelegate(survey, Rcode::nxdomain);
    const Report report = judge_once(survey);
    CHECK(find(*report, "del-exists") != nullptr);
    CHECK(find(*report, "res-iterate") == nullptr);
  }
  SECTION("the parent is silent: del-parent-server-up") {
    survey.walks = {walked(WalkId::ipv4, ResolutionResult::timeout, "test")};
    for (survey::ParentServer& parent : survey.delegation.servers) {
      edit(parent.ns.first, [](dns::Exchange& exchange, dns::Message&) {
        exchange.outcome = dns::Outcome::timeout;
        exchange.attempts = exchange.attempts_timed_out = 3;
      });
    }
    const Report report = judge_once(survey);
    CHECK(find(*report, "del-parent-server-up") != nullptr);
    CHECK(the(report, "res-iterate").severity == Severity::notice);
  }
}

TEST_CASE("a walk that is stuck is a notice until it was seen three times") {
  Rounds rounds;
  survey::Survey survey = healthy();
  survey.walks = {walked(WalkId::ipv4, ResolutionResult::servfail, kZone)};
  for (int round = 1; round <= 3; ++round) {
    survey.walks[0].end.observed = kNow + std::chrono::minutes(round);
    Report report = rounds.round(survey);
    CHECK(the(report, "res-iterate").severity == (round < 3 ? Severity::notice : Severity::error));
    report = rounds.round(survey);  // carried over: not seen anew
    CHECK(the(report, "res-iterate").severity == (round < 3 ? Severity::notice : Severity::error));
  }
}

TEST_CASE("a name that is not known to exist may be denied") {
  survey::Survey survey = healthy();
  pass(survey, "192.0.2.1", kBetween, kBelow);
  say(survey, "192.0.2.1", Rcode::nxdomain);
  CHECK(find(*judge_once(survey), "res-qmin") == nullptr);
}

TEST_CASE("an alias on the way may lead to a name that does not exist") {
  survey::Survey survey = deep();
  edit(between(survey, "192.0.2.1").exchange.first, [](dns::Exchange&, dns::Message& message) {
    message.rcode = Rcode::nxdomain;
    message.answer = {record(name(kBetween), RRType::cname, name_rdata(name("gone.test")))};
  });
  CHECK(find(*judge_once(survey), "res-qmin") == nullptr);
}

TEST_CASE("names between zones are judged only where the zone is delegated below them") {
  using R = ResolutionResult;
  const Report refused = with({above("co.test", R::servfail, Rcode::refused)});
  CHECK(says(the(refused, "res-qmin"), "The servers of test answer REFUSED for co.test"));
  CHECK(with({above("co.test", R::servfail, Rcode::noerror)})->findings.empty());
  CHECK(with({above("co.test", R::timeout, Rcode::noerror)})->findings.empty());
  survey::OwnWalk alias = above("co.test", R::nxdomain, Rcode::nxdomain);
  alias.end.aliases = {name("gone.test")};
  CHECK(with({alias})->findings.empty());
  survey::Survey survey = healthy();
  survey.walks = {above("co.test", R::nxdomain, Rcode::nxdomain)};
  undelegate(survey, Rcode::nxdomain);
  CHECK(find(*judge_once(survey), "res-qmin") == nullptr);
}

TEST_CASE("walks are made only for enabled checks") {
  checks::CheckSelection selection;
  CHECK(checks::walks_to_make(selection).all());
  selection.disabled = {"res-iterate"};
  CHECK(checks::walks_to_make(selection) == survey::walk_set_of({WalkId::above}));
  selection.disabled = {"resolver"};
  CHECK(checks::walks_to_make(selection).none());
}

}  // namespace tests
