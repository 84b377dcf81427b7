// Which checks count, as the configuration says it: for all zones and for one.
#include <algorithm>
#include <array>

#include "checks/catalogue.hpp"
#include "dns/quote.hpp"
#include "exporter/config_draft.hpp"

namespace exporter {
namespace {

/// All ids, then all groups.
std::vector<std::string_view> check_words() {
  std::vector<std::string_view> words;
  for (const checks::Check& check : checks::catalogue()) words.push_back(check.id);
  for (const checks::Check& check : checks::catalogue()) {
    const std::string_view group = checks::to_text(check.group);
    if (std::find(words.begin(), words.end(), group) == words.end()) words.push_back(group);
  }
  return words;
}

std::vector<std::string> check_list(const Value& value) {
  std::vector<std::string> list;
  for (const Value& item : value.short_list(kMostListed)) {
    const std::optional<std::string> word = item.text();
    if (!word) continue;
    if (checks::is_check_or_group(*word)) {
      list.push_back(*word);
      continue;
    }
    const std::vector<std::string_view> known = check_words();
    const std::string_view near = nearest(*word, known);
    item.mistake(
        "no check or group is called " + dns::quoted(*word) +
        (near.empty() ? "; list-checks shows all" : "; did you mean " + std::string(near) + "?"));
  }
  return list;
}

constexpr std::array<std::string_view, 5> kSeverities{"info", "notice", "warning", "error",
                                                      "critical"};

}  // namespace

std::span<const Key<CheckLists>> check_keys() {
  static constexpr std::array<Key<CheckLists>, 3> kKeys{{
      {"enable", "list of check ids and groups", "",
       "Checks that count although `disable` names their group, or although they are disabled for "
       "all zones.",
       [](const Value& value, CheckLists& lists) { lists.enable = check_list(value); }},
      {"disable", "list of check ids and groups", "",
       "Checks that are left out. A question that only they read is not asked, and what is "
       "measured from its answers is absent from the metrics.",
       [](const Value& value, CheckLists& lists) { lists.disable = check_list(value); }},
      {"severity", "mapping of check ids and groups to severities", "",
       "Severity of a check's findings instead of its own: info, notice, warning, error or "
       "critical.",
       [](const Value& value, CheckLists& lists) {
         const std::vector<std::string_view> known = check_words();
         value.entries(known, [&](std::size_t index, const Value& level) {
           if (const auto severity = level.choice(kSeverities)) {
             lists.severity.emplace_back(known[index], static_cast<checks::Severity>(*severity));
           }
         });
       }},
  }};
  return kKeys;
}

void read_checks(const Value& value, CheckLists& lists) {
  value.into(check_keys(), lists);
  for (const std::string& word : lists.enable) {
    if (std::find(lists.disable.begin(), lists.disable.end(), word) != lists.disable.end()) {
      value.mistake(dns::quoted(word) + " is both enabled and disabled; remove one of them");
    }
  }
}

void CheckLists::apply_to(checks::CheckSelection& selection) const {
  const auto of_group = [](const std::string& word, auto&& visit) {
    for (const checks::Check& check : checks::catalogue()) {
      if (checks::to_text(check.group) == word) visit(std::string(check.id));
    }
  };
  for (const std::string& word : disable) {
    of_group(word, [&](std::string id) { selection.disabled.insert(std::move(id)); });
  }
  for (const std::string& word : enable) {
    of_group(word, [&](const std::string& id) { selection.disabled.erase(id); });
  }
  for (const std::string& word : disable) {
    if (checks::find_check(word) != nullptr) selection.disabled.insert(word);
  }
  for (const std::string& word : enable) selection.disabled.erase(word);
  for (const auto& [word, level] : severity) {
    of_group(word,
             [&, level = level](std::string id) { selection.severity[std::move(id)] = level; });
  }
  for (const auto& [word, level] : severity) {
    if (checks::find_check(word) != nullptr) selection.severity[word] = level;
  }
}

}  // namespace exporter
