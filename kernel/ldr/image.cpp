// Checking headers before anything is trusted.
#include "kernel/ldr/image.hpp"

using arch::u32;
namespace pe = arch::pe;

namespace {

constexpr u32 user_end = 0x7FFE0000;
// Sections need not begin on this machine's pages: a page gets the protection all its sections
// need.
constexpr u32 least_file_alignment = 0x200, least_section_alignment = 0x1000;

bool power_of_two(u32 value) { return value != 0 && (value & (value - 1)) == 0; }

/// [start, start + size) lies inside [0, limit).
bool fits(u32 start, u32 size, u32 limit) { return start <= limit && size <= limit - start; }

bool check_optional_header(const pe::OptionalHeader32& header, LdrImageKind kind) {
  if (header.magic != pe::optional_magic_pe32) return false;
  if (!power_of_two(header.section_alignment) || !power_of_two(header.file_alignment)) return false;
  if (header.section_alignment < least_section_alignment ||
      header.file_alignment < least_file_alignment ||
      header.file_alignment > header.section_alignment) {
    return false;
  }
  if ((header.image_base & 0xFFFF) != 0) return false;
  if (header.size_of_image == 0 || header.size_of_headers > header.size_of_image) return false;
  if (!fits(header.image_base, header.size_of_image, user_end)) return false;
  if (header.number_of_rva_and_sizes > pe::directory_count) return false;
  const bool no_entry = header.address_of_entry_point == 0;
  if (no_entry && kind == LdrImageKind::Program) return false;
  return header.address_of_entry_point < header.size_of_image;
}

bool check_section(const pe::SectionHeader& section, const pe::OptionalHeader32& optional,
                   u32 lowest_rva, u32 file_size) {
  const u32 size = LdrSectionSize(section);
  if (section.virtual_address < lowest_rva) return false;
  if (section.virtual_address % optional.section_alignment != 0) return false;
  if (!fits(section.virtual_address, size, optional.size_of_image)) return false;
  if (section.size_of_raw_data == 0 || section.pointer_to_raw_data == 0) return true;
  if (section.pointer_to_raw_data % optional.file_alignment != 0) return false;
  return fits(section.pointer_to_raw_data, section.size_of_raw_data, file_size);
}

}  // namespace

const pe::SectionHeader* LdrFirstSection(const pe::NtHeaders32* headers) {
  const auto* optional = reinterpret_cast<const arch::u8*>(&headers->optional);
  return reinterpret_cast<const pe::SectionHeader*>(optional +
                                                    headers->file.size_of_optional_header);
}

const pe::NtHeaders32* LdrCheckHeaders(const LdrHeaderBytes& image, LdrImageKind kind) {
  if (image.size < pe::lfanew_offset + sizeof(u32)) return nullptr;
  if ((image.bytes[0] | image.bytes[1] << 8) != pe::dos_magic) return nullptr;
  const u32 lfanew = *reinterpret_cast<const u32*>(image.bytes + pe::lfanew_offset);
  if (lfanew % 4 != 0 || !fits(lfanew, sizeof(pe::NtHeaders32), image.size)) return nullptr;
  const auto* headers = reinterpret_cast<const pe::NtHeaders32*>(image.bytes + lfanew);
  const pe::FileHeader& file = headers->file;
  if (headers->signature != pe::nt_signature || file.machine != pe::machine_i386) return nullptr;
  if ((file.characteristics & pe::characteristics::executable_image) == 0) return nullptr;
  const bool is_library = (file.characteristics & pe::characteristics::dll) != 0;
  if (is_library != (kind == LdrImageKind::Library)) return nullptr;
  if (file.size_of_optional_header < sizeof(pe::OptionalHeader32)) return nullptr;
  if (file.number_of_sections == 0 || file.number_of_sections > LdrMostSections) return nullptr;
  const u32 table =
      lfanew + static_cast<u32>(offsetof(pe::NtHeaders32, optional)) + file.size_of_optional_header;
  if (!fits(table, file.number_of_sections * u32{sizeof(pe::SectionHeader)}, image.size)) {
    return nullptr;
  }
  const pe::OptionalHeader32& optional = headers->optional;
  if (!check_optional_header(optional, kind)) return nullptr;
  if (optional.size_of_headers > image.file_size) return nullptr;

  // Sections come in order and do not overlap. [PE §4]
  u32 lowest = optional.size_of_headers;
  const pe::SectionHeader* section = LdrFirstSection(headers);
  for (unsigned i = 0; i < file.number_of_sections; ++i, ++section) {
    if (!check_section(*section, optional, lowest, image.file_size)) return nullptr;
    lowest = section->virtual_address + LdrSectionSize(*section);
  }
  // The image ends with the last section: nobody makes room for what nobody describes.
  if (optional.size_of_image - lowest >= optional.section_alignment) return nullptr;
  return headers;
}

u32 LdrPageProtection(const pe::NtHeaders32* headers, u32 rva, u32 size) {
  bool write = false, execute = false;
  const pe::SectionHeader* section = LdrFirstSection(headers);
  for (unsigned i = 0; i < headers->file.number_of_sections; ++i, ++section) {
    const u32 end = section->virtual_address + LdrSectionSize(*section);
    if (section->virtual_address >= rva + size || end <= rva) continue;
    write = write || (section->characteristics & pe::section::write) != 0;
    execute = execute || (section->characteristics & pe::section::execute) != 0;
  }
  if (execute) return write ? 0x40 : 0x20;  // PAGE_EXECUTE_READWRITE, PAGE_EXECUTE_READ
  return write ? 0x04 : 0x02;               // PAGE_READWRITE, PAGE_READONLY
}

bool LdrIsPageShared(const pe::NtHeaders32* headers, u32 rva, u32 size) {
  bool shared = false;
  const pe::SectionHeader* section = LdrFirstSection(headers);
  for (unsigned i = 0; i < headers->file.number_of_sections; ++i, ++section) {
    const u32 end = section->virtual_address + LdrSectionSize(*section);
    if (section->virtual_address >= rva + size || end <= rva) continue;
    if ((section->characteristics & pe::section::write) == 0) continue;
    if ((section->characteristics & pe::section::shared) == 0) return false;
    shared = true;
  }
  return shared;
}
