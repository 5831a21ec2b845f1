// The interpreter: one core, its registers and its access to memory. Instruction semantics, in
// cpu/semantics, speak to it through the members below; the run loop is in run_loop.hpp.
#pragma once

#include <array>
#include <bit>
#include <csetjmp>
#include <optional>

#include "cpu/decode/decoder.hpp"
#include "cpu/engine.hpp"
#include "cpu/fault.hpp"
#include "cpu/interpreter/block.hpp"
#include "cpu/observer.hpp"
#include "cpu/timing/pipeline.hpp"
#include "cpu/timing/transfer_clocks.hpp"

namespace faultline {

static_assert(std::endian::native == std::endian::little, "registers are aliased by bytes");

/// The operand and stack widths.
template <class T>
concept OperandWidth = std::same_as<T, u8> || std::same_as<T, u16> || std::same_as<T, u32>;

template <Timing timing_, class ObserverPolicy>
class Core final : public Engine, private CodeListener {
 public:
  using Observer = ObserverPolicy;
  static constexpr Timing timing = timing_;

  Core(CpuContext& context, Observer observer);
  ~Core() override;
  Stop run() override;
  void reset() override;
  bool load_control(unsigned number, u32 value) override;
  void load_debug(unsigned number, u32 value) override { write_debug_register(number, value); }
  void load_test(unsigned number, u32 value) override;
  u32 test_register(unsigned number) const override;
  void state_changed() override;

  // Registers.
  template <OperandWidth T>
  T& reg(unsigned number) {
    auto* bytes = reinterpret_cast<u8*>(s.general);
    if constexpr (sizeof(T) == 1)
      return bytes[(number & 3) * 4 + (number >> 2)];
    else
      return *reinterpret_cast<T*>(bytes + number * 4);
  }
  u32& gpr(unsigned number) { return s.general[number]; }
  u32 cr0() const { return context.mmu.registers.cr0; }
  bool protected_mode() const { return (cr0() & cr0::PE) != 0; }
  bool virtual8086() const { return s.flags.virtual8086(); }
  /// Selectors are paragraph numbers: real and virtual-8086 mode. [386 §14.1, §15.1]
  bool paragraph_selectors() const { return !protected_mode() || virtual8086(); }
  bool is486() const { return context.model.family >= 4; }
  unsigned cpl() const { return s.segment[SS].dpl; }
  Privilege privilege() const { return privilege_; }
  DescriptorCache& seg(unsigned number) { return s.segment[number]; }

  // Leaving an instruction by an exception. Nothing is destroyed on the way: see
  // docs/architecture.md, "Faults".
  [[noreturn]] void raise(Vector vector, u32 error_code = 0);
  void require_cpl0() {
    if (protected_mode() && cpl() != 0) raise(Vector::GP, 0);
  }

