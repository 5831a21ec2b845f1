// What the files of advapi32 share.
#pragma once

#include "guest/ntdll/ntdll.hpp"

using BOOL = LONG;
using DWORD = ULONG;
#define WINAPI NTAPI

namespace advapi {

/// Sets the last error from `status` unless it is a success; returns whether it is.
inline BOOL succeed(NTSTATUS status) {
  if (NT_SUCCESS(status)) return 1;
  RtlSetLastWin32ErrorAndNtStatusFromNtStatus(status);
  return 0;
}

}  // namespace advapi
