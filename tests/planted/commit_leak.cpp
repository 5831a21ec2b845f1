// What is given back of the commitment is a page short now and then.
#include "tests/planted/planted.hpp"

extern "C" {
decltype(MiReturnCommitment) __real__Z18MiReturnCommitmentj;

void __wrap__Z18MiReturnCommitmentj(ULONG pages) {
  __real__Z18MiReturnCommitmentj(pages - (pages != 0 && PlantedNow<4>() ? 1 : 0));
}
}