  // Memory through a segment register. [386 §6.3] The segment is checked before the page.
  template <OperandWidth T>
  [[gnu::always_inline]] LinearAddress readable(unsigned segment, u32 offset) {
    const DescriptorCache& d = s.segment[segment];
    if constexpr (Observer::watching) tell_check(segment, d, offset, sizeof(T), AccessKind::Read);
    if (s64{offset} + s64{sizeof(T) - 1} > d.read_top) [[unlikely]]
      closer_look(segment, offset, sizeof(T), false);
    return {d.base + offset};
  }
  template <OperandWidth T>
  [[gnu::always_inline]] LinearAddress writable(unsigned segment, u32 offset) {
    const DescriptorCache& d = s.segment[segment];
    if constexpr (Observer::watching) tell_check(segment, d, offset, sizeof(T), AccessKind::Write);
    if (s64{offset} + s64{sizeof(T) - 1} > d.write_top) [[unlikely]]
      closer_look(segment, offset, sizeof(T), true);
    return {d.base + offset};
  }
  /// The same for an operand that is written in parts.
  LinearAddress writable_span(unsigned segment, u32 offset, u32 bytes) {
    const DescriptorCache& d = s.segment[segment];
    if constexpr (Observer::watching) tell_check(segment, d, offset, bytes, AccessKind::Write);
    if (s64{offset} + bytes - 1 > d.write_top) closer_look(segment, offset, bytes, true);
    return {d.base + offset};
  }
  template <OperandWidth T>
  [[gnu::always_inline]] T read(unsigned segment, u32 offset) {
    return mmu.template read<T>(readable<T>(segment, offset), privilege_);
  }
  template <OperandWidth T>
  [[gnu::always_inline]] void write(unsigned segment, u32 offset, T value,
                                    MicroEvent role = MicroEvent::DataWrite) {
    mmu.template write<T>(writable<T>(segment, offset), value, privilege_, role);
  }
  /// Where the host finds the operand of all of `insn`'s accesses, made and counted; null, and
  /// nothing has changed, when they may fault, be missed by the TLB or ask for attention.
  template <OperandWidth T, AccessKind Kind>
  [[gnu::always_inline]] u8* quick(const Instruction& insn, unsigned segment, u32 offset,
                                   unsigned accesses) {
    const DescriptorCache& d = s.segment[segment];
    const s64 top = Kind == AccessKind::Write ? d.write_top : d.read_top;
    if (s64{offset} + s64{sizeof(T) - 1} > top) [[unlikely]]
      return nullptr;
    const LinearAddress at{d.base + offset};
    u8* host = mmu.template quick<Kind>(at, sizeof(T), privilege_, accesses);
    if (host == nullptr) [[unlikely]]
      host = mmu.template quick_hit<Kind>(at, sizeof(T), privilege_, accesses, goes_on(insn));
    return host;
  }
  /// Where the host finds a run of bytes on the stack, for accesses that follow each other and
  /// cannot fault; null when that is not known.
  template <AccessKind Kind>
  u8* stack_span(u32 offset, u32 bytes, unsigned accesses) {
    return span<Kind>(s.segment[SS], offset, bytes, privilege_, accesses);
  }
  template <AccessKind Kind>
  [[gnu::always_inline]] u8* span(const DescriptorCache& d, u32 offset, u32 bytes,
                                  Privilege privilege, unsigned accesses) {
    const s64 top = Kind == AccessKind::Write ? d.write_top : d.read_top;
    const s64 last = s64{offset} + bytes - 1;
    if (last > top || (!d.big && last > 0xFFFF)) return nullptr;
    return mmu.template span<Kind>({d.base + offset}, bytes, privilege, accesses);
  }
  /// For the parts of an operand whose alignment has been checked as a whole.
  template <OperandWidth T>
  T read_part(unsigned segment, u32 offset) {
    if constexpr (Observer::watching)
      tell_check(segment, s.segment[segment], offset, sizeof(T), AccessKind::Read);
    require_permitted(segment, offset, sizeof(T), false);
    return mmu.template read<T>({s.segment[segment].base + offset}, privilege_);
  }
  template <OperandWidth T>
  void write_part(unsigned segment, u32 offset, T value) {
    if constexpr (Observer::watching)
      tell_check(segment, s.segment[segment], offset, sizeof(T), AccessKind::Write);
    require_permitted(segment, offset, sizeof(T), true);
    mmu.template write<T>({s.segment[segment].base + offset}, value, privilege_);
  }
  /// #AC(0) unless the address is a multiple of `bytes`; only while alignment is checked.
  /// [486 §9.9.16]
  void check_alignment(LinearAddress address, u32 bytes) {
    if (s.checks_alignment && (address.value & (bytes - 1)) != 0) raise(Vector::AC, 0);
  }
  /// Reads for a read-modify-write; the write of the same bytes cannot fault. [hardware: a RMW
  /// checks write permission on its read]
  template <OperandWidth T>
  T read_modify(LinearAddress address) {
    return mmu.template read_for_write<T>(address, privilege_);
  }
  template <OperandWidth T>
  void write_back(LinearAddress address, T value) {
    mmu.template write<T>(address, value, privilege_);
  }
  // GDT, LDT, IDT, TSS: checked as privilege 0. [386 §6.4.3]
  template <OperandWidth T>
  T read_system(u32 linear, MicroEvent role) {
    return mmu.template read<T>(LinearAddress{linear}, Privilege::Supervisor, role);
  }
  template <OperandWidth T>
  void write_system(u32 linear, T value, MicroEvent role) {
    mmu.template write<T>(LinearAddress{linear}, value, Privilege::Supervisor, role);
  }

