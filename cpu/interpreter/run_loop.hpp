// The run loop: find a block, run it, look around when the clock says so. Exceptions come back
// here by longjmp, so no frame between may own anything (docs/architecture.md, "Faults").
#pragma once

#include <algorithm>
#include <utility>

#include "cpu/interpreter/aftermath.hpp"

namespace faultline {

template <Timing t, class O>
Core<t, O>::Core(CpuContext& cpu_context, O policy)
    : context(cpu_context),
      s(cpu_context.state),
      mmu(cpu_context.mmu, cpu_context.memory, cpu_context.state.clock,
          FaultSink{this, &Core::raise_page_fault}, policy),
      observer(policy),
      pays_m_(cpu_context.column != ClockColumn::I486),
      blocks_(cpu_context.memory) {
  context.memory.add_listener(static_cast<CodeListener&>(*this));
  context.mmu.outlives_pg = (context.errata & PagingOutlivesPg) != 0;
  alone_.end.execute = execute_block_end<Core>;
  privilege_changed();
  arm_breakpoints();
}

template <Timing t, class O>
Core<t, O>::~Core() {
  blocks_.clear();
  context.memory.remove_listener(static_cast<CodeListener&>(*this));
}

/// Back to run(), with EIP at the instruction that is abandoned.
template <Timing t, class O>
void Core<t, O>::unwind(int why) {
  if (current_ != nullptr) {
    // Past the commit of a task switch the fault is the new task's, at its EIP. [386 §7.5]
    if (!switched_) s.eip = block_eip_ + current_->end - current_->length;
    abandon(current_);
  }
  switched_ = false;
  left_ = nullptr;
  std::longjmp(unwind_, why);
}

template <Timing t, class O>
void Core<t, O>::raise(Vector vector, u32 error_code) {
  pending_ = {vector, error_code};
  unwind(Faulted);
}

template <Timing t, class O>
void Core<t, O>::raise_page_fault(void* self, PageFault fault) {
  Core& core = *static_cast<Core*>(self);
  core.pending_ = {Vector::PF, fault.error_code};
  core.page_fault_ = fault;
  core.unwind(Faulted);
}

template <Timing t, class O>
Stop Core<t, O>::run() {
  switch (setjmp(unwind_)) {
    case Start:  // another engine may have run on the context since
      privilege_changed();
      code_page_ = {1};
      left_ = nullptr;
      if (s.aftermath.errata != 0) look_around();
      break;
    default:
      if (!handle_exception()) return Stop::Shutdown;
  }
  for (;;) {
    if (s.clock.held != 0) s.clock.end_refetch();
    if (Observer::watching || s.clock.now >= s.clock.deadline) {
      if (const auto stop = service()) return *stop;
      if (s.aftermath.errata != 0) [[unlikely]] {
        step_after();
        continue;
      }
    }
    step();
  }
}

/// Anything that may happen between two instructions. The order is the manual's: traps of the
/// previous instruction, NMI, INTR. [386 §9.4 table 9-2]
template <Timing t, class O>
std::optional<Stop> Core<t, O>::service() {
  left_ = nullptr;
  if (blocks_.full()) blocks_.clear();
  blocks_.collect();
  if (context.lines.stop) return Stop::Requested;
  if (context.lines.reset) {
    context.lines.reset = false;
    reset();
  }
  if (s.clock.now >= s.clock.horizon) return Stop::Deadline;
  const bool debug_held = std::exchange(s.debug_held, false);
  // Data breakpoints trap after the access. [386 §12.3.1.2]
  if (context.mmu.watch.met != 0 && !debug_held) {
    s.debug_trap |= context.mmu.watch.met;
    context.mmu.watch.met = 0;
  }
  if (s.debug_trap != 0) {
    s.debug[6] |= s.debug_trap;
    s.halted = false;
    enter_handler(static_cast<u8>(Vector::DB), Source::Trap, std::nullopt);
  }
  const bool shadowed = s.shadow;
  s.shadow = false;
  if (!shadowed) take_interrupt();
  if (s.halted) return Stop::Halted;
  s.clock.deadline = s.clock.horizon;
  if constexpr (O::watching) {
    observer.observation->instruction();
    if (context.lines.stop) {
      s.shadow = shadowed;
      s.debug_held = debug_held;
      return Stop::Requested;
    }
  }
  if (s.flags.trap()) s.debug_trap = dr6::BS;
  resumed_ = s.flags.resume() || debug_held;
  s.flags.clear_bits(eflags::RF);  // good for one instruction [386 §12.3.1.1]
  const bool one_at_a_time = shadowed || s.flags.trap() || watches_execution_;
  if (one_at_a_time) look_around();
  return std::nullopt;
}

template <Timing t, class O>
bool Core<t, O>::take_interrupt() {
  if (context.lines.nmi && !s.nmi_blocked) {
    context.lines.nmi = false;
    s.nmi_blocked = true;
    s.halted = false;
    enter_handler(static_cast<u8>(Vector::NMI), Source::External, std::nullopt);
    return true;
  }
  if (context.lines.intr && s.flags.interrupts()) {
    s.halted = false;
    enter_handler(context.bus.acknowledge_interrupt(), Source::External, std::nullopt);
    return true;
  }
  return false;
}

/// Delivery outside an instruction: EIP is the return address and becomes the handler's.
template <Timing t, class O>
void Core<t, O>::enter_handler(u8 vector, Source source, std::optional<u32> error_code) {
  const unsigned old_cpl = cpl();
  const bool from_virtual8086 = virtual8086();
  s.debug_trap = 0;
  s.aftermath.errata = 0;
  switched_ = false;
  interrupt(vector, source, error_code, s.eip);
  s.eip = target;
  spend_delivery(from_virtual8086, old_cpl);
  if constexpr (O::watching) tell_delivered(vector, s.eip);
}

/// False when the processor shuts down. [386 §9.8.8]
template <Timing t, class O>
bool Core<t, O>::handle_exception() {
  s.debug_trap = 0;
  if constexpr (O::watching)
    if (pending_.vector == Vector::PF) observer.observation->page_fault(page_fault_);
  switch (combined()) {
    case DoubleFault::Serial:
      break;
    case DoubleFault::Double:
      pending_ = {Vector::DF, 0};
      break;
    case DoubleFault::Shutdown:
      delivering_.reset();
      twice_ = false;
      return false;
  }
  delivering_ = pending_.vector;
  const bool has_code = protected_mode() && has_error_code(pending_.vector);
  enter_handler(static_cast<u8>(pending_.vector), Source::Exception,
                has_code ? std::optional<u32>(pending_.error_code) : std::nullopt);
  delivering_.reset();
  twice_ = false;
  return true;
}

/// What the pending exception makes of the one whose delivery it interrupts. By the erratum a #PF
/// on the way to #PF is delivered like any other; whatever faults on that way shuts down. [B1 §18]
template <Timing t, class O>
DoubleFault Core<t, O>::combined() {
  const DoubleFault usual = combine(delivering_, pending_.vector);
  if (usual != DoubleFault::Double || delivering_ != Vector::PF ||
      (context.errata & PageFaultTwice) == 0)
    return usual;
  if (twice_) return DoubleFault::Shutdown;
  if (pending_.vector != Vector::PF) return usual;
  twice_ = true;
  return DoubleFault::Serial;
}

template <Timing t, class O>
inline void Core<t, O>::step() {
  if (watches_execution_ && !resumed_) check_execution_breakpoints();
  const Block* block = find_block();
  const Instruction* first = &alone_.instruction;
  if (s.segment[CS].limit != linked_limit_) {
    linked_limit_ = s.segment[CS].limit;
    blocks_.end_epoch();
  }
  if (block != nullptr && left_ != nullptr) link(block);
  left_ = nullptr;
  if (block != nullptr) {
    if (s.clock.now + block->reach < s.clock.deadline)
      first = block->first();
    else
      first = alone(*block->first(), 0, 0);
  }
  start(first);
}

template <Timing t, class O>
[[gnu::always_inline]] inline void Core<t, O>::start(const Instruction* first) {
  if constexpr (timing == Timing::Table) first = settle(first);
  if constexpr (O::watching)
    observer.observation->fetch({s.segment[CS].base + s.eip}, first->length);
  switched_ = false;
  block_eip_ = s.eip;
  return first->execute(this, first);
}

/// What the previous block's last instruction left to the first of this one.
template <Timing t, class O>
inline const Instruction* Core<t, O>::settle(const Instruction* first) {
  if (s.in_flight == 0) return first;
  if (s.in_flight != pipeline::jumped) return wait_in_front(first);
  s.in_flight = 0;
  s.clock.now += first->components;  // `m` [386 §17.2.2.3]
  return first;
}

/// An instruction that waits for its predecessor in another block runs alone, with its wait among
/// its clocks: to the clock the same as behind that predecessor in one block.
template <Timing t, class O>
[[gnu::noinline]] const Instruction* Core<t, O>::wait_in_front(const Instruction* first) {
  const u32 written = std::exchange(s.in_flight, 0u);
  const unsigned wait = pipeline::wait_for(written, *first);
  return wait == 0 ? first : alone(*first, wait, written);
}

template <Timing t, class O>
const Instruction* Core<t, O>::alone(const Instruction& insn, unsigned wait, u32 waited_for) {
  alone_.instruction = insn;
  alone_.instruction.clocks = static_cast<u16>(insn.clocks + wait);
  alone_.instruction.elapsed = alone_.instruction.clocks;
  waited_for_ = waited_for;
  return &alone_.instruction;
}

/// Remembers at the end of the last block that it led to this one: within a granule, in the same
/// mode, and as far in memory as in the segment.
template <Timing t, class O>
void Core<t, O>::link(const Block* block) {
  const BlockEnd& end = *left_;
  const u32 distance = s.eip - block_eip_;
  const bool same_granule =
      ((end.start.value ^ block->start.value) >> PhysicalMemory::granule_shift) == 0;
  if (&end == &alone_.end || !same_granule || block->mode != end.mode ||
      block->start.value - end.start.value != distance)
    return;
  end.links[1] = end.links[0];
  end.links[0] = {block->first(), distance, blocks_.epoch(), block->reach};
}

/// The next block by a link, when nothing has to happen first. Its page is the running one, and the
/// fetch of it changes nothing: whatever could have made that untrue asked for attention.
template <Timing t, class O>
[[gnu::always_inline]] inline void Core<t, O>::follow(const BlockEnd* end) {
  if constexpr (O::watching) return;
  const u32 distance = target - block_eip_;
  const BlockEnd::Link* link = &end->links[0];
  if (link->distance != distance) ++link;
  if (link->distance == distance && link->epoch == blocks_.epoch()) [[likely]] {
    if (s.clock.now + link->reach < s.clock.deadline) [[likely]]
      return start(link->first);
    return follow_fetching(*link);
  }
  left_ = end;
}

/// The same when the clock asks for attention: if all it wants is the fetch of the next block, and
/// the TLB still has the page, that is done.
template <Timing t, class O>
[[gnu::noinline]] void Core<t, O>::follow_fetching(const BlockEnd::Link& link) {
  if (s.clock.held == 0) return;
  s.clock.end_refetch();
  if (s.clock.now + link.reach < s.clock.deadline && mmu.fetch_again(privilege_))
    return start(link.first);
}

template <Timing t, class O>
bool Core<t, O>::fetch_again(const Instruction& insn) {
  if (s.clock.held == 0) return false;
  // One that stands alone may lie in two pages, and then is fetched from both.
  if (&insn == &alone_.instruction) return false;
  s.clock.end_refetch();
  return s.clock.now < s.clock.deadline && mmu.fetch_again(privilege_);
}

/// Between two instructions of a block the clock asks for attention. When all it wants is the fetch
/// of the next one, and the TLB still has the page, the block goes on.
template <Timing t, class O>
void Core<t, O>::pause(const Instruction* insn) {
  const Instruction* next = insn + 1;
  if (next->execute != execute_block_end<Core> && fetch_again(*insn))
    return next->execute(this, next);
  leave(insn);
}

/// The block at CS:EIP. Most often its page is the running one, still an exact hit of the TLB, and
/// the block is known and whole within the limit of CS.
template <Timing t, class O>
inline const Block* Core<t, O>::find_block() {
  const DescriptorCache& cs = s.segment[CS];
  const LinearAddress linear{cs.base + s.eip};
  const LinearAddress page{linear.value & arch::Geometry<Paging>::page_mask};
  if (!O::watching && page == code_page_ && mmu.code_page_is_mru(page, privilege_)) [[likely]] {
    const Block* block = blocks_.find(code_frame_ + (linear.value - page.value), decode_mode());
    if (block != nullptr && u64{s.eip} + block->bytes - 1 <= cs.limit) [[likely]]
      return block;
  }
  return find_block_slow();
}

/// The same in full: limit, translation, decoding. [386 §6.5: segment checks come first] Null when
/// the instruction stands alone.
template <Timing t, class O>
[[gnu::noinline]] const Block* Core<t, O>::find_block_slow() {
  const DescriptorCache& cs = s.segment[CS];
  if constexpr (O::watching) tell_check(CS, cs, s.eip, 1, AccessKind::Execute);
  if (s.eip > cs.limit) raise(Vector::GP, 0);
  const LinearAddress linear{cs.base + s.eip};
  const LinearAddress page{linear.value & arch::Geometry<Paging>::page_mask};
  const auto still_known = [&] {
    if constexpr (O::watching)
      return mmu.fetch_told(linear, privilege_);
    else
      return mmu.code_page_is_mru(page, privilege_) || mmu.fetch_again(page, privilege_);
  };
  const bool known = page == code_page_ && still_known();
  if (!known) enter_code_page(linear, page);
  const PhysicalAddress at = code_frame_ + (linear.value - page.value);
  const DecodeMode mode = decode_mode();
  const Block* block = blocks_.find(at, mode);
  if (block == nullptr) block = build_block(at, mode);
  if (block != nullptr && u64{s.eip} + block->bytes - 1 <= cs.limit) return block;
  decode_alone(mode);
  return nullptr;
}

/// A fetch that the TLB must see: translates, and remembers where on the bus the page lies. A
/// change of the A20 gate drops the shadow, so the remembered frame is not used beyond it.
template <Timing t, class O>
void Core<t, O>::enter_code_page(LinearAddress linear, LinearAddress page) {
  const PhysicalAddress at = mmu.translate_code(linear, privilege_);
  code_page_ = page;
  code_frame_ = {context.memory.bus_address(at).value - (linear.value - page.value)};
}

/// Completes a decoded instruction: handler, clocks, its end within the block.
template <Timing t, class O>
void Core<t, O>::bind(Instruction& insn, DecodeStatus status, u32 end,
                      const Instruction* previous) {
  insn.end = static_cast<u16>(end);
  if (status == DecodeStatus::Invalid)
    insn.execute = execute_invalid<Core>;
  else if (status == DecodeStatus::TooLong)
    insn.execute = execute_too_long<Core>;
  else {
    insn.execute = handlers<Core>[insn.row][insn.wide][insn.memory];
    if (context.errata != 0 && leaves_aftermath(insn.form().mnemonic))
      insn.execute = with_aftermath<Core>[insn.row][insn.wide][insn.memory];
    charge(insn, previous, context.column, timing);
  }
}

/// An instruction whose handler reads or compares the clock, or lets the board do so: it begins a
/// block, for inside one the clock is behind.
inline bool needs_clock(const Instruction& insn) {
  if (insn.row == no_form) return false;
  const Form& form = insn.form();
  return form.has(IoSensitive) || form.mnemonic == Mnemonic::RDTSC ||
         insn.repeat != RepeatPrefix::None;
}

/// Null when not even one instruction can be had from the granule.
template <Timing t, class O>
const Block* Core<t, O>::build_block(PhysicalAddress start, DecodeMode mode) {
  const u8* page = context.memory.host_page_for_read(start);
  if (page == nullptr) return nullptr;
  const u32 offset = start.value & (PhysicalMemory::granule_size - 1);
  const std::span<const u8> bytes(page + offset, PhysicalMemory::granule_size - offset);
  // Not cleared in advance: decode() begins with that.
  alignas(Instruction) std::byte room[Block::max_instructions * sizeof(Instruction)];
  Instruction* const decoded = reinterpret_cast<Instruction*>(room);
  unsigned count = 0;
  u32 end = 0;
  while (count < Block::max_instructions) {
    Instruction& insn = decoded[count];
    const DecodeStatus status = decode(bytes.subspan(end), mode, context.model, insn);
    if (status == DecodeStatus::NeedMore) break;
    end += insn.length;
    bind(insn, status, end, count == 0 ? nullptr : &insn - 1);
    insn.elapsed = static_cast<u16>(insn.clocks + (count == 0 ? 0 : decoded[count - 1].elapsed));
    insn.ordinal = static_cast<u8>(count + 1);
    if (count != 0 && (insn.elapsed > Clock::stride || needs_clock(insn))) {
      end -= insn.length;
      break;
    }
    ++count;
    if (status != DecodeStatus::Ok || insn.form().has(EndsBlock)) break;
  }
  if (count == 0) return nullptr;
  const Block* block = blocks_.insert(start, end, mode, {decoded, count}, execute_block_end<Core>);
  if (blocks_.full()) look_around();
  return block;
}

/// One instruction read byte by byte, each page translated when a byte of it is needed.
template <Timing t, class O>
void Core<t, O>::decode_alone(DecodeMode mode) {
  const DescriptorCache& cs = s.segment[CS];
  u8 bytes[max_instruction_length];
  unsigned have = 0;
  DecodeStatus status = DecodeStatus::NeedMore;
  Instruction& insn = alone_.instruction;
  while (status == DecodeStatus::NeedMore) {
    const u64 offset = u64{s.eip} + have;
    if (offset > cs.limit) raise(Vector::GP, 0);
    const LinearAddress linear{cs.base + static_cast<u32>(offset)};
    const PhysicalAddress at = mmu.translate_code(linear, privilege_);
    const u32 in_page =
        arch::Geometry<Paging>::page_size - (linear.value & arch::Geometry<Paging>::offset_mask);
    const u64 in_limit = u64{cs.limit} - offset + 1;
    const u32 take =
        static_cast<u32>(std::min({u64{in_page}, in_limit, u64{max_instruction_length - have}}));
    for (u32 i = 0; i < take; ++i) bytes[have++] = context.memory.template read<u8>(at + i);
    status = decode({bytes, have}, mode, context.model, insn);
  }
  bind(insn, status, insn.length, nullptr);
  waited_for_ = 0;
  insn.elapsed = insn.clocks;
  insn.ordinal = 1;
}

/// A store hit watched code: what is decoded from those bytes goes, and the running block ends
/// after this instruction.
template <Timing t, class O>
void Core<t, O>::on_code_write(PhysicalAddress address, unsigned bytes) {
  if (blocks_.invalidate(address, bytes)) look_around();
}

}  // namespace faultline
