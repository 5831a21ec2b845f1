// A VGA: four planes of memory, its register files, and the picture they make. [VGA]
#pragma once

#include <array>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "machine/bus.hpp"
#include "machine/image.hpp"
#include "machine/scheduler.hpp"
#include "mmu/physical_memory.hpp"

namespace faultline {

class Vga : public PortDevice, public MmioDevice {
 public:
  static constexpr u32 window_base = 0xA0000, window_size = 0x20000;
  static constexpr u32 plane_size = 0x10000;

  Vga(const Clock& clock, u32 cpu_hz);
  void claim_ports(PortBus& bus);
  void reset();

  /// The picture as the monitor shows it: 720 x 400 in text mode.
  Image render() const;
  /// The text screen's characters, rows separated by newlines, trailing blanks dropped; empty in a
  /// graphics mode.
  std::string text() const;
  /// Changes whenever the picture may have changed: a window redraws only then.
  u64 generation() const { return generation_; }

  u32 port_read(u16 port, unsigned bytes) override;
  void port_write(u16 port, unsigned bytes, u32 value) override;
  u32 mmio_read(u32 offset, unsigned bytes) override;
  void mmio_write(u32 offset, unsigned bytes, u32 value) override;

 private:
  struct Cell {
    u8 character;
    u8 attribute;
  };
  struct TextLayout {
    unsigned columns, rows, cell_width, cell_height;
  };
  bool text_mode() const;
  TextLayout text_layout() const;
  Cell text_cell(unsigned row, unsigned column) const;
  u16 start_address() const;
  u16 cursor_address() const;
  u32 color(u8 attribute_index) const;
  void render_cell(Image& image, const TextLayout& layout, unsigned row, unsigned column) const;
  Image render_text() const;
  Image render_256() const;
  Image render_16() const;
  u8 status1();
  u8 read_dac();
  void write_dac(u8 value);
  void write_attribute(u8 value);
  void write_crtc(u8 value);
  bool in_window(u32 offset, u32& address) const;
  u8 read_byte(u32 offset);
  void write_byte(u32 offset, u8 value);

  Oscillator dot_clock_;
  std::vector<std::array<u8, 4>> memory_;  // [address][plane]
  std::array<u8, 4> latch_{};
  std::array<u8, 5> sequencer_{};
  std::array<u8, 25> crtc_{};
  std::array<u8, 9> graphics_{};
  std::array<u8, 21> attribute_{};
  std::array<u8, 256 * 3> dac_{};
  u8 sequencer_index_ = 0, crtc_index_ = 0, graphics_index_ = 0, attribute_index_ = 0;
  u8 misc_output_ = 0, feature_control_ = 0, pel_mask_ = 0xFF;
  u8 dac_address_ = 0, dac_component_ = 0;
  bool dac_reading_ = false;
  bool attribute_data_next_ = false;  // the flip-flop that 3DAh resets
  u64 generation_ = 1;
};

}  // namespace faultline
