// Descriptors, gates, selectors and vectors against bytes written out by hand.
#include "arch/descriptor.hpp"

#include <gtest/gtest.h>

#include "arch/address.hpp"
#include "arch/vector.hpp"

namespace arch {
namespace {

TEST(Descriptor, FlatCodeIsTheFamiliarConstant) {
  const Descriptor d =
      make_segment(0, 0xFFFFF, segment_access::kernel_code, segment_flags::G | segment_flags::D);
  EXPECT_EQ(d.low, 0x0000FFFFu);
  EXPECT_EQ(d.high, 0x00CF9A00u);
  EXPECT_EQ(d.limit(), 0xFFFFFFFFu);
  EXPECT_TRUE(d.present() && d.is_code() && d.big() && d.is_segment());
  EXPECT_EQ(d.dpl(), 0u);
}

TEST(Descriptor, BaseAndByteLimitInTheirScatteredFields) {
  const Descriptor d{0x56780ABC, 0x12049234};
  EXPECT_EQ(d.base(), 0x12345678u);
  EXPECT_EQ(d.raw_limit(), 0x40ABCu);
}

TEST(Descriptor, Gate) {
  const Descriptor g = make_gate({0x0008}, 0x80123456, SystemType::InterruptGate32, 3);
  EXPECT_EQ(g.low, 0x00083456u);
  EXPECT_EQ(g.high, 0x8012EE00u);
  EXPECT_EQ(g.gate_offset(), 0x80123456u);
  EXPECT_EQ(g.gate_selector().value, 8);
  EXPECT_EQ(g.system_type(), SystemType::InterruptGate32);
  EXPECT_FALSE(g.is_segment());
}

TEST(Selector, Fields) {
  EXPECT_EQ(Selector{0x1B}.rpl(), 3u);
  EXPECT_EQ(Selector{0x1B}.offset(), 0x18u);
  EXPECT_TRUE(Selector{0x0F}.local());
  EXPECT_TRUE(Selector{3}.null());
  EXPECT_FALSE(Selector{4}.null());
}

TEST(Vector, ErrorCodes) {
  for (unsigned v = 0; v < 32; ++v) {
    const bool expected = v == 8 || (v >= 10 && v <= 14) || v == 17;
    EXPECT_EQ(has_error_code(static_cast<Vector>(v)), expected) << v;
  }
}

TEST(Address, WrapsModulo4G) {
  EXPECT_EQ((LinearAddress{0xFFFFFFFF} + 2).value, 1u);
  EXPECT_LT(PhysicalAddress{1}, PhysicalAddress{0x80000000});
}

}  // namespace
}  // namespace arch
