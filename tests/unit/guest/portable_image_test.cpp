// Reading PE images: a small one built here, whole and broken in every byte.
#include "guest/ntdll/portable_image.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <random>
#include <vector>

namespace {

using namespace ldr;

constexpr u32 image_size = 0x4000;
constexpr u32 nt_offset = 0x80;
constexpr u32 export_rva = 0x2000;
constexpr u32 relocation_rva = 0x2800;
constexpr u32 pointer_rva = 0x2900;

/// An image with the exports Alpha (2010h), Beta (forwarded), and ordinal 7 without a name; and one
/// relocation, at pointer_rva.
class Image {
 public:
  Image() : bytes_(image_size / 4) {
    put<u16>(0, pe::dos_magic);
    put<u32>(pe::lfanew_offset, nt_offset);
    pe::NtHeaders32 nt = {};
    nt.signature = pe::nt_signature;
    nt.file.machine = pe::machine_i386;
    nt.file.number_of_sections = 1;
    nt.file.size_of_optional_header = sizeof nt.optional;
    nt.file.characteristics = pe::characteristics::executable_image;
    nt.optional.magic = pe::optional_magic_pe32;
    nt.optional.image_base = 0x10000000;
    nt.optional.section_alignment = 0x2000;
    nt.optional.file_alignment = 512;
    nt.optional.size_of_image = image_size;
    nt.optional.size_of_headers = 0x400;
    nt.optional.number_of_rva_and_sizes = pe::directory_count;
    nt.optional.data_directory[pe::directory_export] = {export_rva, 0x200};
    nt.optional.data_directory[pe::directory_base_relocation] = {relocation_rva, 12};
    put(nt_offset, nt);
    pe::SectionHeader section = {};
    section.virtual_address = 0x2000;
    section.virtual_size = 0x1000;
    put(nt_offset + sizeof nt, section);

    put(export_rva, pe::ExportDirectory{0, 0, 0, 0, 0, 5, 3, 2, 0x2040, 0x2050, 0x2060});
    put<u32>(0x2040, 0x2910);
    put<u32>(0x2044, 0x2100);  // within the export directory: a forwarder
    put<u32>(0x2048, 0x2920);
    put<u32>(0x2050, 0x2120);
    put<u32>(0x2054, 0x2130);
    put<u16>(0x2060, 0);
    put<u16>(0x2062, 1);
    text(0x2100, "OTHER.Gamma");
    text(0x2120, "Alpha");
    text(0x2130, "Beta");

    put(relocation_rva, pe::BaseRelocationBlock{0x2000, 12});
    put<u16>(relocation_rva + 8, 3 << 12 | (pointer_rva - 0x2000));
    put<u16>(relocation_rva + 10, 0);
    put<u32>(pointer_rva, 0x10002910);
  }

  u8* data() { return reinterpret_cast<u8*>(bytes_.data()); }
  ImageView view() { return ImageView(data(), image_size); }
  template <class T>
  void put(u32 at, const T& value) {
    std::memcpy(data() + at, &value, sizeof value);
  }
  void text(u32 at, const char* value) { std::memcpy(data() + at, value, std::strlen(value) + 1); }
  u32 pointer() {
    u32 value;
    std::memcpy(&value, data() + pointer_rva, sizeof value);
    return value;
  }

