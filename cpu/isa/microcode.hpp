// Clocks of the 386 where counting its microcode gives another figure than the manual's, by the
// rule of docs/timing.md, "The microcode column". Rows that are not here agree. [UC]
#pragma once

#include "cpu/isa/rows.hpp"

namespace faultline::isa {

struct MicrocodeClocks {
  u16 opcode;
  s8 extension;
  Clocks clocks;  // as Form::i386
};

inline constexpr auto microcode_overrides = std::to_array<MicrocodeClocks>({
    {0x62, no_extension, {12, 12}},     // BOUND
    {0x8F, 0, {5, 5}},                  // POP r/m: the routine of memory serves registers too
    {0x9A, no_extension, {19, 0, 34}},  // CALL ptr
    {0x9C, no_extension, {4, 0, 5}},    // PUSHF in protected mode
    {0x9D, no_extension, {5, 0, 6}},    // POPF in protected mode
    {0xC9, no_extension, {5}},          // LEAVE
    {0xCA, no_extension, {20, 0, 32}},  // RETF
    {0xCB, no_extension, {20, 0, 32}},
    {0xE0, no_extension, {11, 0, 9}},  // LOOPNE, LOOPE, LOOP taken
    {0xE1, no_extension, {11, 0, 9}},
    {0xE2, no_extension, {11, 0, 9}},
    {0xE8, no_extension, {8, 0, 8}},    // CALL rel
    {0xEA, no_extension, {18, 0, 27}},  // JMP ptr
    {0xF6, 2, {2, 6}},                  // NOT m and NEG m: measured 7 [IBM]
    {0xF7, 2, {2, 6}},
    {0xF6, 3, {2, 6}},
    {0xF7, 3, {2, 6}},
    {0xFF, 2, {8, 11, 8}},                // CALL r/m
    {0xFF, 3, {25, 25, 38}},              // CALL m
    {0xFF, 5, {19, 19, 31}},              // JMP m
    {0x0F01, 4, {2, 2}},                  // SMSW m
    {0x0FBC, no_extension, {10, 13, 3}},  // BSF, BSR of memory
    {0x0FBD, no_extension, {10, 13, 3}},
});

/// The count of a form, or null where it is the manual's.
constexpr const Clocks* microcode_clocks(const Form& form) {
  for (const MicrocodeClocks& each : microcode_overrides)
    if (each.opcode == form.opcode && each.extension == form.extension) return &each.clocks;
  return nullptr;
}

}  // namespace faultline::isa
