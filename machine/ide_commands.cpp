// ATA commands: dispatch, identification and settings. Transfers are in ide_transfer.cpp.
#include <algorithm>
#include <bit>
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

}  // namespace faultline
