// Handles and processes: closing, flags, duplicates, inheritance, exit codes, access to processes.
#include "guest/conformance/ktap.hpp"

namespace {

DWORD poll(HANDLE object) { return WaitForSingleObject(object, 0); }

/// 0 when the wait failed.
DWORD ended(DWORD result) { return result + 1; }

HANDLE plain_event() { return CreateEventA(nullptr, TRUE, FALSE, nullptr); }

HANDLE inheritable_event() {
  SECURITY_ATTRIBUTES security = {sizeof security, nullptr, TRUE};
  return CreateEventA(&security, TRUE, FALSE, nullptr);
}

/// This program with a command and two numbers; false if it can't be started.
bool start(const char* command, DWORD first, DWORD second, bool inherit, DWORD flags,
           PROCESS_INFORMATION& process) {
  char line[64] = "handles.exe ";
  lstrcatA(line, command);
  const DWORD values[] = {first, second};
  for (const DWORD value : values) {
    char digits[12];
    char* digit = digits + sizeof digits - 1;
    *digit = '\0';
    DWORD rest = value;
    do {
      *--digit = static_cast<char>('0' + rest % 10);
      rest /= 10;
    } while (rest != 0);
    lstrcatA(line, " ");
    lstrcatA(line, digit);
  }
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  return CreateProcessA(nullptr, line, nullptr, nullptr, inherit, flags, nullptr, nullptr, &startup,
                        &process) != 0;
}

/// What the child ends with.
DWORD end_of(PROCESS_INFORMATION& process) {
  WaitForSingleObject(process.hProcess, INFINITE);
  DWORD code = 0;
  GetExitCodeProcess(process.hProcess, &code);
  CloseHandle(process.hThread);
  CloseHandle(process.hProcess);
  return code;
}

DWORD run(const char* command, DWORD first, DWORD second, bool inherit) {
  PROCESS_INFORMATION process;
  return start(command, first, second, inherit, 0, process) ? end_of(process) : 0xFFFF;
}

DWORD number(const char* text) {
  DWORD value = 0;
  for (; *text != '\0'; ++text) value = value * 10 + static_cast<DWORD>(*text - '0');
  return value;
}

DWORD value_of(HANDLE handle) { return reinterpret_cast<DWORD>(handle); }

/// The child's side: a command and its numbers.
int child(char** argv) {
  const auto handle = reinterpret_cast<HANDLE>(number(argv[2]));
  const DWORD second = number(argv[3]);
  if (lstrcmpA(argv[1], "set") == 0) return SetEvent(handle) ? 0 : static_cast<int>(GetLastError());
  if (lstrcmpA(argv[1], "give") == 0) {
    // An event of its own for the parent, whose process is `second` and whose wish is `handle`.
    const HANDLE parent = OpenProcess(PROCESS_DUP_HANDLE, FALSE, second);
    const HANDLE mine = CreateEventA(nullptr, TRUE, TRUE, nullptr);
    HANDLE theirs = nullptr;
    if (!DuplicateHandle(GetCurrentProcess(), mine, parent, &theirs, 0, FALSE,
                         DUPLICATE_SAME_ACCESS)) {
      return 0;
    }
    return static_cast<int>(value_of(theirs));
  }
  if (lstrcmpA(argv[1], "exit") == 0) return static_cast<int>(second);
  return 0xFFFE;
}

void closing(ktap::Test& t) {
  const HANDLE event = plain_event();
  t.succeeds("CloseHandle", CloseHandle(event));
  t.fails("closed twice", CloseHandle(event), ERROR_INVALID_HANDLE);
  t.fails("null", CloseHandle(nullptr), ERROR_INVALID_HANDLE);
  t.fails("0xDEADBEEC", CloseHandle(reinterpret_cast<HANDLE>(0xDEADBEEC)), ERROR_INVALID_HANDLE);
  t.succeeds("that of GetCurrentProcess", CloseHandle(GetCurrentProcess()));
  t.succeeds("that of GetCurrentThread", CloseHandle(GetCurrentThread()));
  t.fails("SetEvent of a closed one", SetEvent(event), ERROR_INVALID_HANDLE);
}

void flags(ktap::Test& t) {
  const HANDLE event = inheritable_event();
  DWORD seen = 99;
  t.succeeds("GetHandleInformation", GetHandleInformation(event, &seen));
  t.equal("of one that is inherited", seen, HANDLE_FLAG_INHERIT);
  t.succeeds("SetHandleInformation",
             SetHandleInformation(event, HANDLE_FLAG_INHERIT | HANDLE_FLAG_PROTECT_FROM_CLOSE,
                                  HANDLE_FLAG_PROTECT_FROM_CLOSE));
  GetHandleInformation(event, &seen);
  t.equal("changed", seen, HANDLE_FLAG_PROTECT_FROM_CLOSE);
  t.fails("closing it", CloseHandle(event), ERROR_INVALID_HANDLE);
  t.succeeds("it is there still", SetEvent(event));
  t.succeeds("unprotected", SetHandleInformation(event, HANDLE_FLAG_PROTECT_FROM_CLOSE, 0));
  t.succeeds("it can be closed", CloseHandle(event));
  t.fails("GetHandleInformation of null", GetHandleInformation(nullptr, &seen),
          ERROR_INVALID_HANDLE);
}

void duplicates(ktap::Test& t) {
  const HANDLE self = GetCurrentProcess();
  const HANDLE event = plain_event();
  HANDLE copy = nullptr;
  t.succeeds("DUPLICATE_SAME_ACCESS",
             DuplicateHandle(self, event, self, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
  t.expect("is another handle", copy != event);
  SetEvent(copy);
  t.equal("of the same event", poll(event), WAIT_OBJECT_0);
  CloseHandle(copy);
  t.succeeds("with less access", DuplicateHandle(self, event, self, &copy, SYNCHRONIZE, FALSE, 0));
  t.equal("it can be waited for", poll(copy), WAIT_OBJECT_0);
  t.fails("it can't be set", SetEvent(copy), ERROR_ACCESS_DENIED);
  CloseHandle(copy);
  t.succeeds("DUPLICATE_CLOSE_SOURCE",
             DuplicateHandle(self, event, self, &copy, 0, TRUE,
                             DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE));
  DWORD seen = 0;
  GetHandleInformation(copy, &seen);
  t.equal("made inheritable", seen, HANDLE_FLAG_INHERIT);
  t.succeeds("the copy is good", SetEvent(copy));
  CloseHandle(copy);
  const HANDLE closed = plain_event();
  const HANDLE weakened = OpenProcess(SYNCHRONIZE, FALSE, GetCurrentProcessId());
  t.fails("for a process that doesn't allow it",
          DuplicateHandle(self, closed, weakened, &copy, 0, FALSE,
                          DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE),
          ERROR_ACCESS_DENIED);
  t.fails("the source is closed all the same", SetEvent(closed), ERROR_INVALID_HANDLE);
  CloseHandle(weakened);
  t.fails("of a bad handle",
          DuplicateHandle(self, reinterpret_cast<HANDLE>(0x5550), self, &copy, 0, FALSE,
                          DUPLICATE_SAME_ACCESS),
          ERROR_INVALID_HANDLE);
  t.succeeds("of GetCurrentProcess",
             DuplicateHandle(self, self, self, &copy, 0, FALSE, DUPLICATE_SAME_ACCESS));
  t.expect("is a handle of its own", copy != self);
  t.equal("of this process", poll(copy), WAIT_TIMEOUT);
  CloseHandle(copy);
}

void inheritance(ktap::Test& t) {
  const HANDLE inherited = inheritable_event(), kept = plain_event();
  t.equal("a child sets it", run("set", value_of(inherited), 0, true), 0);
  t.equal("and it is set", poll(inherited), WAIT_OBJECT_0);
  t.equal("a child without inheritance can't", run("set", value_of(inherited), 0, false),
          ERROR_INVALID_HANDLE);
  t.equal("others are not inherited", run("set", value_of(kept), 0, true), ERROR_INVALID_HANDLE);
  SetHandleInformation(kept, HANDLE_FLAG_INHERIT, HANDLE_FLAG_INHERIT);
  t.equal("unless they are made so", run("set", value_of(kept), 0, true), 0);
  CloseHandle(inherited);
  CloseHandle(kept);
}

void across(ktap::Test& t) {
  const auto given = reinterpret_cast<HANDLE>(run("give", 0, GetCurrentProcessId(), false));
  t.equal("an event of a child that has ended", poll(given), WAIT_OBJECT_0);
  CloseHandle(given);
  PROCESS_INFORMATION process;
  // Suspended, it opens no handles of its own meanwhile.
  t.expect("a child", start("exit", 0, 0, false, CREATE_SUSPENDED, process));
  const HANDLE self = GetCurrentProcess();
  const HANDLE event = plain_event();
  HANDLE there = nullptr, back = nullptr;
  t.succeeds("a handle for it", DuplicateHandle(self, event, process.hProcess, &there, 0, FALSE,
                                                DUPLICATE_SAME_ACCESS));
  t.succeeds("taken back and closed there",
             DuplicateHandle(process.hProcess, there, self, &back, 0, FALSE,
                             DUPLICATE_SAME_ACCESS | DUPLICATE_CLOSE_SOURCE));
  SetEvent(back);
  t.equal("is the same event", poll(event), WAIT_OBJECT_0);
  HANDLE again = nullptr;
  t.fails("it is not there any more",
          DuplicateHandle(process.hProcess, there, self, &again, 0, FALSE, DUPLICATE_SAME_ACCESS),
          ERROR_INVALID_HANDLE);
  const HANDLE weak = OpenProcess(SYNCHRONIZE, FALSE, process.dwProcessId);
  t.fails("a process opened for less",
          DuplicateHandle(self, event, weak, &there, 0, FALSE, DUPLICATE_SAME_ACCESS),
          ERROR_ACCESS_DENIED);
  CloseHandle(weak);
  const HANDLE duplicator = OpenProcess(PROCESS_DUP_HANDLE, FALSE, process.dwProcessId);
  HANDLE itself = nullptr;
  t.succeeds("its GetCurrentProcess", DuplicateHandle(duplicator, GetCurrentProcess(), self,
                                                      &itself, 0, FALSE, DUPLICATE_SAME_ACCESS));
  t.expect("is the child", GetProcessId(itself) == process.dwProcessId);
  CloseHandle(itself);
  CloseHandle(duplicator);
  CloseHandle(back);
  t.succeeds("TerminateProcess", TerminateProcess(process.hProcess, 5));
  WaitForSingleObject(process.hProcess, INFINITE);
  t.fails("a process that has ended gets no handles",
          DuplicateHandle(self, event, process.hProcess, &there, 0, FALSE, DUPLICATE_SAME_ACCESS),
          ERROR_ACCESS_DENIED);
  CloseHandle(event);
  t.equal("its exit code", end_of(process), 5);
}

void exit_codes(ktap::Test& t) {
  t.equal("259 is a code like any other", run("exit", 0, 259, false), 259);
  t.equal("32 bits of it", run("exit", 0, 0x80000001, false), 0x80000001);
  PROCESS_INFORMATION process;
  t.expect("a suspended child", start("exit", 0, 42, false, CREATE_SUSPENDED, process));
  DWORD code = 0;
  t.succeeds("GetExitCodeProcess", GetExitCodeProcess(process.hProcess, &code));
  t.equal("before its end", code, STILL_ACTIVE);
  t.equal("it doesn't run", WaitForSingleObject(process.hProcess, 50), WAIT_TIMEOUT);
  t.equal("GetProcessId", GetProcessId(process.hProcess), process.dwProcessId);
  t.equal("ResumeThread", ResumeThread(process.hThread), 1);
  t.equal("it runs and ends", end_of(process), 42);
}

void process_times(ktap::Test& t) {
  FILETIME creation = {}, exit = {}, kernel = {}, user = {}, now;
  t.succeeds("GetProcessTimes",
             GetProcessTimes(GetCurrentProcess(), &creation, &exit, &kernel, &user));
  GetSystemTimeAsFileTime(&now);
  t.expect("it began before now", creation.dwHighDateTime < now.dwHighDateTime ||
                                      (creation.dwHighDateTime == now.dwHighDateTime &&
                                       creation.dwLowDateTime <= now.dwLowDateTime));
  t.fails("of an event", GetProcessTimes(nullptr, &creation, &exit, &kernel, &user),
          ERROR_INVALID_HANDLE);
}

void open_process(ktap::Test& t) {
  t.fails("no process has the id 0x7FFFFFFC", OpenProcess(PROCESS_ALL_ACCESS, FALSE, 0x7FFFFFFC),
          ERROR_INVALID_PARAMETER);
  const HANDLE query = OpenProcess(PROCESS_QUERY_INFORMATION, FALSE, GetCurrentProcessId());
  t.succeeds("for questions only", query);
  DWORD code = 0;
  t.succeeds("GetExitCodeProcess", GetExitCodeProcess(query, &code));
  t.equal("its code", code, STILL_ACTIVE);
  t.fails("TerminateProcess", TerminateProcess(query, 1), ERROR_ACCESS_DENIED);
  t.fails("a wait", ended(poll(query)), ERROR_ACCESS_DENIED);
  CloseHandle(query);
  const HANDLE wait = OpenProcess(SYNCHRONIZE, FALSE, GetCurrentProcessId());
  t.equal("for waits only", poll(wait), WAIT_TIMEOUT);
  t.fails("GetExitCodeProcess there", GetExitCodeProcess(wait, &code), ERROR_ACCESS_DENIED);
  CloseHandle(wait);
}

constexpr ktap::Case cases[] = {
    {"CloseHandle", closing},
    {"flags of handles", flags},
    {"G9 DuplicateHandle", duplicates},
    {"G9 inheritance", inheritance},
    {"G9 handles of other processes", across},
    {"exit codes", exit_codes},
    {"GetProcessTimes", process_times},
    {"H3 OpenProcess", open_process},
};

}  // namespace

extern "C" int main(int argc, char** argv) {
  if (argc == 4) return child(argv);
  return ktap::run(cases);
}
