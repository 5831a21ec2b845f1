// What reading and writing of registers share: numbers and layouts behind the table's places.
#pragma once

#include "cpu/engine.hpp"

namespace faultline::gdb {

/// Numbers after those of arch::SegmentRegister.
inline constexpr unsigned ldtr_number = segment_register_count,
                          tr_number = segment_register_count + 1;

/// Of a descriptor's upper half. [386 §5.1.1]
namespace attributes {
inline constexpr unsigned access_shift = 8;
inline constexpr u32 big = 1u << 22, granular = 1u << 23;
}  // namespace attributes

/// The environment's words in gdb's order.
enum class FloatWord : u8 {
  Control,
  Status,
  Tags,
  InstructionSelector,
  InstructionOffset,
  OperandSelector,
  OperandOffset,
  Opcode,
};

const DescriptorCache& segment_of(const State& state, unsigned index);
u32 attributes_of(const DescriptorCache& cache);
u32 float_word(const X87State& x87, unsigned index);

}  // namespace faultline::gdb
