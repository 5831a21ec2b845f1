// Checks and maps a PE32 image. [PE §3.3, §3.4, §4]
#include "firmware/boot/loader/kernel_image.hpp"

#include "arch/loader_parameter_block.hpp"
#include "arch/portable_executable.hpp"
#include "arch/ports.hpp"
#include "firmware/boot/loader/fatal.hpp"
#include "firmware/boot/loader/memory.hpp"
#include "firmware/boot/loader/volume.hpp"

namespace loader {
namespace {

[[noreturn]] void not_an_image() {
  fatal("KERNEL.EXE: not a PE32/i386 image", StopCode::InvalidImageFormat);
}

/// [offset, offset + length) lies inside `size` bytes.
bool inside(u32 offset, u32 length, u32 size) { return offset <= size && length <= size - offset; }

template <class T>
T read_structure(const File& file, u32 offset) {
  if (!inside(offset, sizeof(T), file.size)) not_an_image();
  T value;
  read_file(file, offset, &value, sizeof value);
  return value;
}

u32 read_headers(const File& file, pe::NtHeaders32& headers) {
  if (read_structure<u16>(file, 0) != pe::dos_magic) not_an_image();
  const u32 at = read_structure<u32>(file, pe::lfanew_offset);
  headers = read_structure<pe::NtHeaders32>(file, at);
  const pe::OptionalHeader32& optional = headers.optional;
  if (headers.signature != pe::nt_signature || headers.file.machine != pe::machine_i386 ||
      optional.magic != pe::optional_magic_pe32 ||
      headers.file.size_of_optional_header < sizeof optional ||
      (headers.file.characteristics & pe::characteristics::executable_image) == 0 ||
      (headers.file.characteristics & pe::characteristics::dll) != 0 ||
      optional.address_of_entry_point >= optional.size_of_image ||
      !inside(0, optional.size_of_headers, file.size) ||
      optional.size_of_headers > optional.size_of_image) {
    not_an_image();
  }
  return at + 4 + sizeof headers.file + headers.file.size_of_optional_header;
}

/// The image must lie in RAM from 1 MB on, in the kernel's half of the address space.
u32 check_place(const pe::OptionalHeader32& optional, u32 memory_end) {
  const u32 base = optional.image_base - kernel_segment_base;
  if (optional.image_base < kernel_image_base || base >= kernel_segment_base) {
    fatal("KERNEL.EXE: its image base is below 80100000", StopCode::InvalidImageFormat);
  }
  if (base > memory_end || optional.size_of_image > memory_end - base) {
    print("KERNEL.EXE: needs ");
    print_decimal((base - memory_map::extended + optional.size_of_image + 1023) / 1024);
    print(" KB of memory above 1 MB, there are ");
    print_decimal((memory_end - memory_map::extended) / 1024);
    stop(StopCode::InsufficientResources);
  }
  return base;
}

}  // namespace

KernelImage load_kernel(u32 memory_end) {
  File file;
  if (!find_file("KERNEL  EXE", file)) {
    fatal("KERNEL.EXE: not found", StopCode::ObjectNameNotFound);
  }
  pe::NtHeaders32 headers;
  const u32 section_table = read_headers(file, headers);
  const pe::OptionalHeader32& optional = headers.optional;
  const u32 base = check_place(optional, memory_end);
  auto* image = reinterpret_cast<u8*>(base);
  memset(image, 0, optional.size_of_image);
  read_file(file, 0, image, optional.size_of_headers);
  for (u32 i = 0; i < headers.file.number_of_sections; ++i) {
    const auto section =
        read_structure<pe::SectionHeader>(file, section_table + i * sizeof(pe::SectionHeader));
    u32 length = section.size_of_raw_data;
    if (length > section.virtual_size && section.virtual_size != 0) length = section.virtual_size;
    if (section.virtual_address < optional.size_of_headers ||
        !inside(section.virtual_address, section.virtual_size, optional.size_of_image) ||
        !inside(section.virtual_address, length, optional.size_of_image)) {
      not_an_image();
    }
    if (section.pointer_to_raw_data == 0 || length == 0) continue;
    if (!inside(section.pointer_to_raw_data, length, file.size)) not_an_image();
    read_file(file, section.pointer_to_raw_data, image + section.virtual_address, length);
  }
  return {base, optional.size_of_image, optional.image_base + optional.address_of_entry_point};
}

}  // namespace loader
