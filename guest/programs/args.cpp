// Prints its command line, and each argument between brackets.
#include <windows.h>

#include "guest/crt/print.hpp"

extern "C" int main(int argc, char** argv) {
  crt::print(GetCommandLineA(), "\n");
  for (int i = 1; i < argc; ++i) crt::print(i, " [", argv[i], "]\n");
  return 0;
}
