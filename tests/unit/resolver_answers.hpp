// Resolvers' answers made by hand, for surveys of tests/unit/survey_builder.hpp.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/unit/survey_builder.hpp"

namespace tests {

/// What a resolver says; nothing stands for silence.
struct Says {
  std::string name;
  std::optional<dns::Rcode> checked = dns::Rcode::noerror;
  std::optional<dns::Rcode> unchecked = dns::Rcode::noerror;
  std::optional<dns::Rcode> control = dns::Rcode::noerror;
  bool local = false;
  bool validating = true;
};

/// SERVFAIL with checking, an answer without.
Says says_bogus(std::string name);
/// SERVFAIL either way.
Says says_servfail(std::string name);
/// Nothing, whatever it is asked.
Says is_silent(std::string name);

/// The survey with these resolvers asked at its end. All that answer well set RA and, when they
/// check, AD; the zone's SOA is that of its servers, with 30 minutes of its TTL left.
survey::Survey with_resolvers(survey::Survey survey, const std::vector<Says>& resolvers);

/// Adds an answer of the resolver to a further question.
dns::Message& add_answer(survey::Survey& survey, std::size_t resolver,
                         survey::ResolverQuestionId id, std::string_view qname, dns::RRType qtype,
                         dns::Rcode rcode, bool checking = true);

/// The message of an answer, to be changed.
dns::Message& message_of(survey::Survey& survey, std::size_t resolver,
                         survey::ResolverQuestionId id, bool checking = true);

/// An Extended DNS Error in the answer to the SOA question with checking.
void explain(survey::Survey& survey, std::size_t resolver, std::uint16_t info_code);

}  // namespace tests
