// The addresses of nameservers: whether their names resolve, and to what.
#include <algorithm>

#include "checks/chain_step.hpp"
#include "checks/dnssec_words.hpp"
#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/resolutions.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"

namespace checks {

namespace {

std::string result_meaning(dns::ResolutionResult result) {
  switch (result) {
    case dns::ResolutionResult::nxdomain:
      return "the name does not exist (NXDOMAIN)";
    case dns::ResolutionResult::servfail:
      return "the servers of a zone on the way are broken";
    case dns::ResolutionResult::timeout:
      return "the servers of a zone on the way do not answer";
    case dns::ResolutionResult::limit:
      return "it takes more steps than resolvers allow";
    case dns::ResolutionResult::forbidden:
      return "the way leads only to addresses that may not be asked";
    default:
      return "it failed";
  }
}

// Where its addresses stop validating, and why, for the middle of a sentence.
std::string bogus_text(const NameDnssec& dnssec) {
  if (const dns::dnssec::PathStep* const step = dnssec.broken_step()) {
    return "the chain of trust is broken at " + step->zone->zone.to_label() + ", where " +
           step_fault_text(*step);
  }
  const BogusAddresses& bogus = dnssec.bogus.front();
  const std::string records = "in " + dnssec.path->keys().zone.to_label() + " the " +
                              dns::to_text(bogus.verdict.type) + " records of " +
                              bogus.verdict.owner.to_label();
  if (bogus.unproven) {
    return records + " come from a wildcard, without proof that the name itself does not exist (" +
           std::string(in_words(*bogus.unproven)) + ")";
  }
  return records + " have no signature that counts (" +
         std::string(in_words(bogus.verdict.reason)) + ")";
}

const dns::Exchange* bogus_exchange(const NameDnssec& dnssec) {
  const dns::dnssec::PathStep* const step = dnssec.broken_step();
  return step != nullptr ? exchange_of(*step) : dnssec.bogus.front().resolution->last.get();
}

// A break above the zone itself, or of it, is told of by sec-chain and the other checks of it.
bool is_bogus_elsewhere(const Facts& facts, const NameserverFacts& nameserver) {
  if (nameserver.dnssec.status != dns::dnssec::Status::bogus) return false;
  const dns::dnssec::PathStep* const step = nameserver.dnssec.broken_step();
  return step == nullptr || !facts.survey.zone.is_at_or_below(step->zone->zone);
}

bool gave_addresses(const NameserverFacts& nameserver) {
  return std::any_of(nameserver.addresses.begin(), nameserver.addresses.end(),
                     [](const auto& known) { return known && !known->empty(); });
}

}  // namespace

void adr_ns_resolves(const Context& context, Findings& findings) {
  for (const NameserverFacts& nameserver : context.facts.nameservers) {
    const bool nxdomain = nameserver.seen->a.result == dns::ResolutionResult::nxdomain ||
                          nameserver.seen->aaaa.result == dns::ResolutionResult::nxdomain;
    if (!nameserver.proven_empty() || nxdomain || !nameserver.glue.empty()) continue;
    findings.add(Severity::error, about(nameserver.seen->name),
                 nameserver.seen->name.to_label() +
                     " has neither an A nor an AAAA record: a listed nameserver that nobody can "
                     "ask. Add its address, or remove it from the NS sets.",
                 command_for(nameserver.seen->a.last.get()));
  }
}

void adr_ns_result(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  if (facts.vantage_is_cut_off()) return;
  for (const NameserverFacts& nameserver : facts.nameservers) {
    if (unregistered_domain(facts, nameserver)) continue;                 // del-ns-dangling
    if (!nameserver.glue.empty() && nameserver.proven_empty()) continue;  // del-glue-orphan
    for (const dns::Resolution* resolution : {&nameserver.seen->a, &nameserver.seen->aaaa}) {
      if (!is_failure(resolution->result) || fails_at_own_servers(facts, *resolution)) continue;
      const bool half = gave_addresses(nameserver);
      findings.add(half ? Severity::warning : Severity::error, about(nameserver.seen->name),
                   "The " + dns::to_text(resolution->type) + " records of nameserver " +
                       nameserver.seen->name.to_label() +
                       " cannot be found: " + result_meaning(resolution->result) +
                       (resolution->reason.empty()
                            ? "."
                            : " (" + without_stop(one_line(resolution->reason)) + ")."),
                   command_for(resolution->last.get()), resolution->observed);
      break;
    }
  }
}

void adr_answers_unresolvable(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    const NameserverFacts& nameserver = facts.nameserver_of(server);
    const bool gone = resolution_failed(nameserver) || nameserver.proven_empty();
    if (server.seen->from_resolution || !gone || !facts.address_of(server).up()) continue;
    findings.add(Severity::notice, about(facts, server),
                 server_text(facts.name(server), facts.ip(server)) +
                     " still serves the zone, but its name does not resolve any more: repair the "
                     "name, not the server, before caches forget the address.",
                 command_for(nameserver.seen->a.last.get()));
  }
}

void adr_global(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (const ServerFacts& server : facts.servers) {
    const AddressFacts& address = facts.address_of(server);
    const std::string_view purpose = dns::special_purpose(address.seen->address);
    const bool only_glue = server.seen->from_glue && !server.seen->from_resolution;
    if (address.seen->may_ask || purpose.empty() || only_glue) continue;  // del-glue-private
    const survey::Nameserver& nameserver = *facts.nameserver_of(server).seen;
    const dns::Resolution& resolution =
        address.seen->address.family() == dns::Family::ipv4 ? nameserver.a : nameserver.aaaa;
    findings.add(Severity::error, about(facts, server),
                 facts.name(server).to_label() + " resolves to " + address.seen->address.to_text() +
                     ", no public address (" + std::string(purpose) +
                     "): nobody outside can reach it. It was not asked.",
                 command_for(resolution.last.get()));
  }
}

void adr_ns_secure(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  std::vector<const NameserverFacts*> bogus;
  for (const NameserverFacts& nameserver : facts.nameservers) {
    if (is_bogus_elsewhere(facts, nameserver)) bogus.push_back(&nameserver);
  }
  const std::size_t others = facts.nameservers.size() - bogus.size();
  for (const NameserverFacts* const nameserver : bogus) {
    const std::string name = nameserver->seen->name.to_label();
    const std::string fault = bogus_text(nameserver->dnssec);
    const auto observed = std::max(nameserver->seen->a.observed, nameserver->seen->aaaa.observed);
    const std::string command = command_for(bogus_exchange(nameserver->dnssec));
    if (others == 0) {
      findings.add(Severity::critical, about_zone(),
                   "Not one nameserver of the zone has addresses that validate. Of " + name + ": " +
                       fault +
                       ". Resolvers that validate the addresses of nameservers cannot reach the "
                       "zone; those who run the names' zones have to mend it, or the delegation "
                       "has to name others.",
                   command, observed);
      return;
    }
    findings.add(others < 2 ? Severity::error : Severity::warning, about(nameserver->seen->name),
                 "The addresses of nameserver " + name + " do not validate: " + fault +
                     ". Resolvers that validate the addresses of nameservers do not use the name.",
                 command, observed);
  }
}

}  // namespace checks
