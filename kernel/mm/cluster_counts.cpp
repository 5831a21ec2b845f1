// The counts themselves.
#include "kernel/mm/cluster_counts.hpp"

extern "C" {
constinit MMCLUSTER_COUNTS MmPageReadClusters = {}, MmDirtyWriteClusters = {},
                           MmMappedWriteClusters = {};
}
