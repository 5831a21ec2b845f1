// Whether two processors that ran the same program are in the same state, to the clock and to the
// TLB's replacement bits. A difference is told in words; no words mean agreement.
#pragma once

#include <cstring>
#include <sstream>
#include <string>

#include "cpu/engine.hpp"

namespace faultline::test {

class Differences {
 public:
  template <class T>
  void check(std::string_view what, const T& a, const T& b) {
    if (a == b) return;
    text_ << what;
    if constexpr (std::is_integral_v<T>) text_ << std::hex << ": " << +a << ", " << +b;
    text_ << '\n';
  }
  void check_segment(std::string_view what, const DescriptorCache& a, const DescriptorCache& b) {
    const std::string name(what);
    check(name + ".selector", a.selector, b.selector);
    check(name + ".access", a.access, b.access);
    check(name + ".dpl", a.dpl, b.dpl);
    check(name + ".big", a.big, b.big);
    check(name + ".base", a.base, b.base);
    check(name + ".limit", a.limit, b.limit);
    check(name + ".read_top", a.read_top, b.read_top);
    check(name + ".write_top", a.write_top, b.write_top);
  }
  std::string text() const { return text_.str(); }

 private:
  std::ostringstream text_;
};

/// Memory below `extent`; what the host cannot reach must be out of reach in both.
inline std::string memory_difference(const PhysicalMemory& a, const PhysicalMemory& b, u32 extent) {
  Differences found;
  for (u32 at = 0; at < extent; at += PhysicalMemory::granule_size) {
    const u8 *of_a = a.host_page_for_read({at}), *of_b = b.host_page_for_read({at});
    if (of_a == nullptr || of_b == nullptr) {
      found.check("memory map", of_a == nullptr, of_b == nullptr);
    } else if (std::memcmp(of_a, of_b, PhysicalMemory::granule_size) != 0) {
      u32 offset = 0;
      while (of_a[offset] == of_b[offset]) ++offset;
      std::ostringstream where;
      where << "memory at " << std::hex << at + offset;
      found.check(where.str(), of_a[offset], of_b[offset]);
    }
  }
  return found.text();
}

/// Everything that a program can see but time: registers, hidden parts, what is due next.
inline std::string state_difference(const CpuContext& left, const CpuContext& right) {
  static constexpr const char* general[] = {
      "EAX", "ECX", "EDX", "EBX", "ESP", "EBP", "ESI", "EDI", "the zero register"};
  static constexpr const char* segments[] = {"ES", "CS", "SS", "DS", "FS", "GS"};
  static constexpr const char* debug[] = {"DR0", "DR1", "DR2", "DR3", "DR4", "DR5", "DR6", "DR7"};
  const State &a = left.state, &b = right.state;
  Differences found;
  found.check("EIP", a.eip, b.eip);
  for (unsigned i = 0; i < 9; ++i) found.check(general[i], a.general[i], b.general[i]);
  found.check("EFLAGS", a.flags.value(), b.flags.value());
  for (unsigned i = 0; i < segment_register_count; ++i)
    found.check_segment(segments[i], a.segment[i], b.segment[i]);
  found.check_segment("LDTR", a.ldtr, b.ldtr);
  found.check_segment("TR", a.tr, b.tr);
  found.check("GDTR.base", a.gdtr.base, b.gdtr.base);
  found.check("GDTR.limit", a.gdtr.limit, b.gdtr.limit);
  found.check("IDTR.base", a.idtr.base, b.idtr.base);
  found.check("IDTR.limit", a.idtr.limit, b.idtr.limit);
  for (unsigned i = 0; i < 8; ++i) found.check(debug[i], a.debug[i], b.debug[i]);
  const PagingRegisters &of_a = left.mmu.registers, &of_b = right.mmu.registers;
  found.check("CR0", of_a.cr0, of_b.cr0);
  found.check("CR2", of_a.cr2, of_b.cr2);
  found.check("CR3", of_a.cr3, of_b.cr3);
  for (unsigned i = 0; i < 2; ++i)
    found.check(i == 0 ? "TR6" : "TR7", left.mmu.tlb_test[i], right.mmu.tlb_test[i]);
  found.check("TR3", left.mmu.cache.data(), right.mmu.cache.data());
  found.check("TR4", left.mmu.cache.status(), right.mmu.cache.status());
  found.check("TR5", left.mmu.cache.control(), right.mmu.cache.control());
  found.check("instructions", a.instructions, b.instructions);
  found.check("halted", a.halted, b.halted);
  found.check("interrupt shadow", a.shadow, b.shadow);
  found.check("debug exceptions held", a.debug_held, b.debug_held);
  found.check("alignment check", a.checks_alignment, b.checks_alignment);
  found.check("NMI blocked", a.nmi_blocked, b.nmi_blocked);
  found.check("x87", a.x87, b.x87);
  found.check("debug trap due", a.debug_trap, b.debug_trap);
  found.check("aftermath", a.aftermath.errata, b.aftermath.errata);
  found.check("aftermath's value", a.aftermath.other, b.aftermath.other);
  found.check("aftermath's register", a.aftermath.number, b.aftermath.number);
  found.check("aftermath's address size", a.aftermath.address32, b.aftermath.address32);
  found.check("data breakpoints met", left.mmu.watch.met, right.mmu.watch.met);
  found.check("INTR", left.lines.intr, right.lines.intr);
  found.check("NMI", left.lines.nmi, right.lines.nmi);
  found.check("FERR#", left.numeric_error, right.numeric_error);
  return found.text();
}

/// Time, and the TLB with all that it counts.
inline std::string timing_difference(const CpuContext& a, const CpuContext& b) {
  Differences found;
  found.check("clock", a.state.clock.now, b.state.clock.now);
  found.check("left in the pipeline", a.state.in_flight, b.state.in_flight);
  found.check("data TLB", a.mmu.tlb.data(), b.mmu.tlb.data());
  found.check("instruction TLB", a.mmu.tlb.instruction(), b.mmu.tlb.instruction());
  const TlbCounters of_a = a.mmu.counters(), of_b = b.mmu.counters();
  found.check("data lookups", of_a.data_lookups, of_b.data_lookups);
  found.check("data misses", of_a.data_misses, of_b.data_misses);
  found.check("instruction misses", of_a.instruction_misses, of_b.instruction_misses);
  found.check("refreshes", of_a.refreshes, of_b.refreshes);
  found.check("evictions", of_a.evictions, of_b.evictions);
  found.check("flushes", of_a.flushes, of_b.flushes);
  found.check("page flushes", of_a.page_flushes, of_b.page_flushes);
  return found.text();
}

}  // namespace faultline::test
