// The control area of an image file: a subsection for the headers and for each PE section, read on
// demand. Writable pages are copied on write, unless the section is shared; then the paging file
// takes what was written.
#include "kernel/io/cache.hpp"
#include "kernel/ke/irql.hpp"
#include "kernel/ldr/image.hpp"
#include "kernel/mm/control_area.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/prototype.hpp"
#include "kernel/rtl/memory.hpp"

namespace pe = arch::pe;

namespace {

constexpr ULONG control_tag = PoolTag("MmCi"), header_tag = PoolTag("MmIh");

/// Everything about an image in one allocation.
struct Image {
  CONTROL_AREA area;  // first
  LdrImageHeaders headers;
  ULONG subsection_count;
  SUBSECTION subsections[1];  // the headers', then one a section
};

MMPTE* prototypes_of(Image* image) { return image->area.Segment.PrototypePte; }

/// The first part of the file that lies in the page, or null.
SUBSECTION* first_part(Image* image, ULONG page) {
  const ULONG start = page << PAGE_SHIFT;
  for (ULONG i = 0; i < image->subsection_count; ++i) {
    SUBSECTION& s = image->subsections[i];
    if (s.FileBytes != 0 && s.SegmentOffset < start + PAGE_SIZE &&
        s.SegmentOffset + s.FileBytes > start) {
      return &s;
    }
  }
  return nullptr;
}

void describe(Image* image, ULONG index, ULONG rva, ULONG offset, ULONG bytes) {
  SUBSECTION& s = image->subsections[index];
  const ULONG first = rva >> PAGE_SHIFT;
  const ULONG end = PageGeometry::round_up(rva + bytes) >> PAGE_SHIFT;
  s = {{},  &image->area, nullptr, prototypes_of(image) + first, end - first, first,
       rva, offset,       bytes};
  if (index != 0) image->subsections[index - 1].NextSubsection = &s;
}

/// A protection for a process's first look at the page: copy-on-write where it may be written.
MMPROTECTION protection_of(const pe::NtHeaders32* headers, ULONG page) {
  const ULONG rva = page << PAGE_SHIFT;
  const MMPROTECTION code = MiMakeProtectionMask(LdrPageProtection(headers, rva, PAGE_SIZE));
  const bool copied = MiAllowsWrite(code) && !LdrIsPageShared(headers, rva, PAGE_SIZE);
  return copied ? code + 1 : code;  // WRITECOPY follows READWRITE
}

void make_prototypes(Image* image, const pe::NtHeaders32* headers) {
  SEGMENT& segment = image->area.Segment;
  for (ULONG page = 0; page < segment.TotalNumberOfPtes; ++page) {
    const MMPROTECTION code = protection_of(headers, page);
    const SUBSECTION* part = first_part(image, page);
    segment.PrototypePte[page] =
        part != nullptr ? MiMakeSubsectionPte(code, part) : MiMakeDemandZeroPte(code);
    if (MiIsWriteCopy(code)) {
      ++image->area.NumberOfCopyPages;
    } else if (MiAllowsWrite(code)) {
      ++segment.NumberOfCommittedPages;
    }
  }
}

void initialize(Image* image, FCB* file, const pe::NtHeaders32* headers, PMMPTE ptes) {
  const pe::OptionalHeader32& optional = headers->optional;
  RtlZeroMemory(&image->area, sizeof image->area);
  image->headers = {headers->file, optional};
  image->area.File = file;
  image->area.Image = &image->headers;
  SEGMENT& segment = image->area.Segment;
  segment.ControlArea = &image->area;
  segment.TotalNumberOfPtes = PageGeometry::round_up(optional.size_of_image) >> PAGE_SHIFT;
  segment.SizeOfSegment = optional.size_of_image;
  segment.Protection = MM_EXECUTE_WRITECOPY;
  segment.PrototypePte = ptes;
  KeInitializeEvent(&image->area.PagingIoDone, NotificationEvent, false);
  image->subsection_count = headers->file.number_of_sections + 1u;
  describe(image, 0, 0, 0, optional.size_of_headers);
  const pe::SectionHeader* section = LdrFirstSection(headers);
  for (ULONG i = 1; i < image->subsection_count; ++i, ++section) {
    const ULONG memory = LdrSectionSize(*section), raw = section->size_of_raw_data;
    const ULONG bytes = section->pointer_to_raw_data == 0 ? 0 : raw < memory ? raw : memory;
    describe(image, i, section->virtual_address, section->pointer_to_raw_data, bytes);
  }
  image->area.FirstSubsection = image->subsections;
  image->area.LastSubsection = image->subsections + image->subsection_count - 1;
  make_prototypes(image, headers);
}

/// The charge and what it is for come together.
bool enter(CONTROL_AREA* area) {
  const KDispatchGuard guard;
  if (!MiChargeCommitment(area->Segment.NumberOfCommittedPages)) return false;
  InsertTailList(&MmControlAreas, &area->Links);
  return true;
}

NTSTATUS create(FCB* file, const pe::NtHeaders32* headers, CONTROL_AREA*& area) {
  const ULONG pages = PageGeometry::round_up(headers->optional.size_of_image) >> PAGE_SHIFT;
  auto* image = static_cast<Image*>(ExAllocatePoolWithTag(
      NonPagedPool, sizeof(Image) + headers->file.number_of_sections * sizeof(SUBSECTION),
      control_tag));
  auto* ptes =
      static_cast<PMMPTE>(ExAllocatePoolWithTag(NonPagedPool, pages * sizeof(MMPTE), control_tag));
  NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;
  if (image != nullptr && ptes != nullptr) {
    initialize(image, file, headers, ptes);
    status = enter(&image->area) ? STATUS_SUCCESS : STATUS_COMMITMENT_LIMIT;
  }
  if (!NT_SUCCESS(status)) {
    if (image != nullptr) ExFreePool(image);
    if (ptes != nullptr) ExFreePool(ptes);
    return status;
  }
  area = &image->area;
  return STATUS_SUCCESS;
}

bool find(FCB* file, CONTROL_AREA*& area) {
  const FastMutexGuard lock(file->Resource);
  area = file->SectionObjectPointers.ImageSectionObject;
  if (area == nullptr) return false;
  const KDispatchGuard guard;
  ++area->NumberOfSectionReferences;
  return true;
}

/// What was written to the file is what the image is made of.
NTSTATUS find_or_create(FCB* file, const pe::NtHeaders32* headers, CONTROL_AREA*& area) {
  const FastMutexGuard lock(file->Resource);
  area = file->SectionObjectPointers.ImageSectionObject;
  NTSTATUS status = STATUS_SUCCESS;
  if (area == nullptr) {
    CONTROL_AREA* data = file->SectionObjectPointers.DataSectionObject;
    if (data != nullptr) status = MiFlushFilePages(data, 0, data->Segment.TotalNumberOfPtes);
    if (NT_SUCCESS(status)) status = create(file, headers, area);
    if (!NT_SUCCESS(status)) return status;
    IoReferenceFcb(file);
    file->SectionObjectPointers.ImageSectionObject = area;
  }
  const KDispatchGuard guard;
  ++area->NumberOfSectionReferences;
  return STATUS_SUCCESS;
}

}  // namespace

