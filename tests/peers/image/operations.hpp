// Accesses through data and stack segments, and fetches: the rows of a table, each with its
// operands.
#pragma once

#include "tests/peers/image/case.hpp"

namespace peers {

/// What the operand is reached by.
enum class Through : u8 {
  Ebx,    // [EBX], any segment
  Esi,    // DS:ESI, overridable
  Edi,    // ES:EDI
  Both,   // string with two operands
  Stack,  // SS:ESP
  Frame,  // SS:EBP
  StackAndEbx,
  Fetch,  // the instruction itself
};

struct Operation {
  const char* name;
  u8 bytes[7];
  u8 length;
  Through through;
  u8 size;            // bytes of the operand
  u16 undefined = 0;  // status flags left undefined
  u8 model = 3;
  u8 ebx_size = 0;  // of the second operand, where it differs
};

extern const Operation operations[];
extern const u32 operation_count;

/// A data, stack or fetch access of the case's ring.
void prepare_operation(Case& c, u32 model);
/// In ring 0 the stack stays a good one, for faults of ring 0 come on it.
void use_window_stack(Case& c);
/// Segment loads, far transfers and privileged instructions.
void prepare_transfer(Case& c);

}  // namespace peers
