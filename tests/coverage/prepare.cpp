// What each mnemonic needs in registers, in memory and on the stack to run to its end.
// [386 §17.2.2] [387 §4]
#include "cpu/semantics/loadall.hpp"
#include "tests/coverage/scene.hpp"

namespace faultline::coverage {
namespace {

constexpr u8 port = 0x80;

/// Arithmetic flags by which the condition code holds. [386 App. D]
u32 flags_of(unsigned condition) {
  constexpr u32 when[8] = {eflags::OF, eflags::CF, eflags::ZF, eflags::CF,
                           eflags::SF, eflags::PF, eflags::SF, eflags::ZF};
  return (condition & 1) != 0 ? 0 : when[condition >> 1 & 7];
}
bool is_jump_by_condition(Mnemonic m) { return m >= Mnemonic::JO && m <= Mnemonic::JG; }

u32 attributes_of(const DescriptorCache& d) { return u32{d.access} << 8 | u32{d.big} << 22; }

/// The present state with EIP at `landing`. [LOADALL]
void put_whole_state(Scene& s) {
  Machine& m = s.machine;
  LoadAllImage image{};
  image.cr0 = m.cr0();
  image.eflags = m.flags();
  image.eip = landing;
  for (unsigned i = 0; i < 8; ++i) image.general[i] = m.reg(EDI - i);
  for (unsigned i = 0; i < 6; ++i) {
    const DescriptorCache& d = m.s.segment[GS - i];
    image.selector[i] = d.selector;
    image.hidden[i] = {attributes_of(d), d.base, d.limit};
  }
  image.tr = m.s.tr.selector;
  image.hidden_tr = {attributes_of(m.s.tr), m.s.tr.base, m.s.tr.limit};
  image.idt = {0, m.s.idtr.base, m.s.idtr.limit};
  image.gdt = {0, m.s.gdtr.base, m.s.gdtr.limit};
  const auto words = std::bit_cast<std::array<u32, sizeof image / 4>>(image);
  for (u32 i = 0; i < words.size(); ++i) m.set_data(destination_at + 4 * i, words[i]);
}

void put_table(Scene& s, const TableRegister& table) {
  s.machine.set_data(operand_at, table.limit | table.base << 16);
  s.machine.set_data(operand_at + 4, table.base >> 16);
}

/// Control, debug and test registers are loaded with values that are always good.
u32 system_value(const Scene& s) {
  const PagingRegisters& r = s.machine.context.mmu.registers;
  if (s.form().mnemonic == Mnemonic::MOVCR)
    return s.instance.reg == 0 ? r.cr0 : s.instance.reg == 2 ? r.cr2 : r.cr3;
  return s.form().mnemonic == Mnemonic::MOVTR && s.instance.reg == 6 ? 1 : 0;  // TR6: a look-up
}

}  // namespace

Scene prepare(Machine& m, const Instance& instance, Mode mode) {
  m.begin(mode);
  Scene s{m, instance};
  s.how.big = m.big();
  s.how.operand = operand_at;
  const Form& f = s.form();
  m.reg(EAX) = 9;
  m.reg(ECX) = 2;
  m.reg(EDX) = has_operand(f, Operand::DX) ? port : 2;
  put_value(s, 3);
  if (!instance.memory) m.reg(EBX) = 3;
  if (is_far(f.mnemonic) || is_near(f)) put_target(s, m.code(), landing);
  if (loaded_segment(instance) >= 0 || examines(f.mnemonic)) put_selector(s, good_selector(s));
  if (is_jump_by_condition(f.mnemonic))
    m.s.flags.replace(eflags::arithmetic, flags_of(f.condition()));
  switch (f.mnemonic) {
    case Mnemonic::XLAT:
      m.reg(EBX) = operand_at;
      m.reg(EAX) = 0;
      break;
    case Mnemonic::BOUND:
      for (u32 i = 0; i < 8; ++i) m.set_byte(data_base + operand_at + i, 0);
      m.set_byte(data_base + operand_at + s.width(), 0x7F);
      break;
    case Mnemonic::DIV:
    case Mnemonic::IDIV:
      m.reg(EDX) = 0;
      break;
    case Mnemonic::LOOPE:
      m.s.flags.set_zf(true);
      break;
    case Mnemonic::JCXZ:
      m.reg(ECX) = 0;
      break;
    case Mnemonic::ARPL:
      put_value(s, data0);
      m.reg(EDX) = 3;
      break;
    case Mnemonic::LLDT:
    case Mnemonic::LTR:
      put_value(s, good_selector(s));
      break;
    case Mnemonic::LGDT:
      put_table(s, m.s.gdtr);
      break;
    case Mnemonic::LIDT:
      put_table(s, m.s.idtr);
      break;
    case Mnemonic::LMSW:
      put_value(s, m.cr0() & 15);
      break;
    case Mnemonic::MOVCR:
    case Mnemonic::MOVDR:
    case Mnemonic::MOVTR:
      m.reg(EBX) = system_value(s);
      break;
    case Mnemonic::POPF:
      put_stack(s, {m.flags() & ~u32{eflags::VM}});
      break;
    case Mnemonic::INT:
      s.how.immediate = software_vector;
      break;
    case Mnemonic::IN:
    case Mnemonic::OUT:
      s.how.immediate = port;
      break;
    case Mnemonic::FLDCW:
      put_value(s, 0x037F);
      break;
    case Mnemonic::LOADALL:
      put_whole_state(s);
      break;
    default:
      break;
  }
  return s;
}

}  // namespace faultline::coverage
