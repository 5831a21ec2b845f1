// What happens inside an instruction, one step at a time: as the paging unit and the core tell it
// to whoever watches.
#pragma once

#include "mmu/page_fault.hpp"
#include "tlb/tlb.hpp"

namespace faultline {

/// Each is told when it has just happened, except where it says "about to".
enum class MicroEvent : u8 {
  // Segmentation and the TLB.
  SegmentCheck,  // of `number` (ES 0 … GS 5) for `bytes` at offset `value`; allowed or not
  TlbLookup,     // hit, and then entry, way, allowed; before and value: the set's replacement bits
  TlbFill,       // entry into set, way: a new one, or (hit) one renewed in its place
  TlbEvict,      // about to be replaced: entry of set, way
  TlbFlush,      // every entry, by a load of CR3
  TlbFlushPage,  // INVLPG; hit says whether the page was there, and then entry, set, way
  // The walk. `linear` is the address walked for, `physical` where the table's entry lies.
  PdeRead,        // value: the entry
  PteRead,        // value: the entry
  AccessedWrite,  // before, value: A set, in the directory (number 0) or a table (number 1)
  DirtyWrite,     // before, value: D set in a PTE, and A if it was clear
  FaultOnWrite,   // Alpha: the PTE `value` has its Dirty bit, the right to write, clear
  PageFault,      // CR2 is written; value: the error code; number: a WalkFailure
  // What a program reads and writes, and the stack.
  DataRead,   // value
  DataWrite,  // before, value
  Push,       // before, value: onto the stack by delivery, a gate or a task switch
  // What the processor reads and writes for itself.
  IdtRead,
  GdtRead,
  LdtRead,
  DescriptorWrite,  // the accessed or busy bit of a descriptor, whose access byte lies there
  TssRead,          // SS:ESP of an inner level, I/O permission map, an incoming task
  TssWrite,         // an outgoing task, a back link
  // Events without an access.
  Interrupt,           // about to be delivered: vector `number`, error code `value`, else 0
  StackSwitch,         // pushes go to SS `number`, ESP `value`; before: the ESP of the old stack
  Delivered,           // vector `number`; linear: where its handler begins
  ControlWrite,        // CR`number`: before, value
  DebugWrite,          // DR`number`: before, value
  AddressSpaceSwitch,  // CR3 names another directory: before, value
  TaskSwitch,          // TR `number`, its TSS at `linear`; before: the old TR
  PortRead,            // port `number`: value
  PortWrite,           // port `number`: value
};

/// One step. What an event does not mention is zero. The machine is as it is just then: registers
/// change when the instruction completes, memory and the TLB at the step itself.
struct MicroStep {
  MicroEvent what = MicroEvent::DataRead;
  AccessKind kind = AccessKind::Read;  // of the access that the step is a part of
  bool user = false;                   // its privilege
  bool hit = false;
  bool allowed = false;
  bool instruction = false;  // of split buffers, the instruction TLB
  u8 set = 0, way = 0;
  u8 bytes = 0;  // of an access
  u16 number = 0;
  LinearAddress linear{};
  PhysicalAddress physical{};  // of an access, its first byte
  PhysicalAddress second{};    // of one in two pages, its first byte in the second
  u8 first_bytes = 0;          // how many of its bytes lie at `physical`
  u32 value = 0, before = 0;
  TlbEntry entry{};
  u64 clock = 0;

  /// Whether the step is an access to this byte of memory.
  constexpr bool touches(PhysicalAddress at) const {
    return at.value - physical.value < first_bytes ||
           at.value - second.value < u32{bytes} - first_bytes;
  }
};

/// Whoever wants to be told.
class MicroListener {
 public:
  virtual ~MicroListener() = default;
  virtual void micro(const MicroStep&) {}

  /// While false no step is told, and the core is faster. May change at any time.
  bool micro_steps = true;
};

/// Whom a paging unit tells: nobody, and then it has no code for it, or a listener.
struct Unprobed {
  static constexpr bool probing = false;
};
struct Probed {
  static constexpr bool probing = true;
  MicroListener* listener = nullptr;

  bool on() const { return listener->micro_steps; }
};

}  // namespace faultline
