// A change of protection leaves the TLB as it was.
#include "tests/planted/planted.hpp"

namespace {
bool protecting = false;
}

extern "C" {
decltype(MmProtectVirtualMemory) __real__Z22MmProtectVirtualMemoryP8EPROCESSR8MmRegionjRj;
decltype(KeFlushSingleTb) __real__Z15KeFlushSingleTbj;

NTSTATUS __wrap__Z22MmProtectVirtualMemoryP8EPROCESSR8MmRegionjRj(EPROCESS* process,
                                                                  MmRegion& region, ULONG protect,
                                                                  ULONG& old) {
  protecting = true;
  const NTSTATUS status =
      __real__Z22MmProtectVirtualMemoryP8EPROCESSR8MmRegionjRj(process, region, protect, old);
  protecting = false;
  return status;
}

void __wrap__Z15KeFlushSingleTbj(ULONG address) {
  if (!protecting) __real__Z15KeFlushSingleTbj(address);
}
}
