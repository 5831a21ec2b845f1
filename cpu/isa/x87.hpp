// The coprocessor escapes D8-DF. Columns as in one_byte.hpp, and for register forms ModRM's r/m
// where it extends the opcode. Clocks: of a range in the manual, the middle. [387 App. E] [486 §26]
#pragma once

#include "cpu/isa/rows.hpp"

namespace faultline::isa {

inline constexpr u32 numeric = Numeric;
inline constexpr u32 no_wait = Numeric | NoWait;

/// Rows of one escape byte, written without it.
template <std::size_t N>
constexpr std::array<Form, N> numeric_group(u16 opcode, const std::array<Form, N>& rows) {
  std::array<Form, N> all = rows;
  for (Form& f : all) {
    f.opcode = opcode;
    f.attributes |= numeric;
  }
  return all;
}

// clang-format off
inline constexpr auto x87_arithmetic_rows = join(
    numeric_group(0xD8, std::to_array<Form>({
        {0, 0, M_::FADD, {M32real}, {0, 28}, {0, 10}, none, Plain},
        {0, 1, M_::FMUL, {M32real}, {0, 31}, {0, 11}, none, Plain},
        {0, 2, M_::FCOM, {M32real}, {0, 26}, {0, 4}, none, Plain},
        {0, 3, M_::FCOMP, {M32real}, {0, 26}, {0, 4}, none, Plain},
        {0, 4, M_::FSUB, {M32real}, {0, 28}, {0, 10}, none, Plain},
        {0, 5, M_::FSUBR, {M32real}, {0, 28}, {0, 10}, none, Plain},
        {0, 6, M_::FDIV, {M32real}, {0, 89}, {0, 73}, none, Plain},
        {0, 7, M_::FDIVR, {M32real}, {0, 89}, {0, 73}, none, Plain},
        {0, 0, M_::FADD, {ST0, STi}, {27}, {10}, none, Plain},
        {0, 1, M_::FMUL, {ST0, STi}, {43}, {16}, none, Plain},
        {0, 2, M_::FCOM, {STi}, {24}, {4}, none, Plain},
        {0, 3, M_::FCOMP, {STi}, {26}, {4}, none, Plain},
        {0, 4, M_::FSUB, {ST0, STi}, {30}, {10}, none, Plain},
        {0, 5, M_::FSUBR, {ST0, STi}, {30}, {10}, none, Plain},
        {0, 6, M_::FDIV, {ST0, STi}, {88}, {73}, none, Plain},
        {0, 7, M_::FDIVR, {ST0, STi}, {88}, {73}, none, Plain},
    })),
    numeric_group(0xDC, std::to_array<Form>({
        {0, 0, M_::FADD, {M64real}, {0, 33}, {0, 10}, none, Plain},
        {0, 1, M_::FMUL, {M64real}, {0, 45}, {0, 14}, none, Plain},
        {0, 2, M_::FCOM, {M64real}, {0, 31}, {0, 4}, none, Plain},
        {0, 3, M_::FCOMP, {M64real}, {0, 31}, {0, 4}, none, Plain},
        {0, 4, M_::FSUB, {M64real}, {0, 32}, {0, 10}, none, Plain},
        {0, 5, M_::FSUBR, {M64real}, {0, 32}, {0, 10}, none, Plain},
        {0, 6, M_::FDIV, {M64real}, {0, 94}, {0, 73}, none, Plain},
        {0, 7, M_::FDIVR, {M64real}, {0, 94}, {0, 73}, none, Plain},
        {0, 0, M_::FADD, {STi, ST0}, {30}, {10}, none, Plain},
        {0, 1, M_::FMUL, {STi, ST0}, {43}, {16}, none, Plain},
        {0, 2, M_::FCOM, {STi}, {24}, {4}, none, Undocumented},
        {0, 3, M_::FCOMP, {STi}, {26}, {4}, none, Undocumented},
        {0, 4, M_::FSUBR, {STi, ST0}, {30}, {10}, none, Plain},
        {0, 5, M_::FSUB, {STi, ST0}, {30}, {10}, none, Plain},
        {0, 6, M_::FDIVR, {STi, ST0}, {88}, {73}, none, Plain},
        {0, 7, M_::FDIV, {STi, ST0}, {88}, {73}, none, Plain},
    })),
    numeric_group(0xDA, std::to_array<Form>({
        {0, 0, M_::FIADD, {M32int}, {0, 65}, {0, 23}, none, Plain},
        {0, 1, M_::FIMUL, {M32int}, {0, 72}, {0, 24}, none, Plain},
        {0, 2, M_::FICOM, {M32int}, {0, 60}, {0, 17}, none, Plain},
        {0, 3, M_::FICOMP, {M32int}, {0, 60}, {0, 17}, none, Plain},
        {0, 4, M_::FISUB, {M32int}, {0, 70}, {0, 23}, none, Plain},
        {0, 5, M_::FISUBR, {M32int}, {0, 70}, {0, 23}, none, Plain},
        {0, 6, M_::FIDIV, {M32int}, {0, 124}, {0, 86}, none, Plain},
        {0, 7, M_::FIDIVR, {M32int}, {0, 125}, {0, 86}, none, Plain},
    })),
    numeric_group(0xDE, std::to_array<Form>({
        {0, 0, M_::FIADD, {M16int}, {0, 78}, {0, 24}, none, Plain},
        {0, 1, M_::FIMUL, {M16int}, {0, 82}, {0, 25}, none, Plain},
        {0, 2, M_::FICOM, {M16int}, {0, 73}, {0, 18}, none, Plain},
        {0, 3, M_::FICOMP, {M16int}, {0, 73}, {0, 18}, none, Plain},
        {0, 4, M_::FISUB, {M16int}, {0, 77}, {0, 24}, none, Plain},
        {0, 5, M_::FISUBR, {M16int}, {0, 78}, {0, 24}, none, Plain},
        {0, 6, M_::FIDIV, {M16int}, {0, 138}, {0, 87}, none, Plain},
        {0, 7, M_::FIDIVR, {M16int}, {0, 139}, {0, 87}, none, Plain},
        {0, 0, M_::FADDP, {STi, ST0}, {27}, {10}, none, Plain},
        {0, 1, M_::FMULP, {STi, ST0}, {43}, {16}, none, Plain},
        {0, 2, M_::FCOMP, {STi}, {26}, {4}, none, Undocumented},
        {0, 3, M_::FCOMPP, {}, {26}, {5}, none, Plain, 1},
        {0, 4, M_::FSUBRP, {STi, ST0}, {30}, {10}, none, Plain},
        {0, 5, M_::FSUBP, {STi, ST0}, {30}, {10}, none, Plain},
        {0, 6, M_::FDIVRP, {STi, ST0}, {91}, {73}, none, Plain},
        {0, 7, M_::FDIVP, {STi, ST0}, {91}, {73}, none, Plain},
    })));
// clang-format on

inline constexpr auto x87_transfer_rows = std::to_array<Form>({
    {0xD9, 0, M_::FLD, {M32real}, {0, 20}, {0, 3}, none, numeric},
    {0xD9, 2, M_::FST, {M32real}, {0, 44}, {0, 7}, none, numeric},
    {0xD9, 3, M_::FSTP, {M32real}, {0, 44}, {0, 7}, none, numeric},
    {0xD9, 0, M_::FLD, {STi}, {14}, {4}, none, numeric},
    {0xD9, 1, M_::FXCH, {STi}, {18}, {4}, none, numeric},
    {0xD9, 3, M_::FSTP, {STi}, {12}, {3}, none, numeric | Undocumented},
    {0xDB, 0, M_::FILD, {M32int}, {0, 49}, {0, 11}, none, numeric},
    {0xDB, 2, M_::FIST, {M32int}, {0, 86}, {0, 32}, none, numeric},
    {0xDB, 3, M_::FISTP, {M32int}, {0, 86}, {0, 33}, none, numeric},
    {0xDB, 5, M_::FLD, {M80real}, {0, 44}, {0, 6}, none, numeric},
    {0xDB, 7, M_::FSTP, {M80real}, {0, 53}, {0, 6}, none, numeric},
    {0xDD, 0, M_::FLD, {M64real}, {0, 25}, {0, 3}, none, numeric},
    {0xDD, 2, M_::FST, {M64real}, {0, 45}, {0, 8}, none, numeric},
    {0xDD, 3, M_::FSTP, {M64real}, {0, 45}, {0, 8}, none, numeric},
    {0xDD, 0, M_::FFREE, {STi}, {18}, {3}, none, numeric},
    {0xDD, 1, M_::FXCH, {STi}, {18}, {4}, none, numeric | Undocumented},
    {0xDD, 2, M_::FST, {STi}, {11}, {3}, none, numeric},
    {0xDD, 3, M_::FSTP, {STi}, {12}, {3}, none, numeric},
    {0xDF, 0, M_::FILD, {M16int}, {0, 63}, {0, 14}, none, numeric},
    {0xDF, 2, M_::FIST, {M16int}, {0, 88}, {0, 33}, none, numeric},
    {0xDF, 3, M_::FISTP, {M16int}, {0, 88}, {0, 33}, none, numeric},
    {0xDF, 4, M_::FBLD, {M80dec}, {0, 270}, {0, 75}, none, numeric},
    {0xDF, 5, M_::FILD, {M64int}, {0, 61}, {0, 17}, none, numeric},
    {0xDF, 6, M_::FBSTP, {M80dec}, {0, 523}, {0, 175}, none, numeric},
    {0xDF, 7, M_::FISTP, {M64int}, {0, 88}, {0, 33}, none, numeric},
    {0xDF, 0, M_::FFREEP, {STi}, {18}, {3}, none, numeric | Undocumented},
    {0xDF, 1, M_::FXCH, {STi}, {18}, {4}, none, numeric | Undocumented},
    {0xDF, 2, M_::FSTP, {STi}, {12}, {3}, none, numeric | Undocumented},
    {0xDF, 3, M_::FSTP, {STi}, {12}, {3}, none, numeric | Undocumented},
    {0xD9, 5, M_::FLD1, {}, {24}, {4}, none, numeric, 0},
    {0xD9, 5, M_::FLDL2T, {}, {40}, {8}, none, numeric, 1},
    {0xD9, 5, M_::FLDL2E, {}, {40}, {8}, none, numeric, 2},
    {0xD9, 5, M_::FLDPI, {}, {40}, {8}, none, numeric, 3},
    {0xD9, 5, M_::FLDLG2, {}, {41}, {8}, none, numeric, 4},
    {0xD9, 5, M_::FLDLN2, {}, {41}, {8}, none, numeric, 5},
    {0xD9, 5, M_::FLDZ, {}, {20}, {4}, none, numeric, 6},
});

inline constexpr auto x87_other_rows = std::to_array<Form>({
    {0xD9, 2, M_::FNOP, {}, {12}, {3}, none, numeric, 0},
    {0xD9, 4, M_::FCHS, {}, {24}, {6}, none, numeric, 0},
    {0xD9, 4, M_::FABS, {}, {22}, {3}, none, numeric, 1},
    {0xD9, 4, M_::FTST, {}, {28}, {4}, none, numeric, 4},
    {0xD9, 4, M_::FXAM, {}, {34}, {8}, none, numeric, 5},
    {0xD9, 6, M_::F2XM1, {}, {344}, {242}, none, numeric, 0},
    {0xD9, 6, M_::FYL2X, {}, {329}, {311}, none, numeric, 1},
    {0xD9, 6, M_::FPTAN, {}, {344}, {244}, none, numeric, 2},
    {0xD9, 6, M_::FPATAN, {}, {401}, {289}, none, numeric, 3},
    {0xD9, 6, M_::FXTRACT, {}, {73}, {19}, none, numeric, 4},
    {0xD9, 6, M_::FPREM1, {}, {140}, {94}, none, numeric, 5},
    {0xD9, 6, M_::FDECSTP, {}, {22}, {3}, none, numeric, 6},
    {0xD9, 6, M_::FINCSTP, {}, {21}, {3}, none, numeric, 7},
    {0xD9, 7, M_::FPREM, {}, {115}, {84}, none, numeric, 0},
    {0xD9, 7, M_::FYL2XP1, {}, {402}, {313}, none, numeric, 1},
    {0xD9, 7, M_::FSQRT, {}, {126}, {85}, none, numeric, 2},
    {0xD9, 7, M_::FSINCOS, {}, {502}, {291}, none, numeric, 3},
    {0xD9, 7, M_::FRNDINT, {}, {73}, {29}, none, numeric, 4},
    {0xD9, 7, M_::FSCALE, {}, {77}, {31}, none, numeric, 5},
    {0xD9, 7, M_::FSIN, {}, {447}, {241}, none, numeric, 6},
    {0xD9, 7, M_::FCOS, {}, {448}, {241}, none, numeric, 7},
    {0xDA, 5, M_::FUCOMPP, {}, {26}, {5}, none, numeric, 1},
    {0xDD, 4, M_::FUCOM, {STi}, {24}, {4}, none, numeric},
    {0xDD, 5, M_::FUCOMP, {STi}, {26}, {4}, none, numeric},
    // Control. FENI, FDISI (8087) and FSETPM (287) do nothing any more. [387 App. C]
    {0xD9, 4, M_::FLDENV, {Menv}, {0, 71, 71}, {0, 44, 34}, none, numeric},
    {0xD9, 5, M_::FLDCW, {M2byte}, {0, 19}, {0, 4}, none, numeric},
    {0xD9, 6, M_::FNSTENV, {Menv}, {0, 103, 103}, {0, 67, 56}, none, no_wait},
    {0xD9, 7, M_::FNSTCW, {M2byte}, {0, 15}, {0, 3}, none, no_wait},
    {0xDB, 4, M_::FENI, {}, {12}, {3}, none, no_wait, 0},
    {0xDB, 4, M_::FDISI, {}, {12}, {3}, none, no_wait, 1},
    {0xDB, 4, M_::FNCLEX, {}, {11}, {7}, none, no_wait, 2},
    {0xDB, 4, M_::FNINIT, {}, {33}, {17}, none, no_wait, 3},
    {0xDB, 4, M_::FSETPM, {}, {12}, {3}, none, no_wait, 4},
    {0xDD, 4, M_::FRSTOR, {Mstate}, {0, 308, 308}, {0, 131, 120}, none, numeric},
    {0xDD, 6, M_::FNSAVE, {Mstate}, {0, 375, 376}, {0, 154, 143}, none, no_wait},
    {0xDD, 7, M_::FNSTSW, {M2byte}, {0, 15}, {0, 3}, none, no_wait},
    {0xDF, 4, M_::FNSTSW, {AX}, {13}, {3}, none, no_wait, 0},
});

/// Of later parts, for the model that has them. [SDM FCMOVcc, FCOMI]
inline constexpr auto x87_later_rows = std::to_array<Form>({
    {0xDA, 0, M_::FCMOVB, {ST0, STi}, {4}, {4}, {0, 0, CF}, numeric | ConditionalMove},
    {0xDA, 1, M_::FCMOVE, {ST0, STi}, {4}, {4}, {0, 0, ZF}, numeric | ConditionalMove},
    {0xDA, 2, M_::FCMOVBE, {ST0, STi}, {4}, {4}, {0, 0, CF | ZF}, numeric | ConditionalMove},
    {0xDA, 3, M_::FCMOVU, {ST0, STi}, {4}, {4}, {0, 0, PF}, numeric | ConditionalMove},
    {0xDB, 0, M_::FCMOVNB, {ST0, STi}, {4}, {4}, {0, 0, CF}, numeric | ConditionalMove},
    {0xDB, 1, M_::FCMOVNE, {ST0, STi}, {4}, {4}, {0, 0, ZF}, numeric | ConditionalMove},
    {0xDB, 2, M_::FCMOVNBE, {ST0, STi}, {4}, {4}, {0, 0, CF | ZF}, numeric | ConditionalMove},
    {0xDB, 3, M_::FCMOVNU, {ST0, STi}, {4}, {4}, {0, 0, PF}, numeric | ConditionalMove},
    {0xDB, 5, M_::FUCOMI, {ST0, STi}, {4}, {4}, all_flags, numeric | ConditionalMove},
    {0xDB, 6, M_::FCOMI, {ST0, STi}, {4}, {4}, all_flags, numeric | ConditionalMove},
    {0xDF, 5, M_::FUCOMIP, {ST0, STi}, {4}, {4}, all_flags, numeric | ConditionalMove},
    {0xDF, 6, M_::FCOMIP, {ST0, STi}, {4}, {4}, all_flags, numeric | ConditionalMove},
});

/// What no x87 of the time defines: #NM as every escape, then #UD where there is an x87.
inline constexpr auto x87_reserved_rows =
    by_register(0xD8, {0, no_extension, M_::ESC, {Ev}, {2, 2}, {2, 2}, none, Reserved});

inline constexpr auto x87_rows =
    join(x87_arithmetic_rows, x87_transfer_rows, x87_other_rows, x87_later_rows, x87_reserved_rows);

}  // namespace faultline::isa
