// Counts of file transfers, for NtQuerySystemInformation.
#pragma once

#include "kernel/nt/types.hpp"

struct IoStatistics {
  ULONG read_operations, write_operations, other_operations;
  ULONGLONG bytes_read, bytes_written;
};
extern IoStatistics IoCounts;
