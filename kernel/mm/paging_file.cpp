// \PAGEFILE.SYS: made at start, in one piece, and from then on reached by sector number.
#include "kernel/mm/paging_file.hpp"

#include "kernel/ex/boot_options.hpp"
#include "kernel/io/paging_io.hpp"
#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/dispatcher_objects.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/mm/layout.hpp"
#include "kernel/mm/paging_file_space.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/rtl/memory.hpp"

extern "C" {
ULONG MmNumberOfPagingFiles = 0;
ULONG MmPageReadIoCount = 0, MmPageReadCount = 0, MmDirtyWriteIoCount = 0,
      MmDirtyPagesWriteCount = 0;
}

namespace {

constexpr ULONG space_tag = PoolTag("MmPf"), megabyte = 0x100000;
constexpr ULONG beyond_memory = 50 * megabyte;  // the usual size: memory and 50 MB
constexpr ULONG sectors_per_page = PAGE_SIZE / BlockDevice::sector_size;

constinit MMPAGING_FILE_SPACE MmPagingFile = {};
constinit IoPagingFile MiPagingFileOnDisk = {};
constinit FAST_MUTEX MiPagingMutex = {};  // guards the window

/// Megabytes of PAGEFILE=n; false when the option isn't there or has no digits.
bool size_option(const char* options, ULONG& megabytes) {
  const char* at = ExFindBootOption(options, "PAGEFILE=");
  if (at == nullptr || *at < '0' || *at > '9') return false;
  megabytes = 0;
  for (; *at >= '0' && *at <= '9' && megabytes < 4096; ++at) {
    megabytes = megabytes * 10 + static_cast<ULONG>(*at - '0');
  }
  return true;
}

/// The frames side by side in the kernel's address space, while the disk moves them.
template <class Transfer>
bool through_window(const ULONG* frames, ULONG count, Transfer transfer) {
  const FastMutexGuard lock(MiPagingMutex);
  for (ULONG i = 0; i < count; ++i) {
    *MiAddressToPte(MM_PAGING_WINDOW + i * PAGE_SIZE) = MiMakeValidKernelPte(frames[i], true);
  }
  const bool done = transfer(reinterpret_cast<void*>(MM_PAGING_WINDOW));
  for (ULONG i = 0; i < count; ++i) {
    *MiAddressToPte(MM_PAGING_WINDOW + i * PAGE_SIZE) = MmZeroPte;
    KeFlushSingleTb(MM_PAGING_WINDOW + i * PAGE_SIZE);
  }
  return done;
}

ULONG sector_of(ULONG page) { return MiPagingFileOnDisk.Sector + page * sectors_per_page; }

}  // namespace

NTSTATUS MmCreatePagingFile(const char* options) {
  ExInitializeFastMutex(&MiPagingMutex);
  ULONG megabytes = 0;
  const bool chosen = size_option(options, megabytes);
  if (chosen && megabytes == 0) return STATUS_SUCCESS;
  const ULONG wanted =
      chosen ? megabytes * megabyte : MmNumberOfPhysicalPages * PAGE_SIZE + beyond_memory;
  const NTSTATUS status =
      IoOpenPagingFile(IoSystemPath("\\PAGEFILE.SYS"), wanted, chosen, MiPagingFileOnDisk);
  if (!NT_SUCCESS(status)) return status;
  const ULONG pages = MiPagingFileOnDisk.Size / PAGE_SIZE;
  if (pages < 2) return STATUS_DISK_FULL;
  const ULONG bytes = MiBitmapWords(pages) * sizeof(ULONG);
  auto* bitmap = static_cast<ULONG*>(ExAllocatePoolWithTag(NonPagedPool, bytes, space_tag));
  if (bitmap == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  RtlZeroMemory(bitmap, bytes);
  const KDispatchGuard guard;
  MiInitializePageFileSpace(MmPagingFile, reinterpret_cast<arch::u32*>(bitmap), pages);
  MmTotalCommitLimit += MmPagingFile.FreeSpace;
  MmNumberOfPagingFiles = 1;
  return STATUS_SUCCESS;
}

ULONG MiAllocatePageFileSpace(ULONG wanted, ULONG& first) {
  return MmNumberOfPagingFiles == 0 ? 0 : MiAllocatePageFileRun(MmPagingFile, wanted, first);
}

ULONG MiFreePageFileSpace() { return MmPagingFile.FreeSpace; }

void MiReleasePageFileSpace(MMPTE pte) {
  if (!pte.page_file()) return;
  if (!MiFreePageFilePage(MmPagingFile, pte.page_file_page())) {
    KeBugCheckEx(MEMORY_MANAGEMENT, 3, pte.Long, pte.page_file_page(), MmPagingFile.Size);
  }
}

void MiLosePageFileSpace(ULONG pages) {
  MmTotalCommitLimit -= pages < MmTotalCommitLimit ? pages : MmTotalCommitLimit;
}

bool MiReadPageFile(const ULONG* frames, ULONG count, ULONG page) {
  ++MmPageReadIoCount;
  MmPageReadCount += count;
  return through_window(frames, count, [=](void* window) {
    return MiPagingFileOnDisk.Disk->read(sector_of(page), count * sectors_per_page, window);
  });
}

bool MiWritePageFile(const ULONG* frames, ULONG count, ULONG page) {
  ++MmDirtyWriteIoCount;
  MmDirtyPagesWriteCount += count;
  return through_window(frames, count, [=](void* window) {
    return MiPagingFileOnDisk.Disk->write(sector_of(page), count * sectors_per_page, window);
  });
}
