// DS records beyond the chain of trust: whether the parent answers for them as it must, whether
// they are the ones that are wanted, and how they change.
#include <algorithm>
#include <iterator>
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

using dns::dnssec::AnchorStatus;
using dns::dnssec::AnchorVerdict;
using dns::dnssec::Status;

constexpr std::uint32_t kLongDsTtl = 86400;
// As long as a change of the NS set is shown.
constexpr std::chrono::hours kShowChange{24};

std::set<dns::Bytes> ds_at_parent(const Facts& facts) {
  std::set<dns::Bytes> all;
  for (const ParentFacts& parent : facts.delegation.parents) {
    if (parent.recent && parent.ds) all.insert(parent.ds->begin(), parent.ds->end());
  }
  return all;
}

const dns::Exchange* any_ds_exchange(const Facts& facts) {
  for (const ParentFacts& parent : facts.delegation.parents) {
    if (parent.recent && parent.ds) return parent.ds_exchange;
  }
  return nullptr;
}

std::string ds_text(const dns::Bytes& rdata) {
  const std::optional<dns::Ds> ds = dns::parse_ds(rdata);
  if (!ds) return "a malformed DS";
  return "DS " + std::to_string(ds->key_tag) + " (" + dns::dnssec::algorithm_text(ds->algorithm) +
         ", " + dns::dnssec::digest_text(ds->digest_type) + ")";
}

std::vector<std::string> ds_texts(const std::set<dns::Bytes>& from,
                                  const std::set<dns::Bytes>& no) {
  std::vector<std::string> texts;
  for (const dns::Bytes& rdata : from) {
    if (no.count(rdata) == 0) texts.push_back(ds_text(rdata));
  }
  return texts;
}

std::string tags_text(const std::vector<std::uint16_t>& tags) {
  if (tags.empty()) return "none";
  std::vector<std::string> texts;
  for (const std::uint16_t tag : tags) texts.push_back(std::to_string(tag));
  return list_text(texts);
}

// ---- sec-ds-query ----

enum class DsAnswer : std::uint8_t { good, not_told, referral, child_side, error };

// How a parent's server answered the question for DS. One that did not answer at all is
// del-parent-server-up's, and so is one that gives no delegation either.
DsAnswer ds_answer(const ParentFacts& parent, const dns::Name& zone) {
  const bool tells = parent.word == ParentWord::delegation || parent.word == ParentWord::child_data;
  if (!parent.recent || !tells || !parent.seen->ds.first) return DsAnswer::not_told;
  const dns::Exchange& exchange = parent.seen->ds.final();
  if (!exchange.answered() || exchange.response->tc) return DsAnswer::not_told;
  if (parent.ds) return DsAnswer::good;
  const dns::Message& message = *exchange.response;
  if (message.rcode != dns::Rcode::noerror) return DsAnswer::error;
  const bool child_soa = !dns::find_records(message.authority, zone, dns::RRType::soa).empty();
  if (message.aa && child_soa) return DsAnswer::child_side;
  return message.aa ? DsAnswer::not_told : DsAnswer::referral;
}

std::string ds_answer_text(DsAnswer answer, const dns::Exchange& exchange) {
  switch (answer) {
    case DsAnswer::referral:
      return "answers the question for DS with a referral to the zone, or without authority";
    case DsAnswer::child_side:
      return "answers the question for DS from the zone itself instead of from the parent";
    default:
      return "answers the question for DS with " + outcome_text(exchange);
  }
}

}  // namespace

void sec_ds_query(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const auto count = [&facts](bool good) {
    return std::count_if(facts.delegation.parents.begin(), facts.delegation.parents.end(),
                         [&](const ParentFacts& parent) {
                           const DsAnswer answer = ds_answer(parent, facts.survey.zone);
                           return answer != DsAnswer::not_told &&
                                  (answer == DsAnswer::good) == good;
                         });
  };
  if (count(false) == 0) return;
  // Below an unsigned parent nobody asks for DS; where all of it is judged bogus, sec-ds-rrsig or
  // neg-proof-ds.
  const bool matters = facts.dnssec.path.is_secure() && facts.dnssec.delegation != Status::bogus;
  const Severity severity = !matters           ? Severity::notice
                            : count(true) == 0 ? Severity::error
                                               : Severity::warning;
  for (const ParentFacts& parent : facts.delegation.parents) {
    const DsAnswer answer = ds_answer(parent, facts.survey.zone);
    if (answer == DsAnswer::not_told || answer == DsAnswer::good) continue;
    const dns::Exchange& exchange = parent.seen->ds.final();
    findings.add(severity, {parent.seen->nameserver, parent.seen->address, {}},
                 server_text(parent.seen->nameserver, parent.seen->address) +
                     ", a server of the parent, " + ds_answer_text(answer, exchange) +
                     ": whoever validates cannot learn there whether the zone is signed. Its "
                     "operator has to look at it.",
                 command_for(&exchange), exchange.sent);
  }
}

