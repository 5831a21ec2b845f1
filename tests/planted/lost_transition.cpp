// A page goes into transition, and its frame to the free list now and then.
#include "tests/planted/planted.hpp"

extern "C" {
decltype(MiMakeTransition) __real__Z16MiMakeTransitionP5MMPTEj;

void __wrap__Z16MiMakeTransitionP5MMPTEj(PMMPTE pte, MMPROTECTION protection) {
  __real__Z16MiMakeTransitionP5MMPTEj(pte, protection);
  if (!pte->transition() || !PlantedNow<32>()) return;
  const ULONG frame = pte->frame();
  MMPFN& pfn = MmPfnDatabase[frame];
  if (pfn.PageLocation == StandbyPageList) {
    MiUnlinkPfn(MmPfnDatabase, MmStandbyPageListHead, frame);
  } else if (pfn.PageLocation == ModifiedPageList) {
    MiUnlinkPfn(MmPfnDatabase, MmModifiedPageListHead, frame);
  } else {
    return;
  }
  MiInsertPageInFreeList(frame);
}
}
