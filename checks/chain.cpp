// The chain of trust: the ancestors, the DS records at the parent, and whether they lead to keys
// that sign.
#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "checks/chain_step.hpp"
#include "checks/chain_text.hpp"
#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/rrset_faults.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"
#include "dns/dnssec_algorithms.hpp"

namespace checks {

namespace {

using dns::dnssec::AnchorStatus;
using dns::dnssec::AnchorVerdict;
using dns::dnssec::ChainReason;
using dns::dnssec::DsReason;
using dns::dnssec::DsVerdict;
using dns::dnssec::SignatureStatus;
using dns::dnssec::Status;

std::string ds_text(const AnchorVerdict& anchor) {
  const std::string algorithm = dns::dnssec::algorithm_text(anchor.algorithm);
  const std::string tag = std::to_string(anchor.key_tag);
  if (anchor.digest_type == 0) return "trust anchor " + tag + " (" + algorithm + ")";
  return "DS " + tag + " (" + algorithm + ", " + dns::dnssec::digest_text(anchor.digest_type) + ")";
}

bool is_matter_of_time(const dns::dnssec::DnskeyVerdict& keys) {
  return keys.reason == ChainReason::anchored_key_does_not_sign &&
         (keys.entry_signature() == SignatureStatus::expired ||
          keys.entry_signature() == SignatureStatus::not_yet_valid);
}

// What every address makes of one DS record or anchor, the best of them; addresses whose keys are
// not known do not count. Empty when none is known.
std::vector<AnchorVerdict> best_of_each_anchor(const Facts& facts) {
  std::vector<AnchorVerdict> best;
  for (const AddressFacts& address : facts.addresses) {
    if (!address.dnssec.keys || address.dnssec.keys->keys.keys.empty()) continue;
    const std::vector<AnchorVerdict>& anchors = address.dnssec.keys->anchors;
    if (best.empty()) best = anchors;
    for (std::size_t i = 0; i < std::min(best.size(), anchors.size()); ++i) {
      if (anchors[i].status < best[i].status) best[i] = anchors[i];
    }
  }
  return best;
}

const dns::Exchange* ds_exchange(const Facts& facts) {
  const std::optional<std::size_t> parent = facts.dnssec.ds_parent;
  if (parent) return facts.delegation.parents[*parent].ds_exchange;
  for (std::size_t i = 0; i < facts.dnssec.parents.size(); ++i) {  // DS that are not supported
    const std::shared_ptr<const dns::dnssec::DsVerdict>& ds = facts.dnssec.parents[i].ds;
    if (ds && !ds->records.empty()) return facts.delegation.parents[i].ds_exchange;
  }
  return nullptr;
}

void report_anchors(const Context& context, Findings& findings, Severity severity,
                    std::initializer_list<AnchorStatus> statuses, std::string_view fault) {
  std::vector<std::string> found;
  for (const AnchorVerdict& anchor : best_of_each_anchor(context.facts)) {
    if (std::find(statuses.begin(), statuses.end(), anchor.status) == statuses.end()) continue;
    found.push_back(ds_text(anchor));
  }
  if (found.empty()) return;
  findings.add(severity, about_zone(), list_text(found) + " " + std::string(fault),
               command_for(ds_exchange(context.facts)));
}

// A rollover may publish the DS before its key, or keep it after (RFC 6781 section 4.1.2). So it
// may be while another DS works, this one has not been seen for long, and its key was not seen to
// go.
bool is_awaited(const Context& context, AnchorStatus status) {
  const std::vector<AnchorVerdict> anchors = best_of_each_anchor(context.facts);
  if (std::none_of(anchors.begin(), anchors.end(), [](const AnchorVerdict& anchor) {
        return anchor.status == AnchorStatus::anchors;
      })) {
    return false;
  }
  const KeysHistory& keys = context.history.keys;
  const KeySetHistory& past = keys.ds;
  const bool seen_before = keys.rollover == RolloverState::ksk_ds_added;
  const dns::WallTime since =
      past.changed.value_or(seen_before ? keys.rollover_since : context.facts.now);
  const std::chrono::duration<double> age = context.facts.now - since;
  if (age.count() > context.settings.thresholds.rollover_stuck) return false;
  return std::none_of(anchors.begin(), anchors.end(), [&](const AnchorVerdict& anchor) {
    return anchor.status == status &&
           std::binary_search(past.before.begin(), past.before.end(), anchor.key_tag);
  });
}

// A fault of the DNSKEY RRset as a whole: of the zone when all addresses have it, else theirs.
void report_keys(const Context& context, Findings& findings,
                 std::initializer_list<ChainReason> reasons, std::string_view advice) {
  const Facts& facts = context.facts;
  if (facts.dnssec.delegation != Status::secure) return;
  if (facts.dnssec.own_anchor_fails) return;  // sec-trust-anchor
  const auto has_fault = [&](const AddressFacts& address) {
    const dns::dnssec::DnskeyVerdict& keys = *address.dnssec.keys;
    if (is_matter_of_time(keys)) return false;  // sec-rrsig-expired, sec-rrsig-future
    return address.dnssec.keys->status == Status::bogus &&
           std::find(reasons.begin(), reasons.end(), address.dnssec.keys->reason) != reasons.end();
  };
  std::size_t judged = 0;
  std::size_t faulty = 0;
  const AddressFacts* example = nullptr;
  for (const AddressFacts& address : facts.addresses) {
    if (!address.dnssec.keys) continue;
    ++judged;
    if (!has_fault(address)) continue;
    ++faulty;
    example = &address;
  }
  if (faulty == 0) return;
  if (faulty == judged) {
    findings.add(Severity::critical, about_zone(),
                 "On every server of the zone " + keys_fault_text(*example->dnssec.keys) +
                     ": validating resolvers answer SERVFAIL. " + std::string(advice),
                 command_for(example->dnskey_exchange));
    return;
  }
  for (const ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    if (!address.dnssec.keys || !has_fault(address)) continue;
    if (address.dnssec.keys->reason == ChainReason::no_dnskeys) continue;  // cns-signed
    if (address.dnssec.gives_no_signatures) continue;                      // sec-do-retrievable
    findings.add(judged - faulty < 2 ? Severity::error : Severity::warning, about(facts, server),
                 "At " + server_text(facts.name(server), facts.ip(server)) + " " +
                     keys_fault_text(*address.dnssec.keys) +
                     ": validating resolvers that ask it get nothing of use. " +
                     std::string(advice),
                 command_for(address.dnskey_exchange));
  }
}

// The key validly signs the DNSKEY records there, and a DS stands for it.
bool is_entry_of(const AddressFacts& address, const dns::Bytes& rdata) {
  const dns::dnssec::DnskeyVerdict& verdict = *address.dnssec.keys;
  return std::any_of(verdict.rrset.signatures.begin(), verdict.rrset.signatures.end(),
                     [&](const dns::dnssec::SignatureVerdict& signature) {
                       if (signature.status != SignatureStatus::valid || !signature.key) {
                         return false;
                       }
                       const dns::dnssec::Key& key = verdict.keys.keys[*signature.key];
                       return key.anchored && dns::dnssec::dnskey_rdata(key.dnskey) == rdata;
                     });
}

// RFC 8901 section 2.1.2: the key sets differ by the key signing keys alone.
bool are_of_two_signers(const AddressFacts& a, const AddressFacts& b) {
  if (!a.dnssec.keys || !b.dnssec.keys) return false;
  const auto only_entries = [](const AddressFacts& of, const AddressFacts& other) {
    std::vector<dns::Bytes> more;
    std::set_difference(of.dnskeys->begin(), of.dnskeys->end(), other.dnskeys->begin(),
                        other.dnskeys->end(), std::back_inserter(more));
    return !more.empty() && std::all_of(more.begin(), more.end(), [&of](const dns::Bytes& rdata) {
      return is_entry_of(of, rdata);
    });
  };
  return only_entries(a, b) && only_entries(b, a);
}

bool some_keys_validate(const Facts& facts) {
  return std::any_of(facts.addresses.begin(), facts.addresses.end(), [](const AddressFacts& one) {
    return one.dnssec.keys && one.dnssec.keys->is_secure();
  });
}

bool some_anchor_leads(const Facts& facts) {
  const std::vector<AnchorVerdict> anchors = best_of_each_anchor(facts);
  return std::any_of(anchors.begin(), anchors.end(), [](const AnchorVerdict& anchor) {
    return anchor.status == AnchorStatus::anchors;
  });
}

// Validators do not mind the flag (RFC 4034 section 2.1.1). Tools that roll keys do.
void report_keys_without_sep(const Context& context, Findings& findings) {
  std::set<std::string> keys;
  const dns::Exchange* example = nullptr;
  for (const AddressFacts& address : context.facts.addresses) {
    if (!address.dnssec.keys) continue;
    for (const AnchorVerdict& anchor : address.dnssec.keys->anchors) {
      if (anchor.status != AnchorStatus::anchors || !anchor.key) continue;
      const dns::dnssec::Key& key = address.dnssec.keys->keys.keys[*anchor.key];
      if ((key.dnskey.flags & dns::dnssec::kSepFlag) != 0) continue;
      keys.insert(key_text({key.dnskey.algorithm, key.tag}));
      example = address.dnskey_exchange;
    }
  }
  if (keys.empty()) return;
  findings.add(Severity::notice, about_zone(),
               (context.facts.dnssec.is_anchor ? "A trust anchor" : "A DS") +
                   std::string(" stands for ") +
                   list_text(std::vector<std::string>(keys.begin(), keys.end())) +
                   " without the SEP flag (256 instead of 257): it validates, but tools that roll "
                   "keys by the flag take it for a zone-signing key that no DS needs.",
               command_for(example));
}

// The keys that they stand for cannot be told from here; that nobody validates them can.
void report_unsupported_algorithm(const Context& context, Findings& findings) {
  const std::vector<AnchorVerdict> anchors = best_of_each_anchor(context.facts);
  const auto is_supported = [](const AnchorVerdict& anchor) {
    return anchor.status != AnchorStatus::algorithm_not_supported;
  };
  if (anchors.empty() || std::any_of(anchors.begin(), anchors.end(), is_supported)) return;
  std::vector<std::string> texts;
  for (const AnchorVerdict& anchor : anchors) texts.push_back(ds_text(anchor));
  findings.add(Severity::warning, about_zone(),
               "No DS of the zone is of an algorithm that can be verified here, or by most "
               "validators: " +
                   list_text(texts) +
                   ". To them the zone is unsigned. Roll to ECDSAP256SHA256 "
                   "(13), or correct the DS.",
               command_for(ds_exchange(context.facts)));
}

// What the parent renews in time, and has not.
constexpr double kEndingPart = 0.10;

void report_ending(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  if (!facts.dnssec.ds_parent) return;
  const DsVerdict& ds = *facts.dnssec.parents[*facts.dnssec.ds_parent].ds;
  if (!ds.rrset || !ds.rrset->best) return;
  const dns::dnssec::SignatureVerdict& best = ds.rrset->signatures[*ds.rrset->best];
  const std::int64_t end = best.expiration.time_since_epoch().count();
  const auto whole = static_cast<double>((best.expiration - best.inception).count());
  const auto left = static_cast<double>(end - facts.now_seconds());
  if (left >= std::min(context.settings.thresholds.rrsig_expiry_critical, kEndingPart * whole)) {
    return;
  }
  findings.add(Severity::warning, about_zone(),
               "The parent's signature of the DS records (key " +
                   std::to_string(best.rrsig.key_tag) + ") expires in " + duration_text(left) +
                   ", at " + time_text(end) +
                   ", and has not been renewed. After that validating resolvers answer SERVFAIL; "
                   "tell the parent's operator.",
               command_for(ds_exchange(facts)));
}

void report_anchor(Findings& findings, const dns::Name& zone,
                   const dns::dnssec::DnskeyVerdict& keys, const dns::Exchange* exchange) {
  findings.add(Severity::error, about_zone(),
               "The trust anchor of " + zone.to_label() +
                   " does not validate its keys: " + keys_fault_text(keys) +
                   ". Nothing can be told about signatures below. The configured anchors are out "
                   "of date, or another root's (resolution.trust_anchor_file names a file of "
                   "them), or the clock here is wrong.",
               command_for(exchange));
}

}  // namespace

void sec_chain(const Context& context, Findings& findings) {
  const DnssecFacts& dnssec = context.facts.dnssec;
  const dns::dnssec::PathStep* const step = dnssec.broken_ancestor();
  if (step == nullptr || step->is_anchor) return;
  // For the ancestor there is dnszone_ancestor_dnssec_status: one page, not one for each zone.
  findings.add(Severity::error, about_zone(),
               "The chain of trust is broken above the zone, at " + step->zone->zone.to_label() +
                   ": " + step_fault_text(*step) +
                   ". Everything below is SERVFAIL to validating resolvers; only "
                   "those who run " +
                   step->zone->zone.to_label() + " or its parent can mend it.",
               command_for(exchange_of(*step)));
}

void sec_trust_anchor(const Context& context, Findings& findings) {
  const DnssecFacts& dnssec = context.facts.dnssec;
  if (dnssec.own_anchor_fails) {
    for (const AddressFacts& address : context.facts.addresses) {
      if (!address.dnssec.keys) continue;
      report_anchor(findings, context.facts.survey.zone, *address.dnssec.keys,
                    address.dnskey_exchange);
      return;
    }
  }
  const dns::dnssec::PathStep* const step = dnssec.broken_ancestor();
  if (step == nullptr || !step->is_anchor) return;
  report_anchor(findings, step->zone->zone, *step->keys, exchange_of(*step));
}

void sec_ds_rrsig(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  if (!facts.dnssec.path.is_secure()) return;
  report_ending(context, findings);
  const bool all = facts.dnssec.delegation == Status::bogus;
  for (std::size_t i = 0; i < facts.dnssec.parents.size(); ++i) {
    const std::shared_ptr<const DsVerdict>& ds = facts.dnssec.parents[i].ds;
    if (!ds || ds->status != Status::bogus) continue;
    const bool exists = facts.delegation.delegated != false;
    if (ds->reason == DsReason::not_a_delegation && !exists) continue;  // del-exists
    if (ds->reason == DsReason::absence_not_proven) continue;           // neg-proof-ds
    const ParentFacts& parent = facts.delegation.parents[i];
    const std::string fault = ds_fault_text(*ds);
    if (all) {
      findings.add(Severity::critical, about_zone(),
                   "No server of the parent gives DS records that validate: " + fault +
                       ". Validating resolvers answer SERVFAIL. Only the parent's operator "
                       "can mend it.",
                   command_for(parent.ds_exchange));
      return;
    }
    findings.add(Severity::warning, about_zone(),
                 "At the parent's server " +
                     server_text(parent.seen->nameserver, parent.seen->address) + " " + fault +
                     ", while others of the parent are good. Only its operator can mend it.",
                 command_for(parent.ds_exchange));
  }
}

void sec_ds_unsigned(const Context& context, Findings& findings) {
  report_keys(context, findings, {ChainReason::no_dnskeys},
              "Have the parent take the DS away first, and sign or load the signed zone again.");
}

void sec_ds_sep(const Context& context, Findings& findings) {
  report_keys(context, findings, {ChainReason::no_key_matches},
              "Publish a key that a DS stands for, or have the parent change the DS; keep the old "
              "DS until the parent's TTL has passed.");
}

void sec_dnskey_sig(const Context& context, Findings& findings) {
  report_keys(context, findings, {ChainReason::anchored_key_does_not_sign, ChainReason::work_limit},
              "Sign the DNSKEY records with that key again.");
}

void sec_ds_match(const Context& context, Findings& findings) {
  report_anchors(context, findings, Severity::error, {AnchorStatus::digest_differs},
                 "has the tag and algorithm of a DNSKEY record, but not its digest: mistyped, cut "
                 "or made of another key. Give the parent the DS again.");
}

void sec_ds_alg_mismatch(const Context& context, Findings& findings) {
  report_anchors(context, findings, Severity::error, {AnchorStatus::algorithm_differs},
                 "has the tag of a DNSKEY record, but another algorithm than it.");
}

void sec_ds_orphan(const Context& context, Findings& findings) {
  const Severity severity =
      is_awaited(context, AnchorStatus::no_such_key) ? Severity::notice : Severity::warning;
  report_anchors(context, findings, severity, {AnchorStatus::no_such_key},
                 some_anchor_leads(context.facts)
                     ? "stands for a key that no server publishes: left over from a rollover, or "
                       "waiting for one. While another DS leads to a key that signs it does no "
                       "harm."
                     : "stands for a key that no server publishes, and no other DS leads to a key "
                       "that signs.");
}

void sec_ds_key_flags(const Context& context, Findings& findings) {
  report_anchors(context, findings, Severity::error, {AnchorStatus::key_not_zone_key},
                 "stands for a DNSKEY record without the zone flag: validators ignore it.");
  report_anchors(context, findings, Severity::error, {AnchorStatus::key_protocol_not_3},
                 "stands for a DNSKEY record with another protocol than 3: validators ignore it.");
  report_keys_without_sep(context, findings);
}

// Trust anchors are revoked by what RFC 5011 section 2.1 calls a good rollover.
void sec_ds_revoked(const Context& context, Findings& findings) {
  const bool harmless = context.facts.dnssec.is_anchor && some_anchor_leads(context.facts);
  report_anchors(context, findings, harmless ? Severity::notice : Severity::error,
                 {AnchorStatus::key_revoked},
                 "stands for a revoked key, which validates nothing any more.");
}

void sec_ds_digest_length(const Context& context, Findings& findings) {
  report_anchors(context, findings, Severity::error,
                 {AnchorStatus::digest_size_wrong, AnchorStatus::malformed},
                 "has a digest of the wrong length: it was cut off or mistyped.");
}

void sec_ds_sha1_extra(const Context& context, Findings& findings) {
  report_anchors(context, findings, Severity::notice, {AnchorStatus::ignored},
                 some_anchor_leads(context.facts)
                     ? "is a SHA-1 digest beside better ones: validators ignore it. Remove it."
                     : "is a SHA-1 digest beside better ones, for which validators should ignore "
                       "it. Those that do not may live by it: mend the others before it goes.");
}

void sec_ds_digest_type(const Context& context, Findings& findings) {
  std::vector<std::string> found;
  for (const AnchorVerdict& anchor : best_of_each_anchor(context.facts)) {
    const bool weak = anchor.digest_type != 0 && anchor.status != AnchorStatus::ignored &&
                      dns::dnssec::digest_info(anchor.digest_type).deprecated();
    if (weak) found.push_back(ds_text(anchor));
  }
  report_unsupported_algorithm(context, findings);
  if (found.empty()) return;
  findings.add(Severity::warning, about_zone(),
               list_text(found) +
                   " has a digest type that must not be used for new DS records. Add a DS with "
                   "SHA-256, then remove it.",
               command_for(ds_exchange(context.facts)));
}

void sec_ds_present(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  if (facts.dnssec.delegation != Status::insecure || !facts.dnssec.path.is_secure()) return;
  if (facts.delegation.ds_records.value_or(1) != 0) return;
  const bool all_signed =
      std::any_of(facts.addresses.begin(), facts.addresses.end(),
                  [](const AddressFacts& address) { return address.is_signed == true; });
  if (!all_signed) return;
  findings.add(Severity::notice, about_zone(),
               "The zone is signed, but its parent has no DS: an island of security, that nobody "
               "validates. Give the parent the DS, or stop signing.",
               command_for(facts.delegation.parents.front().ds_exchange));
}

void sec_status(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  if (facts.dnssec.status == Status::bogus && facts.dnssec.delegation == Status::secure) {
    findings.add(
        Severity::critical, about_zone(),
        std::string("The zone is bogus: ") +
            (some_keys_validate(facts)
                 ? "there are keys that validate, but no server signs the SOA validly with them. "
                   "Validating resolvers answer SERVFAIL at least for whatever does not exist."
                 : "no server gives an answer that validates. Validating resolvers answer SERVFAIL "
                   "for every name in it.") +
            " While the cause is mended, having the parent remove the DS brings the zone back "
            "after the DS's TTL.",
        command_for(ds_exchange(facts)));
  }
}

void cns_dnskey(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const ServerFacts* first = nullptr;
  for (const ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    if (!address.dnskeys || address.dnskeys->empty()) continue;
    if (first == nullptr) first = &server;
    const AddressFacts& other = facts.address_of(*first);
    if (*address.dnskeys == *other.dnskeys) continue;
    const bool behind = server.drift.value_or(0) > 0 || first->drift.value_or(0) > 0;
    const bool signers = are_of_two_signers(address, other);
    findings.add(
        behind || signers ? Severity::notice : Severity::warning, about(facts, server),
        server_text(facts.name(server), facts.ip(server)) +
            " publishes other DNSKEY records than " + other.seen->address.to_text() +
            (signers  ? ": each signs them with a key signing key of its own that has a DS, as "
                        "several signers do."
             : behind ? ": one of them has an older copy of the zone."
                      : ": an answer signed by one server's keys may not validate with the "
                        "other's."),
        command_for(address.dnskey_exchange));
  }
}

}  // namespace checks
