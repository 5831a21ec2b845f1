// File mapping: sections of files and of the paging file, and views of them.
#include "guest/kernel32/object_attributes.hpp"

namespace {

constexpr DWORD map_copy = 0x1, map_write = 0x2, map_read = 0x4, map_execute = 0x20;
constexpr ACCESS_MASK standard_rights = 0x000F0000;
constexpr DWORD kinds = SEC_FILE | SEC_IMAGE | SEC_RESERVE | SEC_COMMIT | SEC_NOCACHE;

/// What the creator's handle allows; 0 when a mapping can't have this protection.
ACCESS_MASK access_of(DWORD protect) {
  constexpr ACCESS_MASK read = standard_rights | SECTION_QUERY | SECTION_MAP_READ;
  switch (protect) {
    case PAGE_READONLY:
    case PAGE_WRITECOPY:
      return read;
    case PAGE_READWRITE:
      return read | SECTION_MAP_WRITE;
    case PAGE_EXECUTE_READ:
    case PAGE_EXECUTE_WRITECOPY:
      return read | SECTION_MAP_EXECUTE;
    case PAGE_EXECUTE_READWRITE:
      return read | SECTION_MAP_WRITE | SECTION_MAP_EXECUTE;
    default:
      return 0;
  }
}

/// A view's protection: FILE_MAP_COPY alone is copy-on-write, writing includes reading.
ULONG protection_of(DWORD access) {
  const bool execute = (access & map_execute) != 0;
  if ((access & map_write) != 0) return execute ? PAGE_EXECUTE_READWRITE : PAGE_READWRITE;
  if ((access & map_read) != 0) return execute ? PAGE_EXECUTE_READ : PAGE_READONLY;
  if ((access & map_copy) != 0) return execute ? PAGE_EXECUTE_WRITECOPY : PAGE_WRITECOPY;
  return execute ? PAGE_EXECUTE : PAGE_NOACCESS;
}

/// What a handle must allow to be mapped so. The right to a copy is the right to read.
ACCESS_MASK section_access(DWORD access) {
  if ((access & SECTION_ALL_ACCESS) == SECTION_ALL_ACCESS) return SECTION_ALL_ACCESS;
  ACCESS_MASK result = access & ~(map_copy | map_execute);
  if ((access & map_copy) != 0) result |= SECTION_QUERY | SECTION_MAP_READ;
  if ((access & map_execute) != 0) result |= SECTION_MAP_EXECUTE;
  return result;
}

HANDLE create(HANDLE file, const SECURITY_ATTRIBUTES* security, DWORD protect_and_kind,
              LONGLONG bytes, const base::ObjectName& name) {
  const DWORD given = protect_and_kind & kinds;
  // Without a kind, and with SEC_NOCACHE alone, the pages are committed.
  const DWORD attributes =
      (given & (SEC_IMAGE | SEC_RESERVE | SEC_COMMIT)) == 0 ? given | SEC_COMMIT : given;
  const DWORD protect = protect_and_kind & ~kinds;
  const ACCESS_MASK access = access_of(protect);
  const bool paging_file = file == INVALID_HANDLE_VALUE;
  if (access == 0 || bytes < 0 || (paging_file && bytes == 0)) {
    base::fail(ERROR_INVALID_PARAMETER);
    return nullptr;
  }
  LARGE_INTEGER size;
  size.QuadPart = bytes;
  return base::create_object(name, security, [&](PHANDLE section, POBJECT_ATTRIBUTES object) {
    return NtCreateSection(section, access, object, bytes == 0 ? nullptr : &size, protect,
                           attributes, paging_file ? nullptr : file);
  });
}

LONGLONG join(DWORD high, DWORD low) {
  return static_cast<LONGLONG>(static_cast<ULONGLONG>(high) << 32 | low);
}

}  // namespace

extern "C" {

HANDLE WINAPI CreateFileMappingW(HANDLE File, const SECURITY_ATTRIBUTES* Security, DWORD Protect,
                                 DWORD MaximumSizeHigh, DWORD MaximumSizeLow, PCWSTR Name) {
  return create(File, Security, Protect, join(MaximumSizeHigh, MaximumSizeLow),
                base::ObjectName(Name));
}

HANDLE WINAPI CreateFileMappingA(HANDLE File, const SECURITY_ATTRIBUTES* Security, DWORD Protect,
                                 DWORD MaximumSizeHigh, DWORD MaximumSizeLow, LPCSTR Name) {
  return create(File, Security, Protect, join(MaximumSizeHigh, MaximumSizeLow),
                base::ObjectName(Name));
}

HANDLE WINAPI OpenFileMappingW(DWORD Access, BOOL Inherit, PCWSTR Name) {
  return base::open_object(base::ObjectName(Name), NtOpenSection, section_access(Access), Inherit);
}

HANDLE WINAPI OpenFileMappingA(DWORD Access, BOOL Inherit, LPCSTR Name) {
  return base::open_object(base::ObjectName(Name), NtOpenSection, section_access(Access), Inherit);
}

PVOID WINAPI MapViewOfFileEx(HANDLE Mapping, DWORD Access, DWORD OffsetHigh, DWORD OffsetLow,
                             SIZE_T Bytes, PVOID Base) {
  LARGE_INTEGER offset;
  offset.QuadPart = join(OffsetHigh, OffsetLow);
  const NTSTATUS status = NtMapViewOfSection(Mapping, NtCurrentProcess(), &Base, 0, 0, &offset,
                                             &Bytes, ViewShare, 0, protection_of(Access));
  return base::succeed(status) ? Base : nullptr;
}

PVOID WINAPI MapViewOfFile(HANDLE Mapping, DWORD Access, DWORD OffsetHigh, DWORD OffsetLow,
                           SIZE_T Bytes) {
  return MapViewOfFileEx(Mapping, Access, OffsetHigh, OffsetLow, Bytes, nullptr);
}

BOOL WINAPI UnmapViewOfFile(const void* Base) {
  return base::succeed(NtUnmapViewOfSection(NtCurrentProcess(), const_cast<PVOID>(Base)));
}

/// What the paging file backs has nowhere to be flushed to: that is no error.
BOOL WINAPI FlushViewOfFile(const void* Base, SIZE_T Bytes) {
  PVOID base = const_cast<PVOID>(Base);
  IO_STATUS_BLOCK io;
  const NTSTATUS status = NtFlushVirtualMemory(NtCurrentProcess(), &base, &Bytes, &io);
  return status == STATUS_NOT_MAPPED_DATA ? 1 : base::succeed(status);
}

}  // extern "C"
