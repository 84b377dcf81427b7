// Coroutines of the engine thread: Task, a lazy coroutine, and Scope, which joins its children.
//
// Structured: a Task runs only while it is awaited or belongs to a Scope, nothing is detached, and
// a suspended frame is never destroyed. All of it belongs to one thread; nothing here is
// thread-safe.
//
// g++ 12 miscompiles some coroutines. Everywhere in this project: `co_await` stands only as the
// whole right side of a named local's initialiser or as a statement; the arguments of an awaited
// call are named locals or std::move of them; no coroutine is a capturing lambda. `./dev lint`
// enforces it.
#pragma once

#include <cassert>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

namespace dns {

template <typename T>
class Task;

namespace detail {

class PromiseBase {
 public:
  std::suspend_always initial_suspend() const noexcept { return {}; }

  struct FinalAwaiter {
    bool await_ready() const noexcept { return false; }
    template <typename Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> self) const noexcept {
      PromiseBase& promise = self.promise();
      if (promise.state_ == State::starting) return std::noop_coroutine();
      return promise.continuation_;
    }
    void await_resume() const noexcept {}
  };
  FinalAwaiter final_suspend() const noexcept { return {}; }

  // Expected failures are values; an exception that reaches a coroutine's end is a fault of ours
  // or of memory, and going on would leave the awaiting frame suspended for ever.
  [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }

  // Runs the coroutine `self`, whose promise this is, until it ends or first suspends; true when
  // it has suspended and will resume `continuation` at its end. A task that ends at once returns
  // here instead of resuming its awaiter from within, because g++ before 15 makes no tail call of
  // a symmetric transfer without optimisation or under ASan: a loop over tasks that all end at
  // once would overflow the stack (GCC bug 100897).
  bool start(std::coroutine_handle<> self, std::coroutine_handle<> continuation) {
    assert(state_ == State::fresh && "a Task is awaited once");
    continuation_ = continuation;
    state_ = State::starting;
    self.resume();
    state_ = State::suspended;
    return !self.done();
  }

  bool never_started() const { return state_ == State::fresh; }

 private:
  enum class State : unsigned char { fresh, starting, suspended };
  std::coroutine_handle<> continuation_;
  State state_ = State::fresh;
};

template <typename T>
class Promise final : public PromiseBase {
 public:
  Task<T> get_return_object() noexcept;
  template <typename U>
  void return_value(U&& value) {
    result_.emplace(std::forward<U>(value));
  }
  T take() {
    assert(result_.has_value());
    return std::move(*result_);
  }

 private:
  std::optional<T> result_;
};

template <>
class Promise<void> final : public PromiseBase {
 public:
  Task<void> get_return_object() noexcept;
  void return_void() const noexcept {}
  void take() const noexcept {}
};

}  // namespace detail

/// A coroutine that starts when awaited and gives its result to the one awaiter. Move-only; owns
/// its frame. Destroying a Task that is suspended half-way is a programmer error.
template <typename T = void>
class [[nodiscard]] Task {
 public:
  using promise_type = detail::Promise<T>;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle handle) noexcept : handle_(handle) {}
  Task(Task&& other) noexcept : handle_(std::exchange(other.handle_, {})) {}
  Task& operator=(Task&& other) noexcept {
    if (this != &other) {
      destroy();
      handle_ = std::exchange(other.handle_, {});
    }
    return *this;
  }
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;
  ~Task() { destroy(); }

  struct Awaiter {
    Handle handle;
    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> awaiting) const {
      assert(handle && "a Task that was moved from cannot be awaited");
      return handle.promise().start(handle, awaiting);
    }
    T await_resume() const { return handle.promise().take(); }
  };
  Awaiter operator co_await() && noexcept { return Awaiter{handle_}; }
  Awaiter operator co_await() & noexcept { return Awaiter{handle_}; }

 private:
  void destroy() {
    if (!handle_) return;
    assert((handle_.promise().never_started() || handle_.done()) &&
           "a Task is never destroyed while it is suspended half-way");
    handle_.destroy();
  }
  Handle handle_;
};

template <typename T>
Task<T> detail::Promise<T>::get_return_object() noexcept {
  return Task<T>(std::coroutine_handle<Promise<T>>::from_promise(*this));
}
inline Task<void> detail::Promise<void>::get_return_object() noexcept {
  return Task<void>(std::coroutine_handle<Promise<void>>::from_promise(*this));
}

/// Runs Tasks side by side. `spawn` starts one at once, until its first suspension; `join` waits
/// until all have ended. A Scope must be joined, or have nothing running, before it is destroyed.
/// A scope that main owns may outlive coroutines: `idle()` says when nothing runs.
class Scope {
 public:
  Scope() = default;
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  ~Scope() { assert(running_ == 0); }

  void spawn(Task<void> task) {
    ++running_;
    run(std::move(task), *this);
  }

  bool idle() const { return running_ == 0; }

  struct Join {
    Scope& scope;
    bool await_ready() const noexcept { return scope.running_ == 0; }
    void await_suspend(std::coroutine_handle<> awaiting) const noexcept {
      assert(!scope.joiner_);
      scope.joiner_ = awaiting;
    }
    void await_resume() const noexcept {}
  };
  Join join() { return Join{*this}; }

 private:
  // The frame that owns a spawned Task; it destroys itself when the Task has ended.
  struct Runner {
    struct promise_type {
      Runner get_return_object() const noexcept { return {}; }
      std::suspend_never initial_suspend() const noexcept { return {}; }
      std::suspend_never final_suspend() const noexcept { return {}; }
      void return_void() const noexcept {}
      [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
    };
  };

  static Runner run(Task<void> task, Scope& scope) {
    Task<void> owned = std::move(task);
    co_await owned;
    {
      Task<void> ended = std::move(owned);  // destroys the frame before the joiner goes on
    }
    scope.ended();
  }

  void ended() {
    --running_;
    if (running_ == 0 && joiner_) std::exchange(joiner_, {}).resume();
  }

  std::size_t running_ = 0;
  std::coroutine_handle<> joiner_;
};

namespace detail {
template <typename T>
Task<void> store_result(Task<T> task, std::optional<T>& slot) {
  Task<T> owned = std::move(task);
  T value = co_await owned;
  slot.emplace(std::move(value));
}
}  // namespace detail

/// Runs all tasks side by side and gives their results in the same order.
template <typename T>
Task<std::vector<T>> all(std::vector<Task<T>> tasks) {
  std::vector<Task<T>> owned = std::move(tasks);
  std::vector<std::optional<T>> slots(owned.size());
  Scope scope;
  for (std::size_t i = 0; i < owned.size(); ++i) {
    scope.spawn(detail::store_result(std::move(owned[i]), slots[i]));
  }
  co_await scope.join();
  std::vector<T> results;
  results.reserve(slots.size());
  for (std::optional<T>& slot : slots) results.push_back(std::move(*slot));
  co_return results;
}

}  // namespace dns
