#include "checks/parents.hpp"

#include <chrono>
#include <map>

namespace checks {

namespace {

struct Heard {
  const ParentFacts* parent;
  std::string word;
};

}  // namespace

std::optional<Disagreement> disagreement(
    const std::vector<ParentFacts>& parents,
    const std::function<std::optional<std::string>(const ParentFacts&)>& word) {
  std::vector<Heard> heard;
  std::map<std::string, std::size_t> votes;
  for (const ParentFacts& parent : parents) {
    if (parent.exchange == nullptr) continue;
    if (auto said = word(parent)) {
      ++votes[*said];
      heard.push_back({&parent, std::move(*said)});
    }
  }
  for (const Heard& a : heard) {
    for (const Heard& b : heard) {
      const auto apart = std::chrono::abs(a.parent->exchange->sent - b.parent->exchange->sent);
      if (a.word == b.word || apart > kOnePass || votes[a.word] < votes[b.word]) continue;
      return Disagreement{a.parent, b.parent, a.word, b.word};
    }
  }
  return std::nullopt;
}

}  // namespace checks
