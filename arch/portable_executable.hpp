// PE32 images as the boot loader, the kernel, ntdll and the debugger read them.
// [PE: Microsoft Portable Executable and Common Object File Format Specification]
#pragma once

#include "arch/integers.hpp"

namespace arch::pe {

inline constexpr u16 dos_magic = 0x5A4D;         // "MZ"
inline constexpr u32 nt_signature = 0x00004550;  // "PE\0\0"
inline constexpr u16 machine_i386 = 0x014C;
inline constexpr u16 optional_magic_pe32 = 0x010B;
inline constexpr u32 lfanew_offset = 0x3C;

struct FileHeader {
  u16 machine, number_of_sections;
  u32 time_date_stamp, pointer_to_symbol_table, number_of_symbols;
  u16 size_of_optional_header, characteristics;
};
static_assert(sizeof(FileHeader) == 20);

struct DataDirectory {
  u32 virtual_address, size;
};

enum Directory : unsigned {
  directory_export = 0, directory_import = 1, directory_resource = 2, directory_exception = 3,
  directory_base_relocation = 5, directory_debug = 6, directory_tls = 9, directory_iat = 12,
  directory_count = 16,
};

struct OptionalHeader32 {
  u16 magic;
  u8 major_linker_version, minor_linker_version;
  u32 size_of_code, size_of_initialized_data, size_of_uninitialized_data, address_of_entry_point,
      base_of_code, base_of_data, image_base, section_alignment, file_alignment;
  u16 major_os_version, minor_os_version, major_image_version, minor_image_version,
      major_subsystem_version, minor_subsystem_version;
  u32 win32_version, size_of_image, size_of_headers, check_sum;
  u16 subsystem, dll_characteristics;
  u32 size_of_stack_reserve, size_of_stack_commit, size_of_heap_reserve, size_of_heap_commit,
      loader_flags, number_of_rva_and_sizes;
  DataDirectory data_directory[directory_count];
};
static_assert(sizeof(OptionalHeader32) == 224);

struct NtHeaders32 {
  u32 signature;
  FileHeader file;
  OptionalHeader32 optional;
};

struct SectionHeader {
  char name[8];
  u32 virtual_size, virtual_address, size_of_raw_data, pointer_to_raw_data,
      pointer_to_relocations, pointer_to_line_numbers;
  u16 number_of_relocations, number_of_line_numbers;
  u32 characteristics;
};
static_assert(sizeof(SectionHeader) == 40);

namespace section {
inline constexpr u32 code = 0x20, initialized_data = 0x40, uninitialized_data = 0x80,
                     discardable = 0x02000000, shared = 0x10000000, execute = 0x20000000,
                     read = 0x40000000, write = 0x80000000;
}

namespace characteristics {
inline constexpr u16 relocs_stripped = 0x0001, executable_image = 0x0002, dll = 0x2000;
}

struct ExportDirectory {
  u32 characteristics, time_date_stamp;
  u16 major_version, minor_version;
  u32 name, base, number_of_functions, number_of_names, address_of_functions, address_of_names,
      address_of_name_ordinals;
};

struct ImportDescriptor {
  u32 original_first_thunk, time_date_stamp, forwarder_chain, name, first_thunk;
};
inline constexpr u32 import_by_ordinal = 0x80000000;

struct BaseRelocationBlock {
  u32 virtual_address, size_of_block;  // then u16 entries: type 15:12, offset 11:0
};
inline constexpr unsigned relocation_absolute = 0, relocation_highlow = 3;

/// A COFF symbol-table record; 18 bytes, unaligned. [PE §4.4]
struct [[gnu::packed]] CoffSymbol {
  union {
    char short_name[8];
    struct [[gnu::packed]] { u32 zeroes, offset; } long_name;
  };
  u32 value;
  s16 section_number;
  u16 type;
  u8 storage_class, number_of_aux_symbols;
};
static_assert(sizeof(CoffSymbol) == 18);

}  // namespace arch::pe