  /// Offset of the memory operand that ModRM names. [386 §2.5.3]
  u32 address(const Instruction& insn) const {
    return (s.general[insn.base] + (s.general[insn.index] << insn.scale) + insn.displacement) &
           insn.address_mask;
  }

  // The stack. [386 §2.3.2] A push or pop changes ESP only after its access succeeded.
  u32 stack_mask() const { return s.segment[SS].big ? ~u32{0} : 0xFFFFu; }
  u32 stack_pointer() const { return gpr_value(ESP) & stack_mask(); }
  void set_stack_pointer(u32 value) {
    const u32 mask = stack_mask();
    s.general[ESP] = (s.general[ESP] & ~mask) | (value & mask);
  }
  template <OperandWidth T>
  void push(T value, MicroEvent role = MicroEvent::DataWrite) {
    const u32 top = (s.general[ESP] - sizeof(T)) & stack_mask();
    write<T>(SS, top, value, role);
    set_stack_pointer(top);
  }
  /// The value `depth` bytes above the top; ESP stays.
  template <OperandWidth T>
  T peek_stack(u32 depth = 0) {
    return read<T>(SS, (s.general[ESP] + depth) & stack_mask());
  }
  template <OperandWidth T>
  T pop() {
    const T value = peek_stack<T>();
    set_stack_pointer(s.general[ESP] + sizeof(T));
    return value;
  }

  // Control flow of the running instruction.
  u32 next_eip(const Instruction& insn) const { return block_eip_ + insn.end; }
  /// Where execution goes when this (EndsBlock) instruction completes.
  u32 target = 0;
  /// A jump within the segment: #GP(0) past the limit of CS. [386 §17.2.2 JMP]
  void jump(u32 eip) {
    if (eip > s.segment[CS].limit) [[unlikely]]
      raise(Vector::GP, 0);
    target = eip;
  }

  // Clocks beyond the row's first figure; nothing without a timing table.
  void spend(u32 clocks) {
    if constexpr (timing == Timing::Table) s.clock.advance(clocks);
  }
  /// The row's second figure in place of its first.
  void spend_alternative(const Instruction& insn) {
    if constexpr (timing == Timing::Table)
      s.clock.advance(static_cast<u64>(s64{insn.alternative} - insn.first_clocks));
  }
  /// The row's second figure `count` times.
  void spend_alternative_each(const Instruction& insn, u32 count) {
    spend(insn.alternative * count);
  }
  /// What an iteration of REP costs; without a timing table too, so that time passes in it.
  u32 iteration_clocks(const Instruction& insn) const {
    return timing == Timing::Table ? insn.alternative : 1u;
  }
  void spend_iterations(const Instruction& insn, u32 count) {
    s.clock.now += u64{iteration_clocks(insn)} * count;
  }
  /// `m` of the next executed instruction, on the 386. [386 §17.2.2.3]
  void spend_m() {
    if constexpr (timing == Timing::Table)
      if (pays_m_) s.in_flight = pipeline::jumped;
  }
  /// A near jump is taken; it is the last of its block, so the clock needs no second look.
  void spend_taken(const Instruction& insn) {
    if constexpr (timing == Timing::Table)
      s.clock.now += static_cast<u64>(s64{insn.alternative} - insn.first_clocks);
    spend_m();
  }
  void spend_multiply(u32 magnitude, bool negative = false);
  void spend_protected() { spend_alternative(*current_); }
  // cpu/interpreter/transfer_spending.hpp, each in place of the row's figure that was charged.
  void spend_route(const Instruction& insn, Route route, u32 parameters = 0);
  void spend_software_interrupt(const Instruction& insn, bool from_virtual8086, unsigned old_cpl);
  void spend_delivery(bool from_virtual8086, unsigned old_cpl);
  void spend_task_switch(const TaskSwitchClocks& clocks, bool virtual8086, bool wide);
  void spend_port(const Instruction& insn);
  /// REP with a count of zero.
  void spend_no_iteration(const Instruction& insn);

