// How many pages each transfer between memory and disk had: figures for a debugger outside.
#pragma once

#include "kernel/nt/types.hpp"

/// Transfers by their pages, 1 to 15; the last counts those of 16 and more.
struct MMCLUSTER_COUNTS {
  ULONG Transfers[16] = {};
  void count(ULONG pages) { ++Transfers[(pages < 16 ? pages : 16) - 1]; }
};

extern "C" {
/// Read by faults; written by the modified page writer; written to files.
extern MMCLUSTER_COUNTS MmPageReadClusters, MmDirtyWriteClusters, MmMappedWriteClusters;
}
