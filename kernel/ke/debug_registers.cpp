// The processor holds the debug registers of the thread that runs, if it has breakpoints; while
// nobody has, DR7 is 0 and nothing is loaded.
#include "kernel/ke/debug_registers.hpp"

#include "kernel/ke/irql.hpp"
#include "kernel/ke/processor.hpp"
#include "kernel/ke/thread_object.hpp"

namespace {

/// Enabled for this task only, no protection of the registers themselves. [386 §12.2.2]
constexpr ULONG legal_control = 0xFFFF0155, legal_status = 0x0000E00F;

bool loaded = false;  // DR7 enables something

void load(const KDEBUG_REGISTERS& registers) {
  KeWriteDebugAddresses(registers.Dr);
  KeWriteDr6(0);
  KeWriteDr7(registers.Dr7);
}

}  // namespace

void KiSwitchDebugRegisters(const KTHREAD* next) {
  if (next->DebugRegisters.active()) {
    load(next->DebugRegisters);
    loaded = true;
  } else if (loaded) {
    KeWriteDr7(0);
    loaded = false;
  }
}

void KiTakeDebugStatus() {
  KeGetCurrentThread()->DebugRegisters.Dr6 = KeReadDr6() & legal_status;
  KeWriteDr6(0);
}

void KeGetDebugContext(const KTHREAD* thread, CONTEXT& context) {
  const KDEBUG_REGISTERS& registers = thread->DebugRegisters;
  context.Dr0 = registers.Dr[0];
  context.Dr1 = registers.Dr[1];
  context.Dr2 = registers.Dr[2];
  context.Dr3 = registers.Dr[3];
  context.Dr6 = registers.Dr6;
  context.Dr7 = registers.Dr7;
}

void KeSetDebugContext(KTHREAD* thread, const CONTEXT& context) {
  const KDispatchGuard guard;
  KDEBUG_REGISTERS& registers = thread->DebugRegisters;
  const ULONG addresses[4] = {context.Dr0, context.Dr1, context.Dr2, context.Dr3};
  for (unsigned i = 0; i < 4; ++i) {
    registers.Dr[i] = addresses[i] < MM_USER_PROBE_ADDRESS ? addresses[i] : 0;
  }
  registers.Dr6 = context.Dr6 & legal_status;
  registers.Dr7 = context.Dr7 & legal_control;
  if (thread == KeGetCurrentThread()) KiSwitchDebugRegisters(thread);
}