  // What a handler begins and ends with. `insn` is what runs. A plain one (see execute.hpp) touches
  // registers alone: it cannot fault, and nobody sees the clock while it runs.
  void begin(const Instruction* insn) { current_ = insn; }
  // Inlined, so that every handler has an indirect jump of its own for the host to predict.
  template <bool plain>
  [[gnu::always_inline]] void proceed(const Instruction* insn) {
    if constexpr (Observer::watching) return leave(insn);
    if constexpr (!plain)
      if (s.clock.now >= s.clock.deadline) [[unlikely]]
        return pause(insn);
    ++insn;
    return insn->execute(this, insn);
  }
  /// The end of a block by a jump within CS: on to the block that a link names.
  [[gnu::always_inline]] void finish_near(const Instruction* insn) {
    retire(insn);
    s.eip = target;
    return follow(static_cast<const BlockEnd*>(insn + 1));
  }
  /// The end of a block by anything else.
  void finish(const Instruction* insn) {
    retire(insn);
    s.eip = target;
  }
  /// What the last instruction of a block leaves to the next block's first.
  void carry(const Instruction& last) {
    if constexpr (timing == Timing::Table) s.in_flight = last.written;
  }
  /// A repeated string instruction stops between two iterations, or one of the x87 until an error
  /// is dealt with; it will run again, and wait for the same predecessor if it has to.
  void suspend(const Instruction* insn) {
    if constexpr (timing == Timing::Table) {
      if (insn == &alone_.instruction)
        s.in_flight = waited_for_;
      else if (insn->ordinal != 1 && pipeline::wait_for(insn[-1].written, *insn) != 0)
        carry(insn[-1]);
    }
    s.eip = next_eip(*insn) - insn->length;
    abandon(insn);
  }
  void leave(const Instruction* insn) {
    s.eip = next_eip(*insn);
    carry(*insn);
    retire(insn);
  }
  /// The clock asks for the CPU's attention.
  bool due() const { return s.clock.now >= s.clock.deadline; }
  /// Another instruction of its block follows `insn`: nothing but its fetch comes between.
  bool goes_on(const Instruction& insn) const { return (&insn + 1)->execute != alone_.end.execute; }
  /// Between two iterations: when all the clock asks for is that `insn` be fetched again, and the
  /// TLB still has its page, that is done.
  [[gnu::noinline]] bool fetch_again(const Instruction& insn);
  /// The block ran to its end.
  void leave_block(const BlockEnd* end) {
    const Instruction* last = static_cast<const Instruction*>(end) - 1;
    target = next_eip(*last);
    carry(*last);
    return finish_near(last);
  }

  // Descriptors and segment registers: segmentation.hpp.
  // Inlined, so that what they return stays in registers.
  [[gnu::always_inline]] std::optional<u32> descriptor_address(Selector selector) const;
  [[gnu::always_inline]] Descriptor read_descriptor(u32 address, MicroEvent role);
  [[gnu::always_inline]] Descriptor fetch_descriptor(Selector selector, Vector vector, u32 error,
                                                     u32& address);
  Descriptor fetch_descriptor(Selector selector, Vector vector, u32 error) {
    u32 address;
    return fetch_descriptor(selector, vector, error, address);
  }
  /// Sets the accessed bit in memory, once. [386 §5.1.1]
  [[gnu::always_inline]] void mark_accessed(u32 address, Descriptor& descriptor) {
    if ((descriptor.access() & segment_access::accessed) == 0) [[unlikely]]
      set_accessed(address, descriptor);
  }
  void load_segment(unsigned number, u16 selector);
  void load_stack_segment(u16 selector);
  void load_real_segment(unsigned number, u16 selector);
  [[gnu::always_inline]] void load_cache(DescriptorCache& cache, Selector selector,
                                         const Descriptor& d);
  void set_cs(const DescriptorCache& cache, unsigned new_cpl);
  void invalidate_inaccessible_segments();
  void privilege_changed();
  struct InnerStack {
    u16 ss = 0;
    u32 esp = 0;
    DescriptorCache cache{};
    u32 descriptor_address = 0;
    Descriptor descriptor{};
  };
  InnerStack inner_stack(unsigned level, u32 ext);

