// Modules: LoadLibrary, GetProcAddress and what is known of a module.
#include "guest/kernel32/win32.hpp"

extern "C" {

HMODULE WINAPI LoadLibraryExA(LPCSTR Name, HANDLE, DWORD) {
  base::Unicode name(Name == nullptr ? "" : Name);
  PVOID base = nullptr;
  return base::succeed(LdrLoadDll(nullptr, nullptr, name.get(), &base)) ? base : nullptr;
}

HMODULE WINAPI LoadLibraryA(LPCSTR Name) { return LoadLibraryExA(Name, nullptr, 0); }

BOOL WINAPI FreeLibrary(HMODULE Module) {
  return LdrUnloadDll(Module) == STATUS_SUCCESS ? 1 : base::fail(ERROR_INVALID_HANDLE);
}

HMODULE WINAPI GetModuleHandleA(LPCSTR Name) {
  if (Name == nullptr) return NtCurrentPeb()->ImageBaseAddress;
  base::Unicode name(Name);
  PVOID base = nullptr;
  return base::succeed(LdrGetDllHandle(nullptr, nullptr, name.get(), &base)) ? base : nullptr;
}

/// A name whose upper half is zero is an ordinal.
PVOID WINAPI GetProcAddress(HMODULE Module, LPCSTR Name) {
  if (Module == nullptr) Module = NtCurrentPeb()->ImageBaseAddress;
  const auto ordinal = reinterpret_cast<ULONG>(Name);
  ANSI_STRING name;
  PVOID address = nullptr;
  NTSTATUS status;
  if (ordinal >> 16 == 0) {
    status = LdrGetProcedureAddress(Module, nullptr, ordinal, &address);
  } else {
    RtlInitAnsiString(&name, Name);
    status = LdrGetProcedureAddress(Module, &name, 0, &address);
  }
  return base::succeed(status) ? address : nullptr;
}

DWORD WINAPI GetModuleFileNameA(HMODULE Module, LPSTR Buffer, DWORD Capacity) {
  if (Module == nullptr) Module = NtCurrentPeb()->ImageBaseAddress;
  LDR_DATA_TABLE_ENTRY* entry = nullptr;
  if (!base::succeed(LdrFindEntryForAddress(Module, &entry))) return 0;
  const DWORD copied = base::copy_ansi(entry->FullDllName, Buffer, Capacity);
  if (copied == Capacity && Capacity != 0) Buffer[Capacity - 1] = '\0';  // cut, as on NT
  return copied;
}

BOOL WINAPI DisableThreadLibraryCalls(HMODULE Module) {
  return base::succeed(LdrDisableThreadCalloutsForDll(Module));
}

}  // extern "C"
