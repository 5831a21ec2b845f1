// The bottom of every user thread: calls its start routine under the last exception handler.
#include "arch/registers.hpp"
#include "guest/ntdll/ntdll.hpp"
#include "guest/ntdll/portable_image.hpp"

namespace {

PTOP_LEVEL_EXCEPTION_FILTER unhandled_filter = nullptr;

/// The frame at the end of every chain. Nobody above wanted the exception: the filter kernel32
/// registered decides, and by default the kernel ends the process with the exception's code.
__attribute__((cdecl)) EXCEPTION_DISPOSITION last_handler(PEXCEPTION_RECORD record,
                                                          EXCEPTION_REGISTRATION_RECORD*,
                                                          PCONTEXT context, PVOID) {
  if ((record->ExceptionFlags & (EXCEPTION_UNWINDING | EXCEPTION_EXIT_UNWIND)) != 0) {
    return ExceptionContinueSearch;
  }
  EXCEPTION_POINTERS pointers = {record, context};
  if (unhandled_filter != nullptr) {
    switch (unhandled_filter(&pointers)) {
      case EXCEPTION_CONTINUE_EXECUTION:
        return ExceptionContinueExecution;
      case EXCEPTION_EXECUTE_HANDLER:
        // NT's handler is ExitProcess(code); the second chance keeps the record for the kernel.
        NtRaiseException(record, context, FALSE);
        NtTerminateProcess(NtCurrentProcess(), record->ExceptionCode);
    }
  }
  return ExceptionContinueSearch;
}

constexpr SIZE_T round_up(SIZE_T bytes, SIZE_T unit) { return (bytes + unit - 1) / unit * unit; }

/// The image's header says how large a stack is when the caller does not.
NTSTATUS create_stack(HANDLE process, SIZE_T reserve, SIZE_T commit, INITIAL_TEB& stack) {
  const auto* image = ldr::ImageView::loaded(NtCurrentPeb()->ImageBaseAddress).headers();
  if (reserve == 0) reserve = image->optional.size_of_stack_reserve;
  if (commit == 0) commit = image->optional.size_of_stack_commit;
  commit = round_up(commit == 0 ? 1 : commit, PAGE_SIZE);
  if (reserve < commit + 2 * PAGE_SIZE) reserve = commit + 2 * PAGE_SIZE;
  reserve = round_up(reserve, MM_ALLOCATION_GRANULARITY);
  PVOID base = nullptr;
  NTSTATUS status =
      NtAllocateVirtualMemory(process, &base, 0, &reserve, MEM_RESERVE, PAGE_READWRITE);
  if (!NT_SUCCESS(status)) return status;
  stack.StackAllocationBase = base;
  stack.StackBase = static_cast<char*>(base) + reserve;
  stack.StackLimit = static_cast<char*>(stack.StackBase) - commit;
  PVOID guard = static_cast<char*>(stack.StackLimit) - PAGE_SIZE;
  SIZE_T committed = commit + PAGE_SIZE;
  PVOID lowest = guard;
  status = NtAllocateVirtualMemory(process, &lowest, 0, &committed, MEM_COMMIT, PAGE_READWRITE);
  SIZE_T guard_size = PAGE_SIZE;
  ULONG old = 0;
  if (NT_SUCCESS(status)) {
    status =
        NtProtectVirtualMemory(process, &guard, &guard_size, PAGE_READWRITE | PAGE_GUARD, &old);
  }
  if (!NT_SUCCESS(status)) {
    SIZE_T size = 0;
    NtFreeVirtualMemory(process, &base, &size, MEM_RELEASE);
  }
  return status;
}

}  // namespace

extern "C" {

void RtlUserThreadStart();  // exception_entry.S

void NTAPI RtlSetUnhandledExceptionFilter(PTOP_LEVEL_EXCEPTION_FILTER Filter) {
  unhandled_filter = Filter;
}

/// RtlUserThreadStart's C++ half. It never returns, so the frame stays on the chain to the end.
[[noreturn]] void NTAPI RtlpUserThreadStart(PTHREAD_START_ROUTINE start, PVOID parameter) {
  EXCEPTION_REGISTRATION_RECORD frame = {NtCurrentTeb()->Tib.ExceptionList, last_handler};
  NtCurrentTeb()->Tib.ExceptionList = &frame;
  asm volatile("" : : "r"(&frame) : "memory");
  RtlExitUserThread(static_cast<NTSTATUS>(start(parameter)));
}

/// The last thread to leave takes the process with it; NtTerminateThread sees to that.
[[noreturn]] void NTAPI RtlExitUserThread(NTSTATUS Status) {
  LdrShutdownThread();
  NtCurrentTeb()->FreeStackOnTermination = TRUE;
  for (;;) NtTerminateThread(NtCurrentThread(), Status);
}

[[noreturn]] void NTAPI RtlExitUserProcess(NTSTATUS Status) {
  LdrShutdownProcess();
  for (;;) NtTerminateProcess(NtCurrentProcess(), Status);
}

/// Reserves a stack, commits its top and a guard page below that, and starts the thread on it.
NTSTATUS NTAPI RtlCreateUserThread(HANDLE Process, PVOID SecurityDescriptor,
                                   BOOLEAN CreateSuspended, ULONG, SIZE_T StackReserve,
                                   SIZE_T StackCommit, PTHREAD_START_ROUTINE Start, PVOID Parameter,
                                   PHANDLE Thread, PCLIENT_ID ClientId) {
  INITIAL_TEB stack = {};
  NTSTATUS status = create_stack(Process, StackReserve, StackCommit, stack);
  if (!NT_SUCCESS(status)) return status;
  CONTEXT context = {};
  context.ContextFlags = CONTEXT_FULL;
  context.SegCs = KGDT_R3_CODE;
  context.SegDs = context.SegEs = context.SegSs = KGDT_R3_DATA;
  context.SegFs = KGDT_R3_TEB;
  context.EFlags = arch::eflags::IF;
  context.Eip = reinterpret_cast<ULONG>(&RtlUserThreadStart);
  context.Eax = reinterpret_cast<ULONG>(Start);
  context.Ebx = reinterpret_cast<ULONG>(Parameter);
  context.Esp = reinterpret_cast<ULONG>(stack.StackBase) - sizeof(ULONG);
  HANDLE thread = nullptr;
  CLIENT_ID id = {};
  OBJECT_ATTRIBUTES attributes;
  InitializeObjectAttributes(&attributes, nullptr, 0, nullptr);
  attributes.SecurityDescriptor = SecurityDescriptor;
  status = NtCreateThread(&thread, THREAD_ALL_ACCESS, &attributes, Process, &id, &context, &stack,
                          CreateSuspended);
  if (!NT_SUCCESS(status)) {
    SIZE_T size = 0;
    NtFreeVirtualMemory(Process, &stack.StackAllocationBase, &size, MEM_RELEASE);
    return status;
  }
  if (ClientId != nullptr) *ClientId = id;
  if (Thread != nullptr) {
    *Thread = thread;
  } else {
    NtClose(thread);
  }
  return status;
}

}  // extern "C"
