// PE32 headers, section table and COFF symbol table. [PE §2-§5]
#include "debugger/pe_image.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

#include "arch/portable_executable.hpp"

namespace faultline {
namespace {

using namespace arch;

/// The file's bytes; nothing is read past their end.
class Reader {
 public:
  explicit Reader(std::span<const u8> file) : file_(file) {}

  bool holds(u64 offset, u64 bytes) const {
    return offset <= file_.size() && bytes <= file_.size() - offset;
  }
  template <class T>
  std::optional<T> at(u64 offset) const {
    if (!holds(offset, sizeof(T))) return std::nullopt;
    T value;
    std::memcpy(&value, file_.data() + offset, sizeof(T));
    return value;
  }
  /// The characters from `offset` to a NUL, the limit or the end of the file.
  std::string_view text(u64 offset, u64 limit) const {
    if (offset >= file_.size()) return {};
    const u64 most = std::min<u64>(limit, file_.size() - offset);
    const char* start = reinterpret_cast<const char*>(file_.data() + offset);
    return {start, strnlen(start, most)};
  }

 private:
  std::span<const u8> file_;
};

/// Where the headers lie, after they have been found sound.
struct Headers {
  pe::NtHeaders32 nt;
  u64 section_table;
};

Headers read_headers(const Reader& file) {
  const auto dos = file.at<u16>(0);
  if (!dos || *dos != pe::dos_magic) throw MalformedImage("not an executable: no MZ header");
  const auto lfanew = file.at<u32>(pe::lfanew_offset);
  const auto signature = lfanew ? file.at<u32>(*lfanew) : std::nullopt;
  if (!signature || *signature != pe::nt_signature) {
    throw MalformedImage("not a PE image: no PE signature (a DOS program?)");
  }
  const auto file_header = file.at<pe::FileHeader>(u64{*lfanew} + 4);
  if (!file_header) throw MalformedImage("truncated: the file ends in its headers");
  if (file_header->machine != pe::machine_i386) {
    throw MalformedImage(file_header->machine == 0x8664
                             ? "made for the x86-64; Faultline runs PE32 images for the i386"
                             : "made for another CPU; Faultline runs PE32 images for the i386");
  }
  const auto headers = file.at<pe::NtHeaders32>(*lfanew);
  if (!headers || file_header->size_of_optional_header < sizeof(pe::OptionalHeader32)) {
    throw MalformedImage("truncated: the file ends in its headers");
  }
  if (headers->optional.magic != pe::optional_magic_pe32) {
    throw MalformedImage("not PE32: its optional header is of another kind");
  }
  if ((file_header->characteristics & pe::characteristics::executable_image) == 0) {
    throw MalformedImage("not linked: the image is not marked executable");
  }
  return {*headers, u64{*lfanew} + 24 + file_header->size_of_optional_header};
}

std::vector<ImageSection> read_sections(const Reader& file, const Headers& headers) {
  std::vector<ImageSection> sections;
  for (unsigned i = 0; i < headers.nt.file.number_of_sections; ++i) {
    const u64 offset = headers.section_table + u64{i} * sizeof(pe::SectionHeader);
    const auto header = file.at<pe::SectionHeader>(offset);
    if (!header) throw MalformedImage("truncated: the file ends in its section table");
    const std::string name{file.text(offset, sizeof header->name)};
    if (!file.holds(header->pointer_to_raw_data, header->size_of_raw_data) &&
        header->size_of_raw_data != 0 && header->pointer_to_raw_data != 0) {
      throw MalformedImage("truncated: section " + name + " lies past the end of the file");
    }
    const u32 size = std::max(header->virtual_size, header->size_of_raw_data);
    if (u64{header->virtual_address} + header->virtual_size > headers.nt.optional.size_of_image) {
      throw MalformedImage("malformed: section " + name + " lies outside the image");
    }
    sections.push_back({name, header->virtual_address, size});
  }
  return sections;
}

std::vector<ImageSymbol> read_symbols(const Reader& file, const pe::FileHeader& header,
                                      const std::vector<ImageSection>& sections) {
  constexpr u8 class_external = 2, class_static = 3;  // [PE §5.4.4]
  constexpr u16 type_function = 0x20;                 // [PE §5.4.3]
  std::vector<ImageSymbol> symbols;
  const u64 table = header.pointer_to_symbol_table;
  const u64 table_size = u64{header.number_of_symbols} * sizeof(pe::CoffSymbol);
  if (table == 0 || !file.holds(table, table_size)) return symbols;
  const u64 strings = table + table_size;

  for (u64 i = 0; i < header.number_of_symbols; ++i) {
    const u64 offset = table + i * sizeof(pe::CoffSymbol);
    const auto symbol = *file.at<pe::CoffSymbol>(offset);
    i += symbol.number_of_aux_symbols;
    if (symbol.section_number <= 0 || u32(symbol.section_number) > sections.size()) continue;
    if (symbol.storage_class != class_external && symbol.storage_class != class_static) continue;
    const std::string_view name = symbol.long_name.zeroes == 0
                                      ? file.text(strings + symbol.long_name.offset, 4096)
                                      : file.text(offset, sizeof symbol.short_name);
    if (name.empty() || name.front() == '.') continue;  // a section's own symbol
    const ImageSection& section = sections[symbol.section_number - 1u];
    if (symbol.value >= section.size) continue;
    symbols.push_back(
        {section.rva + symbol.value, source_name(name), (symbol.type & 0xF0) == type_function});
  }
  std::stable_sort(symbols.begin(), symbols.end(), [](const auto& a, const auto& b) {
    return a.rva != b.rva ? a.rva < b.rva : a.function && !b.function;
  });
  return symbols;
}

}  // namespace

namespace {

/// "Heap<Pages>::allocate" is "Heap::allocate" to a reader; operator< and << stay.
std::string without_template_arguments(const std::string& name) {
  if (name.find("operator") != name.npos) return name;
  std::string result;
  unsigned depth = 0;
  for (const char c : name) {
    if (c == '<') ++depth;
    if (depth == 0) result += c;
    if (c == '>' && depth > 0) --depth;
  }
  return result.substr(result.rfind(' ') + 1);  // a function template's name begins with its type
}

/// A mangled name whose substitutions refer to one another doubles with each; a hostile file could
/// make a few bytes take hours. Such names stay as they are.
bool may_explode(std::string_view name) {
  constexpr std::ptrdiff_t most_substitutions = 16;
  return name.size() > 1024 || std::count(name.begin(), name.end(), 'S') > most_substitutions;
}

}  // namespace

std::string source_name(std::string_view name) {
  // The i386 adds an underscore in front; stdcall adds @bytes behind, fastcall @ in front too.
  const bool fastcall = name.starts_with('@');
  if (name.starts_with('_') || fastcall) name.remove_prefix(1);
  if (const auto at = name.rfind('@'); at != std::string_view::npos && at + 1 < name.size() &&
                                       name.find_first_not_of("0123456789", at + 1) == name.npos) {
    name = name.substr(0, at);
  }
  if (!name.starts_with("_Z") && !fastcall) return std::string(name);
  if (may_explode(name)) return std::string(name);
  int status = 0;
  const std::unique_ptr<char, void (*)(void*)> demangled(
      abi::__cxa_demangle(std::string(name).c_str(), nullptr, nullptr, &status), std::free);
  if (status != 0) return std::string(name);
  std::string readable = demangled.get();
  constexpr std::string_view anonymous = "(anonymous namespace)::";
  for (auto at = readable.find(anonymous); at != readable.npos; at = readable.find(anonymous)) {
    readable.erase(at, anonymous.size());
  }
  return without_template_arguments(readable.substr(0, readable.find('(')));
}

PeImage read_pe_image(std::span<const u8> bytes) {
  const Reader file(bytes);
  const Headers headers = read_headers(file);
  const auto& optional = headers.nt.optional;
  PeImage image;
  image.base = optional.image_base;
  image.size = optional.size_of_image;
  image.entry_point = optional.address_of_entry_point;
  image.section_alignment = optional.section_alignment;
  image.dll = (headers.nt.file.characteristics & pe::characteristics::dll) != 0;
  image.sections = read_sections(file, headers);
  image.symbols = read_symbols(file, headers.nt.file, image.sections);
  return image;
}

}  // namespace faultline
