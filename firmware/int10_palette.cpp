// INT 10h AH=10h: attribute registers and the DAC. [VGA "Video BIOS"]
#include "firmware/registers.hpp"
#include "firmware/video_mode.hpp"

namespace firmware {
namespace {

constexpr u8 border = 0x11, attribute_mode = 0x10, color_select = 0x14, blink = 1 << 3;

/// With the palette connected to memory again, bit 5 of the index. [VGA, Attribute Controller]
void write_attribute(u8 index, u8 value) {
  inb(port::vga_status1);
  outb(vga::attribute, index);
  outb(vga::attribute, value);
  outb(vga::attribute, 0x20);
}

u8 read_attribute(u8 index) {
  inb(port::vga_status1);
  outb(vga::attribute, index);
  const u8 value = inb(vga::attribute_read);
  inb(port::vga_status1);
  outb(vga::attribute, 0x20);
  return value;
}

void write_block(u16 segment, u16 from, u8 first, u16 count) {
  outb(vga::dac_write_index, first);
  for (u32 bytes = count * 3u; bytes != 0; --bytes) {
    outb(vga::dac_data, far_read<u8>(segment, from++));
  }
}

void read_block(u16 segment, u16 to, u8 first, u16 count) {
  outb(vga::dac_read_index, first);
  for (u32 bytes = count * 3u; bytes != 0; --bytes) {
    far_write<u8>(segment, to++, inb(vga::dac_data));
  }
}

}  // namespace

void palette_service(Registers& r) {
  switch (r.al()) {
    case 0x00:
      if (r.bl() <= color_select) write_attribute(r.bl(), r.bh());
      break;
    case 0x01:
      write_attribute(border, r.bh());
      break;
    case 0x02:
      for (u8 i = 0; i < 16; ++i) write_attribute(i, far_read<u8>(r.es, r.dx() + u32{i}));
      write_attribute(border, far_read<u8>(r.es, r.dx() + 16u));
      break;
    case 0x03: {
      const u8 mode = read_attribute(attribute_mode);
      write_attribute(attribute_mode, static_cast<u8>(r.bl() & 1 ? mode | blink : mode & ~blink));
      break;
    }
    case 0x07:
      r.bh() = read_attribute(r.bl());
      break;
    case 0x08:
      r.bh() = read_attribute(border);
      break;
    case 0x09:
      for (u8 i = 0; i < 16; ++i) far_write<u8>(r.es, r.dx() + u32{i}, read_attribute(i));
      far_write<u8>(r.es, r.dx() + 16u, read_attribute(border));
      break;
    case 0x10:
      outb(vga::dac_write_index, r.bl());
      outb(vga::dac_data, r.dh());
      outb(vga::dac_data, r.ch());
      outb(vga::dac_data, r.cl());
      break;
    case 0x12:
      write_block(r.es, r.dx(), r.bl(), r.cx());
      break;
    case 0x15:
      outb(vga::dac_read_index, r.bl());
      r.dh() = inb(vga::dac_data);
      r.ch() = inb(vga::dac_data);
      r.cl() = inb(vga::dac_data);
      break;
    case 0x17:
      read_block(r.es, r.dx(), r.bl(), r.cx());
      break;
    case 0x18:
      outb(vga::dac_mask, r.bl());
      break;
    case 0x19:
      r.bl() = inb(vga::dac_mask);
      break;
  }
}

}  // namespace firmware
