// Looks through a program's imports. The file is not trusted: what leads out of it ends the search.
#include "app/program_model.hpp"

#include <cstring>
#include <optional>
#include <string>

#include "arch/portable_executable.hpp"

namespace faultline::app {

using arch::u32;
using arch::u8;

namespace {

namespace pe = arch::pe;

template <class T>
std::optional<T> read_at(std::span<const u8> image, u32 offset) {
  if (offset > image.size() || image.size() - offset < sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, image.data() + offset, sizeof value);
  return value;
}

std::string text_at(std::span<const u8> image, u32 offset) {
  constexpr std::size_t longest = 64;
  std::string text;
  while (offset < image.size() && image[offset] != 0 && text.size() < longest) {
    text += static_cast<char>(std::tolower(image[offset++]));
  }
  return text;
}

/// Where in the file a relative virtual address lies.
std::optional<u32> file_offset(std::span<const u8> image, u32 sections, unsigned count, u32 rva) {
  for (unsigned i = 0; i < count; ++i) {
    const auto s = read_at<pe::SectionHeader>(
        image, sections + i * static_cast<u32>(sizeof(pe::SectionHeader)));
    if (!s) return std::nullopt;
    const u32 inside = rva - s->virtual_address;
    if (inside < s->size_of_raw_data) return s->pointer_to_raw_data + inside;
  }
  return std::nullopt;
}

}  // namespace

bool imports_from(std::span<const u8> image, std::string_view library) {
  const auto start = read_at<u32>(image, pe::lfanew_offset);
  const auto headers = start ? read_at<pe::NtHeaders32>(image, *start) : std::nullopt;
  if (!headers || headers->signature != pe::nt_signature) return false;
  const u32 sections = *start + static_cast<u32>(offsetof(pe::NtHeaders32, optional)) +
                       headers->file.size_of_optional_header;
  const unsigned count = headers->file.number_of_sections;
  const auto offset_of = [&](u32 rva) { return file_offset(image, sections, count, rva); };
  const auto table =
      offset_of(headers->optional.data_directory[pe::directory_import].virtual_address);
  constexpr u32 most_libraries = 256, size = sizeof(pe::ImportDescriptor);
  for (u32 i = 0; table && i < most_libraries; ++i) {
    const auto descriptor = read_at<pe::ImportDescriptor>(image, *table + i * size);
    if (!descriptor || descriptor->name == 0) return false;
    const auto name = offset_of(descriptor->name);
    if (name && text_at(image, *name) == library) return true;
  }
  return false;
}

const Model& model_for_program(std::span<const u8> image) {
  return imports_from(image, "msvcrt.dll") ? *find_model("compat") : default_model();
}

}  // namespace faultline::app
