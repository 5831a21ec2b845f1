// The stop screen: white on blue, with everything a person needs to start looking.
#include "kernel/ke/bugcheck.hpp"

#include "arch/ports.hpp"
#include "kernel/io/serial.hpp"
#include "kernel/io/vga_text.hpp"
#include "kernel/ke/processor.hpp"
#include "kernel/ke/thread_object.hpp"
#include "kernel/ps/process.hpp"
#include "kernel/rtl/format.hpp"

extern "C" {
constinit ULONG KiBugCheckData[5] = {};
constinit const KTRAP_FRAME* KiBugCheckFrame = nullptr;
}

namespace {

struct Name {
  BUGCHECK_CODE code;
  const char* text;
};
#define NAME(code) \
  { code, #code }
constexpr Name names[] = {
    NAME(IRQL_NOT_LESS_OR_EQUAL),
    NAME(INVALID_PROCESS_ATTACH_ATTEMPT),
    NAME(MUTEX_LEVEL_NUMBER_VIOLATION),
    NAME(PFN_LIST_CORRUPT),
    NAME(BAD_POOL_HEADER),
    NAME(BAD_POOL_CALLER),
    NAME(QUOTA_UNDERFLOW),
    NAME(KERNEL_DATA_INPAGE_ERROR),
    NAME(MEMORY_MANAGEMENT),
    NAME(KMODE_EXCEPTION_NOT_HANDLED),
    NAME(PAGE_FAULT_IN_NONPAGED_AREA),
    NAME(PROCESS1_INITIALIZATION_FAILED),
    NAME(PHASE1_INITIALIZATION_FAILED),
    NAME(INSTALL_MORE_MEMORY),
    NAME(UNEXPECTED_KERNEL_MODE_TRAP),
    NAME(NMI_HARDWARE_FAILURE),
    NAME(INACCESSIBLE_BOOT_DEVICE),
    NAME(THREAD_TERMINATE_HELD_MUTEX),
    NAME(MANUALLY_INITIATED_CRASH),
    NAME(LOADER_BLOCK_MISMATCH),
    NAME(ATTEMPTED_WRITE_TO_READONLY_MEMORY),
};
#undef NAME

const char* name_of(BUGCHECK_CODE code) {
  for (const Name& name : names) {
    if (name.code == code) return name.text;
  }
  return "UNKNOWN";
}

constinit char text[1600] = {};
constinit std::size_t length = 0;

template <class... Arguments>
void add(const char* format, Arguments... arguments) {
  length += RtlFormat(text + length, sizeof text - length, format, arguments...);
}

void write_serial_text() {
  for (const char* at = text; *at != '\0'; ++at) {
    if (*at == '\n') HalWriteSerial("\r", 1);
    HalWriteSerial(at, 1);
  }
}

}  // namespace

void KeBugCheckWithFrame(BUGCHECK_CODE code, ULONG p1, ULONG p2, ULONG p3, ULONG p4,
                         const KTRAP_FRAME* frame) {
  KeDisableInterrupts();
  static constinit bool stopped = false;
  if (stopped) KeHaltForever();
  stopped = true;
  const ULONG data[] = {code, p1, p2, p3, p4};
  for (int i = 0; i < 5; ++i) KiBugCheckData[i] = data[i];
  KiBugCheckFrame = frame;
  add("\n*** STOP: 0x%08X (0x%08X,0x%08X,0x%08X,0x%08X)\n%s\n\n", ULONG{code}, p1, p2, p3, p4,
      name_of(code));
  const KTHREAD* thread = KeGetCurrentThread();
  add("Process %s  IRQL %u  CR2 %08X  CR3 %08X\n", PsGetProcessImageFileName(thread->Process),
      ULONG{KeGetCurrentIrql()}, KeReadCr2(), KeReadCr3());
  if (frame != nullptr) {
    add("EAX %08X  EBX %08X  ECX %08X  EDX %08X\n", frame->Eax, frame->Ebx, frame->Ecx, frame->Edx);
    add("ESI %08X  EDI %08X  EBP %08X  ESP %08X\n", frame->Esi, frame->Edi, frame->Ebp,
        frame->from_user() ? frame->HardwareEsp : reinterpret_cast<ULONG>(&frame->HardwareEsp));
    add("EIP %08X  CS %04X  EFLAGS %08X  error code %08X\n", frame->Eip, frame->SegCs,
        frame->EFlags, frame->ErrCode);
  }
  write_serial_text();
  HalDisplayStopScreen(text);
  WRITE_PORT_ULONG(arch::port::bugcheck_register, code);
  KeHaltForever();
}

void KeBugCheckEx(BUGCHECK_CODE code, ULONG p1, ULONG p2, ULONG p3, ULONG p4) {
  KeBugCheckWithFrame(code, p1, p2, p3, p4, nullptr);
}
