// What stands elsewhere about the delegation: whether operators vouch for the first DS, and where
// the parent wants to be told of changes.
#include "tests/catch.hpp"
#include "tests/unit/checks_cases.hpp"
#include "tests/unit/checks_key_edits.hpp"
#include "tests/unit/denial_edits.hpp"
#include "tests/unit/message_builder.hpp"

using checks::Severity;
using dns::ResolutionResult;
using dns::RRType;

namespace tests {

namespace {

using Report = std::shared_ptr<const checks::ZoneReport>;
using survey::Signal;

constexpr std::string_view kOperator = "provider.net";

const dns::Name& zone() {
  static const dns::Name name_of_it = name(kKeyZone);
  return name_of_it;
}

Records requested() {
  return {as_type(ds_record(zone()), RRType::cds), as_type(ksk_record(zone()), RRType::cdnskey)};
}

std::shared_ptr<const dns::Exchange> answered(const dns::Name& qname, RRType type, Records answer) {
  dns::Message message;
  message.aa = true;
  message.answer = std::move(answer);
  dns::Exchange exchange;
  exchange.question.qname = qname;
  exchange.question.qtype = type;
  exchange.server = {ip("192.0.2.77"), 53};
  exchange.outcome = dns::Outcome::answered;
  exchange.sent = kNow - std::chrono::seconds(1);
  exchange.response = std::make_shared<const dns::Message>(std::move(message));
  return std::make_shared<const dns::Exchange>(std::move(exchange));
}

// Signed by the operator's zone; and the path to that.
struct Signed {
  std::shared_ptr<const dns::Exchange> exchange;
  std::shared_ptr<const dns::dnssec::PathZone> path;
};
Signed signed_by_operator(const std::shared_ptr<const dns::Exchange>& exchange,
                          std::string_view signer) {
  survey::Survey survey;
  survey.zone = name(signer);
  survey.delegation.parent.found = true;
  survey.delegation.parent.parent = name(signer);
  survey.finished = kNow;
  survey.delegation.servers.emplace_back().ds.first = exchange;
  sign_survey(survey);
  return {survey.delegation.servers[0].ds.first, survey.path};
}

dns::Resolution resolution(const dns::Name& owner, RRType type, const Records& records) {
  dns::Resolution found;
  found.name = owner;
  found.type = type;
  found.result = records.empty() ? ResolutionResult::nxdomain : ResolutionResult::ok;
  found.records = records;
  found.observed = kNow - std::chrono::seconds(1);
  Records answer = records;
  if (!records.empty()) answer.push_back(signature_over(owner, type, kOperator));
  found.last = answered(owner, type, answer);
  return found;
}

Signal signal_of(std::string_view host, const Records& records) {
  Signal signal;
  signal.nameserver = name(host);
  signal.name = name("_dsboot.example.test._signal." + std::string(host));
  for (const RRType type : {RRType::cds, RRType::cdnskey}) {
    Records some;
    for (dns::Record one : records) {
      one.owner = *signal.name;
      if (one.type == type) some.push_back(one);
    }
    dns::Resolution& into = type == RRType::cds ? signal.cds : signal.cdnskey;
    into = resolution(*signal.name, type, some);
    if (some.empty()) continue;
    const Signed made = signed_by_operator(into.last, kOperator);
    into.last = made.exchange;
    signal.path = made.path;
  }
  return signal;
}

// A zone without DS that asks for one, at the operator's nameservers.
survey::Survey island(const Records& records = requested()) {
  World world;
  world.ds = false;
  world.rare = requested();
  for (World::Host& host : world.hosts) {
    host.name = host.name.substr(0, 4) + std::string(kOperator);
  }
  survey::Survey survey = world.build();
  for (const World::Host& host : world.hosts) {
    survey.signals.bootstrap.push_back(signal_of(host.name, records));
  }
  return survey;
}

Report judged(survey::Survey survey, checks::History history = {}) {
  sign_survey(survey);
  dns::dnssec::TrustAnchors anchors = anchors_for(survey);
  anchors.add(ds_record(name(kOperator)));
  dns::dnssec::Verifier verifier;
  checks::ZoneSettings settings;
  settings.three_rounds_rule = false;
  return checks::judge(survey, history, settings, {anchors, verifier}, survey.finished).report;
}

// The second nameserver's signal is changed.
Report with_second(const std::function<void(Signal&)>& change) {
  survey::Survey survey = island();
  change(survey.signals.bootstrap[1]);
  return judged(std::move(survey));
}

void fail(Signal& signal, ResolutionResult result) {
  for (dns::Resolution* const one : {&signal.cds, &signal.cdnskey}) {
    one->result = result;
    one->records.clear();
  }
  signal.path = nullptr;
}

void spoil(Signal& signal) {
  edit(signal.cdnskey.last,
       [](dns::Exchange&, dns::Message& message) { message.answer.back().rdata.back() ^= 1U; });
}

// The operator's zone has no DS at net.
void without_chain(Signal& signal) {
  const Signed net = signed_by_operator(answered(name("net"), RRType::dnskey, {}), "net");
  auto link = std::make_shared<dns::dnssec::PathZone>(*signal.path);
  link->above = net.path;
  dns::Message message;
  message.aa = true;
  const dns::Name owner = name(kOperator);
  message.authority = {
      record(owner, RRType::nsec, nsec_rdata("zz.net", {0, 6, 0x20, 0, 0, 0, 0, 3})),
      signature_over(owner, RRType::nsec, "net")};
  dns::Exchange exchange;
  exchange.question.qname = owner;
  exchange.question.qtype = RRType::ds;
  exchange.outcome = dns::Outcome::answered;
  exchange.response = std::make_shared<const dns::Message>(std::move(message));
  link->ds = signed_by_operator(std::make_shared<const dns::Exchange>(exchange), "net").exchange;
  signal.path = std::move(link);
}

Report unsigned_operator() {
  survey::Survey survey = island();
  without_chain(survey.signals.bootstrap[1]);
  sign_survey(survey);
  dns::dnssec::TrustAnchors anchors = anchors_for(survey);
  anchors.add(ds_record(name("net")));
  for (Signal& signal : survey.signals.bootstrap) {
    if (signal.path->above == nullptr) signal.path = survey.signals.bootstrap[1].path;
  }
  dns::dnssec::Verifier verifier;
  return checks::judge(survey, {}, {}, {anchors, verifier}, survey.finished).report;
}

const checks::Finding* told(const Report& report) {
  return find(*report, "sec-bootstrap");
}

bool says(const Report& report, std::string_view text) {
  const checks::Finding* const found = told(report);
  if (found == nullptr) return false;
  CAPTURE(found->sentence);
  CHECK(found->sentence.find(text) != std::string::npos);
  return found->sentence.find(text) != std::string::npos;
}

// ---- DSYNC ----

dns::Bytes notify(unsigned type, unsigned scheme, unsigned port) {
  return Octets().u16(type).u8(scheme).u16(port).text(name("notify.test").wire());
}

survey::Survey with_targets(const std::vector<dns::Bytes>& targets) {
  World world;
  world.rare = requested();
  survey::Survey survey = world.build();
  const dns::Name owner = name("example._dsync.test");
  Records records;
  for (const dns::Bytes& target : targets) records.push_back(record(owner, RRType::dsync, target));
  survey::NotifyTargets& found = survey.signals.notify.emplace();
  found.dsync = resolution(owner, RRType::dsync, records);
  Records answer = records;
  answer.push_back(signature_over(owner, RRType::dsync, "test"));
  const Signed made = signed_by_operator(answered(owner, RRType::dsync, answer), "test");
  found.dsync.last = made.exchange;
  found.path = made.path;
  return survey;
}

}  // namespace

std::vector<Case> bootstrap_cases() {
  return {
      {"one operator does not vouch for the first DS",
       "sec-bootstrap",
       Severity::warning,
       {},
       [] { return with_second([](Signal& one) { fail(one, ResolutionResult::nxdomain); }); }},
      {"one operator vouches for another first DS",
       "sec-bootstrap",
       Severity::warning,
       {},
       [] {
         return with_second([](Signal& one) {
           one = signal_of(
               "ns2.provider.net",
               {as_type(extra_ds(extra_key(zone(), 13, 257, 9)), RRType::cds), requested()[1]});
         });
       }},
      {"one operator's word does not validate",
       "sec-bootstrap",
       Severity::warning,
       {},
       [] { return with_second(spoil); }},
      {"a zone begins at the signalling name",
       "sec-bootstrap",
       Severity::warning,
       {},
       [] {
         return with_second([](Signal& one) {
           auto link = std::make_shared<dns::dnssec::PathZone>(*one.path);
           link->zone = *one.name;
           one.path = std::move(link);
         });
       }},
      {"the operator's zone has no chain of trust",
       "sec-bootstrap",
       Severity::warning,
       {},
       [] { return unsigned_operator(); }},
      {"one operator cannot be reached",
       "sec-bootstrap",
       Severity::notice,
       {},
       [] { return with_second([](Signal& one) { fail(one, ResolutionResult::timeout); }); }},
      {"the signalling name would be too long",
       "sec-bootstrap",
       Severity::notice,
       {},
       [] {
         return with_second([](Signal& one) {
           fail(one, ResolutionResult::not_asked);
           one.name.reset();
         });
       }},
      {"all operators vouch for the first DS",
       "sec-bootstrap",
       Severity::info,
       {},
       [] { return judged(island()); }},
      {"no operator vouches for the first DS",
       "sec-bootstrap",
       Severity::info,
       {},
       [] { return judged(island({})); }},
      {"the parent wants to be told of new CDS",
       "sec-dsync",
       Severity::info,
       {},
       [] { return judge_once(with_targets({notify(59, 1, 5300)})); }},
  };
}

TEST_CASE("a zone that can be bootstrapped is told so, and by whom") {
  const Report report = judged(island());
  CHECK(serious(*report).empty());
  CHECK(says(report,
             "the operators of ns1.provider.net, ns2.provider.net and ns3.provider.net "
             "vouch for it"));
  CHECK(told(report)->command.find("CDS") != std::string::npos);
}

TEST_CASE("what is wrong with a signal is said of its nameserver, with the command that shows it") {
  const auto about = [](const Report& report) {
    const checks::Finding* const found = told(report);
    REQUIRE(found != nullptr);
    CHECK(found->subject.nameserver == name("ns2.provider.net"));
    CHECK(found->command.find("_dsboot.example.test._signal.ns2.provider.net.") !=
          std::string::npos);
  };
  const Report gone = with_second([](Signal& one) { fail(one, ResolutionResult::nodata); });
  about(gone);
  CHECK(says(gone, "there are no CDS and CDNSKEY records"));
  const Report partly = with_second([](Signal& one) {
    one.cdnskey.result = ResolutionResult::nodata;
    one.cdnskey.records.clear();
  });
  about(partly);
  CHECK(says(partly, "CDNSKEY at _dsboot.example.test._signal.ns2.provider.net is not what"));
  const Report bad = with_second(spoil);
  about(bad);
  CHECK(says(bad, "has no valid signature"));
  CHECK(says(unsigned_operator(), "without a chain of trust"));
}

TEST_CASE("signals and the zone's records of different times are not compared") {
  const auto kept = [](std::chrono::minutes ago) {
    return with_second([ago](Signal& one) {
      one = signal_of("ns2.provider.net",
                      {as_type(extra_ds(extra_key(zone(), 13, 257, 9)), RRType::cds)});
      one.cds.observed -= ago;
      one.cdnskey.observed -= ago;
    });
  };
  CHECK(told(kept(std::chrono::minutes(2)))->severity == Severity::warning);
  CHECK(told(kept(std::chrono::minutes(40))) == nullptr);
}

TEST_CASE("a signal that was valid when it came stays so") {
  survey::Survey survey = island();
  for (Signal& signal : survey.signals.bootstrap) {
    for (dns::Resolution* const one : {&signal.cds, &signal.cdnskey}) {
      one->observed -= std::chrono::minutes(50);
    }
  }
  CHECK(says(judged(std::move(survey)), "vouch for it"));
}

TEST_CASE("nothing is said of signals where there is no reason") {
  SECTION("nothing is known of them") {
    survey::Survey survey = island();
    survey.signals = {};
    CHECK(told(judged(std::move(survey))) == nullptr);
  }
  SECTION("the zone has a DS") {
    World world;
    world.rare = requested();
    for (World::Host& host : world.hosts) {
      host.name = host.name.substr(0, 4) + std::string(kOperator);
    }
    survey::Survey survey = world.build();
    survey.signals = island({}).signals;
    CHECK(told(judged(std::move(survey))) == nullptr);
  }
  SECTION("servers do not ask for the same") {
    survey::Survey survey = island();
    edit_answers(
        survey, RRType::cds, [](Records& records) { records.front().rdata.back() ^= 1U; },
        "192.0.2.1");
    CHECK(told(judged(std::move(survey))) == nullptr);
  }
  SECTION("the zone asks for no DS at all") {
    World world;
    world.ds = false;
    world.rare = {record(zone(), RRType::cds, {0, 0, 0, 0, 0}),
                  record(zone(), RRType::cdnskey, {0, 0, 3, 0, 0})};
    CHECK(told(judge_once(world.build())) == nullptr);
  }
  SECTION("an operator leads elsewhere by an alias") {
    const Report report = with_second([](Signal& one) { one.cds.aliases = {name("other.net")}; });
    CHECK(told(report) == nullptr);
  }
  SECTION("one operator cannot be reached, and nothing can from here") {
    survey::Survey survey = island();
    fail(survey.signals.bootstrap[1], ResolutionResult::timeout);
    survey.vantage.udp_ipv4 = survey.vantage.udp_ipv6 = survey::Usable::no;
    CHECK(told(judged(std::move(survey))) == nullptr);
  }
  SECTION("no operator can be reached") {
    survey::Survey survey = island();
    for (Signal& signal : survey.signals.bootstrap) fail(signal, ResolutionResult::timeout);
    CHECK(told(judged(std::move(survey))) == nullptr);
  }
}

TEST_CASE("a zone whose nameservers all lie in it cannot be vouched for") {
  World world;
  world.ds = false;
  world.rare = requested();
  const Report report = judge_once(world.build());
  CHECK(says(report, "all its nameservers lie in the zone itself"));
  CHECK(told(report)->severity == Severity::info);
}

TEST_CASE("the parent's targets are listed, with what they are worth") {
  const auto sentence = [](survey::Survey survey) {
    const Report report = judge_once(survey);
    const checks::Finding* const found = find(*report, "sec-dsync");
    return found == nullptr ? std::string() : found->sentence;
  };
  survey::Survey good = with_targets({notify(59, 1, 5300), notify(62, 200, 53)});
  CHECK(sentence(good).find("CDS by NOTIFY to notify.test port 5300 and CSYNC by scheme 200 to "
                            "notify.test port 53. ") != std::string::npos);
  CHECK(sentence(good).find("validate") == std::string::npos);
  survey::Survey bad = good;
  edit(bad.signals.notify->dsync.last,
       [](dns::Exchange&, dns::Message& message) { message.answer.back().rdata.back() ^= 1U; });
  CHECK(sentence(bad).find("do not validate") != std::string::npos);
  survey::Survey unknown = good;
  unknown.signals.notify->path = nullptr;
  CHECK(sentence(unknown).find("cannot be told") != std::string::npos);
  CHECK(sentence(with_targets({})).empty());
  CHECK(sentence(with_targets({{0, 59}})).empty());
}

}  // namespace tests