NTSTATUS MiReferenceImageFile(FILE_OBJECT& file, CONTROL_AREA*& area) {
  if (find(file.Fcb, area)) return STATUS_SUCCESS;
  auto* bytes =
      static_cast<UCHAR*>(ExAllocatePoolWithTag(NonPagedPool, LdrMostHeaderBytes, header_tag));
  if (bytes == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  ULONG size = 0;
  NTSTATUS status = CcCopyRead(file, 0, LdrMostHeaderBytes, {bytes, false}, size);
  if (status == STATUS_END_OF_FILE) status = STATUS_INVALID_IMAGE_FORMAT;
  if (NT_SUCCESS(status)) {
    const LdrHeaderBytes image = {bytes, size, file.File->size};
    const pe::NtHeaders32* headers = LdrCheckHeaders(image, LdrImageKind::Program);
    if (headers == nullptr) headers = LdrCheckHeaders(image, LdrImageKind::Library);
    status =
        headers == nullptr ? STATUS_INVALID_IMAGE_FORMAT : find_or_create(file.Fcb, headers, area);
  }
  ExFreePool(bytes);
  return status;
}

void MiDeleteImageFile(CONTROL_AREA* area) {
  MiWaitForPagingIo(area);
  SEGMENT& segment = area->Segment;
  for (ULONG i = 0; i < segment.TotalNumberOfPtes; ++i) {
    const KDispatchGuard guard;  // a page at a time
    MiDeletePrototype(segment.PrototypePte + i);
  }
  {
    const KDispatchGuard guard;
    RemoveEntryList(&area->Links);
    MiReturnCommitment(segment.NumberOfCommittedPages);
  }
  ExFreePool(segment.PrototypePte);
  ExFreePool(area);  // the rest is behind it
}