 private:
  std::vector<u32> bytes_;
};

TEST(PortableImage, FindsExportsByNameOrdinalAndForwarder) {
  Image image;
  ASSERT_TRUE(valid_headers(image.data(), 0x1000));
  EXPECT_EQ(find_export(image.view(), "Alpha").rva, 0x2910u);
  EXPECT_STREQ(find_export(image.view(), "Beta").forwarder, "OTHER.Gamma");
  EXPECT_EQ(find_export(image.view(), 7u).rva, 0x2920u);
  EXPECT_FALSE(find_export(image.view(), "Alph").found());
  EXPECT_FALSE(find_export(image.view(), "Zeta").found());
  EXPECT_FALSE(find_export(image.view(), 4u).found());
  EXPECT_FALSE(find_export(image.view(), 8u).found());
}

TEST(PortableImage, Relocates) {
  Image image;
  EXPECT_TRUE(relocate(image.data(), image.view(), 0x00550000));
  EXPECT_EQ(image.pointer(), 0x10552910u);
}

TEST(PortableImage, RefusesBadHeaders) {
  const auto refused = [](auto change) {
    Image image;
    change(image);
    return !valid_headers(image.data(), 0x1000);
  };
  const u32 optional = nt_offset + 24;
  EXPECT_TRUE(refused([](Image& i) { i.put<u16>(0, 0x4D4D); }));
  EXPECT_TRUE(refused([](Image& i) { i.put<u32>(pe::lfanew_offset, 0xFFFFFFF0); }));
  EXPECT_TRUE(refused([](Image& i) { i.put<u32>(pe::lfanew_offset, 0x81); }));
  EXPECT_TRUE(refused([](Image& i) { i.put<u16>(nt_offset + 4, 0x8664); }));
  EXPECT_TRUE(refused([=](Image& i) { i.put<u16>(optional, 0x20B); }));
  EXPECT_TRUE(refused([=](Image& i) { i.put<u32>(optional + 28, 0x10001000); }));  // ImageBase
  EXPECT_TRUE(refused([=](Image& i) { i.put<u32>(optional + 32, 0x1800); }));      // alignment
  EXPECT_TRUE(refused([=](Image& i) { i.put<u32>(optional + 56, 0x2800); }));      // SizeOfImage
  EXPECT_TRUE(refused([](Image& i) { i.put<u16>(nt_offset + 6, 200); }));          // sections
  EXPECT_FALSE(refused([](Image&) {}));
}

/// A TLS directory at 2A00h: a template, an index in the section, callbacks that end with 0.
TEST(PortableImage, ChecksWhatTheTlsDirectoryNames) {
  const auto valid = [](auto change) {
    Image image;
    const u32 headers = nt_offset + sizeof(u32) + sizeof(pe::FileHeader);
    image.put(headers + offsetof(pe::OptionalHeader32, data_directory) +
                  pe::directory_tls * sizeof(pe::DataDirectory),
              pe::DataDirectory{0x2A00, sizeof(TlsDirectory)});
    const u32 section = nt_offset + sizeof(pe::NtHeaders32);
    image.put<u32>(section + offsetof(pe::SectionHeader, characteristics), pe::section::write);
    image.put<u32>(0x2B00, 0x10002910);
    TlsDirectory tls = {0x10002900, 0x10002908, 0x10002A80, 0x10002B00, 16, 0};
    change(image, tls);
    image.put(0x2A00, tls);
    return valid_tls(image.view(), 0x10000000);
  };
  EXPECT_TRUE(valid([](Image&, TlsDirectory&) {}));
  EXPECT_TRUE(valid([](Image&, TlsDirectory& tls) { tls.callbacks = 0; }));
  EXPECT_TRUE(valid([](Image&, TlsDirectory& tls) { tls.start = tls.end = 0; }));
  EXPECT_FALSE(valid([](Image&, TlsDirectory& tls) { tls.start = 0x0FFFFFFF; }));
  EXPECT_FALSE(valid([](Image&, TlsDirectory& tls) { tls.end = 0x10004001; }));
  EXPECT_FALSE(valid([](Image&, TlsDirectory& tls) { tls.end = 0x100028FF; }));
  EXPECT_FALSE(valid([](Image&, TlsDirectory& tls) { tls.index = 0x10004000; }));
  EXPECT_FALSE(valid([](Image&, TlsDirectory& tls) { tls.index = 0x10000100; }));
  EXPECT_FALSE(valid([](Image&, TlsDirectory& tls) { tls.callbacks = 0x2B00; }));
  EXPECT_FALSE(valid([](Image& image, TlsDirectory&) { image.put<u32>(0x2B00, 0x20000000); }));
  EXPECT_FALSE(valid([](Image& image, TlsDirectory& tls) {
    for (u32 at = 0x3F00; at < image_size; at += 4) image.put<u32>(at, 0x10002910);
    tls.callbacks = 0x10003F00;
  }));
  EXPECT_FALSE(valid([](Image&, TlsDirectory& tls) { tls.zero_fill = 0xFFFFFFFF; }));
}

/// Whatever one broken byte does, nothing outside the image may be touched (the sanitizers look).
TEST(PortableImage, SurvivesEveryBrokenByte) {
  std::mt19937 random(1);
  unsigned found = 0;
  for (u32 at = 0; at < image_size; ++at) {
    Image image;
    image.data()[at] ^= static_cast<u8>(1 + random() % 255);
    if (!valid_headers(image.data(), 0x1000)) continue;
    found += find_export(image.view(), "Alpha").found();
    find_export(image.view(), "Beta");
    find_export(image.view(), 7u);
    relocate(image.data(), image.view(), 0x1000);
  }
  EXPECT_GT(found, image_size / 2);
}

}  // namespace
