// Phase 0 of Mm: after it the kernel can allocate.
#pragma once

#include "kernel/nt/types.hpp"

void MmInitSystem();
ULONG MmSharedUserDataFrame();
