// INT 09h: scan codes of set 1 become key strokes. [PC/AT TR "ROM BIOS", keyboard encoding]
#include "arch/ports.hpp"
#include "firmware/keyboard_buffer.hpp"
#include "firmware/keyboard_controller.hpp"
#include "firmware/keyboard_layout.hpp"
#include "firmware/processor.hpp"
#include "firmware/registers.hpp"

namespace firmware {
namespace {

bool is_letter(u8 c) { return c >= 'a' && c <= 'z'; }

/// Letters 1-26, and the few other control characters; 0: no key stroke.
u8 control_character(u8 scan) {
  const u8 c = plain[scan];
  if (is_letter(c)) return static_cast<u8>(c - 'a' + 1);
  switch (c) {
    case '[':
      return 27;
    case '\\':
      return 28;
    case ']':
      return 29;
    case '6':
      return 30;
    case '-':
      return 31;
    case '\b':
      return 127;
    case '\r':
      return 10;
    case 27:
    case ' ':
      return c;
    default:
      return 0;
  }
}

void typewriter_key(u8 scan, u8 flags, bool extended) {
  const u8 c = plain[scan];
  if (c == none) return;
  if ((flags & alt) != 0) {
    if (scan >= 0x02 && scan <= 0x0D) return store_key(static_cast<u8>(scan + 0x76), 0);
    return store_key(scan, c == ' ' ? ' ' : 0);
  }
  if ((flags & ctrl) != 0) {
    if (c == '2') return store_key(0x03, 0);
    if (c == '\t') return store_key(0x94, 0);
    const u8 control = control_character(scan);
    if (control != 0) store_key(scan, control);
    return;
  }
  bool up = (flags & shifted) != 0;
  if (is_letter(c) && (flags & caps_lock) != 0) up = !up;
  if (scan == 0x0F && up) return store_key(scan, 0);  // back tab
  store_key(extended ? u8{0xE0} : scan, up && !extended ? upper[scan] : c);
}

void function_key(u8 scan, u8 flags) {
  const bool late = scan >= key_f11;  // F11 and F12 came with the 101-key keyboard
  const u8 first = late ? key_f11 : key_f1;
  u8 base = first;
  if ((flags & alt) != 0)
    base = late ? 0x8B : 0x68;
  else if ((flags & ctrl) != 0)
    base = late ? 0x89 : 0x5E;
  else if ((flags & shifted) != 0)
    base = late ? 0x87 : 0x54;
  else if (late)
    base = 0x85;
  store_key(static_cast<u8>(scan - first + base), 0);
}

void keypad_key(u8 scan, u8 flags, bool extended) {
  const unsigned index = scan - key_home;
  const u8 digit = keypad_digits[index];
  const bool sign = scan == key_minus || scan == key_plus;
  if ((flags & alt) != 0) {
    if (extended) return store_key(static_cast<u8>(scan + 0x50), 0);
    if (!sign && digit != '.') {  // a character by its decimal number
      bda::alt_keypad = static_cast<u8>(bda::alt_keypad * 10 + (digit - '0'));
    }
    return;
  }
  if ((flags & ctrl) != 0) return store_key(keypad_ctrl[index], extended ? 0xE0 : 0);
  if (extended) return store_key(scan, 0xE0);
  const bool number = ((flags & num_lock) != 0) != ((flags & shifted) != 0);
  if (sign || number) return store_key(scan, digit);
  store_key(scan, scan == 0x4C ? 0xF0 : 0);
}

void set_bit(const bda::At<u8, 0x17>& flags, u8 mask, bool on) {
  flags = static_cast<u8>(on ? flags | mask : flags & ~mask);
}

/// Shift and lock keys; true when the scan code was one.
bool modifier_key(u8 scan, bool pressed, bool extended) {
  const auto hold = [pressed](const auto& flags, u8 mask) {
    flags = static_cast<u8>(pressed ? flags | mask : flags & ~mask);
  };
  const auto lock = [&](u8 mask) {
    const bool repeated = (bda::shift_flags2 & mask) != 0;
    hold(bda::shift_flags2, mask);
    if (pressed && !repeated) bda::shift_flags = static_cast<u8>(bda::shift_flags ^ mask);
  };
  switch (scan) {
    case 0x2A:
      if (!extended) hold(bda::shift_flags, left_shift);  // E0 2A only brackets a grey key
      return true;
    case 0x36:
      if (!extended) hold(bda::shift_flags, right_shift);
      return true;
    case 0x1D:
      extended ? hold(bda::keyboard_status3, right_ctrl) : hold(bda::shift_flags2, left_ctrl);
      set_bit(bda::shift_flags, ctrl,
              (bda::keyboard_status3 & right_ctrl) != 0 || (bda::shift_flags2 & left_ctrl) != 0);
      return true;
    case 0x38: {
      extended ? hold(bda::keyboard_status3, right_alt) : hold(bda::shift_flags2, left_alt);
      const bool held =
          (bda::keyboard_status3 & right_alt) != 0 || (bda::shift_flags2 & left_alt) != 0;
      set_bit(bda::shift_flags, alt, held);
      const u8 typed = bda::alt_keypad;
      if (!held && typed != 0) store_key(0, typed);
      if (!held) bda::alt_keypad = 0;
      return true;
    }
    case 0x3A:
      lock(caps_lock);
      return true;
    case 0x45:
      lock(num_lock);
      return true;
    case 0x46:
      if (extended) return false;
      lock(scroll_lock);
      return true;
    default:
      return false;
  }
}

void key_pressed(u8 scan, bool extended) {
  const u8 flags = bda::shift_flags;
  if ((flags & (ctrl | alt)) == (ctrl | alt) && scan == key_delete) {
    bda::reset_flag = 0x1234;
    reset_processor();
  }
  if (extended && scan == 0x46) {  // Ctrl-Break
    bda::keyboard_head = bda::keyboard_buffer_start;
    bda::keyboard_tail = bda::keyboard_buffer_start;
    bda::break_flag = 0x80;
    asm volatile("int $0x1B" : : : "memory");
    return store_key(0, 0);
  }
  if (extended && scan == 0x37) {
    asm volatile("int $0x05" : : : "memory");
    return;
  }
  if (extended && (scan == key_enter || scan == key_slash)) {
    return typewriter_key(scan, flags, true);
  }
  if ((scan >= key_f1 && scan <= key_f10) || scan == key_f11 || scan == key_f12) {
    return function_key(scan, flags);
  }
  if (scan >= key_home && scan <= key_delete) {
    if (scan == key_insert) bda::shift_flags = static_cast<u8>(flags ^ insert);
    return keypad_key(scan, flags, extended);
  }
  if (scan == 0x56) return store_key(scan, (flags & shifted) != 0 ? '|' : '\\');
  if (scan < plain.size) typewriter_key(scan, flags, false);
}

void translate(u8 code) {
  const u8 prefixes = bda::keyboard_status3;
  if (code == 0xE0) {
    bda::keyboard_status3 = prefixes | last_was_e0;
    return;
  }
  if (code == 0xE1) {
    bda::keyboard_status3 = prefixes | last_was_e1;
    return;
  }
  if ((prefixes & last_was_e1) != 0) {  // Pause: E1 1D 45 E1 9D C5
    if ((code & 0x7F) == 0x45) bda::keyboard_status3 = prefixes & ~last_was_e1;
    if (code == 0x45) bda::shift_flags2 = bda::shift_flags2 | pause_held;
    return;
  }
  const bool extended = (prefixes & last_was_e0) != 0, pressed = (code & 0x80) == 0;
  bda::keyboard_status3 = prefixes & ~last_was_e0;
  const u8 scan = code & 0x7F;
  if (modifier_key(scan, pressed, extended) || !pressed) return;
  if ((bda::shift_flags2 & pause_held) != 0) {  // any key ends a pause
    bda::shift_flags2 = bda::shift_flags2 & ~pause_held;
    return;
  }
  key_pressed(scan, extended);
}

/// Asks INT 15h AH=4Fh, which a program may have hooked, whether to go on with this code.
bool offer_scan_code(u8& code) {
  u16 ax = static_cast<u16>(0x4F00 | code);
  u8 carry;
  asm volatile("stc; int $0x15; setc %1" : "+a"(ax), "=q"(carry) : : "memory");
  code = static_cast<u8>(ax);
  return carry != 0;
}

}  // namespace

extern "C" void keyboard_interrupt(Registers&) {
  u8 code = inb(port::keyboard_data);
  if (offer_scan_code(code)) translate(code);
  outb(port::pic_master_command, 0x20);
  while ((bda::shift_flags2 & pause_held) != 0) wait_for_interrupt();
}

}  // namespace firmware
