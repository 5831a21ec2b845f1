// Reads through a null pointer: the 64 KB at the bottom are no-man's land, so the process ends with
// STATUS_ACCESS_VIOLATION.
#include "guest/crt/print.hpp"

extern "C" int main(int, char**) {
  const int* volatile pointer = nullptr;
  crt::print("nullread: reading address ", crt::hex(const_cast<const int*>(pointer)), "\n");
  crt::print("nullread: it holds ", *const_cast<const volatile int*>(pointer), "\n");
  return 0;
}
