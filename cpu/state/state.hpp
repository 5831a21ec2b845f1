// The programmer-visible registers and the little that hardware hides beside them. Plain data:
// snapshots, the debugger and a change of engine copy it as it is. Control registers 0, 2 and 3
// live in MmuState, which paging reads.
#pragma once

#include "cpu/state/flags.hpp"
#include "cpu/state/x87_state.hpp"
#include "mmu/clock.hpp"
#include "mmu/descriptor_cache.hpp"

namespace faultline {

/// What an instruction with an erratum leaves to the one that runs next, if nothing comes between:
/// cpu/interpreter/aftermath.hpp.
struct Aftermath {
  u32 errata = 0;          // by Erratum; 0 is nothing
  u32 other = 0;           // of a string register that may have taken the next one's size
  u8 number = 0;           // that register
  bool address32 = false;  // address size of the string instruction
};

struct State {
  /// By arch::GeneralRegister. The ninth is always zero: "no base", "no index".
  u32 general[9] = {};
  u32 eip = 0;    // of the current instruction at a boundary
  Flags flags{};  // EFLAGS; .value() and .set() speak in arch::eflags bits
  DescriptorCache segment[segment_register_count]{};  // by arch::SegmentRegister
  DescriptorCache ldtr{}, tr{};
  TableRegister gdtr{}, idtr{};
  u32 debug[8] = {};  // DR0-DR7
  Clock clock{};
  u64 instructions = 0;     // retired since reset
  u32 in_flight = 0;        // what the last instruction left to the next: cpu/timing/pipeline.hpp
  bool halted = false;      // HLT executed, no interrupt taken yet
  bool shadow = false;      // MOV SS, POP SS or STI holds interrupts for one instruction
  bool debug_held = false;  // MOV SS or POP SS holds debug exceptions for one, too
  bool checks_alignment = false;  // AM, AC and CPL 3: the segments' tops are closed [486 §9.9.16]
  bool nmi_blocked = false;       // from NMI to IRET [386 §9.2.1]
  X87State x87{};                 // of an x87 that the model may not have
  u32 debug_trap = 0;             // DR6 bits of the #DB trap that is due after this instruction
  Aftermath aftermath{};          // always nothing unless errata are shown

  unsigned cpl() const { return segment[SS].dpl; }
};

}  // namespace faultline
