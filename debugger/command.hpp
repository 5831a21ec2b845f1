// The debugger's commands: tables of them, one registry, and results that are data first.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "debugger/session.hpp"

namespace faultline {

/// The same facts twice. `text` has no newline at its end; empty text is nothing to print.
struct CommandResult {
  Json data;
  std::string text;
};

/// A command that could not be carried out: one line for the person. The machine is as it was.
struct CommandError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The words behind a command's name. Blanks part them, except within parentheses and quotes.
class Arguments {
 public:
  Arguments(DebugSession& session, std::string_view text);

  bool empty() const { return next_ == words_.size(); }
  std::size_t count() const { return words_.size() - next_; }
  /// The next word, left there; empty when there is none.
  std::string_view peek() const { return empty() ? std::string_view() : words_[next_]; }
  /// The next word; CommandError when there is none. `what` says what should be there.
  std::string word(std::string_view what);
  /// All that is left, as written.
  std::string rest();
  /// The next word, hexadecimal by default: see evaluate().
  u32 value(std::string_view what);
  u32 value_or(u32 otherwise);
  /// The next word as a decimal count or clock (0x for hexadecimal).
  u64 count_of(std::string_view what);
  u64 count_or(u64 otherwise);
  /// The same; WinDbg's "L4" and "L 4" mean 4.
  u64 length_or(u64 otherwise);
  /// The next word as one of `choices` or an unambiguous beginning of one; CommandError with a
  /// suggestion otherwise. The answer is its index.
  std::size_t keyword(std::string_view what, std::span<const std::string_view> choices);
  /// The same, but a word that is none of them stays, and nothing is the answer.
  std::optional<std::size_t> keyword_if(std::span<const std::string_view> choices);
  /// CommandError when there are words left.
  void finish() const;

 private:
  DebugSession& session_;
  std::string text_;
  std::vector<std::string> words_;
  std::vector<std::size_t> starts_;  // of each word in text_
  std::size_t next_ = 0;
};

enum class CommandGroup : u8 { Run, Back, Stop, Look, Mmu, Nt, Machine, Session };
std::string_view name_of(CommandGroup group);

struct Command {
  std::string_view name;
  std::string_view aliases;    // parted by blanks; may be empty
  std::string_view arguments;  // as in a manual: "[COUNT]"
  std::string_view summary;    // one line
  CommandGroup group;
  CommandResult (*run)(DebugSession&, Arguments&);
};

// Each area's table, in its own file.
std::span<const Command> code_commands();
std::span<const Command> info_commands();
std::span<const Command> memory_commands();
std::span<const Command> mmu_commands();
std::span<const Command> nt_commands();
std::span<const Command> register_commands();
std::span<const Command> run_commands();
std::span<const Command> session_commands();
std::span<const Command> stop_commands();
std::span<const Command> time_commands();

/// Every command there is, in the order of the tables.
const std::vector<const Command*>& all_commands();
/// By name, alias or unambiguous beginning of a name; CommandError with a suggestion otherwise.
const Command& find_command(std::string_view word);
/// One line, as a person, a script or gdb's `monitor` gives it. An empty line or a comment (#) is
/// nothing. Throws CommandError and what the machine throws, nothing else.
CommandResult execute_command(DebugSession& session, std::string_view line);
/// What may stand in the place of the last word of `line`, for completion.
std::vector<std::string> complete_command(DebugSession& session, std::string_view line);

/// Whether the line is a command that runs the machine: an empty line repeats it.
bool repeats(std::string_view line);

/// The result of a command that ran the machine.
CommandResult result_of(const StopReport& report);

}  // namespace faultline
