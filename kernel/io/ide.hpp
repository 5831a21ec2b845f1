// ATA disks by programmed I/O: the processor moves the data, and sleeps until the drive interrupts.
// [ATA-1]
#pragma once

#include "arch/ports.hpp"
#include "kernel/io/ata.hpp"
#include "kernel/io/block_device.hpp"

/// What the two drives of a channel share; one transfer at a time is the caller's business. `Wait`
/// knows how to wait, and the host's tests have one of their own:
///   bool can_sleep()            false: the driver polls instead, interrupts disabled in the drive
///   void forget()               interrupts that came before this don't count
///   bool interrupt(u8& status)  sleeps until the drive interrupts; its status. False: timed out
///   void pause()                lets others run for a moment, while the drive is busy for long
template <class Wait>
struct IdeChannel {
  arch::u16 base = arch::port::ide_primary;
  arch::u32 resets = 0;  // a reset makes both drives forget their settings
  Wait wait = {};
};

/// One disk. `Ports` does the I/O: in8, out8, in_words, out_words, all static.
template <class Ports, class Wait>
class IdeDisk final : public BlockDevice {
 public:
  using Channel = IdeChannel<Wait>;

  /// Drive `device` (0 or 1) of a channel; polls. False when there is none.
  bool attach(Channel& channel, unsigned device) {
    channel_ = &channel;
    device_ = static_cast<arch::u8>(device);
    sleeps_ = false;
    return identify();
  }

  bool read(arch::u32 lba, arch::u32 count, void* buffer) override {
    auto* to = static_cast<arch::u8*>(buffer);
    return transfer(lba, count, [&](arch::u32 first, arch::u32 run) {
      issue(block_ > 1 ? ata::read_multiple : ata::read_sectors, first, run);
      for (arch::u32 i = 0; i < run; i += block_) {
        const arch::u32 sectors = run - i < block_ ? run - i : block_;
        if (!has_data(next_status())) return false;
        Ports::in_words(port(ata::data), to + (first - lba + i) * sector_size,
                        sectors * (sector_size / 2));
        settle();
      }
      return true;
    });
  }

  bool write(arch::u32 lba, arch::u32 count, const void* buffer) override {
    const auto* from = static_cast<const arch::u8*>(buffer);
    return transfer(lba, count, [&](arch::u32 first, arch::u32 run) {
      issue(block_ > 1 ? ata::write_multiple : ata::write_sectors, first, run);
      // The drive asks for the first block without an interrupt. [ATA-1 §8.2]
      arch::u8 value = wait_not_busy();
      for (arch::u32 i = 0; i < run; i += block_) {
        const arch::u32 sectors = run - i < block_ ? run - i : block_;
        if (!has_data(value)) return false;
        Ports::out_words(port(ata::data), from + (first - lba + i) * sector_size,
                         sectors * (sector_size / 2));
        settle();
        value = next_status();
      }
      return succeeded(value);
    });
  }

  arch::u32 sector_count() const override { return sectors_; }

 private:
  static constexpr arch::u32 quick_polls = 200;       // reads of about 1 us: a command's decoding
  static constexpr arch::u32 most_polls = 4'000'000;  // without a clock: a spin-up's time
  static constexpr arch::u32 most_pauses = 400;
  static constexpr unsigned attempts = 3;

  arch::u16 port(arch::u16 reg) const { return static_cast<arch::u16>(channel_->base + reg); }

