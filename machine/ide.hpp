// An ATA channel in PIO mode: two drives, each with or without a disk image. [ATA-1]
#pragma once

#include <array>
#include <functional>
#include <iterator>
#include <memory>
#include <vector>

#include "machine/bus.hpp"
#include "machine/disk_image.hpp"
#include "machine/scheduler.hpp"

namespace faultline {

/// The command block registers; a write reaches both drives.
struct TaskFile {
  u8 features = 0, sector_count = 1, sector_number = 1, cylinder_low = 0, cylinder_high = 0;
  u8 drive_head = 0;
  u32 cylinder() const { return cylinder_high << 8 | cylinder_low; }
  void archive(auto& a) {
    a(features, sector_count, sector_number, cylinder_low, cylinder_high, drive_head);
  }
};

/// One drive of a channel.
struct IdeDrive {
  std::unique_ptr<DiskImage> disk;
  u32 cylinders = 0, heads = 0, sectors = 0;  // the current translation [ATA-1 §9.12]
  u8 multiple = 0;                            // sectors a block; 0: MULTIPLE is disabled
  u8 status = 0, error = 0;

  void translate(u32 heads, u32 sectors);
  /// Without the disk.
  void archive(auto& a) {
    a(cylinders, heads, sectors, multiple, status, error);
    a.require(!disk || (heads != 0 && heads <= 16 && sectors != 0 && sectors <= 255),
              "a drive's geometry");
    a.require(multiple <= 16, "a drive's MULTIPLE mode");
  }
  /// The 256 words of IDENTIFY DRIVE. [ATA-1 §9.9]
  std::array<u16, 256> identity(unsigned number) const;
};

class IdeChannel : public PortDevice {
 public:
  IdeChannel(Scheduler& scheduler, u32 cpu_hz, u16 command_base, u16 control_port,
             std::function<void(bool)> irq);
  void attach(unsigned drive, std::unique_ptr<DiskImage> disk);
  DiskImage* disk(unsigned drive) { return drives_[drive & 1].disk.get(); }
  void claim_ports(PortBus& bus);
  void reset();

  void archive(auto& a) {
    // Pointers to what comes next, as numbers.
    constexpr Step steps[] = {nullptr,
                              &IdeChannel::complete,
                              &IdeChannel::abort,
                              &IdeChannel::diagnose,
                              &IdeChannel::reset_done,
                              &IdeChannel::identify,
                              &IdeChannel::initialize_parameters,
                              &IdeChannel::set_multiple,
                              &IdeChannel::set_features,
                              &IdeChannel::read_block,
                              &IdeChannel::offer_block,
                              &IdeChannel::write_block,
                              &IdeChannel::verify,
                              &IdeChannel::seek};
    u8 step = 0;
    while (step < std::size(steps) && steps[step] != step_) ++step;
    a(step);
    a.require(step < std::size(steps), "a drive's next step");
    step_ = steps[step];
    const std::size_t size = buffer_.size();
    u64 position = position_, length = length_;
    a(drives_, task_, selected_, device_control_, interrupt_, transfer_, block_, remaining_,
      first_sector_, buffer_, position, length);
    scheduler_.archive(a, event_);
    a.require(selected_ < 2 && transfer_ <= Transfer::Out && block_ >= 1 &&
                  block_ * sector_size <= size && remaining_ <= 256 && buffer_.size() == size &&
                  position <= length && length <= size && (step != 0 || !event_.pending()),
              "an IDE channel");
    constexpr u8 first_that_reads_the_disk = 5;
    a.require((transfer_ == Transfer::None && step < first_that_reads_the_disk) || drive().disk,
              "the command of a drive that is not there");
    position_ = static_cast<std::size_t>(position);
    length_ = static_cast<std::size_t>(length);
  }

  u32 port_read(u16 port, unsigned bytes) override;
  void port_write(u16 port, unsigned bytes, u32 value) override;

 private:
  using Step = void (IdeChannel::*)();
  enum class Transfer : u8 { None, In, Out };

  IdeDrive& drive() { return drives_[selected_]; }
  const IdeDrive& drive() const { return drives_[selected_]; }
  bool busy() const;  // BSY or DRQ: the command block is the drive's

  u8 read_register(unsigned index);
  void write_register(unsigned index, u8 value);
  void write_device_control(u8 value);
  u32 read_data(unsigned bytes);
  void write_data(unsigned bytes, u32 value);
  void set_interrupt(bool level);

  void execute(u8 command);
  void execute_media(u8 command);
  void after(u64 microseconds, Step step);
  void take_step() { (this->*step_)(); }
  void complete();
  void fail(u8 error);
  void abort();
  void diagnose();
  void reset_done();
  void identify();
  void initialize_parameters();
  void set_multiple();
  void set_features();

  bool locate(u32& lba) const;
  void advance_address();
  bool next_sector(u32& lba);
  void start_transfer(Transfer direction, unsigned block);
  void read_block();
  void offer_block();
  void write_block();
  void verify();
  void seek();
  void request_data(unsigned bytes);
  void block_finished();

  Scheduler& scheduler_;
  Oscillator microseconds_;
  u16 base_, control_;
  std::function<void(bool)> irq_;
  std::array<IdeDrive, 2> drives_;
  TaskFile task_;
  unsigned selected_ = 0;
  u8 device_control_ = 0;
  bool interrupt_ = false;  // INTRQ, before nIEN

  Step step_ = nullptr;
  Event event_{[this] { take_step(); }};

  Transfer transfer_ = Transfer::None;
  unsigned block_ = 1;        // sectors a DRQ block
  unsigned remaining_ = 0;    // sectors of the command still to come
  bool first_sector_ = true;  // the address is of the sector to come, not of the last one
  std::vector<u8> buffer_;
  std::size_t position_ = 0, length_ = 0;
};

}  // namespace faultline
