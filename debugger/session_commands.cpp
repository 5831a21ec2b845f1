// Commands about the session itself.
#include <fmt/format.h>

#include "debugger/command.hpp"

namespace faultline {
namespace {

CommandResult help(DebugSession&, Arguments& arguments) {
  const bool one = !arguments.empty();
  const Command* only = one ? &find_command(arguments.word("a command")) : nullptr;
  arguments.finish();
  CommandResult result{Json::array(), {}};
  std::string_view group;
  for (const Command* command : all_commands()) {
    if (one && command != only) continue;
    result.data.push_back({{"name", command->name},
                           {"aliases", command->aliases},
                           {"arguments", command->arguments},
                           {"summary", command->summary},
                           {"group", name_of(command->group)}});
    if (!result.text.empty()) result.text += '\n';
    if (!one && name_of(command->group) != group) {
      group = name_of(command->group);
      result.text += fmt::format("{}:\n", group);
    }
    std::string usage{command->name};
    if (!command->arguments.empty()) usage += fmt::format(" {}", command->arguments);
    result.text += fmt::format("  {:<30} {}", usage, command->summary);
    if (!command->aliases.empty()) result.text += fmt::format(" (also: {})", command->aliases);
  }
  return result;
}

CommandResult quit(DebugSession& session, Arguments& arguments) {
  arguments.finish();
  session.quit = true;
  return {};
}

CommandResult type(DebugSession& session, Arguments& arguments) {
  session.type(arguments.rest() + "\r");
  return {};
}

CommandResult echo(DebugSession&, Arguments& arguments) {
  const std::string text = arguments.rest();
  return {text, text};
}

constexpr Command commands[] = {
    {"type", "", "[TEXT]", "Type TEXT and Enter at the guest's serial terminal",
     CommandGroup::Machine, type},
    {"echo", "", "[TEXT]", "Print TEXT", CommandGroup::Session, echo},
    {"help", "h ?", "[COMMAND]", "This list, or one line of it", CommandGroup::Session, help},
    {"q", "quit exit", "", "End the session", CommandGroup::Session, quit},
};

}  // namespace

std::span<const Command> session_commands() { return commands; }

}  // namespace faultline
