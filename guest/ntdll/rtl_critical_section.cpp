// Critical sections. LOCK INC and LOCK DEC tell by the zero and sign flags who comes first and
// whether someone waits, so no instruction newer than the 80386 is needed. [386 §11.2.1]
#include "guest/ntdll/ntdll.hpp"
#include "guest/ntdll/spin_lock.hpp"

namespace {

SpinLock event_creation;

/// Adds one; true if the result is zero.
bool increment_is_zero(volatile LONG& count) {
  bool zero;
  asm volatile("lock incl %1\n\tsetz %0" : "=q"(zero), "+m"(count) : : "memory", "cc");
  return zero;
}

/// Subtracts one; true if the result is not negative.
bool decrement_not_negative(volatile LONG& count) {
  bool result;
  asm volatile("lock decl %1\n\tsetns %0" : "=q"(result), "+m"(count) : : "memory", "cc");
  return result;
}

/// The auto-reset event threads wait on, made when first needed.
HANDLE wait_event(PRTL_CRITICAL_SECTION section) {
  SpinGuard guard(event_creation);
  if (section->LockSemaphore == nullptr) {
    NtCreateEvent(&section->LockSemaphore, EVENT_ALL_ACCESS, nullptr, SynchronizationEvent, FALSE);
  }
  return section->LockSemaphore;
}

void own(PRTL_CRITICAL_SECTION section) {
  section->OwningThread = NtCurrentTeb()->ClientId.UniqueThread;
  section->RecursionCount = 1;
}

}  // namespace

extern "C" {

RTL_CRITICAL_SECTION RtlpPebLock = {nullptr, -1, 0, nullptr, nullptr, 0};

NTSTATUS NTAPI RtlInitializeCriticalSection(PRTL_CRITICAL_SECTION Section) {
  *Section = {nullptr, -1, 0, nullptr, nullptr, 0};
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlInitializeCriticalSectionAndSpinCount(PRTL_CRITICAL_SECTION Section, ULONG) {
  return RtlInitializeCriticalSection(Section);  // spinning is no use with one processor
}

NTSTATUS NTAPI RtlEnterCriticalSection(PRTL_CRITICAL_SECTION Section) {
  if (increment_is_zero(Section->LockCount)) {
    own(Section);
    return STATUS_SUCCESS;
  }
  if (Section->OwningThread == NtCurrentTeb()->ClientId.UniqueThread) {
    ++Section->RecursionCount;
    return STATUS_SUCCESS;
  }
  const HANDLE event = wait_event(Section);
  const NTSTATUS status = NtWaitForSingleObject(event, FALSE, nullptr);
  if (!NT_SUCCESS(status)) RtlRaiseStatus(status);
  own(Section);
  return STATUS_SUCCESS;
}

/// Between the look at LockCount and the increment another thread may come first; then this waits
/// for it, which is as long as that thread's next step.
BOOLEAN NTAPI RtlTryEnterCriticalSection(PRTL_CRITICAL_SECTION Section) {
  const bool owned = Section->OwningThread == NtCurrentTeb()->ClientId.UniqueThread;
  if (Section->LockCount != -1 && !owned) return FALSE;
  RtlEnterCriticalSection(Section);
  return TRUE;
}

NTSTATUS NTAPI RtlLeaveCriticalSection(PRTL_CRITICAL_SECTION Section) {
  if (--Section->RecursionCount != 0) {
    decrement_not_negative(Section->LockCount);
    return STATUS_SUCCESS;
  }
  Section->OwningThread = nullptr;
  if (decrement_not_negative(Section->LockCount)) NtSetEvent(wait_event(Section), nullptr);
  return STATUS_SUCCESS;
}

NTSTATUS NTAPI RtlDeleteCriticalSection(PRTL_CRITICAL_SECTION Section) {
  if (Section->LockSemaphore != nullptr) NtClose(Section->LockSemaphore);
  *Section = {nullptr, -1, 0, nullptr, nullptr, 0};
  return STATUS_SUCCESS;
}

void NTAPI RtlAcquirePebLock() { RtlEnterCriticalSection(&RtlpPebLock); }
void NTAPI RtlReleasePebLock() { RtlLeaveCriticalSection(&RtlpPebLock); }

}  // extern "C"
