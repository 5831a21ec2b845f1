// docs/kernel.md, "The checklist": every item has its row, every row names files and tests that
// there are.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

namespace faultline::tests {
namespace {

namespace fs = std::filesystem;

const fs::path root = FAULTLINE_SOURCE_DIR;

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// What stands in backticks.
std::vector<std::string> quoted(const std::string& cell) {
  static const std::regex quote("`([^`]+)`");
  std::vector<std::string> words;
  for (std::sregex_iterator at(cell.begin(), cell.end(), quote), end; at != end; ++at) {
    words.push_back((*at)[1]);
  }
  return words;
}

struct Row {
  std::string where, test;
};

std::map<std::string, Row> rows() {
  static const std::regex row(R"(^\| ([A-M]\d+) \| [^|]+ \| ([^|]+) \| ([^|]+) \|$)");
  std::map<std::string, Row> found;
  std::istringstream text(text_of(root / "docs/kernel.md"));
  std::smatch match;
  for (std::string line; std::getline(text, line);) {
    if (std::regex_match(line, match, row)) found[match[1]] = {match[2], match[3]};
  }
  return found;
}

const fs::path conformance = root / "guest/conformance";

/// "conform.NAME" of every conformance program.
std::set<std::string> conformance_tests() {
  std::set<std::string> names;
  std::istringstream list(text_of(conformance / "programs.txt"));
  for (std::string name; std::getline(list, name);) {
    if (!name.empty() && name.front() != '#') names.insert("conform." + name);
  }
  return names;
}

/// Has the program a test whose name begins with the item?
bool proves(const std::string& program, const std::string& item) {
  return text_of(conformance / (program + ".cpp")).find('"' + item + ' ') != std::string::npos;
}

/// "Suite.Name" of every test in the sources, and the conformance programs.
std::set<std::string> tests() {
  static const std::regex test(R"(TEST(?:_F|_P)?\((\w+),\s*(\w+)\))");
  std::set<std::string> names = conformance_tests();
  for (const auto& entry : fs::recursive_directory_iterator(root / "tests")) {
    if (entry.path().extension() != ".cpp") continue;
    const std::string text = text_of(entry.path());
    for (std::sregex_iterator at(text.begin(), text.end(), test), end; at != end; ++at) {
      names.insert((*at)[1].str() + '.' + (*at)[2].str());
    }
  }
  return names;
}

/// The items that the programs make claims about.
std::set<std::string> claimed() {
  static const std::regex item("\"([A-F]\\d+)\"");
  std::set<std::string> items;
  for (const char* program : {"privileg", "protect", "quota", "stack", "virtmem"}) {
    const std::string text = text_of(root / "guest/programs" / (std::string(program) + ".cpp"));
    for (std::sregex_iterator at(text.begin(), text.end(), item), end; at != end; ++at) {
      items.insert((*at)[1]);
    }
  }
  return items;
}

TEST(ChecklistTable, HasARowForEveryItem) {
  const std::map<char, int> letters = {{'A', 9},  {'B', 17}, {'C', 10}, {'D', 11}, {'E', 6},
                                       {'F', 10}, {'G', 16}, {'H', 4},  {'I', 15}, {'J', 4},
                                       {'K', 1},  {'L', 3},  {'M', 1}};
  const auto table = rows();
  for (const auto& [letter, count] : letters) {
    for (int i = 1; i <= count; ++i) {
      EXPECT_EQ(table.count(letter + std::to_string(i)), 1u) << letter << i;
    }
  }
}

TEST(ChecklistTable, NamesFilesAndTestsThatExist) {
  const auto known = tests();
  const auto claims = claimed();
  for (const auto& [item, row] : rows()) {
    if (row.where == "not here yet" && row.test == "not here yet") continue;
    const auto files = quoted(row.where), names = quoted(row.test);
    EXPECT_FALSE(files.empty()) << item;
    EXPECT_FALSE(names.empty()) << item;
    for (const std::string& file : files)
      EXPECT_TRUE(fs::exists(root / file)) << item << ' ' << file;
    for (const std::string& name : names) {
      EXPECT_EQ(known.count(name), 1u) << item << ' ' << name;
      if (name == "Checklist.EveryClaimHolds") {
        EXPECT_EQ(claims.count(item), 1u) << item << " is claimed by no program";
      }
      if (name.rfind("conform.", 0) == 0) {
        EXPECT_TRUE(proves(name.substr(8), item)) << item << ' ' << name << " has no such test";
      }
    }
  }
}

}  // namespace
}  // namespace faultline::tests
