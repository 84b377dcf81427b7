// Denial: records that contradict what exists, each other, or the zone; NSEC3 and its parameters.
#include <algorithm>

#include "dns/dnssec_nsec.hpp"
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

constexpr std::string_view kOther = "192.0.2.2";

Report with(const Edit& change) {
  survey::Survey survey = healthy();
  edit_every(survey, change);
  return judge_once(survey);
}

Report with_at_one(const Edit& change) {
  survey::Survey survey = healthy();
  edit_address(survey, kOther, change);
  return judge_once(survey);
}

// As NSEC3, with further changes.
Report with_chain(
    const Chain& chain, const Edit& change = [](dns::Message&) {}) {
  survey::Survey survey = healthy();
  edit_every(survey, as_nsec3(chain));
  edit_every(survey, change);
  return judge_once(survey);
}

bool is_nodata_of_apex(const dns::Message& message) {
  return message.question->qtype == RRType::cname;
}

Edit apex_nsec(const dns::Bytes& rdata, bool everywhere = false) {
  return [rdata, everywhere](dns::Message& message) {
    if (!everywhere && !is_nodata_of_apex(message)) return;
    for (dns::Record& one : message.authority) {
      if (one.type == RRType::nsec && one.owner == name(kZone)) one.rdata = rdata;
    }
  };
}

Edit without_soa() {
  return [](dns::Message& message) {
    if (!is_nodata_of_apex(message)) return;
    std::erase_if(message.authority, [](const auto& one) {
      return one.type == RRType::soa || is_signature(one, RRType::soa);
    });
  };
}

// The random name is answered from a wildcard; signed as such, then given the name that was asked.
Report wildcard(std::string_view next, std::size_t addresses) {
  survey::Survey survey = healthy();
  const auto each = [&](const Edit& change) {
    for (std::size_t i = 0; i < addresses; ++i) {
      edit_address(survey, survey.addresses[i].address.to_text(), change);
    }
  };
  const dns::Name owner = *name(kZone).prefixed("*");
  each([&](dns::Message& message) {
    if (message.rcode != dns::Rcode::nxdomain) return;
    message.rcode = dns::Rcode::noerror;
    message.answer = {record(owner, RRType::a, address_rdata(ip("192.0.2.80"))),
                      signature_over(owner, RRType::a)};
    std::erase_if(message.authority, [](const auto& one) {
      return one.type == RRType::soa || is_signature(one, RRType::soa);
    });
    if (next.empty()) message.authority.clear();
    for (dns::Record& one : message.authority) {
      if (one.type == RRType::nsec) one.rdata = nsec_rdata(next, kApexTypes);
    }
  });
  sign_survey(survey);
  each([&](dns::Message& message) {
    for (dns::Record& one : message.answer) {
      if (one.owner == owner) one.owner = message.question->qname;
    }
  });
  return judge_once(survey);
}

// DS are denied; what denies is taken from this many parents' answers or referrals.
Report without_proof_of_ds(std::size_t answers, std::size_t referrals) {
  World world;
  world.ds = false;
  survey::Survey survey = world.build();
  const auto strip = [](dns::Exchange&, dns::Message& message) {
    std::erase_if(message.authority, [](const auto& one) {
      return one.type == RRType::nsec || is_signature(one, RRType::nsec);
    });
  };
  for (std::size_t i = 0; i < survey.delegation.servers.size(); ++i) {
    if (i < answers) edit(survey.delegation.servers[i].ds.first, strip);
    if (i < referrals) edit(survey.delegation.servers[i].ns.first, strip);
  }
  return judge_once(survey);
}

void compact(dns::Message& message, bool with_nxname) {
  if (message.rcode != dns::Rcode::nxdomain) return;
  message.rcode = dns::Rcode::noerror;
  const dns::Name qname = message.question->qname;
  dns::Bytes types{0, 6, 0, 0, 0, 0, 0, 3};
  if (with_nxname) types = Octets().raw({0, 17}).fill(5, 0).u8(3).fill(10, 0).u8(0x80);
  const dns::Name next = *qname.prefixed(std::string(1, '\0'));
  for (dns::Record& one : message.authority) {
    if (one.type != RRType::nsec && !is_signature(one, RRType::nsec)) continue;
    one.owner = qname;
    if (one.type == RRType::nsec) one.rdata = Octets().raw(name_rdata(next)).raw(types);
  }
}

}  // namespace

