// `info`: descriptor tables, the task state segment, what is mapped where.
#include <fmt/format.h>

#include <array>

#include "debugger/command.hpp"
#include "mmu/peek.hpp"

namespace faultline {
namespace {

std::optional<Descriptor> descriptor(const DebugSession& session, u32 address) {
  const auto low = session.memory().dword(address), high = session.memory().dword(address + 4);
  if (!low || !high) return std::nullopt;
  return Descriptor{*low, *high};
}

std::string system_type(const Descriptor& d) {
  static constexpr std::array<std::string_view, 16> names{
      "reserved",     "TSS 16",       "LDT",         "TSS 16 busy", "call gate 16", "task gate",
      "int gate 16",  "trap gate 16", "reserved",    "TSS 32",      "reserved",     "TSS 32 busy",
      "call gate 32", "reserved",     "int gate 32", "trap gate 32"};
  return std::string(names[d.type()]);
}

bool is_gate(const Descriptor& d) { return !d.is_segment() && (d.type() & 4) != 0; }

std::string type_of(const Descriptor& d) {
  if (!d.is_segment()) return system_type(d);
  const u8 access = d.access();
  const bool second = (access & segment_access::writable) != 0;
  const bool third = (access & segment_access::expand_down) != 0;
  std::string text =
      d.is_code()
          ? fmt::format("code{}{}", second ? ", readable" : "", third ? ", conforming" : "")
          : fmt::format("data{}{}", second ? ", writable" : "", third ? ", expand-down" : "");
  return text + ((access & segment_access::accessed) != 0 ? ", accessed" : "");
}

void add_descriptor(DebugSession& session, CommandResult& result, u32 number, const Descriptor& d) {
  Json json{{"index", hex_text(number)}, {"low", hex_text(d.low)}, {"high", hex_text(d.high)},
            {"type", type_of(d)},        {"dpl", d.dpl()},         {"present", d.present()}};
  std::string place;
  if (is_gate(d)) {
    const std::string symbol = session.symbols().describe(d.gate_offset());
    json["selector"] = hex_text(d.gate_selector().value);
    json["offset"] = hex_text(d.gate_offset());
    json["symbol"] = symbol;
    place = fmt::format("{:04X}:{:08X} {}", d.gate_selector().value, d.gate_offset(), symbol);
  } else {
    json["base"] = hex_text(d.base());
    json["limit"] = hex_text(d.limit());
    place = fmt::format("base {:08X} limit {:08X}", d.base(), d.limit());
  }
  result.data.push_back(json);
  result.text +=
      fmt::format("{}{:04X}  DPL {}  {:<15} {}{}", result.text.empty() ? "" : "\n", number, d.dpl(),
                  type_of(d), place, d.present() ? "" : "  not present");
  while (result.text.ends_with(' ')) result.text.pop_back();
}

/// Every descriptor that is not all zeros. `step` is how much the number grows with each: selectors
/// count bytes, vectors count gates.
CommandResult table(DebugSession& session, u32 base, u32 limit, u32 step) {
  CommandResult result{Json::array(), {}};
  for (u32 at = 0; at + 7 <= limit; at += 8) {
    const auto d = descriptor(session, base + at);
    if (!d || (d->low == 0 && d->high == 0)) continue;
    add_descriptor(session, result, at / 8 * step, *d);
  }
  if (result.text.empty()) result.text = "empty";
  return result;
}

CommandResult task(DebugSession& session) {
  const State& s = session.state();
  const auto tss = session.memory().read_as<TaskStateSegment>(s.tr.base);
  if (s.tr.selector == 0 || !tss) throw CommandError("no task state segment");
  CommandResult result;
  result.data = {
      {"selector", hex_text(s.tr.selector)}, {"base", hex_text(s.tr.base)},
      {"link", hex_text(tss->link)},         {"ss0", hex_text(tss->ss0)},
      {"esp0", hex_text(tss->esp0)},         {"ss1", hex_text(tss->ss1)},
      {"esp1", hex_text(tss->esp1)},         {"ss2", hex_text(tss->ss2)},
      {"esp2", hex_text(tss->esp2)},         {"cr3", hex_text(tss->cr3)},
      {"ldt", hex_text(tss->ldt)},           {"io_map_base", hex_text(tss->io_map_base)}};
  result.text = fmt::format(
      "TR {:04X} at {:08X}, limit {:X}\n"
      "ring 0 {:04X}:{:08X}  ring 1 {:04X}:{:08X}  ring 2 {:04X}:{:08X}\n"
      "link {:04X}  CR3 {:08X}  LDT {:04X}  I/O map at {:04X}",
      s.tr.selector, s.tr.base, s.tr.limit, tss->ss0 & 0xFFFF, tss->esp0, tss->ss1 & 0xFFFF,
      tss->esp1, tss->ss2 & 0xFFFF, tss->esp2, tss->link & 0xFFFF, tss->cr3, tss->ldt & 0xFFFF,
      tss->io_map_base);
  return result;
}

/// Pages that follow each other with the same rights, and (info tab) in frames that do, too.
struct Range {
  u32 first = 0;
  u64 bytes = 0;
  PageEntry entry{};
  u32 physical = 0;
};

CommandResult mapped(DebugSession& session, bool frames) {
  using Geometry = arch::Geometry<Paging>;
  const Peek<Paging> peek(session.context().mmu.registers, session.context().memory);
  if (!peek.paging()) throw CommandError("paging is off");
  CommandResult result{Json::array(), {}};
  std::optional<Range> range;
  const auto flush = [&] {
    if (!range) return;
    const u64 last = range->first + range->bytes - 1;
    Json json{{"first", hex_text(range->first)},
              {"last", hex_text(last)},
              {"user", range->entry.user},
              {"writable", range->entry.writable}};
    if (frames) json["physical"] = hex_text(range->physical);
    result.data.push_back(json);
    result.text +=
        fmt::format("{}{:08X}-{:08X} {:>6} KB  {} {}{}", result.text.empty() ? "" : "\n",
                    range->first, last, range->bytes / 1024, range->entry.user ? "user" : "kernel",
                    range->entry.writable ? "rw" : "r-",
                    frames ? fmt::format("  -> {:08X}", range->physical) : std::string());
    range.reset();
  };
  for (u64 at = 0; at < u64{1} << 32; at += Geometry::page_size) {
    const LinearAddress page{static_cast<u32>(at)};
    const PageTablePath path = peek.path(page);
    const PageEntry pde = Paging::decode(path.pde);
    if (!pde.present) {
      flush();
      at |= (u64{1} << Geometry::directory_shift) - Geometry::page_size;
      continue;
    }
    const PageEntry pte = Paging::decode(path.pte), entry = PageWalker<Paging>::combine(pde, pte);
    if (!entry.present) {
      flush();
      continue;
    }
    const u32 physical = PageWalker<Paging>::frame_address(pte.frame).value;
    const bool joins = range && range->entry.user == entry.user &&
                       range->entry.writable == entry.writable &&
                       (!frames || physical == range->physical + range->bytes);
    if (!joins) {
      flush();
      range = {page.value, 0, entry, physical};
    }
    range->bytes += Geometry::page_size;
  }
  flush();
  return result;
}

CommandResult info(DebugSession& session, Arguments& arguments) {
  static constexpr std::array<std::string_view, 7> topics{"gdt", "idt", "ldt", "tss",
                                                          "mem", "tab", "tlb"};
  const State& s = session.state();
  const std::size_t topic = arguments.keyword("topic", topics);
  if (topic == 6) return execute_command(session, "tlb " + arguments.rest());
  arguments.finish();
  switch (topic) {
    case 0:
      return table(session, s.gdtr.base, s.gdtr.limit, 8);
    case 1:
      return table(session, s.idtr.base, s.idtr.limit, 1);
    case 2:
      if (!s.ldtr.usable()) throw CommandError("no local descriptor table");
      return table(session, s.ldtr.base, s.ldtr.limit, 8);
    case 3:
      return task(session);
    default:
      return mapped(session, topic == 5);
  }
}

constexpr Command commands[] = {
    {"info", "", "gdt|idt|ldt|tss|mem|tab|tlb",
     "Descriptor tables, the task, ranges of mapped pages (tab: with their frames), the TLB",
     CommandGroup::Look, info},
};

}  // namespace

std::span<const Command> info_commands() { return commands; }

}  // namespace faultline
