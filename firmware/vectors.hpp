// The interrupt vector table and the fixed-disk tables it points to.
#pragma once

#include "firmware/ata.hpp"

namespace firmware {

void install_vectors();
void ebda_clear();
/// The 16-byte parameter table of disk 0 or 1, where INT 41h and INT 46h point.
void publish_fixed_disk_table(unsigned index, const Drive& drive);

}  // namespace firmware
