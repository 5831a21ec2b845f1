#include "debugger/trace/disk_lane.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace faultline {
namespace {

// [ATA-1 §9] with and without retries
constexpr u8 read_sectors = 0x20, read_without_retry = 0x21, read_multiple = 0xC4;
constexpr u8 write_sectors = 0x30, write_without_retry = 0x31, write_multiple = 0xC5;
constexpr u8 status_bsy = 0x80, status_drq = 0x08;
constexpr u32 sector_bytes = 512;

bool writes(u32 command) {
  return command == write_sectors || command == write_without_retry || command == write_multiple;
}

}  // namespace

bool DiskLane::begins(u32 command) {
  return writes(command) || command == read_sectors || command == read_without_retry ||
         command == read_multiple;
}

void DiskLane::begin(Channel& channel, const MicroStep& step, Slice why) {
  end(channel, step.clock);
  const auto& task = channel.task;
  const u32 sectors = task[2] == 0 ? 256 : task[2];
  channel.writing = writes(step.value);
  channel.bytes_left = u64{sectors} * sector_bytes;
  why.lane = channel.base == 0x1F0 ? Lane::Disk : Lane::SecondDisk;
  why.cause = Cause::None;
  why.name = channel.writing ? "write" : "read";
  why.begin = step.clock;
  const u32 cylinder = task[5] << 8 | task[4];
  const std::string place =
      (task[6] & 0x40) != 0
          ? fmt::format("LBA {}", (task[6] & 0xFu) << 24 | cylinder << 8 | task[3])
          : fmt::format("cylinder {} head {} sector {}", cylinder, task[6] & 0xF, task[3]);
  why.detail =
      fmt::format("disk {}, {}, {} sector{}", (channel.base == 0x1F0 ? 0 : 2) + (task[6] >> 4 & 1),
                  place, sectors, sectors == 1 ? "" : "s");
  channel.transfer = std::move(why);
}

/// A read ends with its last word. A write, and what failed, ends when the status says that the
/// drive is no longer busy and wants nothing more.
void DiskLane::read(Channel& channel, unsigned index, const MicroStep& step) {
  if (!channel.transfer) return;
  if (index == 0 && !channel.writing) {
    channel.bytes_left -= std::min<u64>(channel.bytes_left, step.bytes);
    if (channel.bytes_left == 0) end(channel, step.clock);
  } else if (index == 7 && (step.value & (status_bsy | status_drq)) == 0) {
    if ((step.value & 1) != 0) channel.transfer->detail += ", error";
    end(channel, step.clock);
  }
}

void DiskLane::write(Channel& channel, unsigned index, const MicroStep& step) {
  if (index != 0 && index != 7) channel.task[index] = static_cast<u8>(step.value);
}

void DiskLane::end(Channel& channel, u64 clock) {
  if (!channel.transfer) return;
  channel.transfer->end = clock;
  sink_.slice(*channel.transfer);
  channel.transfer.reset();
}

}  // namespace faultline
