#include "checks/rrset_faults.hpp"

#include <algorithm>
#include <vector>

#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"

namespace checks {

namespace {

struct Fault {
  FaultLevel level = FaultLevel::good;
  const JudgedRrset* rrset = nullptr;  ///< never null
};

using Faults = std::vector<std::optional<Fault>>;  // by address

Severity severity_of(FaultLevel level, bool validators_care) {
  const bool severe = validators_care && level == FaultLevel::critical;
  return severe ? Severity::critical : Severity::warning;
}

// The worst RRset of each address, of equal ones the closest to its end; nothing for an address
// without one that says anything.
Faults worst_of_each(const Facts& facts, const JudgeRrset& judge) {
  Faults faults(facts.addresses.size());
  for (std::size_t i = 0; i < facts.addresses.size(); ++i) {
    for (const JudgedRrset& rrset : facts.addresses[i].dnssec.rrsets) {
      const std::optional<FaultLevel> level = judge(rrset);
      if (!level) continue;
      const bool worse =
          !faults[i] || *level > faults[i]->level ||
          (*level == faults[i]->level && remaining(rrset) < remaining(*faults[i]->rrset));
      if (worse) faults[i] = Fault{*level, &rrset};
    }
  }
  return faults;
}

// What is wrong everywhere: the fault of the best server, the one closest to its end if several.
std::optional<Fault> common_fault(const Faults& faults) {
  std::optional<Fault> common;
  for (const std::optional<Fault>& fault : faults) {
    if (!fault) continue;
    const bool better =
        !common || fault->level < common->level ||
        (fault->level == common->level && remaining(*fault->rrset) < remaining(*common->rrset));
    if (better) common = fault;
  }
  return common;
}

}  // namespace

void report_rrset_faults(const Context& context, Findings& findings, const JudgeRrset& judge,
                         const DescribeRrset& describe) {
  const Facts& facts = context.facts;
  const Faults faults = worst_of_each(facts, judge);
  const std::optional<Fault> common = common_fault(faults);
  if (!common) return;
  const bool care = facts.validators_care();
  if (common->level != FaultLevel::good) {
    findings.add(severity_of(common->level, care), about_zone(),
                 "On every server of the zone " + describe(*common->rrset),
                 command_for(common->rrset->exchange));
  }
  for (const ServerFacts& server : facts.servers) {
    const std::optional<Fault>& fault = faults[server.address];
    if (!fault || fault->level <= common->level) continue;
    const auto better = std::count_if(faults.begin(), faults.end(), [&fault](const auto& other) {
      return other && other->level < fault->level;
    });
    const bool severe = care && better < 2 && fault->level == FaultLevel::critical;
    findings.add(
        severe ? Severity::error : Severity::warning, about(facts, server),
        "At " + server_text(facts.name(server), facts.ip(server)) + " " + describe(*fault->rrset),
        command_for(fault->rrset->exchange));
  }
}

// A fault of the NS set's or of addresses' signatures breaks part of the lookups only.
FaultLevel broken(const JudgedRrset& rrset) {
  const bool essential = rrset.rrset == SignedRrset::soa || rrset.rrset == SignedRrset::dnskey ||
                         rrset.rrset == SignedRrset::denial;
  return essential ? FaultLevel::critical : FaultLevel::warning;
}

std::string rrset_text(const JudgedRrset& rrset) {
  return dns::to_text(rrset.type()) + " of " + rrset.owner().to_label();
}

std::string consequence(const Context& context) {
  return context.facts.validators_care() ? " Validating resolvers answer SERVFAIL for it."
                                         : " No DS makes validators look at it yet.";
}

// Of the signature that counts: the last to expire of the valid ones, or of all if none is valid.
double remaining(const JudgedRrset& rrset) {
  const std::optional<Validity>& counting = rrset.current ? rrset.current : rrset.latest;
  return counting ? static_cast<double>(counting->expiration - rrset.judged_at) : 0;
}

}  // namespace checks
