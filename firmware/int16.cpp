// INT 16h: key strokes for programs. [PC/AT TR "ROM BIOS", INT 16h]
#include "firmware/keyboard_buffer.hpp"
#include "firmware/keyboard_layout.hpp"
#include "firmware/processor.hpp"
#include "firmware/registers.hpp"

namespace firmware {
namespace {

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
      store_key(r.ch(), r.cl());
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
