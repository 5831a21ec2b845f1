// Transfers between paging files and frames, which lie side by side in a window of the kernel's
// while a disk moves them. There are windows for several transfers at once.
#include "kernel/io/block_device.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/mm/cluster_counts.hpp"
#include "kernel/mm/layout.hpp"
#include "kernel/mm/paging_file.hpp"
#include "kernel/mm/pfn.hpp"

extern "C" {
ULONG MmPageReadIoCount = 0, MmPageReadCount = 0, MmDirtyWriteIoCount = 0,
      MmDirtyPagesWriteCount = 0;
}

namespace {

constexpr ULONG sectors_per_page = PAGE_SIZE / BlockDevice::sector_size;
constexpr ULONG windows = MM_PAGING_WINDOWS_SIZE / MM_MAXIMUM_TRANSFER;

constinit ULONG MiPagingWindowsInUse = 0;  // a bit each
constinit KEVENT MiPagingWindowEvent = {};

ULONG take_window() {
  const KDispatchGuard guard;
  for (;;) {
    for (ULONG i = 0; i < windows; ++i) {
      if ((MiPagingWindowsInUse >> i & 1) != 0) continue;
      MiPagingWindowsInUse |= 1u << i;
      return i;
    }
    KeWaitForSingleObject(&MiPagingWindowEvent, KernelMode, nullptr);
  }
}

void return_window(ULONG i) {
  const KDispatchGuard guard;
  MiPagingWindowsInUse &= ~(1u << i);
  KeSetEvent(&MiPagingWindowEvent);
}

class PagingWindow {
 public:
  PagingWindow(const ULONG* frames, ULONG count) : number_(take_window()), count_(count) {
    for (ULONG i = 0; i < count; ++i) {
      *MiAddressToPte(address(i)) = MiMakeValidKernelPte(frames[i], true);
    }
  }
  ~PagingWindow() {
    for (ULONG i = 0; i < count_; ++i) {
      const KDispatchGuard guard;  // the entry and the TB agree whenever somebody looks
      *MiAddressToPte(address(i)) = MmZeroPte;
      KeFlushSingleTb(address(i));
    }
    return_window(number_);
  }
  PagingWindow(const PagingWindow&) = delete;
  PagingWindow& operator=(const PagingWindow&) = delete;
  void* page(ULONG i) const { return reinterpret_cast<void*>(address(i)); }

 private:
  ULONG address(ULONG i) const {
    return MM_PAGING_WINDOWS + number_ * MM_MAXIMUM_TRANSFER + i * PAGE_SIZE;
  }
  ULONG number_, count_;
};

/// Run by run: consecutive pages of a file may lie apart on the disk.
template <class Move>
bool transfer(const ULONG* frames, ULONG count, ULONG place, Move move) {
  const MMPAGING_FILE& file = *MmPagingFile[MiFileOfPlace(place)];
  const PagingWindow window(frames, count);
  for (ULONG done = 0; done < count;) {
    arch::u32 sector = 0;
    const ULONG run = MiFindPagingFileRun(file.Map, MiPageOfPlace(place) + done, count - done,
                                          sectors_per_page, sector);
    if (!move(*file.Device, sector, run * sectors_per_page, window.page(done))) return false;
    done += run;
  }
  return true;
}

}  // namespace

void MiInitializePagingFileIo() {
  KeInitializeEvent(&MiPagingWindowEvent, SynchronizationEvent, false);
}

bool MiReadPageFile(const ULONG* frames, ULONG count, ULONG place) {
  MmPageReadClusters.count(count);
  ++MmPageReadIoCount;
  MmPageReadCount += count;
  return transfer(frames, count, place,
                  [](BlockDevice& disk, ULONG sector, ULONG sectors, void* at) {
                    return disk.read(sector, sectors, at);
                  });
}

bool MiWritePageFile(const ULONG* frames, ULONG count, ULONG place) {
  MmDirtyWriteClusters.count(count);
  ++MmDirtyWriteIoCount;
  MmDirtyPagesWriteCount += count;
  return transfer(frames, count, place,
                  [](BlockDevice& disk, ULONG sector, ULONG sectors, void* at) {
                    return disk.write(sector, sectors, at);
                  });
}
