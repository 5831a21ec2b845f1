// An engine of the embedding API in flat 32-bit mode, with a megabyte of RAM at 0.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "include/faultline.h"

namespace faultline::test {

inline constexpr uint32_t ram_size = 1u << 20, code_at = 0x1000;

class Embedded : public testing::Test {
 protected:
  void SetUp() override { use("i486sx"); }
  void TearDown() override { EXPECT_EQ(faultline_close(engine), FAULTLINE_OK); }

  /// Another model in place of the one there is.
  void use(const char* model) {
    ASSERT_EQ(faultline_close(engine), FAULTLINE_OK);
    ASSERT_EQ(faultline_open(model, &engine), FAULTLINE_OK);
    ASSERT_EQ(faultline_set_timing(engine, FAULTLINE_TIMING_NONE), FAULTLINE_OK);
    ASSERT_EQ(faultline_map_ram(engine, 0, ram_size), FAULTLINE_OK);
    ASSERT_EQ(faultline_enter_flat32(engine), FAULTLINE_OK);
    set(FAULTLINE_ESP, 0x8000);
  }

  void place(const std::vector<uint8_t>& bytes, uint32_t at = code_at) {
    ASSERT_EQ(faultline_write_physical(engine, at, bytes.data(), bytes.size()), FAULTLINE_OK);
  }
  void set(int reg, uint32_t value) {
    EXPECT_EQ(faultline_write_register(engine, reg, value), FAULTLINE_OK) << "register " << reg;
  }
  uint32_t get(int reg) {
    uint32_t value = 0;
    EXPECT_EQ(faultline_read_register(engine, reg, &value), FAULTLINE_OK) << "register " << reg;
    return value;
  }
  uint32_t dword(uint32_t at) {
    uint32_t value = 0;
    EXPECT_EQ(faultline_read_physical(engine, at, &value, sizeof value), FAULTLINE_OK);
    return value;
  }
  void set_dword(uint32_t at, uint32_t value) {
    EXPECT_EQ(faultline_write_physical(engine, at, &value, sizeof value), FAULTLINE_OK);
  }
  faultline_counters counters() {
    faultline_counters all{};
    EXPECT_EQ(faultline_read_counters(engine, &all), FAULTLINE_OK);
    return all;
  }
  /// Runs the code placed last until it halts; the reason of its end.
  int run(uint64_t until = FAULTLINE_NOWHERE, uint64_t clocks = 100'000, uint64_t count = 0) {
    EXPECT_EQ(faultline_start(engine, code_at, until, clocks, count), FAULTLINE_OK);
    return faultline_stop_reason(engine);
  }

  faultline_engine* engine = nullptr;
};

}  // namespace faultline::test
