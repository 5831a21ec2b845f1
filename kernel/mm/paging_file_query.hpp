// What NtQuerySystemInformation tells of the paging files.
#pragma once

#include "kernel/nt.hpp"

/// Writes SYSTEM_PAGEFILE_INFORMATION records to user memory; `needed` is their size.
NTSTATUS MmQueryPagingFiles(ULONG user_buffer, ULONG length, ULONG& needed);
