// The address space and the LDT that both processors get. Linear addresses lie in the first 4 MB,
// which ProtectedMachine maps to the same physical ones.
#pragma once

#include <vector>

#include "tests/differential/outcome.hpp"
#include "tests/native/silicon.hpp"

namespace faultline::native {

using differential::Mode;

/// The 64 KB of the case generator, as offsets in the flat segments.
inline constexpr u32 arena = 0x100000;
inline constexpr u32 read_only_area = 0x120000, second_area = 0x130000, area_size = 0x10000;
static_assert(differential::data_size == slot_data);

inline constexpr Region regions[] = {
    {0x80000, 0x80000, 0, 0},
    {arena, area_size, 1, 1},
    {arena + area_size, area_size, 0, 0},
    {read_only_area, area_size, 1, 0},
    {second_area, area_size, 1, 1},
    {second_area + area_size, 0x400000 - second_area - area_size, 0, 0},
};

/// A selector of the LDT with RPL 3.
constexpr u32 local(u32 index) { return index << 3 | 7; }
inline constexpr u32 code32 = local(1), data32 = local(2), code16 = local(3), data16 = local(4);
inline constexpr u32 first_test_segment = 5;  // behind it, what segments.cpp varies

/// As the processor has it, granularity applied.
constexpr u32 limit_of(const Segment& s) { return s.pages != 0 ? s.limit << 12 | 0xFFF : s.limit; }

const std::vector<Segment>& segments();
Layout layout();

/// What is not yet set: general registers and EFLAGS.
Context start_of(Mode mode, u32 eip);

}  // namespace faultline::native
