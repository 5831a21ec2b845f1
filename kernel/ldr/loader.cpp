// The kernel's image loader: ntdll and programs. DLLs are ntdll's business.
#include "kernel/ldr/loader.hpp"

#include "kernel/io/file_object.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/section.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/rtl/memory.hpp"

namespace pe = arch::pe;

namespace {

constexpr ULONG loader_tag = PoolTag("Ldr ");

/// Runs of the image's pages with one protection: each section at most splits two.
constexpr ULONG most_runs = 2 * LdrMostSections + 2;
struct Run {
  MmRegion region;
  ULONG protection;
};

/// Memory of the pool for as long as one of these lives.
class RunList {
 public:
  RunList()
      : runs_(static_cast<Run*>(
            ExAllocatePoolWithTag(NonPagedPool, most_runs * sizeof(Run), loader_tag))) {}
  ~RunList() {
    if (runs_ != nullptr) ExFreePool(runs_);
  }
  RunList(const RunList&) = delete;
  RunList& operator=(const RunList&) = delete;

  NTSTATUS make_writable(EPROCESS* process, ULONG base, ULONG size) {
    if (runs_ == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
    for (ULONG at = base; at < base + size && count_ < most_runs;) {
      MEMORY_BASIC_INFORMATION info;
      NTSTATUS status = MmQueryVirtualMemory(process, at, info);
      if (!NT_SUCCESS(status)) return status;
      Run& run = runs_[count_];
      run = {{at, info.RegionSize}, 0};
      at += info.RegionSize;
      status = MmProtectVirtualMemory(process, run.region, PAGE_EXECUTE_READWRITE, run.protection);
      if (!NT_SUCCESS(status)) return status;
      ++count_;
    }
    return STATUS_SUCCESS;
  }
  NTSTATUS restore(EPROCESS* process) {
    NTSTATUS status = STATUS_SUCCESS;
    for (ULONG i = 0; i < count_ && NT_SUCCESS(status); ++i) {
      ULONG old;
      status = MmProtectVirtualMemory(process, runs_[i].region, runs_[i].protection, old);
    }
    return status;
  }

 private:
  Run* runs_;
  ULONG count_ = 0;
};

/// Adds `delta` at every place a base relocation names. [PE §6.6]
NTSTATUS relocate(const pe::OptionalHeader32& header, ULONG base, ULONG delta) {
  const pe::DataDirectory& directory = header.data_directory[pe::directory_base_relocation];
  const ULONG image_size = header.size_of_image;
  if (header.number_of_rva_and_sizes <= pe::directory_base_relocation || directory.size == 0 ||
      directory.virtual_address > image_size ||
      directory.size > image_size - directory.virtual_address) {
    return STATUS_CONFLICTING_ADDRESSES;
  }
  for (ULONG at = 0; at + sizeof(pe::BaseRelocationBlock) <= directory.size;) {
    const ULONG address = base + directory.virtual_address + at;
    pe::BaseRelocationBlock block;
    NTSTATUS status = MmReadUser(address, block);
    if (!NT_SUCCESS(status)) return status;
    if (block.size_of_block == 0) break;
    if (block.size_of_block < sizeof block || block.size_of_block > directory.size - at) {
      return STATUS_INVALID_IMAGE_FORMAT;
    }
    const ULONG count = (block.size_of_block - sizeof block) / sizeof(USHORT);
    for (ULONG i = 0; i < count; ++i) {
      USHORT entry;
      status = MmReadUser(ULONG{address + sizeof block + i * sizeof(USHORT)}, entry);
      if (!NT_SUCCESS(status)) return status;
      if (entry >> 12 == pe::relocation_absolute) continue;
      const ULONG rva = block.virtual_address + (entry & 0xFFF);
      if (entry >> 12 != pe::relocation_highlow || rva > image_size - sizeof(ULONG)) {
        return STATUS_INVALID_IMAGE_FORMAT;
      }
      ULONG value;
      status = MmReadUser(base + rva, value);
      if (NT_SUCCESS(status)) status = MmWriteUser(base + rva, value + delta);
      if (!NT_SUCCESS(status)) return status;
    }
    at += block.size_of_block;
  }
  return STATUS_SUCCESS;
}

/// The pages a relocation changes become the process's own.
NTSTATUS move(EPROCESS* process, const pe::OptionalHeader32& header, ULONG base) {
  RunList runs;
  NTSTATUS status = runs.make_writable(process, base, header.size_of_image);
  if (NT_SUCCESS(status)) status = relocate(header, base, base - header.image_base);
  return NT_SUCCESS(status) ? runs.restore(process) : status;
}

NTSTATUS open_section(const IoPath& path, SECTION& section) {
  if (path.device != IoDevice::Disk) return STATUS_INVALID_IMAGE_FORMAT;
  const IoOpenRequest request = {FILE_READ_DATA | FILE_EXECUTE, FILE_SHARE_READ | FILE_SHARE_DELETE,
                                 FILE_OPEN, FILE_NON_DIRECTORY_FILE};
  FILE_OBJECT* file;
  ULONG information;
  const NTSTATUS status = IoOpenFile(path, request, file, information);
  if (!NT_SUCCESS(status)) return status;
  const ObjectReference<FILE_OBJECT> held(file);
  return MmOpenImage(*file, section);
}

bool names_equal(ULONG address, const char* name) {
  for (;; ++address, ++name) {
    char c;
    if (!NT_SUCCESS(MmReadUser(address, c)) || c != *name) return false;
    if (c == '\0') return true;
  }
}

}  // namespace

NTSTATUS LdrMapImage(EPROCESS* process, const IoPath& path, LdrImageKind kind, LdrImage& image) {
  auto* section = static_cast<SECTION*>(ObCreateObject(MmSectionObjectType, sizeof(SECTION)));
  if (section == nullptr) return STATUS_INSUFFICIENT_RESOURCES;
  const ObjectReference<SECTION> held(section);
  NTSTATUS status = open_section(path, *section);
  if (!NT_SUCCESS(status)) return status;
  const LdrImageHeaders& headers = *section->ControlArea->Image;
  const bool library = (headers.file.characteristics & pe::characteristics::dll) != 0;
  if (library != (kind == LdrImageKind::Library)) return STATUS_INVALID_IMAGE_FORMAT;
  MmView view = {};
  status = MmMapViewOfSection(section, process, view, 0, 0, false, 0, PAGE_EXECUTE_WRITECOPY);
  if (!NT_SUCCESS(status)) return status;
  image.base = view.base;
  image.headers = headers.optional;
  return status == STATUS_IMAGE_NOT_AT_BASE ? move(process, headers.optional, view.base) : status;
}

ULONG LdrFindExport(const LdrImage& image, const char* name) {
  const pe::DataDirectory& where = image.headers.data_directory[pe::directory_export];
  pe::ExportDirectory exports;
  if (where.size < sizeof exports ||
      !NT_SUCCESS(MmReadUser(image.base + where.virtual_address, exports))) {
    return 0;
  }
  for (ULONG i = 0; i < exports.number_of_names; ++i) {
    ULONG name_rva, function_rva;
    USHORT ordinal;
    if (!NT_SUCCESS(MmReadUser(image.base + exports.address_of_names + i * 4, name_rva))) return 0;
    if (!names_equal(image.base + name_rva, name)) continue;
    if (!NT_SUCCESS(MmReadUser(image.base + exports.address_of_name_ordinals + i * 2, ordinal)) ||
        ordinal >= exports.number_of_functions ||
        !NT_SUCCESS(
            MmReadUser(image.base + exports.address_of_functions + ordinal * 4, function_rva)) ||
        function_rva >= image.headers.size_of_image) {
      return 0;
    }
    return image.base + function_rva;
  }
  return 0;
}
