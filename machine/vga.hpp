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

  /// The picture as the monitor shows it: 720 x 400 in mode 3.
  Image render() const;
  /// The text screen's characters, rows separated by newlines, trailing blanks dropped; empty in a
  /// graphics mode.
  std::string text() const;
  /// Changes whenever the picture may have changed: a window redraws only then.
  u64 generation() const { return generation_; }

  void archive(auto& a) {
    a(memory_, latch_, sequencer_, crtc_, graphics_, attribute_, dac_, sequencer_index_,
      crtc_index_, graphics_index_, attribute_index_, misc_output_, feature_control_, pel_mask_,
      dac_address_, dac_component_, dac_reading_, attribute_data_next_);
    a.require(memory_.size() == plane_size && dac_component_ < 3, "the VGA");
    ++generation_;
  }

  u32 port_read(u16 port, unsigned bytes) override;
  void port_write(u16 port, unsigned bytes, u32 value) override;
  u32 mmio_read(u32 offset, unsigned bytes) override;
  void mmio_write(u32 offset, unsigned bytes, u32 value) override;

 private:
  struct TextLayout {
    unsigned columns, rows, cell_width, cell_height;
  };
  struct PlaneAddress {
    u32 address;
    u32 plane;  // that the address selects for reading
    u8 planes;  // that it enables for writing
  };

  u16 decode(u16 port) const;
  u8 read_dac();
  void write_dac(u8 value);
  void write_attribute(u8 value);
  void write_crtc(u8 value);
  u8 status1() const;
  u32 vertical(unsigned index, unsigned bit8, unsigned bit9) const;
  u32 display_lines() const;

  bool decode_memory(u32 offset, PlaneAddress& at) const;
  u8 plane_value(unsigned plane, u8 data) const;
  u8 read_byte(u32 offset);
  void write_byte(u32 offset, u8 data);

  bool text_mode() const;
  TextLayout text_layout() const;
  u32 lines_per_row() const;
  u32 start_address() const;
  u32 row_start(u32 row) const;
  u32 plane_address(u32 count) const;
  u8 glyph_row(u8 character, u8 attribute, unsigned line) const;
  u32 dac_color(u8 index) const;
  u32 color(u8 attribute) const;
  void render_cell(Image& image, const TextLayout& layout, unsigned row, unsigned column) const;
  Image render_text() const;
  Image render_graphics() const;

  const Clock& clock_;
  u32 cpu_hz_;
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
  u64 generation_ = 0;
};

}  // namespace faultline
