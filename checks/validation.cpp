// Signatures over the RRsets that servers give, by the keys that the same server publishes: each
// way of being wrong is a check of its own.
#include <algorithm>
#include <initializer_list>
#include <map>
#include <set>
#include <utility>

#include "checks/dnssec_words.hpp"
#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/rrset_faults.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"
#include "dns/dnssec_algorithms.hpp"

namespace checks {

namespace {

using dns::dnssec::SignatureStatus;

// The signature that tells best what is wrong, and whose key it names.
std::string signer_text(const JudgedRrset& rrset) {
  for (const dns::dnssec::SignatureVerdict& signature : rrset.verdict.signatures) {
    if (signature.status != rrset.verdict.reason ||
        signature.status == SignatureStatus::malformed) {
      continue;
    }
    return " by key " + std::to_string(signature.rrsig.key_tag) + " (" +
           dns::dnssec::algorithm_text(signature.rrsig.algorithm) + ")";
  }
  return "";
}

// The signatures of DNSKEY records are sec-dnskey-sig's where a DS stands for one of the keys,
// those of denial neg-sig's, those in the additional section sec-additional-sig's.
bool is_judged_here(const JudgedRrset& rrset) {
  return rrset.keys_known && !rrset.in_additional && rrset.rrset != SignedRrset::dnskey &&
         rrset.rrset != SignedRrset::denial;
}

// Says what a signature of that status is or does, and what follows.
using DescribeFault = std::string (*)(SignatureStatus);

void report_reasons(const Context& context, Findings& findings,
                    std::initializer_list<SignatureStatus> reasons, DescribeFault describe) {
  const std::vector<SignatureStatus> wanted(reasons);
  report_rrset_faults(
      context, findings,
      [&wanted](const JudgedRrset& rrset) -> std::optional<FaultLevel> {
        if (!is_judged_here(rrset) || !rrset.is_signed) return std::nullopt;
        const bool faulty =
            !rrset.verdict.is_secure() &&
            std::find(wanted.begin(), wanted.end(), rrset.verdict.reason) != wanted.end();
        return faulty ? broken(rrset) : FaultLevel::good;
      },
      [&](const JudgedRrset& rrset) {
        return "the signature of " + rrset_text(rrset) + signer_text(rrset) + " " +
               describe(rrset.verdict.reason) + consequence(context);
      });
}

// The addresses in a server's additional section that do not validate.
struct BadAddresses {
  const ServerFacts* server = nullptr;
  std::vector<std::string> rrsets;
  const dns::Exchange* exchange = nullptr;
};

std::string fields_text(SignatureStatus status) {
  const std::string end = ": no validator accepts it.";
  switch (status) {
    case SignatureStatus::dates_reversed:
      return "ends before it begins" + end;
    case SignatureStatus::too_many_labels:
      return "counts more labels than the name has" + end;
    case SignatureStatus::too_few_labels:
      return "counts fewer labels than the zone has, as if for a wildcard above it" + end;
    case SignatureStatus::signer_not_zone:
      return "names another signer than the zone" + end;
    default:
      return "is malformed" + end;
  }
}

// Keys are published, but nothing except them is signed.
bool signs_only_keys(const AddressFacts& address) {
  const std::vector<JudgedRrset>& rrsets = address.dnssec.rrsets;
  return std::none_of(rrsets.begin(), rrsets.end(), [](const JudgedRrset& rrset) {
    return rrset.is_signed && rrset.rrset != SignedRrset::dnskey;
  });
}

// sec-do-retrievable speaks of servers that give no signature at all.
std::optional<FaultLevel> judge_missing(const Facts& facts, const JudgedRrset& rrset) {
  if (!is_judged_here(rrset)) return std::nullopt;
  for (const AddressFacts& address : facts.addresses) {
    const bool its = address.seen->address == rrset.exchange->server.address;
    if (its && address.dnssec.gives_no_signatures) return std::nullopt;
  }
  return rrset.is_signed ? FaultLevel::good : broken(rrset);
}

// Keys of one tag and algorithm, at the address that has most of them: signatures do not tell which
// of them made them, and validators try one after the other (RFC 4035 section 5.3.1).
void report_equal_tags(const Facts& facts, Findings& findings) {
  std::pair<std::size_t, KeyId> most{1, {}};
  const dns::Exchange* example = nullptr;
  for (const AddressFacts& address : facts.addresses) {
    if (!address.dnssec.keys) continue;
    std::map<KeyId, std::size_t> counts;
    for (const dns::dnssec::Key& key : address.dnssec.keys->keys.keys) {
      const KeyId id{key.dnskey.algorithm, key.tag};
      const std::size_t count = ++counts[id];
      if (count <= most.first) continue;
      most = {count, id};
      example = address.dnskey_exchange;
    }
  }
  if (example == nullptr) return;
  const bool many = most.first > dns::dnssec::kMaxKeysPerTag;
  findings.add(many ? Severity::warning : Severity::notice, about_zone(),
               std::to_string(most.first) + " DNSKEY records share the tag and the algorithm of " +
                   key_text(most.second) +
                   ": validators have to try each of them for every signature" +
                   (many ? ", and give up before the last one. Remove those that are not used."
                         : ". Let the next key have another tag."),
               command_for(example));
}

// Algorithms that signatures can be verified of, and that signers should leave (RFC 9904, RFC
// 9905). Where a better one is there already, that is under way.
void report_deprecated(const Context& context, Findings& findings) {
  std::set<std::uint8_t> deprecated;
  bool better = false;
  const dns::Exchange* example = nullptr;
  for (const AddressFacts& address : context.facts.addresses) {
    if (!address.dnssec.keys) continue;
    for (const dns::dnssec::Key& key : address.dnssec.keys->keys.keys) {
      const auto& info = dns::dnssec::algorithm_info(key.dnskey.algorithm);
      if (!info.known || !key.is_zone_key()) continue;
      better = better || !info.deprecated();
      if (!info.deprecated()) continue;
      deprecated.insert(key.dnskey.algorithm);
      example = address.dnskey_exchange;
    }
  }
  for (const std::uint8_t algorithm : deprecated) {
    const dns::dnssec::Advice advice = dns::dnssec::algorithm_info(algorithm).sign;
    const bool forbidden = advice == dns::dnssec::Advice::must_not;
    findings.add(forbidden && !better ? Severity::warning : Severity::notice, about_zone(),
                 "The zone has keys of " + dns::dnssec::algorithm_text(algorithm) +
                     (forbidden ? ", which must not be used for signing any more: some validators "
                                  "no longer verify it and take the zone for unsigned."
                                : ", which is not recommended for signing any more.") +
                     " Roll to ECDSAP256SHA256 (13).",
                 command_for(example));
  }
}

}  // namespace

void sec_rrsig_crypto(const Context& context, Findings& findings) {
  report_reasons(
      context, findings, {SignatureStatus::crypto_failed, SignatureStatus::key_unusable},
      [](SignatureStatus) -> std::string {
        return "does not verify: the data, the signature or the key was changed after signing.";
      });
}

void sec_rrsig_no_key(const Context& context, Findings& findings) {
  report_reasons(
      context, findings, {SignatureStatus::no_such_key, SignatureStatus::key_algorithm_differs},
      [](SignatureStatus) -> std::string {
        return "is by a key that the server does not publish: a key was removed too early, or "
               "key and data come from different signers.";
      });
}

void sec_rrsig_fields(const Context& context, Findings& findings) {
  report_reasons(context, findings,
                 {SignatureStatus::dates_reversed, SignatureStatus::too_many_labels,
                  SignatureStatus::too_few_labels, SignatureStatus::signer_not_zone,
                  SignatureStatus::malformed},
                 fields_text);
}

void sec_dnskey_revoked(const Context& context, Findings& findings) {
  report_reasons(context, findings, {SignatureStatus::key_revoked},
                 [](SignatureStatus) -> std::string {
                   return "is by a revoked key, which validates nothing but its own revocation.";
                 });
}

void sec_dnskey_protocol(const Context& context, Findings& findings) {
  report_reasons(context, findings,
                 {SignatureStatus::key_not_zone_key, SignatureStatus::key_protocol_not_3},
                 [](SignatureStatus status) {
                   return (status == SignatureStatus::key_not_zone_key
                               ? std::string("is by a key without the zone flag")
                               : std::string("is by a key of another protocol than 3")) +
                          ": validators ignore that key.";
                 });
}

void sec_dnskey_alg(const Context& context, Findings& findings) {
  report_reasons(
      context, findings, {SignatureStatus::algorithm_not_supported},
      [](SignatureStatus) -> std::string {
        return "is of an algorithm that cannot be verified here, nor by many validators.";
      });
  report_deprecated(context, findings);
}

void sec_dnskey_collisions(const Context& context, Findings& findings) {
  report_reasons(context, findings, {SignatureStatus::work_limit},
                 [](SignatureStatus) -> std::string {
                   return "was not verified: there are more keys of one tag, or signatures, than a "
                          "validator can afford (CVE-2023-50387).";
                 });
  report_equal_tags(context.facts, findings);
}

void sec_keys_unsigned(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    const bool keys = address.dnssec.keys && !address.dnssec.keys->keys.keys.empty();
    if (!keys || !signs_only_keys(address) || address.is_signed == std::nullopt) continue;
    if (address.dnssec.gives_no_signatures) continue;  // sec-do-retrievable
    findings.add(
        facts.validators_care() ? Severity::error : Severity::warning, about(facts, server),
        server_text(facts.name(server), facts.ip(server)) +
            " publishes DNSKEY records, but nothing else is signed." + consequence(context),
        command_for(address.dnskey_exchange));
  }
}

