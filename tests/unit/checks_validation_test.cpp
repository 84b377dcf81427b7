// Validation: one link of the chain, one signature or one proof wrong at a time.
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

using Records = std::vector<dns::Record>;
using Report = std::shared_ptr<const checks::ZoneReport>;

// Changes what is then signed.
Report before_signing(const Edit& change) {
  survey::Survey survey = healthy();
  edit_every(survey, change);
  return judge_once(survey);
}

// Changes what is signed already.
Report after_signing(const Edit& change) {
  survey::Survey survey = healthy();
  sign_survey(survey);
  edit_every(survey, change);
  return judge_once(survey);
}

Report after_signing_at_one(const Edit& change) {
  survey::Survey survey = healthy();
  sign_survey(survey);
  edit_address(survey, "192.0.2.2", change);
  return judge_once(survey);
}

Edit for_signature(RRType covered, std::function<void(dns::Record&)> change) {
  return [covered, change = std::move(change)](dns::Message& message) {
    for (Records* section : {&message.answer, &message.authority, &message.additional}) {
      for (dns::Record& record : *section) {
        if (is_signature(record, covered)) change(record);
      }
    }
  };
}

Edit corrupt(RRType covered) {
  return for_signature(covered, [](dns::Record& record) { record.rdata.back() ^= 1U; });
}

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

void edit_keys(dns::Message& message, const std::function<void(Records&)>& change) {
  if (message.question->qtype == RRType::dnskey) change(message.answer);
}

