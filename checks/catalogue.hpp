// The table of checks: one row each, in the order of docs/checks.md. Adding a check is a function,
// a row, a unit test and a lab scenario; everything else follows from the row.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "checks/report.hpp"
#include "survey/survey.hpp"

namespace checks {

struct Facts;
struct History;
struct ZoneSettings;
struct CheckSelection;

/// What a check reads. All outlive the call.
struct Context {
  const Facts& facts;
  const History& history;
  const ZoneSettings& settings;
};

/// Where a check adds its findings.
class Findings;

enum class Group : std::uint8_t {
  delegation,
  address,
  connectivity,
  transport,
  consistency,
  dnssec,
  denial,
  zone,
  resolver,
};

std::string_view to_text(Group group);

/// One row. `judge` is null for a check that no single zone can decide: it is made from the reports
/// of all zones (checks/fleet.hpp).
struct Check {
  std::string_view id;  ///< stable: code, label value, docs, tests, runbooks
  Group group{};
  Severity severity{};         ///< the worst it can find; config may override it
  bool reachability = false;   ///< a notice until the third failing round in a row
  std::string_view title;      ///< one line
  std::string_view reference;  ///< "RFC 1034 section 4.2.2"
  std::string_view meaning;    ///< when it is found, at which severity, and why it matters
  void (*judge)(const Context& context, Findings& findings) = nullptr;
  /// What it reads besides the apex SOA and NS, which are always asked for.
  survey::QuestionSet reads{};
  /// What it reads of the resolvers' answers.
  survey::ResolverQuestionSet reads_of_resolvers{};
  /// What it reads of our own ways down from the root.
  survey::WalkSet reads_of_walks{};
};

std::span<const Check> catalogue();
/// Null when there is no such check.
const Check* find_check(std::string_view id);
/// True for the id of a check and the name of a group.
bool is_check_or_group(std::string_view text);

/// False when the configuration leaves the check, or its group, out.
bool is_enabled(const Check& check, const CheckSelection& selection);

/// The questions that some enabled check reads; others are not worth asking.
survey::QuestionSet questions_to_ask(const CheckSelection& selection);

/// The same of resolvers; none when no enabled check reads any.
survey::ResolverQuestionSet resolver_questions_to_ask(const CheckSelection& selection);

/// The same of our own walks.
survey::WalkSet walks_to_make(const CheckSelection& selection);

}  // namespace checks
