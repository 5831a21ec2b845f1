// A library that needs another one.
#include "guest/conformance/library/record.hpp"

extern "C" __declspec(dllimport) void ld_record(char who, DWORD reason);
extern "C" __declspec(dllimport) int ld_add(int a, int b);

extern "C" {

static int two = 2;
int* ld_user_pointer = &two;  // needs a relocation

int ld_twice(int a) { return two == 2 ? ld_add(a, a) : 0; }

BOOL WINAPI DllMain(HINSTANCE, DWORD reason, void*) {
  ld_record('U', reason);
  return TRUE;
}
}
