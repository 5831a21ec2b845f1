// KiInitializeKernel: from the first instruction with paging to the first program.
#include "arch/paging_selected.hpp"
#include "arch/portable_executable.hpp"
#include "kernel/ex/boot_options.hpp"
#include "kernel/ex/shutdown.hpp"
#include "kernel/io/console.hpp"
#include "kernel/io/file_object.hpp"
#include "kernel/io/file_paging_io.hpp"
#include "kernel/io/volume.hpp"
#include "kernel/ke/bugcheck.hpp"
#include "kernel/ke/clock.hpp"
#include "kernel/ke/npx.hpp"
#include "kernel/ke/processor.hpp"
#include "kernel/ke/trap.hpp"
#include "kernel/mm/boot_paging.hpp"
#include "kernel/mm/control_area.hpp"
#include "kernel/mm/free_pages.hpp"
#include "kernel/mm/init.hpp"
#include "kernel/mm/paging_file.hpp"
#include "kernel/mm/pfn.hpp"
#include "kernel/mm/working_set.hpp"
#include "kernel/ob/directory.hpp"
#include "kernel/ps/create.hpp"
#include "kernel/rtl/format.hpp"
#include "kernel/se/token.hpp"
#include "kernel/win32/user.hpp"

namespace {

constexpr KPRIORITY phase1_priority = 16, balance_set_priority = 16, mapped_writer_priority = 17,
                    file_growth_priority = 18;
constexpr char shell[] = "SHELL.EXE";

void initialize_pcr() {
  KPCR* pcr = KeGetPcr();
  pcr->NtTib.ExceptionList = reinterpret_cast<EXCEPTION_REGISTRATION_RECORD*>(~ULONG{0});
  pcr->SelfPcr = pcr;
  pcr->Prcb = &pcr->PrcbData;
  pcr->Irql = DISPATCH_LEVEL;
}

void initialize_user_shared_data() {
  KUSER_SHARED_DATA* shared = KiUserSharedData();
  constexpr WCHAR root[] = L"C:\\";
  for (unsigned i = 0; i < sizeof root / sizeof *root; ++i) shared->NtSystemRoot[i] = root[i];
  shared->ImageNumberLow = shared->ImageNumberHigh = arch::pe::machine_i386;
  shared->NtProductType = 1;  // workstation
  shared->ProductTypeIsValid = TRUE;
  shared->NtMajorVersion = 3;
  shared->NtMinorVersion = 51;
}

void print_banner() {
  DbgPrint("Faultline kernel, %s paging, %u-byte pages, %s\n", arch::Paging::name, PAGE_SIZE,
           KeI386Is486 != 0 ? "486" : "386");
  DbgPrint("%u KB RAM, %u of %u pages free\n\n", MmNumberOfPhysicalPages * (PAGE_SIZE / 1024),
           MmAvailablePages(), MmNumberOfPhysicalPages);
}

/// The first word of a command line, as a file in the root directory.
void image_of(const char* command_line, char (&path)[IoLongestPath]) {
  unsigned length = 0;
  const bool rooted = command_line[0] == '\\' || command_line[0] == '/';
  if (!rooted) path[length++] = '\\';
  while (*command_line != '\0' && *command_line != ' ' && length + 1 < IoLongestPath) {
    path[length++] = *command_line++;
  }
  path[length] = '\0';
}

/// A handle to read from the console or to write to it; it lives in the system process and the new
/// process gets it from there.
HANDLE open_console(ACCESS_MASK access) {
  IoPath path = {};
  path.device = IoDevice::Console;
  FILE_OBJECT* file = nullptr;
  ULONG information;
  const IoOpenRequest request = {access, FILE_SHARE_READ | FILE_SHARE_WRITE, FILE_OPEN, 0};
  HANDLE handle = nullptr;
  if (NT_SUCCESS(IoOpenFile(path, request, file, information))) {
    ObInsertHandle(PsInitialSystemProcess->ObjectTable, file, request.access, 0, handle);
    ObDereferenceObject(file);
  }
  return handle;
}

NTSTATUS start_program(const char* command_line, PsNewProcess& created) {
  char path[IoLongestPath], image[IoLongestPath];
  image_of(command_line, path);
  RtlFormat(image, sizeof image, "C:%s", path);
  PsParameterBlock block;
  NTSTATUS status = PspMakeParameters(image, command_line, block);
  if (!NT_SUCCESS(status)) return status;
  block.parameters->StandardInput = open_console(FILE_GENERIC_READ);
  block.parameters->StandardOutput = open_console(FILE_GENERIC_WRITE);
  block.parameters->StandardError = open_console(FILE_GENERIC_WRITE);
  status = PsCreateUserProcess(PsInitialSystemProcess, IoSystemPath(path), block, false, created);
  PspFreeParameters(block);
  if (NT_SUCCESS(status)) KeResumeThread(&created.thread->Tcb);
  return status;
}

/// The rest, as a thread that may wait: devices, the first program, its end.
void Phase1Initialization(PVOID) {
  KiInitializeClock();
  IoEnableConsoleInput();
  IoInitializePagingIo();
  IoMountVolumes();
  if (!NT_SUCCESS(PsCreateSystemThread(MmZeroPageThread, nullptr, LOW_PRIORITY)) ||
      !NT_SUCCESS(PsCreateSystemThread(KeBalanceSetManager, nullptr, balance_set_priority)) ||
      !NT_SUCCESS(PsCreateSystemThread(MiMappedPageWriter, nullptr, mapped_writer_priority)) ||
      !NT_SUCCESS(PsCreateSystemThread(MiPagingFileGrowth, nullptr, file_growth_priority))) {
    KeBugCheckEx(PHASE1_INITIALIZATION_FAILED, 0, 0, 0, 0);
  }
  // Without room for a paging file the system does with memory.
  MmCreateBootPagingFiles(KeLoaderBlock.load_options);
  const char* command_line = ExFindBootOption(KeLoaderBlock.load_options, "RUN=");
  const bool run = command_line != nullptr;
  IoSetConsoleRaw(run);
  PsNewProcess first;
  const NTSTATUS status = start_program(run ? command_line : shell, first);
  if (!NT_SUCCESS(status)) {
    if (!run) KeBugCheckEx(PROCESS1_INITIALIZATION_FAILED, static_cast<ULONG>(status), 0, 0, 0);
    DbgPrint("%s: can't be run, status %08X\n", command_line, status);
    ExShutdown(static_cast<ULONG>(status));
  }
  KeWaitForSingleObject(first.process, KernelMode, nullptr);
  ExShutdown(static_cast<ULONG>(first.process->ExitStatus));
}

[[noreturn]] void idle_loop() {
  for (;;) KeEnableInterruptsAndHalt();
}

}  // namespace

/// Interrupts off, on the idle thread's stack.
extern "C" [[noreturn]] void KiInitializeKernel() {
  initialize_pcr();
  KiInitializeDescriptorTables();
  KiInitializeInterruptControllers();
  KiInitializeNpx();
  IoInitializeConsole();
  PsInitializeFirstThread();
  MmInitSystem();
  initialize_user_shared_data();
  print_banner();
  SeInitSystem();
  ObInitSystem();
  PsInitSystem();
  UserInitialize();
  if (!NT_SUCCESS(PsCreateSystemThread(Phase1Initialization, nullptr, phase1_priority))) {
    KeBugCheckEx(PHASE1_INITIALIZATION_FAILED, 1, 0, 0, 0);
  }
  KeEnableInterrupts();
  KeLowerIrql(PASSIVE_LEVEL);
  idle_loop();
}
