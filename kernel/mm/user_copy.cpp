// Copying between the kernel and user memory.
#include "kernel/mm/user_copy.hpp"

#include "arch/vector.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/ke/trap.hpp"
#include "kernel/mm/boot_paging.hpp"
#include "kernel/mm/fault.hpp"
#include "kernel/mm/pte.hpp"

namespace {

bool in_user_half(ULONG address, ULONG size) {
  return address <= MM_USER_PROBE_ADDRESS && size <= MM_USER_PROBE_ADDRESS - address;
}

/// One page's part. At DISPATCH_LEVEL nobody can change the page between the look and the copy.
NTSTATUS copy_checked(ULONG to, const void* from, ULONG size) {
  for (;;) {
    {
      const KDispatchGuard guard;
      if (MiAddressToPde(to)->valid() && MiAddressToPte(to)->valid() &&
          MiAddressToPte(to)->store_allowed()) {
        return KiCopyBytes(reinterpret_cast<void*>(to), from, size);
      }
    }
    const NTSTATUS status =
        MmAccessFault(arch::page_fault::W, reinterpret_cast<PVOID>(to), KernelMode, nullptr);
    if (!NT_SUCCESS(status)) return status;
  }
}

}  // namespace

NTSTATUS MmCopyFromUser(void* to, ULONG from, ULONG size) {
  if (size == 0) return STATUS_SUCCESS;
  if (!in_user_half(from, size)) return STATUS_ACCESS_VIOLATION;
  return KiCopyBytes(to, reinterpret_cast<const void*>(from), size);
}

NTSTATUS MmCopyToUser(ULONG to, const void* from, ULONG size) {
  if (size == 0) return STATUS_SUCCESS;
  if (!in_user_half(to, size)) return STATUS_ACCESS_VIOLATION;
  if (arch::Paging::write_protect_always || KeI386Is486 != 0) {
    return KiCopyBytes(reinterpret_cast<void*>(to), from, size);
  }
  const auto* source = static_cast<const UCHAR*>(from);
  while (size != 0) {
    const ULONG room = PAGE_SIZE - (to & PageGeometry::offset_mask);
    const ULONG part = size < room ? size : room;
    const NTSTATUS status = copy_checked(to, source, part);
    if (!NT_SUCCESS(status)) return status;
    to += part;
    source += part;
    size -= part;
  }
  return STATUS_SUCCESS;
}
