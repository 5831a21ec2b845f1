// Spoiling images, one field or a few bytes at a time.
#include "tests/boot/image_mutations.hpp"

#include <cstddef>
#include <cstring>
#include <random>

#include "arch/portable_executable.hpp"

namespace faultline::tests {
namespace {

namespace pe = arch::pe;
using arch::u16;
using arch::u32;

template <class T>
T get(const std::string& image, std::size_t at) {
  T value;
  std::memcpy(&value, image.data() + at, sizeof value);
  return value;
}

u32 nt_offset(const std::string& image) { return get<u32>(image, pe::lfanew_offset); }

/// Offsets in the file of the parts of the headers.
struct Layout {
  explicit Layout(const std::string& image)
      : nt(nt_offset(image)),
        file(nt + 4),
        optional(file + sizeof(pe::FileHeader)),
        sections(optional +
                 get<u16>(image, file + offsetof(pe::FileHeader, size_of_optional_header))),
        count(get<u16>(image, file + offsetof(pe::FileHeader, number_of_sections))) {}
  std::size_t nt, file, optional, sections, count;

  std::size_t section(std::size_t index) const {
    return sections + index * sizeof(pe::SectionHeader);
  }
  std::size_t directory(pe::Directory which) const {
    return optional + offsetof(pe::OptionalHeader32, data_directory) +
           which * sizeof(pe::DataDirectory);
  }
};

/// Where the byte of the image at `rva` lies in the file; 0: nowhere.
std::size_t file_offset(const std::string& image, u32 rva) {
  const Layout layout(image);
  for (std::size_t i = 0; i < layout.count; ++i) {
    const auto section = get<pe::SectionHeader>(image, layout.section(i));
    if (rva - section.virtual_address < section.size_of_raw_data) {
      return section.pointer_to_raw_data + (rva - section.virtual_address);
    }
  }
  return 0;
}

std::size_t directory_offset(const std::string& image, pe::Directory which) {
  return file_offset(image,
                     get<pe::DataDirectory>(image, Layout(image).directory(which)).virtual_address);
}

/// Copies of one image with one value each.
class Spoiler {
 public:
  explicit Spoiler(const std::string& image) : image_(image) {}
  template <class T>
  void put(const std::string& what, std::size_t at, T value) {
    std::string spoiled = image_;
    if (at == 0 && what != "MZ") return;
    std::memcpy(spoiled.data() + at, &value, sizeof value);
    made_.push_back({what, spoiled});
  }
  void cut(std::size_t size) {
    made_.push_back({"cut off at " + std::to_string(size), image_.substr(0, size)});
  }
  std::vector<Mutation> take() { return std::move(made_); }

 private:
  const std::string& image_;
  std::vector<Mutation> made_;
};

}  // namespace

std::vector<Mutation> broken_images(const std::string& image) {
  using File = pe::FileHeader;
  using Optional = pe::OptionalHeader32;
  using Section = pe::SectionHeader;
  const Layout at(image);
  const auto optional = [&](std::size_t field) { return at.optional + field; };
  const auto first = [&](std::size_t field) { return at.section(0) + field; };
  const auto last = [&](std::size_t field) { return at.section(at.count - 1) + field; };
  Spoiler s(image);
  s.put<u16>("MZ", 0, 0x4D5B);
  s.put<u32>("e_lfanew beyond the file", pe::lfanew_offset, 0x7FFFFFF0);
  s.put<u32>("e_lfanew odd", pe::lfanew_offset, static_cast<u32>(at.nt + 1));
  s.put<u32>("e_lfanew 0", pe::lfanew_offset, 0);
  s.put<u32>("signature", at.nt, 0x00004E45);
  s.put<u16>("machine", at.file + offsetof(File, machine), 0x8664);
  s.put<u16>("no sections", at.file + offsetof(File, number_of_sections), 0);
  s.put<u16>("97 sections", at.file + offsetof(File, number_of_sections), 97);
  s.put<u16>("65535 sections", at.file + offsetof(File, number_of_sections), 0xFFFF);
  s.put<u16>("no optional header", at.file + offsetof(File, size_of_optional_header), 0);
  s.put<u16>("long optional header", at.file + offsetof(File, size_of_optional_header), 0xFFFF);
  s.put<u16>("not executable", at.file + offsetof(File, characteristics), 0);
  s.put<u16>("magic", at.optional, 0x20B);
  s.put<u32>("entry outside", optional(offsetof(Optional, address_of_entry_point)), 0x7FFFFFFF);
  s.put<u32>("base off 64 KB", optional(offsetof(Optional, image_base)), 0x10001000);
  s.put<u32>("base in the kernel", optional(offsetof(Optional, image_base)), 0x80000000);
  s.put<u32>("base -64 KB", optional(offsetof(Optional, image_base)), 0xFFFF0000);
  s.put<u32>("section alignment 0", optional(offsetof(Optional, section_alignment)), 0);
  s.put<u32>("section alignment odd", optional(offsetof(Optional, section_alignment)), 0x3001);
  s.put<u32>("section alignment huge", optional(offsetof(Optional, section_alignment)), 1u << 31);
  s.put<u32>("file alignment 0", optional(offsetof(Optional, file_alignment)), 0);
  s.put<u32>("file alignment huge", optional(offsetof(Optional, file_alignment)), 1u << 20);
  s.put<u32>("image size 0", optional(offsetof(Optional, size_of_image)), 0);
  s.put<u32>("image size small", optional(offsetof(Optional, size_of_image)), 0x2000);
  s.put<u32>("image size large", optional(offsetof(Optional, size_of_image)), 0x40000000);
  s.put<u32>("image size -1", optional(offsetof(Optional, size_of_image)), 0xFFFFFFFF);
  s.put<u32>("headers' size large", optional(offsetof(Optional, size_of_headers)), 0x7FFFFFFF);
  s.put<u32>("17 directories", optional(offsetof(Optional, number_of_rva_and_sizes)), 17);
  s.put<u32>("a section in the headers", first(offsetof(Section, virtual_address)), 0);
  s.put<u32>("a section off its alignment", first(offsetof(Section, virtual_address)), 0x1200);
  s.put<u32>("a section beyond the image", last(offsetof(Section, virtual_address)), 0x7FFFE000);
  s.put<u32>("a section larger than the image", last(offsetof(Section, virtual_size)), 0x10000000);
  s.put<u32>("a section of 4 GB", first(offsetof(Section, virtual_size)), 0xFFFFFFFF);
  s.put<u32>("bytes beyond the file", first(offsetof(Section, pointer_to_raw_data)), 0x01000000);
  s.put<u32>("more bytes than the file", first(offsetof(Section, size_of_raw_data)), 0x01000000);
  s.put<u32>("bytes that wrap", first(offsetof(Section, size_of_raw_data)), 0xFFFFFE00);
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{63}, at.nt, at.optional, at.sections,
        at.section(at.count) - 1, image.size() / 2}) {
    s.cut(size);
  }
  return s.take();
}

