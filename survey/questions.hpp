// The questions a survey asks, as data: who is asked, what, how, and how often.
#pragma once

#include <span>
#include <vector>

#include "survey/survey.hpp"

namespace survey {

enum class Cadence : std::uint8_t { every_round, slow };

enum class Subject : std::uint8_t {
  apex,                  ///< the zone's name
  random_name,           ///< sixteen random letters and digits below it
  in_domain_nameserver,  ///< each nameserver name at or below it
  elsewhere,    ///< names outside the zone, which are resolved (survey/signals.hpp); no server's
  name_between  ///< names between it and nameservers or sentinels, and such sentinels themselves
};

struct QuestionSpec {
  QuestionId id{};
  std::string_view name;  ///< as to_text(id)
  Subject subject{};
  std::vector<dns::RRType> types;
  dns::Transport transport{};
  Cadence cadence{};
  std::vector<dns::OptionCode> options;
  std::string_view why;  ///< one sentence for the documentation
};

/// What only a signed zone has a use for: not asked of a server that has just said, with authority,
/// that there is no DNSKEY record.
inline constexpr QuestionSet kOnlyOfSignedZones =
    set_of({QuestionId::cds, QuestionId::cdnskey, QuestionId::csync, QuestionId::zonemd});

/// Every question, in the order of QuestionId.
std::span<const QuestionSpec> questions();

}  // namespace survey
