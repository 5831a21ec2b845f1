// ATA disks by polled programmed I/O. [ATA-1]
#pragma once

#include "arch/ports.hpp"
#include "kernel/io/block_device.hpp"

/// Registers and bits of the command block. [ATA-1 §7.2]
namespace ata {
using arch::u16;
using arch::u8;
inline constexpr u16 data = 0, error = 1, sector_count = 2, lba_low = 3, lba_mid = 4, lba_high = 5,
                     device_head = 6, status = 7, command = 7;
inline constexpr u16 control_offset = 0x206;  // device control; reads: alternate status
inline constexpr u8 ERR = 0x01, DRQ = 0x08, DF = 0x20, DRDY = 0x40, BSY = 0x80;
inline constexpr u8 nIEN = 0x02, SRST = 0x04, control_fixed = 0x08;
inline constexpr u8 lba_mode = 0xE0, device_shift = 4;
inline constexpr u8 read_sectors = 0x20, write_sectors = 0x30, identify_device = 0xEC;
inline constexpr u16 identify_words = 256;
inline constexpr arch::u32 max_sectors = 256;  // a count of 0 says 256
}  // namespace ata

/// One disk. `Ports` does the I/O: in8, out8, in_words, out_words, all static; the host's tests
/// give it a model of a drive.
template <class Ports>
class IdeDisk final : public BlockDevice {
 public:
  /// Finds disk `number` in the BIOS's order (INT 13h drive 80h is number 0): master and slave of
  /// the primary channel, then of the secondary. False when there are fewer.
  bool attach(unsigned number) {
    for (unsigned position = 0; position < 4; ++position) {
      base_ = position < 2 ? arch::port::ide_primary : arch::port::ide_secondary;
      device_ = static_cast<arch::u8>(position & 1);
      if (!identify()) continue;
      if (number-- == 0) return true;
    }
    sectors_ = 0;
    return false;
  }

  bool read(arch::u32 lba, arch::u32 count, void* buffer) override {
    auto* to = static_cast<arch::u8*>(buffer);
    return transfer(lba, count, [&](arch::u32 first, arch::u32 run) {
      issue(ata::read_sectors, first, run);
      for (arch::u32 i = 0; i < run; ++i) {
        if (!wait_for_data()) return false;
        Ports::in_words(port(ata::data), to + (first - lba + i) * sector_size, sector_size / 2);
        settle();
      }
      return true;
    });
  }

  bool write(arch::u32 lba, arch::u32 count, const void* buffer) override {
    const auto* from = static_cast<const arch::u8*>(buffer);
    return transfer(lba, count, [&](arch::u32 first, arch::u32 run) {
      issue(ata::write_sectors, first, run);
      for (arch::u32 i = 0; i < run; ++i) {
        if (!wait_for_data()) return false;
        Ports::out_words(port(ata::data), from + (first - lba + i) * sector_size, sector_size / 2);
        settle();
      }
      return succeeded(wait_not_busy());
    });
  }

  arch::u32 sector_count() const override { return sectors_; }

 private:
  static constexpr arch::u32 poll_limit = 4'000'000;  // reads of about 1 us: a spin-up's time
  static constexpr unsigned attempts = 3;

  arch::u16 port(arch::u16 reg) const { return static_cast<arch::u16>(base_ + reg); }

  /// In runs that one command can move; each is tried again after a reset when it fails.
  template <class Run>
  bool transfer(arch::u32 lba, arch::u32 count, Run run_command) {
    if (lba > sectors_ || count > sectors_ - lba) return false;
    while (count != 0) {
      const arch::u32 run = count < ata::max_sectors ? count : ata::max_sectors;
      bool done = false;
      for (unsigned i = 0; i < attempts && !done; ++i) {
        done = run_command(lba, run);
        if (!done) reset();
      }
      if (!done) return false;
      lba += run;
      count -= run;
    }
    return true;
  }
  bool identify() {
    sectors_ = 0;
    Ports::out8(port(ata::device_head), select_byte(0));
    settle();
    // An absent drive's registers do not hold what is written, or it is never ready.
    Ports::out8(port(ata::sector_count), 0x55);
    Ports::out8(port(ata::lba_low), 0xAA);
    if (Ports::in8(port(ata::sector_count)) != 0x55 || Ports::in8(port(ata::lba_low)) != 0xAA) {
      return false;
    }
    if ((wait_not_busy() & (ata::BSY | ata::DRDY)) != ata::DRDY) return false;
    issue(ata::identify_device, 0, 0);
    if (!wait_for_data()) return false;
    arch::u16 identity[ata::identify_words];
    Ports::in_words(port(ata::data), identity, ata::identify_words);
    const bool is_disk = (identity[0] & 0x8000) == 0;
    const bool has_lba = (identity[49] & 0x0200) != 0;
    if (is_disk && has_lba) sectors_ = identity[60] | arch::u32{identity[61]} << 16;
    return sectors_ != 0;
  }

  arch::u8 select_byte(arch::u32 lba) const {
    return static_cast<arch::u8>(ata::lba_mode | device_ << ata::device_shift | (lba >> 24 & 15));
  }

  void issue(arch::u8 command, arch::u32 lba, arch::u32 count) {
    Ports::out8(port(ata::control_offset), ata::control_fixed | ata::nIEN);  // polled
    Ports::out8(port(ata::device_head), select_byte(lba));
    settle();
    wait_not_busy();
    Ports::out8(port(ata::sector_count), static_cast<arch::u8>(count));
    Ports::out8(port(ata::lba_low), static_cast<arch::u8>(lba));
    Ports::out8(port(ata::lba_mid), static_cast<arch::u8>(lba >> 8));
    Ports::out8(port(ata::lba_high), static_cast<arch::u8>(lba >> 16));
    Ports::out8(port(ata::command), command);
    settle();
  }

  /// 400 ns until the status is valid: four reads of the alternate one. [ATA-1 §9]
  void settle() const {
    for (int i = 0; i < 4; ++i) Ports::in8(port(ata::control_offset));
  }

  arch::u8 wait_not_busy() const {
    arch::u8 value = ata::BSY;
    for (arch::u32 i = 0; i < poll_limit && (value & ata::BSY) != 0; ++i) {
      value = Ports::in8(port(ata::status));
    }
    return value;
  }

  static bool succeeded(arch::u8 value) { return (value & (ata::BSY | ata::DF | ata::ERR)) == 0; }

  bool wait_for_data() const {
    const arch::u8 value = wait_not_busy();
    return succeeded(value) && (value & ata::DRQ) != 0;
  }

  void reset() {
    Ports::out8(port(ata::control_offset), ata::control_fixed | ata::SRST | ata::nIEN);
    settle();
    Ports::out8(port(ata::control_offset), ata::control_fixed | ata::nIEN);
    settle();
    wait_not_busy();
  }

  arch::u16 base_ = arch::port::ide_primary;
  arch::u8 device_ = 0;
  arch::u32 sectors_ = 0;
};
