// Reading a PE32 image: headers from a file, exports, imports and relocations from memory. Nothing
// in an image is believed: every address is checked against its size before use. No system calls,
// so tests/unit/guest feeds it broken images on the host. [PE]
#pragma once

#include "arch/portable_executable.hpp"

namespace ldr {

using arch::u16;
using arch::u32;
using arch::u8;
namespace pe = arch::pe;

/// An export: an address in the image or the "MODULE.Name" it is forwarded to; neither if missing.
struct Export {
  u32 rva = 0;
  const char* forwarder = nullptr;
  bool found() const { return rva != 0 || forwarder != nullptr; }
};

class ImageView {
 public:
  ImageView(const void* base, u32 size) : base_(static_cast<const u8*>(base)), size_(size) {}

  /// A module the loader has mapped: its header says how large it is.
  static ImageView loaded(const void* base) {
    ImageView view(base, ~u32{0});
    return ImageView(base, view.headers()->optional.size_of_image);
  }

  /// `count` objects of type T at `rva`, or null if they are misaligned or not in the image.
  template <class T>
  const T* at(u32 rva, u32 count = 1) const {
    if (rva % alignof(T) != 0) return nullptr;
    if (count > size_ / sizeof(T) || rva > size_ - count * sizeof(T)) return nullptr;
    return reinterpret_cast<const T*>(base_ + rva);
  }

  /// A terminated string, or null if it runs out of the image.
  const char* string_at(u32 rva) const {
    for (u32 end = rva; end < size_; ++end) {
      if (base_[end] == 0) return reinterpret_cast<const char*>(base_ + rva);
    }
    return nullptr;
  }

  const pe::NtHeaders32* headers() const {
    const u32* offset = at<u32>(pe::lfanew_offset);
    return offset == nullptr ? nullptr : at<pe::NtHeaders32>(*offset);
  }

  pe::DataDirectory directory(pe::Directory which) const {
    const auto* nt = headers();
    if (nt == nullptr || nt->optional.number_of_rva_and_sizes <= which) return {0, 0};
    return nt->optional.data_directory[which];
  }

  const pe::SectionHeader* sections() const {
    const u32 offset = *at<u32>(pe::lfanew_offset) + sizeof(u32) + sizeof(pe::FileHeader) +
                       headers()->file.size_of_optional_header;
    return at<pe::SectionHeader>(offset, headers()->file.number_of_sections);
  }

  u32 size() const { return size_; }

