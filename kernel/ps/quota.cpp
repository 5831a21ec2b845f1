// Charging pool to processes.
#include "kernel/ps/quota.hpp"

#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/irql.hpp"

EPROCESS_QUOTA_BLOCK* PsCreateQuotaBlock(const EPROCESS_QUOTA_BLOCK* parent) {
  auto* block = static_cast<EPROCESS_QUOTA_BLOCK*>(
      ExAllocatePoolWithTag(NonPagedPool, sizeof(EPROCESS_QUOTA_BLOCK), PoolTag("PsQb")));
  if (block == nullptr) return nullptr;
  const auto limit = [=](POOL_TYPE type) {
    return parent != nullptr ? parent->Pool[type].Limit : PS_NO_QUOTA;
  };
  *block = {1, {{0, 0, limit(NonPagedPool)}, {0, 0, limit(PagedPool)}}};
  return block;
}

void PsReferenceQuotaBlock(EPROCESS_QUOTA_BLOCK* block) {
  const KDispatchGuard guard;
  if (block != nullptr) ++block->ReferenceCount;
}

void PsDereferenceQuotaBlock(EPROCESS_QUOTA_BLOCK* block) {
  if (block == nullptr) return;
  const KDispatchGuard guard;
  if (--block->ReferenceCount != 0) return;
  const EPROCESS_QUOTA_BLOCK::Account* pool = block->Pool;
  if (pool[NonPagedPool].Usage != 0 || pool[PagedPool].Usage != 0) {
    KeBugCheckEx(QUOTA_UNDERFLOW, reinterpret_cast<ULONG>(block), pool[NonPagedPool].Usage,
                 pool[PagedPool].Usage, 0);
  }
  ExFreePool(block);
}

bool PsChargePoolQuota(EPROCESS_QUOTA_BLOCK* block, POOL_TYPE type, SIZE_T bytes) {
  if (block == nullptr) return true;
  const KDispatchGuard guard;
  EPROCESS_QUOTA_BLOCK::Account& account = block->Pool[type];
  if (account.Usage > account.Limit || bytes > account.Limit - account.Usage) return false;
  account.Usage += bytes;
  if (account.Usage > account.Peak) account.Peak = account.Usage;
  return true;
}

void PsReturnPoolQuota(EPROCESS_QUOTA_BLOCK* block, POOL_TYPE type, SIZE_T bytes) {
  if (block == nullptr) return;
  const KDispatchGuard guard;
  EPROCESS_QUOTA_BLOCK::Account& account = block->Pool[type];
  if (bytes > account.Usage) {
    KeBugCheckEx(QUOTA_UNDERFLOW, reinterpret_cast<ULONG>(block), type, account.Usage, bytes);
  }
  account.Usage -= bytes;
}
