// INT 09h and INT 16h: scan codes of set 1 become key strokes, US layout.
// [PC/AT TR "ROM BIOS", keyboard encoding]
#include "arch/ports.hpp"
#include "firmware/bios_data.hpp"
#include "firmware/keyboard_controller.hpp"
#include "firmware/processor.hpp"
#include "firmware/registers.hpp"

namespace firmware {
namespace {

// Shift flags, 40:17; their counterparts in 40:18 say which key is down.
constexpr u8 right_shift = 0x01, left_shift = 0x02, ctrl = 0x04, alt = 0x08, scroll_lock = 0x10,
             num_lock = 0x20, caps_lock = 0x40, insert = 0x80;
constexpr u8 shifted = right_shift | left_shift;
constexpr u8 left_ctrl = 0x01, left_alt = 0x02, pause_held = 0x08;                         // 40:18
constexpr u8 last_was_e1 = 0x01, last_was_e0 = 0x02, right_ctrl = 0x04, right_alt = 0x08;  // 40:96

constexpr u8 none = 0;
constexpr RomTable<u8, 0x3A> plain{
    {none, 27,  '1', '2', '3', '4', '5', '6', '7', '8',  '9',  '0',  '-',  '=',  '\b',
     '\t', 'q', 'w', 'e', 'r', 't', 'y', 'u', 'i', 'o',  'p',  '[',  ']',  '\r', none,
     'a',  's', 'd', 'f', 'g', 'h', 'j', 'k', 'l', ';',  '\'', '`',  none, '\\', 'z',
     'x',  'c', 'v', 'b', 'n', 'm', ',', '.', '/', none, '*',  none, ' '}};
constexpr RomTable<u8, 0x3A> upper{
    {none, 27,  '!', '@', '#', '$', '%', '^', '&', '*',  '(', ')',  '_',  '+',  '\b',
     none, 'Q', 'W', 'E', 'R', 'T', 'Y', 'U', 'I', 'O',  'P', '{',  '}',  '\r', none,
     'A',  'S', 'D', 'F', 'G', 'H', 'J', 'K', 'L', ':',  '"', '~',  none, '|',  'Z',
     'X',  'C', 'V', 'B', 'N', 'M', '<', '>', '?', none, '*', none, ' '}};
constexpr RomTable<u8, 13> keypad_digits{
    {'7', '8', '9', '-', '4', '5', '6', '+', '1', '2', '3', '0', '.'}};
/// Scan codes that Ctrl gives the keypad's keys 47h to 53h; 0: no key stroke.
constexpr RomTable<u8, 13> keypad_ctrl{
    {0x77, 0x8D, 0x84, 0x8E, 0x73, 0x8F, 0x74, 0x90, 0x75, 0x91, 0x76, 0x92, 0x93}};

constexpr u8 key_f1 = 0x3B, key_f10 = 0x44, key_home = 0x47, key_insert = 0x52, key_delete = 0x53,
             key_f11 = 0x57, key_f12 = 0x58, key_minus = 0x4A, key_plus = 0x4E, key_enter = 0x1C,
             key_slash = 0x35;

u16 next_slot(u16 slot) {
  slot = static_cast<u16>(slot + 2);
  return slot == bda::keyboard_buffer_end ? u16{bda::keyboard_buffer_start} : slot;
}

void store(u8 scan, u8 character) {
  const u16 tail = bda::keyboard_tail, next = next_slot(tail);
  if (next == bda::keyboard_head) return;  // full
  far_write<u16>(bda::segment, tail, static_cast<u16>(scan << 8 | character));
  bda::keyboard_tail = next;
}

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
    if (scan >= 0x02 && scan <= 0x0D) return store(static_cast<u8>(scan + 0x76), 0);
    return store(scan, c == ' ' ? ' ' : 0);
  }
  if ((flags & ctrl) != 0) {
    if (c == '2') return store(0x03, 0);
    if (c == '\t') return store(0x94, 0);
    const u8 control = control_character(scan);
    if (control != 0) store(scan, control);
    return;
  }
  bool up = (flags & shifted) != 0;
  if (is_letter(c) && (flags & caps_lock) != 0) up = !up;
  if (scan == 0x0F && up) return store(scan, 0);  // back tab
  store(extended ? u8{0xE0} : scan, up && !extended ? upper[scan] : c);
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
  store(static_cast<u8>(scan - first + base), 0);
}

