// I/O whose end is told by an event or a routine. Every transfer is complete when its call returns.
#include "guest/kernel32/file_information.hpp"

namespace {

constexpr DWORD io_incomplete = 996;

using CompletionRoutine = void(NTAPI*)(DWORD error, DWORD bytes, OVERLAPPED* overlapped);

/// The APC: NT's routine gets the status block, Win32's what it says.
void NTAPI call_completion(PVOID routine, PIO_STATUS_BLOCK io, ULONG) {
  reinterpret_cast<CompletionRoutine>(routine)(RtlNtStatusToDosError(io->Status), io->Information,
                                               reinterpret_cast<OVERLAPPED*>(io));
}

}  // namespace

extern "C" {

BOOL WINAPI ReadFileEx(HANDLE File, PVOID Buffer, DWORD Bytes, OVERLAPPED* Overlapped,
                       CompletionRoutine Routine) {
  if (Overlapped == nullptr) return base::fail(ERROR_INVALID_PARAMETER);
  base::Request request(Overlapped);
  return base::succeed(NtReadFile(File, nullptr, call_completion, reinterpret_cast<PVOID>(Routine),
                                  request.io_status(), Buffer, Bytes, request.position(), nullptr));
}

BOOL WINAPI WriteFileEx(HANDLE File, const void* Buffer, DWORD Bytes, OVERLAPPED* Overlapped,
                        CompletionRoutine Routine) {
  if (Overlapped == nullptr) return base::fail(ERROR_INVALID_PARAMETER);
  base::Request request(Overlapped);
  return base::succeed(NtWriteFile(File, nullptr, call_completion, reinterpret_cast<PVOID>(Routine),
                                   request.io_status(), const_cast<PVOID>(Buffer), Bytes,
                                   request.position(), nullptr));
}

BOOL WINAPI GetOverlappedResult(HANDLE, OVERLAPPED* Overlapped, DWORD* Bytes, BOOL Wait) {
  const auto* io = reinterpret_cast<const volatile IO_STATUS_BLOCK*>(Overlapped);
  if (io->Status == STATUS_PENDING && Wait != 0 && Overlapped->hEvent != nullptr) {
    const NTSTATUS status = NtWaitForSingleObject(Overlapped->hEvent, FALSE, nullptr);
    if (!base::succeed(status)) return 0;
  }
  if (io->Status == STATUS_PENDING) return base::fail(io_incomplete);
  *Bytes = io->Information;
  return base::succeed(io->Status);
}

}  // extern "C"
