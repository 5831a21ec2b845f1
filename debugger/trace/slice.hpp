// A stretch of a run with a name: what every trace and statistic is made of.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "arch/integers.hpp"

namespace faultline {

using arch::u32;
using arch::u64;

enum class Lane : arch::u8 {
  User,        // ring 3
  Kernel,      // handlers of the kernel, one inside the other, and its own threads
  Walker,      // walks of the page tables
  TlbMisses,   // from the look-up that missed to the entry that came of it
  Disk,        // transfers of the first IDE channel, from the command to the end
  SecondDisk,  // of the second
  Switches,    // which thread has the processor
};
inline constexpr unsigned lane_count = 7;

std::string_view name_of(
    Lane lane);  // "user", "kernel", "walker", "tlb", "disk", "disk2", "switches"
std::optional<Lane> lane_named(std::string_view name);

/// What a stretch of the kernel's time goes to.
enum class Cause : arch::u8 {
  None,
  PageFault,
  SystemCall,
  SoftwareInterrupt,
  Interrupt,
  Exception,
  Thread
};
std::string_view name_of(Cause cause);

/// Clocks count from power-on. Slices of one lane nest: of two, one holds the other, or they share
/// no clock.
struct Slice {
  Lane lane = Lane::User;
  Cause cause = Cause::None;  // in the kernel's lane
  std::string name;
  u64 begin = 0, end = 0;
  u64 self = 0;          // in the kernel's lane: clocks in none of the slices inside
  bool resumed = false;  // the rest of one that a switch of threads had cut
  std::string process;   // its file's name; empty before there are processes
  u32 process_id = 0, thread_id = 0;
  std::optional<u32> address;  // that faulted, was walked for, or missed
  std::optional<u32> frame;    // the page frame it led to
  std::string kind;            // of a fault: how it was resolved; of a miss: which TLB
  std::string detail;

  u64 clocks() const { return end - begin; }
};

class SliceSink {
 public:
  virtual ~SliceSink() = default;
  virtual void slice(const Slice&) = 0;
};

}  // namespace faultline
