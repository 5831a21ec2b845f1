// The file cache: a page at a time is made resident in the file's data section, held, and copied.
#include "kernel/io/cache.hpp"

#include "kernel/io/system_volume.hpp"
#include "kernel/mm/control_area.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/rtl/memory.hpp"

namespace {

/// With the file's Resource held.
NTSTATUS use_cache(FILE_OBJECT& file) {
  if (file.CacheMap != nullptr) return STATUS_SUCCESS;
  const NTSTATUS status = MiFindDataFile(file.Fcb, file.CacheMap);
  if (NT_SUCCESS(status)) ++file.CacheMap->NumberOfCacheReferences;
  return status;
}

NTSTATUS copy_out(CcBuffer to, ULONG at, const UCHAR* from, ULONG count) {
  if (to.user) return MmCopyToUser(reinterpret_cast<ULONG>(to.address) + at, from, count);
  memcpy(static_cast<UCHAR*>(to.address) + at, from, count);
  return STATUS_SUCCESS;
}

NTSTATUS copy_in(UCHAR* to, CcBuffer from, ULONG at, ULONG count) {
  if (from.user) return MmCopyFromUser(to, reinterpret_cast<ULONG>(from.address) + at, count);
  memcpy(to, static_cast<const UCHAR*>(from.address) + at, count);
  return STATUS_SUCCESS;
}

constexpr ULONG offset_in_page(ULONG offset) { return offset & PageGeometry::offset_mask; }

/// Bytes up to the end of the page or of the transfer.
ULONG part_of_page(ULONG offset, ULONG left) {
  const ULONG room = PAGE_SIZE - offset_in_page(offset);
  return left < room ? left : room;
}

/// A page held in memory for as long as one of these lives.
class PinnedPage {
 public:
  PinnedPage() = default;
  ~PinnedPage() {
    if (frame_ != 0) MiUnpinFilePage(frame_, modified_);
  }
  PinnedPage(const PinnedPage&) = delete;
  PinnedPage& operator=(const PinnedPage&) = delete;

  NTSTATUS pin(CONTROL_AREA* area, ULONG offset, bool fresh) {
    return MiPinFilePage(area, PageGeometry::page_of(offset), fresh, frame_);
  }
  UCHAR* bytes() const { return MiFrameToKseg0<UCHAR>(frame_); }
  void modified() { modified_ = true; }

 private:
  ULONG frame_ = 0;
  bool modified_ = false;
};

/// The page the file ends in, held. What a view left there behind the end becomes zeros, before it
/// is part of the file.
NTSTATUS hold_last_page(CONTROL_AREA* area, ULONG size, PinnedPage& page) {
  const ULONG valid = offset_in_page(size);
  if (valid == 0) return STATUS_SUCCESS;
  const NTSTATUS status = page.pin(area, size, false);
  if (!NT_SUCCESS(status)) return status;
  memset(page.bytes() + valid, 0, PAGE_SIZE - valid);
  page.modified();
  return STATUS_SUCCESS;
}

/// With the file's Resource held.
bool is_mapped(const FCB* fcb) {
  const CONTROL_AREA* data = fcb->SectionObjectPointers.DataSectionObject;
  return fcb->SectionObjectPointers.ImageSectionObject != nullptr ||
         (data != nullptr && data->NumberOfSectionReferences + data->NumberOfMappedViews != 0);
}

NTSTATUS set_size_on_volume(FCB* fcb, ULONG size) {
  const IoVolumeGuard volume(*fcb->Vcb);
  return volume->set_size(*fcb->File, size);
}

/// The file gets clusters up to `end`, and zeros up to `offset`. Pages that lie wholly past the old
/// end, and past `offset`, are nowhere yet. The two that are partly there come into memory before
/// the file grows: what the new clusters hold is nobody's business.
NTSTATUS extend(CONTROL_AREA* area, ULONG offset, ULONG end) {
  FCB* fcb = area->File;
  const ULONG old_size = fcb->File->size;
  NTSTATUS status = MiExtendDataFile(area, end);
  if (!NT_SUCCESS(status)) return status;
  PinnedPage last, before_data;
  status = hold_last_page(area, old_size, last);
  if (NT_SUCCESS(status) && offset > old_size) {
    status = set_size_on_volume(fcb, offset);
    if (NT_SUCCESS(status)) status = hold_last_page(area, offset, before_data);
  }
  if (NT_SUCCESS(status)) {
    const IoVolumeGuard volume(*fcb->Vcb);
    status = volume->extend(*fcb->File, end);
  }
  if (!NT_SUCCESS(status) && fcb->File->size != old_size) set_size_on_volume(fcb, old_size);
  return status;
}

NTSTATUS write_pages(CONTROL_AREA* area, ULONG offset, ULONG length, ULONG fresh_from,
                     CcBuffer from, ULONG& done) {
  while (done < length) {
    const ULONG at = offset + done, part = part_of_page(at, length - done);
    PinnedPage page;
    NTSTATUS status = page.pin(area, at, at - offset_in_page(at) >= fresh_from);
    if (!NT_SUCCESS(status)) return status;
    status = copy_in(page.bytes() + offset_in_page(at), from, done, part);
    page.modified();
    if (!NT_SUCCESS(status)) return status;
    done += part;
  }
  return STATUS_SUCCESS;
}

}  // namespace

