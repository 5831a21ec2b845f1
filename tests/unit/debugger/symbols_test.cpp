// The PE reader and symbol lookup, on sound files and on broken ones.
#include "debugger/symbols.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/unit/debugger/image_builder.hpp"

namespace faultline::tests {
namespace {

using arch::u32;
using arch::u8;

const std::vector<BuiltSymbol> kernel_symbols = {
    {"_MmAccessFault", 0x100}, {"_KiTrap0E", 0x80},           {"_data", 0x400, false},
    {".text", 0, false},       {"___absolute", 5, false, -1}, {"__ZL10MiZeroPagem", 0x300},
    {"_NtClose@4", 0x200},     {"_alias", 0x300, false},      {"_outside", 0x5000},
};

TEST(SourceName, DropsWhatCompilerAndLinkerAdd) {
  EXPECT_EQ(source_name("_MmAccessFault"), "MmAccessFault");
  EXPECT_EQ(source_name("_NtClose@4"), "NtClose");
  EXPECT_EQ(source_name("@KfLowerIrql@4"), "KfLowerIrql");
  EXPECT_EQ(source_name("__Z13MmAccessFaultm"), "MmAccessFault");
  EXPECT_EQ(source_name("__ZN12_GLOBAL__N_14walkEv"), "walk");
  const std::string bomb =
      "__Z1fSt4pairIiiES_IS_S_ES_IS0_S0_ES_IS1_S1_ES_IS2_S2_ES_IS3_S3_ES_IS4_S4_E";
  EXPECT_EQ(source_name(bomb), bomb.substr(1));  // stays mangled: it doubles at every level
  EXPECT_EQ(source_name("__ZN2Mm4Pool5AllocEj"), "Mm::Pool::Alloc");
  EXPECT_EQ(source_name("__ZN4HeapI5PagesE8allocateEm"), "Heap::allocate");
  EXPECT_EQ(source_name("__Z4readImET_j"), "read");  // unsigned long read<unsigned long>(unsigned)
  EXPECT_EQ(source_name("__ZltRK4PageS1_"), "operator<");
  EXPECT_EQ(source_name("__Znonsense"), "_Znonsense");
  EXPECT_EQ(source_name(""), "");
  EXPECT_EQ(source_name("_"), "");
  EXPECT_EQ(source_name("@"), "");
}

TEST(PeImage, ReadsHeadersSectionsAndSymbols) {
  const PeImage image = read_pe_image(build_image(kernel_symbols));
  EXPECT_EQ(image.base, 0x80100000u);
  EXPECT_EQ(image.size, 0x4000u);
  EXPECT_EQ(image.section_alignment, 0x2000u);
  ASSERT_EQ(image.sections.size(), 1u);
  EXPECT_EQ(image.sections[0].name, ".text");
  ASSERT_EQ(image.symbols.size(), 6u);  // neither the section's own, nor absolute, nor outside
  EXPECT_EQ(image.symbols.front().name, "KiTrap0E");
}

TEST(Module, FindsNamesAndAddresses) {
  Module kernel("KERNEL.EXE", read_pe_image(build_image(kernel_symbols)));
  EXPECT_EQ(kernel.address_of("MmAccessFault"), 0x80102100u);
  EXPECT_EQ(kernel.address_of("NtOpen"), std::nullopt);
  EXPECT_EQ(kernel.describe(0x80102100), "KERNEL!MmAccessFault");
  EXPECT_EQ(kernel.describe(0x8010211C), "KERNEL!MmAccessFault+1C");
  EXPECT_EQ(kernel.describe(0x80102300), "KERNEL!MiZeroPage");  // the function, not the datum
  EXPECT_EQ(kernel.describe(0x80102010), "KERNEL+2010");        // before the first symbol
  EXPECT_EQ(kernel.describe(0x80103F00), "KERNEL+3F00");        // between the sections
  kernel.move_to(0x10000000);
  EXPECT_EQ(kernel.describe(0x10002205), "KERNEL!NtClose+5");
  EXPECT_FALSE(kernel.contains(0x0FFFFFFF));
  EXPECT_TRUE(kernel.contains(0x10003FFF));
  EXPECT_FALSE(kernel.contains(0x10004000));
}

std::string complaint(std::vector<u8> file) {
  try {
    read_pe_image(file);
  } catch (const MalformedImage& error) {
    return error.what();
  }
  return "";
}

TEST(PeImage, SaysWhatIsWrong) {
  std::vector<u8> file = build_image({});
  EXPECT_EQ(complaint({}), "not an executable: no MZ header");
  EXPECT_EQ(complaint({'#', '!', '/', 'b'}), "not an executable: no MZ header");
  auto dos = file;
  dos[0x80] = 'N';
  EXPECT_NE(complaint(dos).find("no PE signature"), std::string::npos);
  auto x64 = file;
  x64[0x84] = 0x64;
  x64[0x85] = 0x86;
  EXPECT_NE(complaint(x64).find("x86-64"), std::string::npos);
  auto short_file = file;
  short_file.resize(0x100);
  EXPECT_NE(complaint(short_file).find("truncated"), std::string::npos);
  auto cut_section = file;
  cut_section.resize(0x600);
  EXPECT_NE(complaint(cut_section).find("section .text"), std::string::npos);
}

TEST(PeImage, ASymbolTableThatDoesNotFitCountsAsNone) {
  std::vector<u8> file = build_image(kernel_symbols);
  file.resize(0x1200 + 17);
  EXPECT_TRUE(read_pe_image(file).symbols.empty());
}

TEST(PeImage, SurvivesAnyDamage) {
  const std::vector<u8> sound = build_image(kernel_symbols);
  std::mt19937 random(386);
  const auto below = [&](std::size_t limit) { return random() % limit; };
  for (unsigned round = 0; round < 20000; ++round) {
    std::vector<u8> file = sound;
    for (auto hits = 1 + below(8); hits > 0; --hits) {
      // Mostly headers and symbols: code bytes are never looked at.
      const std::size_t at = below(2) != 0 ? below(0x200) : 0x1200 + below(file.size() - 0x1200);
      file[at] = below(3) != 0 ? static_cast<u8>(random()) : 0xFF;
    }
    if (below(4) == 0) file.resize(below(file.size()));
    try {
      const Module module("X.EXE", read_pe_image(file));
      module.describe(module.base() + 0x2123);
      module.address_of("MmAccessFault");
    } catch (const MalformedImage&) {
    }
  }
}

}  // namespace
}  // namespace faultline::tests
