// Paging I/O: the frames lie side by side in a window of the kernel's while the volume moves them.
#include "kernel/io/file_paging_io.hpp"

#include "kernel/io/system_volume.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/rtl/memory.hpp"

namespace {

constinit FAST_MUTEX IopPagingMutex = {};  // guards the window; taken before the volume's lock

class FrameWindow {
 public:
  FrameWindow(const ULONG* frames, ULONG count) : lock_(IopPagingMutex), count_(count) {
    for (ULONG i = 0; i < count; ++i) *pte(i) = MiMakeValidKernelPte(frames[i], true);
  }
  ~FrameWindow() {
    for (ULONG i = 0; i < count_; ++i) {
      const KDispatchGuard guard;  // the entry and the TB agree whenever somebody looks
      *pte(i) = MmZeroPte;
      KeFlushSingleTb(MM_FILE_WINDOW + i * PAGE_SIZE);
    }
  }
  FrameWindow(const FrameWindow&) = delete;
  FrameWindow& operator=(const FrameWindow&) = delete;
  static UCHAR* bytes() { return reinterpret_cast<UCHAR*>(MM_FILE_WINDOW); }

 private:
  static PMMPTE pte(ULONG i) { return MiAddressToPte(MM_FILE_WINDOW + i * PAGE_SIZE); }
  FastMutexGuard lock_;
  ULONG count_;
};

constexpr ULONG whole_sectors(ULONG bytes) {
  constexpr ULONG mask = BlockDevice::sector_size - 1;
  return (bytes + mask) & ~mask;
}

NTSTATUS read_part(FCB& fcb, const IO_PAGING_PART& part, ULONG room) {
  UCHAR* to = FrameWindow::bytes() + part.at;
  const ULONG sectors = whole_sectors(part.length);
  FatFile& file = *fcb.File;
  const IoVolumeGuard volume(*fcb.Vcb);
  if (part.offset % BlockDevice::sector_size == 0 && sectors <= room) {
    const NTSTATUS status = volume->read_pages(file, part.offset, to, sectors);
    memset(to + part.length, 0, sectors - part.length);
    return status;
  }
  ULONG done = 0;
  const NTSTATUS status = volume->read(file, part.offset, to, part.length, done);
  memset(to + done, 0, part.length - done);
  return status == STATUS_END_OF_FILE ? STATUS_SUCCESS : status;
}

}  // namespace

void IoInitializePagingIo() { ExInitializeFastMutex(&IopPagingMutex); }

NTSTATUS IoPageRead(FCB* fcb, const ULONG* frames, ULONG count, const IO_PAGING_PART* parts,
                    ULONG part_count) {
  const FrameWindow window(frames, count);
  ULONG filled = 0;
  for (ULONG i = 0; i < part_count; ++i) {
    memset(FrameWindow::bytes() + filled, 0, parts[i].at - filled);
    const ULONG end = i + 1 < part_count ? parts[i + 1].at : count * PAGE_SIZE;
    const NTSTATUS status = read_part(*fcb, parts[i], end - parts[i].at);
    if (!NT_SUCCESS(status)) return status;
    filled = parts[i].at + parts[i].length;
  }
  memset(FrameWindow::bytes() + filled, 0, count * PAGE_SIZE - filled);
  return STATUS_SUCCESS;
}

NTSTATUS IoSynchronousPageWrite(FCB* fcb, const ULONG* frames, ULONG count, ULONG offset) {
  const FrameWindow window(frames, count);
  const IoVolumeGuard volume(*fcb->Vcb);
  return volume->write_pages(*fcb->File, offset, FrameWindow::bytes(), count * PAGE_SIZE);
}
