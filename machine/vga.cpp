// VGA registers: sequencer, CRTC, graphics and attribute controllers, DAC, status.
#include "machine/vga.hpp"

#include "arch/vga_font.hpp"
#include "machine/vga_registers.hpp"

namespace faultline {

namespace {
namespace port = vga::port;

constexpr std::array<u8, 5> sequencer_bits{0x03, 0x3D, 0x0F, 0x3F, 0x0E};
constexpr std::array<u8, 9> graphics_bits{0x0F, 0x0F, 0x0F, 0x1F, 0x03, 0x7B, 0x0F, 0x0F, 0xFF};

/// The default colour of a 6-bit rgbRGB number: two thirds and one third. [VGA, DAC]
u8 default_component(unsigned color, unsigned component) {
  const unsigned strong = color >> (2 - component) & 1, weak = color >> (5 - component) & 1;
  return static_cast<u8>(42 * strong + 21 * weak);
}
}  // namespace

Vga::Vga(const Clock& clock, u32 cpu_hz) : clock_(clock), cpu_hz_(cpu_hz), memory_(plane_size) {
  reset();
}

void Vga::claim_ports(PortBus& bus) {
  for (const u16 base : {port::crtc_index, static_cast<u16>(port::crtc_index - 0x20)}) {
    bus.claim(base, static_cast<u16>(base + 1), *this);
    bus.claim(static_cast<u16>(base + 6), static_cast<u16>(base + 6), *this);
  }
  bus.claim(port::attribute, port::graphics, *this);
}

/// This board has no video ROM: the VGA wakes in mode 3 with its font loaded, as one would leave
/// it.
void Vga::reset() {
  misc_output_ = vga::mode3_misc;
  sequencer_ = vga::mode3_sequencer;
  crtc_ = vga::mode3_crtc;
  graphics_ = vga::mode3_graphics;
  attribute_ = vga::mode3_attribute;
  attribute_index_ = vga::attribute::palette_source;
  pel_mask_ = 0xFF;
  sequencer_index_ = crtc_index_ = graphics_index_ = feature_control_ = 0;
  dac_address_ = dac_component_ = 0;
  dac_reading_ = attribute_data_next_ = false;
  for (unsigned color = 0; color < 256; ++color) {
    for (unsigned i = 0; i < 3; ++i) dac_[3 * color + i] = default_component(color & 63, i);
  }
  for (u32 address = 0; address < plane_size; ++address) {
    memory_[address] = {' ', 0x07, 0, 0};
  }
  for (unsigned character = 0; character < 256; ++character) {
    for (unsigned row = 0; row < 16; ++row) {
      memory_[character * 32 + row][2] = arch::default_font[character][row];
    }
  }
  ++generation_;
}

/// Input status 1: blanking and vertical retrace by the beam's place in the frame. [VGA, 3DAh]
u8 Vga::status1() const {
  namespace reg = vga::crtc;
  const unsigned dots = sequencer_[vga::sequencer::clocking] & vga::sequencer::eight_dots ? 8 : 9;
  const u32 line_dots = (crtc_[reg::horizontal_total] + 5u) * dots;
  const u32 lines = vertical(reg::vertical_total, 0, 5) + 2;
  const u32 clock_hz = misc_output_ & vga::misc::clock_28_mhz ? 28322000 : 25175000;
  const u64 dot = Oscillator(clock_, cpu_hz_, clock_hz).ticks() % (u64{line_dots} * lines);
  const u32 line = static_cast<u32>(dot / line_dots);
  const bool displayed =
      line < display_lines() && dot % line_dots < (crtc_[reg::horizontal_end] + 1u) * dots;
  const u32 start = vertical(reg::retrace_start, 2, 7);
  u32 length = (crtc_[reg::retrace_end] - start) & 15;  // the end register compares four bits
  if (length == 0) length = 16;
  const bool retrace = line >= start && line - start < length;
  return static_cast<u8>((displayed ? 0 : 0x01) | (retrace ? 0x08 : 0));
}

/// A vertical count of ten bits, bits 8 and 9 of which sit in the overflow register.
u32 Vga::vertical(unsigned index, unsigned bit8, unsigned bit9) const {
  const u8 overflow = crtc_[vga::crtc::overflow];
  return crtc_[index] | (overflow >> bit8 & 1u) << 8 | (overflow >> bit9 & 1u) << 9;
}

u32 Vga::display_lines() const { return vertical(vga::crtc::vertical_end, 1, 6) + 1; }

u8 Vga::read_dac() {
  const u8 value = dac_[3u * dac_address_ + dac_component_];
  if (++dac_component_ == 3) {
    dac_component_ = 0;
    ++dac_address_;
  }
  return value;
}

void Vga::write_dac(u8 value) {
  dac_[3u * dac_address_ + dac_component_] = value & 0x3F;
  if (++dac_component_ == 3) {
    dac_component_ = 0;
    ++dac_address_;
  }
}

void Vga::write_attribute(u8 value) {
  if (!attribute_data_next_) {
    attribute_index_ = value & 0x3F;
  } else if (const unsigned index = attribute_index_ & 0x1F; index < attribute_.size()) {
    attribute_[index] = index < 16 ? value & 0x3F : value;
  }
  attribute_data_next_ = !attribute_data_next_;
}

void Vga::write_crtc(u8 value) {
  if (crtc_index_ >= crtc_.size()) return;
  const bool locked = (crtc_[vga::crtc::retrace_end] & vga::crtc::protect) != 0;
  if (locked && crtc_index_ <= vga::crtc::overflow) {
    if (crtc_index_ != vga::crtc::overflow) return;
    value = static_cast<u8>((crtc_[crtc_index_] & ~0x10) | (value & 0x10));  // line compare bit 8
  }
  crtc_[crtc_index_] = value;
}

/// The colour address of a port, or 0 when the other of the two sets of addresses is selected.
u16 Vga::decode(u16 address) const {
  if (address >= port::attribute && address <= port::graphics) return address;
  const bool color_address = address >= port::crtc_index;
  if (color_address != ((misc_output_ & vga::misc::color) != 0)) return 0;
  return color_address ? address : static_cast<u16>(address + port::mono_to_color);
}

u32 Vga::port_read(u16 address, unsigned /*bytes*/) {
  switch (decode(address)) {
    case port::attribute:
      return attribute_index_;
    case port::attribute_read: {
      const unsigned index = attribute_index_ & 0x1F;
      return index < attribute_.size() ? attribute_[index] : 0;
    }
    case port::misc_write:
      return 0x10;  // input status 0: a colour monitor is sensed
    case port::enable:
      return 0x01;
    case port::sequencer_index:
      return sequencer_index_;
    case port::sequencer:
      return sequencer_index_ < sequencer_.size() ? sequencer_[sequencer_index_] : 0;
    case port::pel_mask:
      return pel_mask_;
    case port::dac_read_index:
      return dac_reading_ ? 3 : 0;
    case port::dac_write_index:
      return dac_address_;
    case port::dac_data:
      return read_dac();
    case port::feature_read:
      return feature_control_;
    case port::misc_read:
      return misc_output_;
    case port::graphics_index:
      return graphics_index_;
    case port::graphics:
      return graphics_index_ < graphics_.size() ? graphics_[graphics_index_] : 0;
    case port::crtc_index:
      return crtc_index_;
    case port::crtc:
      return crtc_index_ < crtc_.size() ? crtc_[crtc_index_] : 0;
    case port::status1:
      attribute_data_next_ = false;
      return status1();
    default:
      return 0xFF;
  }
}

void Vga::port_write(u16 address, unsigned /*bytes*/, u32 written) {
  const u8 value = static_cast<u8>(written);
  ++generation_;
  switch (decode(address)) {
    case port::attribute:
      return write_attribute(value);
    case port::misc_write:
      misc_output_ = value;
      return;
    case port::sequencer_index:
      sequencer_index_ = value & 7;
      return;
    case port::sequencer:
      if (sequencer_index_ < sequencer_.size()) {
        sequencer_[sequencer_index_] = value & sequencer_bits[sequencer_index_];
      }
      return;
    case port::pel_mask:
      pel_mask_ = value;
      return;
    case port::dac_read_index:
    case port::dac_write_index:
      dac_reading_ = decode(address) == port::dac_read_index;
      dac_address_ = value;
      dac_component_ = 0;
      return;
    case port::dac_data:
      return write_dac(value);
    case port::graphics_index:
      graphics_index_ = value & 15;
      return;
    case port::graphics:
      if (graphics_index_ < graphics_.size()) {
        graphics_[graphics_index_] = value & graphics_bits[graphics_index_];
      }
      return;
    case port::crtc_index:
      crtc_index_ = value & 0x1F;
      return;
    case port::crtc:
      return write_crtc(value);
    case port::status1:
      feature_control_ = value & 3;
      return;
    default:
      return;
  }
}

}  // namespace faultline