std::vector<Case> denial_record_cases() {
  return {
      {"an answer without data and without SOA",
       "neg-nodata-soa",
       Severity::warning,
       {},
       [] { return with_at_one(without_soa()); }},
      {"NXDOMAIN for the zone's own name",
       "neg-nx-vs-nodata",
       Severity::error,
       {},
       [] {
         return with_at_one([](dns::Message& message) {
           if (is_nodata_of_apex(message)) message.rcode = dns::Rcode::nxdomain;
         });
       }},
      {"an answer without data with the record of another name",
       "neg-proof-nodata",
       Severity::error,
       {},
       [] {
         return with([](dns::Message& message) {
           if (!is_nodata_of_apex(message)) return;
           deny_by(message, "ns1.example.test", nsec_rdata("ns2.example.test", kApexTypes));
         });
       }},
      {"the same at one server",
       "neg-proof-nodata",
       Severity::warning,
       {},
       [] {
         return with_at_one([](dns::Message& message) {
           if (!is_nodata_of_apex(message)) return;
           deny_by(message, "ns1.example.test", nsec_rdata("ns2.example.test", kApexTypes));
         });
       }},
      {"a wildcard without proof",
       "neg-proof-wildcard",
       Severity::error,
       {},
       [] { return wildcard("a.example.test", 6); }},
      {"a wildcard without any record that denies",
       "neg-proof-wildcard",
       Severity::error,
       {},
       [] { return wildcard("", 6); }},
      {"no proof that there is no DS, at any parent",
       "neg-proof-ds",
       Severity::critical,
       {},
       [] { return without_proof_of_ds(2, 0); }},
      {"no proof that there is no DS, at one parent",
       "neg-proof-ds",
       Severity::warning,
       {},
       [] { return without_proof_of_ds(1, 0); }},
      {"referrals without a proof that there is no DS",
       "neg-proof-referral",
       Severity::warning,
       {},
       [] { return without_proof_of_ds(0, 2); }},
      {"the zone's own record does not list DNSKEY",
       "neg-apex-bitmap",
       Severity::error,
       {},
       [] {
         return with(apex_nsec(nsec_rdata("ns1.example.test", {0, 6, 0x22, 0, 0, 0, 0, 3})));
       }},
      {"the zone's own record does not list RRSIG",
       "neg-apex-bitmap",
       Severity::notice,
       {},
       [] {
         return with(apex_nsec(nsec_rdata("ns1.example.test", {0, 7, 0x22, 0, 0, 0, 0, 1, 0x80})));
       }},
      {"a record covers a nameserver of the zone",
       "neg-existing-covered",
       Severity::error,
       {},
       [] { return with(apex_nsec(nsec_rdata("ns2.example.test", kApexTypes))); }},
      {"a record leads out of the zone",
       "neg-chain",
       Severity::error,
       {},
       [] { return with(apex_nsec(nsec_rdata("other.test", kApexTypes))); }},
      {"a record leads back to another name than the zone's",
       "neg-chain",
       Severity::error,
       {},
       [] {
         return with([](dns::Message& message) {
           if (!is_nodata_of_apex(message)) return;
           add_denial(message, record(name("z.example.test"), RRType::nsec,
                                      nsec_rdata("a.example.test", kApexTypes)));
         });
       }},
      {"two records that both are the last",
       "neg-chain",
       Severity::error,
       {},
       [] {
         return with_chain({}, [](dns::Message& message) {
           if (!is_nodata_of_apex(message)) return;
           dns::dnssec::Nsec3Hash high{};
           high.fill(0xFE);
           dns::dnssec::Nsec3Hash higher{};
           higher.fill(0xFF);
           const dns::dnssec::Nsec3Hash low{};
           add_denial(message, nsec3_record({}, high, low, {0, 1, 0x40}));
           add_denial(message, nsec3_record({}, higher, low, {0, 1, 0x40}));
         });
       }},
      {"records of two chains that prove nothing",
       "neg-mixed",
       Severity::error,
       {},
       [] {
         return with([](dns::Message& message) {
           if (message.rcode != dns::Rcode::nxdomain) return;
           Chain salted;
           salted.salt = {1};
           const dns::dnssec::Nsec3Hash low{};
           dns::dnssec::Nsec3Hash high{};
           high.fill(1);
           std::erase_if(message.authority, [](const auto& one) {
             return one.type == RRType::nsec || is_signature(one, RRType::nsec);
           });
           add_denial(message, nsec3_record({}, low, beside(low, true), {0, 1, 0x40}));
           add_denial(message, nsec3_record(salted, high, beside(high, true), {0, 1, 0x40}));
         });
       }},
      {"NSEC3 beside NSEC that proves it all",
       "neg-mixed",
       Severity::warning,
       {},
       [] {
         return with([](dns::Message& message) {
           if (message.rcode != dns::Rcode::nxdomain) return;
           const dns::dnssec::Nsec3Hash low{};
           add_denial(message, nsec3_record({}, low, beside(low, true), {0, 1, 0x40}));
         });
       }},
      {"NSEC3PARAM says what no NSEC3 record uses",
       "neg-nsec3param",
       Severity::warning,
       {},
       [] {
         Chain chain;
         chain.published_salt = {1, 2};
         return with_chain(chain);
       }},
      {"no NSEC3PARAM",
       "neg-nsec3param",
       Severity::notice,
       {},
       [] {
         Chain chain;
         chain.publish = false;
         return with_chain(chain);
       }},
      {"an NSEC3 record with a short hash",
       "neg-nsec3-form",
       Severity::error,
       {},
       [] {
         return with_chain({}, [](dns::Message& message) {
           if (message.rcode != dns::Rcode::nxdomain) return;
           for (dns::Record& one : message.authority) {
             if (one.type != RRType::nsec3) continue;
             one.rdata[5] = 19;
             one.rdata.erase(one.rdata.begin() + 6);
           }
         });
       }},
      {"NSEC3 records with a flag that is not assigned",
       "neg-nsec3-flags",
       Severity::error,
       {},
       [] {
         Chain chain;
         chain.flags = 4;
         return with_chain(chain);
       }},
      {"opt-out in a zone that is no registry",
       "neg-nsec3-flags",
       Severity::notice,
       {},
       [] {
         Chain chain;
         chain.flags = 1;
         return with_chain(chain);
       }},
      {"NSEC3 with salt",
       "neg-nsec3-salt",
       Severity::notice,
       {},
       [] {
         Chain chain;
         chain.salt = chain.published_salt = {0xAB, 0xCD};
         return with_chain(chain);
       }},
      {"NSEC records that live longer than negative answers",
       "neg-nsec-ttl",
       Severity::notice,
       {},
       [] {
         return with([](dns::Message& message) {
           for (dns::Record& one : message.authority) {
             if (one.type == RRType::nsec) one.ttl = 7200;
           }
         });
       }},
      {"compact denial",
       "neg-compact",
       Severity::info,
       {},
       [] { return with([](dns::Message& message) { compact(message, true); }); }},
  };
}

