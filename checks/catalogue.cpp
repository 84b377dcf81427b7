#include "checks/catalogue.hpp"

#include <algorithm>
#include <array>

#include "checks/catalogue_contents.hpp"
#include "checks/catalogue_delegation.hpp"
#include "checks/catalogue_dnssec.hpp"
#include "checks/catalogue_keys.hpp"
#include "checks/catalogue_resolver.hpp"
#include "checks/catalogue_servers.hpp"
#include "checks/settings.hpp"

namespace checks {

namespace {

/// Without these there is no nameserver to speak of, whatever is enabled.
constexpr survey::QuestionSet kAlways = survey::set_of(
    {survey::QuestionId::soa_udp, survey::QuestionId::soa_tcp, survey::QuestionId::ns});

template <std::size_t... Sizes>
constexpr auto joined(const std::array<Check, Sizes>&... tables) {
  std::array<Check, (Sizes + ...)> all{};
  auto next = all.begin();
  ((next = std::copy(tables.begin(), tables.end(), next)), ...);
  return all;
}

constexpr std::array kRows = joined(rows::kDelegation, rows::kServers, rows::kContents,
                                    rows::kDnssec, rows::kKeysAndSigners, rows::kResolver);

constexpr std::array<std::string_view, 9> kGroups{"delegation", "address",     "connectivity",
                                                  "transport",  "consistency", "dnssec",
                                                  "denial",     "zone",        "resolver"};

}  // namespace

std::string_view to_text(Group group) {
  return kGroups.at(static_cast<std::size_t>(group));
}

std::span<const Check> catalogue() {
  return kRows;
}

const Check* find_check(std::string_view id) {
  const auto found =
      std::find_if(kRows.begin(), kRows.end(), [id](const Check& row) { return row.id == id; });
  return found == kRows.end() ? nullptr : &*found;
}

bool is_enabled(const Check& check, const CheckSelection& selection) {
  return selection.disabled.count(check.id) == 0 &&
         selection.disabled.count(to_text(check.group)) == 0;
}

survey::QuestionSet questions_to_ask(const CheckSelection& selection) {
  survey::QuestionSet asked = kAlways;
  for (const Check& check : kRows) {
    if (is_enabled(check, selection)) asked |= check.reads;
  }
  return asked;
}

survey::ResolverQuestionSet resolver_questions_to_ask(const CheckSelection& selection) {
  survey::ResolverQuestionSet asked;
  for (const Check& check : kRows) {
    if (is_enabled(check, selection)) asked |= check.reads_of_resolvers;
  }
  return asked;
}

survey::WalkSet walks_to_make(const CheckSelection& selection) {
  survey::WalkSet made;
  for (const Check& check : kRows) {
    if (is_enabled(check, selection)) made |= check.reads_of_walks;
  }
  return made;
}

bool is_check_or_group(std::string_view text) {
  return find_check(text) != nullptr ||
         std::any_of(kRows.begin(), kRows.end(),
                     [text](const Check& row) { return to_text(row.group) == text; });
}

}  // namespace checks
