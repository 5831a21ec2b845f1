// The opcodes whose ModRM reg field extends the opcode. Columns as in one_byte.hpp. [386 App. A]
#pragma once

#include "cpu/isa/rows.hpp"

namespace faultline::isa {

inline constexpr auto group1_rows = join(
    group1(0, M_::ADD, arithmetic), group1(1, M_::OR, logic), group1(2, M_::ADC, with_carry),
    group1(3, M_::SBB, with_carry), group1(4, M_::AND, logic), group1(5, M_::SUB, arithmetic),
    group1(6, M_::XOR, logic), group1(7, M_::CMP, arithmetic));

inline constexpr auto group2_rows = join(
    group2(0, M_::ROL, rotate), group2(1, M_::ROR, rotate), group2(2, M_::RCL, rotate_carry),
    group2(3, M_::RCR, rotate_carry), group2(4, M_::SHL, shift), group2(5, M_::SHR, shift),
    group2(6, M_::SHL, shift, Undocumented), group2(7, M_::SAR, shift));

inline constexpr auto group_rows = std::to_array<Form>({
    {0x8F, 0, M_::POP, {Ev}, {4, 5}, {4, 6}, none, StackWide},
    {0xC6, 0, M_::MOV, {Eb, Ib}, {2, 2}, {1, 1}, none, Plain},
    {0xC7, 0, M_::MOV, {Ev, Iv}, {2, 2}, {1, 1}, none, Plain},
    // Group 3. Multiply and divide times depend on the operand: docs/timing.md.
    {0xF6, 0, M_::TEST, {Eb, Ib}, {2, 5}, {1, 2}, logic, Plain},
    {0xF7, 0, M_::TEST, {Ev, Iv}, {2, 5}, {1, 2}, logic, Plain},
    {0xF6, 1, M_::TEST, {Eb, Ib}, {2, 5}, {1, 2}, logic, Undocumented},
    {0xF7, 1, M_::TEST, {Ev, Iv}, {2, 5}, {1, 2}, logic, Undocumented},
    {0xF6, 2, M_::NOT, {Eb}, {2, 7}, {1, 3}, none, Lockable},
    {0xF7, 2, M_::NOT, {Ev}, {2, 7}, {1, 3}, none, Lockable},
    {0xF6, 3, M_::NEG, {Eb}, {2, 7}, {1, 3}, arithmetic, Lockable},
    {0xF7, 3, M_::NEG, {Ev}, {2, 7}, {1, 3}, arithmetic, Lockable},
    {0xF6, 4, M_::MUL, {Eb}, {9, 12}, {13, 13}, multiply, Plain},
    {0xF7, 4, M_::MUL, {Ev}, {9, 12}, {13, 13}, multiply, Plain},
    {0xF6, 5, M_::IMUL, {Eb}, {9, 12}, {13, 13}, multiply, Plain},
    {0xF7, 5, M_::IMUL, {Ev}, {9, 12}, {13, 13}, multiply, Plain},
    {0xF6, 6, M_::DIV, {Eb}, {15, 18}, {16, 16}, divide, Plain},
    {0xF7, 6, M_::DIV, {Ev}, {23, 26, 39}, {24, 24, 40}, divide, Plain},
    {0xF6, 7, M_::IDIV, {Eb}, {20, 23}, {19, 20}, divide, Plain},
    {0xF7, 7, M_::IDIV, {Ev}, {28, 31, 44}, {27, 28, 43}, divide, Plain},
    // Groups 4 and 5.
    {0xFE, 0, M_::INC, {Eb}, {2, 6}, {1, 3}, count, Lockable},
    {0xFE, 1, M_::DEC, {Eb}, {2, 6}, {1, 3}, count, Lockable},
    {0xFF, 0, M_::INC, {Ev}, {2, 6}, {1, 3}, count, Lockable},
    {0xFF, 1, M_::DEC, {Ev}, {2, 6}, {1, 3}, count, Lockable},
    {0xFF, 2, M_::CALL, {Ev}, {7, 10, 7}, {5, 5, 5}, none, EndsBlock | StackWide},
    {0xFF, 3, M_::CALLF, {Mp}, {22, 22, 38}, {17, 17, 20}, none, EndsBlock | StackWide},
    {0xFF, 4, M_::JMP, {Ev}, {7, 10, 7}, {5, 5, 5}, none, EndsBlock},
    {0xFF, 5, M_::JMPF, {Mp}, {17, 17, 31}, {13, 13, 18}, none, EndsBlock},
    {0xFF, 6, M_::PUSH, {Ev}, {5, 5}, {4, 4}, none, StackWide},
    // Groups 6 and 7.
    {0x0F00, 0, M_::SLDT, {Ev}, {2, 2}, {2, 3}, none, ProtectedOnly},
    {0x0F00, 1, M_::STR, {Ev}, {2, 2}, {2, 3}, none, ProtectedOnly},
    {0x0F00, 2, M_::LLDT, {Ew}, {20, 24}, {11, 11}, none, ProtectedOnly | Privileged},
    {0x0F00, 3, M_::LTR, {Ew}, {23, 27}, {20, 20}, none, ProtectedOnly | Privileged},
    {0x0F00, 4, M_::VERR, {Ew}, {10, 11}, {11, 11}, {ZF, 0, 0}, ProtectedOnly},
    {0x0F00, 5, M_::VERW, {Ew}, {15, 16}, {11, 11}, {ZF, 0, 0}, ProtectedOnly},
    {0x0F01, 0, M_::SGDT, {Ms}, {9, 9}, {10, 10}, none, Plain},
    {0x0F01, 1, M_::SIDT, {Ms}, {9, 9}, {10, 10}, none, Plain},
    {0x0F01, 2, M_::LGDT, {Ms}, {11, 11}, {12, 12}, none, Privileged},
    {0x0F01, 3, M_::LIDT, {Ms}, {11, 11}, {12, 12}, none, Privileged},
    {0x0F01, 4, M_::SMSW, {Ev}, {2, 3}, {2, 3}, none, Plain},
    {0x0F01, 6, M_::LMSW, {Ew}, {10, 13}, {13, 13}, none, Privileged | EndsBlock},
    {0x0F01, 7, M_::INVLPG, {M}, {12, 12, 11}, {12, 12, 11}, none, Privileged | EndsBlock | PageFlush},
    // Group 9.
    {0x0FC7, 1, M_::CMPXCHG8B, {Mq}, {0, 10}, {0, 10}, {ZF, 0, 0}, Lockable | CompareExchange8},
    // Group 8: bit tests with an immediate bit offset.
    {0x0FBA, 4, M_::BT, {Ev, Ib}, {3, 6}, {3, 3}, carry_only, Plain},
    {0x0FBA, 5, M_::BTS, {Ev, Ib}, {6, 8}, {6, 8}, carry_only, Lockable},
    {0x0FBA, 6, M_::BTR, {Ev, Ib}, {6, 8}, {6, 8}, carry_only, Lockable},
    {0x0FBA, 7, M_::BTC, {Ev, Ib}, {6, 8}, {6, 8}, carry_only, Lockable},
});

}  // namespace faultline::isa
