// SystemPageFileInformation: a record for each paging file.
#include "kernel/mm/paging_file_query.hpp"

#include "kernel/ke/irql.hpp"
#include "kernel/mm/paging_file.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/rtl/memory.hpp"

namespace {

constexpr ULONG query_tag = PoolTag("MmPq");

struct Record {
  SYSTEM_PAGEFILE_INFORMATION info;
  WCHAR name[sizeof(MMPAGING_FILE::Name) / sizeof(WCHAR)];
};
static_assert(sizeof(Record) % sizeof(ULONG) == 0);

void describe(const MMPAGING_FILE& file, ULONG user_record, Record& record) {
  record.info = {sizeof record,
                 file.Space.Size,
                 MiPageFileUsage(file.Space),
                 file.Space.PeakUsage,
                 {file.NameLength, sizeof record.name,
                  reinterpret_cast<PWSTR>(user_record + offsetof(Record, name))}};
  memcpy(record.name, file.Name, sizeof record.name);
}

}  // namespace

NTSTATUS MmQueryPagingFiles(ULONG user_buffer, ULONG length, ULONG& needed) {
  const ULONG count = MmNumberOfPagingFiles;  // there are never fewer
  needed = count * sizeof(Record);
  if (length < needed) return STATUS_INFO_LENGTH_MISMATCH;
  if (count == 0) return STATUS_SUCCESS;
  auto* records = static_cast<Record*>(ExAllocatePoolWithTag(NonPagedPool, needed, query_tag));
  if (records == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  {
    const KDispatchGuard guard;  // all figures of one moment
    for (ULONG i = 0; i < count; ++i) {
      describe(*MmPagingFile[i], user_buffer + i * sizeof(Record), records[i]);
    }
    records[count - 1].info.NextEntryOffset = 0;
  }
  const NTSTATUS status = MmCopyToUser(user_buffer, records, needed);
  ExFreePool(records);
  return status;
}