NTSTATUS CcCopyRead(FILE_OBJECT& file, ULONG offset, ULONG length, CcBuffer to, ULONG& done) {
  done = 0;
  const FastMutexGuard lock(file.Fcb->Resource);
  const ULONG size = file.File->size;
  if (offset >= size) return STATUS_END_OF_FILE;
  if (length > size - offset) length = size - offset;
  NTSTATUS status = use_cache(file);
  while (NT_SUCCESS(status) && done < length) {
    const ULONG at = offset + done, part = part_of_page(at, length - done);
    PinnedPage page;
    status = page.pin(file.CacheMap, at, false);
    if (NT_SUCCESS(status)) status = copy_out(to, done, page.bytes() + offset_in_page(at), part);
    if (NT_SUCCESS(status)) done += part;
  }
  return status;
}

NTSTATUS CcCopyWrite(FILE_OBJECT& file, ULONG offset, ULONG length, CcBuffer from, ULONG& done) {
  done = 0;
  if (offset > 0xFFFFFFFF - length) return STATUS_DISK_FULL;  // FAT sizes are 32 bits
  const FastMutexGuard lock(file.Fcb->Resource);
  NTSTATUS status = use_cache(file);
  if (!NT_SUCCESS(status)) return status;
  CONTROL_AREA* area = file.CacheMap;
  const ULONG old_size = file.File->size, end = offset + length;
  const ULONG written_to = offset > old_size ? offset : old_size;
  if (end > old_size) status = extend(area, offset, end);
  if (!NT_SUCCESS(status)) return status;
  status = write_pages(area, offset, length, end > old_size ? written_to : end, from, done);
  if (!NT_SUCCESS(status) && end > old_size) {
    // What could not be copied is not part of the file.
    const ULONG size = offset + done > written_to ? offset + done : written_to;
    MiPurgeFilePages(area, PageGeometry::page_of(size - 1) + 1);
    set_size_on_volume(file.Fcb, size);
  }
  if (NT_SUCCESS(status) && file.WriteThrough) {
    status = MiFlushFilePages(area, PageGeometry::page_of(offset), PageGeometry::page_of(end - 1));
  }
  return status;
}

NTSTATUS CcFlushCache(FCB* fcb) {
  const FastMutexGuard lock(fcb->Resource);
  CONTROL_AREA* area = fcb->SectionObjectPointers.DataSectionObject;
  return area == nullptr ? STATUS_SUCCESS
                         : MiFlushFilePages(area, 0, area->Segment.TotalNumberOfPtes);
}

void CcUninitializeCacheMap(FILE_OBJECT& file) {
  if (file.CacheMap != nullptr) {
    MiDereferenceFile(file.CacheMap, file.CacheMap->NumberOfCacheReferences);
  }
  file.CacheMap = nullptr;
}

NTSTATUS CcSetFileSize(FCB* fcb, ULONG size) {
  const FastMutexGuard lock(fcb->Resource);
  CONTROL_AREA* area = fcb->SectionObjectPointers.DataSectionObject;
  const ULONG old_size = fcb->File->size;
  if (size >= old_size) return CcGrowFile(fcb, size);
  if (is_mapped(fcb)) return STATUS_USER_MAPPED_FILE;
  if (area != nullptr) {
    MiPurgeFilePages(area, PageGeometry::page_of(PageGeometry::round_up(size)));
  }
  return set_size_on_volume(fcb, size);
}

NTSTATUS CcGrowFile(FCB* fcb, ULONG size) {
  CONTROL_AREA* area = fcb->SectionObjectPointers.DataSectionObject;
  if (area == nullptr) return set_size_on_volume(fcb, size);
  NTSTATUS status = MiExtendDataFile(area, size);
  PinnedPage last;
  if (NT_SUCCESS(status)) status = hold_last_page(area, fcb->File->size, last);
  return NT_SUCCESS(status) ? set_size_on_volume(fcb, size) : status;
}

bool CcIsFileMapped(FCB* fcb) {
  const FastMutexGuard lock(fcb->Resource);
  return is_mapped(fcb);
}