void sec_rrsig_missing(const Context& context, Findings& findings) {
  const bool some_sign = std::any_of(
      context.facts.addresses.begin(), context.facts.addresses.end(),
      [](const AddressFacts& address) { return address.up() && !signs_only_keys(address); });
  if (!some_sign) return;  // sec-keys-unsigned
  report_rrset_faults(
      context, findings,
      [&context](const JudgedRrset& rrset) { return judge_missing(context.facts, rrset); },
      [&context](const JudgedRrset& rrset) {
        return rrset_text(rrset) + " has no signature, though the zone is signed." +
               consequence(context);
      });
}

void sec_rrsig_ttl(const Context& context, Findings& findings) {
  report_rrset_faults(
      context, findings,
      [](const JudgedRrset& rrset) -> std::optional<FaultLevel> {
        if (!rrset.keys_known || !rrset.is_signed) return std::nullopt;
        // What comes along with an answer is as old as it is there.
        const bool is_answer = !rrset.in_additional && rrset.rrset != SignedRrset::denial;
        const bool differs = is_answer && rrset.verdict.ttl_differs;
        return rrset.verdict.ttl_above_original || differs ? FaultLevel::warning : FaultLevel::good;
      },
      [](const JudgedRrset& rrset) {
        if (!rrset.verdict.ttl_above_original) {
          return rrset_text(rrset) +
                 " has another TTL than its signature: something changes one of them on the way. "
                 "Caches then drop one before the other, and resolvers may find data unsigned.";
        }
        return rrset_text(rrset) +
               " has a larger TTL than was signed: something changes the zone after signing. "
               "Validators cut the TTL.";
      });
}

