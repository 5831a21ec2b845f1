// kernel32's entry point: what must be ready before the program's first instruction.
#include "guest/kernel32/win32.hpp"

extern "C" {

LONG WINAPI UnhandledExceptionFilter(PEXCEPTION_POINTERS Pointers);

BOOLEAN NTAPI DllEntry(PVOID, ULONG Reason, PVOID) {
  switch (Reason) {
    case DLL_PROCESS_ATTACH:
      RtlSetUnhandledExceptionFilter(UnhandledExceptionFilter);
      base::attach_thread_tls();
      return base::initialize_command_line();
    case DLL_THREAD_ATTACH:
      base::attach_thread_tls();
      break;
    case DLL_THREAD_DETACH:
      base::detach_thread_tls();
      break;
  }
  return TRUE;
}

}  // extern "C"
