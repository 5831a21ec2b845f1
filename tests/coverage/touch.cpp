// Sizes by operand code, directions by cpu/isa/access.hpp and, for the x87, by mnemonic.
// [386 §17.2.1, §3.1.2] [387 §4] [486 §9.9.16]
#include "tests/coverage/touch.hpp"

namespace faultline::coverage {
namespace {

struct Extent {
  u32 bytes = 0, alignment = 1;
};

/// Selectors in memory are words whatever the operand size. [386 §17.2.2 MOV, SLDT, SMSW]
bool stores_word(const Form& f) {
  switch (f.mnemonic) {
    case Mnemonic::SLDT:
    case Mnemonic::STR:
    case Mnemonic::SMSW:
      return true;
    case Mnemonic::MOVSREG:
      return f.operands[1] == Operand::Sw;
    default:
      return false;
  }
}

Extent extent_of(Operand o, u32 width) {
  switch (o) {
    case Operand::Eb:
    case Operand::Ob:
    case Operand::Mb:
      return {1, 1};
    case Operand::Ew:
    case Operand::M16int:
    case Operand::M2byte:
      return {2, 2};
    case Operand::Ev:
    case Operand::Ov:
    case Operand::Mv:
      return {width, width};
    case Operand::Ma:
      return {2 * width, width};
    case Operand::Mp:
      return {width + 2, width};
    case Operand::Ms:
      return {6, 4};
    case Operand::Mq:
      return {8, 8};
    case Operand::M32real:
    case Operand::M32int:
      return {4, 4};
    case Operand::M64real:
    case Operand::M64int:
      return {8, 8};
    case Operand::M80real:
    case Operand::M80dec:
      return {10, 8};
    case Operand::Menv:
      return {7 * width, width};
    case Operand::Mstate:
      return {7 * width + 80, width};
    default:
      return {};
  }
}

bool numeric_store(Mnemonic m) {
  switch (m) {
    case Mnemonic::FST:
    case Mnemonic::FSTP:
    case Mnemonic::FIST:
    case Mnemonic::FISTP:
    case Mnemonic::FBSTP:
    case Mnemonic::FNSTCW:
    case Mnemonic::FNSTENV:
    case Mnemonic::FNSAVE:
    case Mnemonic::FNSTSW:
      return true;
    default:
      return false;
  }
}

/// The stack by the mnemonic; elements of the operand size but for selectors.
void add_stack(std::vector<Touch>& all, const Instance& i) {
  using Place = Touch::Place;
  const u32 size = i.wide ? 4 : 2;
  switch (i.form().mnemonic) {
    case Mnemonic::PUSH:
    case Mnemonic::PUSHA:
    case Mnemonic::PUSHF:
    case Mnemonic::CALL:
    case Mnemonic::CALLF:
    case Mnemonic::ENTER:
      all.push_back({Place::Push, size, true, size, size});
      break;
    case Mnemonic::PUSHSREG:
      all.push_back({Place::Push, 2, true, size, size});
      break;
    case Mnemonic::POP:
    case Mnemonic::POPA:
    case Mnemonic::POPF:
    case Mnemonic::RET:
    case Mnemonic::RETF:
    case Mnemonic::IRET:
      all.push_back({Place::Pop, size, false, size});
      break;
    case Mnemonic::POPSREG:
      all.push_back({Place::Pop, 2, false, 2});
      break;
    case Mnemonic::LEAVE:
      all.push_back({Place::Frame, size, false, size});
      break;
    default:
      break;
  }
}

}  // namespace

std::vector<Touch> touches_of(const Instance& i) {
  using Place = Touch::Place;
  const Form& f = i.form();
  const u32 width = i.width();
  std::vector<Touch> all;
  if (f.has(Reserved)) return all;
  const bool address_only = f.mnemonic == Mnemonic::LEA || f.mnemonic == Mnemonic::INVLPG;
  for (unsigned n = 0; n < 3; ++n) {
    const Operand o = f.operands[n];
    const bool written = f.has(Numeric) ? numeric_store(f.mnemonic) : writes(operand_access(f, n));
    if ((is_rm(o) && i.memory && !address_only) || at_offset(o)) {
      const Extent e =
          stores_word(f) ? Extent{2, 2} : extent_of(o, i.wide || o == Operand::Ob ? 4 : 2);
      const bool reads_first = f.mnemonic == Mnemonic::ARPL;  // [test386]
      all.push_back({Place::Operand, e.bytes, written, e.alignment, 0, reads_first});
    }
    if (o == Operand::Xb || o == Operand::Xv) all.push_back({Place::Source, width, false, width});
    if (o == Operand::Yb || o == Operand::Yv) {
      const bool compared = f.mnemonic == Mnemonic::CMPS || f.mnemonic == Mnemonic::SCAS;
      all.push_back({Place::Destination, width, !compared, width});
    }
  }
  if (f.mnemonic == Mnemonic::XLAT) all.push_back({Place::Operand, 1, false, 1});
  if (f.mnemonic == Mnemonic::LOADALL) all.push_back({Place::Destination, 0xCC, false, 4});
  add_stack(all, i);
  return all;
}

void move_to(Scene& s, const Touch& touch, u32 offset) {
  Machine& m = s.machine;
  switch (touch.place) {
    case Touch::Place::Operand:
      if (s.form().mnemonic == Mnemonic::XLAT)
        m.reg(EBX) = offset;
      else
        s.how.operand = offset;
      break;
    case Touch::Place::Source:
      m.reg(ESI) = offset;
      break;
    case Touch::Place::Destination:
      m.reg(EDI) = offset;
      break;
    case Touch::Place::Push:
      m.reg(ESP) = (offset + touch.step) & 0xFFFF;
      break;
    case Touch::Place::Pop:
      m.reg(ESP) = offset;
      break;
    case Touch::Place::Frame:
      m.reg(EBP) = offset;
      break;
  }
}

u32 offset_of(const Scene& s, const Touch& touch) {
  Machine& m = s.machine;
  switch (touch.place) {
    case Touch::Place::Operand:
      return s.form().mnemonic == Mnemonic::XLAT ? m.reg(EBX) : s.how.operand;
    case Touch::Place::Source:
      return m.reg(ESI);
    case Touch::Place::Destination:
      return m.reg(EDI);
    case Touch::Place::Push:
      return m.reg(ESP) - touch.step;
    case Touch::Place::Pop:
      return m.reg(ESP);
    case Touch::Place::Frame:
      return m.reg(EBP);
  }
  return 0;
}

u32 linear_of(const Scene& s, const Touch& touch) {
  return (touch.in_data() ? data_base : stack_base) + offset_of(s, touch);
}

}  // namespace faultline::coverage
