// Kills a process inside every system service, or, with 0 or 1, in those of even or odd numbers. A
// child calls one service over and over; another process, or a thread of its own, ends it at a
// moment that varies. Every child ends with the code it was killed with, and the commitment is what
// it was.
#include <windows.h>

#include "guest/programs/claims.hpp"
#include "guest/programs/service_calls.hpp"

namespace {

constexpr DWORD killed_by_another = 0x4B494C4C, killed_by_itself = 0x53454C46;
constexpr unsigned rounds = 3;

DWORD WINAPI end_the_process(void* delay) {
  Sleep(reinterpret_cast<DWORD>(delay));
  TerminateProcess(GetCurrentProcess(), killed_by_itself);
  return 0;
}

/// Steps over INT 2Eh, for services that raise in the caller.
EXCEPTION_DISPOSITION __cdecl go_on(EXCEPTION_RECORD* record, void*, CONTEXT*, void*) {
  return (record->ExceptionFlags & EXCEPTION_UNWINDING) != 0 ? ExceptionContinueSearch
                                                             : ExceptionContinueExecution;
}

/// Never ends by itself.
[[noreturn]] void child(DWORD service, unsigned variant, bool kills_itself, HANDLE ready) {
  crt::SehFrame frame(go_on);
  SetEvent(ready);
  CloseHandle(ready);
  const HANDLE event = CreateEventA(nullptr, TRUE, FALSE, nullptr);
  if (kills_itself) {
    CreateThread(nullptr, 0, end_the_process, reinterpret_cast<void*>(10 * variant), 0, nullptr);
  }
  for (DWORD turn = variant;; ++turn) {
    call_service(service, variant, event);
    for (volatile DWORD wait = turn * 37 % 211; wait != 0;) wait = wait - 1;  // another moment
  }
}

/// `ready` is inherited, and set when the child begins to call.
HANDLE start_child(DWORD service, unsigned variant, bool kills_itself, HANDLE ready) {
  char line[] = "killsvc.exe child 00 0 0 00000";
  line[18] = static_cast<char>('0' + service / 10);
  line[19] = static_cast<char>('0' + service % 10);
  line[21] = static_cast<char>('0' + variant);
  line[23] = kills_itself ? '1' : '0';
  crt::format_unsigned(line + 25, reinterpret_cast<DWORD>(ready), 10, 5);
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION process;
  if (!CreateProcessA(nullptr, line, nullptr, nullptr, TRUE, 0, nullptr, nullptr, &startup,
                      &process)) {
    return nullptr;
  }
  CloseHandle(process.hThread);
  return process.hProcess;
}

/// True when it ended as it was told to.
bool kill_one(DWORD service, unsigned variant, bool kills_itself) {
  SECURITY_ATTRIBUTES inherited = {sizeof inherited, nullptr, TRUE};
  const HANDLE ready = CreateEventA(&inherited, TRUE, FALSE, nullptr);
  const HANDLE process = start_child(service, variant, kills_itself, ready);
  if (process == nullptr) return false;
  const bool began = WaitForSingleObject(ready, 10000) == WAIT_OBJECT_0;
  CloseHandle(ready);
  if (!kills_itself) {
    Sleep(10 * variant);
    TerminateProcess(process, killed_by_another);
  }
  const bool ended = WaitForSingleObject(process, 10000) == WAIT_OBJECT_0;
  DWORD code = 0;
  GetExitCodeProcess(process, &code);
  CloseHandle(process);
  return began && ended && code == (kills_itself ? killed_by_itself : killed_by_another);
}

DWORD committed() {
  MEMORYSTATUS status = {};
  status.dwLength = sizeof status;
  GlobalMemoryStatus(&status);
  return (status.dwTotalPageFile - status.dwAvailPageFile) / 1024;
}

/// After what is still being cleaned up has gone.
DWORD committed_at_rest() {
  DWORD least = committed();
  for (unsigned i = 0; i < 20; ++i) {
    Sleep(20);
    if (committed() < least) least = committed();
  }
  return least;
}

}  // namespace

extern "C" int main(int argc, char** argv) {
  if (argc == 6) {
    child(crt::parse_number(argv[2]).value, crt::parse_number(argv[3]).value, argv[4][0] == '1',
          reinterpret_cast<HANDLE>(crt::parse_number(argv[5]).value));
  }
  crt::Claims claim("killsvc");
  kill_one(0, 0, false);  // what is needed once is there from now on
  const DWORD before = committed_at_rest();
  const DWORD half = argc == 2 ? crt::parse_number(argv[1]).value : 0, step = argc == 2 ? 2 : 1;
  for (DWORD service = half % 2; service < service_count(); service += step) {
    for (unsigned variant = 0; variant < rounds; ++variant) {
      for (unsigned who = 0; who < 2; ++who) {
        const bool itself = who == 1;
        const bool killed = kill_one(service, variant, itself);
        if (!killed)
          crt::print("killsvc: service ", service, " variant ", variant,
                     itself ? " itself\n" : " another\n");
        claim("kill", "the child ends with the code it was killed with", killed);
      }
    }
  }
  const DWORD after = committed_at_rest();
  if (after != before)
    crt::print("killsvc: ", before, " KB committed before, ", after, " KB after\n");
  claim("kill", "nothing stays committed", after <= before);
  return claim.finish();
}
