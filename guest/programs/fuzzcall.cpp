// Random system calls with random arguments: fuzzcall [CALLS [SEED]]. Children make them until they
// have harmed themselves; the kernel must outlive every one. A child that waits for ever is ended.
// The same numbers give the same calls.
#include <windows.h>

#include "guest/crt/print.hpp"
#include "guest/programs/native_section.hpp"
#include "guest/programs/service_calls.hpp"

namespace {

constexpr DWORD default_calls = 20000, calls_a_child = 5000, patience = 400;  // milliseconds
constexpr DWORD process_cloned = 0x129;

/// What a child tells its parent, in a section that both map.
struct Progress {
  DWORD calls, successes;
};

class Random {
 public:
  explicit Random(DWORD seed) : state_(seed * 2654435761u | 1) {}
  DWORD next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    state_ ^= state_ << 5;
    return state_;
  }
  DWORD below(DWORD limit) { return (next() >> 8) % limit; }

 private:
  DWORD state_;
};

/// Arguments that look like what services take, and what leads them astray.
class Caller {
 public:
  Caller(DWORD seed, DWORD parent) : random_(seed), parent_(parent) {
    SYSTEM_INFO system;
    GetSystemInfo(&system);
    page_ = system.dwPageSize;
    DWORD old;
    buffer_ = static_cast<char*>(
        VirtualAlloc(nullptr, 3 * page_, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
    VirtualProtect(buffer_ + 2 * page_, page_, PAGE_NOACCESS, &old);
    arena_ = static_cast<char*>(VirtualAlloc(nullptr, arena_size, MEM_RESERVE, PAGE_READWRITE));
    event_ = CreateEventA(nullptr, TRUE, TRUE, nullptr);
  }

  /// EAX behind INT 2Eh.
  DWORD call() {
    fill_buffer();
    DWORD status = random_.below(service_count() + 2);
    if (stops_the_caller(status) && random_.below(32) != 0) status = random_.below(service_count());
    if (random_.below(64) == 0) status = random_.next();
    if (status == shutdown_service()) status = 0;  // would end the machine
    arch::u32 words[12];
    if (random_.below(2) == 0) {  // good arguments, of which one or two are replaced
      service_arguments(status, random_.below(2), event_, words);
      for (DWORD i = random_.below(3); i != 0; --i) words[random_.below(6)] = argument();
    } else {
      for (auto& word : words) word = argument();
    }
    const void* at = random_.below(64) == 0 ? reinterpret_cast<void*>(argument()) : words;
    asm volatile("int $0x2E" : "+a"(status) : "d"(at) : "memory", "cc", "ecx");
    return status;
  }

 private:
  static constexpr DWORD arena_size = 1 << 20;

  DWORD address(const void* pointer) { return reinterpret_cast<DWORD>(pointer); }

  /// OBJECT_ATTRIBUTES at 0, a name at 32, its text behind; the rest small and large numbers.
  void fill_buffer() {
    static const WCHAR* const names[] = {L"\\??\\C:\\FUZZ.TMP",       L"\\??\\C:\\",
                                         L"\\??\\C:\\README.TXT",     L"\\BaseNamedObjects\\Fuzz",
                                         L"\\BaseNamedObjects",       L"\\",
                                         L"\\??\\C:\\NO\\SUCH\\FILE", L"fuzz"};
    auto* words = reinterpret_cast<DWORD*>(buffer_);
    for (DWORD i = 0; i < 96; ++i) {
      words[i] = random_.below(3) == 0 ? random_.next() >> random_.below(32) : random_.below(32);
      if (words[i] == parent_) words[i] = 0;  // NtOpenProcess of the one who counts
    }
    const WCHAR* name = names[random_.below(8)];
    auto* text = reinterpret_cast<WCHAR*>(buffer_ + 512);
    DWORD length = 0;
    for (; name[length] != 0; ++length) text[length] = name[length];
    if (random_.below(8) != 0) {
      words[0] = 24;
      words[1] = 0;
      words[2] = address(buffer_) + 32;
      words[3] = random_.below(4) == 0 ? random_.next() : 0x40;
      words[4] = words[5] = 0;
    }
    if (random_.below(8) != 0) {
      words[8] = 2 * length | 2 * length << 16;
      words[9] = address(text);
    }
  }

  DWORD argument() {
    static constexpr DWORD flags[] = {MEM_COMMIT,     MEM_RESERVE,    MEM_COMMIT | MEM_RESERVE,
                                      MEM_RELEASE,    MEM_DECOMMIT,   PAGE_NOACCESS,
                                      PAGE_READWRITE, PAGE_WRITECOPY, PAGE_GUARD | PAGE_READWRITE,
                                      0x08000000,     0x04000000,     0x01000000,
                                      0x02000000,     0x001F0FFF};
    static constexpr DWORD edges[] = {0x0000FFFF, 0x00010000, 0x7FFDE000, 0x7FFE0000,
                                      0x7FFEFFFC, 0x7FFF0000, 0x80000000, 0x80100000,
                                      0xC0000000, 0xC0300000, 0xF0000000, 0xFFDFF000};
    switch (random_.below(16)) {
      case 0:
      case 1:
        return 0;
      case 2:
        return random_.below(16);
      case 3:
      case 4:
        return ~random_.below(2);  // the process or the thread itself
      case 5:
        return 4 * random_.below(48);  // a handle, perhaps
      case 6:
        return DWORD{1} << random_.below(32);
      case 7:
        return address(buffer_);
      case 8:
        return address(buffer_) + 32;
      case 9:
        return address(buffer_) + 4 * random_.below(256);
      case 10:
        return address(buffer_) + 2 * page_ - random_.below(64);
      case 11:
        return flags[random_.below(sizeof flags / sizeof *flags)];
      case 12:
        return edges[random_.below(sizeof edges / sizeof *edges)] + random_.below(8);
      case 13:
        return address(arena_) + random_.below(arena_size);
      case 14:
        return page_ << random_.below(12);
      default:
        return random_.next();
    }
  }

  Random random_;
  DWORD parent_, page_ = 0;
  char *buffer_ = nullptr, *arena_ = nullptr;
  HANDLE event_ = nullptr;
};

[[noreturn]] void child(DWORD seed, DWORD calls, DWORD parent, HANDLE handle) {
  SetErrorMode(SEM_NOGPFAULTERRORBOX);
  native::Section section(handle);
  const native::View view(section, PAGE_READWRITE);
  section.close();
  for (DWORD i = 0; i < 3; ++i) CloseHandle(GetStdHandle(STD_INPUT_HANDLE - i));
  auto* progress = static_cast<volatile Progress*>(view.address());
  Caller caller(seed, parent);
  for (DWORD i = 0; i < calls; ++i) {
    const DWORD status = caller.call();
    if (status == process_cloned) TerminateProcess(GetCurrentProcess(), 0);
    progress->calls = progress->calls + 1;
    if (static_cast<LONG>(status) >= 0) progress->successes = progress->successes + 1;
  }
  TerminateProcess(GetCurrentProcess(), 0);
  for (;;) Sleep(INFINITE);
}

/// One child to its end. True when it had to be ended.
bool run_child(DWORD seed, DWORD calls, HANDLE section, volatile Progress& progress) {
  char line[80] = "fuzzcall.exe child ";
  char* at = line + 19;
  const DWORD words[] = {seed, calls, GetCurrentProcessId(), reinterpret_cast<DWORD>(section)};
  for (const DWORD word : words) {
    at = crt::format_unsigned(at, word, 10, 1);
    *at++ = ' ';
  }
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION process;
  if (!CreateProcessA(nullptr, line, nullptr, nullptr, TRUE, 0, nullptr, nullptr, &startup,
                      &process)) {
    crt::print("fuzzcall: no child: error ", GetLastError(), "\n");
    ExitProcess(1);
  }
  CloseHandle(process.hThread);
  bool forced = false;
  for (DWORD before = ~DWORD{0}; WaitForSingleObject(process.hProcess, patience) == WAIT_TIMEOUT;) {
    if (progress.calls == before) {
      forced = TerminateProcess(process.hProcess, 1) != 0;
      WaitForSingleObject(process.hProcess, INFINITE);
      break;
    }
    before = progress.calls;
  }
  CloseHandle(process.hProcess);
  return forced;
}

}  // namespace

extern "C" int main(int argc, char** argv) {
  DWORD numbers[4] = {default_calls, 1, 0, 0};
  const bool is_child = argc == 6;
  for (int i = is_child ? 2 : 1; i < argc; ++i) {
    numbers[i - (is_child ? 2 : 1)] = crt::parse_number(argv[i]).value;
  }
  if (is_child) {
    child(numbers[0], numbers[1], numbers[2], reinterpret_cast<HANDLE>(numbers[3]));
  }
  const native::Section section(0x1000, PAGE_READWRITE, native::SEC_COMMIT_, true);
  const native::View view(section, PAGE_READWRITE);
  auto& progress = *static_cast<volatile Progress*>(view.address());
  DWORD children = 0, forced = 0;
  while (progress.calls < numbers[0]) {
    const DWORD left = numbers[0] - progress.calls;
    const DWORD seed = numbers[1] * 1000003 + children++;
    forced +=
        run_child(seed, left < calls_a_child ? left : calls_a_child, section.handle, progress);
  }
  crt::print("\nfuzzcall: ", progress.calls, " calls, ", progress.successes, " succeeded, ",
             children, " processes, ", forced, " ended by force\n");
  return 0;
}
