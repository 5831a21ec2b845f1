// The registry: finds a command by what a person typed.
#include "debugger/command.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "debugger/suggestion.hpp"

namespace faultline {
namespace {

std::vector<std::string_view> names_of(const Command& command) {
  std::vector<std::string_view> names{command.name};
  std::string_view rest = command.aliases;
  while (!rest.empty()) {
    const auto blank = rest.find(' ');
    names.push_back(rest.substr(0, blank));
    rest.remove_prefix(blank == rest.npos ? rest.size() : blank + 1);
  }
  return names;
}

/// The words in lower case of "pf [r|w] [ADDR] | exc [N]".
std::vector<std::string_view> keywords(std::string_view arguments) {
  std::vector<std::string_view> words;
  while (!arguments.empty()) {
    const auto end = std::min(arguments.find_first_of(" |[]./"), arguments.size());
    const std::string_view word = arguments.substr(0, end);
    if (!word.empty() && word.front() >= 'a' && word.front() <= 'z') words.push_back(word);
    arguments.remove_prefix(std::min(end + 1, arguments.size()));
  }
  return words;
}

std::string_view trimmed(std::string_view line) {
  const auto first = line.find_first_not_of(" \t\r\n");
  if (first == line.npos) return {};
  return line.substr(first, line.find_last_not_of(" \t\r\n") + 1 - first);
}

}  // namespace

std::string_view name_of(CommandGroup group) {
  switch (group) {
    case CommandGroup::Run:
      return "Run";
    case CommandGroup::Back:
      return "Back in time";
    case CommandGroup::Stop:
      return "Stop";
    case CommandGroup::Look:
      return "Look";
    case CommandGroup::Mmu:
      return "Memory management unit";
    case CommandGroup::Nt:
      return "NT";
    case CommandGroup::Machine:
      return "Machine";
    case CommandGroup::Session:
      return "Session";
  }
  return "unknown";
}

const std::vector<const Command*>& all_commands() {
  static const std::vector<const Command*> commands = [] {
    std::vector<const Command*> all;
    // clang-format off
    for (const auto& table : {
             run_commands(),
             time_commands(),
             stop_commands(),
             register_commands(),
             memory_commands(),
             code_commands(),
             info_commands(),
             mmu_commands(),
             nt_commands(),
             session_commands(),
         })
      // clang-format on
      for (const Command& command : table) all.push_back(&command);
    return all;
  }();
  return commands;
}

const Command& find_command(std::string_view word) {
  std::vector<const Command*> beginning;
  std::vector<std::string> names;
  for (const Command* command : all_commands()) {
    bool begins = false;
    for (const std::string_view name : names_of(*command)) {
      if (name == word) return *command;
      begins = begins || name.starts_with(word);
      names.emplace_back(name);
    }
    if (begins) beginning.push_back(command);
  }
  if (beginning.size() == 1) return *beginning.front();
  if (beginning.empty()) {
    throw CommandError(
        fmt::format("no command '{}'{}; `help` lists them", word, suggestion(word, names)));
  }
  std::vector<std::string_view> several;
  for (const Command* command : beginning) several.push_back(command->name);
  throw CommandError(fmt::format("'{}' may be {}", word, fmt::join(several, ", ")));
}

CommandResult execute_command(DebugSession& session, std::string_view line) {
  line = trimmed(line);
  if (line.empty() || line.front() == '#') return {};
  const auto end = std::min(line.find_first_of(" \t"), line.size());
  const Command& command = find_command(line.substr(0, end));
  Arguments arguments(session, line.substr(end));
  try {
    return command.run(session, arguments);
  } catch (const CommandError& error) {
    throw CommandError(fmt::format("{}: {}", command.name, error.what()));
  } catch (const SessionError& error) {
    throw CommandError(fmt::format("{}: {}", command.name, error.what()));
  } catch (const SnapshotError& error) {
    throw CommandError(fmt::format("{}: {}", command.name, error.what()));
  }
}

bool repeats(std::string_view line) {
  line = trimmed(line);
  try {
    const CommandGroup group = find_command(line.substr(0, line.find_first_of(" \t"))).group;
    return !line.empty() && (group == CommandGroup::Run || group == CommandGroup::Back);
  } catch (const CommandError&) {
    return false;
  }
}

std::vector<std::string> complete_command(DebugSession& session, std::string_view line) {
  const auto start = line.find_last_of(" \t") + 1;  // npos + 1 is 0
  const std::string_view word = line.substr(start), before = trimmed(line.substr(0, start));
  std::vector<std::string> found;
  const auto offer = [&](std::string_view name) {
    if (name.starts_with(word)) found.emplace_back(name);
  };
  if (before.empty()) {
    for (const Command* command : all_commands())
      for (const std::string_view name : names_of(*command)) offer(name);
  } else {
    try {
      for (const std::string_view name :
           keywords(find_command(before.substr(0, before.find_first_of(" \t"))).arguments))
        offer(name);
    } catch (const CommandError&) {  // no such command has no arguments
    }
    if (word.size() > 1)
      for (const std::string& name : session.symbols().names(word)) found.push_back(name);
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

CommandResult result_of(const StopReport& report) { return {to_json(report), to_text(report)}; }

}  // namespace faultline