TEST_CASE("healthy ways of denying give nothing above notice") {
  SECTION("NSEC3") {
    CHECK(with_chain({})->findings.empty());
  }
  SECTION("NSEC3 with opt-out and salt") {
    Chain chain;
    chain.flags = 1;
    chain.salt = chain.published_salt = {1, 2, 3};
    CHECK(serious(*with_chain(chain)).empty());
  }
  SECTION("compact denial, with and without NXNAME") {
    CHECK(serious(*with([](dns::Message& message) { compact(message, true); })).empty());
    const Report old = with([](dns::Message& message) { compact(message, false); });
    CHECK(serious(*old).empty());
    CHECK(find(*old, "neg-compact") != nullptr);
  }
  SECTION("a wildcard with its proof") {
    const Report report = wildcard("ns1.example.test", 6);
    CHECK(serious(*report).empty());
    CHECK(find(*report, "zon-wildcard") != nullptr);
  }
  SECTION("NSEC records made for one answer (RFC 4470)") {
    const Report report = with([](dns::Message& message) {
      if (is_nodata_of_apex(message)) {
        deny_by(
            message, std::string(kZone),
            Octets().raw(name_rdata(*name(kZone).prefixed(std::string(1, '\0')))).raw(kApexTypes));
      }
      if (message.rcode != dns::Rcode::nxdomain) return;
      const dns::Bytes types{0, 6, 0, 0, 0, 0, 0, 3};
      deny_by(message, "k3v9x0a7q2m5z8c0z.example.test",
              nsec_rdata("k3v9x0a7q2m5z8c1z.example.test", types));
      add_denial(message, record(name("!~.example.test"), RRType::nsec,
                                 nsec_rdata("-.example.test", types)));
    });
    CHECK(serious(*report).empty());
    CHECK(find(*report, "neg-chain") == nullptr);
    CHECK(find(*report, "neg-apex-bitmap") == nullptr);
  }
}

