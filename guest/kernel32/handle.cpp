// Handles of all kinds.
#include "guest/kernel32/win32.hpp"

namespace {

constexpr DWORD handle_flag_inherit = 1, handle_flag_protect_from_close = 2;

NTSTATUS query_flags(HANDLE handle, OBJECT_HANDLE_FLAG_INFORMATION& flags) {
  return NtQueryObject(handle, ObjectHandleFlagInformation, &flags, sizeof flags, nullptr);
}

}  // namespace

extern "C" {

BOOL WINAPI CloseHandle(HANDLE Handle) { return base::succeed(NtClose(Handle)); }

BOOL WINAPI DuplicateHandle(HANDLE SourceProcess, HANDLE Source, HANDLE TargetProcess,
                            PHANDLE Target, DWORD Access, BOOL Inherit, DWORD Options) {
  return base::succeed(NtDuplicateObject(SourceProcess, Source, TargetProcess, Target, Access,
                                         Inherit != 0 ? OBJ_INHERIT : 0, Options));
}

BOOL WINAPI GetHandleInformation(HANDLE Handle, DWORD* Flags) {
  OBJECT_HANDLE_FLAG_INFORMATION flags;
  if (!base::succeed(query_flags(Handle, flags))) return 0;
  *Flags = (flags.Inherit != FALSE ? handle_flag_inherit : 0) |
           (flags.ProtectFromClose != FALSE ? handle_flag_protect_from_close : 0);
  return 1;
}

BOOL WINAPI SetHandleInformation(HANDLE Handle, DWORD Mask, DWORD Flags) {
  OBJECT_HANDLE_FLAG_INFORMATION flags;
  if (!base::succeed(query_flags(Handle, flags))) return 0;
  if ((Mask & handle_flag_inherit) != 0) flags.Inherit = (Flags & handle_flag_inherit) != 0;
  if ((Mask & handle_flag_protect_from_close) != 0) {
    flags.ProtectFromClose = (Flags & handle_flag_protect_from_close) != 0;
  }
  return base::succeed(
      NtSetInformationObject(Handle, ObjectHandleFlagInformation, &flags, sizeof flags));
}

}  // extern "C"
