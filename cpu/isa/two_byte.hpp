// The two-byte opcodes 0F xx without a /digit. Columns as in one_byte.hpp. [386 App. A] [486 App. A]
#pragma once

#include "cpu/isa/rows.hpp"

namespace faultline::isa {

inline constexpr auto two_byte_plain = std::to_array<Form>({
    {0x0F02, -1, M_::LAR, {Gv, Ew}, {15, 16}, {11, 11}, {ZF, 0, 0}, ProtectedOnly},
    {0x0F03, -1, M_::LSL, {Gv, Ew}, {20, 21, 5}, {10, 10}, {ZF, 0, 0}, ProtectedOnly},
    {0x0F06, -1, M_::CLTS, {}, {5}, {7}, none, Privileged | EndsBlock},
    {0x0F07, -1, M_::LOADALL, {}, {290}, {290}, none,
     Undocumented | EndsBlock | LoadAll | Privileged},
    {0x0F08, -1, M_::INVD, {}, {4}, {4}, none, Privileged | I486Set},
    {0x0F09, -1, M_::WBINVD, {}, {5}, {5}, none, Privileged | I486Set},
    {0x0F20, -1, M_::MOVCR, {Rd, Cd}, {6, 6, 6}, {4, 4, 4}, none, Privileged | EndsBlock},
    {0x0F21, -1, M_::MOVDR, {Rd, Dd}, {22, 14}, {9, 9}, none, Privileged},
    {0x0F22, -1, M_::MOVCR, {Cd, Rd}, {5, 4, 10}, {4, 4, 17}, none, Privileged | EndsBlock},
    {0x0F23, -1, M_::MOVDR, {Dd, Rd}, {22, 16}, {10, 10}, none, Privileged | EndsBlock},
    {0x0F24, -1, M_::MOVTR, {Rd, Td}, {12, 12}, {4, 3}, none, Privileged | TlbTest},
    {0x0F26, -1, M_::MOVTR, {Td, Rd}, {12, 12}, {4, 4}, none, Privileged | EndsBlock | TlbTest},
    {0x0FA0, -1, M_::PUSHSREG, {FS_}, {2}, {3}, none, StackWide},
    {0x0FA1, -1, M_::POPSREG, {FS_}, {5, 0, 21}, {3, 0, 9}, none, EndsBlock | StackWide},
    {0x0F31, -1, M_::RDTSC, {}, {6}, {6}, none, TimeStamp},
    {0x0FA2, -1, M_::CPUID, {}, {14}, {14}, none, Identification},
    {0x0FA3, -1, M_::BT, {Ev, Gv}, {3, 12}, {3, 8}, carry_only, Plain},
    {0x0FA4, -1, M_::SHLD, {Ev, Gv, Ib}, {3, 7}, {2, 3}, shift, Plain},
    {0x0FA5, -1, M_::SHLD, {Ev, Gv, CL}, {3, 7}, {3, 4}, shift, Plain},
    {0x0FA8, -1, M_::PUSHSREG, {GS_}, {2}, {3}, none, StackWide},
    {0x0FA9, -1, M_::POPSREG, {GS_}, {5, 0, 21}, {3, 0, 9}, none, EndsBlock | StackWide},
    {0x0FAB, -1, M_::BTS, {Ev, Gv}, {6, 13}, {6, 13}, carry_only, Lockable},
    {0x0FAC, -1, M_::SHRD, {Ev, Gv, Ib}, {3, 7}, {2, 3}, shift, Plain},
    {0x0FAD, -1, M_::SHRD, {Ev, Gv, CL}, {3, 7}, {3, 4}, shift, Plain},
    {0x0FAF, -1, M_::IMUL3, {Gv, Ev}, {9, 12}, {13, 13}, multiply, Plain},
    {0x0FB0, -1, M_::CMPXCHG, {Eb, Gb}, {6, 7}, {6, 7}, arithmetic, Lockable | I486Set},
    {0x0FB1, -1, M_::CMPXCHG, {Ev, Gv}, {6, 7}, {6, 7}, arithmetic, Lockable | I486Set},
    {0x0FB2, -1, M_::LSS, {Gv, Mp}, {7, 7, 22}, {6, 6, 12}, none, EndsBlock},
    {0x0FB3, -1, M_::BTR, {Ev, Gv}, {6, 13}, {6, 13}, carry_only, Lockable},
    {0x0FB4, -1, M_::LFS, {Gv, Mp}, {7, 7, 25}, {6, 6, 12}, none, EndsBlock},
    {0x0FB5, -1, M_::LGS, {Gv, Mp}, {7, 7, 25}, {6, 6, 12}, none, EndsBlock},
    {0x0FB6, -1, M_::MOVZX, {Gv, Eb}, {3, 6}, {3, 3}, none, Plain},
    {0x0FB7, -1, M_::MOVZX, {Gv, Ew}, {3, 6}, {3, 3}, none, Plain},
    {0x0FBB, -1, M_::BTC, {Ev, Gv}, {6, 13}, {6, 13}, carry_only, Lockable},
    {0x0FBC, -1, M_::BSF, {Gv, Ev}, {10, 10, 3}, {6, 7, 1}, scan, Plain},
    {0x0FBD, -1, M_::BSR, {Gv, Ev}, {10, 10, 3}, {6, 7, 3}, scan, Plain},
    {0x0FBE, -1, M_::MOVSX, {Gv, Eb}, {3, 6}, {3, 3}, none, Plain},
    {0x0FBF, -1, M_::MOVSX, {Gv, Ew}, {3, 6}, {3, 3}, none, Plain},
    {0x0FC0, -1, M_::XADD, {Eb, Gb}, {3, 4}, {3, 4}, arithmetic, Lockable | I486Set},
    {0x0FC1, -1, M_::XADD, {Ev, Gv}, {3, 4}, {3, 4}, arithmetic, Lockable | I486Set},
});

/// CMOVcc is of no 386 and no 486: its clocks are those of a MOV and a test. (docs/deviations.md)
inline constexpr auto two_byte_families = join(
    by_condition(0x0F40, M_::CMOVO,
                 {0, -1, M_::CMOVO, {Gv, Ev}, {2, 4}, {2, 2}, none, ConditionalMove}),
    by_condition(0x0F80, M_::JO, {0, -1, M_::JO, {Jv}, {3, 0, 7}, {1, 0, 3}, none, EndsBlock}),
    by_condition(0x0F90, M_::SETO, {0, -1, M_::SETO, {Eb}, {4, 5}, {3, 4}, none, Plain}),
    by_register(0x0FC8, {0, -1, M_::BSWAP, {Zv}, {1}, {1}, none, I486Set}));

inline constexpr auto two_byte_rows = join(two_byte_plain, two_byte_families);

}  // namespace faultline::isa
