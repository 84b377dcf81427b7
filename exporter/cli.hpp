// The command line (README.md, "A zone, right now"): reads the arguments and runs what they ask
// for.
#pragma once

#include <iosfwd>

namespace exporter {

/// Runs the program. Returns its exit code: for the daemon and `check-config` 0, or 2 with a line
/// for each mistake; for `check` as run_check(). No exception leaves it.
int run_command_line(int argc, const char* const* argv, std::ostream& out, std::ostream& err);

}  // namespace exporter
