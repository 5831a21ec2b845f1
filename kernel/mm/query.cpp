// NtQueryVirtualMemory: the run of pages from an address on that are alike.
#include "kernel/mm/page_table.hpp"
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

NTSTATUS describe_region(EPROCESS* process, const MMVAD* vad, ULONG vpn,
                         MEMORY_BASIC_INFORMATION& info) {
  MMPROTECTION protection = 0;
  bool committed = false;
  ULONG pages = 0;
  MiPageWalk walk(process, vpn, vad->EndingVpn, vad);
  while (walk.next()) {
    MMPROTECTION here = 0;
    const bool committed_here = MiQueryPage(process, vad, walk.vpn(), here);
    if (pages == 0) {
      committed = committed_here;
      protection = here;
    } else if (committed_here != committed || (committed && here != protection)) {
      break;
    }
    pages += walk.count();
  }
  info.BaseAddress = page_pointer(vpn);
  info.AllocationBase = page_pointer(vad->StartingVpn);
  info.AllocationProtect = vad->VadFlags.VadType == VadImageMap
                               ? PAGE_EXECUTE_WRITECOPY
                               : MiProtectionToPage(vad->VadFlags.Protection);
  info.RegionSize = pages << PAGE_SHIFT;
  info.State = committed ? MEM_COMMIT : MEM_RESERVE;
  info.Protect = committed ? MiProtectionToPage(protection) : 0;
  const ULONG view = vad->ControlArea != nullptr ? MEM_MAPPED : MEM_PRIVATE;
  info.Type = vad->VadFlags.VadType == VadImageMap ? MEM_IMAGE : view;
  return walk.status();
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
  if (vad != nullptr) return describe_region(process, vad, vpn, info);
  describe_free(process, vpn, info);
  return STATUS_SUCCESS;
}