TEST_CASE("opt-out is ordinary in a top-level domain") {
  World world;
  world.zone = "test";
  world.parent = ".";
  for (World::Host& host : world.hosts) host.name = host.name.substr(0, 4) + "nic.test";
  survey::Survey survey = world.build();
  Chain chain;
  chain.zone = "test";
  chain.flags = 1;
  edit_every(survey, as_nsec3(chain));
  const Report report = judge_once(survey);
  REQUIRE(find(*report, "neg-nsec3-flags") != nullptr);
  CHECK(find(*report, "neg-nsec3-flags")->severity == Severity::info);
}

TEST_CASE("a zone that is not signed, or not seen, has no findings about its denial") {
  World world;
  world.is_signed = world.ds = false;
  const Report not_signed = judge_once(world.build());
  for (const checks::Finding& found : not_signed->findings) {
    CHECK(found.check == "sec-signed");  // that it is not signed, as info
  }
  survey::Survey survey = healthy();
  for (survey::AddressObservation& seen : survey.addresses) {
    std::erase_if(seen.answers, [](const survey::Answer& one) {
      return one.id == QuestionId::nodata || one.id == QuestionId::nsec3param ||
             one.id == QuestionId::nonexistent;
    });
  }
  CHECK(judge_once(survey)->findings.empty());
}

TEST_CASE("a type that is served must be listed, when both were asked for at one time") {
  survey::Survey survey = healthy();
  for (survey::AddressObservation& seen : survey.addresses) {
    survey::Answer added = answer(survey, seen.address.to_text(), QuestionId::nodata);
    added.id = QuestionId::cds;
    edit(added.exchange.first, [](dns::Exchange& exchange, dns::Message& message) {
      exchange.question.qtype = message.question->qtype = RRType::cds;
      message.authority.clear();
      message.answer = {record(name(kZone), RRType::cds, ds_record(name(kZone)).rdata),
                        signature_over(name(kZone), RRType::cds)};
    });
    seen.answers.push_back(std::move(added));
  }
  const Report report = judge_once(survey);
  REQUIRE(find(*report, "neg-apex-bitmap") != nullptr);
  CHECK(find(*report, "neg-apex-bitmap")->sentence.find("CDS") != std::string::npos);
}

TEST_CASE("an error for a type that does not exist counts at the third look") {
  survey::Survey survey = healthy();
  edit(answer(survey, kOther, QuestionId::nodata).exchange.first,
       [](dns::Exchange&, dns::Message& message) {
         message.rcode = dns::Rcode::servfail;
         message.authority.clear();
       });
  Rounds rounds;
  const auto severity = [&] {
    const Report report = rounds.round(survey);
    return find(*report, "neg-nodata-soa")->severity;
  };
  CHECK(severity() == Severity::notice);
  CHECK(severity() == Severity::notice);
  CHECK(severity() == Severity::warning);
}

}  // namespace tests
