// The share count of a new page is one too many now and then.
#include "tests/planted/planted.hpp"

extern "C" {
decltype(MiInitializePfn) __real__Z15MiInitializePfnjPK5MMPTES_b;

void __wrap__Z15MiInitializePfnjPK5MMPTES_b(ULONG frame, const MMPTE* pte, MMPTE original,
                                            bool modified) {
  __real__Z15MiInitializePfnjPK5MMPTES_b(frame, pte, original, modified);
  if (PlantedNow<32>()) ++MmPfnDatabase[frame].u2.ShareCount;
}
}
