// Whose word an answer is: healthy zones whose servers also speak of other zones, of keys that are
// gone or of another time, and what hangs on the keys that a DS stands for.
#include <set>

#include "tests/catch.hpp"
#include "tests/unit/checks_key_edits.hpp"
#include "tests/unit/denial_edits.hpp"

using checks::Severity;
using dns::RRType;
using survey::QuestionId;

namespace tests {

namespace {

using Report = std::shared_ptr<const checks::ZoneReport>;

std::set<double> values(const Report& report, checks::Metric metric) {
  std::set<double> found;
  for (const checks::Measurement& measured : report->measurements) {
    if (measured.metric == metric) found.insert(measured.value);
  }
  return found;
}

// A zone whose nameservers' names lie in a zone below it, which the same servers serve: resolution
// sees no cut there.
survey::Survey with_names_in_a_child() {
  World world;
  world.hosts = {{"a.nic.example.test", {"192.0.2.1"}}, {"b.nic.example.test", {"192.0.2.2"}}};
  survey::Survey survey = world.build();
  for (survey::Nameserver& nameserver : survey.nameservers) {
    nameserver.a.closest_zone = name(kZone);
    nameserver.aaaa.closest_zone = name(kZone);
  }
  return survey;
}

void for_addresses(survey::Survey& survey, const std::function<void(dns::Record&)>& change) {
  for (const RRType type : {RRType::a, RRType::aaaa}) {
    edit_answers(survey, type, [&](Records& records) {
      for (dns::Record& one : records) {
        if (is_signature(one, type)) change(one);
      }
    });
  }
}

// A CNAME for every name that leads to one that does not exist, in another zone on the same
// servers, which sends its proof along.
Report dangling_alias() {
  survey::Survey survey = healthy();
  const dns::Record key = extra_key(name(kZone), 13, 0x0100, 7);
  add_key(survey, key);
  edit_every(survey, [&key](dns::Message& message) {
    if (message.rcode != dns::Rcode::nxdomain) return;
    const dns::Name qname = message.question->qname;
    Records alias{record(name("*.example.test"), RRType::cname, name_rdata(name("x.sub.test")))};
    const auto now = static_cast<std::int64_t>(seconds_of(kNow));
    alias.push_back(sign_with(key, alias, now - 86400, now + 9 * 86400));
    for (dns::Record& one : alias) one.owner = qname;
    message.answer = alias;
    add_denial(message,
               record(name("sub.test"), RRType::nsec, nsec_rdata("y.sub.test", kApexTypes)),
               "sub.test");
  });
  return judge_once(survey);
}

// The zone's nameservers get their addresses from a wildcard; `denial` goes along.
Report addresses_from_wildcard(const dns::Record* denial) {
  survey::Survey survey = healthy();
  const dns::Name wildcard = *name(kZone).prefixed("*");
  const auto each = [&](const Edit& change) {
    edit_every(survey, [&](dns::Message& message) {
      const bool about_host =
          message.question && message.question->qname != name(kZone) && !message.answer.empty();
      if (about_host) change(message);
    });
  };
  each([&](dns::Message& message) {
    message.authority.clear();
    for (dns::Record& one : message.answer) {
      if (one.type == RRType::rrsig) one = signature_over(wildcard, message.question->qtype);
      one.owner = wildcard;
    }
    if (denial != nullptr) add_denial(message, *denial);
  });
  sign_survey(survey);
  each([](dns::Message& message) {
    for (dns::Record& one : message.answer) one.owner = message.question->qname;
  });
  return judge_once(survey);
}

}  // namespace

TEST_CASE("addresses from a wildcard need the proof that the name itself is not there") {
  SECTION("without it") {
    const Report report = addresses_from_wildcard(nullptr);
    REQUIRE(find(*report, "neg-proof-wildcard") != nullptr);
    const std::string& text = find(*report, "neg-proof-wildcard")->sentence;
    CHECK(text.find("A of ns1.example.test comes from a wildcard") != std::string::npos);
    CHECK(values(report, checks::Metric::nameserver_dnssec_valid) == std::set<double>{0});
    CHECK(report->dnssec == dns::dnssec::Status::secure);
    CHECK(report->chain.steps.back()->key_sets[0].fault.find("A of ns1.example.test") == 0);
  }
  SECTION("with it") {
    const dns::Record proof =
        record(name(kZone), RRType::nsec, nsec_rdata("x.example.test", kApexTypes));
    const Report report = addresses_from_wildcard(&proof);
    CHECK(find(*report, "neg-proof-wildcard") == nullptr);
    CHECK(values(report, checks::Metric::nameserver_dnssec_valid) == std::set<double>{1});
  }
}

TEST_CASE("a zone that its parent proves not to delegate is not bogus") {
  for (const dns::Rcode rcode : {dns::Rcode::nxdomain, dns::Rcode::noerror}) {
    survey::Survey survey = healthy();
    undelegate(survey, rcode);
    const Report report = judge_once(survey);
    CHECK(serious(*report) == std::vector<std::string>{"critical del-exists"});
    CHECK(report->dnssec == dns::dnssec::Status::indeterminate);
    CHECK(report->chain.steps.back()->reason.find("does not delegate") != std::string::npos);
  }
}

TEST_CASE("a parent that delegates and proves that it does not") {
  survey::Survey survey = healthy();
  survey::Survey gone = survey;
  undelegate(gone, dns::Rcode::noerror);
  for (std::size_t i = 0; i < survey.delegation.servers.size(); ++i) {
    survey.delegation.servers[i].ds = gone.delegation.servers[i].ds;
  }
  const Report report = judge_once(survey);
  CHECK(report->dnssec == dns::dnssec::Status::bogus);
  CHECK(find(*report, "sec-ds-rrsig") != nullptr);
}

TEST_CASE("addresses in a zone below, on the same servers, are that zone's: signed") {
  survey::Survey survey = with_names_in_a_child();
  for_addresses(survey, [](dns::Record& one) {
    one = signature_over(one.owner, dns::parse_rrsig(one.rdata)->type_covered, "nic.example.test");
  });
  const Report report = judge_once(survey);
  CHECK(serious(*report).empty());
  CHECK(values(report, checks::Metric::nameserver_dnssec_valid) == std::set<double>{1});
}

TEST_CASE("addresses in a zone below, on the same servers, are that zone's: unsigned") {
  survey::Survey survey = with_names_in_a_child();
  dns::dnssec::PathZone below;
  below.zone = name("nic.example.test");
  const auto path = std::make_shared<const dns::dnssec::PathZone>(below);
  for (survey::Nameserver& nameserver : survey.nameservers) nameserver.path = path;
  for (const RRType type : {RRType::a, RRType::aaaa}) {
    edit_answers(survey, type, [](Records& records) { records = without_signatures(records); });
  }
  const Report report = judge_once(survey);
  CHECK(serious(*report).empty());
  CHECK(values(report, checks::Metric::nameserver_dnssec_valid) == std::set<double>{1});
}

TEST_CASE(
    "a zone signing key that signs the keys, too, does not hide that the other's signature ends") {
  const dns::Record key = extra_key(name(kZone), 13, 0x0100, 8);
  const auto with_ksk_until = [&key](std::int64_t left) {
    World world;
    survey::Survey survey = world.build();
    add_key(survey, key);
    set_every_signature(survey, -13 * 86400, left, RRType::dnskey);
    sign_also(survey, RRType::dnskey, key);
    return judge_once(survey);
  };
  const Report soon = with_ksk_until(3600);
  REQUIRE(find(*soon, "sec-rrsig-remaining") != nullptr);
  CHECK(find(*soon, "sec-rrsig-remaining")->severity == Severity::critical);
  const Report over = with_ksk_until(-3600);
  CHECK(over->dnssec == dns::dnssec::Status::bogus);
  REQUIRE(find(*over, "sec-rrsig-expired") != nullptr);
  CHECK(find(*over, "sec-rrsig-expired")->severity == Severity::critical);
  CHECK(find(*over, "sec-dnskey-sig") == nullptr);
}

TEST_CASE("an alias from a wildcard to a name that does not exist is data, and NXDOMAIN") {
  const Report report = dangling_alias();
  CHECK(values(report, checks::Metric::nameserver_denial_valid) == std::set<double>{1});
  for (const checks::Finding& finding : report->findings) {
    CAPTURE(finding.check, finding.sentence);
    CHECK((finding.check.substr(0, 4) != "neg-" || finding.severity <= Severity::notice));
  }
}

TEST_CASE("the chain says which part of a denial does not validate") {
  survey::Survey survey = healthy();
  edit_every(survey, [](dns::Message& message) {
    if (message.rcode != dns::Rcode::nxdomain) return;
    message.rcode = dns::Rcode::noerror;
    message.answer = {record(message.question->qname, RRType::a, {192, 0, 2, 7})};
  });
  const Report report = judge_once(survey);
  CHECK(values(report, checks::Metric::nameserver_denial_valid) == std::set<double>{0});
  REQUIRE_FALSE(report->chain.steps.back()->key_sets.empty());
  CHECK(report->chain.steps.back()->key_sets[0].fault ==
        "what it says of a name that does not exist does not validate (A of " +
            std::string(kMissingLabel) + ".example.test: not signed)");
}

TEST_CASE("answers kept from before a rollover are not judged by the keys of now") {
  survey::Survey survey = healthy();
  for (survey::AddressObservation& seen : survey.addresses) {
    for (survey::Answer& kept : seen.answers) {
      const bool slow = kept.id == QuestionId::ns_address || kept.id == QuestionId::nodata ||
                        kept.id == QuestionId::nsec3param;
      if (!slow) continue;
      kept.carried_over = true;
      edit(kept.exchange.first, [](dns::Exchange&, dns::Message& message) {
        for (Records* section : {&message.answer, &message.authority}) {
          for (dns::Record& one : *section) {
            if (one.type != RRType::rrsig) continue;
            const std::uint32_t now = seconds_of(kNow);
            one.rdata = rrsig_rdata(dns::parse_rrsig(one.rdata)->type_covered, name(kZone),
                                    now - 86400, now + 9 * 86400, 1);
          }
        }
      });
    }
  }
  const Report report = judge_once(survey);
  CHECK(serious(*report).empty());
  CHECK(values(report, checks::Metric::nameserver_dnssec_valid) == std::set<double>{1});
}

TEST_CASE("one parent's server with the DS of before a rollover decides nothing") {
  World world;
  world.parent_hosts = {{"a.nic.test", {"198.51.100.1"}},
                        {"b.nic.test", {"198.51.100.2"}},
                        {"c.nic.test", {"198.51.100.3"}}};
  for (std::size_t stale = 0; stale < 3; ++stale) {
    survey::Survey survey = world.build();
    edit(survey.delegation.servers[stale].ds.first, [](dns::Exchange&, dns::Message& message) {
      for (dns::Record& one : message.answer) {
        if (one.type == RRType::ds) one.rdata[1] ^= 1U;
      }
    });
    const Report report = judge_once(survey);
    CAPTURE(stale);
    CHECK(report->dnssec == dns::dnssec::Status::secure);
    CHECK(find(*report, "cns-ds") != nullptr);
    CHECK(find(*report, "sec-status") == nullptr);
  }
}

TEST_CASE("a zone with trust anchors of its own, and what is wrong with these") {
  const auto judge_with = [](const dns::Record& anchor) {
    survey::Survey survey = healthy();
    sign_survey(survey);
    dns::dnssec::TrustAnchors anchors;
    anchors.add(anchor);
    dns::dnssec::Verifier verifier;
    checks::ZoneSettings settings;
    settings.three_rounds_rule = false;
    return checks::judge(survey, checks::History(), settings, {anchors, verifier}, kNow).report;
  };
  CHECK(judge_with(ds_record(name(kZone)))->dnssec == dns::dnssec::Status::secure);

  dns::Record old = ds_record(name(kZone));
  old.rdata[1] ^= 1U;
  const Report outdated = judge_with(old);
  CHECK(outdated->dnssec == dns::dnssec::Status::indeterminate);
  CHECK(find(*outdated, "sec-trust-anchor") != nullptr);
  CHECK(find(*outdated, "sec-status") == nullptr);
  CHECK(find(*outdated, "sec-ds-sep") == nullptr);

  dns::Record unknown = ds_record(name(kZone));
  unknown.rdata[2] = 200;
  CHECK(judge_with(unknown)->dnssec == dns::dnssec::Status::insecure);
}

TEST_CASE("keys of one tag and algorithm are noted, and many of them are a warning") {
  const dns::Record key = extra_key(name(kZone), 13, 0x0100, 5);
  const auto with_twins = [&key](std::size_t twins) {
    survey::Survey survey = healthy();
    add_key(survey, key);
    for (std::size_t i = 1; i <= twins; ++i) {
      // Octets that change places a word apart leave the tag as it is (RFC 4034 appendix B).
      dns::Record twin = key;
      std::swap(twin.rdata[4], twin.rdata[4 + 2 * i]);
      add_key(survey, twin);
    }
    return judge_once(survey);
  };
  CHECK(find(*with_twins(0), "sec-dnskey-collisions") == nullptr);
  const Report two = with_twins(1);
  REQUIRE(find(*two, "sec-dnskey-collisions") != nullptr);
  CHECK(find(*two, "sec-dnskey-collisions")->severity == Severity::notice);
  const Report six = with_twins(5);
  REQUIRE(find(*six, "sec-dnskey-collisions") != nullptr);
  CHECK(find(*six, "sec-dnskey-collisions")->severity == Severity::warning);
}

TEST_CASE("a DS of a key without the SEP flag is noted") {
  for (const unsigned flags : {0x0100U, 0x0101U}) {
    survey::Survey survey = healthy();
    const dns::Record key = extra_key(name(kZone), 13, static_cast<std::uint16_t>(flags), 6);
    add_key(survey, key);
    sign_also(survey, RRType::dnskey, key);
    set_ds(survey, {ds_record(name(kZone)), extra_ds(key)});
    const Report report = judge_once(survey);
    CHECK(report->dnssec == dns::dnssec::Status::secure);
    const checks::Finding* const found = find(*report, "sec-ds-key-flags");
    CHECK((found != nullptr) == (flags == 0x0100U));
    if (found != nullptr) CHECK(found->severity == Severity::notice);
  }
}

TEST_CASE("a signature with another TTL than its data") {
  survey::Survey survey = healthy();
  edit_answers(survey, RRType::ns, [](Records& records) {
    for (dns::Record& one : records) {
      if (one.type == RRType::rrsig) one.ttl /= 2;
    }
  });
  const Report report = judge_once(survey);
  REQUIRE(find(*report, "sec-rrsig-ttl") != nullptr);
  CHECK(find(*report, "sec-rrsig-ttl")->sentence.find("another TTL than its signature") !=
        std::string::npos);
  CHECK(report->dnssec == dns::dnssec::Status::secure);
}

TEST_CASE("an NSEC3PARAM that was changed after signing") {
  survey::Survey survey = healthy();
  edit_every(survey, as_nsec3({}));
  sign_survey(survey);
  edit_answers(survey, RRType::nsec3param, [](Records& records) { records[0].rdata[1] = 0; });
  CHECK(find(*judge_once(survey), "neg-nsec3param") == nullptr);
  edit_answers(survey, RRType::nsec3param,
               [](Records& records) { records.back().rdata.back() ^= 1U; });
  const Report report = judge_once(survey);
  REQUIRE(find(*report, "neg-nsec3param") != nullptr);
  CHECK(find(*report, "neg-nsec3param")->sentence.find("no valid signature") != std::string::npos);
}

TEST_CASE("a server that denies by records of a new type is not called broken") {
  constexpr auto kNewDenial = static_cast<RRType>(65500);
  survey::Survey survey = healthy();
  edit_every(survey, [&](dns::Message& message) {
    const auto denials = std::erase_if(message.authority, [](const auto& one) {
      return one.type == RRType::nsec || is_signature(one, RRType::nsec);
    });
    if (denials != 0) add_denial(message, record(name(kZone), kNewDenial, {1, 2, 3}));
  });
  const Report report = judge_once(survey);
  CHECK(values(report, checks::Metric::nameserver_denial_valid).empty());
  REQUIRE(find(*report, "neg-none") != nullptr);
  CHECK(find(*report, "neg-none")->sentence.find("unknown type") != std::string::npos);
}

}  // namespace tests
