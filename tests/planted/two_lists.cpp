// A page that becomes free goes onto the zeroed list as well.
#include "tests/planted/planted.hpp"

extern "C" {
decltype(MiDecrementShareCount) __real__Z21MiDecrementShareCountj;

void __wrap__Z21MiDecrementShareCountj(ULONG frame) {
  __real__Z21MiDecrementShareCountj(frame);
  if (MmPfnDatabase[frame].PageLocation == FreePageList && PlantedNow<4>()) {
    MiInsertTailPfn(MmPfnDatabase, MmZeroedPageListHead, frame);
  }
}
}