void sec_additional_sig(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  std::vector<BadAddresses> bad;
  std::size_t judged = 0;  // servers that give such addresses, good or bad
  for (const ServerFacts& server : facts.servers) {
    BadAddresses here{&server, {}, nullptr};
    bool any = false;
    for (const JudgedRrset& rrset : facts.address_of(server).dnssec.rrsets) {
      if (!rrset.in_additional || !rrset.keys_known) continue;
      any = true;
      if (rrset.verdict.is_secure()) continue;
      here.rrsets.push_back(rrset_text(rrset) + " (" + std::string(in_words(rrset.verdict.reason)) +
                            ")");
      here.exchange = rrset.exchange;
    }
    judged += any ? 1 : 0;
    if (!here.rrsets.empty()) bad.push_back(std::move(here));
  }
  const bool everywhere = bad.size() > 1 && bad.size() == judged &&
                          std::all_of(bad.begin(), bad.end(), [&bad](const BadAddresses& each) {
                            return each.rrsets == bad.front().rrsets;
                          });
  if (everywhere) bad.resize(1);
  for (const BadAddresses& each : bad) {
    const std::string who = everywhere
                                ? "every server of the zone"
                                : server_text(facts.name(*each.server), facts.ip(*each.server));
    findings.add(Severity::warning, everywhere ? about_zone() : about(facts, *each.server),
                 "In the additional section of answers by " + who +
                     " there are addresses without a valid signature: " + list_text(each.rrsets) +
                     ". Validators drop them and ask again.",
                 command_for(each.exchange));
  }
}

}  // namespace checks
