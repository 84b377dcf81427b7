// Single faults and the findings they must have: one table, run against every property.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "checks/report.hpp"

namespace tests {

struct Case {
  std::string title;
  std::string check;  ///< that must find it
  checks::Severity severity{};
  /// Everything else above notice that comes with it, as "error con-udp"; nothing more may come.
  std::vector<std::string> also;
  std::function<std::shared_ptr<const checks::ZoneReport>()> run;
};

// By test file.
std::vector<Case> delegation_cases();
std::vector<Case> glue_cases();
std::vector<Case> name_cases();
std::vector<Case> connectivity_cases();
std::vector<Case> service_cases();
std::vector<Case> content_cases();
std::vector<Case> dnssec_cases();
std::vector<Case> chain_cases();
std::vector<Case> validation_cases();
std::vector<Case> denial_cases();
std::vector<Case> denial_record_cases();
std::vector<Case> signing_consistency_cases();
std::vector<Case> name_validation_cases();
std::vector<Case> ds_cases();
std::vector<Case> key_cases();
std::vector<Case> signer_cases();
std::vector<Case> signalling_cases();
std::vector<Case> bootstrap_cases();
std::vector<Case> resolver_cases();
std::vector<Case> walk_cases();

std::vector<Case> all_cases();

}  // namespace tests