// The zone signing key with other flags.
dns::Record zsk_with(std::uint16_t flags) {
  dns::Record key = zsk_record(name(kZone));
  key.rdata[0] = static_cast<std::uint8_t>(flags >> 8);
  key.rdata[1] = static_cast<std::uint8_t>(flags);
  return key;
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

// ---- what the parent says ----

Report with_ds(const Records& ds) {
  survey::Survey survey = healthy();
  for (survey::ParentServer& parent : survey.delegation.servers) {
    edit(parent.ds.first, [&ds](dns::Exchange&, dns::Message& message) {
      std::erase_if(message.answer, [](const auto& one) { return one.type == RRType::ds; });
      message.answer.insert(message.answer.begin(), ds.begin(), ds.end());
    });
  }
  return judge_once(survey);
}

dns::Record good_ds() {
  return ds_record(name(kZone));
}

dns::Record changed_ds(const std::function<void(dns::Bytes&)>& change) {
  dns::Record ds = good_ds();
  change(ds.rdata);
  return ds;
}

// DS of a key with these flags, which the servers publish too.
Report ds_of_key_with(std::uint16_t flags) {
  const dns::Record key = zsk_with(flags);
  const dns::dnssec::Verifier verifier;
  const dns::Bytes owner = name_rdata(name(kZone));
  const dns::Bytes digest = *verifier.digest(2, owner, key.rdata);
  dns::Record ds = good_ds();
  ds.rdata = Octets().u16(dns::key_tag(key.rdata)).u8(13).u8(2).raw(digest);
  survey::Survey survey = healthy();
  edit_every(survey, [&key](dns::Message& message) {
    edit_keys(message, [&key](Records& records) { records.insert(records.begin(), key); });
  });
  for (survey::ParentServer& parent : survey.delegation.servers) {
    edit(parent.ds.first, [&ds](dns::Exchange&, dns::Message& message) {
      message.answer.insert(message.answer.begin(), ds);
    });
  }
  return judge_once(survey);
}

Report corrupt_ds(std::size_t parents) {
  survey::Survey survey = healthy();
  sign_survey(survey);
  for (std::size_t i = 0; i < parents; ++i) {
    edit(survey.delegation.servers[i].ds.first,
         [](dns::Exchange&, dns::Message& message) { message.answer.back().rdata.back() ^= 1U; });
  }
  return judge_once(survey);
}

// The parent delegates the zone, and proves with a valid NSEC record that there is no NS RRset.
Report delegated_but_denied() {
  survey::Survey survey = healthy();
  const std::uint32_t now = seconds_of(kNow);
  const dns::Name zone = name(kZone);
  for (survey::ParentServer& parent : survey.delegation.servers) {
    edit(parent.ds.first, [&](dns::Exchange&, dns::Message& message) {
      message.answer.clear();
      const dns::Bytes types{0, 6, 0, 0, 0, 0, 0, 3};  // RRSIG and NSEC
      message.authority = {
          record(zone, RRType::nsec, Octets().raw(name_rdata(name("next.test"))).raw(types)),
          record(zone, RRType::rrsig,
                 rrsig_rdata(RRType::nsec, name("test"), now - 86400, now + 10 * 86400))};
    });
  }
  return judge_once(survey);
}

// ---- the path ----

std::shared_ptr<const dns::Exchange> answered(Records answer) {
  dns::Message message;
  message.aa = true;
  message.answer = std::move(answer);
  dns::Exchange exchange;
  exchange.outcome = dns::Outcome::answered;
  exchange.response = std::make_shared<const dns::Message>(std::move(message));
  return std::make_shared<const dns::Exchange>(std::move(exchange));
}

// The keys of "test" without their signature; below the root's good ones, or where the path begins.
Report broken_path(bool below_the_root) {
  survey::Survey survey = healthy();
  sign_survey(survey);
  auto link = std::make_shared<dns::dnssec::PathZone>(*survey.path);
  link->dnskey = answered({ksk_record(name("test"))});
  dns::dnssec::TrustAnchors anchors = anchors_for(survey);
  if (below_the_root) {
    survey::Survey root;
    root.zone = name("test");
    root.delegation.parent.found = true;
    root.delegation.parent.parent = name(".");
    root.finished = kNow;
    sign_survey(root);
    link->above = root.path;
    survey::ParentServer parent;
    const std::uint32_t now = seconds_of(kNow);
    parent.ds.first =
        answered({ds_record(name("test")),
                  record(name("test"), RRType::rrsig,
                         rrsig_rdata(RRType::ds, name("."), now - 86400, now + 10 * 86400))});
    root.delegation.servers = {parent};
    sign_survey(root);
    link->ds = root.delegation.servers[0].ds.first;
    anchors = anchors_for(root);
  }
  survey.path = std::move(link);
  dns::dnssec::Verifier verifier;
  checks::ZoneSettings settings;
  settings.three_rounds_rule = false;
  return checks::judge(survey, checks::History(), settings, {anchors, verifier}, kNow).report;
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

}  // namespace

std::vector<Case> chain_cases() {
  return {
      {"every signature expired",
       "sec-status",
       Severity::critical,
       {"critical sec-rrsig-expired"},
       [] {
         survey::Survey survey = healthy();
         set_every_signature(survey, -30 * 86400, -3600);
         return judge_once(survey);
       }},
      {"a broken ancestor", "sec-chain", Severity::error, {}, [] { return broken_path(true); }},
      {"a trust anchor that validates nothing",
       "sec-trust-anchor",
       Severity::error,
       {},
       [] { return broken_path(false); }},
      {"signed without DS",
       "sec-ds-present",
       Severity::notice,
       {},
       [] {
         World world;
         world.ds = false;
         return judge_once(world.build());
       }},
      {"DS signed wrongly by the whole parent",
       "sec-ds-rrsig",
       Severity::critical,
       {},
       [] { return corrupt_ds(2); }},
      {"a delegation that the parent's NSEC denies",
       "sec-ds-rrsig",
       Severity::critical,
       {},
       [] { return delegated_but_denied(); }},
      {"DS signed wrongly by one server of the parent",
       "sec-ds-rrsig",
       Severity::warning,
       {},
       [] { return corrupt_ds(1); }},
      {"DS whose signature ends and is not renewed",
       "sec-ds-rrsig",
       Severity::warning,
       {},
       [] {
         survey::Survey survey = healthy();
         const std::uint32_t now = seconds_of(kNow);
         for (survey::ParentServer& parent : survey.delegation.servers) {
           edit(parent.ds.first, [now](dns::Exchange&, dns::Message& message) {
             for (dns::Record& one : message.answer) {
               if (!is_signature(one, RRType::ds)) continue;
               one.rdata = rrsig_rdata(RRType::ds, name("test"), now - 13 * 86400, now + 3600);
             }
           });
         }
         return judge_once(survey);
       }},
      {"DS left after unsigning",
       "sec-ds-unsigned",
       Severity::critical,
       {"critical sec-status"},
       [] {
         survey::Survey survey = healthy();
         for (const auto& seen : survey.addresses) unsign(survey, seen.address.to_text());
         return judge_once(survey);
       }},
      {"the only DS is of a key that is gone",
       "sec-ds-sep",
       Severity::critical,
       {"critical sec-status", "warning sec-ds-orphan"},
       [] { return with_ds({changed_ds([](dns::Bytes& rdata) { rdata[1] ^= 1U; })}); }},
      {"a DS without its key, and no other",
       "sec-ds-orphan",
       Severity::warning,
       {"critical sec-status", "critical sec-ds-sep"},
       [] { return with_ds({changed_ds([](dns::Bytes& rdata) { rdata[1] ^= 1U; })}); }},
      {"DNSKEY with a corrupted signature",
       "sec-dnskey-sig",
       Severity::critical,
       {"critical sec-status"},
       [] { return after_signing(corrupt(RRType::dnskey)); }},
      {"DNSKEY with a corrupted signature at one server",
       "sec-dnskey-sig",
       Severity::warning,
       {},
       [] { return after_signing_at_one(corrupt(RRType::dnskey)); }},
      {"a DS with another digest",
       "sec-ds-match",
       Severity::error,
       {},
       [] {
         return with_ds({good_ds(), changed_ds([](dns::Bytes& rdata) { rdata.back() ^= 1U; })});
       }},
      {"a DS with another algorithm",
       "sec-ds-alg-mismatch",
       Severity::error,
       {},
       [] {
         return with_ds({good_ds(), changed_ds([](dns::Bytes& rdata) { rdata[2] = 8; })});
       }},
      {"a DS of a removed key beside a good one",
       "sec-ds-orphan",
       Severity::notice,
       {},
       [] {
         return with_ds({good_ds(), changed_ds([](dns::Bytes& rdata) { rdata[1] ^= 1U; })});
       }},
      {"a DS that was cut off",
       "sec-ds-digest-length",
       Severity::error,
       {},
       [] {
         return with_ds({good_ds(), changed_ds([](dns::Bytes& rdata) { rdata.pop_back(); })});
       }},
      {"a SHA-1 DS alone",
       "sec-ds-digest-type",
       Severity::warning,
       {},
       [] { return with_ds({ds_record(name(kZone), 1)}); }},
      {"a SHA-1 DS beside a SHA-256 one",
       "sec-ds-sha1-extra",
       Severity::notice,
       {},
       [] {
         return with_ds({good_ds(), ds_record(name(kZone), 1)});
       }},
      {"a DS of a key that is no zone key",
       "sec-ds-key-flags",
       Severity::error,
       {},
       [] { return ds_of_key_with(0x0001); }},
      {"a DS of a revoked key",
       "sec-ds-revoked",
       Severity::error,
       {},
       [] { return ds_of_key_with(0x0181); }},
      {"one server publishes another key set",
       "cns-dnskey",
       Severity::warning,
       {},
       [] {
         survey::Survey survey = healthy();
         edit_address(survey, "192.0.2.2", [](dns::Message& message) {
           edit_keys(message, [](Records& records) {
             records.insert(records.begin(), ksk_record(name("another.test")));
             records.front().owner = name(kZone);
           });
         });
         return judge_once(survey);
       }},
  };
}

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
       [] {
         return before_signing([](dns::Message& message) {
           if (message.question->qtype != RRType::ns) return;
           const dns::Name host = name("ns1.example.test");
           const std::uint32_t now = seconds_of(kNow);
           message.additional = {
               record(host, RRType::a, address_rdata(ip("192.0.2.1"))),
               record(host, RRType::rrsig,
                      rrsig_rdata(RRType::a, name(kZone), now - 90 * 86400, now - 86400))};
         });
       }},
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

