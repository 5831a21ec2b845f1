// Modules: LoadLibrary, GetProcAddress and what is known of a module.
#include "guest/kernel32/win32.hpp"

namespace {

constexpr DWORD dont_resolve = 1, as_datafile = 2;
constexpr ULONG executable_image = 2;   // asks LdrLoadDll for the pages only
constexpr ULONG_PTR datafile_mark = 1;  // in the handle: the file lies there as it is on the disk

bool is_image(const UCHAR* file, SIZE_T size) {
  constexpr SIZE_T header = 0x3C;
  if (size < header + sizeof(ULONG) || file[0] != 'M' || file[1] != 'Z') return false;
  const ULONG at = *reinterpret_cast<const ULONG*>(file + header);
  return at <= size - sizeof(ULONG) && memcmp(file + at, "PE\0", sizeof(ULONG)) == 0;
}

/// The whole file as data, read-only.
HMODULE map_datafile(PUNICODE_STRING name) {
  UNICODE_STRING path = {};
  if (!RtlDosPathNameToNtPathName_U(name->Buffer, &path, nullptr, nullptr)) {
    base::fail(ERROR_FILE_NOT_FOUND);
    return nullptr;
  }
  OBJECT_ATTRIBUTES attributes;
  InitializeObjectAttributes(&attributes, &path, OBJ_CASE_INSENSITIVE, nullptr);
  IO_STATUS_BLOCK io;
  HANDLE file = nullptr, section = nullptr;
  NTSTATUS status =
      NtOpenFile(&file, FILE_GENERIC_READ, &attributes, &io, FILE_SHARE_READ | FILE_SHARE_DELETE,
                 FILE_SYNCHRONOUS_IO_NONALERT | FILE_NON_DIRECTORY_FILE);
  RtlFreeUnicodeString(&path);
  if (!base::succeed(status)) return nullptr;
  status = NtCreateSection(&section, SECTION_MAP_READ, nullptr, nullptr, PAGE_READONLY, SEC_COMMIT,
                           file);
  NtClose(file);
  PVOID address = nullptr;
  SIZE_T size = 0;
  if (NT_SUCCESS(status)) {
    status = NtMapViewOfSection(section, NtCurrentProcess(), &address, 0, 0, nullptr, &size,
                                ViewUnmap, 0, PAGE_READONLY);
    NtClose(section);
  }
  if (NT_SUCCESS(status) && !is_image(static_cast<UCHAR*>(address), size)) {
    NtUnmapViewOfSection(NtCurrentProcess(), address);
    status = STATUS_INVALID_IMAGE_FORMAT;
  }
  if (status == STATUS_MAPPED_FILE_SIZE_ZERO) status = STATUS_INVALID_IMAGE_FORMAT;
  if (!base::succeed(status)) return nullptr;
  return reinterpret_cast<HMODULE>(reinterpret_cast<ULONG_PTR>(address) | datafile_mark);
}

HMODULE load(PUNICODE_STRING name, DWORD flags) {
  PVOID base = nullptr;
  if (name->Length == 0) {
    base::fail(ERROR_INVALID_PARAMETER);
    return nullptr;
  }
  if ((flags & as_datafile) != 0) {
    // One that is here already needs no second mapping.
    return NT_SUCCESS(LdrGetDllHandle(nullptr, nullptr, name, &base)) &&
                   NT_SUCCESS(LdrLoadDll(nullptr, nullptr, name, &base))
               ? base
               : map_datafile(name);
  }
  ULONG characteristics = (flags & dont_resolve) != 0 ? executable_image : 0;
  return base::succeed(LdrLoadDll(nullptr, &characteristics, name, &base)) ? base : nullptr;
}

HMODULE handle_of(PUNICODE_STRING name) {
  PVOID base = nullptr;
  return base::succeed(LdrGetDllHandle(nullptr, nullptr, name, &base)) ? base : nullptr;
}

const UNICODE_STRING* file_name_of(HMODULE module) {
  if (module == nullptr) module = NtCurrentPeb()->ImageBaseAddress;
  LDR_DATA_TABLE_ENTRY* entry = nullptr;
  const NTSTATUS status = LdrFindEntryForAddress(module, &entry);
  if (!base::succeed(status)) return nullptr;
  if (entry->DllBase == module) return &entry->FullDllName;
  base::fail(ERROR_MOD_NOT_FOUND);
  return nullptr;
}

}  // namespace

extern "C" {

HMODULE WINAPI LoadLibraryExA(LPCSTR Name, HANDLE, DWORD Flags) {
  base::Unicode name(Name == nullptr ? "" : Name);
  return load(name.get(), Flags);
}

HMODULE WINAPI LoadLibraryExW(PCWSTR Name, HANDLE, DWORD Flags) {
  UNICODE_STRING name;
  RtlInitUnicodeString(&name, Name);
  return load(&name, Flags);
}

HMODULE WINAPI LoadLibraryA(LPCSTR Name) { return LoadLibraryExA(Name, nullptr, 0); }
HMODULE WINAPI LoadLibraryW(PCWSTR Name) { return LoadLibraryExW(Name, nullptr, 0); }

BOOL WINAPI FreeLibrary(HMODULE Module) {
  if (Module == nullptr) return base::fail(ERROR_INVALID_HANDLE);
  const auto address = reinterpret_cast<ULONG_PTR>(Module);
  if ((address & datafile_mark) != 0) {
    return base::succeed(NtUnmapViewOfSection(NtCurrentProcess(),
                                              reinterpret_cast<PVOID>(address & ~datafile_mark)));
  }
  return base::succeed(LdrUnloadDll(Module));
}

/// The code that calls this has no longer anywhere to return to.
[[noreturn]] void WINAPI FreeLibraryAndExitThread(HMODULE Module, DWORD Code) {
  LdrUnloadDll(Module);
  RtlExitUserThread(static_cast<NTSTATUS>(Code));
}

HMODULE WINAPI GetModuleHandleA(LPCSTR Name) {
  if (Name == nullptr) return NtCurrentPeb()->ImageBaseAddress;
  base::Unicode name(Name);
  return handle_of(name.get());
}

HMODULE WINAPI GetModuleHandleW(PCWSTR Name) {
  if (Name == nullptr) return NtCurrentPeb()->ImageBaseAddress;
  UNICODE_STRING name;
  RtlInitUnicodeString(&name, Name);
  return handle_of(&name);
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

/// A name that is too long is cut, and terminated, as on NT.
DWORD WINAPI GetModuleFileNameA(HMODULE Module, LPSTR Buffer, DWORD Capacity) {
  const UNICODE_STRING* path = file_name_of(Module);
  if (path == nullptr) return 0;
  const DWORD copied = base::copy_ansi(*path, Buffer, Capacity);
  if (copied == Capacity && Capacity != 0) Buffer[Capacity - 1] = '\0';
  return copied;
}

DWORD WINAPI GetModuleFileNameW(HMODULE Module, PWSTR Buffer, DWORD Capacity) {
  const UNICODE_STRING* path = file_name_of(Module);
  if (path == nullptr) return 0;
  const DWORD length = path->Length / sizeof(WCHAR);
  const DWORD copied = length < Capacity ? length : Capacity;
  memcpy(Buffer, path->Buffer, copied * sizeof(WCHAR));
  if (Capacity != 0) Buffer[copied < Capacity ? copied : Capacity - 1] = L'\0';
  return copied;
}

BOOL WINAPI DisableThreadLibraryCalls(HMODULE Module) {
  return base::succeed(LdrDisableThreadCalloutsForDll(Module));
}

}  // extern "C"
