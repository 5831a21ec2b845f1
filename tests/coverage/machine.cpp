// One instruction: what is there before it, and what has changed behind it.
#include "tests/coverage/machine.hpp"

#include <fmt/format.h>

#include "mmu/segmentation_unit.hpp"

namespace faultline::coverage {
namespace {

constexpr bool is_software(u8 vector) {
  return vector == static_cast<u8>(Vector::BP) || vector == static_cast<u8>(Vector::OF) ||
         vector >= 0x20;
}

}  // namespace

void Witness::instruction() {
  // A repeated one that was suspended is announced again, and goes on.
  if (state->instructions != before) lines->stop = true;
}

void Witness::interrupt(u8, bool, bool has_error, u32 error) {
  coded_ = has_error;
  error_ = error;
}

bool Witness::intercepts(u8 vector, u32& eip) {
  if (is_software(vector)) return false;  // the instruction's own: it goes on to its handler
  raised = Raised{Vector{vector}, coded_, error_, eip};
  lines->stop = true;
  return true;
}

Machine::Machine(const Model& model) : TestMachine(model.name, Timing::None, &witness), reset_(s) {
  witness.lines = &context.lines;
  witness.state = &s;
  build_tables();
  constexpr Region changed[] = {{gdt, 0x80},           {idt, 0x8 * 0x42},
                                {tss, tss_limit + 1u}, {other_tss, 0x68},
                                {directory, 4},        {table, mapped_bytes / test::page_size * 4}};
  for (const Region r : changed) image_.emplace_back(r.at, contents(r));
  constexpr Region operands[] = {{data_base + operand_at - 0x40, 0x180},
                                 {data_base + destination_at - 0x40, 0x180},
                                 {data_base + 0x3F80, 0x80},
                                 {data_base + 0x5F80, 0x80},
                                 {stack_base + 0x7F80, 0x80},
                                 {data_base, 0x40},
                                 {data_base + 0xFF80, 0x80},
                                 {stack_base, 0x40},
                                 {stack_base + stack_at - 0x80, 0x140},
                                 {stack_base + inner_stack_at - 0x80, 0x80},
                                 {stack_base + 0xFF80, 0x80}};
  for (const Region r : operands) image_.emplace_back(r.at, std::vector<u8>(r.bytes));
}

std::vector<u8> Machine::contents(Region r) {
  std::vector<u8> bytes(r.bytes);
  for (u32 i = 0; i < r.bytes; ++i) bytes[i] = memory.read<u8>({r.at + i});
  return bytes;
}

void Machine::load_segments() {
  reload(CS, code());
  reload(SS, stack());
  for (unsigned number : {ES, DS, FS, GS}) reload(number, data());
}

void Machine::begin(Mode mode) {
  mode_ = mode;
  ran_ = false;
  for (const auto& [at, bytes] : image_) memory.write_bytes({at}, bytes);
  const Clock clock = s.clock;
  s = reset_;
  s.clock = clock;
  auto& mmu = context.mmu;
  mmu.registers = {};
  mmu.watch = {};
  mmu.cache.flush();
  context.numeric_error = false;
  context.lines.stop = context.lines.nmi = context.lines.intr = false;
  if (paged(mode)) {
    mmu.registers.cr0 = cr0::PE | cr0::PG;
    mmu.registers.cr3 = directory;
    s.gdtr = {gdt, 0x7F};
    s.idtr = {idt, 0x8 * 0x42 - 1};
    load_descriptor(s.tr, {tss_selector}, arch::make_segment(tss, tss_limit, 0x8B, 0));
    s.ldtr.access = 0;
    s.ldtr.derive();
  }
  if (model().family >= 4 || model().fpu == FpuKind::I387) mmu.registers.cr0 |= cr0::ET;
  u32 flags = eflags::always_one;
  if (mode == Mode::Virtual) flags |= eflags::VM;
  if (user(mode)) flags |= eflags::IOPL;
  s.flags.set(flags);
  load_segments();
  s.eip = code_at;
  for (unsigned r = EAX; r <= EDI; ++r) s.general[r] = 0;
  s.general[ESP] = stack_at;
  s.general[EBP] = frame_at;
  s.general[ESI] = operand_at;
  s.general[EDI] = destination_at;
}

void Machine::run_one(const std::vector<u8>& bytes) {
  place(code_base + s.eip, bytes);
  auto& mmu = context.mmu;
  mmu.tlb.for_each([](auto& tlb) { tlb.flush_all(); });
  mmu.shadow.for_each([](auto& shadow) { shadow.drop_all(); });
  mmu.shadow_paged = mmu.registers.paging();
  witness.before = s.instructions;
  witness.raised.reset();
  s.halted = false;
  engine->state_changed();
  before_ = s;
  ran_ = true;
  paging_before_ = mmu.registers;
  memory_before_.clear();
  for (const auto& [at, image] : image_)
    if (at >= data_base && at < directory)
      memory_before_.push_back(contents({at, static_cast<u32>(image.size())}));
  last_stop = go_on();
}

Mode Machine::present_mode() const {
  if ((context.mmu.registers.cr0 & cr0::PE) == 0) return Mode::Real;
  if (s.flags.virtual8086()) return Mode::Virtual;
  return s.cpl() == 0 ? Mode::Ring0 : Mode::Ring3;
}

std::string Machine::changed_registers() const {
  std::string text;
  for (unsigned r = EAX; r <= EDI; ++r)
    if (s.general[r] != before_.general[r]) text += fmt::format(" register {}", r);
  if (((s.flags.value() ^ before_.flags.value()) & ~u32{eflags::RF}) != 0) text += " EFLAGS";
  for (unsigned i = 0; i < segment_register_count; ++i) {
    const DescriptorCache &now = s.segment[i], &then = before_.segment[i];
    if (now.selector != then.selector || now.base != then.base || now.limit != then.limit ||
        now.access != then.access)
      text += fmt::format(" segment register {}", i);
  }
  if (s.tr.selector != before_.tr.selector || s.ldtr.selector != before_.ldtr.selector ||
      s.gdtr.base != before_.gdtr.base || s.gdtr.limit != before_.gdtr.limit ||
      s.idtr.base != before_.idtr.base || s.idtr.limit != before_.idtr.limit)
    text += " system register";
  if (context.mmu.registers.cr0 != paging_before_.cr0 ||
      context.mmu.registers.cr3 != paging_before_.cr3)
    text += " control register";
  if (!(s.x87 == before_.x87)) text += " x87";
  return text;
}

std::string Machine::changed_memory() {
  std::string text;
  std::size_t next = 0;
  for (const auto& [at, image] : image_) {
    if (at < data_base || at >= directory) continue;
    const std::vector<u8> now = contents({at, static_cast<u32>(image.size())});
    if (now != memory_before_[next++]) text += fmt::format(" memory at {:X}", at);
  }
  return text;
}

}  // namespace faultline::coverage
