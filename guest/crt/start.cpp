// The entry point of every program: splits the command line, calls main, ends the process.
#include <windows.h>

#include "guest/crt/text.hpp"

extern "C" {

int main(int argc, char** argv);

/// The linker's list of static constructors: a count or -1, the functions, a null.
extern void (*const __CTOR_LIST__[])();

/// GCC has main call this first; it runs the static constructors, the last linked first.
void __main() {
  unsigned count = 0;
  while (__CTOR_LIST__[count + 1] != nullptr) ++count;
  for (; count != 0; --count) __CTOR_LIST__[count]();
}
}

extern "C" [[noreturn]] void start() {
  static constexpr int max_arguments = 64;
  const char* line = GetCommandLineA();
  // One terminator an argument, at most one argument every two characters.
  char* storage = static_cast<char*>(HeapAlloc(GetProcessHeap(), 0, 2 * lstrlenA(line) + 2));
  char* argv[max_arguments + 1];
  ExitProcess(static_cast<UINT>(
      main(crt::split_command_line(line, argv, max_arguments + 1, storage), argv)));
}
