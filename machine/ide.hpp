// An ATA channel in PIO mode: two drives, each with or without a disk image. [ATA-1]
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>

#include "machine/bus.hpp"
#include "machine/disk_image.hpp"
#include "machine/scheduler.hpp"

namespace faultline {

/// The registers a command finds and leaves: one set a channel, written to both drives.
struct TaskFile {
  u8 features = 0, sector_count = 0, sector_number = 0, cylinder_low = 0, cylinder_high = 0;
  u8 drive_head = 0;
};

/// One drive.
struct IdeDrive {
  std::unique_ptr<DiskImage> disk;
  std::string serial;
  u32 heads = 0, sectors = 0;  // the current translation [ATA-1 §9.12]
  u8 multiple = 0;             // sectors a block, 0 = READ/WRITE MULTIPLE disabled
  u8 status = 0, error = 0;
};

class IdeChannel : public PortDevice {
 public:
  IdeChannel(Scheduler& scheduler, u32 cpu_hz, u16 command_base, u16 control_port,
             std::function<void(bool)> irq);
  void attach(unsigned drive, std::unique_ptr<DiskImage> disk);
  DiskImage* disk(unsigned drive) { return drives_[drive].disk.get(); }
  void claim_ports(PortBus& bus);
  void reset();

  u32 port_read(u16 port, unsigned bytes) override;
  void port_write(u16 port, unsigned bytes, u32 value) override;

 private:
  enum class Transfer : u8 { None, In, Out };
  IdeDrive& drive() { return drives_[selected_]; }
  bool present() const { return drives_[0].disk || drives_[1].disk; }

  u8 read_register(unsigned index);
  void write_register(unsigned index, u8 value);
  u8 status(bool acknowledge);
  u32 read_data(unsigned bytes);
  void write_data(unsigned bytes, u32 value);

  void execute(u8 command);
  void begin(u64 microseconds, void (IdeChannel::*step)());
  void complete();
  void abort(u8 error);
  void identify();
  void diagnose();
  void read_block();
  void write_block();
  void verify();
  void seek();
  void start_read(unsigned block);
  void start_write(unsigned block);
  void block_in_done();
  void block_out_done();
  bool locate(u32& lba) const;
  void advance_address();
  bool sector_ready();
  void request_data(Transfer direction, unsigned words);
  void set_interrupt(bool level);
  void set_signature();

  Scheduler& scheduler_;
  Oscillator microseconds_;
  u16 base_, control_;
  std::function<void(bool)> irq_;
  std::array<IdeDrive, 2> drives_;
  TaskFile task_;
  unsigned selected_ = 0;
  u8 device_control_ = 0;
  bool interrupt_ = false;  // INTRQ before nIEN

  void (IdeChannel::*step_)() = nullptr;
  Event event_{[this] { (this->*step_)(); }};

  Transfer transfer_ = Transfer::None;
  u8 command_ = 0;
  unsigned block_sectors_ = 1;  // sectors a DRQ block
  unsigned remaining_ = 0;      // sectors still to transfer
  std::array<u8, 256 * sector_size> buffer_{};
  std::size_t position_ = 0, length_ = 0;
};

}  // namespace faultline
