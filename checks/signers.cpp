// Who signs with what: whether a zone is signed at all, by every algorithm and every signer that it
// should be, and where it stands in a key rollover.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"
#include "dns/dnssec_algorithms.hpp"

namespace checks {

namespace {

using dns::dnssec::Key;
using dns::dnssec::SignatureStatus;

std::string keys_text(const std::vector<KeyId>& keys) {
  std::vector<std::string> texts;
  for (const KeyId& key : keys) texts.push_back(key_text(key));
  return list_text(texts);
}

const JudgedRrset* find_rrset(const AddressFacts& address, SignedRrset kind) {
  for (const JudgedRrset& rrset : address.dnssec.rrsets) {
    if (rrset.rrset == kind && !rrset.in_additional && rrset.keys_known) return &rrset;
  }
  return nullptr;
}

std::set<KeyId> published(const AddressFacts& address) {
  std::set<KeyId> ids;
  for (const Key& key : address.dnssec.keys->keys.keys) {
    if (key.is_zone_key() && !key.is_revoked()) ids.insert({key.dnskey.algorithm, key.tag});
  }
  return ids;
}

// ---- sec-alg-complete ----

std::set<std::uint8_t> signature_algorithms(const JudgedRrset& rrset) {
  std::set<std::uint8_t> algorithms;
  for (const dns::dnssec::SignatureVerdict& signature : rrset.verdict.signatures) {
    if (signature.status != SignatureStatus::malformed) {
      algorithms.insert(signature.rrsig.algorithm);
    }
  }
  return algorithms;
}

struct AlgorithmUse {
  bool signs_somewhere = false;   ///< the SOA
  std::set<std::string> missing;  ///< types of RRsets it does not sign, though published
  const dns::Exchange* example = nullptr;
};

std::map<std::uint8_t, AlgorithmUse> algorithm_uses(const Facts& facts) {
  std::map<std::uint8_t, AlgorithmUse> uses;
  for (const AddressFacts& address : facts.addresses) {
    if (!address.dnssec.keys) continue;
    for (const SignedRrset kind : {SignedRrset::dnskey, SignedRrset::soa, SignedRrset::ns}) {
      const JudgedRrset* const rrset = find_rrset(address, kind);
      if (rrset == nullptr || !rrset->is_secure()) continue;
      const std::set<std::uint8_t> signing = signature_algorithms(*rrset);
      for (const KeyId& key : published(address)) {
        AlgorithmUse& use = uses[key.algorithm];
        const bool signs = signing.count(key.algorithm) != 0;
        if (signs && kind == SignedRrset::soa) use.signs_somewhere = true;
        if (signs) continue;
        use.missing.insert(dns::to_text(rrset->type()));
        use.example = rrset->exchange;
      }
    }
  }
  return uses;
}

// ---- sec-multisigner ----

struct Signer {
  const ServerFacts* server = nullptr;
  std::set<KeyId> signs;  ///< the SOA, validly
  std::set<KeyId> publishes;

  /// An answer of the other one validates with the keys that this one gives.
  bool validates(const Signer& other) const {
    return std::any_of(other.signs.begin(), other.signs.end(),
                       [this](const KeyId& key) { return publishes.count(key) != 0; });
  }
};

std::vector<Signer> signers_of(const Facts& facts) {
  std::vector<Signer> signers;
  std::set<std::size_t> met;
  for (const ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    const JudgedRrset* const soa = find_rrset(address, SignedRrset::soa);
    if (soa == nullptr || !soa->is_secure() || !met.insert(server.address).second) continue;
    Signer signer;
    signer.server = &server;
    signer.publishes = published(address);
    for (const dns::dnssec::SignatureVerdict& signature : soa->verdict.signatures) {
      if (signature.status != SignatureStatus::valid || !signature.key) continue;
      const Key& key = address.dnssec.keys->keys.keys[*signature.key];
      signer.signs.insert({key.dnskey.algorithm, key.tag});
    }
    signers.push_back(std::move(signer));
  }
  return signers;
}

std::string at_text(const Facts& facts, const Signer& signer) {
  return server_text(facts.name(*signer.server), facts.ip(*signer.server));
}

// ---- sec-rollover-state ----

std::string algorithms_text(const Rollover& rollover) {
  std::vector<std::string> names;
  for (const std::uint8_t algorithm : rollover.algorithms) {
    names.push_back(dns::dnssec::algorithm_text(algorithm));
  }
  return list_text(names);
}

std::string rollover_text(const Rollover& rollover) {
  const std::string keys = keys_text(rollover.keys);
  switch (rollover.state) {
    case RolloverState::zsk_prepublish:
      return "a zone signing key is published that signs nothing: " + keys +
             "; it is on its way in or out";
    case RolloverState::zsk_double_signature:
      return "several zone signing keys sign the same data: " + keys;
    case RolloverState::ksk_new_key:
      return "a key signing key is published that no DS stands for: " + keys +
             "; it waits for its DS, or is on its way out";
    case RolloverState::ksk_ds_added:
      return "there are DS of several keys: " + keys;
    case RolloverState::algorithm_roll:
      return "keys, signatures or DS are of several algorithms, " + algorithms_text(rollover) +
             "; published or in the DS: " + keys;
    case RolloverState::stable:
      break;
  }
  return keys;
}

}  // namespace

void sec_signed(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  if (facts.validators_care()) return;  // sec-ds-unsigned
  const AddressFacts* example = nullptr;
  for (const AddressFacts& address : facts.addresses) {
    if (!address.is_signed) continue;
    if (*address.is_signed || !address.dnskeys->empty()) return;
    example = &address;
  }
  if (example == nullptr) return;
  const bool is_tld = facts.survey.zone.label_count() == 1;
  findings.add(is_tld ? Severity::warning : Severity::info, about_zone(),
               is_tld ? "The top-level domain is not signed: no zone below it can be validated, "
                        "signed or not."
                      : "The zone is not signed: nobody can tell forged answers from its own.",
               command_for(example->dnskey_exchange));
}

void sec_do_retrievable(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const auto good =
      std::count_if(facts.addresses.begin(), facts.addresses.end(),
                    [](const AddressFacts& address) { return address.is_signed == true; });
  for (const ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    if (!address.dnssec.gives_no_signatures) continue;
    findings.add(
        facts.validators_care() && good < 2 ? Severity::error : Severity::warning,
        about(facts, server),
        server_text(facts.name(server), facts.ip(server)) +
            " gives the DNSKEY records, but not one signature, whatever it is asked: its software "
            "does not do DNSSEC, or a device on the path strips it. Validating resolvers get "
            "nothing of use there.",
        command_for(address.dnskey_exchange));
  }
}

void sec_alg_complete(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const auto& [algorithm, use] : algorithm_uses(facts)) {
    if (use.missing.empty()) continue;
    const std::vector<std::string> types(use.missing.begin(), use.missing.end());
    const bool nowhere = !use.signs_somewhere && facts.validators_care();
    findings.add(nowhere ? Severity::warning : Severity::notice, about_zone(),
                 "The zone publishes keys of " + dns::dnssec::algorithm_text(algorithm) +
                     ", but does not sign " + list_text(types) + " with one" +
                     (use.signs_somewhere ? " on every server" : "") +
                     ". A zone must be signed with every algorithm of its keys; a validator that "
                     "insists on it answers SERVFAIL. In a rollover, signatures come before the "
                     "keys and go after them.",
                 command_for(use.example));
  }
}

