// Bits of EFLAGS and CR0, and the numbers by which instructions name registers.
// [386 §2.3, §4.1] [486 §2.3, §4.1]
#pragma once

#include "arch/integers.hpp"

namespace arch {

namespace eflags {
inline constexpr u32 CF = 1u << 0, PF = 1u << 2, AF = 1u << 4, ZF = 1u << 6, SF = 1u << 7,
                     TF = 1u << 8, IF = 1u << 9, DF = 1u << 10, OF = 1u << 11, IOPL = 3u << 12,
                     NT = 1u << 14, RF = 1u << 16, VM = 1u << 17, AC = 1u << 18, ID = 1u << 21;
inline constexpr u32 always_one = 1u << 1;
inline constexpr u32 arithmetic = CF | PF | AF | ZF | SF | OF;
inline constexpr unsigned IOPL_shift = 12;
}  // namespace eflags

namespace cr0 {
inline constexpr u32 PE = 1u << 0, MP = 1u << 1, EM = 1u << 2, TS = 1u << 3, ET = 1u << 4,
                     NE = 1u << 5, WP = 1u << 16, AM = 1u << 18, NW = 1u << 29, CD = 1u << 30,
                     PG = 1u << 31;
}  // namespace cr0

/// DR6, what a #DB was raised for. [386 §12.2.3]
namespace dr6 {
inline constexpr u32 B0 = 1u << 0, B1 = 1u << 1, B2 = 1u << 2, B3 = 1u << 3, BD = 1u << 13,
                     BS = 1u << 14, BT = 1u << 15;
}

/// General registers in encoding order. [386 §17.2.1]
enum GeneralRegister : u8 { EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI };

/// Segment registers in encoding order. [386 §17.2.1]
enum SegmentRegister : u8 { ES, CS, SS, DS, FS, GS };
inline constexpr unsigned segment_register_count = 6;

}  // namespace arch
