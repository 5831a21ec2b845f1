// The last error of a thread, and its translation from NTSTATUS.
#include "guest/ntdll/ntdll.hpp"
#include "guest/ntdll/status_table.hpp"

extern "C" {

ULONG NTAPI RtlNtStatusToDosError(NTSTATUS Status) {
  NtCurrentTeb()->LastStatusValue = Status;
  return rtl::status_to_error(static_cast<ULONG>(Status));
}

ULONG NTAPI RtlGetLastWin32Error() { return NtCurrentTeb()->LastErrorValue; }
void NTAPI RtlSetLastWin32Error(ULONG Error) { NtCurrentTeb()->LastErrorValue = Error; }

void NTAPI RtlSetLastWin32ErrorAndNtStatusFromNtStatus(NTSTATUS Status) {
  NtCurrentTeb()->LastErrorValue = RtlNtStatusToDosError(Status);
}

}  // extern "C"