  // Debug registers: interrupts/debug.hpp.
  void guard_debug_registers();
  void write_debug_register(unsigned number, u32 value);
  void arm_breakpoints();

  // Tasks: interrupts/task_switch.hpp.
  enum class TaskSwitch : u8 { Jump, Call, Return };  // an interrupt switches like a CALL
  /// Switches to the task of a TSS descriptor that has been found good but for what its kind of
  /// switch asks. Leaves the new EIP in `target`. [386 §7.5]
  void switch_task(Selector selector, TaskSwitch how, u32 return_eip, u32 ext,
                   std::optional<u32> error_code = std::nullopt);
  void task_through_gate(const Descriptor& gate, TaskSwitch how, u32 return_eip, u32 ext,
                         std::optional<u32> error_code = std::nullopt);

  // Interrupts: interrupts/delivery.hpp.
  enum class Source : u8 { Software, Exception, Trap, External };
  void interrupt(u8 vector, Source source, std::optional<u32> error_code, u32 return_eip);

  // Flags, ports, control registers: privileged.hpp.
  /// POPF and IRET: what `cpl` may change of EFLAGS. `bytes` is the operand size.
  void load_flags(u32 image, unsigned bytes, unsigned cpl);
  void load_flags(u32 image, unsigned bytes) { load_flags(image, bytes, cpl()); }
  /// #GP(0) unless IOPL or the I/O permission bit map allows every byte of the port. [386 §8.3]
  void check_port(u16 port, unsigned bytes);
  u32 port_read(u16 port, unsigned bytes);
  void port_write(u16 port, unsigned bytes, u32 value);
  void probe_stack(u32 offset) { mmu.probe_write(writable<u8>(SS, offset), 1, privilege_); }
  void load_task_segment(unsigned number, u16 selector, u32 ext);
  void load_ldt(Selector selector, Vector vector, u32 error);
  bool cr0_allows(u32 value) const;
  void write_cr0(u32 value);
  void write_cr3(u32 value);
  /// After MOV SS and POP SS interrupts and debug exceptions wait one instruction. [386 §9.2.4]
  void hold_interrupts() {
    s.shadow = s.debug_held = true;
    s.debug_trap = 0;
    look_around();
  }
  /// Numeric errors raise #MF; otherwise they ask for an interrupt. The AT wires the 387 so, too.
  /// [486 §18.2] [PC/AT TR]
  bool reports_by_exception() const { return is486() && (cr0() & cr0::NE) != 0; }
  /// After anything that may have changed the x87's error summary.
  void drive_ferr() {
    const bool level = s.x87.error() && !reports_by_exception();
    if (level == context.numeric_error) return;
    context.numeric_error = level;
    context.bus.numeric_error(level);
  }
  // Micro-steps: tell.hpp. Only a watched core has them.
  void tell(MicroStep step);
  void tell_check(unsigned segment, const DescriptorCache& d, u32 offset, unsigned bytes,
                  AccessKind kind);
  void tell_register(MicroEvent what, unsigned number, u32 before, u32 value);
  void tell_stack_switch(u16 ss, u32 esp);
  void tell_delivered(u8 vector, u32 eip);
  /// The interrupt, trap or mode situation changed: look around before the next instruction.
  void look_around() { s.clock.attention(); }

  CpuContext& context;
  State& s;
  Mmu<Paging, Observer> mmu;
  Observer observer;

 private:
  u32 gpr_value(unsigned n) const { return s.general[n]; }
  [[gnu::noinline, gnu::cold]] void closer_look(unsigned segment, u32 offset, unsigned bytes,
                                                bool write);
  void require_permitted(unsigned segment, u32 offset, unsigned bytes, bool write);

