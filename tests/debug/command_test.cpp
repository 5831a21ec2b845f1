// The registry and its documentation; and lines that nobody would type.
#include <gtest/gtest.h>

#include <random>
#include <set>
#include <sstream>

#include "tests/debug/fault_machine.hpp"

namespace faultline::tests {
namespace {

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size())
    text.replace(at, from.size(), to);
  return text;
}

/// The row of docs/debugger.md, "The vocabulary".
std::string row_of(const Command& command) {
  std::string names = "`" + std::string(command.name) + "`";
  std::istringstream aliases{std::string(command.aliases)};
  for (std::string alias; aliases >> alias;) names += ", `" + alias + "`";
  const std::string arguments =
      command.arguments.empty() ? ""
                                : "`" + replaced(std::string(command.arguments), "|", "\\|") + "`";
  return "| " + names + " | " + arguments + " | " +
         replaced(std::string(command.summary), "|", "\\|") + " |";
}

std::set<std::string> lines_of_documentation() {
  std::ifstream file(std::string(FAULTLINE_SOURCE_DIR) + "/docs/debugger.md");
  std::set<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.insert(line);
  return lines;
}

TEST(Commands, EachHasItsRowInTheDocumentation) {
  const auto lines = lines_of_documentation();
  for (const Command* command : all_commands())
    EXPECT_EQ(lines.count(row_of(*command)), 1u) << "missing:\n" << row_of(*command);
}

TEST(Commands, NoNameMeansTwoThings) {
  std::set<std::string> names;
  for (const Command* command : all_commands()) {
    std::istringstream words(std::string(command->name) + ' ' + std::string(command->aliases));
    for (std::string name; words >> name;)
      EXPECT_TRUE(names.insert(name).second) << name << " is there twice";
  }
}

TEST(Commands, AreFoundByUnambiguousBeginnings) {
  EXPECT_EQ(find_command("reg").name, "r");
  EXPECT_EQ(find_command("fin").name, "finish");
  EXPECT_EQ(find_command("catc").name, "catch");
  EXPECT_EQ(find_command("s").name, "s");  // whole, though others begin so
  EXPECT_THROW(find_command(""), CommandError);
  EXPECT_THROW(find_command("!"), CommandError);
}

TEST(Commands, ATypoGetsASuggestion) {
  FaultMachine m;
  EXPECT_EQ(m.error("catsh pf"), "no command 'catsh' (did you mean catch?); `help` lists them");
  EXPECT_NE(m.error("catch swithc").find("(did you mean switch?)"), std::string::npos);
}

TEST(Expressions, AreHexadecimalWithRegistersAndMemory) {
  FaultMachine m;
  const auto value = [&](const std::string& text) { return m.data("print " + text)["value"]; };
  EXPECT_EQ(value("10"), "0x00000010");
  EXPECT_EQ(value("0n10"), "0x0000000A");
  EXPECT_EQ(value("0y101"), "0x00000005");
  EXPECT_EQ(value("10h"), "0x00000010");
  EXPECT_EQ(value("2+3*4"), "0x0000000E");
  EXPECT_EQ(value("(2+3)*4"), "0x00000014");
  EXPECT_EQ(value("(2 + 3) - -1"), "0x00000006");
  EXPECT_EQ(value("-1"), "0xFFFFFFFF");
  EXPECT_EQ(value("cs"), "0x0000F000");
  EXPECT_EQ(value("@eip+1"), "0x0000FFF1");
  EXPECT_EQ(value("poi(FFFFFFF0)"), "0x000000EA");
}

TEST(Commands, WithoutATerminalsHelpEveryLineIsSurvived) {
  FaultMachine m;
  std::mt19937 random(20261123);
  std::vector<std::string> words{"@eax", "poi(", ")", "0x",  "FFFFFFFF", "-",
                                 "1",    "*",    "l", "/",   "/s",       "/9999999999999999999",
                                 "\"",   "x",    "w", "any", "eip",      "((((",
                                 "0n",   "!",    "#", "pf",  "tlb",      "miss"};
  for (const Command* command : all_commands()) {
    if (command->group == CommandGroup::Run || command->group == CommandGroup::Back) continue;
    words.emplace_back(command->name);
    words.emplace_back(command->name);
  }
  const auto pick = [&](std::size_t n) { return random() % n; };
  unsigned carried_out = 0, refused = 0;
  for (unsigned i = 0; i < 20000; ++i) {
    std::string line;
    for (std::size_t n = 1 + pick(5); n != 0; --n) {
      line += words[pick(words.size())];
      if (pick(8) == 0) line += static_cast<char>(pick(256));
      if (pick(3) != 0) line += ' ';
    }
    const Position before = m.session.position();
    try {
      execute_command(m.session, line);
      ++carried_out;
    } catch (const CommandError& error) {
      ++refused;
      EXPECT_FALSE(std::string(error.what()).empty()) << line;
    }
    complete_command(m.session, line);
    ASSERT_EQ(m.session.position(), before) << line;
    if (i % 64 == 0) m.session.breakpoints().clear();
  }
  EXPECT_GT(carried_out, 500u);
  EXPECT_GT(refused, 500u);
}

TEST(Completion, KnowsCommandsAndTheirKeywords) {
  FaultMachine m;
  EXPECT_EQ(complete_command(m.session, "cat"), std::vector<std::string>{"catch"});
  EXPECT_EQ(complete_command(m.session, "catch bug"), std::vector<std::string>{"bugcheck"});
  EXPECT_EQ(complete_command(m.session, "info t"), (std::vector<std::string>{"tab", "tlb", "tss"}));
  EXPECT_TRUE(complete_command(m.session, "nonsense x").empty());
}

}  // namespace
}  // namespace faultline::tests
