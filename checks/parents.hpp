// Comparing what the parent's servers say with each other.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "checks/facts.hpp"
#include "checks/text.hpp"

namespace checks {

/// Two parent servers that said different things in one pass.
struct Disagreement {
  const ParentFacts* first = nullptr;
  const ParentFacts* second = nullptr;  ///< with the rarer word
  std::string first_word;
  std::string second_word;

  std::string text() const {
    return server_text(first->seen->nameserver, first->seen->address) + " says " +
           one_line(first_word) + ", " +
           server_text(second->seen->nameserver, second->seen->address) + " says " +
           one_line(second_word);
  }
};

/// Finds two words that differ among those heard within kOnePass of each other; `word` gives
/// nothing for a server that said nothing on the matter, and else the whole of what it said.
std::optional<Disagreement> disagreement(
    const std::vector<ParentFacts>& parents,
    const std::function<std::optional<std::string>(const ParentFacts&)>& word);

}  // namespace checks
