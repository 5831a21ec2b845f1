// Which results and flags the manual leaves undefined.
#include "tests/differential/undefined.hpp"

#include <optional>

namespace faultline::differential {
namespace {

/// The shift or rotate count the instruction uses, or nothing for other instructions.
std::optional<unsigned> shift_count(const Encoding& e, const Registers& before) {
  const Form& form = e.form();
  switch (form.mnemonic) {
    case Mnemonic::SHL:
    case Mnemonic::SHR:
    case Mnemonic::SAR:
    case Mnemonic::ROL:
    case Mnemonic::ROR:
    case Mnemonic::RCL:
    case Mnemonic::RCR:
    case Mnemonic::SHLD:
    case Mnemonic::SHRD:
      break;
    default:
      return std::nullopt;
  }
  const Operand count = form.operands[form.operands[2] != Operand::None ? 2 : 1];
  if (count == Operand::One) return 1;
  return (count == Operand::CL ? before.general[ECX] : e.immediate) & 31;
}

}  // namespace

// [386 §17.2.2 SHLD, BSF] [486 §26 BSWAP]
bool undefined_result(const Encoding& e, const Registers& before) {
  const Form& form = e.form();
  if (form.mnemonic == Mnemonic::BSWAP) return !e.wide;
  if (form.mnemonic == Mnemonic::SHLD || form.mnemonic == Mnemonic::SHRD)
    return *shift_count(e, before) > 8 * e.width();
  return false;
}

u32 defined_flags(const Encoding& e, const Registers& before) {
  u32 undefined = e.form().flags.undefined;
  if (const auto count = shift_count(e, before)) {
    if (*count == 0) undefined = 0;                  // no flag changes
    if (*count == 1) undefined &= ~u32{eflags::OF};  // OF is defined for one bit
    const bool logical = e.form().mnemonic == Mnemonic::SHL || e.form().mnemonic == Mnemonic::SHR;
    if (logical && *count > 8 * e.width()) undefined |= eflags::CF;
  }
  return 0x0003FFFFu & ~undefined;
}

}  // namespace faultline::differential
