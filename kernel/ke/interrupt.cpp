// The two 8259 interrupt controllers and the way from an IRQ line to its routine. [8259A]
#include "arch/ports.hpp"
#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/pcr.hpp"
#include "kernel/ke/processor.hpp"
#include "kernel/ke/trap.hpp"

namespace {

namespace port = arch::port;
constexpr UCHAR ICW1_init_with_ICW4 = 0x11, ICW4_8086 = 0x01;
constexpr UCHAR OCW2_EOI = 0x20, OCW3_read_ISR = 0x0B;
constexpr unsigned lines = 16;

constinit PKSERVICE_ROUTINE KiServiceRoutines[lines] = {};
constinit USHORT KiInterruptMask = 0xFFFF & ~(1u << arch::irq::cascade);

void write_mask() {
  WRITE_PORT_UCHAR(port::pic_master_data, static_cast<UCHAR>(KiInterruptMask));
  WRITE_PORT_UCHAR(port::pic_slave_data, static_cast<UCHAR>(KiInterruptMask >> 8));
}

/// IRQ 7 and 15 without an in-service bit are spurious and get no EOI. [8259A "Interrupt sequence"]
bool is_spurious(unsigned irq) {
  if (irq != 7 && irq != 15) return false;
  const arch::u16 command = irq == 7 ? port::pic_master_command : port::pic_slave_command;
  WRITE_PORT_UCHAR(command, OCW3_read_ISR);
  return (READ_PORT_UCHAR(command) & 0x80) == 0;
}

void end_of_interrupt(unsigned irq) {
  if (irq >= 8) WRITE_PORT_UCHAR(port::pic_slave_command, OCW2_EOI);
  WRITE_PORT_UCHAR(port::pic_master_command, OCW2_EOI);
}

}  // namespace

void KiInitializeInterruptControllers() {
  WRITE_PORT_UCHAR(port::pic_master_command, ICW1_init_with_ICW4);
  WRITE_PORT_UCHAR(port::pic_slave_command, ICW1_init_with_ICW4);
  WRITE_PORT_UCHAR(port::pic_master_data, PRIMARY_VECTOR_BASE);
  WRITE_PORT_UCHAR(port::pic_slave_data, PRIMARY_VECTOR_BASE + 8);
  WRITE_PORT_UCHAR(port::pic_master_data, 1u << arch::irq::cascade);
  WRITE_PORT_UCHAR(port::pic_slave_data, arch::irq::cascade);
  WRITE_PORT_UCHAR(port::pic_master_data, ICW4_8086);
  WRITE_PORT_UCHAR(port::pic_slave_data, ICW4_8086);
  write_mask();
}

void KeConnectInterrupt(unsigned irq, PKSERVICE_ROUTINE routine) {
  const KInterruptGuard guard;
  KiServiceRoutines[irq] = routine;
  KiInterruptMask = static_cast<USHORT>(KiInterruptMask & ~(1u << irq));
  write_mask();
}

/// Interrupts stay off in the routine; what it asked for is done at DISPATCH_LEVEL on the way out.
extern "C" void KiInterruptHandler(KTRAP_FRAME* frame) {
  const unsigned irq = frame->ErrCode - PRIMARY_VECTOR_BASE;
  KPCR* pcr = KeGetPcr();
  const KIRQL interrupted = pcr->Irql;
  pcr->Irql = CLOCK_LEVEL;
  ++pcr->PrcbData.InterruptCount;
  if (is_spurious(irq)) {
    if (irq == 15) end_of_interrupt(arch::irq::cascade);
  } else {
    end_of_interrupt(irq);
    if (KiServiceRoutines[irq] != nullptr) KiServiceRoutines[irq](frame);
  }
  pcr->Irql = interrupted;
  if (interrupted < DISPATCH_LEVEL && pcr->PrcbData.DispatchInterruptPending) {
    pcr->Irql = DISPATCH_LEVEL;
    KeEnableInterrupts();
    KeLowerIrql(interrupted);
    KeDisableInterrupts();
  }
}

extern "C" void KiUnexpectedInterruptHandler(KTRAP_FRAME* frame) {
  KiDispatchTrapException(frame, STATUS_ACCESS_VIOLATION, frame->Eip, 2, 0, ~ULONG{0});
}
