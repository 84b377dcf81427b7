// The keys that a zone publishes: whether they can be had from every server, and whether they are
// of a form and size that validators can use.
#include <algorithm>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"
#include "dns/dnssec_algorithms.hpp"
#include "dns/dnssec_limits.hpp"

namespace checks {

namespace {

using dns::dnssec::Algorithm;
using dns::dnssec::Key;
using dns::dnssec::SignatureStatus;
using Octets = std::span<const std::uint8_t>;

constexpr std::size_t kWeakRsaBits = 1024;
constexpr std::size_t kUsualRsaBits = 2048;
// RFC 9715 section 3.2: the largest answer that goes over UDP without fragments everywhere.
constexpr std::size_t kLargestUdpAnswer = 1232;

// ---- the form of keys ----

// RFC 3110 section 2.
struct RsaKey {
  Octets exponent;
  Octets modulus;
};

RsaKey read_rsa(Octets key) {
  if (key.empty()) return {};
  std::size_t length = key[0];
  std::size_t at = 1;
  if (length == 0 && key.size() >= 3) {
    length = std::size_t{key[1]} << 8 | key[2];
    at = 3;
  }
  if (at + length > key.size()) return {};
  return {key.subspan(at, length), key.subspan(at + length)};
}

std::size_t bits_of(Octets number) {
  while (!number.empty() && number.front() == 0) number = number.subspan(1);
  if (number.empty()) return 0;
  std::size_t bits = number.size() * 8;
  for (unsigned first = number.front(); (first & 0x80U) == 0; first <<= 1U) --bits;
  return bits;
}

bool is_rsa(const Key& key) {
  switch (static_cast<Algorithm>(key.dnskey.algorithm)) {
    case Algorithm::rsasha1:
    case Algorithm::rsasha1_nsec3_sha1:
    case Algorithm::rsasha256:
    case Algorithm::rsasha512:
      return true;
    default:
      return false;
  }
}

// Octets of the public key where the algorithm fixes them, else 0.
std::size_t fixed_size(const Key& key) {
  switch (static_cast<Algorithm>(key.dnskey.algorithm)) {
    case Algorithm::ecdsap256sha256:
      return 64;  // RFC 6605 section 4
    case Algorithm::ecdsap384sha384:
      return 96;
    case Algorithm::ed25519:
      return 32;  // RFC 8080 section 3
    case Algorithm::ed448:
      return 57;
    default:
      return 0;
  }
}

std::string named(const Key& key) {
  return key_text({key.dnskey.algorithm, key.tag});
}

bool has_wrong_size(const Key& key) {
  if (is_rsa(key)) {
    const std::size_t bits = bits_of(read_rsa(key.dnskey.public_key).modulus);
    return bits < dns::dnssec::kMinRsaModulusBits || bits > dns::dnssec::kMaxRsaModulusBits;
  }
  const std::size_t fixed = fixed_size(key);
  return fixed != 0 && key.dnskey.public_key.size() != fixed;
}

// What is wrong with an RSA key's numbers; empty when nothing is.
std::string rsa_fault(const Key& key) {
  const RsaKey rsa = read_rsa(key.dnskey.public_key);
  if (rsa.exponent.empty() || rsa.modulus.empty()) return "lacks its exponent or modulus";
  if (rsa.exponent.front() == 0 || rsa.modulus.front() == 0) {
    return "has leading zero octets in its exponent or modulus, which RFC 3110 forbids";
  }
  if ((rsa.exponent.back() & 1U) == 0) return "has an even exponent, which no RSA key can have";
  if (rsa.exponent.size() == 1 && rsa.exponent.front() < 3) return "has the exponent 1";
  if (bits_of(rsa.exponent) > dns::dnssec::kMaxRsaExponentBits) {
    return "has an exponent of " + std::to_string(bits_of(rsa.exponent)) +
           " bits, more than many validators accept";
  }
  return {};
}

// As people speak of a key's size: the modulus of RSA, one coordinate of ECDSA's point.
std::size_t bits_in(const Key& key) {
  const Octets octets = key.dnskey.public_key;
  switch (static_cast<Algorithm>(key.dnskey.algorithm)) {
    case Algorithm::ecdsap256sha256:
    case Algorithm::ecdsap384sha384:
      return octets.size() * 8 / 2;
    default:
      return is_rsa(key) ? bits_of(read_rsa(octets).modulus) : octets.size() * 8;
  }
}

// ---- over all servers ----

struct Published {
  const Key* key = nullptr;
  const dns::Exchange* exchange = nullptr;
};

// Every key that counts as a zone key, once.
std::vector<Published> published_keys(const Facts& facts) {
  std::vector<Published> all;
  std::set<std::pair<KeyId, dns::Bytes>> met;
  for (const AddressFacts& address : facts.addresses) {
    if (!address.dnssec.keys) continue;
    for (const Key& key : address.dnssec.keys->keys.keys) {
      if (!key.is_zone_key() || key.is_revoked()) continue;
      const KeyId id{key.dnskey.algorithm, key.tag};
      if (met.emplace(id, key.dnskey.public_key).second) {
        all.push_back({&key, address.dnskey_exchange});
      }
    }
  }
  return all;
}

// Then sec-rrsig-crypto, or a check of the chain, tells of what cannot be used.
bool some_signature_lacks_a_usable_key(const Facts& facts) {
  for (const AddressFacts& address : facts.addresses) {
    for (const JudgedRrset& rrset : address.dnssec.rrsets) {
      if (rrset.keys_known && rrset.verdict.reason == SignatureStatus::key_unusable) return true;
    }
  }
  return false;
}

// ---- sec-dnskey-answer ----

enum class KeysAnswer : std::uint8_t { unknown, given, denied, not_given };

KeysAnswer keys_answer(const AddressFacts& address) {
  const survey::Answer* const answer = address.seen->find(survey::QuestionId::dnskey);
  if (!address.up() || answer == nullptr || !answer->exchange.first) return KeysAnswer::unknown;
  if (address.dnskeys) return address.dnskeys->empty() ? KeysAnswer::denied : KeysAnswer::given;
  const dns::Exchange& exchange = answer->exchange.final();
  if (!address.over(exchange.transport).vantage_usable) return KeysAnswer::unknown;
  switch (exchange.outcome) {
    case dns::Outcome::not_asked:
    case dns::Outcome::cancelled:
    case dns::Outcome::forbidden:
      return KeysAnswer::unknown;
    default:
      return KeysAnswer::not_given;
  }
}

std::string failure_text(const AddressFacts& address) {
  const survey::Answer& answer = *address.seen->find(survey::QuestionId::dnskey);
  const dns::Exchange& exchange = answer.exchange.final();
  const bool truncated = answer.exchange.first->answered() && answer.exchange.first->response->tc;
  if (truncated) return "the answer does not fit into UDP, and none comes over TCP";
  if (!exchange.answered()) {
    return outcome_text(exchange) + ". Large answers may be lost on the way as fragments";
  }
  if (exchange.response->rcode != dns::Rcode::noerror) return outcome_text(exchange);
  return "an answer without authority";
}

// ---- sec-dnskey-apex ----

// Owners of DNSKEY records that are not the zone. Behind an alias another owner is right.
std::set<dns::Name> strange_owners(const dns::Message& response, const dns::Name& zone) {
  std::set<dns::Name> owners;
  for (const dns::Record& record : response.answer) {
    if (record.rrclass != dns::RRClass::in) continue;
    if (record.type == dns::RRType::cname || record.type == dns::RRType::dname) return {};
    if (record.type == dns::RRType::dnskey && record.owner != zone) owners.insert(record.owner);
  }
  return owners;
}

// ---- sec-dnskey-info ----

constexpr std::chrono::hours kShowChange{24};  // as long as a change of the DS is shown

struct KeysChange {
  std::vector<std::uint16_t> before;  ///< key tags
  std::optional<dns::WallTime> at;    ///< nothing: just now
};

std::optional<KeysChange> recent_change(const Context& context) {
  const KeySetHistory& past = context.history.keys.dnskeys;
  const Facts& facts = context.facts;
  if (!past.print || !facts.dnssec.dnskey_print) return std::nullopt;
  if (*past.print != *facts.dnssec.dnskey_print) return KeysChange{past.tags, std::nullopt};
  if (!past.changed || facts.now - *past.changed >= kShowChange) return std::nullopt;
  return KeysChange{past.before, past.changed};
}

// "key 12345 (ED25519 (15)), key signing, 256 bits, flags 257, first seen at ...".
std::string described(const Key& key, const KeysChange& change) {
  const bool known =
      std::find(change.before.begin(), change.before.end(), key.tag) != change.before.end();
  std::string text = named(key) + (key.is_entry_point() ? ", key signing, " : ", zone signing, ") +
                     std::to_string(bits_in(key)) + " bits, flags " +
                     std::to_string(key.dnskey.flags);
  if (known) return text;
  return text + (change.at ? ", first seen at " + time_text(*change.at) : ", first seen now");
}

}  // namespace

void sec_dnskey_answer(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  std::size_t given = 0;
  for (const AddressFacts& address : facts.addresses) {
    if (keys_answer(address) == KeysAnswer::given) ++given;
  }
  const bool care = facts.validators_care();
  for (const ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    if (keys_answer(address) != KeysAnswer::not_given) continue;
    const dns::FollowedExchange& exchange =
        address.seen->find(survey::QuestionId::dnskey)->exchange;
    // Where TCP is dead, con-tcp speaks, as long as keys can be had elsewhere.
    const bool by_tcp = exchange.first->answered() && exchange.first->response->tc &&
                        !address.over(dns::Transport::tcp).up() && given != 0;
    const bool is_signed = given != 0 || care;
    const Severity severity = !is_signed || by_tcp ? Severity::notice
                              : care && given < 2  ? Severity::error
                                                   : Severity::warning;
    findings.add(severity, about(facts, server),
                 server_text(facts.name(server), facts.ip(server)) +
                     " answers for the zone, but does not give its DNSKEY records: " +
                     failure_text(address) + "." +
                     (care ? " Validating resolvers that ask it cannot validate anything." : ""),
                 command_for(&exchange.final()));
  }
}

void sec_dnskey_apex(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const bool some_right = std::any_of(
      facts.addresses.begin(), facts.addresses.end(),
      [](const AddressFacts& address) { return keys_answer(address) == KeysAnswer::given; });
  // Where nobody gives a key of the zone, sec-ds-unsigned says what comes of it.
  const Severity severity = !facts.validators_care() ? Severity::warning
                            : some_right             ? Severity::error
                                                     : Severity::notice;
  for (const ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    if (address.dnskey_exchange == nullptr || !address.dnskeys) continue;
    const std::set<dns::Name> owners =
        strange_owners(*address.dnskey_exchange->response, facts.survey.zone);
    if (owners.empty()) continue;
    const bool no_others = address.dnskeys->empty();
    findings.add(
        severity, about(facts, server),
        server_text(facts.name(server), facts.ip(server)) +
            " answers the question for the zone's " + "DNSKEY records with keys of " +
            list_text(std::vector<dns::Name>(owners.begin(), owners.end())) +
            (no_others
                 ? " and of no other name. Only keys at the zone's own name count: validators "
                   "find none."
                 : " beside the zone's own. Only keys at the zone's own name count, and "
                   "validators may refuse the whole answer."),
        command_for(address.dnskey_exchange));
  }
}

void sec_dnskey_info(const Context& context, Findings& findings) {
  const std::optional<KeysChange> change = recent_change(context);
  if (!change) return;
  std::vector<std::string> keys;
  std::set<std::uint16_t> tags;
  const dns::Exchange* example = nullptr;
  for (const Published& one : published_keys(context.facts)) {
    tags.insert(one.key->tag);
    keys.push_back(described(*one.key, *change));
    example = one.exchange;
  }
  if (keys.empty()) return;
  std::vector<std::string> gone;
  for (const std::uint16_t tag : change->before) {
    if (tags.count(tag) == 0) gone.push_back(std::to_string(tag));
  }
  std::string text = "The zone's keys changed lately. It publishes ";
  for (std::size_t i = 0; i < std::min(keys.size(), kMaxListed); ++i) {
    text += (i == 0 ? "" : "; ") + keys[i];
  }
  if (keys.size() > kMaxListed)
    text += "; and " + std::to_string(keys.size() - kMaxListed) + " more";
  if (!gone.empty()) text += ". No longer published: key tag " + list_text(gone);
  findings.add(Severity::info, about_zone(), text + ".", command_for(example));
}

void sec_dnskey_size(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  std::set<std::string> wrong;  // keys of one tag are named once
  std::set<std::string> weak;
  std::set<std::string> short_ones;
  const auto listed = [](const std::set<std::string>& names) {
    return list_text(std::vector<std::string>(names.begin(), names.end()));
  };
  const dns::Exchange* example = nullptr;
  for (const Published& one : published_keys(facts)) {
    const Key& key = *one.key;
    const std::size_t bits =
        is_rsa(key) ? bits_of(read_rsa(key.dnskey.public_key).modulus) : kUsualRsaBits;
    const std::string text =
        named(key) + (is_rsa(key) ? " of " + std::to_string(bits) + " bits" : std::string());
    std::set<std::string>* const list = has_wrong_size(key)    ? &wrong
                                        : bits < kWeakRsaBits  ? &weak
                                        : bits < kUsualRsaBits ? &short_ones
                                                               : nullptr;
    if (list == nullptr) continue;
    list->insert(text);
    example = one.exchange;
  }
  if (!wrong.empty()) {
    findings.add(
        some_signature_lacks_a_usable_key(facts) ? Severity::notice : Severity::warning,
        about_zone(),
        "The zone publishes " + listed(wrong) +
            ", whose size is none that its algorithm allows: no validator can use it. Replace it.",
        command_for(example));
  }
  if (!weak.empty()) {
    findings.add(Severity::warning, about_zone(),
                 "The zone publishes " + listed(weak) +
                     ": anyone can compute the private key of so short an RSA key. Roll to a "
                     "longer one, or to ECDSA.",
                 command_for(example));
  }
  if (!short_ones.empty()) {
    findings.add(Severity::notice, about_zone(),
                 "The zone publishes " + listed(short_ones) +
                     "; 2048 bits, or ECDSA, are what is advised for RSA keys today.",
                 command_for(example));
  }
}

void sec_dnskey_rsa_form(const Context& context, Findings& findings) {
  const bool unusable = some_signature_lacks_a_usable_key(context.facts);
  for (const Published& one : published_keys(context.facts)) {
    if (!is_rsa(*one.key)) continue;
    const std::string fault = rsa_fault(*one.key);
    if (fault.empty()) continue;
    findings.add(unusable ? Severity::notice : Severity::warning, about_zone(),
                 "The published " + named(*one.key) + " " + fault +
                     ": some validators refuse it. Replace it.",
                 command_for(one.exchange));
  }
}

void sec_dnskey_rrset_size(const Context& context, Findings& findings) {
  const dns::Exchange* const largest = largest_dnskey_answer(context.facts);
  if (largest == nullptr || largest->response->wire_size <= kLargestUdpAnswer) return;
  findings.add(Severity::notice, about_zone(),
               "The answer with the DNSKEY records has " +
                   std::to_string(largest->response->wire_size) +
                   " octets, more than the 1232 that go over UDP everywhere: every validator has "
                   "to ask again over TCP. Fewer or shorter keys, or ECDSA, make it fit.",
               command_for(largest));
}

}  // namespace checks
