// Gate: lets coroutines of one thread wait for something that another one is doing.
//
// Belongs to one thread. A Gate must live until everyone who waited has been resumed; it is kept in
// a shared_ptr of which each waiting frame holds a copy.
#pragma once

#include <coroutine>
#include <utility>
#include <vector>

namespace dns {

class Gate {
 public:
  struct Wait {
    Gate& gate;
    bool await_ready() const noexcept { return gate.open_; }
    void await_suspend(std::coroutine_handle<> waiting) const { gate.waiting_.push_back(waiting); }
    void await_resume() const noexcept {}
  };

  /// `co_await gate->wait();` goes on at once when the gate is open.
  Wait wait() { return Wait{*this}; }

  /// Opens for good and resumes everyone who waits, before it returns.
  void open() {
    open_ = true;
    const std::vector<std::coroutine_handle<>> resumed = std::exchange(waiting_, {});
    for (const std::coroutine_handle<> waiting : resumed) waiting.resume();
  }

 private:
  bool open_ = false;
  std::vector<std::coroutine_handle<>> waiting_;
};

}  // namespace dns
