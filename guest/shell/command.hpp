// The shell's commands: each gets what stands behind its name on the line.
#pragma once

namespace shell {

using Command = void (*)(char* arguments);

// file_commands.cpp
void dir(char* arguments);
void type(char* arguments);
void del(char* arguments);

// system_commands.cpp
void mem(char* arguments);
void ps(char* arguments);

// run.cpp
void run(char* command_line);

/// Cuts the first word off `line`, ends it with a null, and returns what follows it.
inline char* cut_word(char* line) {
  while (*line != '\0' && *line != ' ' && *line != '\t') ++line;
  if (*line == '\0') return line;
  *line++ = '\0';
  while (*line == ' ' || *line == '\t') ++line;
  return line;
}

/// What an error code means to the person at the keyboard.
const char* describe(unsigned error);

}  // namespace shell
