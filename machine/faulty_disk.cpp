// Whether a sector is bad, and for how much longer.
#include "machine/faulty_disk.hpp"

namespace faultline {

bool FaultyDisk::fails(DiskFault::Direction direction, u32 lba) {
  for (auto fault = faults_.begin(); fault != faults_.end(); ++fault) {
    if (fault->direction != direction || lba < fault->first ||
        lba - fault->first >= fault->sectors) {
      continue;
    }
    if (fault->times != 0 && --fault->times == 0) faults_.erase(fault);
    return true;
  }
  return false;
}

}  // namespace faultline
