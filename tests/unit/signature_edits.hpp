// Changes to hand-made surveys before and after they are signed, and to their signatures and keys.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "checks/report.hpp"
#include "tests/unit/denial_edits.hpp"
#include "tests/unit/survey_builder.hpp"

namespace tests {

using Records = std::vector<dns::Record>;
using Report = std::shared_ptr<const checks::ZoneReport>;

/// Changes what is then signed.
inline Report before_signing(const Edit& change) {
  survey::Survey survey = healthy();
  edit_every(survey, change);
  return judge_once(survey);
}

/// Changes what is signed already.
inline Report after_signing(const Edit& change) {
  survey::Survey survey = healthy();
  sign_survey(survey);
  edit_every(survey, change);
  return judge_once(survey);
}

/// The same at one of the servers.
inline Report after_signing_at_one(const Edit& change) {
  survey::Survey survey = healthy();
  sign_survey(survey);
  edit_address(survey, "192.0.2.2", change);
  return judge_once(survey);
}

/// `change` of every signature over records of a type.
inline Edit for_signature(dns::RRType covered, std::function<void(dns::Record&)> change) {
  return [covered, change = std::move(change)](dns::Message& message) {
    for (Records* section : {&message.answer, &message.authority, &message.additional}) {
      for (dns::Record& record : *section) {
        if (is_signature(record, covered)) change(record);
      }
    }
  };
}

inline Edit corrupt(dns::RRType covered) {
  return for_signature(covered, [](dns::Record& record) { record.rdata.back() ^= 1U; });
}

inline void edit_keys(dns::Message& message, const std::function<void(Records&)>& change) {
  if (message.question->qtype == dns::RRType::dnskey) change(message.answer);
}

/// The zone signing key with other flags.
inline dns::Record zsk_with(std::uint16_t flags) {
  dns::Record key = zsk_record(name(kZone));
  key.rdata[0] = static_cast<std::uint8_t>(flags >> 8);
  key.rdata[1] = static_cast<std::uint8_t>(flags);
  return key;
}

/// The report has a finding of `check` whose sentence holds `phrase`.
inline bool says(const Report& report, std::string_view check, std::string_view phrase) {
  const checks::Finding* finding = find(*report, check);
  return finding != nullptr && finding->sentence.find(phrase) != std::string::npos;
}

}  // namespace tests
