// NtQueryVirtualMemory: the run of pages from an address on that are alike.
#include "kernel/mm/address_space.hpp"
#include "kernel/mm/regions.hpp"
#include "kernel/ps/process.hpp"

namespace {

PVOID page_pointer(ULONG vpn) { return reinterpret_cast<PVOID>(vpn << PAGE_SHIFT); }

void describe_free(EPROCESS* process, ULONG vpn, MEMORY_BASIC_INFORMATION& info) {
  const MMVAD* next = process->Vm.VadRoot.at_or_above(vpn);
  const ULONG end =
      next == nullptr ? PageGeometry::page_of(MM_HIGHEST_VAD_ADDRESS + 1) : next->StartingVpn;
  info = {page_pointer(vpn), nullptr, 0, (end - vpn) << PAGE_SHIFT, MEM_FREE, PAGE_NOACCESS, 0};
}

void describe_region(const MMVAD* vad, ULONG vpn, MEMORY_BASIC_INFORMATION& info) {
  MMPROTECTION protection = 0;
  const bool committed = MiQueryPage(vad, vpn, protection);
  ULONG end = MiEndOfUniformRun(vpn, vad->EndingVpn) + 1;
  while (end <= vad->EndingVpn) {
    MMPROTECTION other = 0;
    if (MiQueryPage(vad, end, other) != committed || (committed && other != protection)) break;
    end = MiEndOfUniformRun(end, vad->EndingVpn) + 1;
  }
  info.BaseAddress = page_pointer(vpn);
  info.AllocationBase = page_pointer(vad->StartingVpn);
  info.AllocationProtect = vad->VadFlags.VadType == VadImageMap
                               ? PAGE_EXECUTE_WRITECOPY
                               : MiProtectionToPage(vad->VadFlags.Protection);
  info.RegionSize = (end - vpn) << PAGE_SHIFT;
  info.State = committed ? MEM_COMMIT : MEM_RESERVE;
  info.Protect = committed ? MiProtectionToPage(protection) : 0;
  info.Type = vad->VadFlags.VadType == VadImageMap ? MEM_IMAGE : MEM_PRIVATE;
}

}  // namespace

NTSTATUS MmQueryVirtualMemory(EPROCESS* process, ULONG address, MEMORY_BASIC_INFORMATION& info) {
  if (address > MM_HIGHEST_USER_ADDRESS) return STATUS_INVALID_PARAMETER;
  if (address > MM_HIGHEST_VAD_ADDRESS) {
    // The shared user data page, then no-man's-land.
    const bool shared = address < MM_SHARED_USER_DATA_VA + PAGE_SIZE;
    const ULONG base = shared ? MM_SHARED_USER_DATA_VA : address & PageGeometry::page_mask;
    info = {reinterpret_cast<PVOID>(base),
            reinterpret_cast<PVOID>(MM_SHARED_USER_DATA_VA),
            PAGE_READONLY,
            shared ? PAGE_SIZE : MM_HIGHEST_USER_ADDRESS + 1 - base,
            shared ? MEM_COMMIT : MEM_RESERVE,
            shared ? PAGE_READONLY : PAGE_NOACCESS,
            MEM_PRIVATE};
    return STATUS_SUCCESS;
  }
  const MiAddressSpaceGuard lock(process->Vm);
  const ULONG vpn = PageGeometry::page_of(address);
  const MMVAD* vad = process->Vm.VadRoot.find(vpn);
  if (vad == nullptr) {
    describe_free(process, vpn, info);
  } else {
    describe_region(vad, vpn, info);
  }
  return STATUS_SUCCESS;
}
