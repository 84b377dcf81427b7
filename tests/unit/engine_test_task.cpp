// Task, Scope and all(): what a coroutine may rely on, and every shape of co_await that the rules
// of dns/task.hpp allow, since g++ 12 gets others wrong.
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dns/task.hpp"
#include "tests/catch.hpp"

using dns::Scope;
using dns::Task;

namespace {

/// Something to suspend on and to be resumed from outside, in the order of arrival.
class Gate {
 public:
  struct Wait {
    Gate& gate;
    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<> waiting) const { gate.waiting_.push_back(waiting); }
    void await_resume() const noexcept {}
  };
  Wait wait() { return Wait{*this}; }

  std::size_t waiting() const { return waiting_.size(); }
  void open() {
    std::vector<std::coroutine_handle<>> all;
    all.swap(waiting_);
    for (const std::coroutine_handle<> each : all) each.resume();
  }
  void open_last() {
    const std::coroutine_handle<> last = waiting_.back();
    waiting_.pop_back();
    last.resume();
  }

 private:
  std::vector<std::coroutine_handle<>> waiting_;
};

/// Counts the lives of its objects, so that one freed twice or never shows without ASan too.
class Counted {
 public:
  explicit Counted(int value_) : value(value_), text_(100, 'x') { ++alive; }
  Counted(const Counted& other) : value(other.value), text_(other.text_) { ++alive; }
  Counted(Counted&& other) noexcept : value(other.value), text_(std::move(other.text_)) { ++alive; }
  Counted& operator=(const Counted&) = default;
  Counted& operator=(Counted&&) = default;
  ~Counted() { --alive; }

  static inline int alive = 0;
  int value;

 private:
  std::string text_;
};

Task<int> at_once(int value) {
  co_return value;
}

Task<int> later(Gate& gate, int value) {
  co_await gate.wait();
  co_return value;
}

Task<void> pass(Gate& gate, int& passed) {
  co_await gate.wait();
  ++passed;
}

/// Runs a task to its end while opening the gate as often as it needs.
template <typename Start>
void drive(Gate& gate, Start start) {
  Scope scope;
  scope.spawn(start());
  for (int i = 0; i < 1000 && !scope.idle(); ++i) gate.open();
  REQUIRE(scope.idle());
}

Task<void> keep(Task<int> task, int& result) {
  const int value = co_await task;
  result = value;
}

}  // namespace

TEST_CASE("a task does nothing until it is awaited, and may be dropped before") {
  int passed = 0;
  Gate gate;
  {
    Task<void> dropped = pass(gate, passed);
    Task<void> moved = std::move(dropped);
  }
  CHECK(gate.waiting() == 0);
  int result = 0;
  Scope scope;
  scope.spawn(keep(later(gate, 7), result));
  CHECK_FALSE(scope.idle());
  CHECK(gate.waiting() == 1);
  gate.open();
  CHECK(scope.idle());
  CHECK(result == 7);
}

namespace {
Task<std::unique_ptr<Counted>> make(Gate& gate) {
  co_await gate.wait();
  co_return std::make_unique<Counted>(5);
}
Task<void> take(Gate& gate, int& value) {
  std::unique_ptr<Counted> owned = co_await make(gate);
  value = owned->value;
}
}  // namespace

TEST_CASE("results are moved, not copied, and freed once") {
  Gate gate;
  int value = 0;
  drive(gate, [&] { return take(gate, value); });
  CHECK(value == 5);
  CHECK(Counted::alive == 0);
}

namespace {
Task<void> add_many(int count, long& sum) {
  for (int i = 0; i < count; ++i) {
    const int value = co_await at_once(i);
    sum += value;
  }
}
}  // namespace

