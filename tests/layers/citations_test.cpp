// Every citation in a source file names a document that docs/sources.md lists.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <string>

namespace faultline::tests {
namespace {

namespace fs = std::filesystem;

/// The first column of the table.
std::set<std::string> keys_of(std::istream& sources) {
  std::set<std::string> keys;
  const std::regex row(R"(^\| ([^|]+?) \| )");
  std::smatch match;
  for (std::string line; std::getline(sources, line);) {
    if (std::regex_search(line, match, row)) keys.insert(match[1]);
  }
  return keys;
}

/// "[486 §26]", "[387 §2.1; 386 §9.8]": the keys in front of section signs.
std::set<std::string> cited(const std::string& line) {
  static const std::regex key(
      R"re([\[;,] ?([A-Z0-9][A-Za-z0-9/-]*(?: TR| manual)?) (?:§|App\.))re");
  std::set<std::string> keys;
  for (std::sregex_iterator at(line.begin(), line.end(), key), end; at != end; ++at) {
    keys.insert((*at)[1]);
  }
  return keys;
}

TEST(Citations, AreReadFromALine) {
  EXPECT_EQ(cited("x;  // [386 §5.2.4] and [PC/AT TR §4]"),
            (std::set<std::string>{"386", "PC/AT TR"}));
  EXPECT_EQ(cited("// [387 §2.1; 486 App. E]"), (std::set<std::string>{"387", "486"}));
  EXPECT_EQ(cited("mov [ESP + 4], eax; table[386]"), std::set<std::string>{});
}

TEST(Citations, NameDocumentsThatAreListed) {
  const fs::path root = FAULTLINE_SOURCE_DIR;
  std::ifstream sources(root / "docs/sources.md");
  const auto known = keys_of(sources);
  EXPECT_GT(known.size(), 10u);
  unsigned found = 0;
  for (const char* folder : {"arch", "tlb", "mmu", "cpu", "api", "machine", "debugger", "app", "firmware",
                             "kernel", "guest", "docs"}) {
    for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
      if (!entry.is_regular_file() || entry.path().extension() == ".png") continue;
      std::ifstream file(entry.path());
      for (std::string line; std::getline(file, line);) {
        for (const std::string& key : cited(line)) {
          ++found;
          EXPECT_EQ(known.count(key), 1u) << entry.path() << " cites [" << key << "]: " << line;
        }
      }
    }
  }
  EXPECT_GT(found, 100u);
}

}  // namespace
}  // namespace faultline::tests
