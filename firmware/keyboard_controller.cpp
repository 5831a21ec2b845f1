// 8042 commands, each waiting for the buffer it needs.
#include "firmware/keyboard_controller.hpp"

#include "arch/ports.hpp"
#include "firmware/processor.hpp"

namespace firmware {
namespace {

constexpr u8 output_full = 0x01, input_full = 0x02;
constexpr u8 write_mode = 0x60, self_test = 0xAA, enable_keyboard = 0xAE, write_output = 0xD1,
             pulse_reset = 0xFE;
constexpr u8 mode = 0x45;  // scan codes translated to set 1, system flag, IRQ 1

bool input_ready() {
  for (u32 i = 0; i < poll_limit; ++i) {
    if ((inb(port::keyboard_status) & input_full) == 0) return true;
  }
  return false;
}

bool command(u8 value) {
  if (!input_ready()) return false;
  outb(port::keyboard_status, value);
  return true;
}

bool write_data(u8 value) {
  if (!input_ready()) return false;
  outb(port::keyboard_data, value);
  return true;
}

bool read_data(u8& value) {
  for (u32 i = 0; i < poll_limit; ++i) {
    if ((inb(port::keyboard_status) & output_full) == 0) continue;
    value = inb(port::keyboard_data);
    return true;
  }
  return false;
}

}  // namespace

bool initialise_keyboard_controller() {
  while ((inb(port::keyboard_status) & output_full) != 0) inb(port::keyboard_data);
  u8 answer = 0;
  return command(self_test) && read_data(answer) && answer == 0x55 && command(write_mode) &&
         write_data(mode) && command(enable_keyboard) && input_ready();
}

void write_controller_output(u8 value) {
  if (command(write_output)) write_data(value);
  input_ready();
}

void reset_processor() {
  command(pulse_reset);
  halt_for_ever();
}

}  // namespace firmware
