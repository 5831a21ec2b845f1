// ATA commands.
#include <algorithm>
#include <bit>
#include <cstdio>
#include <string_view>

#include "machine/ide.hpp"
#include "machine/ide_registers.hpp"

namespace faultline {

using namespace ata;

void IdeDrive::translate(u32 new_heads, u32 new_sectors) {
  heads = new_heads;
  sectors = new_sectors;
  cylinders = std::clamp<u32>(disk->sectors() / (heads * sectors), 1, 0xFFFF);
}

std::array<u16, 256> IdeDrive::identity(unsigned number) const {
  std::array<u16, 256> words{};
  const DiskGeometry native = disk->geometry();
  // ASCII fields hold the first character of each pair in the high byte. [ATA-1 §9.9]
  const auto text = [&words](unsigned first, unsigned count, std::string_view value) {
    for (unsigned i = 0; i < 2 * count; ++i) {
      const u8 character = i < value.size() ? static_cast<u8>(value[i]) : u8{' '};
      words[first + i / 2] |= static_cast<u16>(i % 2 == 0 ? character << 8 : character);
    }
  };
  words[0] = 1 << 6;  // fixed drive
  words[1] = static_cast<u16>(native.cylinders);
  words[3] = static_cast<u16>(native.heads);
  words[4] = static_cast<u16>(native.sectors * sector_size);
  words[5] = sector_size;
  words[6] = static_cast<u16>(native.sectors);
  text(10, 10, number == 0 ? "FL-0000001" : "FL-0000002");
  words[20] = 3;  // dual-ported buffer with read cache
  words[21] = max_multiple;
  words[22] = 4;
  text(23, 4, "1.0");
  text(27, 20, "FAULTLINE FIXED DISK");
  words[47] = max_multiple;
  words[48] = 1;       // 32-bit data port
  words[49] = 1 << 9;  // LBA
  words[51] = 2 << 8;  // PIO timing mode 2
  words[53] = 1;       // words 54-58 are valid
  words[54] = static_cast<u16>(cylinders);
  words[55] = static_cast<u16>(heads);
  words[56] = static_cast<u16>(sectors);
  const u32 current = cylinders * heads * sectors;
  words[57] = static_cast<u16>(current);
  words[58] = static_cast<u16>(current >> 16);
  words[59] = multiple != 0 ? static_cast<u16>(0x100 | multiple) : u16{0};
  words[60] = static_cast<u16>(disk->sectors());
  words[61] = static_cast<u16>(disk->sectors() >> 16);
  return words;
}

void IdeChannel::execute(u8 command) {
  if (command == Diagnose) {  // both drives, whichever is selected [ATA-1 §9.3]
    if (!drives_[0].disk && !drives_[1].disk) return;
    set_interrupt(false);
    selected_ = drives_[0].disk ? 0 : 1;
    return after(reset_us, &IdeChannel::diagnose);
  }
  if (!drive().disk) return;
  set_interrupt(false);
  drive().error = 0;
  transfer_ = Transfer::None;
  // The low digit of RECALIBRATE and SEEK is don't-care. [ATA-1 table 10]
  if ((command & 0xF0) == Recalibrate) {
    task_.cylinder_low = task_.cylinder_high = 0;
    return after(find_us, &IdeChannel::complete);
  }
  if ((command & 0xF0) == Seek) return after(find_us, &IdeChannel::seek);
  switch (command) {
    case Identify:
      return after(find_us, &IdeChannel::identify);
    case InitializeParameters:
      return after(command_us, &IdeChannel::initialize_parameters);
    case SetMultiple:
      return after(command_us, &IdeChannel::set_multiple);
    case SetFeatures:
      return after(command_us, &IdeChannel::set_features);
    case FlushCache:
      if (!drive().disk->flush()) return after(command_us, &IdeChannel::abort);
      return after(command_us, &IdeChannel::complete);
    case CheckPower:
    case CheckPowerOld:
      task_.sector_count = 0xFF;  // idle, or active
      return after(command_us, &IdeChannel::complete);
    case StandbyImmediate:
    case StandbyImmediateOld:
    case IdleImmediate:
    case IdleImmediateOld:
    case Standby:
    case StandbyOld:
    case Idle:
    case IdleOld:
    case Sleep:
    case SleepOld:
      return after(command_us, &IdeChannel::complete);
    default:
      return execute_media(command);
  }
}

void IdeChannel::execute_media(u8 command) {
  remaining_ = task_.sector_count == 0 ? 256 : task_.sector_count;
  first_sector_ = true;
  switch (command) {
    case ReadSectors:
    case ReadSectorsOnce:
      return start_transfer(Transfer::In, 1);
    case WriteSectors:
    case WriteSectorsOnce:
    case WriteVerify:
      return start_transfer(Transfer::Out, 1);
    case ReadMultiple:
      return start_transfer(Transfer::In, drive().multiple);
    case WriteMultiple:
      return start_transfer(Transfer::Out, drive().multiple);
    case VerifySectors:
    case VerifySectorsOnce:
      return after(find_us + remaining_ * sector_us, &IdeChannel::verify);
    default:
      return after(command_us, &IdeChannel::abort);
  }
}

void IdeChannel::complete() {
  drive().status = status::ready | status::seek_complete;
  transfer_ = Transfer::None;
  set_interrupt(true);
}

void IdeChannel::fail(u8 error) {
  complete();
  drive().error = error;
  drive().status |= status::error;
}

void IdeChannel::abort() { fail(error::aborted); }

/// The signature a reset or diagnosis leaves. [ATA-1 §9.3, table 11]
void IdeChannel::reset_done() {
  task_ = TaskFile{};
  selected_ = 0;
  for (IdeDrive& each : drives_) {
    if (!each.disk) continue;
    each.status = status::ready | status::seek_complete;
    each.error = diagnostic_passed;
    each.multiple = 0;
  }
}

void IdeChannel::diagnose() {
  reset_done();
  set_interrupt(true);
}

void IdeChannel::identify() {
  const std::array<u16, 256> words = drive().identity(selected_);
  for (unsigned i = 0; i < words.size(); ++i) {
    buffer_[2 * i] = static_cast<u8>(words[i]);
    buffer_[2 * i + 1] = static_cast<u8>(words[i] >> 8);
  }
  remaining_ = 0;
  transfer_ = Transfer::In;
  request_data(sector_size);
  set_interrupt(true);
}

void IdeChannel::initialize_parameters() {
  if (task_.sector_count == 0) return abort();
  drive().translate((task_.drive_head & drive_head::head) + 1u, task_.sector_count);
  complete();
}

void IdeChannel::set_multiple() {
  const u8 count = task_.sector_count;
  if (count > max_multiple || (count != 0 && !std::has_single_bit(count))) return abort();
  drive().multiple = count;
  complete();
}

void IdeChannel::set_features() {
  // [ATA-1 §9.23]: write cache, look-ahead, power-on defaults, ECC length; PIO modes by 03.
  switch (task_.features) {
    case 0x03:
      if (task_.sector_count > 0x0A) return abort();  // block PIO 0x, flow-control PIO 08-0A
      return complete();
    case 0x02:
    case 0x82:
    case 0x55:
    case 0xAA:
    case 0x66:
    case 0xCC:
    case 0x44:
    case 0xBB:
      return complete();
    default:
      return abort();
  }
}

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
  if (direction == Transfer::In) return after(find_us + sector_us, &IdeChannel::read_block);
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
  if (remaining_ > 0) return after(sector_us, &IdeChannel::read_block);
  transfer_ = Transfer::None;
  drive().status = status::ready | status::seek_complete;  // and no further interrupt
}

void IdeChannel::verify() {
  while (remaining_ > 0) {
    u32 lba = 0;
    if (!next_sector(lba)) return fail(error::id_not_found);
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
