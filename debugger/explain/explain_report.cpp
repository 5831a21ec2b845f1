// Gathers the ten answers.
#include "debugger/explain/explain_report.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace faultline {
namespace {

constexpr u32 page_mask = arch::Geometry<Paging>::page_mask;

bool same_page(u32 a, u32 b) { return ((a ^ b) & page_mask) == 0; }

/// The steps of the access that faulted: from its look-up to the fault.
std::span<const MicroStep> access_steps(const RecordedFault& fault) {
  const auto end = std::find_if(fault.steps.begin(), fault.steps.end(),
                                [](const MicroStep& s) { return s.what == MicroEvent::PageFault; });
  auto begin = end;
  for (auto at = fault.steps.begin(); at != end; ++at)
    if (at->what == MicroEvent::TlbLookup && same_page(at->linear.value, fault.record.address))
      begin = at;
  return {begin, end == fault.steps.end() ? end : end + 1};
}

std::string lookup_text(const MicroStep& s) {
  const std::string place =
      fmt::format("{}set {}", s.instruction ? "instruction TLB, " : "", s.set);
  if (!s.hit) return place + ": miss";
  return fmt::format("{} way {}: hit, but the entry {} does not allow it, so the tables were asked",
                     place, s.way, rights_of(s.entry));
}

/// Reads and writes of one kind that follow each other are one line.
void join_touch(std::vector<Touch>& touched, const MicroStep& s, std::string_view what) {
  if (!touched.empty() && touched.back().what == what &&
      (s.linear.value - touched.back().linear == touched.back().bytes ||
       touched.back().linear - s.linear.value == s.bytes)) {
    Touch& last = touched.back();
    if (s.linear.value < last.linear) {
      last.linear = s.linear.value;
      last.physical = s.physical.value;
    }
    last.bytes += s.bytes;
    ++last.accesses;
    return;
  }
  touched.push_back({std::string(what), s.linear.value, s.physical.value, s.bytes, 1});
}

Touch entry_touch(const MicroStep& s, std::string_view what) {
  const bool write = s.what == MicroEvent::AccessedWrite || s.what == MicroEvent::DirtyWrite;
  return {std::string(what),
          s.linear.value,
          s.physical.value,
          4,
          1,
          write ? fmt::format("{:08X} -> {:08X}", s.before, s.value)
                : fmt::format("= {:08X}", s.value)};
}

void add_touch(std::vector<Touch>& touched, const MicroStep& s) {
  switch (s.what) {
    case MicroEvent::PdeRead:
      touched.push_back(entry_touch(s, "PDE read"));
      break;
    case MicroEvent::PteRead:
      touched.push_back(entry_touch(s, "PTE read"));
      break;
    case MicroEvent::AccessedWrite:
      touched.push_back(entry_touch(s, s.number == 0 ? "A set in PDE" : "A set in PTE"));
      break;
    case MicroEvent::DirtyWrite:
      touched.push_back(entry_touch(s, "D set in PTE"));
      break;
    case MicroEvent::IdtRead:
      join_touch(touched, s, "IDT read");
      break;
    case MicroEvent::GdtRead:
      join_touch(touched, s, "GDT read");
      break;
    case MicroEvent::LdtRead:
      join_touch(touched, s, "LDT read");
      break;
    case MicroEvent::TssRead:
      join_touch(touched, s, "TSS read (SS0:ESP0)");
      break;
    case MicroEvent::DescriptorWrite:
      join_touch(touched, s, "descriptor marked accessed");
      break;
    case MicroEvent::Push:
      join_touch(touched, s, "pushed");
      break;
    default:
      break;
  }
}

/// Of the access that faulted, and of the delivery.
std::vector<Touch> touches(std::span<const MicroStep> access, std::span<const MicroStep> steps) {
  std::vector<Touch> touched;
  for (const MicroStep& s : access) add_touch(touched, s);
  const auto fault = std::find_if(steps.begin(), steps.end(), [](const MicroStep& s) {
    return s.what == MicroEvent::PageFault;
  });
  for (const MicroStep& s : steps.subspan(static_cast<std::size_t>(fault - steps.begin())))
    add_touch(touched, s);
  return touched;
}

void add_cycles(ExplainReport& report, const RecordedFault& fault,
                std::span<const MicroStep> access) {
  u64 asked = 0, delivered = 0;
  for (const MicroStep& s : fault.steps) {
    if (s.what == MicroEvent::Interrupt) asked = s.clock;
    if (s.what == MicroEvent::Delivered) delivered = s.clock;
  }
  if (access.size() > 1)
    report.cycles.emplace_back("walk", access.back().clock - access.front().clock);
  if (delivered == 0) return;
  report.cycles.emplace_back("delivery", delivered - asked);
  if (!fault.record.cycles) return;
  report.cycles.emplace_back("handler", fault.record.cycle + *fault.record.cycles - delivered);
  for (std::size_t i = 0; i < fault.retry.size(); ++i) {
    const MicroStep& s = fault.retry[i];
    if (s.what != MicroEvent::TlbLookup || !same_page(s.linear.value, fault.record.address))
      continue;
    u64 end = s.clock;
    for (std::size_t j = i + 1;
         j < fault.retry.size() && fault.retry[j].what != MicroEvent::TlbLookup; ++j)
      if (fault.retry[j].what <= MicroEvent::DirtyWrite) end = fault.retry[j].clock;
    report.cycles.emplace_back("walk again", end - s.clock);
    break;
  }
  report.cycles.emplace_back("in all", *fault.record.cycles);
}

std::string invalidation_text(const RecordedFault& fault, bool cached_then) {
  if (!fault.invalidated)
    return cached_then ? "nobody invalidated the TLB's entry"
                       : "the TLB had no entry to invalidate";
  const Invalidation& i = *fault.invalidated;
  return fmt::format("{} by {}",
                     i.whole ? "the TLB was flushed (CR3)"
                     : i.hit ? "INVLPG took the entry out of the TLB"
                             : "INVLPG found no entry",
                     i.symbol.empty() ? fmt::format("{:08X}", i.eip) : i.symbol);
}

void add_more(ExplainReport& report) {
  const char access = report.record.access == AccessKind::Write     ? 'w'
                      : report.record.access == AccessKind::Execute ? 'x'
                                                                    : 'r';
  report.more = {
      fmt::format("walk {:X} {} {}", report.address, access, report.cpl == 3 ? 'u' : 'k'),
      fmt::format("tlb {:X}", report.address)};
  if (report.os.known()) report.more.push_back(fmt::format("!pte {:X}", report.address));
  if (report.os.known()) report.more.push_back("!vad");
  report.more.push_back(fmt::format("whowrote pte {:X}", report.address));
}

}  // namespace