void sec_ds_expected(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const auto& wanted = context.settings.expected_ds;
  if (!wanted || !facts.delegation.ds_records) return;
  const std::set<dns::Bytes> expected(wanted->begin(), wanted->end());
  const std::set<dns::Bytes> seen = ds_at_parent(facts);
  const std::vector<std::string> extra = ds_texts(seen, expected);
  const std::vector<std::string> missing = ds_texts(expected, seen);
  if (extra.empty() && missing.empty()) return;
  std::string sentence = "The parent has other DS records than the configuration expects: ";
  if (!extra.empty()) sentence += list_text(extra) + " not expected";
  if (!extra.empty() && !missing.empty()) sentence += "; ";
  if (!missing.empty()) sentence += list_text(missing) + " missing";
  findings.add(Severity::critical, about_zone(),
               sentence +
                   ". If nobody of yours changed them, someone else may be taking the zone over: "
                   "ask the registrar at once. Else change expected_ds.",
               command_for(any_ds_exchange(facts)));
}

void sec_ds_ttl(const Context& context, Findings& findings) {
  const std::optional<std::uint32_t> ttl = ds_ttl(context.facts);
  if (!ttl || *ttl <= kLongDsTtl) return;
  findings.add(Severity::notice, about_zone(),
               "The DS records have a TTL of " + duration_text(*ttl) +
                   ": for that long resolvers keep a wrong one. A day or less is usual.",
               command_for(any_ds_exchange(context.facts)));
}

void sec_ds_change(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  const KeySetHistory& past = context.history.keys.ds;
  if (!facts.dnssec.ds_print) return;
  std::vector<std::uint16_t> now;
  for (const KeyUse& key : facts.dnssec.keys) {
    if (key.in_ds) now.push_back(key.tag);
  }
  std::sort(now.begin(), now.end());
  const auto report = [&](const std::string& when, const std::vector<std::uint16_t>& before) {
    findings.add(Severity::notice, about_zone(),
                 "The DS records at the parent changed " + when + ": key tags were " +
                     tags_text(before) + " and are " + tags_text(now) + ".",
                 command_for(any_ds_exchange(facts)));
  };
  if (past.print && *past.print != *facts.dnssec.ds_print) {
    report("just now", past.tags);
  } else if (past.changed && facts.now - *past.changed < kShowChange) {
    report("at " + time_text(*past.changed), past.before);
  }
}

void sec_ds_dead(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  if (facts.delegation.ds_records.value_or(0) == 0 || facts.servers.empty()) return;
  const dns::Exchange* example = nullptr;
  for (const ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    if (!address.failing()) return;
    if (example == nullptr) example = address.transports[0].exchange;
    if (!context.settings.three_rounds_rule) continue;  // one look has no history
    const auto past = context.history.servers.find({facts.name(server), facts.ip(server)});
    if (past == context.history.servers.end() || !past->second.failing_since) return;
    const double dead =
        std::chrono::duration<double>(facts.now - *past->second.failing_since).count();
    if (dead < context.settings.thresholds.dead_listed) return;
  }
  findings.add(Severity::notice, about_zone(),
               "No server answers for the zone, and its parent still has a DS: whoever serves it "
               "again without the right keys will be bogus at once. If it is given up, have the DS "
               "removed with the delegation.",
               command_for(example));
}

void sec_ds_no_sha256(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  if (facts.dnssec.delegation != Status::secure || facts.dnssec.is_anchor) return;
  constexpr auto kSha256 = static_cast<std::uint8_t>(dns::dnssec::Digest::sha256);
  std::map<KeyId, std::set<std::uint8_t>> digests;
  for (const dns::Record* const record : facts.dnssec.anchors) {
    const std::optional<dns::Ds> ds = dns::parse_ds(record->rdata);
    if (ds) digests[{ds->algorithm, ds->key_tag}].insert(ds->digest_type);
  }
  std::vector<std::string> without;
  for (const auto& [key, types] : digests) {
    // sec-ds-digest-type speaks of keys with deprecated digests alone.
    const bool sound = std::any_of(types.begin(), types.end(), [](std::uint8_t type) {
      return !dns::dnssec::digest_info(type).deprecated();
    });
    if (sound && types.count(kSha256) == 0) without.push_back(key_text(key));
  }
  if (without.empty()) return;
  findings.add(Severity::notice, about_zone(),
               "There is no DS with a SHA-256 digest for " + list_text(without) +
                   ". It is the one digest that all validators know.",
               command_for(any_ds_exchange(facts)));
}

void sec_ds_alg_complete(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  // The best server counts: an algorithm that signs at one is no fault of the zone.
  std::map<std::uint8_t, bool> signs;  // by algorithm with a DS whose key is published
  const dns::Exchange* example = nullptr;
  for (const AddressFacts& address : facts.addresses) {
    if (!address.dnssec.keys || !address.dnssec.keys->is_secure()) continue;
    for (const AnchorVerdict& anchor : address.dnssec.keys->anchors) {
      if (anchor.status == AnchorStatus::anchors) signs[anchor.algorithm] = true;
      if (anchor.status == AnchorStatus::key_does_not_sign) {
        signs.try_emplace(anchor.algorithm, false);
        example = address.dnskey_exchange;
      }
    }
  }
  std::vector<std::string> silent;
  for (const auto& [algorithm, does] : signs) {
    if (!does) silent.push_back(dns::dnssec::algorithm_text(algorithm));
  }
  if (silent.empty()) return;
  findings.add(Severity::warning, about_zone(),
               "A DS stands for a key of " + list_text(silent) +
                   ", but no key of that algorithm with a DS signs the DNSKEY records. Most "
                   "validators are content with the other algorithm (RFC 6840 section 5.11); one "
                   "that insists on every algorithm of the DS answers SERVFAIL. Sign with that "
                   "key, or have its DS removed.",
               command_for(example));
}

}  // namespace checks
