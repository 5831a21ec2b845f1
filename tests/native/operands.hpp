// Moves the operands of a generated case to where something ends: a segment or a page.
#pragma once

#include "tests/differential/case_generator.hpp"
#include "tests/native/comparison.hpp"

namespace faultline::native {

using differential::CaseGenerator;
using differential::Encoding;
using differential::Registers;

/// True for what can be moved: a memory operand with a base register, a string, the stack.
bool movable(const Encoding& encoding);
/// Puts every such operand of the case at or around `offset`.
void move_operands(const Encoding& encoding, Registers& registers, u32 offset);
/// The offset of the operand that ModRM names.
u32 operand_offset(const Encoding& encoding, const Registers& registers);

/// True where the instruction goes on at an address it reads.
bool reads_eip(const Form& form);

Context context_of(Mode mode, const Registers& before);
Scope scope_of(const Encoding& encoding, const Registers& before);

/// True for the rows whose cases need nothing but registers and memory; in ring 3 of the host too.
bool runs_natively(const Form& form);

}  // namespace faultline::native
