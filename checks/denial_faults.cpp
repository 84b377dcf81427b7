#include "checks/denial_faults.hpp"

#include <algorithm>
#include <vector>

#include "checks/evidence.hpp"
#include "checks/findings.hpp"
#include "checks/subjects.hpp"
#include "checks/text.hpp"

namespace checks {

void report_denial_faults(const Context& context, Findings& findings, const JudgeDenial& judge,
                          std::string_view consequence) {
  const Facts& facts = context.facts;
  std::vector<std::optional<DenialFault>> faults(facts.addresses.size());
  std::size_t good = 0;
  std::size_t faulty = 0;
  for (std::size_t i = 0; i < faults.size(); ++i) {
    const AddressFacts& address = facts.addresses[i];
    if (!address.up() || address.is_signed != true) continue;
    faults[i] = judge(address);
    if (faults[i]) ++(faults[i]->text.empty() ? good : faulty);
  }
  const bool severe = facts.validators_care() && good < 2;
  for (const ServerFacts& server : facts.servers) {
    const std::optional<DenialFault>& fault = faults[server.address];
    if (!fault || fault->text.empty()) continue;
    const Severity severity = severe ? fault->worst : std::min(fault->worst, Severity::warning);
    const bool all = good == 0;
    findings.add(severity, all ? about_zone() : about(facts, server),
                 (all ? std::string("On every server of the zone ")
                      : "At " + server_text(facts.name(server), facts.ip(server)) + " ") +
                     fault->text + std::string(consequence),
                 command_for(fault->exchange));
    if (all) return;
  }
}

}  // namespace checks
