#include "api/watcher.hpp"

#include "api/engine.hpp"
#include "cpu/decode/decoder.hpp"

namespace faultline::api {
namespace {

u32 kind_of(AccessKind kind) {
  switch (kind) {
    case AccessKind::Read:
      return FAULTLINE_READ;
    case AccessKind::Write:
      return FAULTLINE_WRITE;
    case AccessKind::Execute:
      break;
  }
  return FAULTLINE_FETCH;
}

}  // namespace

void Watcher::begin(const RunLimits& limits) {
  limits_ = limits;
  begun_ = 0;
  announced_ = false;
}

/// The core comes back to a repeated string instruction that it suspended: nothing was completed
/// since, and no exception took its place.
bool Watcher::goes_on_with_repetition() const {
  const State& s = engine_.context.state;
  return announced_ && s.instructions == completed_before_ && s.eip == announced_eip_;
}

void Watcher::instruction() {
  const State& s = engine_.context.state;
  if (goes_on_with_repetition()) return;
  const auto end = [&](int reason) {
    engine_.stop_reason = reason;
    engine_.context.lines.stop = true;
  };
  if (s.eip == limits_.until) return end(FAULTLINE_STOP_UNTIL);
  if (limits_.count != 0 && begun_ == limits_.count) return end(FAULTLINE_STOP_COUNT);
  if (!hooks_.code.empty()) {
    call_code_hooks();
    if (s.eip == limits_.until) return end(FAULTLINE_STOP_UNTIL);
  }
  ++begun_;
  announced_ = true;
  completed_before_ = s.instructions;
  announced_eip_ = s.eip;
}

void Watcher::call_code_hooks() {
  const State& s = engine_.context.state;
  const LinearAddress at{s.segment[CS].base + s.eip};
  const u32 length = instruction_length(at);
  engine_.phase = Phase::BeforeInstruction;
  hooks_.code.any([&](const auto& hook) {
    if (hook.covers(at.value)) hook.callback(&engine_, at.value, length, hook.user);
    return false;
  });
  engine_.phase = Phase::InInstruction;
}

/// Decoded from what the page tables show: 0 where they show too little, or no instruction.
u32 Watcher::instruction_length(LinearAddress at) const {
  const CpuContext& context = engine_.context;
  const Peek<Paging> peek(context.mmu.registers, context.memory);
  u8 bytes[max_instruction_length];
  const std::size_t have = peek.read(at, bytes);
  const bool real = (context.mmu.registers.cr0 & cr0::PE) == 0;
  const DecodeMode mode{context.state.segment[CS].big, !real && !context.state.flags.virtual8086()};
  Instruction insn;
  const DecodeStatus status = decode({bytes, have}, mode, context.model, insn);
  return status == DecodeStatus::Ok ? insn.length : 0;
}

void Watcher::fetch(LinearAddress address, u32 bytes) {
  if (hooks_.memory.empty()) return;
  const Peek<Paging> peek(engine_.context.mmu.registers, engine_.context.memory);
  u8 first[4] = {};
  peek.read(address, {first, std::min<std::size_t>(bytes, sizeof first)});
  u32 value;
  std::memcpy(&value, first, sizeof value);
  call_memory_hooks({FAULTLINE_FETCH, address.value, bytes, value});
}

void Watcher::data(AccessKind kind, LinearAddress address, u32 bytes, u32 value) {
  if (hooks_.memory.empty()) return;
  call_memory_hooks({kind_of(kind), address.value, bytes, value});
}

void Watcher::call_memory_hooks(const faultline_access& access) {
  hooks_.memory.any([&](const auto& hook) {
    if ((hook.kinds & access.kind) != 0 && hook.covers(access.address, access.size))
      hook.callback(&engine_, &access, hook.user);
    return false;
  });
}

void Watcher::page_fault(const PageFault& fault) {
  if (hooks_.fault.empty()) return;
  const Peek<Paging> peek(engine_.context.mmu.registers, engine_.context.memory);
  const PageTablePath path = peek.path(fault.address);
  const bool directory = Paging::decode(path.pde).present;
  const bool table = directory && Paging::decode(path.pte).present;
  const u32 cause = !directory ? FAULTLINE_CAUSE_DIRECTORY
                    : !table   ? FAULTLINE_CAUSE_TABLE
                               : FAULTLINE_CAUSE_PROTECTION;
  const faultline_page_fault told{
      fault.address.value,    fault.error_code, kind_of(fault.kind),    cause,
      path.pde_address.value, path.pde,         path.pte_address.value, path.pte};
  hooks_.fault.any([&](const auto& hook) {
    if (hook.covers(told.cr2)) hook.callback(&engine_, &told, hook.user);
    return false;
  });
}

void Watcher::interrupt(u8 vector, bool external, bool has_error, u32 error) {
  announced_ = false;
  interrupt_ = {vector, external, has_error, error, 0};
}

bool Watcher::intercepts(u8, u32& eip) {
  interrupt_.return_eip = eip;
  const faultline_interrupt told = interrupt_;
  return hooks_.interrupt.any([&](const auto& hook) {
    if (hook.removed) return false;
    u32 resume = told.return_eip;
    if (hook.callback(&engine_, &told, &resume, hook.user) == 0) return false;
    eip = resume;
    return true;
  });
}

}  // namespace faultline::api