std::vector<Mutation> broken_directories(const std::string& library, bool moved) {
  const Layout at(library);
  const auto directory = [&](pe::Directory which) { return at.directory(which); };
  Spoiler s(library);
  if (moved) {
    const std::size_t blocks = directory_offset(library, pe::directory_base_relocation);
    s.put<u32>("relocations elsewhere", directory(pe::directory_base_relocation), 0x7FFFFFF0);
    s.put<u32>("relocations -16", directory(pe::directory_base_relocation), 0xFFFFFFF0);
    s.put<u32>("more relocations than there is", directory(pe::directory_base_relocation) + 4,
               0x7FFFFFF0);
    s.put<u32>("a block of 0 bytes", blocks + 4, 0);
    s.put<u32>("a block of 4 GB", blocks + 4, 0xFFFFFFFF);
    s.put<u32>("a page elsewhere", blocks, 0x7FFFF000);
    s.put<u16>("another kind", blocks + 8, 0x7000);
    return s.take();
  }
  const std::size_t imports = directory_offset(library, pe::directory_import);
  const std::size_t tls = directory_offset(library, pe::directory_tls);
  if (imports != 0 && get<pe::ImportDescriptor>(library, imports).name != 0) {
    s.put<u32>("imports elsewhere", directory(pe::directory_import), 0x7FFFFFF0);
    s.put<u32>("imports off 4", directory(pe::directory_import),
               get<u32>(library, directory(pe::directory_import)) + 1);
    s.put<u32>("a name elsewhere", imports + offsetof(pe::ImportDescriptor, name), 0x7FFFFFF0);
    s.put<u32>("addresses elsewhere", imports + offsetof(pe::ImportDescriptor, first_thunk),
               0x7FFFFFF0);
    s.put<u32>("names elsewhere", imports + offsetof(pe::ImportDescriptor, original_first_thunk),
               0x7FFFFFF0);
  }
  if (tls != 0) {
    s.put<u32>("TLS elsewhere", directory(pe::directory_tls), 0x7FFFFFF0);
    s.put<u32>("a template elsewhere", tls, 0x00001000);
    s.put<u32>("a template backwards", tls + 4, 0x00001000);
    s.put<u32>("an index elsewhere", tls + 8, 0x00001000);
    s.put<u32>("an index in the headers", tls + 8,
               get<u32>(library, at.optional + offsetof(pe::OptionalHeader32, image_base)) + 0x40);
    s.put<u32>("callbacks elsewhere", tls + 12, 0x00001000);
    s.put<u32>("zeros of 4 GB", tls + 16, 0xFFFFFFFF);
  }
  return s.take();
}

std::vector<Mutation> random_mutations(const std::string& image, unsigned count,
                                       std::uint32_t seed) {
  const Layout at(image);
  std::vector<std::size_t> places;
  const std::size_t entry = at.optional + offsetof(pe::OptionalHeader32, address_of_entry_point);
  for (std::size_t i = at.nt; i < at.section(at.count); ++i) {
    if (i < entry || i >= entry + sizeof(u32)) places.push_back(i);
  }
  for (const pe::Directory which : {pe::directory_export, pe::directory_import,
                                    pe::directory_base_relocation, pe::directory_tls}) {
    const auto directory = get<pe::DataDirectory>(image, at.directory(which));
    const std::size_t start = file_offset(image, directory.virtual_address);
    const std::size_t size = directory.size < 0x200 ? directory.size : 0x200;
    for (std::size_t i = start; start != 0 && i < start + size; ++i) places.push_back(i);
  }
  std::mt19937 random(seed);
  std::vector<Mutation> made;
  for (unsigned i = 0; i < count; ++i) {
    Mutation mutation{"seed " + std::to_string(seed) + " number " + std::to_string(i), image};
    for (unsigned changes = 1 + random() % 4; changes != 0; --changes) {
      static constexpr unsigned char values[] = {0, 1, 0x7F, 0x80, 0xFF};
      const unsigned value = random() % 10;
      mutation.bytes[places[random() % places.size()]] =
          static_cast<char>(value < 5 ? values[value] : random());
    }
    made.push_back(mutation);
  }
  return made;
}

}  // namespace faultline::tests