 private:
  const u8* base_;
  u32 size_;
};

/// Whether `size` bytes from the start of a file hold the headers of an image for this machine
/// whose sections ascend, do not overlap and lie within SizeOfImage.
inline bool valid_headers(const void* file, u32 size) {
  const ImageView view(file, size);
  const u16* magic = view.at<u16>(0);
  if (magic == nullptr || *magic != pe::dos_magic) return false;
  const auto* nt = view.headers();
  if (nt == nullptr || nt->signature != pe::nt_signature) return false;
  const auto& optional = nt->optional;
  if (nt->file.machine != pe::machine_i386 || optional.magic != pe::optional_magic_pe32 ||
      (nt->file.characteristics & pe::characteristics::executable_image) == 0 ||
      nt->file.size_of_optional_header < sizeof(pe::OptionalHeader32)) {
    return false;
  }
  const u32 alignment = optional.section_alignment;
  if (alignment == 0 || (alignment & (alignment - 1)) != 0 || optional.file_alignment == 0 ||
      (optional.image_base & 0xFFFF) != 0 || optional.size_of_image == 0 ||
      optional.size_of_image > 0x40000000 || optional.size_of_headers > optional.size_of_image ||
      optional.address_of_entry_point >= optional.size_of_image) {
    return false;
  }
  const u32 first = *view.at<u32>(pe::lfanew_offset) + sizeof(u32) + sizeof(pe::FileHeader) +
                    nt->file.size_of_optional_header;
  const u32 count = nt->file.number_of_sections;
  const auto* section = view.at<pe::SectionHeader>(first, count);
  if (section == nullptr) return false;
  u32 end = optional.size_of_headers;
  for (u32 i = 0; i < count; ++i, ++section) {
    const u32 bytes =
        section->virtual_size != 0 ? section->virtual_size : section->size_of_raw_data;
    if (section->virtual_address < end || section->virtual_address % alignment != 0 ||
        bytes > optional.size_of_image ||
        section->virtual_address > optional.size_of_image - bytes ||
        section->pointer_to_raw_data + section->size_of_raw_data < section->size_of_raw_data) {
      return false;
    }
    end = section->virtual_address + bytes;
  }
  return true;
}

/// Export number `index`, counted from zero.
inline Export export_at(const ImageView& image, const pe::ExportDirectory& exports, u32 index) {
  if (index >= exports.number_of_functions) return {};
  const u32* functions = image.at<u32>(exports.address_of_functions, exports.number_of_functions);
  if (functions == nullptr || functions[index] == 0 || functions[index] >= image.size()) return {};
  const auto directory = image.directory(pe::directory_export);
  if (functions[index] - directory.virtual_address < directory.size) {
    return {0, image.string_at(functions[index])};
  }
  return {functions[index], nullptr};
}

inline const pe::ExportDirectory* export_directory(const ImageView& image) {
  const auto directory = image.directory(pe::directory_export);
  return directory.size == 0 ? nullptr : image.at<pe::ExportDirectory>(directory.virtual_address);
}

inline Export find_export(const ImageView& image, u32 ordinal) {
  const auto* exports = export_directory(image);
  return exports == nullptr ? Export{} : export_at(image, *exports, ordinal - exports->base);
}

constexpr int compare_names(const char* a, const char* b) {
  for (; *a == *b && *a != '\0'; ++a, ++b) {
  }
  return static_cast<u8>(*a) - static_cast<u8>(*b);
}

/// The linker sorts the name table, so the search halves it at each step.
inline Export find_export(const ImageView& image, const char* name) {
  const auto* exports = export_directory(image);
  if (exports == nullptr) return {};
  const u32 count = exports->number_of_names;
  const u32* names = image.at<u32>(exports->address_of_names, count);
  const u16* ordinals = image.at<u16>(exports->address_of_name_ordinals, count);
  if (names == nullptr || ordinals == nullptr) return {};
  u32 low = 0;
  u32 high = count;
  while (low < high) {
    const u32 middle = low + (high - low) / 2;
    const char* candidate = image.string_at(names[middle]);
    if (candidate == nullptr) return {};
    const int order = compare_names(name, candidate);
    if (order == 0) return export_at(image, *exports, ordinals[middle]);
    if (order < 0) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return {};
}

/// Addresses, not RVAs: they hold when the relocations have been applied. [PE §6.7]
struct TlsDirectory {
  u32 start, end;  // of the template
  u32 index, callbacks;
  u32 zero_fill, characteristics;
};
static_assert(sizeof(TlsDirectory) == 24);

/// Whether the section that holds `rva` may be written without ado.
inline bool in_writable_section(const ImageView& image, u32 rva) {
  const pe::SectionHeader* section = image.sections();
  for (u32 i = image.headers()->file.number_of_sections; i != 0; --i, ++section) {
    const u32 size = section->virtual_size != 0 ? section->virtual_size : section->size_of_raw_data;
    if (rva - section->virtual_address < size) {
      return (section->characteristics & pe::section::write) != 0;
    }
  }
  return false;
}

/// Whether what the TLS directory of an image at `base` names lies in the image; true without one.
inline bool valid_tls(const ImageView& image, u32 base) {
  const auto directory = image.directory(pe::directory_tls);
  if (directory.virtual_address == 0) return true;
  const auto* tls = image.at<TlsDirectory>(directory.virtual_address);
  if (tls == nullptr || tls->end < tls->start) return false;
  const u32 size = tls->end - tls->start;
  if (size != 0 && image.at<u8>(tls->start - base, size) == nullptr) return false;
  if (tls->zero_fill > ~size) return false;
  if (image.at<u32>(tls->index - base) == nullptr ||
      !in_writable_section(image, tls->index - base)) {
    return false;
  }
  if (tls->callbacks == 0) return true;
  for (u32 rva = tls->callbacks - base;; rva += sizeof(u32)) {
    const u32* callback = image.at<u32>(rva);
    if (callback == nullptr) return false;
    if (*callback == 0) return true;
    if (image.at<u8>(*callback - base) == nullptr) return false;
  }
}

/// Adds `delta` to every address the image's relocations name; false if they are malformed.
inline bool relocate(void* base, const ImageView& image, u32 delta) {
  const auto directory = image.directory(pe::directory_base_relocation);
  if (directory.size > image.size()) return false;
  for (u32 done = 0; done + sizeof(pe::BaseRelocationBlock) <= directory.size;) {
    const auto* block = image.at<pe::BaseRelocationBlock>(directory.virtual_address + done);
    if (block == nullptr || block->size_of_block < sizeof *block) return false;
    const u32 count = (block->size_of_block - sizeof *block) / sizeof(u16);
    const u16* entries = image.at<u16>(directory.virtual_address + done + sizeof *block, count);
    if (entries == nullptr) return false;
    for (u32 i = 0; i < count; ++i) {
      const unsigned type = entries[i] >> 12;
      if (type == pe::relocation_absolute) continue;
      const u32 rva = block->virtual_address + (entries[i] & 0xFFF);
      if (type != pe::relocation_highlow || image.at<u8>(rva, 4) == nullptr) return false;
      u8* address = static_cast<u8*>(base) + rva;
      u32 value;
      __builtin_memcpy(&value, address, sizeof value);
      value += delta;
      __builtin_memcpy(address, &value, sizeof value);
    }
    done += block->size_of_block;
  }
  return true;
}

}  // namespace ldr
