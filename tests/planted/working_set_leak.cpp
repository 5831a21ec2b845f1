// A page leaves the working set, and its entry stays there now and then.
#include "kernel/ps/process.hpp"
#include "tests/planted/planted.hpp"

extern "C" {
decltype(MiRemoveFromWorkingSet) __real__Z22MiRemoveFromWorkingSetR9MMSUPPORTj;

void __wrap__Z22MiRemoveFromWorkingSetR9MMSUPPORTj(MMSUPPORT& vm, ULONG frame) {
  if (PlantedNow<4>()) {
    --vm.WorkingSetSize;
  } else {
    __real__Z22MiRemoveFromWorkingSetR9MMSUPPORTj(vm, frame);
  }
}
}
