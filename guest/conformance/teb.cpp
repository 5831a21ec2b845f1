// The blocks that programs reach by FS and by fixed addresses: TEB, PEB, KUSER_SHARED_DATA, with
// NT's offsets as literals.
#include "guest/conformance/ktap.hpp"

namespace {

template <DWORD offset>
DWORD fs() {
  DWORD value;
  asm volatile("movl %%fs:%c1, %0" : "=r"(value) : "i"(offset));
  return value;
}

DWORD at(DWORD address) { return *reinterpret_cast<const volatile DWORD*>(address); }
BYTE byte_at(DWORD address) { return *reinterpret_cast<const volatile BYTE*>(address); }
WORD word_at(DWORD address) { return *reinterpret_cast<const volatile WORD*>(address); }
template <class T>
DWORD number(T* pointer) {
  return reinterpret_cast<DWORD>(pointer);
}
DWORD peb() { return fs<0x30>(); }

void self(ktap::Test& t) {
  const DWORD teb = fs<0x18>();
  t.equal("TEB.Self", at(teb + 0x18), teb);
  t.equal("the TEB begins at FS:0", at(teb + 0x30), fs<0x30>());
  t.equal("the TEB lies on a page", teb % 4096, 0);
}

void stack(ktap::Test& t) {
  const DWORD here = number(&t);
  t.expect("TEB.StackBase is above", fs<0x04>() > here);
  t.expect("TEB.StackLimit is below", fs<0x08>() <= here);
  t.equal("TEB.StackBase is a whole page", fs<0x04>() % 4096, 0);
  t.expect("TEB.DeallocationStack is below StackLimit", fs<0xE0C>() < fs<0x08>());
  MEMORY_BASIC_INFORMATION information = {};
  t.equal("VirtualQuery", VirtualQuery(&information, &information, sizeof information), 28);
  t.equal("the stack's AllocationBase is DeallocationStack", number(information.AllocationBase),
          fs<0xE0C>());
}

void identity(ktap::Test& t) {
  t.equal("TEB.ClientId.UniqueProcess", fs<0x20>(), GetCurrentProcessId());
  t.equal("TEB.ClientId.UniqueThread", fs<0x24>(), GetCurrentThreadId());
}

void last_error(ktap::Test& t) {
  SetLastError(0x12345);
  const DWORD value = fs<0x34>();
  t.equal("TEB.LastErrorValue", value, 0x12345);
}

void thread_local_slots(ktap::Test& t) {
  const DWORD slot = TlsAlloc();
  t.expect("TlsAlloc gives one of 64", slot < 64);
  t.succeeds("TlsSetValue", TlsSetValue(slot, reinterpret_cast<void*>(0xABCD)));
  t.equal("TEB.TlsSlots", at(fs<0x18>() + 0xE10 + 4 * slot), 0xABCD);
  // TlsBitmap: {count of bits, pointer to them}
  const DWORD bitmap = at(peb() + 0x40);
  t.equal("the size of PEB.TlsBitmap", at(bitmap), 64);
  const DWORD bits = at(bitmap + 4);
  t.expect("the slot's bit is set", (at(bits + slot / 32 * 4) >> slot % 32 & 1) != 0);
  t.succeeds("TlsFree", TlsFree(slot));
  t.expect("the slot's bit is clear", (at(bits + slot / 32 * 4) >> slot % 32 & 1) == 0);
}

void process(ktap::Test& t) {
  t.equal("PEB.BeingDebugged", byte_at(peb() + 0x02), 0);
  t.equal("PEB.ImageBaseAddress", at(peb() + 0x08), number(GetModuleHandleA(nullptr)));
  t.equal("PEB.ProcessHeap", at(peb() + 0x18), number(GetProcessHeap()));
  t.equal("PEB.NtGlobalFlag", at(peb() + 0x68), 0);
  SYSTEM_INFO system;
  GetSystemInfo(&system);
  t.equal("PEB.NumberOfProcessors", at(peb() + 0x64), system.dwNumberOfProcessors);
}

void heaps(ktap::Test& t) {
  t.equal("PEB.HeapSegmentReserve", at(peb() + 0x78), 0x100000);
  if (!t.expect("PEB.NumberOfHeaps is at least 1", at(peb() + 0x88) >= 1)) return;
  t.equal("the first of PEB.ProcessHeaps", at(at(peb() + 0x90)), number(GetProcessHeap()));
}

/// The loader's list of modules in load order: the program, ntdll, kernel32.
void modules(ktap::Test& t) {
  const DWORD loader = at(peb() + 0x0C);
  t.expect("PEB.Ldr.Initialized", byte_at(loader + 0x04) != 0);
  const DWORD list = loader + 0x0C;
  const DWORD first = at(list);
  t.equal("the first module's DllBase", at(first + 0x18), number(GetModuleHandleA(nullptr)));
  const auto* headers =
      reinterpret_cast<const IMAGE_NT_HEADERS*>(at(first + 0x18) + at(at(first + 0x18) + 0x3C));
  t.equal("its EntryPoint", at(first + 0x1C),
          at(first + 0x18) + headers->OptionalHeader.AddressOfEntryPoint);
  t.equal("its SizeOfImage", at(first + 0x20), headers->OptionalHeader.SizeOfImage);
  t.equal("the second module's DllBase", at(at(first) + 0x18),
          number(GetModuleHandleA("ntdll.dll")));
  bool found = false;
  for (DWORD link = first; link != list; link = at(link)) {
    found = found || at(link + 0x18) == number(GetModuleHandleA("kernel32.dll"));
  }
  t.expect("kernel32 is among them", found);
}

/// RTL_USER_PROCESS_PARAMETERS. ImagePathName and CommandLine are counted strings of 16 bits.
void parameters(ktap::Test& t) {
  const DWORD block = at(peb() + 0x10);
  t.equal("StandardOutput", at(block + 0x1C), number(GetStdHandle(STD_OUTPUT_HANDLE)));
  t.equal("StandardInput", at(block + 0x18), number(GetStdHandle(STD_INPUT_HANDLE)));
  t.equal("StandardError", at(block + 0x20), number(GetStdHandle(STD_ERROR_HANDLE)));
  t.equal("the length of CommandLine", word_at(block + 0x40), 2 * lstrlenA(GetCommandLineA()));
  const DWORD text = at(block + 0x44);
  t.equal("its first character", word_at(text), static_cast<WORD>(GetCommandLineA()[0]));
}

void locks(ktap::Test& t) {
  const DWORD lock = at(peb() + 0x1C);
  t.expect("PEB.FastPebLock can be entered",
           TryEnterCriticalSection(reinterpret_cast<CRITICAL_SECTION*>(lock)) != 0);
  t.equal("its owner", at(lock + 0x0C), GetCurrentThreadId());
  LeaveCriticalSection(reinterpret_cast<CRITICAL_SECTION*>(lock));
  const DWORD loader_lock = at(peb() + 0xA0);
  t.expect("PEB.LoaderLock can be entered",
           TryEnterCriticalSection(reinterpret_cast<CRITICAL_SECTION*>(loader_lock)) != 0);
  LeaveCriticalSection(reinterpret_cast<CRITICAL_SECTION*>(loader_lock));
}

void version(ktap::Test& t) {
  const DWORD packed = GetVersion();
  t.equal("PEB.OSMajorVersion", at(peb() + 0xA4), packed & 0xFF);
  t.equal("PEB.OSMinorVersion", at(peb() + 0xA8), packed >> 8 & 0xFF);
  t.equal("NtMajorVersion of KUSER_SHARED_DATA", at(0x7FFE026C), packed & 0xFF);
  t.equal("NtMinorVersion of KUSER_SHARED_DATA", at(0x7FFE0270), packed >> 8 & 0xFF);
  t.equal("bit 31 of GetVersion", packed >> 31, 0);
}

void shared_data(ktap::Test& t) {
  t.equal("ImageNumberLow", word_at(0x7FFE002C), 0x014C);
  t.equal("ImageNumberHigh", word_at(0x7FFE002E), 0x014C);
  t.expect("NtSystemRoot begins with a drive", word_at(0x7FFE0032) == ':');
  const DWORD before = at(0x7FFE0008);
  Sleep(100);
  t.expect("InterruptTime goes on", at(0x7FFE0008) != before);
  MEMORY_BASIC_INFORMATION information = {};
  t.equal("VirtualQuery",
          VirtualQuery(reinterpret_cast<void*>(0x7FFE0000), &information, sizeof information), 28);
  t.equal("its protection", information.Protect, PAGE_READONLY);
}

DWORD WINAPI look_at_own_block(void* result) {
  auto* words = static_cast<DWORD*>(result);
  words[0] = fs<0x18>();
  words[1] = fs<0x24>();
  words[2] = fs<0x30>();
  return 0;
}

void other_thread(ktap::Test& t) {
  DWORD words[3] = {}, id = 0;
  const HANDLE thread = CreateThread(nullptr, 0, look_at_own_block, words, 0, &id);
  t.succeeds("CreateThread", thread);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
  t.expect("another thread has another TEB", words[0] != fs<0x18>());
  t.equal("its UniqueThread", words[1], id);
  t.equal("its PEB", words[2], peb());
}

constexpr ktap::Case cases[] = {
    {"TEB.Self", self},
    {"the stack's limits", stack},
    {"process and thread identifiers", identity},
    {"LastErrorValue", last_error},
    {"TlsSlots and TlsBitmap", thread_local_slots},
    {"what the PEB says of the process", process},
    {"what the PEB says of heaps", heaps},
    {"PEB.Ldr lists the modules", modules},
    {"ProcessParameters", parameters},
    {"FastPebLock and LoaderLock", locks},
    {"the system's version", version},
    {"KUSER_SHARED_DATA", shared_data},
    {"every thread has a TEB", other_thread},
};

}  // namespace

extern "C" int main(int, char**) { return ktap::run(cases); }
