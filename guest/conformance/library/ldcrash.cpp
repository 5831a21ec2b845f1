// A library whose DllMain has an access violation.
#include <windows.h>

static volatile int* volatile nowhere = nullptr;

extern "C" BOOL WINAPI DllMain(HINSTANCE, DWORD reason, void*) {
  if (reason == DLL_PROCESS_ATTACH) *nowhere = 1;
  return TRUE;
}
