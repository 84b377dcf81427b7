// The resolver view: whose fault it is, the one verdict, and what keeps it quiet.
#include <utility>

#include "checks/catalogue.hpp"
#include "tests/catch.hpp"
#include "tests/unit/checks_cases.hpp"
#include "tests/unit/resolver_answers.hpp"

using checks::Severity;

namespace tests {

namespace {

using dns::Rcode;
using dns::RRType;
using Id = survey::ResolverQuestionId;
using Report = std::shared_ptr<const checks::ZoneReport>;

constexpr std::int64_t kDay = 86400;

Report judged(const std::vector<Says>& resolvers) {
  return judge_once(with_resolvers(healthy(), resolvers));
}

survey::Survey two_good() {
  return with_resolvers(healthy(), {{"a"}, {"b"}});
}

survey::Survey bogus() {
  survey::Survey survey = healthy();
  set_every_signature(survey, -30 * kDay, -3600);
  return survey;
}

survey::Survey unreachable() {
  survey::Survey survey = healthy();
  silence_all(survey);
  return survey;
}

// Both resolvers give this for one more question.
Report both_say(Id id, const char* qname, RRType qtype, Rcode rcode) {
  survey::Survey survey = two_good();
  for (const std::size_t i : {0U, 1U}) add_answer(survey, i, id, qname, qtype, rcode);
  return judge_once(survey);
}

// Resolver 0 gives this one for one more question.
Report one_says(Id id, const char* qname, RRType qtype, Rcode rcode) {
  survey::Survey survey = two_good();
  add_answer(survey, 0, id, qname, qtype, rcode);
  return judge_once(survey);
}

Report holds_ns(std::uint32_t ttl) {
  survey::Survey survey = two_good();
  dns::Message& message = add_answer(survey, 0, Id::ns, "example.test", RRType::ns, Rcode::noerror);
  message.answer.push_back(record(survey.zone, RRType::ns, name_rdata(name("old.test.")), ttl));
  return judge_once(survey);
}

Report holds_ds(const std::vector<Says>& resolvers) {
  survey::Survey survey = with_resolvers(healthy(), resolvers);
  dns::Message& message = add_answer(survey, 0, Id::ds, "example.test", RRType::ds, Rcode::noerror);
  message.answer.push_back(
      record(survey.zone, RRType::ds, {0, 1, 13, 2, 1, 2, 3, 4, 5, 6, 7, 8}, 900));
  return judge_once(survey);
}

Report slow() {
  survey::Survey survey = two_good();
  edit(survey.resolvers[0].answers[0].exchange.first,
       [](dns::Exchange& exchange, dns::Message&) { exchange.elapsed = std::chrono::seconds(3); });
  return judge_once(survey);
}

Report without_ad() {
  survey::Survey survey = two_good();
  message_of(survey, 0, Id::soa).ad = false;
  return judge_once(survey);
}

Report expired_with_reason() {
  survey::Survey survey = with_resolvers(bogus(), {says_bogus("a")});
  explain(survey, 0, 7);
  return judge_once(survey);
}

// A serial that was replaced long ago, given by a resolver.
Report old_serial() {
  Rounds rounds;
  rounds.round(healthy());
  survey::Survey newer = healthy();
  edit_every_soa(newer, [](dns::Soa& soa) { ++soa.serial; });
  Report report = rounds.round(newer, std::chrono::hours(3));
  report = rounds.round(with_resolvers(newer, {{"a"}}));
  return report;
}

const checks::Finding& the(const Report& report, std::string_view check) {
  const checks::Finding* finding = find(*report, check);
  REQUIRE(finding != nullptr);
  return *finding;
}

bool says(const checks::Finding& finding, std::string_view text) {
  return finding.sentence.find(text) != std::string::npos;
}

double layer(const checks::ZoneReport& report, std::string_view which) {
  for (const checks::Measurement& each : report.measurements) {
    if (each.metric == checks::Metric::zone_failure_layer && each.extra == which) return each.value;
  }
  return -1;
}

}  // namespace

std::vector<Case> resolver_cases() {
  const Says refuses{"x", Rcode::refused, Rcode::refused, Rcode::refused, false, true};
  const Says own{"own", Rcode::servfail, Rcode::servfail, Rcode::noerror, true, true};
  const auto expired = {"critical sec-rrsig-expired", "critical sec-status"};
  return {
      {"no resolver answers, the servers do",
       "res-resolves",
       Severity::error,
       {},
       [] {
         return judged({says_servfail("a"), says_servfail("b")});
       }},
      {"the only resolver fails",
       "res-resolves",
       Severity::warning,
       {},
       [] { return judged({says_servfail("a")}); }},
      {"a resolver answers nobody",
       "res-resolves",
       Severity::notice,
       {},
       [] {
         return judged({{"a"}, is_silent("b")});
       }},
      {"validators refuse the zone, we do not",
       "res-cd",
       Severity::critical,
       {},
       [] {
         return judged({says_bogus("a"), says_bogus("b"), {"c"}});
       }},
      {"the only validator refuses the zone, we do not",
       "res-cd",
       Severity::warning,
       {},
       [] { return judged({says_bogus("a")}); }},
      {"expired everywhere, and the resolver says so",
       "res-cd",
       Severity::critical,
       {expired.begin(), expired.end()},
       [] { return expired_with_reason(); }},
      {"one of three fails",
       "res-verdict",
       Severity::notice,
       {"warning res-disagree"},
       [] {
         return judged({{"a"}, {"b"}, says_servfail("c")});
       }},
      {"one of three fails for DNSSEC",
       "res-disagree",
       Severity::warning,
       {},
       [] {
         return judged({{"a"}, {"b"}, says_bogus("c")});
       }},
      {"only the own resolver fails",
       "res-local",
       Severity::warning,
       {},
       [own] {
         return judged({own, {"b"}});
       }},
      {"what is configured does not recurse",
       "res-ra",
       Severity::notice,
       {},
       [refuses] {
         return judged({{"a"}, refuses});
       }},
      {"no AD for a secure zone", "res-ad", Severity::info, {}, [] { return without_ad(); }},
      {"the resolver says why",
       "res-ede",
       Severity::info,
       {"critical res-cd", "critical sec-rrsig-expired", "critical sec-status"},
       [] { return expired_with_reason(); }},
      {"a resolver gives a reason for a failure that is not DNSSEC's",
       "res-ede",
       Severity::notice,
       {"warning res-resolves"},
       [] {
         survey::Survey survey = with_resolvers(healthy(), {says_servfail("a")});
         explain(survey, 0, 22);
         return judge_once(survey);
       }},
      {"a slow resolver", "res-rtt", Severity::info, {}, [] { return slow(); }},
      {"denial fails at all",
       "res-negative",
       Severity::error,
       {},
       [] { return both_say(Id::nonexistent, "no.example.test", RRType::a, Rcode::servfail); }},
      {"denial fails at one",
       "res-negative",
       Severity::warning,
       {},
       [] { return one_says(Id::nonexistent, "no.example.test", RRType::a, Rcode::servfail); }},
      {"a name that must exist is denied",
       "res-nxdomain-expected",
       Severity::error,
       {},
       [] { return both_say(Id::sentinel, "www.example.test", RRType::a, Rcode::nxdomain); }},
      {"one resolver denies a name",
       "res-nxdomain-expected",
       Severity::warning,
       {},
       [] { return one_says(Id::sentinel, "www.example.test", RRType::a, Rcode::nxdomain); }},
      {"no nameserver address",
       "res-ns-addresses",
       Severity::error,
       {},
       [] { return both_say(Id::ns_address, "ns1.example.test", RRType::a, Rcode::servfail); }},
      {"no CAA at all",
       "res-caa",
       Severity::error,
       {},
       [] { return both_say(Id::caa, "example.test", RRType::caa, Rcode::servfail); }},
      {"no CAA at one",
       "res-caa",
       Severity::warning,
       {},
       [] { return one_says(Id::caa, "example.test", RRType::caa, Rcode::servfail); }},
      {"old nameservers in a cache",
       "res-ns-view",
       Severity::info,
       {},
       [] { return holds_ns(600); }},
      {"old DS records in a cache",
       "res-ds-view",
       Severity::info,
       {},
       [] {
         return holds_ds({{"a"}, {"b"}});
       }},
      {"old DS records that break the zone",
       "res-ds-view",
       Severity::notice,
       {"warning res-disagree"},
       [] {
         return holds_ds({says_bogus("a"), {"b"}});
       }},
      {"an old serial", "res-serial-view", Severity::info, {}, [] { return old_serial(); }},
  };
}

TEST_CASE("resolvers that answer are worth no finding") {
  const Report report = judged({{"a"}, {"b"}});
  CHECK(report->findings.empty());
  CHECK(report->resolvers.size() == 2);
  CHECK(layer(*report, "none") == 1);
  CHECK(layer(*report, "dnssec") == 0);
  CHECK(layer(*judge_once(healthy()), "none") == -1);
}

TEST_CASE("a resolver that fails for everything is blamed alone") {
  const Says refuses{"x", Rcode::refused, Rcode::refused, Rcode::refused, false, true};
  for (const Says& broken :
       {is_silent("x"), refuses, Says{"x", Rcode::servfail, Rcode::servfail, Rcode::servfail}}) {
    for (const bool alone : {false, true}) {
      const Report report = alone ? judged({broken}) : judged({{"a"}, broken});
      CHECK(serious(*report).empty());
      CHECK(find(*report, "res-verdict") == nullptr);
      CHECK(find(*report, "res-disagree") == nullptr);
      CHECK(layer(*report, "none") == (alone ? -1 : 1));
      for (const checks::Measurement& each : report->measurements) {
        if (each.metric == checks::Metric::resolver_answered) {
          const bool is_broken = alone || each.resolver == 1;
          CHECK(each.value == (is_broken && !broken.checked ? 0 : 1));
        }
        if (each.metric != checks::Metric::resolver_resolves) continue;
        CHECK(report->resolvers[static_cast<std::size_t>(each.resolver)].name == "a");
        CHECK(each.value == 1);
      }
    }
  }
}

TEST_CASE("the verdict names the layer") {
  SECTION("the servers") {
    const Report report = judge_once(with_resolvers(unreachable(), {says_servfail("a"), {"b"}}));
    const checks::Finding& verdict = the(report, "res-verdict");
    CHECK(says(verdict, "authoritative service"));
    CHECK(says(verdict, "b (203.0.113.2) still answers (if from its cache, for at most 30 min"));
    CHECK(layer(*report, "authoritative") == 1);
    // The servers' own check pages; nothing of the resolvers' is added to it.
    CHECK(find(*report, "del-working-ns") != nullptr);
    for (const std::string& finding : serious(*report)) {
      CHECK(finding.find("res-") == std::string::npos);
    }
  }
  SECTION("DNSSEC") {
    const Report report = expired_with_reason();
    CHECK(says(the(report, "res-verdict"), "The failing layer is DNSSEC"));
    CHECK(says(the(report, "res-verdict"), "EDE 7: Signature Expired"));
    CHECK(layer(*report, "dnssec") == 1);
  }
  SECTION("DNSSEC, before the resolvers notice") {
    const Report report = judge_once(with_resolvers(bogus(), {{"a"}}));
    CHECK(says(the(report, "res-verdict"), "did not fail when they were asked"));
  }
  SECTION("one resolver") {
    const Report report = judged({{"a"}, says_bogus("b"), {"c"}});
    CHECK(says(the(report, "res-verdict"), "one resolver: b (203.0.113.2)"));
    CHECK(the(report, "res-cd").severity == Severity::notice);
    CHECK(layer(*report, "one_resolver") == 1);
  }
  SECTION("disagreement") {
    const Report report = judged({{"a"}, says_servfail("b"), {"c"}, says_servfail("d")});
    CHECK(says(the(report, "res-verdict"), "The resolvers disagree"));
    CHECK(layer(*report, "disagreement") == 1);
  }
  SECTION("no resolver reaches what we reach") {
    const Report report = judged({says_servfail("a"), says_servfail("b")});
    CHECK(says(the(report, "res-verdict"), "though the servers answer here"));
    CHECK(layer(*report, "authoritative") == 1);
  }
}

TEST_CASE("servers that fail like a resolver are where to begin") {
  survey::Survey lame = healthy();
  set_rcode(lame, "192.0.2.2", Rcode::nxdomain);
  const Says denies{"x", Rcode::nxdomain, Rcode::nxdomain, Rcode::noerror, false, true};
  const Report report = judge_once(with_resolvers(lame, {denies}));
  CHECK(layer(*report, "authoritative") == 1);
  CHECK(says(the(report, "res-verdict"), "some of the zone's servers fail"));
  CHECK(the(report, "res-resolves").severity == Severity::notice);

  survey::Survey expired = healthy();
  set_signatures(expired, "192.0.2.2", -30 * kDay, -3600);
  CHECK(layer(*judge_once(with_resolvers(expired, {{"a"}, says_bogus("b")})), "dnssec") == 1);
}

TEST_CASE("one resolver alone never pages") {
  const Says denies{"x", Rcode::nxdomain, Rcode::nxdomain, Rcode::noerror, true, true};
  for (const Says& one : {says_bogus("x"), says_servfail("x"), is_silent("x"), denies}) {
    for (const bool alone : {false, true}) {
      const Report report = alone ? judged({one}) : judged({{"a"}, one, {"c"}});
      CHECK(report->worst() <= Severity::warning);
    }
  }
}

TEST_CASE("a failure of resolvers counts when it was seen three times") {
  Rounds rounds;
  survey::Survey survey = with_resolvers(healthy(), {says_servfail("a"), says_servfail("b")});
  CHECK(serious(*rounds.round(survey)).empty());
  CHECK(serious(*rounds.round(survey)).empty());
  CHECK(serious(*rounds.round(survey)) == std::vector<std::string>{"error res-resolves"});
  // The same look, kept over rounds, counts once.
  Rounds kept;
  for (int i = 0; i < 5; ++i) {
    survey::Survey again = survey;
    for (survey::ResolverObservation& each : again.resolvers) {
      each.carried_over = true;
      each.asked = kNow - (kept.now - kNow);
    }
    CHECK(serious(*kept.round(again)).empty());
  }
}

TEST_CASE("an old negative answer in a cache is no fault until its time is over") {
  const auto survey_with = [](std::uint32_t ttl) {
    const Says denies{"b", Rcode::nxdomain, Rcode::nxdomain, Rcode::noerror, false, true};
    survey::Survey survey = with_resolvers(healthy(), {{"a"}, denies});
    dns::Soa soa = World().soa;
    soa.minimum = 900;
    message_of(survey, 1, Id::soa)
        .authority.push_back(record(name("test"), RRType::soa, soa_rdata(soa), ttl));
    return survey;
  };
  const checks::Finding cached = the(judge_once(survey_with(600)), "res-disagree");
  CHECK(cached.severity == Severity::info);
  CHECK(says(cached, "gone in 10 min"));
  CHECK(the(judge_once(survey_with(900)), "res-disagree").severity == Severity::warning);
  Rounds rounds;
  rounds.settings.three_rounds_rule = false;
  Report report;
  for (int i = 0; i < 20; ++i) report = rounds.round(survey_with(600));
  CHECK(the(report, "res-disagree").severity == Severity::warning);
}

TEST_CASE("a zone above that is broken is not this zone's fault") {
  // The parent's own SOA is refused as well, but the zone is given without checking.
  const Says below{"a", Rcode::servfail, Rcode::noerror, Rcode::servfail, false, true};
  const Report report = judged({below, below});
  CHECK(the(report, "res-cd").severity == Severity::critical);
  const Says neither{"a", Rcode::servfail, Rcode::servfail, Rcode::servfail, false, true};
  CHECK(serious(*judged({neither, neither})).empty());
}

TEST_CASE("nothing is judged from a place that is cut off") {
  survey::Survey survey = with_resolvers(healthy(), {is_silent("a"), is_silent("b")});
  survey.vantage.udp_ipv4 = survey.vantage.udp_ipv6 = survey::Usable::no;
  const Report report = judge_once(survey);
  for (const checks::Finding& finding : report->findings) {
    CHECK(finding.check.substr(0, 4) != "res-");
  }
  CHECK(report->resolvers[0].view == "unknown");
}

TEST_CASE("old records in caches are told only while they are there") {
  CHECK(find(*holds_ns(600), "res-ns-view") != nullptr);
  survey::Survey survey = two_good();
  dns::Message& message = add_answer(survey, 0, Id::ns, "example.test", RRType::ns, Rcode::noerror);
  message.answer.push_back(record(survey.zone, RRType::ns, name_rdata(name("old.test.")), 600));
  survey.resolvers[0].asked -= std::chrono::minutes(11);
  CHECK(find(*judge_once(survey), "res-ns-view") == nullptr);
  // The zone's own set is no other set.
  message.answer.clear();
  for (const char* host : {"ns1.example.test", "ns2.example.test", "ns3.example.test"}) {
    message.answer.push_back(record(survey.zone, RRType::ns, name_rdata(name(host)), 3600));
  }
  CHECK(find(*judge_once(survey), "res-ns-view") == nullptr);
}

TEST_CASE("what resolvers say without checking tells whether it is DNSSEC that fails") {
  const auto with = [](Id id, const char* qname, RRType qtype, Rcode unchecked) {
    survey::Survey survey = two_good();
    add_answer(survey, 0, id, qname, qtype, Rcode::servfail);
    add_answer(survey, 0, id, qname, qtype, unchecked, false);
    return judge_once(survey);
  };
  const char* const missing = "no.example.test";
  const Report denial = with(Id::nonexistent, missing, RRType::a, Rcode::nxdomain);
  CHECK(says(the(denial, "res-negative"), "the denial of existence is broken"));
  const Report silent = with(Id::nonexistent, missing, RRType::a, Rcode::servfail);
  CHECK_FALSE(says(the(silent, "res-negative"), "denial of existence"));
  CHECK(says(the(silent, "res-negative"), "fails as well"));
  const Report caa = with(Id::caa, "example.test", RRType::caa, Rcode::noerror);
  CHECK(says(the(caa, "res-caa"), "CAA records of example.test."));
  CHECK(says(the(caa, "res-caa"), "DNSSEC is what fails"));
  const Report sentinel = with(Id::sentinel, "www.example.test", RRType::a, Rcode::noerror);
  CHECK(says(the(sentinel, "res-nxdomain-expected"), "SERVFAIL for www.example.test A"));
  CHECK(says(the(sentinel, "res-nxdomain-expected"), "DNSSEC is what fails"));
  const Report addresses = with(Id::ns_address, "ns1.example.test", RRType::aaaa, Rcode::noerror);
  CHECK(says(the(addresses, "res-ns-addresses"), "SERVFAIL for AAAA of the nameserver"));
  CHECK(says(the(addresses, "res-ns-addresses"), "no IPv6"));

  const checks::ResolverState& state = caa->resolvers.at(0);
  REQUIRE(state.words.size() == 1);
  CHECK(state.words[0].question == "caa");
  CHECK(state.words[0].rcode_checked == Rcode::servfail);
  CHECK(state.words[0].rcode_unchecked == Rcode::noerror);
  CHECK(state.ttl == 1800U);
}

TEST_CASE("a resolver that rewrites NXDOMAIN is named") {
  survey::Survey survey = two_good();
  dns::Message& message =
      add_answer(survey, 0, Id::nonexistent, "no.example.test", RRType::a, Rcode::noerror);
  message.answer.push_back(
      record(name("no.example.test"), RRType::a, address_rdata(ip("192.0.2.80"))));
  const Report report = judge_once(survey);
  CHECK(serious(*report).empty());
  CHECK(says(the(report, "res-negative"), "rewrites NXDOMAIN"));
}

TEST_CASE("no AD is no news where the zone is not secure, or DO was given up") {
  World world;
  world.is_signed = world.ds = false;
  survey::Survey survey = with_resolvers(world.build(), {{"a"}});
  message_of(survey, 0, Id::soa).ad = false;
  CHECK(find(*judge_once(survey), "res-ad") == nullptr);
  survey = two_good();
  edit(survey.resolvers[0].answers[0].exchange.first,
       [](dns::Exchange& exchange, dns::Message& message) {
         message.ad = false;
         exchange.question.edns.reset();
       });
  CHECK(find(*judge_once(survey), "res-ad") == nullptr);
}

TEST_CASE("measurements of resolvers are absent where nothing is known") {
  const Report report = judged({says_bogus("a"), is_silent("b")});
  std::vector<std::string> rcodes;
  for (const checks::Measurement& each : report->measurements) {
    if (each.metric != checks::Metric::resolver_rcode) continue;
    rcodes.push_back(report->resolvers[static_cast<std::size_t>(each.resolver)].name + " " +
                     std::string(each.extra) + " " + std::to_string(static_cast<int>(each.value)));
  }
  CHECK(rcodes == std::vector<std::string>{"a enabled 2", "a disabled 0"});
}

TEST_CASE("resolvers are asked only what enabled checks read") {
  checks::CheckSelection selection;
  CHECK(checks::resolver_questions_to_ask(selection).all());
  selection.disabled = {"res-caa", "res-nxdomain-expected"};
  const auto asked = checks::resolver_questions_to_ask(selection);
  CHECK_FALSE(asked.test(static_cast<std::size_t>(Id::caa)));
  CHECK_FALSE(asked.test(static_cast<std::size_t>(Id::sentinel)));
  CHECK(asked.test(static_cast<std::size_t>(Id::ds)));
  selection.disabled = {"resolver"};
  CHECK(checks::resolver_questions_to_ask(selection).none());
}

}  // namespace tests
