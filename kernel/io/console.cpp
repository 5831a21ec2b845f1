// Output to COM1 and the screen; input from COM1 and the keyboard through the line discipline.
#include "kernel/io/console.hpp"

#include "arch/ports.hpp"
#include "kernel/io/keyboard_map.hpp"
#include "kernel/io/line_discipline.hpp"
#include "kernel/io/serial.hpp"
#include "kernel/io/vga_text.hpp"
#include "kernel/ke/processor.hpp"
#include "kernel/ke/thread_object.hpp"
#include "kernel/ke/trap.hpp"
#include "kernel/rtl/format.hpp"
#include "kernel/rtl/memory.hpp"

namespace {

constinit bool IopConsoleRaw = false;

struct Echo {
  void echo(char c) const {
    if (IopConsoleRaw) return;
    HalWriteSerial(&c, 1);
    HalDisplayText(&c, 1);
  }
};

constinit LineDiscipline<Echo> IopLine(Echo{});
constinit KEVENT IopLineEvent = {};
constinit KeyboardMap IopKeyboardMap;

// Characters between the interrupt routines, which fill it, and the DPC, which empties it while
// somebody reads: what is typed ahead is echoed when it is read.
constexpr ULONG queue_size = 256, queue_high_water = 192, queue_low_water = 64;
constinit char IopQueue[queue_size] = {};
constinit ULONG IopQueueFirst = 0, IopQueueCount = 0;
constinit ULONG IopReaders = 0;  // threads in IoConsoleRead

bool take(char& c) {
  const KInterruptGuard guard;
  if (IopQueueCount == 0) return false;
  c = IopQueue[IopQueueFirst];
  IopQueueFirst = (IopQueueFirst + 1) % queue_size;
  if (--IopQueueCount == queue_low_water) HalAcceptSerialInput(true);
  return true;
}

/// At DISPATCH_LEVEL: up to the end of a line.
void edit_line() {
  for (char c; IopReaders != 0 && !IopLine.readable() && take(c);) {
    if (IopLine.put(c)) KeSetEvent(&IopLineEvent);
  }
}

void console_dpc(PVOID) { edit_line(); }

constinit KDPC IopConsoleDpc = {{}, console_dpc, nullptr, FALSE};

constexpr UCHAR output_buffer_full = 0x01;

void keyboard_interrupt(const KTRAP_FRAME*) {
  while ((READ_PORT_UCHAR(arch::port::keyboard_status) & output_buffer_full) != 0) {
    const char c = IopKeyboardMap.translate(READ_PORT_UCHAR(arch::port::keyboard_data));
    if (c != '\0') IoConsoleReceive(c);
  }
}

void write_both(const char* text, std::size_t length) {
  HalWriteSerial(text, length);
  HalDisplayText(text, length);
}

}  // namespace

void IoInitializeConsole() {
  HalInitializeSerial();
  HalInitializeDisplay();
}

void IoEnableConsoleInput() {
  KeInitializeEvent(&IopLineEvent, SynchronizationEvent, false);
  KeConnectInterrupt(arch::irq::keyboard, keyboard_interrupt);
  HalEnableSerialInput();
}

void IoSetConsoleRaw(bool raw) { IopConsoleRaw = raw; }

/// A line at a time at DISPATCH_LEVEL, so that writers do not mix within one.
void IoConsolePrint(const char* text, std::size_t length) {
  static constinit char previous = '\0';
  while (length != 0) {
    const KDispatchGuard guard;
    std::size_t run = 0;
    while (run < length && text[run] != '\n') ++run;
    if (run != 0) {
      write_both(text, run);
      previous = text[run - 1];
    }
    if (run < length) {
      if (previous == '\r') {
        write_both("\n", 1);
      } else {
        write_both("\r\n", 2);
      }
      previous = '\n';
      ++run;
    }
    text += run;
    length -= run;
  }
}

void DbgPrint(const char* format, ...) {
  char text[256];
  std::va_list arguments;
  va_start(arguments, format);
  const std::size_t length = RtlFormatV(text, sizeof text, format, arguments);
  va_end(arguments);
  IoConsolePrint(text, length);
}

void IoConsoleWrite(const char* text, std::size_t length) {
  if (!IopConsoleRaw) {
    IoConsolePrint(text, length);
    return;
  }
  const KDispatchGuard guard;
  for (std::size_t i = 0; i < length; ++i) {
    WRITE_PORT_UCHAR(arch::port::debug_console, static_cast<UCHAR>(text[i]));
  }
}

NTSTATUS IoConsoleRead(char* buffer, ULONG size, ULONG& count) {
  count = 0;
  const KDispatchGuard guard;
  ++IopReaders;
  NTSTATUS status = STATUS_SUCCESS;
  for (edit_line(); !IopLine.readable() && status == STATUS_SUCCESS;) {
    status = KeWaitForSingleObject(&IopLineEvent, UserMode, nullptr);
  }
  --IopReaders;
  if (status != STATUS_SUCCESS) return status;
  count = IopLine.read(buffer, size);
  if (IopLine.readable()) KeSetEvent(&IopLineEvent);  // there is more for the next reader
  return STATUS_SUCCESS;
}

void IoConsoleReceive(char c) {
  if (IopQueueCount == queue_size) return;
  IopQueue[(IopQueueFirst + IopQueueCount) % queue_size] = c;
  if (++IopQueueCount == queue_high_water) HalAcceptSerialInput(false);
  KeInsertQueueDpc(&IopConsoleDpc);
}
