// Writes each micro-step as a line, for the tests to compare whole sequences.
#pragma once

#include <cstdio>
#include <string>
#include <vector>

#include "cpu/observer.hpp"
#include "tests/unit/cpu/protected_machine.hpp"

namespace faultline::test {

inline std::string line_of(const MicroStep& s) {
  static constexpr const char* segments[] = {"ES", "CS", "SS", "DS", "FS", "GS"};
  char text[96];
  const char kind = s.kind == AccessKind::Read ? 'r' : s.kind == AccessKind::Write ? 'w' : 'x';
  const auto say = [&](const char* format, auto... values) {
    std::snprintf(text, sizeof text, format, values...);
    return std::string(text);
  };
  const auto access = [&](const char* name) {
    const bool write = s.kind == AccessKind::Write;
    return write
               ? say("%s %u at %X: %X, was %X", name, s.bytes, s.physical.value, s.value, s.before)
               : say("%s %u at %X: %X", name, s.bytes, s.physical.value, s.value);
  };
  const auto entry = [&](const char* name) {
    return say("%s%s %u/%u %X>%X%s%s%s%s", name, s.instruction ? " I" : "", s.set, s.way,
               s.entry.page.value, s.entry.frame.value, s.entry.dirty ? " D" : "",
               s.entry.user ? " U" : "", s.entry.writable ? " W" : "", s.hit ? "" : " new");
  };
  switch (s.what) {
    case MicroEvent::SegmentCheck:
      return say("check %s %c%u %X%s", segments[s.number], kind, s.bytes, s.value,
                 s.allowed ? "" : " refused");
    case MicroEvent::TlbLookup:
      if (!s.hit)
        return say("lookup%s %c%s %X set %u miss", s.instruction ? " I" : "", kind,
                   s.user ? " u" : "", s.linear.value, s.set);
      return say("lookup%s %c%s %X %u/%u %s", s.instruction ? " I" : "", kind, s.user ? " u" : "",
                 s.linear.value, s.set, s.way, s.allowed ? "hit" : "refused");
    case MicroEvent::TlbFill:
      return entry("fill");
    case MicroEvent::TlbEvict:
      return entry("evict");
    case MicroEvent::TlbFlush:
      return "flush";
    case MicroEvent::TlbFlushPage:
      return s.hit ? entry("flush page")
                   : say("flush page%s %X not there", s.instruction ? " I" : "", s.linear.value);
    case MicroEvent::PdeRead:
      return say("PDE at %X: %X", s.physical.value, s.value);
    case MicroEvent::PteRead:
      return say("PTE at %X: %X", s.physical.value, s.value);
    case MicroEvent::AccessedWrite:
      return say("A in %s at %X: %X > %X", s.number == 0 ? "PDE" : "PTE", s.physical.value,
                 s.before, s.value);
    case MicroEvent::DirtyWrite:
      return say("D at %X: %X > %X", s.physical.value, s.before, s.value);
    case MicroEvent::FaultOnWrite:
      return say("fault on write, PTE at %X: %X", s.physical.value, s.value);
    case MicroEvent::PageFault:
      return say("#PF %c %X error %X why %u", kind, s.linear.value, s.value, s.number);
    case MicroEvent::DataRead:
      return access("read");
    case MicroEvent::DataWrite:
      return access("write");
    case MicroEvent::Push:
      return access("push");
    case MicroEvent::IdtRead:
      return access("IDT");
    case MicroEvent::GdtRead:
      return access("GDT");
    case MicroEvent::LdtRead:
      return access("LDT");
    case MicroEvent::DescriptorWrite:
      return access("mark");
    case MicroEvent::TssRead:
      return access("TSS");
    case MicroEvent::TssWrite:
      return access("TSS store");
    case MicroEvent::Interrupt:
      return say("vector %X error %X", s.number, s.value);
    case MicroEvent::StackSwitch:
      return say("stack %X:%X, was %X", s.number, s.value, s.before);
    case MicroEvent::Delivered:
      return say("at handler %X of %X", s.linear.value, s.number);
    case MicroEvent::ControlWrite:
      return say("CR%u %X, was %X", s.number, s.value, s.before);
    case MicroEvent::DebugWrite:
      return say("DR%u %X, was %X", s.number, s.value, s.before);
    case MicroEvent::AddressSpaceSwitch:
      return say("space %X, was %X", s.value, s.before);
    case MicroEvent::TaskSwitch:
      return say("task %X at %X, was %X", s.number, s.linear.value, s.before);
    case MicroEvent::PortRead:
      return say("in%u %X: %X", s.bytes, s.number, s.value);
    case MicroEvent::PortWrite:
      return say("out%u %X: %X", s.bytes, s.number, s.value);
  }
  return "?";
}

struct MicroRecorder : Observation {
  std::vector<std::string> lines;
  std::vector<MicroStep> steps;
  void micro(const MicroStep& step) override {
    lines.push_back(line_of(step));
    steps.push_back(step);
  }
};

using Lines = std::vector<std::string>;

/// A machine with a timing table, paging on and an empty TLB, whose single instructions are
/// recorded.
struct MicroSteps : testing::Test {
  explicit MicroSteps(unsigned cpl = 0) : m("i486sx", Timing::Table, &told) {
    m.enable_paging();
    m.enter(cpl);
  }
  Lines steps_of(const std::vector<u8>& bytes) {
    m.place(program, bytes);
    m.s.eip = program;
    told.lines.clear();
    told.steps.clear();
    m.run(1);
    return told.lines;
  }
  static Lines either(Lines i386, Lines alpha) { return i386_paging ? i386 : alpha; }

  MicroRecorder told;
  ProtectedMachine m;
};

}  // namespace faultline::test
