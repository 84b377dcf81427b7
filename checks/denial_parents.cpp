// The parent's word that there is no DS: in answer to the question, and along with the referral.
#include <algorithm>

#include "checks/chain_text.hpp"
#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/functions.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"

namespace checks {

namespace {

using dns::dnssec::DsReason;
using dns::dnssec::DsVerdict;
using dns::dnssec::Status;

std::string who(const ParentFacts& parent) {
  return server_text(parent.seen->nameserver, parent.seen->address);
}

}  // namespace

void neg_proof_ds(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  if (!facts.dnssec.path.is_secure()) return;
  const bool all = facts.dnssec.delegation == Status::bogus;
  for (std::size_t i = 0; i < facts.dnssec.parents.size(); ++i) {
    const std::shared_ptr<const DsVerdict>& ds = facts.dnssec.parents[i].ds;
    if (!ds || ds->reason != DsReason::absence_not_proven) continue;
    const ParentFacts& parent = facts.delegation.parents[i];
    findings.add(
        all ? Severity::critical : Severity::warning, about_zone(),
        all ? "No server of the parent proves that the zone has no DS: " + ds_fault_text(*ds) +
                  ". Validating resolvers answer SERVFAIL for all of the zone. Only the parent's "
                  "operator can mend it."
            : "The parent's server " + who(parent) +
                  " does not prove what others of the parent "
                  "do: " +
                  ds_fault_text(*ds) + ". Only its operator can mend it.",
        command_for(parent.ds_exchange));
    if (all) return;
  }
}

// Validators that miss it ask for DS: a matter of their time while that answer is good.
void neg_proof_referral(const Context& context, Findings& findings) {
  const Facts& facts = context.facts;
  for (std::size_t i = 0; i < facts.dnssec.parents.size(); ++i) {
    const ParentDnssec& judged = facts.dnssec.parents[i];
    if (!judged.referral || judged.referral->status != Status::bogus) continue;
    if (judged.ds && judged.ds->status == Status::bogus) continue;  // sec-ds-rrsig, neg-proof-ds
    const ParentFacts& parent = facts.delegation.parents[i];
    const bool neither = judged.referral->denial &&
                         judged.referral->denial->reason == dns::dnssec::DenialReason::no_records;
    findings.add(Severity::warning, about_zone(),
                 "The referral by the parent's server " + who(parent) +
                     (neither ? " brings neither DS nor a proof that there is none"
                              : " does not validate: " + ds_fault_text(*judged.referral)) +
                     ". Validating resolvers have to ask once more, and some fail. Only its "
                     "operator can mend it.",
                 command_for(parent.exchange));
  }
}

}  // namespace checks
