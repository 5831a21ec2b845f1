// 8042 keyboard controller.
#include "machine/keyboard_8042.hpp"

#include "arch/ports.hpp"
#include "machine/scan_codes.hpp"

namespace faultline {

namespace {
// Eleven bits at about 11 kHz on the keyboard's serial line.
constexpr u64 byte_time_us = 1000;
constexpr u64 key_interval_us = 10000;

namespace status {
constexpr u8 output_full = 1 << 0, system_flag = 1 << 2, command = 1 << 3, not_inhibited = 1 << 4;
}
namespace command_byte {
constexpr u8 interrupt = 1 << 0, system_flag = 1 << 2, keyboard_disabled = 1 << 4,
             auxiliary_disabled = 1 << 5, translate = 1 << 6;
}
namespace output_port {
constexpr u8 not_reset = 1 << 0, a20 = 1 << 1, output_full = 1 << 4, idle_lines = 0xC0;
}
constexpr u8 input_port_value = 0xB0;  // not locked, colour display, 512 KB on the board

// Commands that take a parameter or have a value of their own. [PC/AT TR, Keyboard Controller]
enum Command : u8 {
  ReadRam = 0x20,
  WriteRam = 0x60,
  TestPassword = 0xA4,
  DisableAuxiliary = 0xA7,
  EnableAuxiliary = 0xA8,
  TestAuxiliary = 0xA9,
  SelfTest = 0xAA,
  InterfaceTest = 0xAB,
  DisableKeyboard = 0xAD,
  EnableKeyboard = 0xAE,
  ReadInputPort = 0xC0,
  ReadOutputPort = 0xD0,
  WriteOutputPort = 0xD1,
  WriteOutputBuffer = 0xD2,
  WriteAuxiliaryBuffer = 0xD3,
  WriteAuxiliary = 0xD4,
  CloseA20 = 0xDD,
  OpenA20 = 0xDF,
  ReadTestInputs = 0xE0,
  Pulse = 0xF0,
};
}  // namespace

Keyboard8042::Keyboard8042(Scheduler& scheduler, u32 cpu_hz, Lines lines)
    : scheduler_(scheduler),
      microseconds_(scheduler.clock(), cpu_hz, 1000000),
      lines_(std::move(lines)) {}

void Keyboard8042::reset() {
  for (u8& cell : ram_) cell = 0;
  ram_[0] = command_byte::translate;
  pending_command_ = 0;
  output_full_ = last_was_command_ = break_prefix_ = false;
  // The port's latches come up as ones: A20 is open. [8042, Reset]
  output_port_ = output_port::not_reset | output_port::a20 | output_port::idle_lines;
  keyboard_.power_on();
  scheduler_.cancel(transfer_);
  lines_.a20(true);
  update_irq();
}

void Keyboard8042::schedule_after(Event& event, u64 us) {
  scheduler_.schedule(event, microseconds_.clock_at(microseconds_.ticks() + us));
}

void Keyboard8042::key(u8 set1) {
  if (!typing_.empty()) {
    typing_.push_back(set1);
    return;
  }
  keyboard_.key(set1);
  start_transfer();
}

void Keyboard8042::type(std::string_view ascii) {
  for (const char character : ascii) {
    for (const u8 code : keystrokes_of(character)) typing_.push_back(code);
  }
  if (!typing_.empty() && !typist_.pending()) schedule_after(typist_, key_interval_us);
}

/// One key event, as soon as the keyboard has sent what it had.
void Keyboard8042::next_key() {
  if (keyboard_.idle()) {
    bool prefix = true;
    while (prefix && !typing_.empty()) {
      prefix = typing_.front() == 0xE0;
      keyboard_.key(typing_.front());
      typing_.pop_front();
    }
    start_transfer();
  }
  if (!typing_.empty()) schedule_after(typist_, key_interval_us);
}

void Keyboard8042::start_transfer() {
  if (transfer_.pending() || output_full_ || !keyboard_.has_output()) return;
  if (ram_[0] & command_byte::keyboard_disabled) return;  // its clock line is held
  schedule_after(transfer_, byte_time_us);
}

void Keyboard8042::keyboard_byte() {
  if (output_full_ || (ram_[0] & command_byte::keyboard_disabled)) return;
  u8 byte = keyboard_.take_output();
  if (ram_[0] & command_byte::translate) {
    if (byte == 0xF0) {  // the release prefix becomes bit 7 of the code after it
      break_prefix_ = true;
      return start_transfer();
    }
    byte = set1_of_set2(byte) | (break_prefix_ ? 0x80 : 0);
    break_prefix_ = false;
  }
  put(byte);
}

void Keyboard8042::put(u8 value) {
  output_buffer_ = value;
  output_full_ = true;
  update_irq();
}

void Keyboard8042::update_irq() {
  lines_.irq1(output_full_ && (ram_[0] & command_byte::interrupt));
}

void Keyboard8042::set_output_port(u8 value) {
  output_port_ = value;
  lines_.a20((value & output_port::a20) != 0);
  if (!(value & output_port::not_reset)) lines_.reset();
}

/// Bit 4 is the output buffer's own flag, whatever was written to it.
u8 Keyboard8042::output_port_value() const {
  const u8 value = output_port_ & static_cast<u8>(~output_port::output_full);
  return output_full_ ? value | output_port::output_full : value;
}

u32 Keyboard8042::port_read(u16 address, unsigned /*bytes*/) {
  if (address == port::keyboard_status) {
    return static_cast<u8>((output_full_ ? status::output_full : 0) |
                           (ram_[0] & command_byte::system_flag ? status::system_flag : 0) |
                           (last_was_command_ ? status::command : 0) | status::not_inhibited);
  }
  output_full_ = false;
  update_irq();
  start_transfer();
  return output_buffer_;
}

void Keyboard8042::port_write(u16 address, unsigned /*bytes*/, u32 value) {
  last_was_command_ = address == port::keyboard_status;
  if (last_was_command_) {
    write_command(static_cast<u8>(value));
  } else {
    write_data(static_cast<u8>(value));
  }
}

void Keyboard8042::write_command(u8 command) {
  pending_command_ = 0;
  if (command >= Pulse) {  // bits 3:0 low pulse those lines of the output port
    if (!(command & output_port::not_reset)) lines_.reset();
    return;
  }
  if (command >= ReadRam && command < ReadRam + 32) return put(ram_[command - ReadRam]);
  if (command >= WriteRam && command < WriteRam + 32) {
    pending_command_ = command;
    return;
  }
  switch (command) {
    case TestPassword:
      return put(0xF1);  // none installed
    case DisableAuxiliary:
      ram_[0] |= command_byte::auxiliary_disabled;
      return;
    case EnableAuxiliary:
      ram_[0] &= static_cast<u8>(~command_byte::auxiliary_disabled);
      return;
    case TestAuxiliary:
      return put(0x00);
    case SelfTest:
      ram_[0] |= command_byte::system_flag;
      return put(0x55);
    case InterfaceTest:
      return put(0x00);
    case DisableKeyboard:
      ram_[0] |= command_byte::keyboard_disabled;
      return;
    case EnableKeyboard:
      ram_[0] &= static_cast<u8>(~command_byte::keyboard_disabled);
      return start_transfer();
    case ReadInputPort:
      return put(input_port_value);
    case ReadOutputPort:
      return put(output_port_value());
    case WriteOutputPort:
    case WriteOutputBuffer:
    case WriteAuxiliaryBuffer:
    case WriteAuxiliary:
      pending_command_ = command;
      return;
    case CloseA20:
      return set_output_port(output_port_ & static_cast<u8>(~output_port::a20));
    case OpenA20:
      return set_output_port(output_port_ | output_port::a20);
    case ReadTestInputs:
      return put(0x00);
    default:
      return;  // the controller ignores what it does not know
  }
}

void Keyboard8042::write_data(u8 value) {
  const u8 command = pending_command_;
  pending_command_ = 0;
  switch (command) {
    case 0:  // for the keyboard, whose interface this enables
      ram_[0] &= static_cast<u8>(~command_byte::keyboard_disabled);
      keyboard_.command(value);
      return start_transfer();
    case WriteOutputPort:
      return set_output_port(value);
    case WriteOutputBuffer:
    case WriteAuxiliaryBuffer:
      return put(value);
    case WriteAuxiliary:
      return put(0xFE);  // nobody there to acknowledge
    default:
      ram_[command - WriteRam] = value;
      update_irq();
      return start_transfer();
  }
}

}  // namespace faultline
