// Opening and closing, versions, error texts, timing, reset; and engines side by side.
#include <set>
#include <string>
#include <string_view>

#include "tests/unit/api/embedded.hpp"

namespace faultline::test {
namespace {

TEST(Library, NamesItsVersionTwice) {
  const uint32_t v = faultline_version();
  const std::string text = std::to_string(v >> 16) + "." + std::to_string(v >> 8 & 0xFF) + "." +
                           std::to_string(v & 0xFF);
  EXPECT_EQ(text, faultline_version_string());
}

TEST(Library, HasATextForEachError) {
  std::set<std::string> texts;
  for (int error = FAULTLINE_OK; error <= FAULTLINE_ERROR_INTERNAL; ++error)
    texts.insert(faultline_strerror(error));
  EXPECT_EQ(texts.size(), FAULTLINE_ERROR_INTERNAL + 1u);
  for (int error : {-1, FAULTLINE_ERROR_INTERNAL + 1, 1'000'000})
    EXPECT_STREQ(faultline_strerror(error), "no such error");
  EXPECT_EQ(texts.count("no such error"), 0u);
}

TEST(Library, OpensEveryModelItNames) {
  size_t models = 0;
  for (; faultline_model_name(models) != nullptr; ++models) {
    faultline_engine* engine = nullptr;
    EXPECT_EQ(faultline_open(faultline_model_name(models), &engine), FAULTLINE_OK);
    EXPECT_NE(engine, nullptr);
    EXPECT_EQ(faultline_close(engine), FAULTLINE_OK);
  }
  EXPECT_GE(models, 2u);
  EXPECT_EQ(faultline_model_name(SIZE_MAX), nullptr);
}

TEST(Library, RefusesWhatIsNoModel) {
  faultline_engine* engine = nullptr;
  EXPECT_EQ(faultline_open("z80", &engine), FAULTLINE_ERROR_MODEL);
  EXPECT_EQ(engine, nullptr);
  EXPECT_EQ(faultline_open(nullptr, &engine), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_open("i486sx", nullptr), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_close(nullptr), FAULTLINE_OK);
}

TEST(Library, StartsAtTheResetVector) {
  faultline_engine* engine = nullptr;
  ASSERT_EQ(faultline_open("i386dx", &engine), FAULTLINE_OK);
  uint32_t eip = 0, edx = 0;
  faultline_segment cs{};
  EXPECT_EQ(faultline_read_register(engine, FAULTLINE_EIP, &eip), FAULTLINE_OK);
  EXPECT_EQ(faultline_read_register(engine, FAULTLINE_EDX, &edx), FAULTLINE_OK);
  EXPECT_EQ(faultline_read_segment(engine, FAULTLINE_CS, &cs), FAULTLINE_OK);
  EXPECT_EQ(cs.base + eip, 0xFFFFFFF0u);
  EXPECT_EQ(cs.selector, 0xF000);
  EXPECT_EQ(edx >> 8, 3u);  // the 386's component number [386 §10.1]
  EXPECT_EQ(faultline_stop_reason(engine), FAULTLINE_STOP_NONE);
  EXPECT_EQ(faultline_stop_reason(nullptr), FAULTLINE_STOP_NONE);
  faultline_close(engine);
}

TEST_F(Embedded, ResetKeepsMemoryAndCounters) {
  place({0x40, 0xF4});  // inc eax; hlt
  EXPECT_EQ(run(), FAULTLINE_STOP_HALTED);
  const auto before = counters();
  EXPECT_EQ(before.instructions, 2u);
  EXPECT_EQ(faultline_reset(engine), FAULTLINE_OK);
  EXPECT_EQ(get(FAULTLINE_CR0) & 1, 0u);
  EXPECT_EQ(get(FAULTLINE_EAX), 0u);
  EXPECT_EQ(get(FAULTLINE_EIP), 0xFFF0u);
  EXPECT_EQ(counters().instructions, 2u);
  EXPECT_EQ(dword(code_at) & 0xFFFF, 0xF440u);
  EXPECT_EQ(faultline_reset(nullptr), FAULTLINE_ERROR_ARGUMENT);
}

TEST_F(Embedded, TimingDecidesWhatAnInstructionCosts) {
  place({0xF7, 0xE1, 0xF4});  // mul ecx; hlt
  run();
  EXPECT_EQ(counters().clocks, 2u);
  EXPECT_EQ(faultline_set_timing(engine, FAULTLINE_TIMING_TABLE), FAULTLINE_OK);
  run();
  EXPECT_GT(counters().clocks, 2u + 13u);  // [486 §26 MUL] 13 at least
  EXPECT_EQ(faultline_set_timing(engine, 2), FAULTLINE_ERROR_ARGUMENT);
  EXPECT_EQ(faultline_set_timing(nullptr, FAULTLINE_TIMING_NONE), FAULTLINE_ERROR_ARGUMENT);
}

TEST_F(Embedded, ErrataAreShownOnRequest) {
  EXPECT_EQ(faultline_set_errata(engine, 0), FAULTLINE_OK);
  EXPECT_EQ(faultline_set_errata(nullptr, 1), FAULTLINE_ERROR_ARGUMENT);
  use("i486dx");
  EXPECT_EQ(faultline_set_errata(engine, 1), FAULTLINE_ERROR_MODEL);
  use("i386dx-b1");
  set(FAULTLINE_EDI, code_at);
  // mov eax,12345678; pushad; popad; lea ecx,[edx+edi]; hlt
  place({0xB8, 0x78, 0x56, 0x34, 0x12, 0x60, 0x61, 0x8D, 0x0C, 0x3A, 0xF4});
  for (const int shown : {0, 1, 0}) {
    EXPECT_EQ(faultline_set_errata(engine, shown), FAULTLINE_OK);
    run();
    EXPECT_EQ(get(FAULTLINE_EAX), shown != 0 ? code_at : 0x12345678u);
  }
}

TEST_F(Embedded, FlatModeIsProtectedAndWithoutPaging) {
  EXPECT_EQ(get(FAULTLINE_CR0) & 0x80000001u, 1u);
  for (int reg = FAULTLINE_ES; reg <= FAULTLINE_GS; ++reg) {
    faultline_segment segment{};
    EXPECT_EQ(faultline_read_segment(engine, reg, &segment), FAULTLINE_OK);
    EXPECT_EQ(segment.base, 0u);
    EXPECT_EQ(segment.limit, UINT32_MAX);
    EXPECT_EQ(segment.default_big, 1);
  }
  EXPECT_EQ(get(FAULTLINE_CPL), 0u);
  EXPECT_EQ(faultline_enter_flat32(nullptr), FAULTLINE_ERROR_ARGUMENT);
}

TEST_F(Embedded, EnginesKnowNothingOfEachOther) {
  faultline_engine* other = nullptr;
  ASSERT_EQ(faultline_open("i386dx", &other), FAULTLINE_OK);
  ASSERT_EQ(faultline_map_ram(other, 0, ram_size), FAULTLINE_OK);
  ASSERT_EQ(faultline_enter_flat32(other), FAULTLINE_OK);
  const uint8_t theirs[] = {0x48, 0xF4};  // dec eax; hlt
  ASSERT_EQ(faultline_write_physical(other, code_at, theirs, sizeof theirs), FAULTLINE_OK);
  place({0x40, 0xF4});  // inc eax; hlt
  run();
  EXPECT_EQ(faultline_start(other, code_at, FAULTLINE_NOWHERE, 1000, 0), FAULTLINE_OK);
  uint32_t eax = 0;
  EXPECT_EQ(faultline_read_register(other, FAULTLINE_EAX, &eax), FAULTLINE_OK);
  EXPECT_EQ(eax, UINT32_MAX);
  EXPECT_EQ(get(FAULTLINE_EAX), 1u);
  faultline_close(other);
}

}  // namespace
}  // namespace faultline::test
