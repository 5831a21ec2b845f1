// Where the kernel enters user mode: the first thread of a process loads and initializes its DLLs,
// every other thread is announced to them. Then the thread's own context takes over.
#include "guest/ntdll/guarded_call.hpp"
#include "guest/ntdll/loader.hpp"

namespace ldr {

namespace {

struct Bitmap {  // RTL_BITMAP
  ULONG size;
  PULONG buffer;
};
Bitmap tls_bitmap;

/// Writes to the standard error handle, past kernel32, which may not be there yet.
void complain(const char* text, ULONG length) {
  IO_STATUS_BLOCK io;
  NtWriteFile(NtCurrentPeb()->ProcessParameters->StandardError, nullptr, nullptr, nullptr, &io,
              const_cast<char*>(text), length, nullptr, nullptr);
}

/// A line put together from texts; what does not fit is left out.
class Message {
 public:
  Message& operator<<(const char* text) {
    while (*text != '\0' && length_ < sizeof text_) text_[length_++] = *text++;
    return *this;
  }
  Message& operator<<(const UNICODE_STRING& text) {
    for (ULONG i = 0; i < text.Length / sizeof(WCHAR) && length_ < sizeof text_; ++i) {
      text_[length_++] = static_cast<char>(text.Buffer[i]);
    }
    return *this;
  }
  Message& decimal(ULONG value) {
    char digits[11];
    char* digit = digits + sizeof digits - 1;
    *digit = '\0';
    do {
      *--digit = static_cast<char>('0' + value % 10);
      value /= 10;
    } while (value != 0);
    return *this << digit;
  }
  Message& status(NTSTATUS value) {
    char digits[9] = {};
    for (int i = 0; i < 8; ++i) {
      digits[i] = "0123456789ABCDEF"[static_cast<ULONG>(value) >> (28 - 4 * i) & 15];
    }
    return *this << digits;
  }
  void send() { complain(text_, length_); }

