// What stops a machine under debug: breakpoints, watchpoints and catchpoints, one numbered table.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "debugger/stop_report.hpp"

namespace faultline {

enum class BreakKind : u8 {
  Linear,         // an instruction, by linear address
  Physical,       // an instruction, by physical address
  SegmentOffset,  // an instruction, by CS:EIP
  Watch,          // accesses to bytes at a linear address
  // Catchpoints.
  PageFault,
  Exception,  // delivery through the IDT: of an exception or an interrupt
  LoadCr3,
  PageEntry,  // a write of the PTE or PDE of a page
  Tlb,
  Invlpg,
  Switch,       // another thread, task or address space runs
  Bugcheck,     // before the kernel stops: KeBugCheckEx
  TripleFault,  // the CPU shuts down
};
std::string_view name_of(BreakKind kind);
constexpr bool is_catch(BreakKind kind) { return kind >= BreakKind::PageFault; }
/// Seen only where the core tells its micro-steps.
bool needs_micro_steps(BreakKind kind);

enum class TlbCatch : u8 { Miss, Evict, Stale };
enum class Writer : u8 { Any, Software, Walker };

struct Breakpoint {
  unsigned number = 0;
  BreakKind kind = BreakKind::Linear;
  bool enabled = true;
  u64 hits = 0;
  std::string said{};  // as the person asked: "MmAccessFault", "pf w u"

  u16 selector = 0;            // SegmentOffset
  u32 address = 0;             // Linear, Physical, SegmentOffset, Watch
  u32 bytes = 1;               // Watch
  bool changes = false;        // Watch: only writes that change what is there
  std::optional<u8> vector{};  // Exception

  // PageFault and Watch: nothing given is all.
  bool read = true, write = true, execute = true;
  std::optional<bool> user{}, present{};
  std::optional<u32> page{};  // PageFault: any address within its page

  TlbCatch tlb = TlbCatch::Miss;
  Writer writer = Writer::Any;  // PageEntry
  // PageEntry: CR3 of the address space meant; nothing, when paging was off: of whichever is there
  std::optional<u32> directory{};

  std::vector<u8> last{};  // Watch: what the bytes held
  bool allows(AccessKind access) const {
    return access == AccessKind::Read ? read : access == AccessKind::Write ? write : execute;
  }
};

Json to_json(const Breakpoint& breakpoint);
std::string to_text(const Breakpoint& breakpoint);  // a row of `bl`, without a newline

class Breakpoints {
 public:
  /// Its number, counted from 1, is never used again.
  Breakpoint& add(Breakpoint breakpoint);
  bool remove(unsigned number);
  void clear() { all_.clear(); }
  Breakpoint* find(unsigned number);
  const std::vector<Breakpoint>& all() const { return all_; }
  std::vector<Breakpoint>& all() { return all_; }
  bool any_enabled() const;

 private:
  std::vector<Breakpoint> all_;
  unsigned last_ = 0;
};

}  // namespace faultline
