// The numeric coprocessor. [386 §11] [486 §18]
#include "kernel/ke/npx.hpp"

#include "arch/ports.hpp"
#include "kernel/ke/internal.hpp"
#include "kernel/ke/processor.hpp"
#include "kernel/ke/trap.hpp"
#include "kernel/mm/boot_paging.hpp"
#include "kernel/rtl/memory.hpp"

namespace {

namespace cr0 = arch::cr0;

constexpr arch::u16 busy_latch = 0xF0;  // a write clears it and IRQ 13 [PC/AT TR]
constexpr unsigned numeric_irq = 13;
constexpr USHORT initial_control_word = 0x027F;  // all errors masked, 53-bit precision
// Status word: errors 5:0, SF 6.
constexpr ULONG IE = 1, DE = 2, ZE = 4, OE = 8, UE = 16, PE = 32, SF = 64;

constinit bool KeI386NpxPresent = false;

/// What FNSAVE writes lies at the start of a FLOATING_SAVE_AREA: 28 bytes of environment and the
/// eight registers.
static_assert(offsetof(FLOATING_SAVE_AREA, Cr0NpxState) == 108);

void clear_ts() { __asm__ volatile("clts"); }
void set_ts() { KeWriteCr0(KeReadCr0() | cr0::TS); }
void save(FLOATING_SAVE_AREA& area) { __asm__ volatile("fnsave %0\n\tfwait" : "=m"(area)); }
void restore(const FLOATING_SAVE_AREA& area) { __asm__ volatile("frstor %0" : : "m"(area)); }
void initialize() { __asm__ volatile("fninit\n\tfldcw %0" : : "m"(initial_control_word)); }

/// The coprocessor's state goes to its thread's save area; then nobody owns it.
void release() {
  KPRCB* prcb = KeGetCurrentPrcb();
  if (prcb->NpxThread == nullptr) return;
  clear_ts();
  save(prcb->NpxThread->NpxState);
  prcb->NpxThread = nullptr;
  set_ts();
}

/// The 387's error line; the thread takes the exception on its way back to user mode.
void numeric_interrupt(const KTRAP_FRAME*) {
  WRITE_PORT_UCHAR(busy_latch, 0);
  KTHREAD* owner = KeGetCurrentPrcb()->NpxThread;
  if (owner != nullptr) owner->NpxErrorPending = TRUE;
}

NTSTATUS status_of(ULONG errors) {
  if ((errors & IE) != 0) {
    return (errors & SF) != 0 ? STATUS_FLOAT_STACK_CHECK : STATUS_FLOAT_INVALID_OPERATION;
  }
  if ((errors & ZE) != 0) return STATUS_FLOAT_DIVIDE_BY_ZERO;
  if ((errors & DE) != 0) return STATUS_FLOAT_DENORMAL_OPERAND;
  if ((errors & OE) != 0) return STATUS_FLOAT_OVERFLOW;
  if ((errors & UE) != 0) return STATUS_FLOAT_UNDERFLOW;
  return STATUS_FLOAT_INEXACT_RESULT;
}

}  // namespace

/// FNINIT clears the status word and sets the control word to 037Fh; without a coprocessor nothing
/// is stored. [386 §11.2]
void KiInitializeNpx() {
  KeWriteCr0((KeReadCr0() & ~(cr0::EM | cr0::TS)) | cr0::MP);
  volatile USHORT status = 0x5A5A, control = 0;
  __asm__ volatile("fninit\n\tfnstsw %0\n\tfnstcw %1" : "=m"(status), "=m"(control));
  KeI386NpxPresent = (status & 0xFF) == 0 && (control & 0x103F) == 0x003F;
  if (!KeI386NpxPresent) {
    KeWriteCr0((KeReadCr0() & ~cr0::MP) | cr0::EM);
    return;
  }
  if (KeI386Is486 != 0) {
    KeWriteCr0(KeReadCr0() | cr0::NE);
  } else {
    KeConnectInterrupt(numeric_irq, numeric_interrupt);
  }
  set_ts();
}

void KiSwitchNpx(KTHREAD* next) {
  if (!KeI386NpxPresent) return;
  if (next == KeGetCurrentPrcb()->NpxThread) {
    clear_ts();
  } else {
    set_ts();
  }
}

void KiForgetNpx(KTHREAD* thread) {
  KPRCB* prcb = KeGetCurrentPrcb();
  if (prcb->NpxThread == thread) prcb->NpxThread = nullptr;
}

bool KiLoadNpx() {
  if (!KeI386NpxPresent) return false;
  const KDispatchGuard guard;
  KTHREAD* thread = KeGetCurrentThread();
  release();
  clear_ts();
  if (thread->NpxUsed) {
    restore(thread->NpxState);
  } else {
    initialize();
  }
  thread->NpxUsed = TRUE;
  KeGetCurrentPrcb()->NpxThread = thread;
  return true;
}

void KiRaiseNumericError(KTRAP_FRAME* frame) {
  KTHREAD* thread = KeGetCurrentThread();
  thread->NpxErrorPending = FALSE;
  {
    const KDispatchGuard guard;
    release();
  }
  const FLOATING_SAVE_AREA& state = thread->NpxState;
  const ULONG unmasked = state.StatusWord & ~state.ControlWord & (IE | DE | ZE | OE | UE | PE);
  KiDispatchTrapException(frame, status_of(unmasked | (state.StatusWord & SF)), state.ErrorOffset,
                          1);
}

void KeGetNpxContext(KTHREAD* thread, CONTEXT& context) {
  const KDispatchGuard guard;
  if (KeGetCurrentPrcb()->NpxThread == thread) release();
  if (!thread->NpxUsed) {
    context.ContextFlags &= ~(CONTEXT_FLOATING_POINT & ~CONTEXT_i386);
    return;
  }
  context.FloatSave = thread->NpxState;
  context.FloatSave.Cr0NpxState = 0;
}

void KeSetNpxContext(KTHREAD* thread, const CONTEXT& context) {
  const KDispatchGuard guard;
  if (!KeI386NpxPresent) return;
  KiForgetNpx(thread);
  if (thread == KeGetCurrentThread()) set_ts();
  thread->NpxState = context.FloatSave;
  thread->NpxUsed = TRUE;
}
