// posix_spawn with its outputs in temporary files.
#include "app/host_tool.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace faultline::app {
namespace {

using File = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

std::string contents(std::FILE* file) {
  std::rewind(file);
  std::string text;
  std::array<char, 4096> chunk;
  for (std::size_t n; (n = std::fread(chunk.data(), 1, chunk.size(), file)) > 0;) {
    text.append(chunk.data(), n);
  }
  return text;
}

/// mtools: no configuration of the user's, no complaints about geometry, reproducible dates.
std::vector<std::string> environment() {
  std::vector<std::string> variables = {"TZ=UTC", "LC_ALL=C", "MTOOLSRC=/dev/null",
                                        "MTOOLS_SKIP_CHECK=1", "SOURCE_DATE_EPOCH=741398400"};
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (std::strncmp(*variable, "PATH=", 5) == 0 || std::strncmp(*variable, "HOME=", 5) == 0) {
      variables.emplace_back(*variable);
    }
  }
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& strings) {
  std::vector<char*> list;
  list.reserve(strings.size() + 1);
  for (std::string& s : strings) list.push_back(s.data());
  list.push_back(nullptr);
  return list;
}

}  // namespace

ToolResult run_tool(const std::vector<std::string>& arguments) {
  const File output(std::tmpfile(), std::fclose), errors(std::tmpfile(), std::fclose);
  if (!output || !errors) throw std::runtime_error("cannot make a temporary file");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, fileno(output.get()), STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, fileno(errors.get()), STDERR_FILENO);
  std::vector<std::string> words = arguments, variables = environment();
  pid_t child = 0;
  const int error = posix_spawnp(&child, words[0].c_str(), &actions, nullptr,
                                 pointers(words).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) {
    throw MissingTool(
        fmt::format("cannot run {} (package mtools): {}", words[0], std::strerror(error)));
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), contents(output.get()),
          contents(errors.get())};
}

}  // namespace faultline::app
