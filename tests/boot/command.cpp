// posix_spawn, with the streams in files and the time limit by timeout(1).
#include "tests/boot/command.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>

#include <fstream>
#include <iterator>
#include <sstream>

extern char** environ;

namespace faultline::tests {
namespace fs = std::filesystem;

Outcome run_command(const std::string& program, const std::vector<std::string>& arguments,
                    const std::string& input) {
  const Scratch scratch;
  const std::string in = scratch.file("in", input), out = scratch.path("out"),
                    err = scratch.path("err");
  std::vector<std::string> words = {"timeout", "--kill-after=5", FAULTLINE_TIME_LIMIT,
                                    program == "faultline" ? FAULTLINE_COMMAND : program};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, in.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, 1, out.c_str(), O_WRONLY | O_CREAT, 0600);
  posix_spawn_file_actions_addopen(&actions, 2, err.c_str(), O_WRONLY | O_CREAT, 0600);
  pid_t child = 0;
  const int error = posix_spawnp(&child, "timeout", &actions, nullptr, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  EXPECT_EQ(error, 0) << program;
  int status = 0;
  if (error != 0 || waitpid(child, &status, 0) != child) return {};
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), scratch.read("out"),
          scratch.read("err")};
}

Scratch::Scratch() {
  std::string pattern = (fs::temp_directory_path() / "faultline-test-XXXXXX").string();
  EXPECT_NE(mkdtemp(pattern.data()), nullptr);
  path_ = pattern;
}

Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

std::string Scratch::file(const std::string& name, const std::string& contents) const {
  std::ofstream(path_ / name, std::ios::binary) << contents;
  return path(name);
}

std::string Scratch::boot_sector(const std::vector<std::uint8_t>& code) const {
  std::string image(1440 * 1024, '\0');
  std::copy(code.begin(), code.end(), image.begin());
  image[510] = '\x55';
  image[511] = '\xAA';
  return file("boot.img", image);
}

std::string Scratch::system_disk(const std::string& name) const {
  const std::string copy = path(name);
  const Outcome run = run_command("cp", {"--sparse=always", tests::system_disk(), copy});
  EXPECT_EQ(run.status, 0) << run.err;
  return copy;
}

std::string Scratch::read(const std::string& name) const {
  std::ifstream stream(path_ / name, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

nlohmann::json Scratch::json(const std::string& name) const {
  return nlohmann::json::parse(read(name));
}

std::vector<nlohmann::json> Scratch::json_lines(const std::string& name) const {
  std::vector<nlohmann::json> lines;
  std::istringstream text(read(name));
  for (std::string line; std::getline(text, line);) lines.push_back(nlohmann::json::parse(line));
  return lines;
}

std::string system_disk() { return FAULTLINE_SYSTEM_DISK; }
std::string system_firmware() { return FAULTLINE_FIRMWARE; }

}  // namespace faultline::tests
