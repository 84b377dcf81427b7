// Where checks put what they find. Belongs to one judgement; not thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "checks/catalogue.hpp"
#include "checks/report.hpp"

namespace checks {

/// A sentence is cut here, and further ones about the same subject are left out. Foreign names make
/// sentences as long as they like.
inline constexpr std::size_t kLongestSentence = 1500;

class Findings {
 public:
  /// Findings added from now on are those of `check`.
  void begin(const Check& check) { check_ = &check; }

  /// Adds a finding. At most one stands for one subject: of several the worst severity and its
  /// command are kept, and the sentences are joined. `observed` is given when what shows it may
  /// have been kept from an earlier round.
  void add(Severity severity, Subject subject, std::string sentence, std::string command = {},
           std::optional<dns::WallTime> observed = {});

  std::vector<Finding> take() { return std::move(findings_); }

 private:
  const Check* check_ = nullptr;
  std::vector<Finding> findings_;
};

}  // namespace checks
