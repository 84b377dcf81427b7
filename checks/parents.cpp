#include "checks/parents.hpp"

#include <algorithm>
#include <chrono>

namespace checks {

namespace {

struct Heard {
  const ParentFacts* parent;
  std::size_t word;  ///< index of the first who said the same
};

}  // namespace

// Almost always all say the same: words are compared before they are put into text.
std::optional<Disagreement> disagreement(const std::vector<ParentFacts>& parents,
                                         const Matter& matter) {
  std::vector<Heard> heard;
  std::vector<std::size_t> votes;
  for (const ParentFacts& parent : parents) {
    if (parent.exchange == nullptr || !matter.is_told(parent)) continue;
    const auto same = std::find_if(heard.begin(), heard.end(), [&](const Heard& other) {
      return matter.is_same(*other.parent, parent);
    });
    const std::size_t word = same == heard.end() ? heard.size() : same->word;
    heard.push_back({&parent, word});
    votes.push_back(0);
    ++votes[word];
  }
  for (const Heard& a : heard) {
    for (const Heard& b : heard) {
      if (a.word == b.word || votes[a.word] < votes[b.word]) continue;
      if (std::chrono::abs(a.parent->exchange->sent - b.parent->exchange->sent) > kOnePass) {
        continue;
      }
      return Disagreement{a.parent, b.parent, matter.text(*a.parent), matter.text(*b.parent)};
    }
  }
  return std::nullopt;
}

}  // namespace checks