  // segmentation.hpp
  /// What a descriptor was found to mean when it was last loaded from its place in a table.
  struct Known {
    Descriptor of{};
    s32 data_level = -1;  // CPL and RPL at most, where it loads as data and is marked accessed
    DescriptorCache cache{};
  };
  Known& known(Selector selector) { return known_[selector.value >> 3 & (known_.size() - 1)]; }
  static bool same(const Descriptor& a, const Descriptor& b) {
    return std::bit_cast<u64>(a) == std::bit_cast<u64>(b);
  }
  [[gnu::noinline]] static void learn(Known& known, const Descriptor& d);
  [[gnu::noinline, gnu::cold]] void set_accessed(u32 address, Descriptor& descriptor);

  // run_loop.hpp
  /// What the block did up to and with `insn` joins the clock and the count.
  [[gnu::always_inline]] void retire(const Instruction* insn) {
    s.clock.now += insn->elapsed;
    s.instructions += insn->ordinal;
    current_ = nullptr;
  }
  /// The same for what came before `insn`.
  void abandon(const Instruction* insn) {
    s.clock.now += static_cast<u64>(insn->elapsed - insn->clocks);
    s.instructions += insn->ordinal - 1u;
    current_ = nullptr;
  }
  [[gnu::always_inline]] void follow(const BlockEnd* end);
  void follow_fetching(const BlockEnd::Link& link);
  [[gnu::noinline]] void pause(const Instruction* insn);
  std::optional<Stop> service();
  void check_execution_breakpoints();
  bool take_interrupt();
  void enter_handler(u8 vector, Source source, std::optional<u32> error_code);
  [[nodiscard]] bool handle_exception();
  DoubleFault combined();
  [[noreturn]] void unwind(int why);
  void step();
  [[gnu::noinline, gnu::cold]] void step_after();  // aftermath.hpp
  const Block* find_block();
  const Block* find_block_slow();
  void enter_code_page(LinearAddress linear, LinearAddress page);
  const Block* build_block(PhysicalAddress start, DecodeMode mode);
  void decode_alone(DecodeMode mode);
  void link(const Block* block);
  void start(const Instruction* first);
  const Instruction* settle(const Instruction* first);
  const Instruction* wait_in_front(const Instruction* first);
  const Instruction* alone(const Instruction& insn, unsigned wait, u32 waited_for);
  void bind(Instruction& insn, DecodeStatus status, u32 end, const Instruction* previous);
  DecodeMode decode_mode() const { return {s.segment[CS].big, !paragraph_selectors()}; }
  void on_code_write(PhysicalAddress address, unsigned bytes) override;
  static void raise_page_fault(void* self, PageFault fault);

  enum Resume : int { Start, Faulted };
  std::jmp_buf unwind_;
  Exception pending_{};
  PageFault page_fault_{};
  std::optional<Vector> delivering_{};  // the event whose delivery is under way
  bool twice_ = false;                  // it is a second #PF, by the erratum
  const bool pays_m_;                   // the 386: see spend_m
  bool watches_execution_ = false;      // some of DR0-DR3 is an instruction breakpoint
  bool resumed_ = false;                // this instruction meets no breakpoint: RF, or held
  bool switched_ = false;               // a task switch of this instruction is past its commit
  Privilege privilege_ = Privilege::Supervisor;

  u32 block_eip_ = 0;                     // EIP of the block's first byte
  const Instruction* current_ = nullptr;  // null outside instructions; may lag behind plain ones
  const BlockEnd* left_ = nullptr;        // the end just passed that had no link to follow
  u32 linked_limit_ = 0;                  // of CS, in this epoch of links
  LinearAddress code_page_{1};            // page last executed, and where it lies
  PhysicalAddress code_frame_{};
  std::array<Known, 8> known_{};
  BlockCache blocks_;
  // An instruction that is no part of a cached block: it crosses a granule, or the limit of CS is
  // near, or it waits for its predecessor in another block, or something is due before its block
  // would end.
  LoneInstruction alone_{};
  u32 waited_for_ = 0;  // State::in_flight as alone_ found it
};

}  // namespace faultline
