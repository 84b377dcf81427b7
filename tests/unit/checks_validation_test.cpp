// Signatures and proofs: one of what the servers say is wrong at a time.
#include <algorithm>
#include <set>

#include "checks/facts.hpp"
#include "dns/dnssec_limits.hpp"
#include "tests/catch.hpp"
#include "tests/unit/checks_cases.hpp"
#include "tests/unit/signature_edits.hpp"
#include "tests/unit/survey_builder.hpp"

using checks::Severity;
using dns::RRType;
using survey::QuestionId;

namespace tests {

namespace {

Edit without_signature(RRType covered) {
  return [covered](dns::Message& message) {
    for (Records* section : {&message.answer, &message.authority}) {
      std::erase_if(*section, [covered](const auto& one) { return is_signature(one, covered); });
    }
  };
}

// A signature over SOA in the answer by a key with this tag and these other fields.
Edit soa_signed_by(std::uint16_t tag, std::string_view signer = kZone, unsigned algorithm = 13) {
  return for_signature(RRType::soa, [=](dns::Record& record) {
    const std::uint32_t now = seconds_of(kNow);
    record.rdata = rrsig_rdata(RRType::soa, name(signer), now - 86400, now + 10 * 86400, tag);
    record.rdata[2] = static_cast<std::uint8_t>(algorithm);
  });
}

// Publishes that key beside the others, and the SOA is signed by it alone.
Report signed_with_flags(std::uint16_t flags) {
  const dns::Record key = zsk_with(flags);
  return before_signing([key](dns::Message& message) {
    edit_keys(message, [&key](Records& records) { records.insert(records.begin(), key); });
    soa_signed_by(dns::key_tag(key.rdata))(message);
  });
}

// Keys of one tag: swapping 16-bit words does not change the sum that a tag is.
Report colliding_keys() {
  Records keys;
  const dns::Record zsk = zsk_record(name(kZone));
  for (std::size_t i = 0; i < 6; ++i) {
    dns::Record key = zsk;
    std::swap_ranges(key.rdata.begin() + 4, key.rdata.begin() + 6,
                     key.rdata.begin() + static_cast<std::ptrdiff_t>(8 + 2 * i));
    keys.push_back(std::move(key));
  }
  return before_signing([keys, zsk](dns::Message& message) {
    edit_keys(message, [&](Records& records) {
      std::erase_if(records, [&zsk](const auto& one) { return one.rdata == zsk.rdata; });
      records.insert(records.begin(), keys.begin(), keys.end());
    });
  });
}

// ---- denial ----

// Replaces the NSEC record about a missing name, and what its signature covers, by another one.
Edit denied_by(const dns::Record& proof) {
  return [proof](dns::Message& message) {
    if (message.rcode != dns::Rcode::nxdomain) return;
    for (dns::Record& one : message.authority) {
      if (one.type == RRType::nsec) {
        one = proof;
      } else if (is_signature(one, RRType::nsec)) {
        const std::uint32_t now = seconds_of(kNow);
        one = record(proof.owner, RRType::rrsig,
                     rrsig_rdata(proof.type, name(kZone), now - 86400, now + 10 * 86400));
      }
    }
  };
}

dns::Record nsec(std::string_view owner, std::string_view next) {
  return record(name(owner), RRType::nsec,
                Octets().raw(name_rdata(name(next))).raw({0, 7, 0x22, 0, 0, 0, 0, 3, 0x80}));
}

dns::Record nsec3(unsigned algorithm, unsigned iterations) {
  return record(*name(kZone).prefixed(std::string(32, '0')), RRType::nsec3,
                Octets().u8(algorithm).u8(0).u16(iterations).u8(0).u8(20).fill(20, 1));
}

// In the additional section of answers about NS, with a signature that ended yesterday.
void add_expired_address(dns::Message& message) {
  if (message.question->qtype != RRType::ns) return;
  const dns::Name host = name("ns1.example.test");
  const std::uint32_t now = seconds_of(kNow);
  message.additional = {record(host, RRType::a, address_rdata(ip("192.0.2.1"))),
                        record(host, RRType::rrsig,
                               rrsig_rdata(RRType::a, name(kZone), now - 90 * 86400, now - 86400))};
}

}  // namespace

std::vector<Case> validation_cases() {
  return {
      {"SOA with a corrupted signature",
       "sec-rrsig-crypto",
       Severity::critical,
       {"critical sec-status"},
       [] { return after_signing(corrupt(RRType::soa)); }},
      {"SOA with a corrupted signature at one server",
       "sec-rrsig-crypto",
       Severity::warning,
       {},
       [] { return after_signing_at_one(corrupt(RRType::soa)); }},
      {"NS with a corrupted signature",
       "sec-rrsig-crypto",
       Severity::warning,
       {},
       [] { return after_signing(corrupt(RRType::ns)); }},
      {"SOA signed by a key that is not published",
       "sec-rrsig-no-key",
       Severity::critical,
       {"critical sec-status"},
       [] { return before_signing(soa_signed_by(1)); }},
      {"SOA signed in another zone's name",
       "sec-rrsig-fields",
       Severity::critical,
       {"critical sec-status"},
       [] { return before_signing(soa_signed_by(1, "other.test")); }},
      {"SOA signed for a wildcard above the zone",
       "sec-rrsig-fields",
       Severity::critical,
       {"critical sec-status"},
       [] {
         return after_signing(
             for_signature(RRType::soa, [](dns::Record& record) { record.rdata[3] = 1; }));
       }},
      {"SOA signed with an algorithm that nobody knows",
       "sec-dnskey-alg",
       Severity::critical,
       {"critical sec-status"},
       [] { return before_signing(soa_signed_by(1, kZone, 200)); }},
      {"SOA signed by a key without the zone flag",
       "sec-dnskey-protocol",
       Severity::critical,
       {"critical sec-status"},
       [] { return signed_with_flags(0x0000); }},
      {"SOA signed by a revoked key",
       "sec-dnskey-revoked",
       Severity::critical,
       {"critical sec-status"},
       [] { return signed_with_flags(0x0180); }},
      {"more keys of one tag than anyone should try",
       "sec-dnskey-collisions",
       Severity::critical,
       {"critical sec-status", "error neg-sig"},
       [] { return colliding_keys(); }},
      {"SOA without a signature",
       "sec-rrsig-missing",
       Severity::critical,
       {"critical sec-status"},
       [] { return after_signing(without_signature(RRType::soa)); }},
      {"keys, and nothing signed",
       "sec-keys-unsigned",
       Severity::error,
       {"critical sec-status", "error neg-sig"},
       [] {
         return after_signing([](dns::Message& message) {
           for (Records* section : {&message.answer, &message.authority}) {
             std::erase_if(*section, [](const auto& one) {
               return one.type == RRType::rrsig && !is_signature(one, RRType::dnskey);
             });
           }
         });
       }},
      {"a TTL above the signed one",
       "sec-rrsig-ttl",
       Severity::warning,
       {},
       [] {
         return after_signing([](dns::Message& message) {
           for (dns::Record& one : message.answer) {
             if (one.type == RRType::ns) one.ttl += 1;
           }
         });
       }},
      {"addresses in the additional section with a bad signature",
       "sec-additional-sig",
       Severity::warning,
       {},
       [] { return before_signing(add_expired_address); }},
  };
}

std::vector<Case> denial_cases() {
  return {
      {"no proof at all",
       "neg-none",
       Severity::error,
       {},
       [] {
         return before_signing([](dns::Message& message) {
           std::erase_if(message.authority, [](const auto& one) {
             return one.type == RRType::nsec || is_signature(one, RRType::nsec);
           });
         });
       }},
      {"an NSEC record that does not cover the name",
       "neg-proof-nxdomain-nsec",
       Severity::error,
       {},
       [] { return before_signing(denied_by(nsec(kZone, "a.example.test"))); }},
      {"an NSEC3 record that proves nothing",
       "neg-proof-nxdomain-nsec3",
       Severity::error,
       {},
       [] { return before_signing(denied_by(nsec3(1, 0))); }},
      {"a proof with a corrupted signature",
       "neg-sig",
       Severity::error,
       {},
       [] { return after_signing(corrupt(RRType::nsec)); }},
      {"a denial whose SOA has a corrupted signature",
       "neg-sig",
       Severity::error,
       {},
       [] {
         return after_signing([](dns::Message& message) {
           if (message.rcode == dns::Rcode::nxdomain) corrupt(RRType::soa)(message);
         });
       }},
      {"an NSEC3 record with another hash",
       "neg-nsec3-hash",
       Severity::error,
       {},
       [] { return before_signing(denied_by(nsec3(2, 0))); }},
      {"NSEC3 with 200 iterations",
       "neg-nsec3-iterations",
       Severity::error,
       {},
       [] { return before_signing(denied_by(nsec3(1, 200))); }},
  };
}

TEST_CASE("expired signatures: since when, what it does, and what to do") {
  survey::Survey survey = healthy();
  set_every_signature(survey, -30 * 86400, -3600);
  const Report report = judge_once(survey);
  for (const char* phrase : {"expired at", "ago.", "resolvers answer SERVFAIL",
                             "Load a newly signed zone", "have the DS removed"}) {
    CHECK(says(report, "sec-rrsig-expired", phrase));
  }
  World world;
  world.ds = false;
  survey::Survey island = world.build();
  set_every_signature(island, -30 * 86400, -3600);
  CHECK(says(judge_once(island), "sec-rrsig-expired", "No DS makes validators look at it yet"));
}

TEST_CASE("of one answer no more NSEC3 records are kept than a proof is made of") {
  survey::Survey survey = healthy();
  edit_every(survey, [](dns::Message& message) {
    denied_by(nsec3(1, 0))(message);
    if (message.rcode != dns::Rcode::nxdomain) return;
    for (std::uint8_t i = 0; i < 40; ++i) {
      dns::Record more = nsec3(1, 0);
      more.rdata.back() = i;
      message.authority.push_back(std::move(more));
    }
  });
  sign_survey(survey);
  const dns::dnssec::TrustAnchors anchors = anchors_for(survey);
  dns::dnssec::Verifier verifier;
  const auto facts = checks::derive_facts(survey, checks::History(), checks::ZoneSettings(),
                                          {anchors, verifier}, kNow);
  REQUIRE_FALSE(facts->addresses.empty());
  for (const checks::AddressFacts& address : facts->addresses) {
    CHECK(address.denial.nsec3.size() == dns::dnssec::kMaxDenialRecords);
  }
}

TEST_CASE("answers that came only without DO, after lost packets, prove nothing") {
  for (const auto id : {QuestionId::soa_udp, QuestionId::soa_tcp, QuestionId::ns,
                        QuestionId::dnskey, QuestionId::nonexistent, QuestionId::ns_address}) {
    survey::Survey survey = healthy();
    sign_survey(survey);
    for (const survey::AddressObservation& seen : healthy().addresses) {
      edit(answer(survey, seen.address.to_text(), id).exchange.first,
           [](dns::Exchange& exchange, dns::Message& message) {
             exchange.question.edns.reset();
             exchange.attempts_timed_out = 2;
             for (Records* section : {&message.answer, &message.authority}) {
               std::erase_if(*section, [](const dns::Record& one) {
                 return one.type == RRType::rrsig || one.type == RRType::nsec;
               });
             }
           });
    }
    CAPTURE(survey::to_text(id));
    const Report report = judge_once(survey);
    for (const checks::Finding& finding : report->findings) {
      CAPTURE(finding.check, finding.sentence);
      CHECK(finding.check.substr(0, 4) != "sec-");
      CHECK(finding.check.substr(0, 4) != "neg-");
      CHECK(finding.check.substr(0, 4) != "cns-");
    }
  }
}

TEST_CASE("a denial is as good as all that comes with it") {
  const auto denial_valid = [](const Report& report) {
    std::set<double> values;
    for (const checks::Measurement& measured : report->measurements) {
      if (measured.metric == checks::Metric::nameserver_denial_valid) values.insert(measured.value);
    }
    return values;
  };
  using Values = std::set<double>;
  const auto in_denial = [](const Edit& change) {
    return [change](dns::Message& message) {
      if (message.rcode == dns::Rcode::nxdomain) change(message);
    };
  };
  CHECK(denial_valid(after_signing(in_denial(corrupt(RRType::soa)))) == Values{0});
  CHECK(denial_valid(after_signing(in_denial(without_signature(RRType::soa)))) == Values{0});
  CHECK(denial_valid(after_signing(in_denial([](dns::Message& message) {
          std::erase_if(message.authority, [](const dns::Record& one) {
            return one.type == RRType::soa || is_signature(one, RRType::soa);
          });
        }))) == Values{1});

  // Data from a wildcard in the place of the denial.
  const auto from_wildcard = in_denial([](dns::Message& message) {
    const dns::Name qname = message.question->qname;
    const std::uint32_t now = seconds_of(kNow);
    message.rcode = dns::Rcode::noerror;
    message.answer = {
        record(qname, RRType::a, {192, 0, 2, 7}),
        record(qname, RRType::rrsig,
               rrsig_rdata(RRType::a, name(kZone), now - 86400, now + 10 * 86400, 4711))};
  });
  CHECK(denial_valid(after_signing(from_wildcard)) == Values{0});
  const auto unsigned_data = [from_wildcard](bool opt_out, std::string_view signer = {}) {
    return [from_wildcard, opt_out, signer](dns::Message& message) {
      if (message.rcode != dns::Rcode::nxdomain) return;
      if (opt_out) denied_by(nsec3(1, 0))(message);
      from_wildcard(message);
      if (signer.empty()) {
        message.answer.pop_back();
      } else {
        const std::uint32_t now = seconds_of(kNow);
        message.answer.back().rdata =
            rrsig_rdata(RRType::a, name(signer), now - 86400, now + 10 * 86400, 4711);
      }
      if (!opt_out) return;
      for (dns::Record& one : message.authority) {
        if (one.type == RRType::nsec3) one.rdata[1] = 1;
      }
    };
  };
  CHECK(denial_valid(after_signing(unsigned_data(false))) == Values{0});
  CHECK(denial_valid(after_signing(unsigned_data(true))).empty());
  CHECK(denial_valid(after_signing(unsigned_data(true, "sibling.test"))).empty());
  CHECK(denial_valid(after_signing(unsigned_data(true, "test"))) == Values{0});
  const auto many_iterations = [&unsigned_data](dns::Message& message) {
    denied_by(nsec3(1, 151))(message);
    unsigned_data(false)(message);
  };
  CHECK(denial_valid(after_signing(many_iterations)).empty());
}

TEST_CASE("addresses without a valid signature at every server are one finding") {
  const Report report = before_signing(add_expired_address);
  const auto is_it = [](const checks::Finding& one) { return one.check == "sec-additional-sig"; };
  CHECK(std::count_if(report->findings.begin(), report->findings.end(), is_it) == 1);
  const checks::Finding* const found = find(*report, "sec-additional-sig");
  CHECK(found->subject == checks::Subject{});
  CHECK(found->sentence.find("by every server of the zone") != std::string::npos);
}

TEST_CASE("what is wrong with a signature or a key is named, and nothing else") {
  const auto said = [](const Report& report, std::string_view check) {
    return find(*report, check)->sentence;
  };
  const Report signer = before_signing(soa_signed_by(1, "other.test"));
  CHECK(said(signer, "sec-rrsig-fields").find("names another signer than the zone: ") !=
        std::string::npos);
  CHECK(said(signer, "sec-rrsig-fields").find("labels") == std::string::npos);
  const std::string flag = said(signed_with_flags(0x0000), "sec-dnskey-protocol");
  CHECK(flag.find("without the zone flag") != std::string::npos);
  CHECK(flag.find("protocol") == std::string::npos);
}

}  // namespace tests
