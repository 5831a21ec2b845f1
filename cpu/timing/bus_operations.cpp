#include "cpu/timing/bus_operations.hpp"

#include "cpu/isa/access.hpp"
#include "cpu/timing/clocks.hpp"
#include "cpu/timing/repeat_clocks.hpp"

namespace faultline {
namespace {

using Kind = BusOperationKind;

/// Two operations are at least this far apart. [UC]
constexpr u16 apart = 2;
/// A second read follows the first by as much, where the microcode waits for the first. [UC]
constexpr u16 second_read = 3;

// clang-format off
/// Bytes of an operand in memory; the x87's are not listed here.
u8 bytes_of(Operand o, u8 width) {
  switch (o) {
    case Operand::Eb: case Operand::Ob: case Operand::Mb: case Operand::Xb: case Operand::Yb:
      return 1;
    case Operand::Ew: return 2;
    default: return width;
  }
}

/// Selectors and the machine status word are words in memory. [386 §17.2.2 MOV, SLDT, SMSW]
bool takes_word(Mnemonic m) {
  return m == Mnemonic::MOVSREG || m == Mnemonic::SLDT || m == Mnemonic::STR || m == Mnemonic::SMSW;
}

/// Rows whose write the microcode's count has in place: at the end of `at_end`. [UC]
bool write_is_counted(Mnemonic m) {
  switch (m) {
    case Mnemonic::MOV: case Mnemonic::MOVSREG: case Mnemonic::INC: case Mnemonic::DEC:
    case Mnemonic::ADD: case Mnemonic::OR: case Mnemonic::ADC: case Mnemonic::SBB:
    case Mnemonic::AND: case Mnemonic::SUB: case Mnemonic::XOR: case Mnemonic::XCHG:
    case Mnemonic::ROL: case Mnemonic::ROR: case Mnemonic::RCL: case Mnemonic::RCR:
    case Mnemonic::SHL: case Mnemonic::SHR: case Mnemonic::SAR: case Mnemonic::POP:
      return true;
    default:
      return false;
  }
}

/// What its row does not settle: descriptors are read, or the way goes on elsewhere.
bool asks_descriptors(const Form& form) {
  switch (form.mnemonic) {
    case Mnemonic::MOVSREG:  // the load; a selector is stored as it is [386 §17.2.2 MOV]
      return form.operands[0] == Operand::Sw;
    case Mnemonic::POPSREG: case Mnemonic::LDS: case Mnemonic::LES:
    case Mnemonic::LFS: case Mnemonic::LGS: case Mnemonic::LSS: case Mnemonic::LLDT:
    case Mnemonic::LTR: case Mnemonic::LAR: case Mnemonic::LSL: case Mnemonic::VERR:
    case Mnemonic::VERW: case Mnemonic::JMPF: case Mnemonic::CALLF: case Mnemonic::RETF:
    case Mnemonic::IRET: case Mnemonic::INT: case Mnemonic::INT3: case Mnemonic::INTO:
    case Mnemonic::LOADALL: case Mnemonic::IN: case Mnemonic::OUT: case Mnemonic::INS:
    case Mnemonic::OUTS:  // these four ask the I/O permission map
      return true;
    default:
      return false;
  }
}
// clang-format on

class Builder {
 public:
  Builder(const Instruction& insn, ClockColumn column)
      : insn_(insn),
        width_(insn.form().byte_form() ? 1
               : insn.wide             ? 4
                                       : 2),
        clocks_(figure(insn, column)) {}

  void add(Kind kind, u8 bytes, u16 offset, bool estimated = false) {
    all.list.push_back({kind, bytes, offset, insn_.locked, estimated});
  }
  void read(u16 offset, bool estimated = false) { add(Kind::Read, width_, offset, estimated); }
  void write(u16 offset, bool estimated = false) { add(Kind::Write, width_, offset, estimated); }
  u8 width() const { return width_; }
  u16 clocks() const { return clocks_; }
  /// Where a result is written: two clocks before the end. [UC: MOV, ADD, INC, XCHG, shifts, PUSH]
  u16 at_end() const { return clocks_ > apart ? static_cast<u16>(clocks_ - apart) : u16{0}; }
  bool stack();
  bool strings();
  void operands();

  BusOperations all{};

 private:
  static u16 figure(const Instruction& insn, ClockColumn column) {
    const Clocks& c = clocks_of(insn.row, column);
    return insn.memory ? c.mem : c.reg;
  }
  void memory_operand(Operand o, Access access);

