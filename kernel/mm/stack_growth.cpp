// Stacks that grow by their guard page.
#include "kernel/mm/address_space.hpp"
#include "kernel/mm/fault.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/ps/process.hpp"

/// A guard page between the stack's limit and its end is the stack growing: the next page below
/// becomes the guard. The last page above the end can't be guarded: STATUS_STACK_OVERFLOW.
NTSTATUS MiCheckForUserStackGrowth(EPROCESS* process, ULONG address) {
  TEB* teb = KeGetCurrentThread()->Teb;
  PVOID base = nullptr, end = nullptr;
  if (teb == nullptr || KeGetCurrentThread()->Process != &process->Pcb ||
      !NT_SUCCESS(MmReadUser(&teb->Tib.StackBase, base)) ||
      !NT_SUCCESS(MmReadUser(&teb->DeallocationStack, end))) {
    return STATUS_GUARD_PAGE_VIOLATION;
  }
  const ULONG lowest = reinterpret_cast<ULONG>(end);
  if (address < lowest || address >= reinterpret_cast<ULONG>(base)) {
    return STATUS_GUARD_PAGE_VIOLATION;
  }
  const ULONG page = address & PageGeometry::page_mask;
  MmWriteUser(&teb->Tib.StackLimit, reinterpret_cast<PVOID>(page));
  MmRegion guard = {page - PAGE_SIZE, PAGE_SIZE};
  if (page < lowest + 2 * PAGE_SIZE ||
      !NT_SUCCESS(
          MmAllocateVirtualMemory(process, guard, 0, MEM_COMMIT, PAGE_READWRITE | PAGE_GUARD))) {
    return STATUS_STACK_OVERFLOW;
  }
  return STATUS_PAGE_FAULT_GUARD_PAGE;
}
