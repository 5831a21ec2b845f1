// A small PE32 file made in memory: one section, symbols of choice.
#pragma once

#include <cstring>
#include <string>
#include <vector>

#include "arch/portable_executable.hpp"

namespace faultline::tests {

struct BuiltSymbol {
  std::string name;  // as the linker writes it
  arch::u32 offset = 0;
  bool function = true;
  arch::s16 section = 1;
};

/// ".text" of 1000h bytes at RVA 2000h, image base 80100000h, COFF symbols behind it.
inline std::vector<arch::u8> build_image(const std::vector<BuiltSymbol>& symbols) {
  using namespace arch;
  constexpr u32 headers_at = 0x80, section_at = 0x200, section_size = 0x1000;
  pe::NtHeaders32 nt{};
  nt.signature = pe::nt_signature;
  nt.file.machine = pe::machine_i386;
  nt.file.number_of_sections = 1;
  nt.file.pointer_to_symbol_table = section_at + section_size;
  nt.file.number_of_symbols = static_cast<u32>(symbols.size());
  nt.file.size_of_optional_header = sizeof(pe::OptionalHeader32);
  nt.file.characteristics = pe::characteristics::executable_image;
  nt.optional.magic = pe::optional_magic_pe32;
  nt.optional.image_base = 0x80100000;
  nt.optional.section_alignment = 0x2000;
  nt.optional.size_of_image = 0x4000;
  pe::SectionHeader section{};
  std::memcpy(section.name, ".text", 5);
  section.virtual_address = 0x2000;
  section.virtual_size = section.size_of_raw_data = section_size;
  section.pointer_to_raw_data = section_at;

  std::vector<u8> file(section_at + section_size);
  const u16 mz = pe::dos_magic;
  std::memcpy(&file[0], &mz, sizeof mz);
  std::memcpy(&file[pe::lfanew_offset], &headers_at, sizeof headers_at);
  std::memcpy(&file[headers_at], &nt, sizeof nt);
  std::memcpy(&file[headers_at + sizeof nt], &section, sizeof section);

  std::string strings(4, '\0');
  for (const BuiltSymbol& built : symbols) {
    pe::CoffSymbol symbol{};
    if (built.name.size() <= 8) {
      std::memcpy(symbol.short_name, built.name.data(), built.name.size());
    } else {
      symbol.long_name.offset = static_cast<u32>(strings.size());
      strings += built.name + '\0';
    }
    symbol.value = built.offset;
    symbol.section_number = built.section;
    symbol.type = built.function ? 0x20 : 0;
    symbol.storage_class = 2;
    const auto* raw = reinterpret_cast<const u8*>(&symbol);
    file.insert(file.end(), raw, raw + sizeof symbol);
  }
  const u32 strings_size = static_cast<u32>(strings.size());
  std::memcpy(strings.data(), &strings_size, sizeof strings_size);
  file.insert(file.end(), strings.begin(), strings.end());
  return file;
}

}  // namespace faultline::tests