TEST_CASE("many tasks that end at once use no stack") {
  long sum = 0;
  Scope scope;
  scope.spawn(add_many(300'000, sum));
  CHECK(scope.idle());
  CHECK(sum == 44'999'850'000);
}

namespace {
Task<int> nested(Gate& gate, int depth) {
  if (depth == 0) {
    const int value = co_await later(gate, 1);
    co_return value;
  }
  const int below = co_await nested(gate, depth - 1);
  co_return below + 1;
}
}  // namespace

TEST_CASE("deep chains of tasks") {
  Gate gate;
  int result = 0;
  Scope scope;
  scope.spawn(keep(nested(gate, 500), result));
  gate.open();
  CHECK(scope.idle());
  CHECK(result == 501);
}

namespace {
Task<void> join_all(Gate& gate, int& passed, bool& joined) {
  Scope scope;
  for (int i = 0; i < 3; ++i) scope.spawn(pass(gate, passed));
  co_await scope.join();
  joined = true;
}
Task<void> join_nothing(bool& joined) {
  Scope scope;
  co_await scope.join();
  joined = true;
}
Task<void> join_twice(Gate& gate, int& passed) {
  Scope scope;
  scope.spawn(pass(gate, passed));
  co_await scope.join();
  scope.spawn(pass(gate, passed));
  scope.spawn(pass(gate, passed));
  co_await scope.join();
  ++passed;
}
Task<void> spawn_another(Scope& scope, Gate& gate, int& passed) {
  co_await gate.wait();
  scope.spawn(pass(gate, passed));
  ++passed;
}
}  // namespace

TEST_CASE("a scope joins when the last of its tasks has ended") {
  Gate gate;
  int passed = 0;
  bool joined = false;
  Scope outer;
  outer.spawn(join_all(gate, passed, joined));
  CHECK(gate.waiting() == 3);
  gate.open_last();
  gate.open_last();
  CHECK(passed == 2);
  CHECK_FALSE(joined);
  gate.open_last();
  CHECK(passed == 3);
  CHECK(joined);
  CHECK(outer.idle());

  joined = false;
  outer.spawn(join_nothing(joined));
  CHECK(joined);

  passed = 0;
  outer.spawn(join_twice(gate, passed));
  gate.open();
  CHECK(passed == 1);
  gate.open();
  CHECK(passed == 4);
  CHECK(outer.idle());
}

TEST_CASE("a task may spawn into the scope it runs in") {
  Gate gate;
  int passed = 0;
  Scope scope;
  scope.spawn(spawn_another(scope, gate, passed));
  gate.open();
  CHECK(passed == 1);
  CHECK_FALSE(scope.idle());
  gate.open();
  CHECK(passed == 2);
  CHECK(scope.idle());
}

namespace {
Task<void> collect(Gate& gate, std::vector<int>& results) {
  std::vector<Task<int>> tasks;
  for (int i = 0; i < 5; ++i) tasks.push_back(i % 2 == 0 ? later(gate, i) : at_once(i));
  std::vector<int> all = co_await dns::all(std::move(tasks));
  results = std::move(all);
}
Task<void> collect_none(bool& ended) {
  std::vector<Task<int>> tasks;
  std::vector<int> all = co_await dns::all(std::move(tasks));
  ended = all.empty();
}
}  // namespace

TEST_CASE("all() gives the results in the order of the tasks") {
  Gate gate;
  std::vector<int> results;
  Scope scope;
  scope.spawn(collect(gate, results));
  while (gate.waiting() != 0) gate.open_last();  // ends them in another order
  CHECK(scope.idle());
  CHECK(results == std::vector<int>{0, 1, 2, 3, 4});
  bool ended = false;
  scope.spawn(collect_none(ended));
  CHECK(ended);
}

// ---- the shapes of co_await that are allowed ----

namespace {

struct Request {
  std::string name;
  Counted counted{0};
  std::vector<int> numbers;
};

Task<bool> yes(Gate& gate) {
  co_await gate.wait();
  co_return true;
}
Task<int> use(Gate& gate, Request request) {
  co_await gate.wait();
  co_return static_cast<int>(request.name.size() + request.numbers.size()) + request.counted.value;
}
Task<int> call(Gate& gate, std::function<int(int)> function) {
  co_await gate.wait();
  co_return function(1);
}
template <typename Function>
Task<int> call_any(Gate& gate, Function function) {
  co_await gate.wait();
  co_return function(1);
}
Task<int> sum(Gate& gate, std::vector<int> numbers) {
  int total = 0;
  co_await gate.wait();
  for (const int number : numbers) total += number;
  co_return total;
}
Task<std::pair<int, Counted>> two(Gate& gate) {
  co_await gate.wait();
  co_return std::pair<int, Counted>(3, Counted(4));
}
Task<std::vector<Counted>> several(Gate& gate) {
  std::vector<Counted> result;
  co_await gate.wait();
  for (int i = 0; i < 3; ++i) result.emplace_back(i);
  co_return result;
}
Task<void> nothing() {
  co_return;
}
Task<int> maybe_throw(Gate& gate, bool fail) {
  co_await gate.wait();
  int value = 1;
  try {
    if (fail) throw std::runtime_error("caught inside");
  } catch (const std::runtime_error&) {
    value = 2;
  }
  co_return value;
}

Task<void> shape_while(Gate& gate, int& result) {
  int rounds = 0;
  while (rounds < 10) {
    const bool more = co_await yes(gate);
    if (more) ++rounds;
  }
  result = rounds;
}
Task<void> shape_for(Gate& gate, int& result) {
  int found = 0;
  for (;;) {
    const bool more = co_await yes(gate);
    if (!more) break;
    if (++found == 5) break;
  }
  result = found;
}
Task<void> shape_nested(Gate& gate, int& result) {
  int rounds = 0;
  for (int i = 0; i < 3; ++i) {
    if (i % 2 == 0) {
      const int value = co_await later(gate, i);
      rounds += value;
    } else {
      for (int j = 0; j < 2; ++j) {
        co_await nothing();
        const int value = co_await at_once(10);
        rounds += value;
      }
    }
  }
  result = rounds;
}
Task<void> shape_moved_aggregate(Gate& gate, int& result) {
  Request request{"four", Counted(10), {1, 2, 3}};
  const int value = co_await use(gate, std::move(request));
  result = value;
}
Task<void> shape_moved_lambda(Gate& gate, int& result) {
  const std::string text = "text that is too long to be stored within";
  const auto length = [text](int more) { return static_cast<int>(text.size()) + more; };
  std::function<int(int)> function = length;
  const int first = co_await call(gate, std::move(function));
  auto another = length;
  const int second = co_await call_any(gate, std::move(another));
  result = first + second;
}
Task<void> shape_moved_vector(Gate& gate, int& result) {
  std::vector<int> numbers{1, 2, 3};
  const int value = co_await sum(gate, std::move(numbers));
  result = value;
}
Task<void> shape_named_copy(Gate& gate, int& result) {
  const std::vector<int> numbers{4, 5, 6};
  const int first = co_await sum(gate, numbers);
  const int second = co_await sum(gate, numbers);
  result = first + second;
}
Task<void> shape_pair(Gate& gate, int& result) {
  std::pair<int, Counted> both = co_await two(gate);
  const auto& [number, counted] = both;
  result = number + counted.value;
}
Task<void> shape_range(Gate& gate, int& result) {
  const std::vector<Counted> values = co_await several(gate);
  for (const Counted& each : values) {
    const int value = co_await later(gate, each.value);
    result += value;
  }
}
Task<void> shape_try(Gate& gate, int& result) {
  const int first = co_await maybe_throw(gate, true);
  const int second = co_await maybe_throw(gate, false);
  result = first * 10 + second;
}
Task<void> shape_branches(Gate& gate, int& result) {
  std::map<std::string, Counted> kept;
  const bool first = co_await yes(gate);
  if (first) {
    Counted counted(1);
    const int value = co_await later(gate, 2);
    kept.emplace("one", std::move(counted));
    result = value;
  } else {
    result = -1;
  }
  switch (result) {
    case 2: {
      const int value = co_await later(gate, 40);
      result += value;
      break;
    }
    default:
      break;
  }
  result += static_cast<int>(kept.size());
}
Task<int> shape_early_return(Gate& gate, bool early) {
  const Counted counted(1);
  if (early) co_return counted.value;
  const int value = co_await later(gate, 9);
  co_return value;
}
Task<void> shape_returns(Gate& gate, int& result) {
  const int first = co_await shape_early_return(gate, true);
  const int second = co_await shape_early_return(gate, false);
  result = first + second;
}
Task<void> shape_named_task(Gate& gate, int& result) {
  Task<int> first = later(gate, 1);
  Task<int> second = later(gate, 2);
  const int two_ = co_await second;
  const int one = co_await std::move(first);
  result = one * 10 + two_;
}

}  // namespace

TEST_CASE("the allowed shapes of co_await do what they say and free what they own once") {
  struct Shape {
    const char* what;
    Task<void> (*start)(Gate&, int&);
    int result;
  };
  const Shape shapes[] = {
      {"in a while loop", shape_while, 10},
      {"in an endless loop", shape_for, 5},
      {"in nested loops and branches", shape_nested, 22},
      {"with a moved aggregate", shape_moved_aggregate, 17},
      {"with a moved function", shape_moved_lambda, 84},
      {"with a moved vector", shape_moved_vector, 6},
      {"with a copied vector", shape_named_copy, 30},
      {"giving a pair", shape_pair, 7},
      {"within a loop over a result", shape_range, 3},
      {"around try and catch", shape_try, 21},
      {"in branches with locals", shape_branches, 43},
      {"after an early return", shape_returns, 10},
      {"of named tasks", shape_named_task, 12},
  };
  for (const Shape& shape : shapes) {
    INFO(shape.what);
    Gate gate;
    int result = 0;
    drive(gate, [&] { return shape.start(gate, result); });
    CHECK(result == shape.result);
    CHECK(Counted::alive == 0);
  }
}
