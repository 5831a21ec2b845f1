// Programs and libraries that are damaged: refused with ERROR_BAD_EXE_FORMAT, and nothing else
// happens, whatever the damage is.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>

#include "tests/boot/command.hpp"
#include "tests/boot/image_mutations.hpp"

namespace faultline::tests {
namespace {

constexpr char bad_exe_format[] = "000000C1";

/// "DMG0017.DLL" and what badimage says of it: "error 000000C1".
using Results = std::multimap<std::string, std::string>;

class BadImages : public testing::Test {
 protected:
  void SetUp() override { disk_ = scratch_.system_disk("disk"); }
  std::string original(const std::string& name) const {
    return text_of(std::string(FAULTLINE_CONFORMANCE) + "/" + name);
  }
  static std::string text_of(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void copy(const std::vector<std::string>& files) const {
    std::vector<std::string> words = {"MTOOLSRC=/dev/null", "mcopy", "-o", "-i", disk_ + "@@1M"};
    words.insert(words.end(), files.begin(), files.end());
    words.push_back("::");
    const Outcome copied = run_command("env", words);
    ASSERT_EQ(copied.status, 0) << copied.err;
  }
  /// Puts them on the disk; `what_[NAME]` remembers them.
  void add(const std::vector<Mutation>& mutations, const std::string& suffix) {
    std::vector<std::string> files;
    for (const Mutation& mutation : mutations) {
      char name[13];
      std::snprintf(name, sizeof name, "DMG%04zu.%s", what_.size(), suffix.c_str());
      what_[name] = mutation.what;
      files.push_back(scratch_.file(name, mutation.bytes));
    }
    copy(files);
  }
  Outcome run(const std::string& command) const {
    std::vector<std::string> words = {command, "--disk", disk_, "--mem", "8M"};
    if (command == "check-vmm") words.insert(words.end(), {"--points", "100"});
    words.push_back("badimage.exe");
    return faultline(words);
  }
  static Results results(const std::string& out) {
    Results found;
    std::istringstream lines(out);
    for (std::string line; std::getline(lines, line);) {
      const std::size_t blank = line.find(' ');
      // The loader's own complaints have a colon: "DMG0017.EXE: cannot find x.dll".
      if (line.rfind("DMG", 0) == 0 && line.find(':') > 12 && blank != std::string::npos) {
        found.emplace(line.substr(0, blank), line.substr(blank + 1));
      }
    }
    return found;
  }
  const std::string& what(const std::string& name) const { return what_.at(name); }
  std::size_t made() const { return what_.size(); }

 private:
  Scratch scratch_;
  std::string disk_;
  std::map<std::string, std::string> what_;
};

TEST_F(BadImages, BrokenHeadersAreNoImages) {
  copy({std::string(FAULTLINE_CONFORMANCE) + "/ldbase.dll"});
  add(broken_images(original("lduser.dll")), "DLL");
  add(broken_images(original("system.exe")), "EXE");
  const Outcome outcome = run("run");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  std::size_t refused = 0;
  for (const auto& [name, result] : results(outcome.out)) {
    EXPECT_EQ(result.substr(result.find(' ') + 1), bad_exe_format) << what(name) << ' ' << result;
    ++refused;
  }
  EXPECT_EQ(refused, made() * 3 / 2);  // libraries are loaded twice
}

TEST_F(BadImages, BrokenDirectoriesAreNoImages) {
  copy({std::string(FAULTLINE_CONFORMANCE) + "/ldbase.dll"});
  for (const char* library : {"lduser.dll", "ldstat.dll"}) {
    add(broken_directories(original(library), false), "DLL");
  }
  const std::size_t at_once = made();
  ASSERT_GT(at_once, 9u);
  for (const char* library : {"lduser.dll", "ldstat.dll"}) {
    add(broken_directories(original(library), true), "DLL");
  }
  const Outcome outcome = run("run");
  EXPECT_EQ(outcome.status, 0) << outcome.err;
  std::size_t seen = 0;
  for (const auto& [name, result] : results(outcome.out)) {
    ++seen;
    const bool needs_move = std::stoul(name.substr(3, 4)) >= at_once;
    if (needs_move && result.rfind("moved", 0) != 0) continue;
    EXPECT_EQ(result.substr(result.find(' ') + 1), bad_exe_format) << what(name) << ' ' << result;
  }
  EXPECT_EQ(seen, made() * 2);
}

/// What a few bytes at random do: the library is loaded or not, its process and the kernel go on.
TEST_F(BadImages, RandomDamageHarmsNobody) {
  copy({std::string(FAULTLINE_CONFORMANCE) + "/ldbase.dll"});
  add(random_mutations(original("lduser.dll"), 60, 1), "DLL");
  add(random_mutations(original("ldstat.dll"), 60, 2), "DLL");
  add(random_mutations(original("system.exe"), 60, 3), "EXE");
  const Outcome outcome = run("check-vmm");
  EXPECT_EQ(outcome.status, 0) << outcome.out << outcome.err;
  EXPECT_NE(outcome.out.find("0 violations"), std::string::npos) << outcome.out;
  const Outcome again = run("run");
  EXPECT_EQ(again.status, 0) << again.err;
  // Code that is no longer what it was may do anything, but the loader may not.
  for (const char* module : {"(ntdll.dll+", "(NTDLL.DLL+", "(KERNEL32.dll+", "(KERNEL32.DLL+"}) {
    EXPECT_EQ((again.out + again.err).find(module), std::string::npos) << again.out << again.err;
  }
  EXPECT_EQ(results(again.out).size(), 300u);
}

}  // namespace
}  // namespace faultline::tests
