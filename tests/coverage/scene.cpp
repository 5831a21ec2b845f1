// Where an instance takes its operands, selectors and targets from, and where it goes.
// [386 §17.2.1, §17.2.2]
#include "tests/coverage/scene.hpp"

namespace faultline::coverage {
namespace {

/// Of a far pointer in memory.
void put_pointer_selector(Scene& s, u16 selector) {
  s.machine.set_word(data_base + s.how.operand + s.width(), selector);
}

}  // namespace

void put_stack(Scene& s, std::initializer_list<u32> values) {
  u32 at = stack_base + s.machine.reg(ESP);
  for (u32 value : values) {
    if (s.instance.wide)
      s.machine.set_dword(at, value);
    else
      s.machine.set_word(at, static_cast<u16>(value));
    at += s.instance.wide ? 4 : 2;
  }
}

std::vector<u8> Scene::bytes() const {
  Encoding finished = how;
  if (is_relative(form())) {
    const auto length = static_cast<u32>(encode(instance, how).size());
    finished.distance = target - (machine.s.eip + length);
  }
  return encode(instance, finished);
}

bool is_near(const Form& f) {
  return is_relative(f) || f.mnemonic == Mnemonic::RET || f.mnemonic == Mnemonic::JMP ||
         f.mnemonic == Mnemonic::CALL;
}

void put_value(Scene& s, u32 value) {
  if (s.instance.memory)
    s.machine.set_data(s.how.operand, value);
  else
    s.machine.reg(EBX) = value;
}

void put_selector(Scene& s, u16 selector) {
  const Form& f = s.form();
  if (f.mnemonic == Mnemonic::POPSREG)
    put_stack(s, {selector});
  else if (is_far(f.mnemonic))
    put_target(s, selector, landing);
  else if (f.rm() == Operand::Mp)
    put_pointer_selector(s, selector);
  else
    put_value(s, selector);
}

void put_target(Scene& s, u16 selector, u32 offset) {
  const Form& f = s.form();
  const u32 flags = s.machine.flags() & ~u32{eflags::VM};
  if (f.mnemonic == Mnemonic::IRET) return put_stack(s, {offset, selector, flags});
  if (f.mnemonic == Mnemonic::RETF) return put_stack(s, {offset, selector});
  if (f.mnemonic == Mnemonic::RET) return put_stack(s, {offset});
  if (is_relative(f)) {
    s.target = offset;
  } else if (f.operands[0] == Operand::Ap) {
    s.how.far_selector = selector;
    s.how.far_offset = offset;
  } else {
    put_value(s, offset);
    if (f.rm() == Operand::Mp) put_pointer_selector(s, selector);
  }
}

u16 good_selector(const Scene& s) {
  switch (s.form().mnemonic) {
    case Mnemonic::LLDT:
      return ldt_selector;
    case Mnemonic::LTR:
      return other_tss_selector;
    case Mnemonic::JMPF:
    case Mnemonic::CALLF:
    case Mnemonic::RETF:
    case Mnemonic::IRET:
      return s.machine.code();
    default:
      return loaded_segment(s.instance) == SS ? s.machine.stack() : s.machine.data();
  }
}

Destination destination_of(const Scene& s) {
  const Mnemonic m = s.form().mnemonic;
  if (is_near(s.form()) || is_far(m) || m == Mnemonic::LOADALL) return {landing, s.mode()};
  if (m == Mnemonic::INT || m == Mnemonic::INT3) {
    const u32 vector = m == Mnemonic::INT ? software_vector : static_cast<u32>(Vector::BP);
    if (s.mode() == Mode::Real) return {vector * 16, Mode::Real};
    return {handlers + vector * 16, Mode::Ring0};
  }
  return {s.machine.start() + s.length(), s.mode()};
}

u32 eip_after(const Scene& s) { return destination_of(s).eip; }

}  // namespace faultline::coverage
