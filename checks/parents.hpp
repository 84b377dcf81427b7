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

/// A matter that the parent's servers have a word on.
struct Matter {
  std::function<bool(const ParentFacts&)> is_told;  ///< the server said something on it
  std::function<bool(const ParentFacts&, const ParentFacts&)> is_same;  ///< of two that did
  std::function<std::string(const ParentFacts&)> text;                  ///< the whole of it
};

/// Finds two words that differ among those heard within kOnePass of each other.
std::optional<Disagreement> disagreement(const std::vector<ParentFacts>& parents,
                                         const Matter& matter);

}  // namespace checks
