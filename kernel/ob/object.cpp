// Creating objects and counting references.
#include "kernel/ob/object.hpp"

#include "kernel/ke/irql.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/ps/quota.hpp"
#include "kernel/rtl/memory.hpp"
#include "kernel/se/descriptor.hpp"

namespace {
constexpr ULONG object_tag = PoolTag("Obj ");
}

PVOID ObCreateObject(OBJECT_TYPE& type, ULONG size) {
  auto* header = static_cast<OBJECT_HEADER*>(
      ExAllocatePoolWithTag(NonPagedPool, sizeof(OBJECT_HEADER) + size, object_tag));
  if (header == nullptr) return nullptr;
  *header = {1, 0, &type, nullptr, nullptr, nullptr, sizeof(OBJECT_HEADER) + size, 0};
  RtlZeroMemory(header + 1, size);
  return header + 1;
}

void ObReferenceObject(PVOID body) {
  const KDispatchGuard guard;
  ++ObjectToHeader(body)->PointerCount;
}

void ObDereferenceObject(PVOID body) {
  OBJECT_HEADER* header = ObjectToHeader(body);
  {
    const KDispatchGuard guard;
    if (--header->PointerCount != 0) return;
  }
  if (header->Type->DeleteProcedure != nullptr) header->Type->DeleteProcedure(body);
  SeDeassignSecurity(header);
  PsReturnPoolQuota(header->QuotaBlock, NonPagedPool, header->NonPagedPoolCharge);
  PsDereferenceQuotaBlock(header->QuotaBlock);
  ExFreePool(header);
}

ACCESS_MASK ObMapGenericAccess(const OBJECT_TYPE& type, ACCESS_MASK access) {
  ACCESS_MASK granted =
      access & ~(GENERIC_ALL | GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE | MAXIMUM_ALLOWED);
  if ((access & GENERIC_READ) != 0) granted |= type.GenericRead;
  if ((access & GENERIC_WRITE) != 0) granted |= type.GenericWrite;
  if ((access & GENERIC_EXECUTE) != 0) granted |= type.GenericExecute;
  if ((access & (GENERIC_ALL | MAXIMUM_ALLOWED)) != 0) granted |= type.ValidAccessMask;
  return granted & type.ValidAccessMask;
}