 private:
  ULONG length_ = 0;
  char text_[240];
};

[[noreturn]] void fail(NTSTATUS status) {
  Message message;
  if (status == STATUS_DLL_INIT_FAILED) {
    message << last_failure.importer << ": its initialization failed";
  } else if (last_failure.dll == nullptr) {
    if (const Module* program = next_loaded(nullptr)) message << program->BaseDllName << ": ";
    (message << "cannot start: status ").status(status);
  } else {
    message << last_failure.importer << ": ";
    if (last_failure.symbol == nullptr) {
      message << "cannot find " << last_failure.dll;
    } else if (*last_failure.symbol != '\0') {
      message << last_failure.dll << " does not export " << last_failure.symbol;
    } else {
      (message << last_failure.dll << " does not export ordinal ").decimal(last_failure.ordinal);
    }
  }
  (message << "\n").send();
  for (;;) NtTerminateProcess(NtCurrentProcess(), status);
}

/// The kernel names the program \??\C:\NAME or C:\NAME; the lists have the latter.
UNICODE_STRING program_path() {
  UNICODE_STRING path = NtCurrentPeb()->ProcessParameters->ImagePathName;
  constexpr USHORT prefix = 4 * sizeof(WCHAR);
  if (path.Length > prefix && memcmp(path.Buffer, L"\\??\\", prefix) == 0) {
    path = {static_cast<USHORT>(path.Length - prefix),
            static_cast<USHORT>(path.MaximumLength - prefix), path.Buffer + 4};
  }
  auto* copy = static_cast<PWSTR>(allocate(path.Length + sizeof(WCHAR)));
  if (copy == nullptr) fail(STATUS_NO_MEMORY);
  memcpy(copy, path.Buffer, path.Length);
  return {path.Length, static_cast<USHORT>(path.Length + sizeof(WCHAR)), copy};
}

Module* add_first_module(PVOID base, UNICODE_STRING path, ULONG flags) {
  Module* module = add_module(base, path, flags);
  if (module == nullptr) fail(STATUS_NO_MEMORY);
  module->LoadCount = load_count_pinned;
  return module;
}

void initialize_peb(PPEB peb) {
  const auto& optional = ImageView::loaded(peb->ImageBaseAddress).headers()->optional;
  peb->FastPebLock = &RtlpPebLock;
  peb->LoaderLock = &loader_lock;
  tls_bitmap = {64, peb->TlsBitmapBits};
  peb->TlsBitmap = &tls_bitmap;
  peb->ProcessHeap = RtlCreateHeap(HEAP_GROWABLE, nullptr, optional.size_of_heap_reserve,
                                   optional.size_of_heap_commit, nullptr, nullptr);
  if (peb->ProcessHeap == nullptr) fail(STATUS_NO_MEMORY);
}

void initialize_process(PVOID system_dll) {
  PPEB peb = NtCurrentPeb();
  peb->Ldr = &module_lists();
  initialize_peb(peb);
  Module* program = add_first_module(peb->ImageBaseAddress, program_path(), static_link);
  UNICODE_STRING system_path;
  if (!RtlCreateUnicodeStringFromAsciiz(&system_path, "C:\\ntdll.dll")) fail(STATUS_NO_MEMORY);
  append_to_initialization_order(
      add_first_module(system_dll, system_path, static_link | image_dll));

  NTSTATUS status = is_tls_valid(program->DllBase) ? STATUS_SUCCESS : STATUS_INVALID_IMAGE_FORMAT;
  if (NT_SUCCESS(status)) status = resolve_imports(program);  // the kernel has put it in its place
  if (NT_SUCCESS(status)) status = number_tls_modules();
  if (NT_SUCCESS(status)) {
    Module* module = nullptr;
    while ((module = next_loaded(module)) != nullptr) module->LoadCount = load_count_pinned;
    peb->Ldr->Initialized = TRUE;
    status = attach_new_modules(true);
  }
  if (!NT_SUCCESS(status)) fail(status);
  call_tls_callbacks(program, DLL_PROCESS_ATTACH);
}

bool is_program(const Module* module) {
  return module->DllBase == NtCurrentPeb()->ImageBaseAddress;
}

bool knows_of_process(const Module* module) {
  return is_program(module) || (module->Flags & process_attach_called) != 0;
}

/// The program's own entry point is no DllMain.
BOOLEAN call_entry(const Module* module, ULONG reason, PVOID reserved) {
  if (is_program(module) || module->EntryPoint == nullptr) return TRUE;
  return reinterpret_cast<DllMain>(module->EntryPoint)(module->DllBase, reason, reserved);
}

/// Tells every DLL but the ones that asked not to be told: at the end of a thread the last
/// initialized first.
void call_for_thread(ULONG reason) {
  const bool attach = reason == DLL_THREAD_ATTACH;
  Module* module = nullptr;
  while ((module = attach ? next_initialized(module) : previous_initialized(module)) != nullptr) {
    if ((module->Flags & dont_call_for_threads) != 0 || !knows_of_process(module)) continue;
    if (attach) call_tls_callbacks(module, reason);
    call_entry(module, reason, nullptr);
    if (!attach) call_tls_callbacks(module, reason);
  }
}

}  // namespace

static NTSTATUS attach_at_start(Module* module) {
  call_tls_callbacks(module, DLL_PROCESS_ATTACH);
  const bool accepts = call_entry(module, DLL_PROCESS_ATTACH, module) != FALSE;  // not null
  return accepts ? STATUS_SUCCESS : STATUS_DLL_INIT_FAILED;
}

static ULONG NTAPI attach_later(PVOID argument) {
  auto* module = static_cast<Module*>(argument);
  call_tls_callbacks(module, DLL_PROCESS_ATTACH);
  const bool accepts = call_entry(module, DLL_PROCESS_ATTACH, nullptr) != FALSE;
  return static_cast<ULONG>(accepts ? STATUS_SUCCESS : STATUS_DLL_INIT_FAILED);
}

/// Calls DllMain of every DLL not yet told of the process, those it needs first. One that refuses
/// is told that it leaves. An exception ends a process that begins; later it is LoadLibrary's
/// error.
NTSTATUS attach_new_modules(bool process_start) {
  constexpr ULONG faulted = static_cast<ULONG>(STATUS_UNSUCCESSFUL);
  Module* module = nullptr;
  while ((module = next_initialized(module)) != nullptr) {
    if (knows_of_process(module)) continue;
    module->Flags |= process_attach_called;
    NTSTATUS status = process_start
                          ? attach_at_start(module)
                          : static_cast<NTSTATUS>(RtlpGuardedCall(attach_later, module, faulted));
    if (status == STATUS_UNSUCCESSFUL) status = NtCurrentTeb()->ExceptionCode;
    if (NT_SUCCESS(status)) continue;
    if (last_failure.dll == nullptr) last_failure = {module->BaseDllName, nullptr, nullptr, 0};
    detach_module(module, process_start ? module : nullptr);
    return status;
  }
  return STATUS_SUCCESS;
}

/// `reserved` is null when the module leaves a process that goes on.
void detach_module(Module* module, PVOID reserved) {
  if (!knows_of_process(module)) return;
  module->Flags &= ~process_attach_called;
  call_entry(module, DLL_PROCESS_DETACH, reserved);
  call_tls_callbacks(module, DLL_PROCESS_DETACH);
}

}  // namespace ldr

extern "C" {

void NTAPI LdrInitializeThunk(PCONTEXT Context, PVOID SystemDllBase, PVOID) {
  {
    ldr::LoaderGuard guard;
    if (NtCurrentPeb()->Ldr == nullptr) {
      ldr::initialize_process(SystemDllBase);
    } else {
      const NTSTATUS status = ldr::allocate_thread_tls();
      if (!NT_SUCCESS(status)) NtTerminateThread(NtCurrentThread(), status);
      ldr::call_for_thread(DLL_THREAD_ATTACH);
    }
  }
  const NTSTATUS status = NtContinue(Context, TRUE);
  NtTerminateProcess(NtCurrentProcess(), status);
}

void NTAPI LdrShutdownThread() {
  ldr::LoaderGuard guard;
  ldr::call_for_thread(DLL_THREAD_DETACH);
  ldr::free_thread_tls();
}

/// Tells the DLLs, the last initialized first, that the process ends.
void NTAPI LdrShutdownProcess() {
  ldr::LoaderGuard guard;
  ldr::Module* module = nullptr;
  while ((module = ldr::previous_initialized(module)) != nullptr) {
    ldr::detach_module(module, module);
  }
}

}  // extern "C"
