// The disk lane: transfers of the two IDE channels, from the command to the last word, by what the
// CPU says to the ports. [ATA-1]
#pragma once

#include <array>
#include <optional>

#include "debugger/trace/slice.hpp"
#include "mmu/micro_step.hpp"

namespace faultline {

class DiskLane {
 public:
  explicit DiskLane(SliceSink& sink) : sink_(sink) {}
  /// `why` is asked for when a transfer begins: the slice to be, with its process and kind.
  template <class Why>
  void micro(const MicroStep& step, Why why) {
    if (step.what != MicroEvent::PortRead && step.what != MicroEvent::PortWrite) return;
    for (Channel& channel : channels_) {
      const unsigned index = step.number - channel.base;
      if (index > 7) continue;
      if (step.what == MicroEvent::PortRead) return read(channel, index, step);
      if (index == 7 && begins(step.value)) begin(channel, step, why());
      return write(channel, index, step);
    }
  }

 private:
  struct Channel {
    u16 base;
    std::array<u8, 8> task{};  // the command block as last written [ATA-1 §7.2]
    std::optional<Slice> transfer{};
    bool writing = false;
    u64 bytes_left = 0;
  };
  static bool begins(u32 command);
  void begin(Channel& channel, const MicroStep& step, Slice why);
  void read(Channel& channel, unsigned index, const MicroStep& step);
  void write(Channel& channel, unsigned index, const MicroStep& step);
  void end(Channel& channel, u64 clock);

  SliceSink& sink_;
  std::array<Channel, 2> channels_{Channel{0x1F0}, Channel{0x170}};
};

}  // namespace faultline
