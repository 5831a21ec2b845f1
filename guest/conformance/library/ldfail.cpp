// A library that refuses to be loaded.
#include "guest/conformance/library/record.hpp"

extern "C" __declspec(dllimport) void ld_record(char who, DWORD reason);

extern "C" BOOL WINAPI DllMain(HINSTANCE, DWORD reason, void*) {
  ld_record('F', reason);
  return reason != DLL_PROCESS_ATTACH;
}