TEST_CASE("DS that came only without DO, after lost packets, prove nothing") {
  survey::Survey survey = healthy();
  sign_survey(survey);
  edit(survey.delegation.servers[0].ds.first, [](dns::Exchange& exchange, dns::Message& message) {
    exchange.question.edns.reset();
    exchange.attempts_timed_out = 2;
    message.answer.pop_back();
  });
  CHECK(judge_once(survey)->findings.empty());
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

TEST_CASE("the status of the zone and of its servers are measured") {
  const auto value = [](const checks::ZoneReport& report, checks::Metric metric,
                        std::string_view extra = "") {
    std::set<double> values;
    for (const checks::Measurement& measured : report.measurements) {
      if (measured.metric == metric && measured.extra == extra) values.insert(measured.value);
    }
    return values;
  };
  using checks::Metric;
  using Values = std::set<double>;
  const Report good = judge_once(healthy());
  CHECK(good->dnssec == dns::dnssec::Status::secure);
  CHECK(value(*good, Metric::zone_dnssec_status, "secure") == Values{1});
  CHECK(value(*good, Metric::zone_dnssec_status, "bogus") == Values{0});
  CHECK(value(*good, Metric::zone_ds_matching) == Values{1});
  CHECK(value(*good, Metric::nameserver_dnssec_valid) == Values{1});
  CHECK(value(*good, Metric::nameserver_denial_valid) == Values{1});
  const Report bad_ns = after_signing(corrupt(RRType::ns));
  CHECK(bad_ns->dnssec == dns::dnssec::Status::secure);  // validators still get answers
  CHECK(value(*bad_ns, Metric::nameserver_dnssec_valid) == Values{0});
  const Report bad_soa = after_signing(corrupt(RRType::soa));
  CHECK(value(*bad_soa, Metric::zone_dnssec_status, "bogus") == Values{1});
  CHECK(value(*bad_soa, Metric::nameserver_denial_valid) == Values{0});  // it comes with the SOA
  const Report bad_proof = after_signing(corrupt(RRType::nsec));
  CHECK(value(*bad_proof, Metric::nameserver_denial_valid) == Values{0});
  CHECK(bad_proof->dnssec == dns::dnssec::Status::secure);
  World island;
  island.ds = false;
  const Report insecure = judge_once(island.build());
  CHECK(insecure->dnssec == dns::dnssec::Status::insecure);
  CHECK(value(*insecure, Metric::nameserver_dnssec_valid).empty());
  CHECK(broken_path(true)->dnssec == dns::dnssec::Status::bogus);
  CHECK(broken_path(false)->dnssec == dns::dnssec::Status::indeterminate);
}

}  // namespace tests
