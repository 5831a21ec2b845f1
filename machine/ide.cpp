// ATA channel: registers, data port, interrupt. The commands are in the files beside it.
#include "machine/ide.hpp"

#include "arch/ports.hpp"
#include "machine/ide_registers.hpp"

namespace faultline {

using namespace ata;

IdeChannel::IdeChannel(Scheduler& scheduler, u32 cpu_hz, u16 command_base, u16 control_port,
                       std::function<void(bool)> irq)
    : scheduler_(scheduler),
      microseconds_(scheduler.clock(), cpu_hz, 1000000),
      base_(command_base),
      control_(control_port),
      irq_(std::move(irq)),
      buffer_(max_multiple * sector_size) {}

void IdeChannel::attach(unsigned number, std::unique_ptr<DiskImage> disk) {
  IdeDrive& target = drives_[number & 1];
  target.disk = std::move(disk);
  const DiskGeometry geometry = target.disk->geometry();
  target.translate(geometry.heads, geometry.sectors);
  target.status = status::ready | status::seek_complete;
  target.error = diagnostic_passed;
}

void IdeChannel::claim_ports(PortBus& bus) {
  bus.claim(base_, base_, *this, 4);
  bus.claim(static_cast<u16>(base_ + 1), static_cast<u16>(base_ + 7), *this);
  bus.claim(control_, control_, *this);
}

void IdeChannel::reset() {
  scheduler_.cancel(event_);
  transfer_ = Transfer::None;
  device_control_ = 0;
  reset_done();
  set_interrupt(false);
}

bool IdeChannel::busy() const {
  return (drives_[0].status | drives_[1].status) & (status::busy | status::data_request);
}

void IdeChannel::set_interrupt(bool level) {
  interrupt_ = level;
  irq_(interrupt_ && !(device_control_ & control::no_interrupt));
}

u32 IdeChannel::port_read(u16 address, unsigned bytes) {
  if (address == control_) return drive().status;  // does not acknowledge [ATA-1 §7.2.1]
  if (address == base_) return read_data(bytes);
  return read_register(address - base_);
}

void IdeChannel::port_write(u16 address, unsigned bytes, u32 value) {
  if (address == control_) return write_device_control(static_cast<u8>(value));
  if (address == base_) return write_data(bytes, value);
  write_register(address - base_, static_cast<u8>(value));
}

u8 IdeChannel::read_register(unsigned index) {
  // Drive 0 answers for a missing drive 1 with zeros; with no drive the lines are pulled down.
  if (!drive().disk && (index == reg::status || index == reg::error)) return 0;
  if (drive().status & status::busy) index = reg::status;  // BSY hides the rest [ATA-1 §7.2.13]
  switch (index) {
    case reg::error:
      return drive().error;
    case reg::sector_count:
      return task_.sector_count;
    case reg::sector_number:
      return task_.sector_number;
    case reg::cylinder_low:
      return task_.cylinder_low;
    case reg::cylinder_high:
      return task_.cylinder_high;
    case reg::drive_head:
      return task_.drive_head | drive_head::always_one;
    default:
      if (!(drive().status & status::busy)) set_interrupt(false);
      return drive().status;
  }
}

void IdeChannel::write_register(unsigned index, u8 value) {
  if (busy()) return;
  switch (index) {
    case reg::features:
      task_.features = value;
      return;
    case reg::sector_count:
      task_.sector_count = value;
      return;
    case reg::sector_number:
      task_.sector_number = value;
      return;
    case reg::cylinder_low:
      task_.cylinder_low = value;
      return;
    case reg::cylinder_high:
      task_.cylinder_high = value;
      return;
    case reg::drive_head:
      task_.drive_head = value;
      selected_ = value & drive_head::drive1 ? 1 : 0;
      return;
    case reg::command:
      return execute(value);
  }
}

void IdeChannel::write_device_control(u8 value) {
  const u8 changed = value ^ device_control_;
  device_control_ = value;
  set_interrupt(interrupt_);
  if (!(changed & control::soft_reset)) return;
  scheduler_.cancel(event_);
  transfer_ = Transfer::None;
  set_interrupt(false);
  for (IdeDrive& each : drives_) {
    if (each.disk) each.status = status::busy;
  }
  if (!(value & control::soft_reset)) after(reset_us, &IdeChannel::reset_done);
}

void IdeChannel::after(u64 microseconds, Step step) {
  if (drive().disk) drive().status = status::busy;
  step_ = step;
  scheduler_.schedule(event_, microseconds_.clock_at(microseconds_.ticks() + microseconds));
}

/// Raises DRQ for `bytes` bytes of the buffer.
void IdeChannel::request_data(unsigned bytes) {
  position_ = 0;
  length_ = bytes;
  drive().status = status::ready | status::seek_complete | status::data_request;
}

u32 IdeChannel::read_data(unsigned bytes) {
  if (transfer_ != Transfer::In || !(drive().status & status::data_request)) {
    return low_bits(8 * bytes);
  }
  u32 value = 0;
  for (unsigned i = 0; i < bytes && position_ < length_; ++i) {
    value |= u32{buffer_[position_++]} << (8 * i);
  }
  if (position_ == length_) block_finished();
  return value;
}

void IdeChannel::write_data(unsigned bytes, u32 value) {
  if (transfer_ != Transfer::Out || !(drive().status & status::data_request)) return;
  for (unsigned i = 0; i < bytes && position_ < length_; ++i) {
    buffer_[position_++] = static_cast<u8>(value >> (8 * i));
  }
  if (position_ == length_) block_finished();
}

}  // namespace faultline
