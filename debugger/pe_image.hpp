// Reads PE32 files from outside: headers, sections, symbols. The file is not trusted. [PE]
#pragma once

#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "arch/integers.hpp"

namespace faultline {

/// A file that is not a usable PE32 image for the i386; the message says what is wrong with it.
struct MalformedImage : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct ImageSection {
  std::string name;
  arch::u32 rva = 0;   // from the image's base
  arch::u32 size = 0;  // in memory, bytes
  bool contains(arch::u32 address) const { return address - rva < size; }
};

/// A function or variable. `name` is as in the source: no leading underscore, no @N, demangled
/// and without parameters.
struct ImageSymbol {
  arch::u32 rva = 0;
  std::string name;
  bool function = false;
};

struct PeImage {
  arch::u32 base = 0;  // preferred: ImageBase
  arch::u32 size = 0;  // SizeOfImage
  arch::u32 entry_point = 0;
  arch::u32 section_alignment = 0;
  bool dll = false;
  std::vector<ImageSection> sections;
  std::vector<ImageSymbol> symbols;  // by rva, functions first among equals; empty when stripped
};

/// Throws MalformedImage for headers or sections that no loader would accept. A symbol table that
/// does not fit the file counts as none.
PeImage read_pe_image(std::span<const arch::u8> file);

/// The name in the source of a COFF symbol: "_MmAccessFault@16" and "__Z13MmAccessFaultm" are both
/// "MmAccessFault".
std::string source_name(std::string_view linker_name);

}  // namespace faultline
