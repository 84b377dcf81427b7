// Whether the servers agree on what signing adds: the kind of denial, its parameters, the
// signatures, and what the zone asks its parent for.
#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/parents.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"

namespace checks {

namespace {

using dns::RRType;
using dns::dnssec::DenialMethod;
using survey::QuestionId;

/// What one address says, and the answer that says it.
struct Said {
  std::string text;
  const dns::Exchange* exchange = nullptr;
};
using Saying = std::function<std::optional<Said>(const AddressFacts&)>;
using Sayings = std::vector<std::optional<Said>>;  // by address

Sayings all_sayings(const Facts& facts, const Saying& saying) {
  Sayings all;
  for (const AddressFacts& address : facts.addresses) {
    all.push_back(address.up() ? saying(address) : std::nullopt);
  }
  return all;
}

// What most addresses say; of as many the first in order. Null when none says anything.
const Said* most_common(const Sayings& all) {
  std::map<std::string, std::size_t> votes;
  for (const auto& said : all) {
    if (said) ++votes[said->text];
  }
  const Said* most = nullptr;
  for (const auto& said : all) {
    if (said && (most == nullptr || votes[said->text] > votes[most->text])) most = &*said;
  }
  return most;
}

// A warning about each server that differs from most; a notice while its copy of the zone is older.
void report_deviants(const Context& context, Findings& findings, const Saying& saying,
                     const std::string& verb, const std::string& harm) {
  const Facts& facts = context.facts;
  const Sayings all = all_sayings(facts, saying);
  const Said* const most = most_common(all);
  if (most == nullptr) return;
  for (const ServerFacts& server : facts.servers) {
    const std::optional<Said>& said = all[server.address];
    if (!said || said->text == most->text) continue;
    const bool old_copy = server.drift.value_or(0) > 0;
    findings.add(old_copy ? Severity::notice : Severity::warning, about(facts, server),
                 server_text(facts.name(server), facts.ip(server)) + " " + verb + " " +
                     one_line(said->text) + ", while most servers of the zone have " +
                     one_line(most->text) +
                     (old_copy ? "; its copy of the zone is older." : ": " + harm),
                 command_for(said->exchange));
  }
}

std::optional<Said> denial_mode(const AddressFacts& address) {
  const auto& denial = address.dnssec.denial;
  if (!denial || denial->method == DenialMethod::none) return std::nullopt;
  return Said{denial->method == DenialMethod::nsec ? "NSEC" : "NSEC3",
              address.dnssec.denial_exchange};
}

// Opt-out is not compared: it may differ from record to record (RFC 5155 section 6).
std::optional<Said> nsec3_parameters(const AddressFacts& address) {
  const std::vector<SeenNsec3>& all = address.denial.nsec3;
  const auto fresh = std::find_if(all.begin(), all.end(), [](const SeenNsec3& seen) {
    return seen.asked == Asked::each_round;
  });
  if (fresh == all.end()) return std::nullopt;
  const dns::dnssec::Nsec3& nsec3 = fresh->nsec3;
  std::string salt;
  for (const std::uint8_t octet : nsec3.salt) {
    salt += "0123456789abcdef"[octet >> 4U];
    salt += "0123456789abcdef"[octet & 15U];
  }
  return Said{"algorithm " + std::to_string(nsec3.hash_algorithm) + ", " +
                  std::to_string(nsec3.iterations) + " extra iterations, " +
                  (salt.empty() ? "no salt" : "salt " + salt),
              fresh->exchange};
}

// The records of `type` at the apex as the address gives them; nothing without an answer.
std::optional<Said> records_text(const AddressFacts& address, QuestionId id, RRType type,
                                 const dns::Name& zone) {
  const survey::Answer* const answer = address.seen->find(id);
  if (answer == nullptr || !answer->exchange.first) return std::nullopt;
  const dns::Exchange& exchange = answer->exchange.final();
  if (!exchange.answered()) return std::nullopt;
  const dns::ResponseKind kind = dns::classify(*exchange.response, exchange.question, zone);
  if (kind != dns::ResponseKind::answer && kind != dns::ResponseKind::nodata) return std::nullopt;
  std::set<std::string> records;
  for (const dns::Record* record : dns::find_records(exchange.response->answer, zone, type)) {
    records.insert(dns::rdata_to_text(type, record->rdata));
  }
  std::string text;
  for (const std::string& record : records) text += (text.empty() ? "" : ", ") + record;
  return Said{text.empty() ? "none" : text, &exchange};
}

// Servers are asked at different moments: only what was said within one pass is compared.
void report_requests(const Context& context, Findings& findings, QuestionId id, RRType type) {
  const Facts& facts = context.facts;
  const Sayings all = all_sayings(facts, [&](const AddressFacts& address) {
    return records_text(address, id, type, facts.survey.zone);
  });
  const Said* const most = most_common(all);
  if (most == nullptr) return;
  for (const ServerFacts& server : facts.servers) {
    const std::optional<Said>& said = all[server.address];
    if (!said || said->text == most->text) continue;
    const auto agrees_in_time = [&](const std::optional<Said>& other) {
      return other && other->text == most->text &&
             std::chrono::abs(other->exchange->sent - said->exchange->sent) <= kOnePass;
    };
    if (std::none_of(all.begin(), all.end(), agrees_in_time)) continue;
    const bool old_copy = server.drift.value_or(0) > 0;
    findings.add(old_copy ? Severity::notice : Severity::warning, about(facts, server),
                 server_text(facts.name(server), facts.ip(server)) + " gives other " +
                     dns::to_text(type) + " records (" + one_line(said->text) +
                     ") than most servers of the zone (" + one_line(most->text) + ")" +
                     (old_copy ? "; its copy of the zone is older."
                               : ": a parent that looks for changes of DS there must ignore them "
                                 "until all agree."),
                 command_for(said->exchange));
  }
}

// The signatures over the SOA, as octets.
std::set<dns::Bytes> soa_signatures(const AddressFacts& address, const dns::Name& zone) {
  std::set<dns::Bytes> signatures;
  for (const dns::Record* record :
       dns::find_records(address.best->exchange->response->answer, zone, RRType::rrsig)) {
    const auto rrsig = dns::parse_rrsig(record->rdata);
    if (rrsig && rrsig->type_covered == RRType::soa) signatures.insert(record->rdata);
  }
  return signatures;
}

}  // namespace

void cns_denial_mode(const Context& context, Findings& findings) {
  report_deviants(context, findings, denial_mode, "denies what does not exist by",
                  "they are not signed alike. Resolvers that mix their answers fail at times.");
}

void cns_nsec3param(const Context& context, Findings& findings) {
  report_deviants(context, findings, nsec3_parameters, "has NSEC3 records with",
                  "they are not signed alike, or one of them does not follow the others.");
}

void cns_cds(const Context& context, Findings& findings) {
  report_requests(context, findings, QuestionId::cds, RRType::cds);
  report_requests(context, findings, QuestionId::cdnskey, RRType::cdnskey);
}

void cns_rrsig(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  std::map<std::uint32_t, const AddressFacts*> first;
  for (const AddressFacts& address : facts.addresses) {
    if (!address.up() || address.is_signed != true || !address.best->soa) continue;
    const std::uint32_t serial = address.best->soa->serial;
    const auto [known, is_new] = first.try_emplace(serial, &address);
    if (is_new) continue;
    const dns::Name& zone = facts.survey.zone;
    if (soa_signatures(*known->second, zone) == soa_signatures(address, zone)) continue;
    findings.add(Severity::info, about_zone(),
                 "Servers with the same serial (" + std::to_string(serial) +
                     ") give different signatures, as " + address.seen->address.to_text() +
                     " and " + known->second->seen->address.to_text() +
                     ": several signers sign the zone, or it is signed as it is asked for.",
                 command_for(address.best->exchange));
    return;
  }
}

}  // namespace checks
