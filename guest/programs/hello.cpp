// Prints one line and returns its argument, 0 without one, as a 32-bit exit code.
#include <windows.h>

#include "guest/crt/print.hpp"

extern "C" int main(int argc, char** argv) {
  unsigned code_selector;
  asm("mov %%cs, %0" : "=r"(code_selector));
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  crt::print("Hello from ring ", code_selector & 3, ": pages of ", system.dwPageSize, " bytes\n");
  if (argc < 2) return 0;
  const auto number = crt::parse_number(argv[1]);
  if (!number.valid) {
    crt::complain("hello: '", argv[1], "' is not a number\n");
    return 1;
  }
  return static_cast<int>(number.value);
}
