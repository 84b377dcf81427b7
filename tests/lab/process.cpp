#include "tests/lab/process.hpp"

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace lab {
namespace {

constexpr auto kPoll = std::chrono::milliseconds(10);

/// In the child between fork and exec: only async-signal-safe calls.
[[noreturn]] void become(char* const* arguments, const char* directory, int log, pid_t parent) {
  setpgid(0, 0);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(126);  // the parent died before prctl
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  dup2(log, STDOUT_FILENO);
  dup2(log, STDERR_FILENO);
  const int nothing = open("/dev/null", O_RDONLY);
  if (nothing >= 0) dup2(nothing, STDIN_FILENO);
  if (chdir(directory) != 0) _exit(126);
  execv(arguments[0], arguments);
  _exit(127);
}

bool wait_until(std::chrono::milliseconds patience, ChildProcess& child) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (child.is_running()) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::sleep_for(kPoll);
  }
  return true;
}

}  // namespace

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)), exit_text_(std::move(other.exit_text_)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  if (this != &other) {
    stop();
    pid_ = std::exchange(other.pid_, -1);
    exit_text_ = std::move(other.exit_text_);
  }
  return *this;
}

ChildProcess::~ChildProcess() {
  stop();
}

dns::Result<ChildProcess> ChildProcess::start(std::vector<std::string> arguments,
                                              const std::filesystem::path& directory,
                                              const std::filesystem::path& log) {
  const auto program = find_program(arguments.front());
  if (program.empty()) return dns::fail("the program " + arguments.front() + " is not installed");
  arguments.front() = program.string();
  std::vector<char*> pointers;
  for (auto& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  const int log_fd = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (log_fd < 0) return dns::fail("cannot write " + log.string());
  const std::string where = directory.string();
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) become(pointers.data(), where.c_str(), log_fd, parent);
  ::close(log_fd);
  if (pid < 0) return dns::fail("cannot fork: " + std::generic_category().message(errno));
  setpgid(pid, pid);  // also here: whoever comes first
  ChildProcess child;
  child.pid_ = pid;
  return child;
}

bool ChildProcess::is_running() {
  if (pid_ < 0) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
  note_status(status);
  return false;
}

void ChildProcess::note_status(int status) {
  exit_text_ = WIFSIGNALED(status) ? "signal " + std::to_string(WTERMSIG(status))
                                   : "exit status " + std::to_string(WEXITSTATUS(status));
  pid_ = -1;
}

void ChildProcess::stop(std::chrono::milliseconds patience) {
  if (!is_running()) return;
  const pid_t group = pid_;
  kill(pid_, SIGTERM);
  if (!wait_until(patience, *this)) {
    kill(-group, SIGKILL);
    int status = 0;
    waitpid(group, &status, 0);
    note_status(status);
  }
  // Helpers that a server forked and left behind.
  kill(-group, SIGKILL);
}

dns::Result<void> run_to_end(std::vector<std::string> arguments,
                             const std::filesystem::path& directory,
                             const std::filesystem::path& log, std::chrono::seconds patience) {
  std::string shown;
  for (const auto& argument : arguments) shown += (shown.empty() ? "" : " ") + argument;
  auto child = ChildProcess::start(std::move(arguments), directory, log);
  if (!child) return tl::unexpected(child.error());
  if (!wait_until(patience, *child)) return dns::fail(shown + ": does not end");
  if (child->exit_text() == "exit status 0") return {};
  return dns::fail(shown + ": " + child->exit_text() + "\n" + tail_of(log));
}

std::filesystem::path find_program(const std::string& name) {
  std::error_code ignored;
  if (name.find('/') != std::string::npos) {
    return std::filesystem::exists(name, ignored) ? std::filesystem::path(name)
                                                  : std::filesystem::path();
  }
  const char* path = std::getenv("PATH");
  std::istringstream directories(std::string(path != nullptr ? path : "") +
                                 ":/usr/bin:/usr/sbin:/sbin");
  for (std::string directory; std::getline(directories, directory, ':');) {
    const auto candidate = std::filesystem::path(directory) / name;
    if (!directory.empty() && access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

std::string tail_of(const std::filesystem::path& file, std::size_t octets) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream all;
  all << in.rdbuf();
  const std::string text = all.str();
  return text.size() <= octets ? text : "..." + text.substr(text.size() - octets);
}

}  // namespace lab
