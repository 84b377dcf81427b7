// Instantiates the templates once, so that their faults show here and not in a user's file.
#include "dns/task.hpp"

namespace dns {

template class Task<int>;
template Task<std::vector<int>> all(std::vector<Task<int>> tasks);

}  // namespace dns
