// The kernel's image loader: ntdll and programs. DLLs are ntdll's business.
#include "kernel/ldr/loader.hpp"

#include "kernel/io/system_volume.hpp"
#include "kernel/mm/pool.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/rtl/memory.hpp"

namespace pe = arch::pe;

namespace {

constexpr ULONG loader_tag = PoolTag("Ldr ");

/// Memory of the pool for as long as one of these lives.
class PoolBuffer {
 public:
  explicit PoolBuffer(ULONG size)
      : bytes_(static_cast<UCHAR*>(ExAllocatePoolWithTag(NonPagedPool, size, loader_tag))) {}
  ~PoolBuffer() {
    if (bytes_ != nullptr) ExFreePool(bytes_);
  }
  PoolBuffer(const PoolBuffer&) = delete;
  PoolBuffer& operator=(const PoolBuffer&) = delete;
  UCHAR* get() const { return bytes_; }

 private:
  UCHAR* bytes_;
};

NTSTATUS copy_from_file(IoSystemFile& file, ULONG offset, ULONG to, ULONG size, UCHAR* buffer) {
  while (size != 0) {
    const ULONG part = size < PAGE_SIZE ? size : PAGE_SIZE;
    NTSTATUS status = file.read_exactly(offset, buffer, part);
    if (NT_SUCCESS(status)) status = MmCopyToUser(to, buffer, part);
    if (!NT_SUCCESS(status)) return status;
    offset += part;
    to += part;
    size -= part;
  }
  return STATUS_SUCCESS;
}

NTSTATUS copy_sections(IoSystemFile& file, const pe::NtHeaders32* headers, ULONG base,
                       UCHAR* buffer) {
  NTSTATUS status = copy_from_file(file, 0, base, headers->optional.size_of_headers, buffer);
  const pe::SectionHeader* section = LdrFirstSection(headers);
  for (unsigned i = 0; NT_SUCCESS(status) && i < headers->file.number_of_sections; ++i, ++section) {
    if (section->pointer_to_raw_data == 0) continue;
    const ULONG memory = LdrSectionSize(*section);
    const ULONG raw = section->size_of_raw_data < memory ? section->size_of_raw_data : memory;
    status = copy_from_file(file, section->pointer_to_raw_data, base + section->virtual_address,
                            raw, buffer);
  }
  return status;
}

NTSTATUS protect_sections(EPROCESS* process, const pe::NtHeaders32* headers, ULONG base) {
  const ULONG size = PageGeometry::round_up(headers->optional.size_of_image);
  for (ULONG rva = 0; rva < size;) {
    const ULONG protection = LdrPageProtection(headers, rva, PAGE_SIZE);
    ULONG end = rva + PAGE_SIZE;
    while (end < size && LdrPageProtection(headers, end, PAGE_SIZE) == protection) end += PAGE_SIZE;
    MmRegion region = {base + rva, end - rva};
    ULONG old;
    const NTSTATUS status = MmProtectVirtualMemory(process, region, protection, old);
    if (!NT_SUCCESS(status)) return status;
    rva = end;
  }
  return STATUS_SUCCESS;
}

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

/// At its own base if that is free, otherwise at the lowest place that is.
NTSTATUS reserve(EPROCESS* process, const pe::OptionalHeader32& header, ULONG& base) {
  base = header.image_base;
  const NTSTATUS status = MmReserveImage(process, base, header.size_of_image);
  if (status != STATUS_CONFLICTING_ADDRESSES) return status;
  base = 0;
  return MmReserveImage(process, base, header.size_of_image);
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
  IoSystemFile file;
  NTSTATUS status = file.open(path);
  if (!NT_SUCCESS(status)) return status;
  const PoolBuffer header_bytes(LdrMostHeaderBytes), buffer(PAGE_SIZE);
  if (header_bytes.get() == nullptr || buffer.get() == nullptr) {
    return STATUS_INSUFFICIENT_RESOURCES;
  }
  const ULONG header_size = file.size() < LdrMostHeaderBytes ? file.size() : LdrMostHeaderBytes;
  status = file.read_exactly(0, header_bytes.get(), header_size);
  if (!NT_SUCCESS(status)) return status;
  const pe::NtHeaders32* headers =
      LdrCheckHeaders({header_bytes.get(), header_size, file.size()}, kind);
  if (headers == nullptr) return STATUS_INVALID_IMAGE_FORMAT;

  status = reserve(process, headers->optional, image.base);
  if (!NT_SUCCESS(status)) return status;
  image.headers = headers->optional;
  status = copy_sections(file, headers, image.base, buffer.get());
  if (NT_SUCCESS(status) && image.base != headers->optional.image_base) {
    status = relocate(headers->optional, image.base, image.base - headers->optional.image_base);
  }
  return NT_SUCCESS(status) ? protect_sections(process, headers, image.base) : status;
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