  /// In runs that one command can move; each is tried again after a reset when it fails.
  template <class Run>
  bool transfer(arch::u32 lba, arch::u32 count, Run run_command) {
    if (lba > sectors_ || count > sectors_ - lba) return false;
    sleeps_ = channel_->wait.can_sleep();
    while (count != 0) {
      const arch::u32 run = count < ata::max_sectors ? count : ata::max_sectors;
      bool done = false;
      for (unsigned i = 0; i < attempts && !done; ++i) {
        choose_block();
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
    if (!has_data(wait_not_busy())) return false;
    arch::u16 identity[ata::identify_words];
    Ports::in_words(port(ata::data), identity, ata::identify_words);
    const bool is_disk = (identity[0] & 0x8000) == 0;
    const bool has_lba = (identity[49] & 0x0200) != 0;
    if (is_disk && has_lba) sectors_ = identity[60] | arch::u32{identity[61]} << 16;
    most_multiple_ = static_cast<arch::u8>(identity[47]);
    block_chosen_ = false;
    return sectors_ != 0;
  }

  /// Sectors that the drive moves for one interrupt: as many as it can, where it can at all, and
  /// once more after each reset. [ATA-1 §9.16]
  void choose_block() {
    if (block_chosen_ && resets_seen_ == channel_->resets) return;
    block_chosen_ = true;
    resets_seen_ = channel_->resets;
    block_ = 1;
    if (most_multiple_ < 2) return;
    issue(ata::set_multiple, 0, most_multiple_);
    if (succeeded(next_status())) block_ = most_multiple_;
  }

  arch::u8 select_byte(arch::u32 lba) const {
    return static_cast<arch::u8>(ata::lba_mode | device_ << ata::device_shift | (lba >> 24 & 15));
  }

  void issue(arch::u8 command, arch::u32 lba, arch::u32 count) {
    Ports::out8(port(ata::control_offset), control());
    Ports::out8(port(ata::device_head), select_byte(lba));
    settle();
    wait_not_busy();
    Ports::out8(port(ata::sector_count), static_cast<arch::u8>(count));
    Ports::out8(port(ata::lba_low), static_cast<arch::u8>(lba));
    Ports::out8(port(ata::lba_mid), static_cast<arch::u8>(lba >> 8));
    Ports::out8(port(ata::lba_high), static_cast<arch::u8>(lba >> 16));
    channel_->wait.forget();
    Ports::out8(port(ata::command), command);
    settle();
  }

  arch::u8 control() const {
    return static_cast<arch::u8>(ata::control_fixed | (sleeps_ ? 0 : ata::nIEN));
  }

  /// 400 ns until the status is valid: four reads of the alternate one. [ATA-1 §9]
  void settle() const {
    for (int i = 0; i < 4; ++i) Ports::in8(port(ata::control_offset));
  }

  /// The status at the next interrupt. When none comes in time, the drive has the last word: it may
  /// have finished all the same.
  arch::u8 next_status() {
    if (!sleeps_) return wait_not_busy();
    arch::u8 value = ata::BSY;
    while ((value & ata::BSY) != 0) {
      if (!channel_->wait.interrupt(value)) return Ports::in8(port(ata::status));
    }
    return value;
  }

  arch::u8 wait_not_busy() {
    arch::u8 value = Ports::in8(port(ata::status));
    const arch::u32 polls = sleeps_ ? quick_polls : most_polls;
    for (arch::u32 i = 0; i < polls && (value & ata::BSY) != 0; ++i) {
      value = Ports::in8(port(ata::status));
    }
    for (arch::u32 i = 0; sleeps_ && i < most_pauses && (value & ata::BSY) != 0; ++i) {
      channel_->wait.pause();
      value = Ports::in8(port(ata::status));
    }
    return value;
  }

  static bool succeeded(arch::u8 value) { return (value & (ata::BSY | ata::DF | ata::ERR)) == 0; }
  static bool has_data(arch::u8 value) { return succeeded(value) && (value & ata::DRQ) != 0; }

  void reset() {
    ++channel_->resets;
    Ports::out8(port(ata::control_offset), ata::control_fixed | ata::SRST | ata::nIEN);
    settle();
    Ports::out8(port(ata::control_offset), control());
    settle();
    wait_not_busy();
  }

  Channel* channel_ = nullptr;
  arch::u8 device_ = 0;
  arch::u8 most_multiple_ = 0, block_ = 1;
  bool sleeps_ = false, block_chosen_ = false;
  arch::u32 resets_seen_ = 0;
  arch::u32 sectors_ = 0;
};
