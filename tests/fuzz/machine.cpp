#include "tests/fuzz/machine.hpp"

#include "tests/fuzz/layout.hpp"

namespace faultline::fuzz {
namespace {

DescriptorCache cache_of(const Segment& segment, unsigned cpl) {
  DescriptorCache cache;
  cache.selector = segment.selector;
  cache.access = segment.access;
  cache.dpl = static_cast<u8>(cpl);
  cache.big = segment.big;
  cache.base = segment.base;
  cache.limit = segment.limit;
  cache.derive();
  return cache;
}

}  // namespace

Machine::Machine(const Plan& plan, std::vector<u8> image, Engine kind)
    : plan_(plan),
      ram_(std::move(image)),
      context_{.model = *plan.model,
               .memory = memory_,
               .bus = bus_,
               .errata = plan.errata ? plan.model->errata : 0} {
  memory_.map_memory({0}, ram_, PhysicalMemory::Stores::Taken);
  bus_.lines = &context_.lines;
  context_.mmu.shadow_off = kind == Engine::Unshadowed;
  engine_ = make_engine(plan.timing, context_, kind == Engine::Watched ? &nothing_ : nullptr);
  engine_->reset();
  start(0);
}

/// The state of the plan, but for time and the x87, and with the TLB as it is.
void Machine::start(u16 place) {
  State fresh;
  State& s = context_.state;
  fresh.clock = s.clock;
  fresh.instructions = s.instructions;
  fresh.x87 = s.x87;
  fresh.debug[6] = s.debug[6];
  for (unsigned i = 0; i < 8; ++i) fresh.general[i] = plan_.general[i];
  fresh.flags.set(plan_.eflags);
  for (unsigned i = 0; i < segment_register_count; ++i)
    fresh.segment[i] = cache_of(plan_.segments[i], plan_.cpl());
  fresh.eip = memory_map::program - plan_.segments[CS].base + place;
  if (plan_.paragraphs()) fresh.eip &= 0xFFFF;
  fresh.gdtr = {memory_map::gdt, memory_map::gdt_limit};
  fresh.idtr = {memory_map::idt, 0x7FF};
  if (plan_.mode == Mode::Real) fresh.idtr = {memory_map::vectors, 0x3FF};
  fresh.tr = cache_of({memory_map::tss, 0x8B, false, memory_map::task_state, 0x27F}, 0);
  s = fresh;
  (void)engine_->load_control(3, memory_map::directory);
  (void)engine_->load_control(0, plan_.cr0);
  for (unsigned i : {0, 1, 2, 3, 7}) engine_->load_debug(i, plan_.debug[i]);
  engine_->state_changed();
}

void Machine::happen(const Slice& slice) {
  if ((slice.events & RaiseIntr) != 0) context_.lines.intr = true;
  if ((slice.events & RaiseNmi) != 0) context_.lines.nmi = true;
  if ((slice.events & ToggleA20) != 0) memory_.set_a20(!memory_.a20());
  if ((slice.events & StoreByDma) != 0)
    memory_.write<u8>({memory_map::program + slice.place}, slice.value);
  if ((slice.events & ToggleIgnne) != 0) context_.lines.ignne = !context_.lines.ignne;
  if ((slice.events & FlushTranslations) != 0)
    (void)engine_->load_control(3, context_.mmu.registers.cr3);
  if ((slice.events & ResetPin) != 0) context_.lines.reset = true;
  bus_.vector = slice.value;
}

/// Up to the slice's end a program that stops goes on elsewhere, some times.
Stop Machine::run(const Slice& slice) {
  happen(slice);
  Clock& clock = context_.state.clock;
  const u64 end = clock.now + slice.clocks;
  u16 place = slice.place;
  for (unsigned starts = 0;; ++starts) {
    if (stop_ != Stop::Deadline) start(place);
    clock.set_horizon(end);
    clock.attention();
    stop_ = engine_->run();
    if (stop_ == Stop::Deadline || starts == 16) return stop_;
    place = static_cast<u16>(place * 5 + 1);
  }
}

}  // namespace faultline::fuzz
