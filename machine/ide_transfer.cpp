// ATA commands that address sectors: where they lie, and their blocks of data.
#include <algorithm>
#include <span>

#include "machine/ide.hpp"
#include "machine/ide_registers.hpp"

namespace faultline {

using namespace ata;

/// The sector the command block names, if the disk has it. [ATA-1 §7.1.2]
bool IdeChannel::locate(u32& lba) const {
  const u32 head = task_.drive_head & drive_head::head;
  if (task_.drive_head & drive_head::lba) {
    lba = head << 24 | task_.cylinder() << 8 | task_.sector_number;
  } else {
    const IdeDrive& disk = drive();
    if (task_.sector_number == 0 || task_.sector_number > disk.sectors || head >= disk.heads ||
        task_.cylinder() >= disk.cylinders) {
      return false;
    }
    lba = (task_.cylinder() * disk.heads + head) * disk.sectors + task_.sector_number - 1;
  }
  return lba < drive().disk->sectors();
}

void IdeChannel::advance_address() {
  const auto set_cylinder = [this](u32 cylinder) {
    task_.cylinder_low = static_cast<u8>(cylinder);
    task_.cylinder_high = static_cast<u8>(cylinder >> 8);
  };
  const auto set_head = [this](u32 head) {
    task_.drive_head = static_cast<u8>((task_.drive_head & ~drive_head::head) | head);
  };
  const u32 head = task_.drive_head & drive_head::head;
  if (task_.drive_head & drive_head::lba) {
    const u32 lba = (head << 24 | task_.cylinder() << 8 | task_.sector_number) + 1;
    task_.sector_number = static_cast<u8>(lba);
    set_cylinder(lba >> 8 & 0xFFFF);
    set_head(lba >> 24 & drive_head::head);
    return;
  }
  if (task_.sector_number < drive().sectors) {
    ++task_.sector_number;
    return;
  }
  task_.sector_number = 1;
  const bool wraps = head + 1 >= drive().heads;
  set_head(wraps ? 0 : head + 1);
  if (wraps) set_cylinder(task_.cylinder() + 1);
}

/// Moves to the command's next sector; at the end the address names the last one transferred.
bool IdeChannel::next_sector(u32& lba) {
  if (!first_sector_) advance_address();
  first_sector_ = false;
  return locate(lba);
}

void IdeChannel::start_transfer(Transfer direction, unsigned block) {
  if (block == 0) return after(command_us, &IdeChannel::abort);  // MULTIPLE is disabled
  transfer_ = direction;
  block_ = block;
  if (direction == Transfer::In) {
    return after(find_us + std::min(block_, remaining_) * sector_us, &IdeChannel::read_block);
  }
  after(command_us, &IdeChannel::offer_block);
}

void IdeChannel::read_block() {
  const unsigned count = std::min(block_, remaining_);
  for (unsigned i = 0; i < count; ++i) {
    u32 lba = 0;
    if (!next_sector(lba)) return fail(error::id_not_found);
    const std::span sector = std::span(buffer_).subspan(i * sector_size).first<sector_size>();
    if (!drive().disk->read(lba, sector)) return fail(error::uncorrectable);
    --remaining_;
    task_.sector_count = static_cast<u8>(remaining_);
  }
  request_data(count * sector_size);
  set_interrupt(true);  // once a block [ATA-1 §8.1]
}

/// Asks for the first block of a write, which raises no interrupt. [ATA-1 §8.2]
void IdeChannel::offer_block() {
  u32 lba = 0;
  if (!locate(lba)) return fail(error::id_not_found);
  request_data(std::min(block_, remaining_) * sector_size);
}

void IdeChannel::write_block() {
  const unsigned count = std::min(block_, remaining_);
  for (unsigned i = 0; i < count; ++i) {
    u32 lba = 0;
    if (!next_sector(lba)) return fail(error::id_not_found);
    const std::span sector = std::span(buffer_).subspan(i * sector_size).first<sector_size>();
    if (!drive().disk->write(lba, sector)) {
      fail(error::aborted);
      drive().status |= status::write_fault;
      return;
    }
    --remaining_;
    task_.sector_count = static_cast<u8>(remaining_);
  }
  if (remaining_ == 0) return complete();
  request_data(std::min(block_, remaining_) * sector_size);
  set_interrupt(true);
}

/// The host has moved the whole block.
void IdeChannel::block_finished() {
  if (transfer_ == Transfer::Out) {
    const unsigned sectors = static_cast<unsigned>(length_ / sector_size);
    return after(sectors * sector_us, &IdeChannel::write_block);
  }
  if (remaining_ > 0) {
    return after(std::min(block_, remaining_) * sector_us, &IdeChannel::read_block);
  }
  transfer_ = Transfer::None;
  drive().status = status::ready | status::seek_complete;  // and no further interrupt
}

void IdeChannel::verify() {
  while (remaining_ > 0) {
    u32 lba = 0;
    if (!next_sector(lba)) return fail(error::id_not_found);
    if (!drive().disk->read(lba, std::span(buffer_).first<sector_size>())) {
      return fail(error::uncorrectable);
    }
    --remaining_;
    task_.sector_count = static_cast<u8>(remaining_);
  }
  complete();
}

void IdeChannel::seek() {
  u32 lba = 0;
  if (!locate(lba)) return fail(error::id_not_found);
  complete();
}

}  // namespace faultline
