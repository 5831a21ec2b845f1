// A page of a paging file that nobody needs any more stays taken now and then.
#include "tests/planted/planted.hpp"

extern "C" {
decltype(MiReleasePageFileSpace) __real__Z22MiReleasePageFileSpace5MMPTE;

void __wrap__Z22MiReleasePageFileSpace5MMPTE(MMPTE pte) {
  if (pte.page_file() && PlantedNow<4>()) return;
  __real__Z22MiReleasePageFileSpace5MMPTE(pte);
}
}
