// Commands that set and clear breakpoints, watchpoints and catchpoints.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "debugger/command.hpp"
#include "debugger/expression.hpp"

namespace faultline {
namespace {

CommandResult added(DebugSession& session, Breakpoint breakpoint) {
  const Breakpoint& b = session.breakpoints().add(std::move(breakpoint));
  return {to_json(b), to_text(b)};
}

CommandResult break_at(DebugSession& session, Arguments& arguments, BreakKind kind) {
  const std::string said = arguments.word("an address");
  arguments.finish();
  return added(session, {.kind = kind, .said = said, .address = evaluate(session, said)});
}
CommandResult break_linear(DebugSession& session, Arguments& arguments) {
  return break_at(session, arguments, BreakKind::Linear);
}
CommandResult break_physical(DebugSession& session, Arguments& arguments) {
  return break_at(session, arguments, BreakKind::Physical);
}
CommandResult break_segment(DebugSession& session, Arguments& arguments) {
  const std::string said = arguments.word("SEG:OFF");
  arguments.finish();
  const auto colon = said.find(':');
  if (colon == said.npos) throw CommandError(fmt::format("'{}' has no ':'", said));
  return added(session, {.kind = BreakKind::SegmentOffset,
                         .said = "",
                         .selector = static_cast<u16>(evaluate(session, said.substr(0, colon))),
                         .address = evaluate(session, said.substr(colon + 1))});
}

/// [r|w|x] [u|k] [np|prot] [ADDR] in any order.
Breakpoint page_faults(Arguments& arguments) {
  Breakpoint b{.kind = BreakKind::PageFault, .said = "pf"};
  static constexpr std::array<std::string_view, 7> filters{"r", "w", "x", "u", "k", "np", "prot"};
  bool kinds[3] = {};
  while (!arguments.empty()) {
    const std::string said{arguments.peek()};
    const auto filter = std::find(filters.begin(), filters.end(), said) - filters.begin();
    if (filter < 3) kinds[filter] = true;
    if (filter == 3 || filter == 4) b.user = filter == 3;
    if (filter == 5 || filter == 6) b.present = filter == 6;
    if (filter == 7) {
      b.page = arguments.value("an address");
    } else {
      arguments.word("a filter");
    }
    b.said += ' ' + said;
  }
  if (kinds[0] || kinds[1] || kinds[2]) {
    b.read = kinds[0];
    b.write = kinds[1];
    b.execute = kinds[2];
  }
  return b;
}

Breakpoint page_entry(DebugSession& session, Arguments& arguments) {
  static constexpr std::array<std::string_view, 3> writers{"any", "sw", "hw"};
  Breakpoint b{.kind = BreakKind::PageEntry, .said = "pte " + std::string(arguments.peek())};
  b.address = arguments.value("an address");
  const PagingRegisters& paging = session.context().mmu.registers;
  if ((paging.cr0 & cr0::PG) != 0) b.directory = paging.cr3;
  if (const auto writer = arguments.keyword_if(writers)) {
    b.writer = static_cast<Writer>(*writer);
    b.said += fmt::format(" {}", writers[*writer]);
  }
  return b;
}

Breakpoint exceptions(Arguments& arguments) {
  Breakpoint b{.kind = BreakKind::Exception, .said = "exc"};
  if (arguments.empty()) return b;
  b.said += ' ' + std::string(arguments.peek());
  const u32 vector = arguments.value("a vector");
  if (vector > 0xFF) throw CommandError(fmt::format("{:X} is no vector", vector));
  b.vector = static_cast<u8>(vector);
  return b;
}

Breakpoint tlb_events(Arguments& arguments) {
  static constexpr std::array<std::string_view, 3> events{"miss", "evict", "stale"};
  const std::size_t event = arguments.keyword("TLB event", events);
  return {.kind = BreakKind::Tlb,
          .said = fmt::format("tlb {}", events[event]),
          .tlb = static_cast<TlbCatch>(event)};
}

Breakpoint bugchecks(DebugSession& session) {
  const auto entry = session.symbols().address_of("KeBugCheckEx");
  if (!entry) throw CommandError("the disk's kernel has no symbol KeBugCheckEx");
  return {.kind = BreakKind::Bugcheck, .said = "bugcheck", .address = *entry};
}

CommandResult catch_event(DebugSession& session, Arguments& arguments) {
  static constexpr std::array<std::string_view, 9> events{
      "pf", "exc", "cr3", "pte", "tlb", "invlpg", "switch", "bugcheck", "triple"};
  const auto event = arguments.keyword("event", events);
  const auto simple = [&](BreakKind kind) {
    return Breakpoint{.kind = kind, .said = std::string(events[event])};
  };
  const Breakpoint b = [&] {
    switch (event) {
      case 0:
        return page_faults(arguments);
      case 1:
        return exceptions(arguments);
      case 2:
        return simple(BreakKind::LoadCr3);
      case 3:
        return page_entry(session, arguments);
      case 4:
        return tlb_events(arguments);
      case 5:
        return simple(BreakKind::Invlpg);
      case 6:
        return simple(BreakKind::Switch);
      case 7:
        return bugchecks(session);
      default:
        return simple(BreakKind::TripleFault);
    }
  }();
  arguments.finish();
  return added(session, b);
}

/// r|w|x LEN ADDR [any|change], as WinDbg's ba; LEN and the rest may be left out.
CommandResult watch(DebugSession& session, Arguments& arguments) {
  static constexpr std::array<std::string_view, 3> accesses{"r", "w", "x"};
  static constexpr std::array<std::string_view, 2> which{"any", "change"};
  Breakpoint b{.kind = BreakKind::Watch};
  const std::size_t access = arguments.keyword_if(accesses).value_or(1);
  b.read = access == 0;
  b.write = access <= 1;
  b.execute = access == 2;
  b.bytes = access == 2 ? 1 : 4;
  if (arguments.count() >= 2 && arguments.peek().size() <= 2)
    b.bytes = static_cast<u32>(arguments.count_of("length"));
  if (b.bytes == 0 || b.bytes > 64) throw CommandError("the length is 1 to 64 bytes");
  const std::string said = arguments.word("an address");
  b.address = evaluate(session, said);
  b.changes = arguments.keyword_if(which) == std::size_t{1};
  arguments.finish();
  b.said = fmt::format("{} {} {}{}", accesses[access], b.bytes, said, b.changes ? " change" : "");
  return added(session, b);
}

CommandResult list(DebugSession& session, Arguments& arguments) {
  arguments.finish();
  CommandResult result{Json::array(), {}};
  for (const Breakpoint& b : session.breakpoints().all()) {
    result.data.push_back(to_json(b));
    result.text += (result.text.empty() ? "" : "\n") + to_text(b);
  }
  if (result.text.empty()) result.text = "no breakpoints";
  return result;
}

CommandResult clear(DebugSession& session, Arguments& arguments) {
  if (arguments.peek() == "*") {
    session.breakpoints().clear();
    return {};
  }
  const u64 number = arguments.count_of("breakpoint number");
  arguments.finish();
  if (!session.breakpoints().remove(static_cast<unsigned>(number)))
    throw CommandError(fmt::format("no breakpoint {}", number));
  return {};
}

CommandResult set_enabled(DebugSession& session, Arguments& arguments, bool enabled) {
  if (arguments.peek() == "*") {
    for (Breakpoint& b : session.breakpoints().all()) b.enabled = enabled;
    return {};
  }
  const u64 number = arguments.count_of("breakpoint number");
  arguments.finish();
  Breakpoint* const b = session.breakpoints().find(static_cast<unsigned>(number));
  if (b == nullptr) throw CommandError(fmt::format("no breakpoint {}", number));
  b->enabled = enabled;
  return {to_json(*b), to_text(*b)};
}
CommandResult enable(DebugSession& session, Arguments& arguments) {
  return set_enabled(session, arguments, true);
}
CommandResult disable(DebugSession& session, Arguments& arguments) {
  return set_enabled(session, arguments, false);
}

constexpr Command commands[] = {
    {"b", "bp break", "ADDR", "Stop before the instruction there: a symbol or linear address",
     CommandGroup::Stop, break_linear},
    {"lb", "", "ADDR", "The same by linear address", CommandGroup::Stop, break_linear},
    {"pb", "", "PHYS", "The same by physical address", CommandGroup::Stop, break_physical},
    {"vb", "", "SEG:OFF", "The same by selector and offset", CommandGroup::Stop, break_segment},
    {"watch", "ba", "[r|w|x] [LEN] ADDR [any|change]",
     "Stop behind an access to LEN bytes (4): reads and writes, writes, or execution",
     CommandGroup::Stop, watch},
    {"catch", "sx",
     "pf [r|w|x] [u|k] [np|prot] [ADDR] | exc [N] | cr3 | pte VA [sw|hw|any] | "
     "tlb miss|evict|stale | invlpg | switch | bugcheck | triple",
     "Stop when it happens, within the instruction", CommandGroup::Stop, catch_event},
    {"bl", "", "", "List what stops the machine", CommandGroup::Stop, list},
    {"bc", "delete", "N|*", "Clear one of them, or all", CommandGroup::Stop, clear},
    {"bd", "disable", "N|*", "One of them, or all, does not stop the machine until `be`",
     CommandGroup::Stop, disable},
    {"be", "enable", "N|*", "It does again", CommandGroup::Stop, enable},
};

}  // namespace

std::span<const Command> stop_commands() { return commands; }

}  // namespace faultline
