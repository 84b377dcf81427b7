// The chain of trust: one of its links, at the parent or above, is wrong at a time.
#include <algorithm>
#include <set>

#include "tests/catch.hpp"
#include "tests/unit/checks_cases.hpp"
#include "tests/unit/signature_edits.hpp"
#include "tests/unit/survey_builder.hpp"

using checks::Severity;
using dns::RRType;

namespace tests {

namespace {

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

// The keys of "test" without their signature; below the root's good ones, or where the path begins.
Report broken_path(bool below_the_root) {
  survey::Survey survey = healthy();
  sign_survey(survey);
  auto link = std::make_shared<dns::dnssec::PathZone>(*survey.path);
  link->dnskey = exchange_with({ksk_record(name("test"))});
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
        exchange_with({ds_record(name("test")),
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
      {"a DS of a digest that nobody knows, and no other",
       "sec-ds-digest-type",
       Severity::warning,
       {},
       [] { return with_ds({changed_ds([](dns::Bytes& rdata) { rdata[3] = 99; })}); }},
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

TEST_CASE("DS that nobody supports make the zone insecure, and the finding shows them") {
  const Report report = with_ds({changed_ds([](dns::Bytes& rdata) { rdata[3] = 99; })});
  CHECK(report->dnssec == dns::dnssec::Status::insecure);
  const checks::Finding* finding = find(*report, "sec-ds-digest-type");
  REQUIRE(finding != nullptr);
  CHECK(finding->command.find(" DS") != std::string::npos);
}

TEST_CASE("what to do about a DS depends on whether another one leads to a key") {
  const dns::Record orphan = changed_ds([](dns::Bytes& rdata) { rdata[1] ^= 1U; });
  CHECK(says(with_ds({good_ds(), orphan}), "sec-ds-orphan", "does no harm"));
  CHECK(says(with_ds({orphan}), "sec-ds-orphan", "no other DS leads to a key that signs"));
  CHECK_FALSE(says(with_ds({orphan}), "sec-ds-orphan", "no harm"));
  const dns::Record sha1 = ds_record(name(kZone), 1);
  const dns::Record wrong = changed_ds([](dns::Bytes& rdata) { rdata.back() ^= 1U; });
  CHECK(says(with_ds({good_ds(), sha1}), "sec-ds-sha1-extra", "Remove it."));
  CHECK(says(with_ds({wrong, sha1}), "sec-ds-sha1-extra", "mend the others before it goes"));
  CHECK_FALSE(says(with_ds({wrong, sha1}), "sec-ds-sha1-extra", "Remove it."));
}

TEST_CASE("a bogus zone: what fails, and the way back") {
  const Report bad_soa = after_signing(corrupt(RRType::soa));
  CHECK(says(bad_soa, "sec-status", "no server signs the SOA validly"));
  CHECK(says(bad_soa, "sec-status", "having the parent remove the DS"));
  const Report bad_keys = after_signing(corrupt(RRType::dnskey));
  CHECK(says(bad_keys, "sec-status", "SERVFAIL for every name"));
  CHECK(says(bad_keys, "sec-status", "having the parent remove the DS"));
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
