// The shell: reads a line, does what it says, and asks again. A word that is no command is a
// program to run.
#include <windows.h>

#include "guest/crt/print.hpp"
#include "guest/shell/command.hpp"
#include "guest/shell/line_reader.hpp"

namespace shell {

namespace {

struct Entry {
  const char* name;
  const char* arguments;
  const char* purpose;
  Command command;
};

void help(char*);

constexpr Entry commands[] = {
    {"dir", "[PATTERN]", "list the files of the disk", dir},
    {"type", "FILE", "show a file", type},
    {"del", "FILE", "delete a file", del},
    {"run", "PROGRAM [ARGUMENTS]", "run a program; \"run\" may be left out", run},
    {"mem", "[/POOL]", "show the memory of the machine, or the kernel's pool by tag", mem},
    {"ps", "", "show the processes", ps},
    {"help", "", "show this list", help},
    {"exit", "[CODE]", "leave the shell", nullptr},
};

void help(char*) {
  for (const Entry& entry : commands) {
    crt::print("  ", crt::column(entry.name, 5), crt::column(entry.arguments, 21), entry.purpose,
               "\n");
  }
}

const Entry* find(const char* word) {
  for (const Entry& entry : commands) {
    if (lstrcmpiA(entry.name, word) == 0) return &entry;
  }
  return nullptr;
}

/// A command that takes an argument, and not in brackets, cannot do without it.
bool lacks_argument(const Entry& entry, const char* arguments) {
  return *arguments == '\0' && *entry.arguments != '\0' && *entry.arguments != '[';
}

/// The exit code the line asks for, 0 by default.
crt::Number exit_code(const char* arguments) {
  return *arguments == '\0' ? crt::Number{true, 0} : crt::parse_number(arguments);
}

}  // namespace

const char* describe(unsigned error) {
  switch (error) {
    case ERROR_FILE_NOT_FOUND:
      return "no such file";
    case ERROR_PATH_NOT_FOUND:
      return "no such directory";
    case ERROR_ACCESS_DENIED:
      return "access denied";
    case ERROR_NOT_ENOUGH_MEMORY:
    case ERROR_COMMITMENT_LIMIT:
      return "not enough memory";
    case ERROR_INVALID_NAME:
      return "not a file name";
    case ERROR_BAD_EXE_FORMAT:
      return "not a program for this system";
    case ERROR_CRC:
      return "the disk can't be read";
    case ERROR_SHARING_VIOLATION:
      return "in use";
    case ERROR_WRITE_PROTECT:
      return "the disk is write-protected";
    default:
      return "failed";
  }
}

}  // namespace shell

extern "C" int main(int, char**) {
  static shell::LineReader input;
  for (;;) {
    crt::print("C:\\>");
    char* line = input.next();
    if (line == nullptr) return 0;
    while (*line == ' ' || *line == '\t') ++line;
    if (*line == '\0') continue;
    char word[shell::LineReader::longest_line];
    lstrcpyA(word, line);
    char* arguments = line + (shell::cut_word(word) - word);
    const shell::Entry* entry = shell::find(word);
    if (entry == nullptr) {
      shell::run(line);
    } else if (shell::lacks_argument(*entry, arguments)) {
      crt::print("usage: ", entry->name, " ", entry->arguments, "\n");
    } else if (entry->command != nullptr) {
      entry->command(arguments);
    } else {
      const auto code = shell::exit_code(arguments);
      if (code.valid) return static_cast<int>(code.value);
      crt::print(arguments, ": not a number\n");
    }
  }
}
