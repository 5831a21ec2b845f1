// The machine's own fields, and those of the processor, as a snapshot keeps them.
#include "machine/archive.hpp"
#include "machine/machine.hpp"

namespace faultline {
namespace {

void archive_segment(auto& a, DescriptorCache& d) {
  a(d.selector, d.access, d.dpl, d.big, d.base, d.limit, d.read_top, d.write_top);
  a.require(d.dpl <= 3 && d.read_top <= s64{d.limit} && d.write_top <= s64{d.limit} &&
                d.read_top >= -1 && d.write_top >= -1,
            "a segment register");
}

void archive_x87(auto& a, X87State& x87) {
  for (x87::Extended& value : x87.registers) a(value.significand, value.sign_exponent);
  a(x87.control.value, x87.status, x87.top, x87.occupied, x87.instruction_offset,
    x87.operand_offset, x87.instruction_selector, x87.operand_selector, x87.opcode);
  a.require(x87.top < 8, "TOP of the x87");
}

/// Without the clock's deadlines, which the scheduler sets anew.
void archive_state(auto& a, State& s) {
  u32 flags = s.flags.value();
  for (unsigned i = 0; i < 8; ++i) a(s.general[i]);
  a(s.eip, flags);
  if constexpr (std::remove_reference_t<decltype(a)>::loading) s.flags.set(flags);
  for (DescriptorCache& segment : s.segment) archive_segment(a, segment);
  archive_segment(a, s.ldtr);
  archive_segment(a, s.tr);
  a(s.gdtr.base, s.gdtr.limit, s.idtr.base, s.idtr.limit, s.debug, s.clock.now, s.instructions,
    s.in_flight, s.halted, s.shadow, s.debug_held, s.checks_alignment, s.nmi_blocked, s.debug_trap,
    s.aftermath.errata, s.aftermath.other, s.aftermath.number, s.aftermath.address32);
  a.require(s.clock.now >> 62 == 0, "the clock");
  archive_x87(a, s.x87);
}

/// The shadow is no part of it: what it has counted is.
void archive_mmu(auto& a, MmuState<Paging>& mmu) {
  a(mmu.registers.cr0, mmu.registers.cr2, mmu.registers.cr3);
  mmu.tlb.for_each([&](auto& tlb) { a(tlb); });
  for (WatchedRange& range : mmu.watch.ranges) a(range.address, range.length, range.reads);
  a(mmu.watch.active, mmu.watch.met, mmu.tlb_test, mmu.cache, mmu.outlives_pg);
}

}  // namespace

void Machine::archive(auto& a) {
  archive_state(a, context_.state);
  archive_mmu(a, context_.mmu);
  a(context_.lines.intr, context_.lines.nmi, context_.lines.reset, context_.lines.ignne,
    context_.numeric_error, board_, end_.reason, end_.code, end_.text, waited_, serial_.sent,
    console_.sent);
  a.require(end_.reason <= EndReason::Requested, "how the run ended");
  for (Sink& log : logs_) a(log.sent);
}

/// Devices are brought up to the present first: two that differ only in when they were last asked
/// are the same. What the shadow has counted goes into the TLB's counters.
std::vector<u8> Machine::save_board() {
  board_.scheduler.run_due();
  ArchiveWriter writer;
  auto& counters = context_.mmu.tlb.data().counters;
  const u64 lookups = counters.data_lookups;
  counters.data_lookups = context_.mmu.counters().data_lookups;
  archive(writer);
  counters.data_lookups = lookups;
  return std::move(writer.bytes);
}

void Machine::load_board(std::span<const u8> bytes) {
  engine_.reset();
  board_.scheduler.clear();
  ArchiveReader reader(bytes);
  context_.mmu.shadow_paged = false;
  archive(reader);
  reader.require(reader.at_end(), "its length");
  engine_ = make_core(nullptr);
  engine_->state_changed();
}

DiskImage* Machine::disk(unsigned drive) {
  return (drive < 2 ? board_.ide_primary : board_.ide_secondary).disk(drive % 2);
}

}  // namespace faultline