void keypad_key(u8 scan, u8 flags, bool extended) {
  const unsigned index = scan - key_home;
  const u8 digit = keypad_digits[index];
  const bool sign = scan == key_minus || scan == key_plus;
  if ((flags & alt) != 0) {
    if (extended) return store(static_cast<u8>(scan + 0x50), 0);
    if (!sign && digit != '.') {  // a character by its decimal number
      bda::alt_keypad = static_cast<u8>(bda::alt_keypad * 10 + (digit - '0'));
    }
    return;
  }
  if ((flags & ctrl) != 0) return store(keypad_ctrl[index], extended ? 0xE0 : 0);
  if (extended) return store(scan, 0xE0);
  const bool number = ((flags & num_lock) != 0) != ((flags & shifted) != 0);
  if (sign || number) return store(scan, digit);
  store(scan, scan == 0x4C ? 0xF0 : 0);
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
      if (!held && typed != 0) store(0, typed);
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
    return store(0, 0);
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
  if (scan == 0x56) return store(scan, (flags & shifted) != 0 ? '|' : '\\');
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

/// What AH=00h and 01h make of a key stroke that only the 101-key keyboard has: keys of the
/// 84-key one look alike, others are dropped.
bool make_classic(u16& stroke) {
  const u8 scan = static_cast<u8>(stroke >> 8), character = static_cast<u8>(stroke);
  if (scan == 0xE0) {
    stroke = static_cast<u16>((character == '/' ? key_slash : key_enter) << 8 | character);
    return true;
  }
  if (character == 0xE0 && scan != 0) {
    stroke = static_cast<u16>(scan << 8);
    return true;
  }
  return scan < 0x85 && character != 0xF0;
}

bool buffer_is_empty() { return bda::keyboard_head == bda::keyboard_tail; }
u16 front() { return far_read<u16>(bda::segment, bda::keyboard_head); }
void drop_front() { bda::keyboard_head = next_slot(bda::keyboard_head); }

u16 wait_for_key(bool enhanced) {
  for (;;) {
    while (buffer_is_empty()) wait_for_interrupt();
    u16 stroke = front();
    drop_front();
    if (enhanced || make_classic(stroke)) return stroke;
  }
}

void peek_key(Registers& r, bool enhanced) {
  r.set_zero(true);
  while (!buffer_is_empty()) {
    u16 stroke = front();
    if (enhanced || make_classic(stroke)) {
      r.ax() = stroke;
      return r.set_zero(false);
    }
    drop_front();
  }
}

}  // namespace

extern "C" void keyboard_interrupt(Registers&) {
  u8 code = inb(port::keyboard_data);
  if (offer_scan_code(code)) translate(code);
  outb(port::pic_master_command, 0x20);
  while ((bda::shift_flags2 & pause_held) != 0) wait_for_interrupt();
}

extern "C" void int16(Registers& r) {
  switch (r.ah()) {
    case 0x00:
      r.ax() = wait_for_key(false);
      break;
    case 0x01:
      peek_key(r, false);
      break;
    case 0x02:
      r.al() = bda::shift_flags;
      break;
    case 0x05: {
      const u16 before = bda::keyboard_tail;
      store(r.ch(), r.cl());
      r.al() = before == bda::keyboard_tail ? 1 : 0;
      break;
    }
    case 0x10:
      r.ax() = wait_for_key(true);
      break;
    case 0x11:
      peek_key(r, true);
      break;
    case 0x12: {
      const u8 left = bda::shift_flags2, right = bda::keyboard_status3;
      r.al() = bda::shift_flags;
      r.ah() = static_cast<u8>((left & 0x73) | (right & (right_ctrl | right_alt)) |
                               ((left & 0x04) << 5));
      break;
    }
  }
}

}  // namespace firmware
