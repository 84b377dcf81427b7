// A doubly linked list whose links are members of what it lists: no allocation, and an object can
// leave its list without knowing which one it is in. What waits in the engine lives in coroutine
// frames, which do not move, and leaves its lists in whatever order answers come.
//
// Not thread-safe. An object must not be moved while linked, and must have left before it ends.
#pragma once

#include <cassert>

namespace dns {

template <typename T>
class LinkList;

/// Membership of `owner` in at most one list at a time.
template <typename T>
class Link {
 public:
  explicit Link(T& owner) : owner_(&owner) {}
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;
  ~Link() { assert(!linked()); }

  bool linked() const { return next_ != nullptr; }

  /// Leaves the list; does nothing when in none.
  void unlink() {
    if (!linked()) return;
    previous_->next_ = next_;
    next_->previous_ = previous_;
    previous_ = next_ = nullptr;
  }

 private:
  friend class LinkList<T>;
  Link() = default;  // a list's own end

  T* owner_ = nullptr;
  Link* previous_ = nullptr;
  Link* next_ = nullptr;
};

/// The list. Must be empty when it ends.
template <typename T>
class LinkList {
 public:
  LinkList() { end_.previous_ = end_.next_ = &end_; }
  LinkList(const LinkList&) = delete;
  LinkList& operator=(const LinkList&) = delete;
  ~LinkList() {
    assert(empty());
    end_.previous_ = end_.next_ = nullptr;
  }

  bool empty() const { return end_.next_ == &end_; }

  T& front() {
    assert(!empty());
    return *end_.next_->owner_;
  }

  void push_back(Link<T>& link) { insert_before(end_, link); }
  void push_front(Link<T>& link) { insert_before(*end_.next_, link); }

  /// Takes the first one out.
  T& pop_front() {
    assert(!empty());
    Link<T>& link = *end_.next_;
    link.unlink();
    return *link.owner_;
  }

  /// Moves everything in `other` to the end of this list.
  void take_all(LinkList& other) {
    if (other.empty()) return;
    Link<T>* const first = other.end_.next_;
    Link<T>* const last = other.end_.previous_;
    other.end_.previous_ = other.end_.next_ = &other.end_;
    first->previous_ = end_.previous_;
    end_.previous_->next_ = first;
    last->next_ = &end_;
    end_.previous_ = last;
  }

  /// Calls `visit(T&)` for each in order, until it returns false. It must not change the list.
  template <typename Visit>
  void for_each(Visit visit) {
    for (Link<T>* link = end_.next_; link != &end_; link = link->next_) {
      if (!visit(*link->owner_)) return;
    }
  }

 private:
  static void insert_before(Link<T>& place, Link<T>& link) {
    assert(!link.linked());
    link.previous_ = place.previous_;
    link.next_ = &place;
    place.previous_->next_ = &link;
    place.previous_ = &link;
  }

  Link<T> end_;
};

}  // namespace dns
