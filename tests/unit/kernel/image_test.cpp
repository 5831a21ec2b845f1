// The image loader's judgement: one good image, and every way to spoil it.
#include "kernel/ldr/image.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <random>
#include <vector>

namespace {

namespace pe = arch::pe;
using arch::u32;
using arch::u8;

constexpr u32 lfanew = 0x80, file_size = 0x800;

/// Two sections: code at 2000h, data at 4000h.
struct Image {
  std::vector<u8> bytes = std::vector<u8>(file_size);

  Image() {
    bytes[0] = 'M';
    bytes[1] = 'Z';
    std::memcpy(&bytes[pe::lfanew_offset], &lfanew, sizeof lfanew);
    nt().signature = pe::nt_signature;
    nt().file.machine = pe::machine_i386;
    nt().file.number_of_sections = 2;
    nt().file.size_of_optional_header = sizeof(pe::OptionalHeader32);
    nt().file.characteristics = pe::characteristics::executable_image;
    pe::OptionalHeader32& optional = nt().optional;
    optional.magic = pe::optional_magic_pe32;
    optional.address_of_entry_point = 0x2000;
    optional.image_base = 0x400000;
    optional.section_alignment = 0x2000;
    optional.file_alignment = 0x200;
    optional.size_of_image = 0x6000;
    optional.size_of_headers = 0x400;
    optional.number_of_rva_and_sizes = pe::directory_count;
    section(0) = {".text", 0x150,
                  0x2000,  0x200,
                  0x400,   0,
                  0,       0,
                  0,       pe::section::code | pe::section::execute | pe::section::read};
    section(1) = {".data", 0x1800,
                  0x4000,  0x200,
                  0x600,   0,
                  0,       0,
                  0,       pe::section::initialized_data | pe::section::read | pe::section::write};
  }
  pe::NtHeaders32& nt() { return *reinterpret_cast<pe::NtHeaders32*>(&bytes[lfanew]); }
  pe::SectionHeader& section(unsigned i) {
    return reinterpret_cast<pe::SectionHeader*>(&bytes[lfanew + sizeof(pe::NtHeaders32)])[i];
  }
  const pe::NtHeaders32* check(LdrImageKind kind = LdrImageKind::Program) const {
    return LdrCheckHeaders({bytes.data(), file_size, file_size}, kind);
  }
};

TEST(LdrImage, AGoodImagePasses) {
  Image image;
  EXPECT_EQ(image.check(), &image.nt());
  EXPECT_EQ(image.check(LdrImageKind::Library), nullptr);
  image.nt().file.characteristics |= pe::characteristics::dll;
  EXPECT_EQ(image.check(), nullptr);
  image.nt().optional.address_of_entry_point = 0;  // a DLL needs none
  EXPECT_EQ(image.check(LdrImageKind::Library), &image.nt());
}

TEST(LdrImage, EverySpoiledFieldIsFound) {
  const struct {
    const char* what;
    std::function<void(Image&)> spoil;
  } cases[] = {
      {"MZ", [](Image& i) { i.bytes[0] = 'N'; }},
      {"e_lfanew past the end", [](Image& i) { i.bytes[pe::lfanew_offset + 2] = 1; }},
      {"e_lfanew not aligned", [](Image& i) { i.bytes[pe::lfanew_offset] = 0x81; }},
      {"signature", [](Image& i) { i.nt().signature = 0; }},
      {"machine", [](Image& i) { i.nt().file.machine = 0x8664; }},
      {"not executable", [](Image& i) { i.nt().file.characteristics = 0; }},
      {"no sections", [](Image& i) { i.nt().file.number_of_sections = 0; }},
      {"too many sections", [](Image& i) { i.nt().file.number_of_sections = 97; }},
      {"sections past the headers", [](Image& i) { i.nt().file.number_of_sections = 50; }},
      {"short optional header", [](Image& i) { i.nt().file.size_of_optional_header = 100; }},
      {"PE32+", [](Image& i) { i.nt().optional.magic = 0x20B; }},
      {"section alignment", [](Image& i) { i.nt().optional.section_alignment = 0x200; }},
      {"odd alignment", [](Image& i) { i.nt().optional.section_alignment = 0x3000; }},
      {"file alignment", [](Image& i) { i.nt().optional.file_alignment = 3; }},
      {"base not on 64 KB", [](Image& i) { i.nt().optional.image_base = 0x401000; }},
      {"base in the kernel", [](Image& i) { i.nt().optional.image_base = 0x80000000; }},
      {"image size 0", [](Image& i) { i.nt().optional.size_of_image = 0; }},
      {"image too large", [](Image& i) { i.nt().optional.size_of_image = 0x7FF00000; }},
      {"image larger than its sections", [](Image& i) { i.nt().optional.size_of_image = 0x8000; }},
      {"headers larger than image", [](Image& i) { i.nt().optional.size_of_headers = 0x7000; }},
      {"headers larger than file", [](Image& i) { i.nt().optional.size_of_headers = 0x1000; }},
      {"entry outside", [](Image& i) { i.nt().optional.address_of_entry_point = 0x6000; }},
      {"no entry", [](Image& i) { i.nt().optional.address_of_entry_point = 0; }},
      {"directories", [](Image& i) { i.nt().optional.number_of_rva_and_sizes = 17; }},
      {"section in the headers", [](Image& i) { i.section(0).virtual_address = 0; }},
      {"section not aligned", [](Image& i) { i.section(0).virtual_address = 0x2100; }},
      {"section past the image", [](Image& i) { i.section(1).virtual_size = 0x2001; }},
      {"section size wraps", [](Image& i) { i.section(1).virtual_size = 0xFFFFFFFF; }},
      {"sections overlap", [](Image& i) { i.section(0).virtual_size = 0x2001; }},
      {"sections out of order", [](Image& i) { std::swap(i.section(0), i.section(1)); }},
      {"raw data past the file", [](Image& i) { i.section(1).pointer_to_raw_data = 0x700; }},
      {"raw data not aligned", [](Image& i) { i.section(0).pointer_to_raw_data = 0x480; }},
      {"raw size wraps", [](Image& i) { i.section(1).size_of_raw_data = 0xFFFFFFFF; }},
  };
  for (const auto& test : cases) {
    Image image;
    test.spoil(image);
    EXPECT_EQ(image.check(), nullptr) << test.what;
  }
}

TEST(LdrImage, EveryTruncationIsFound) {
  const Image image;
  const u32 complete = lfanew + sizeof(pe::NtHeaders32) + 2 * sizeof(pe::SectionHeader);
  for (u32 size = 0; size < complete; ++size) {
    const std::vector<u8> part(image.bytes.begin(), image.bytes.begin() + size);
    EXPECT_EQ(LdrCheckHeaders({part.data(), size, file_size}, LdrImageKind::Program), nullptr);
  }
}

/// What is accepted holds what the kernel relies on, whatever a few random bytes have done.
TEST(LdrImage, WhatPassesIsWithinBounds) {
  std::mt19937 random(1);
  const u32 table = lfanew + sizeof(pe::NtHeaders32), end = table + 2 * sizeof(pe::SectionHeader);
  unsigned passed = 0;
  for (unsigned round = 0; round < 200000; ++round) {
    Image image;
    for (unsigned changes = 1 + random() % 3; changes != 0; --changes) {
      const bool in_sections = random() % 2 != 0;
      const u32 at = in_sections ? table + random() % (end - table) : lfanew + random() % 0x80;
      static constexpr u8 values[] = {0, 1, 2, 0x10, 0x20, 0x7F, 0x80, 0xFF};
      image.bytes[at] = random() % 2 != 0 ? values[random() % 8] : static_cast<u8>(random());
    }
    // Nothing is behind the last byte: the sanitizers see who looks there.
    const std::vector<u8> exact(image.bytes.begin(), image.bytes.begin() + end);
    const LdrHeaderBytes bytes = {exact.data(), end, file_size};
    const pe::NtHeaders32* headers = LdrCheckHeaders(bytes, LdrImageKind::Program);
    if (headers == nullptr) headers = LdrCheckHeaders(bytes, LdrImageKind::Library);
    if (headers == nullptr) continue;
    ++passed;
    const pe::OptionalHeader32& optional = headers->optional;
    ASSERT_LE(std::uint64_t{optional.image_base} + optional.size_of_image, 0x7FFE0000u);
    ASSERT_LT(optional.address_of_entry_point, optional.size_of_image);
    std::uint64_t lowest = optional.size_of_headers;
    const pe::SectionHeader* section = LdrFirstSection(headers);
    for (unsigned i = 0; i < headers->file.number_of_sections; ++i, ++section) {
      ASSERT_GE(section->virtual_address, lowest);
      lowest = std::uint64_t{section->virtual_address} + LdrSectionSize(*section);
      if (section->size_of_raw_data == 0 || section->pointer_to_raw_data == 0) continue;
      ASSERT_LE(std::uint64_t{section->pointer_to_raw_data} + section->size_of_raw_data, file_size);
    }
    ASSERT_LE(lowest, optional.size_of_image);
    for (u32 rva = 0; rva < optional.size_of_image && rva < 0x10000; rva += 0x1000) {
      const u32 protection = LdrPageProtection(headers, rva, 0x1000);
      ASSERT_TRUE(protection == 2 || protection == 4 || protection == 0x20 || protection == 0x40);
    }
  }
  EXPECT_GT(passed, 1000u);  // and many others didn't
  EXPECT_LT(passed, 150000u);
}

TEST(LdrImage, APageServesAllItsSections) {
  Image image;
  EXPECT_EQ(LdrPageProtection(&image.nt(), 0, 0x1000), 0x02u);
  EXPECT_EQ(LdrPageProtection(&image.nt(), 0x2000, 0x1000), 0x20u);
  EXPECT_EQ(LdrPageProtection(&image.nt(), 0x4000, 0x1000), 0x04u);
  EXPECT_EQ(LdrPageProtection(&image.nt(), 0x2000, 0x4000), 0x40u);  // both in one large page
}

}  // namespace
