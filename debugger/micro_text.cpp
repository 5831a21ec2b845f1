// Words for what happens inside an instruction.
#include "debugger/micro_text.hpp"

#include <fmt/format.h>

#include <array>

#include "arch/registers.hpp"

namespace faultline {
namespace {

constexpr std::array<std::string_view, 32> names{"segment check",
                                                 "TLB look-up",
                                                 "TLB fill",
                                                 "TLB evict",
                                                 "TLB flush",
                                                 "TLB flush of a page",
                                                 "PDE read",
                                                 "PTE read",
                                                 "A set",
                                                 "D set",
                                                 "fault on write",
                                                 "page fault",
                                                 "read",
                                                 "write",
                                                 "push",
                                                 "IDT read",
                                                 "GDT read",
                                                 "LDT read",
                                                 "descriptor write",
                                                 "TSS read",
                                                 "TSS write",
                                                 "interrupt",
                                                 "stack switch",
                                                 "delivered",
                                                 "CR write",
                                                 "DR write",
                                                 "address space switch",
                                                 "task switch",
                                                 "port read",
                                                 "port write"};

constexpr std::array<std::string_view, 6> segments{"ES", "CS", "SS", "DS", "FS", "GS"};

std::string entry_text(const MicroStep& s) {
  const TlbEntry& entry = s.entry;
  return fmt::format("set {} way {}: {:08X} -> {:08X}", s.set, s.way, s.linear.value,
                     entry.frame.value);
}

std::string at(const MicroStep& s) {
  return fmt::format("{:08X} (physical {:08X})", s.linear.value, s.physical.value);
}

std::string details(const MicroStep& s) {
  switch (s.what) {
    case MicroEvent::SegmentCheck:
      return fmt::format("{}:{:08X}, {} bytes, {}{}", s.number < 6 ? segments[s.number] : "?",
                         s.value, s.bytes, access_word(s.kind), s.allowed ? "" : ": refused");
    case MicroEvent::TlbLookup:
      if (!s.hit) return fmt::format("{:08X}, set {}: miss", s.linear.value, s.set);
      return fmt::format("{}: hit{}", entry_text(s), s.allowed ? "" : ", right missing");
    case MicroEvent::TlbFill:
    case MicroEvent::TlbEvict:
      return entry_text(s);
    case MicroEvent::TlbFlushPage:
      return s.hit ? entry_text(s) : fmt::format("{:08X} was not there", s.linear.value);
    case MicroEvent::PdeRead:
    case MicroEvent::PteRead:
    case MicroEvent::FaultOnWrite:
      return fmt::format("{:08X} at physical {:08X} for {:08X}", s.value, s.physical.value,
                         s.linear.value);
    case MicroEvent::AccessedWrite:
      return fmt::format("in the {} at physical {:08X} for {:08X}: {:08X} -> {:08X}",
                         s.number == 0 ? "PDE" : "PTE", s.physical.value, s.linear.value, s.before,
                         s.value);
    case MicroEvent::DirtyWrite:
      return fmt::format("in the PTE at physical {:08X} for {:08X}: {:08X} -> {:08X}",
                         s.physical.value, s.linear.value, s.before, s.value);
    case MicroEvent::PageFault:
      return fmt::format("{:08X}, error code {}", s.linear.value, s.value);
    case MicroEvent::DataRead:
      return fmt::format("{:0{}X} from {}", s.value, s.bytes * 2, at(s));
    case MicroEvent::DataWrite:
      return fmt::format("{:0{}X} over {:0{}X} at {}", s.value, s.bytes * 2, s.before, s.bytes * 2,
                         at(s));
    case MicroEvent::Push:
      return fmt::format("{:0{}X} to {}", s.value, s.bytes * 2, at(s));
    case MicroEvent::Interrupt:
      return fmt::format("vector {:02X}, error code {}", s.number, s.value);
    case MicroEvent::StackSwitch:
      return fmt::format("to {:04X}:{:08X} from ESP {:08X}", s.number, s.value, s.before);
    case MicroEvent::Delivered:
      return fmt::format("vector {:02X} to {:08X}", s.number, s.linear.value);
    case MicroEvent::ControlWrite:
      return fmt::format("CR{}: {:08X} -> {:08X}", s.number, s.before, s.value);
    case MicroEvent::DebugWrite:
      return fmt::format("DR{}: {:08X} -> {:08X}", s.number, s.before, s.value);
    case MicroEvent::AddressSpaceSwitch:
      return fmt::format("CR3: {:08X} -> {:08X}", s.before, s.value);
    case MicroEvent::TaskSwitch:
      return fmt::format("TR {:04X} -> {:04X}", s.before, s.number);
    case MicroEvent::PortRead:
    case MicroEvent::PortWrite:
      return fmt::format("port {:04X}: {:X}", s.number, s.value);
    case MicroEvent::TlbFlush:
      return {};
    default:
      return at(s);
  }
}

}  // namespace

std::string_view name_of(MicroEvent event) { return names[static_cast<unsigned>(event)]; }

std::string to_text(const MicroStep& step) {
  const std::string more = details(step);
  return more.empty() ? std::string(name_of(step.what))
                      : fmt::format("{}: {}", name_of(step.what), more);
}

Json to_json(const MicroStep& step) {
  Json json;
  json["what"] = name_of(step.what);
  json["access"] = access_word(step.kind);
  json["user"] = step.user;
  json["hit"] = step.hit;
  json["allowed"] = step.allowed;
  json["set"] = step.set;
  json["way"] = step.way;
  json["number"] = step.number;
  json["bytes"] = step.bytes;
  json["linear"] = hex_text(step.linear.value);
  json["physical"] = hex_text(step.physical.value);
  json["value"] = hex_text(step.value);
  json["before"] = hex_text(step.before);
  json["clock"] = step.clock;
  json["text"] = to_text(step);
  return json;
}

}  // namespace faultline
