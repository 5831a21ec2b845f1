// Quotas of pool: what the objects, handles and regions of a process take of the kernel's memory.
// The account outlives its process as long as an object lives that it paid for.
#pragma once

#include "kernel/mm/pool.hpp"

inline constexpr SIZE_T PS_NO_QUOTA = ~SIZE_T{0};

struct EPROCESS_QUOTA_BLOCK {
  struct Account {
    SIZE_T Usage, Peak, Limit;  // bytes
  };
  ULONG ReferenceCount;
  Account Pool[2];  // by POOL_TYPE
};

/// With one reference and the limits of `parent`'s, if it has one; null without memory.
EPROCESS_QUOTA_BLOCK* PsCreateQuotaBlock(const EPROCESS_QUOTA_BLOCK* parent);

// The system has no account: then the block is null, nothing is refused and nothing is counted.
void PsReferenceQuotaBlock(EPROCESS_QUOTA_BLOCK* block);
void PsDereferenceQuotaBlock(EPROCESS_QUOTA_BLOCK* block);
bool PsChargePoolQuota(EPROCESS_QUOTA_BLOCK* block, POOL_TYPE type, SIZE_T bytes);
void PsReturnPoolQuota(EPROCESS_QUOTA_BLOCK* block, POOL_TYPE type, SIZE_T bytes);
