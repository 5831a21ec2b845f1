// Ending: the exit register of the board, and a word to the console.
#include "kernel/ex/shutdown.hpp"

#include "arch/ports.hpp"
#include "kernel/io/console.hpp"
#include "kernel/ke/processor.hpp"
#include "kernel/mm/control_area.hpp"
#include "kernel/mm/user_copy.hpp"
#include "kernel/system_services.hpp"

void ExShutdown(ULONG exit_code) {
  MmFlushAllFiles();
  KeDisableInterrupts();
  WRITE_PORT_ULONG(arch::port::exit_register, exit_code);
  KeHaltForever();  // a board without the register stands still here
}

NTSTATUS NTAPI NtShutdownSystem(SHUTDOWN_ACTION action) {
  if (action < ShutdownNoReboot || action > ShutdownPowerOff) return STATUS_INVALID_PARAMETER;
  ExShutdown(0);
}

NTSTATUS NTAPI NtDisplayString(PUNICODE_STRING user) {
  CapturedString<256> text;
  const NTSTATUS status = text.capture(user);
  if (!NT_SUCCESS(status)) return status;
  for (ULONG i = 0; i < text.string.Length / sizeof(WCHAR); ++i) {
    const char c = text.text[i] < 0x100 ? static_cast<char>(text.text[i]) : '?';
    IoConsoleWrite(&c, 1);
  }
  return STATUS_SUCCESS;
}