  const Instruction& insn_;
  u8 width_;
  u16 clocks_;
};

/// A string instruction or one of a port; of REP, an iteration.
bool Builder::strings() {
  const bool repeated = is_repeated(insn_);
  all.each_iteration = repeated;
  switch (insn_.form().mnemonic) {
    case Mnemonic::MOVS:
      read(0);
      write(repeated ? 2 : 3);
      return true;
    case Mnemonic::CMPS:
      read(0);
      read(second_read);
      return true;
    case Mnemonic::LODS:
    case Mnemonic::SCAS:
      read(0);
      return true;
    case Mnemonic::STOS:
      write(0);
      return true;
    case Mnemonic::INS:
      add(Kind::PortRead, width_, 0, true);
      write(second_read, true);
      return true;
    case Mnemonic::OUTS:
      read(0, true);
      add(Kind::PortWrite, width_, second_read, true);
      return true;
    case Mnemonic::IN:
      add(Kind::PortRead, width_, 0, true);
      return true;
    case Mnemonic::OUT:
      add(Kind::PortWrite, width_, 0, true);
      return true;
    case Mnemonic::XLAT:
      add(Kind::Read, 1, 0);
      return true;
    default:
      return false;
  }
}

/// Frames and far transfers, as in real mode: what they push and pop. [386 §14.3]
bool Builder::stack() {
  const Mnemonic m = insn_.form().mnemonic;
  switch (m) {
    case Mnemonic::PUSHA:
      for (u16 i = 0; i < 8; ++i) write(static_cast<u16>(apart + apart * i), true);
      return true;
    case Mnemonic::POPA:
      for (u16 i = 0; i < 8; ++i) read(static_cast<u16>(apart * i), true);
      return true;
    case Mnemonic::PUSHF:
      write(1);
      return true;
    case Mnemonic::PUSHSREG:  // two bytes, whatever ESP moves by [386 §17.2.2 PUSH]
      add(Kind::Write, 2, 0);
      return true;
    case Mnemonic::POPSREG:
      add(Kind::Read, 2, 0);
      return true;
    case Mnemonic::LEAVE:
      read(0, true);
      return true;
    case Mnemonic::POPF:
    case Mnemonic::RET:
      read(0);
      return true;
    case Mnemonic::ENTER: {
      const unsigned level = insn_.immediate2 & 31u;
      u16 at = apart;
      write(at, true);
      for (unsigned i = 1; i < level; ++i) {
        read(at = static_cast<u16>(at + apart), true);
        write(at = static_cast<u16>(at + apart), true);
      }
      if (level != 0) write(static_cast<u16>(at + apart), true);
      return true;
    }
    case Mnemonic::RETF:
      read(0);
      read(second_read);
      return true;
    case Mnemonic::IRET:
      for (u16 i = 0; i < 3; ++i) read(static_cast<u16>(second_read * i), true);
      return true;
    case Mnemonic::INT:
    case Mnemonic::INT3:
    case Mnemonic::INTO: {  // of INTO, when OF is set: the vector, then FLAGS, CS and IP
      add(Kind::Read, 2, 0, true);
      add(Kind::Read, 2, second_read, true);
      for (u16 i = 1; i <= 3; ++i)
        add(Kind::Write, 2, static_cast<u16>(second_read + apart * i), true);
      return true;
    }
    default:
      return false;
  }
}

void Builder::memory_operand(Operand o, Access access) {
  const Mnemonic m = insn_.form().mnemonic;
  const u8 bytes = takes_word(m) ? u8{2} : bytes_of(o, width_);
  if (o == Operand::Mp || o == Operand::Ma || o == Operand::Ms) {
    // Two parts: offset and selector, bounds, limit and base. LGDT: 4 apart. [UC]
    const bool table = o == Operand::Ms, stores = writes(access);
    const u8 first = table ? u8{2} : width_;
    const u8 second = table ? u8{4} : o == Operand::Mp ? u8{2} : width_;
    const Kind kind = stores ? Kind::Write : Kind::Read;
    add(kind, first, 0, !table || stores);
    add(kind, second, table ? 4 : second_read, !table || stores);
    return;
  }
  if (reads(access)) add(Kind::Read, bytes, 0);
  if (!writes(access)) return;
  add(Kind::Write, bytes, at_end(), !write_is_counted(m));
}

void Builder::operands() {
  const Form& form = insn_.form();
  const Mnemonic m = form.mnemonic;
  if (m == Mnemonic::LEA || m == Mnemonic::INVLPG) return;
  if (form.has(Reserved)) return;
  if (form.has(Numeric) || m == Mnemonic::LOADALL || m == Mnemonic::CMPXCHG8B) {
    all.open_ended = true;
    return;
  }
  for (unsigned n = 0; n < 3; ++n) {
    const Operand o = form.operands[n];
    if ((is_rm(o) && insn_.memory) || at_offset(o)) memory_operand(o, operand_access(form, n));
  }
  switch (m) {
    case Mnemonic::PUSH:
      write(at_end());
      break;
    case Mnemonic::POP:
      all.list.insert(all.list.begin(), {Kind::Read, width_, 0, insn_.locked, false});
      break;
    case Mnemonic::CALL:  // behind the target, where that is in memory
      write(insn_.memory ? u16{second_read + 1} : u16{1}, insn_.memory);
      break;
    case Mnemonic::CALLF: {  // CS, then EIP
      const u16 first = insn_.memory ? 9 : 4;
      write(first, true);
      write(static_cast<u16>(first + 4), true);
      break;
    }
    case Mnemonic::XCHG:  // keeps the bus with and without a prefix [386 §11.2]
      for (BusOperation& each : all.list) each.locked = true;
      break;
    default:
      break;
  }
}

}  // namespace

BusOperations bus_operations(const Instruction& insn, ClockColumn column) {
  if (insn.row == no_form) return {};
  Builder builder(insn, column);
  if (!builder.strings() && !builder.stack()) builder.operands();
  builder.all.open_ended |= asks_descriptors(insn.form());
  return builder.all;
}

}  // namespace faultline
