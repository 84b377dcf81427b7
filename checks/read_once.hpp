// What several servers say in the same words is read once: they mostly give the same answers, and
// reading is dearer than comparing. Used while facts are derived; belongs to one judgement.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "dns/message.hpp"

namespace checks {

/// Different responses to one question that are remembered; those of others are read each time.
inline constexpr std::size_t kMaxWordsRemembered = 64;

/// True when all but the id, the options and the size is the same, octet by octet and in the same
/// order: whatever is read of the one, of the other it is the same.
bool same_words(const dns::Message& a, const dns::Message& b);

/// The responses to one question, and what was made of them.
template <typename T>
class ReadOnce {
 public:
  /// What `read` makes of `response` as of the time `at`; `read` is not called for a response in
  /// the same words as an earlier one of that time. Responses outlive the object.
  template <typename Read>
  std::shared_ptr<const T> of(const dns::Message& response, std::int64_t at, const Read& read) {
    for (const Entry& entry : entries_) {
      if (entry.at == at && same_words(*entry.response, response)) return entry.result;
    }
    auto result = std::make_shared<const T>(read(response));
    if (entries_.size() < kMaxWordsRemembered) entries_.push_back({&response, at, result});
    return result;
  }

 private:
  struct Entry {
    const dns::Message* response;
    std::int64_t at;
    std::shared_ptr<const T> result;
  };

  std::vector<Entry> entries_;
};

}  // namespace checks
