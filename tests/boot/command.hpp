// Runs the faultline command as a person does: arguments, standard input, a time limit.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace faultline::tests {

struct Outcome {
  int status = -1;  // exit status; 128 + N after signal N; 124 after the time limit
  std::string out, err;
};

/// `program` is a path, or "faultline" for the command under test.
Outcome run_command(const std::string& program, const std::vector<std::string>& arguments,
                    const std::string& input = {});
inline Outcome faultline(const std::vector<std::string>& arguments, const std::string& input = {}) {
  return run_command("faultline", arguments, input);
}

/// A directory of one test, with the files it needs.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  std::string path(const std::string& name) const { return (path_ / name).string(); }
  std::string file(const std::string& name, const std::string& contents) const;
  /// A 1.44 MB diskette image whose boot sector is `code`.
  std::string boot_sector(const std::vector<std::uint8_t>& code) const;
  /// A copy of the build's system disk, with its holes.
  std::string system_disk(const std::string& name) const;
  std::string read(const std::string& name) const;
  nlohmann::json json(const std::string& name) const;
  /// Every line of the file as JSON.
  std::vector<nlohmann::json> json_lines(const std::string& name) const;

 private:
  std::filesystem::path path_;
};

/// Where the build has its system disk and guest programs.
std::string system_disk();
std::string system_firmware();

}  // namespace faultline::tests
