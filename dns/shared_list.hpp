// An immutable list whose copies share their members: what is given to many readers costs its
// memory once. Safe to read from several threads.
#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace dns {

template <typename T>
class SharedList {
 public:
  SharedList() = default;
  explicit SharedList(std::vector<T> members)
      : members_(std::make_shared<const std::vector<T>>(std::move(members))) {}

  const T* begin() const { return members_ ? members_->data() : nullptr; }
  const T* end() const { return begin() + size(); }
  std::size_t size() const { return members_ ? members_->size() : 0; }
  bool empty() const { return size() == 0; }
  const T& operator[](std::size_t index) const { return (*members_)[index]; }

 private:
  std::shared_ptr<const std::vector<T>> members_;  ///< null: empty
};

}  // namespace dns