std::string resolution_text(const RecordedFault& fault) {
  std::string text;
  if (const auto status = fault.record.status)
    text = fmt::format("{} ({:08X})", resolution_name(*status), *status);
  if (!fault.resumed) return text;
  const Resumption& r = *fault.resumed;
  if (!text.empty()) text += ", ";
  if (r.eip == fault.record.eip) return text + "the instruction began again";
  return text + fmt::format("the program went on at {:08X}{}{}", r.eip, r.symbol.empty() ? "" : " ",
                            r.symbol);
}

ExplainReport explain(DebugSession& session, const RecordedFault& fault) {
  ExplainReport report;
  report.address = fault.record.address;
  report.fault = true;
  report.record = fault.record;
  report.cpl = fault.cpl;
  report.instruction = fault.instruction;
  report.os = fault.os;
  const auto access = access_steps(fault);
  report.pde = fault.walk.pde;
  report.pte = fault.walk.pte;
  report.lookup = to_text(fault.walk.tlb);
  const bool cached = fault.walk.tlb.way.has_value();
  for (const MicroStep& s : access) {
    if (s.what == MicroEvent::TlbLookup) report.lookup = lookup_text(s);
  }
  if (report.pde)
    report.why = refusal(*report.pde, report.pte, fault.record.access, fault.record.user());
  report.tlb = find_in_tlb(session.context(), report.address, fault.record.access);
  report.touched = touches(access, fault.steps);
  report.resolution = resolution_text(fault);
  report.invalidation = invalidation_text(fault, cached);
  report.before = fault.written_before;
  report.after = fault.written_after;
  add_cycles(report, fault, access);
  add_more(report);
  return report;
}

ExplainReport explain(DebugSession& session, u32 address, const FaultRecorder& recorder) {
  ExplainReport report;
  report.address = address;
  report.cpl = session.state().cpl();
  const Translation walk = translate(session.context(), address, AccessKind::Read, report.cpl == 3);
  report.record.address = address;
  report.why = walk.reason;
  report.pde = walk.pde;
  report.pte = walk.pte;
  report.tlb = walk.tlb;
  report.lookup = walk.tlb.way ? "there" : "not there";
  report.os = os_view(session, address);
  if (walk.pte) report.before = recorder.last_write(walk.pte->address);
  add_more(report);
  return report;
}

}  // namespace faultline
