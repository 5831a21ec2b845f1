// A library that its program links to: thread-local storage with callbacks, and what DllMain heard.
#include "guest/conformance/library/record.hpp"

extern "C" {

int ls_callbacks[4];           // times a callback heard each reason
void* ls_reserved;             // what DllMain was given when the process began
int ls_callbacks_before_main;  // callbacks that came before DllMain

static DWORD index_of_module;
static const int tls_template[2] = {77, 78};

static void WINAPI callback(void*, DWORD reason, void*) { ++ls_callbacks[reason & 3]; }
static const PIMAGE_TLS_CALLBACK callbacks[] = {callback, callback, nullptr};

extern const IMAGE_TLS_DIRECTORY32 _tls_used;
const IMAGE_TLS_DIRECTORY32 _tls_used = {
    reinterpret_cast<DWORD>(tls_template),
    reinterpret_cast<DWORD>(tls_template + 2),
    reinterpret_cast<DWORD>(&index_of_module),
    reinterpret_cast<DWORD>(callbacks),
    8,
    {0},
};

/// This thread's copy: the two of the template, and two zeros.
int* ls_storage() {
  char** slots;
  asm("movl %%fs:0x2C, %0" : "=r"(slots));
  return reinterpret_cast<int*>(slots[index_of_module]);
}

BOOL WINAPI DllMain(HINSTANCE, DWORD reason, void* reserved) {
  if (reason == DLL_PROCESS_ATTACH) {
    ls_reserved = reserved;
    ls_callbacks_before_main = ls_callbacks[DLL_PROCESS_ATTACH];
  }
  return TRUE;
}
}