void sec_extra_rrsig(const Context& context, Findings& findings) {
  std::set<KeyId> unknown;
  const dns::Exchange* example = nullptr;
  for (const AddressFacts& address : context.facts.addresses) {
    for (const JudgedRrset& rrset : address.dnssec.rrsets) {
      if (!rrset.is_secure()) continue;
      for (const dns::dnssec::SignatureVerdict& signature : rrset.verdict.signatures) {
        if (signature.status != SignatureStatus::no_such_key) continue;
        unknown.insert({signature.rrsig.algorithm, signature.rrsig.key_tag});
        example = rrset.exchange;
      }
    }
  }
  if (unknown.empty()) return;
  findings.add(Severity::info, about_zone(),
               "Beside valid signatures there are some by keys that are not published: " +
                   keys_text({unknown.begin(), unknown.end()}) +
                   ". Validators ignore them; in a rollover they come first and go last.",
               command_for(example));
}

void sec_multisigner(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const std::vector<Signer> signers = signers_of(facts);
  std::vector<std::string> pairs;
  const dns::Exchange* example = nullptr;
  std::size_t agreeing = 0;  // servers in the largest group around one
  for (const Signer& signer : signers) {
    std::size_t group = 0;
    for (const Signer& other : signers) {
      if (signer.validates(other) && other.validates(signer)) ++group;
      if (signer.validates(other)) continue;
      pairs.push_back(at_text(facts, other) + " signs with " +
                      keys_text({other.signs.begin(), other.signs.end()}) + ", which " +
                      at_text(facts, signer) + " does not publish");
      example = facts.address_of(*signer.server).dnskey_exchange;
    }
    agreeing = std::max(agreeing, group);
  }
  if (pairs.empty()) return;
  const bool few = agreeing < 2 || 2 * agreeing <= signers.size();
  findings.add(facts.validators_care() && few ? Severity::error : Severity::warning, about_zone(),
               "Servers sign with keys that others do not publish: " + list_text(pairs) +
                   ". A validating resolver that has the keys of one and an answer of the other "
                   "says SERVFAIL. All servers must give the signing keys of every signer.",
               command_for(example));
}

void sec_rollover_state(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const std::optional<Rollover>& rollover = facts.dnssec.rollover;
  if (!rollover || rollover->state == RolloverState::stable) return;
  const KeysHistory& past = context.history.keys;
  const bool known = past.rollover == rollover->state;
  const dns::WallTime since = known ? past.rollover_since : facts.now;
  const double age = std::chrono::duration<double>(facts.now - since).count();
  const bool stuck = age > context.settings.thresholds.rollover_stuck && !rollover->may_be_standby;
  const dns::Exchange* example = nullptr;
  for (const AddressFacts& address : facts.addresses) {
    if (address.dnssec.keys) example = address.dnskey_exchange;
  }
  findings.add(
      stuck ? Severity::warning : Severity::notice, about_zone(),
      "A key rollover is under way: " + rollover_text(*rollover) +
          (known ? ". It has been so for " + duration_text(age) + ", since " + time_text(since)
                 : std::string(". It is seen for the first time now")) +
          (stuck ? ": the rollover is stuck. See what the signer waits for; often it is "
                   "the DS at the parent."
                 : "."),
      command_for(example));
}

void sec_auth_ad(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    if (!address.up() || !address.best->exchange->response->ad) continue;
    findings.add(Severity::notice, about(facts, server),
                 server_text(facts.name(server), facts.ip(server)) +
                     " sets AD in its answers, which an authoritative server has no reason to: "
                     "whoever trusts that bit believes data that nobody has validated.",
                 command_for(address.best->exchange));
  }
}

}  // namespace checks
