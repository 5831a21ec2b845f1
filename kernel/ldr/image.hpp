// Judging a PE32 image by its headers: pure functions on bytes, tested on the host. [PE]
#pragma once

#include "arch/portable_executable.hpp"

/// What is kept of an image's headers.
struct LdrImageHeaders {
  arch::pe::FileHeader file;
  arch::pe::OptionalHeader32 optional;
};

/// The part of a file that holds its headers.
struct LdrHeaderBytes {
  const arch::u8* bytes;
  arch::u32 size;       // of what was read
  arch::u32 file_size;  // of the whole file
};

enum class LdrImageKind { Program, Library };

/// The largest run of headers the kernel reads.
inline constexpr arch::u32 LdrMostHeaderBytes = 0x2000;
inline constexpr arch::u32 LdrMostSections = 96;  // [PE §3]

/// The headers inside the bytes, or null when anything about them is wrong: then the image is
/// STATUS_INVALID_IMAGE_FORMAT.
const arch::pe::NtHeaders32* LdrCheckHeaders(const LdrHeaderBytes& image, LdrImageKind kind);
const arch::pe::SectionHeader* LdrFirstSection(const arch::pe::NtHeaders32* headers);

/// Bytes a section takes in memory.
constexpr arch::u32 LdrSectionSize(const arch::pe::SectionHeader& section) {
  return section.virtual_size != 0 ? section.virtual_size : section.size_of_raw_data;
}

/// The PAGE_xxx protection that serves all sections which touch [rva, rva + size).
arch::u32 LdrPageProtection(const arch::pe::NtHeaders32* headers, arch::u32 rva, arch::u32 size);

/// Do only sections with IMAGE_SCN_MEM_SHARED make the page writable? Then processes share it.
bool LdrIsPageShared(const arch::pe::NtHeaders32* headers, arch::u32 rva, arch::u32 size);
