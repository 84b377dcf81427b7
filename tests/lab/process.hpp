// Child processes of the lab: started with their output in a log file, told to die with their
// parent, and stopped by their own id. Not thread-safe; must be started from the main thread,
// because the kernel ties a child's life to the thread that forked it.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/types.h>

#include "dns/result.hpp"

namespace lab {

class ChildProcess {
 public:
  ChildProcess() = default;
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  /// Stops.
  ~ChildProcess();

  /// Runs `arguments` (the program first, by path or found in PATH and the sbin directories) in
  /// `directory`, with a process group of its own.
  static dns::Result<ChildProcess> start(std::vector<std::string> arguments,
                                         const std::filesystem::path& directory,
                                         const std::filesystem::path& log);

  pid_t pid() const { return pid_; }
  /// False once it has ended; how it ended is then in exit_text().
  bool is_running();
  /// "exit status 1", "signal 11", "" while it runs.
  const std::string& exit_text() const { return exit_text_; }

  /// SIGTERM, and after `patience` SIGKILL to its whole process group.
  void stop(std::chrono::milliseconds patience = std::chrono::seconds(5));

 private:
  void note_status(int status);

  pid_t pid_ = -1;
  std::string exit_text_;
};

/// Runs a program to its end. Fails when it cannot be started, does not end in time or ends with
/// another status than 0; the error ends with the tail of its output.
dns::Result<void> run_to_end(std::vector<std::string> arguments,
                             const std::filesystem::path& directory,
                             const std::filesystem::path& log,
                             std::chrono::seconds patience = std::chrono::seconds(30));

/// Absolute path of a program, searched in PATH, /usr/sbin and /sbin; empty when there is none.
std::filesystem::path find_program(const std::string& name);

/// The last lines of a file, for error messages.
std::string tail_of(const std::filesystem::path& file, std::size_t octets = 2000);

}  // namespace lab
