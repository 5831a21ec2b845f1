// Vectored handlers, the filter at the bottom of every thread, and processes that end by
// exceptions.
#include "guest/conformance/exceptions.hpp"

namespace exceptions {
namespace {

constexpr DWORD ours = 0xE0004655;

char calls[16];
unsigned call_count;

void clear_calls() { call_count = 0; }
void add_call(char letter) {
  if (call_count + 1 < sizeof calls) calls[call_count++] = letter;
}
const char* calls_made() {
  calls[call_count] = '\0';
  return calls;
}

template <char letter>
LONG WINAPI pass_on(EXCEPTION_POINTERS*) {
  add_call(letter);
  return EXCEPTION_CONTINUE_SEARCH;
}

LONG WINAPI go_on(EXCEPTION_POINTERS* pointers) {
  add_call('!');
  record_exception(pointers->ExceptionRecord, pointers->ContextRecord);
  return EXCEPTION_CONTINUE_EXECUTION;
}

void* self_handle;
LONG WINAPI remove_myself(EXCEPTION_POINTERS*) {
  add_call('s');
  RemoveVectoredExceptionHandler(self_handle);
  return EXCEPTION_CONTINUE_SEARCH;
}

EXCEPTION_DISPOSITION __cdecl frame_goes_on(EXCEPTION_RECORD* record, void*, CONTEXT* context,
                                            void*) {
  if ((record->ExceptionFlags & EXCEPTION_UNWINDING) != 0) return ExceptionContinueSearch;
  add_call('f');
  record_exception(record, context);
  return ExceptionContinueExecution;
}

void raise() {
  seen = {};
  clear_calls();
  RaiseException(ours, 0, 0, nullptr);
}

}  // namespace

void vectored_first(ktap::Test& t) {
  const crt::SehFrame frame(frame_goes_on);
  void* handler = AddVectoredExceptionHandler(0, go_on);
  t.succeeds("AddVectoredExceptionHandler", handler);
  raise();
  t.equal("calls", calls_made(), "!");
  t.equal("ExceptionCode", seen.code, ours);
  t.equal("RemoveVectoredExceptionHandler", RemoveVectoredExceptionHandler(handler) != 0, true);
  raise();
  t.equal("calls without it", calls_made(), "f");
}

void vectored_order(ktap::Test& t) {
  const crt::SehFrame frame(frame_goes_on);
  void* const second = AddVectoredExceptionHandler(0, pass_on<'b'>);
  void* const third = AddVectoredExceptionHandler(0, pass_on<'c'>);
  void* const first = AddVectoredExceptionHandler(1, pass_on<'a'>);
  raise();
  t.equal("calls", calls_made(), "abcf");
  void* const stop = AddVectoredExceptionHandler(1, go_on);
  raise();
  t.equal("calls with one that continues in front", calls_made(), "!");
  void* const all[] = {first, second, third, stop};
  for (void* handler : all) RemoveVectoredExceptionHandler(handler);
}

void vectored_remove(ktap::Test& t) {
  const crt::SehFrame frame(frame_goes_on);
  void* const first = AddVectoredExceptionHandler(0, pass_on<'a'>);
  self_handle = AddVectoredExceptionHandler(0, remove_myself);
  void* const last = AddVectoredExceptionHandler(0, pass_on<'z'>);
  raise();
  t.equal("calls", calls_made(), "aszf");
  raise();
  t.equal("calls when one has removed itself", calls_made(), "azf");
  t.expect("the first is removed", RemoveVectoredExceptionHandler(first) != 0);
  t.expect("it can't be removed twice", RemoveVectoredExceptionHandler(first) == 0);
  t.expect("nor can something else", RemoveVectoredExceptionHandler(&calls) == 0);
  raise();
  t.equal("calls of what is left", calls_made(), "zf");
  RemoveVectoredExceptionHandler(last);
}

void vectored_continue(ktap::Test& t) {
  const crt::SehFrame frame(frame_goes_on);
  void* const after = AddVectoredContinueHandler(0, pass_on<'k'>);
  t.succeeds("AddVectoredContinueHandler", after);
  raise();
  t.equal("calls behind a frame's handler", calls_made(), "fk");
  void* const before = AddVectoredExceptionHandler(0, go_on);
  raise();
  t.equal("calls behind a vectored handler", calls_made(), "!k");
  RemoveVectoredExceptionHandler(before);
  t.expect("RemoveVectoredContinueHandler", RemoveVectoredContinueHandler(after) != 0);
  raise();
  t.equal("calls without it", calls_made(), "f");
}

DWORD exit_code_of(ktap::Test& t, const char* role) {
  char path[MAX_PATH], line[MAX_PATH + 32] = "\"";
  t.succeeds("GetModuleFileName", GetModuleFileNameA(nullptr, path, sizeof path));
  lstrcatA(line, path);
  lstrcatA(line, "\" ");
  lstrcatA(line, role);
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION child = {};
  DWORD code = 0;
  if (t.succeeds("CreateProcess", CreateProcessA(path, line, nullptr, nullptr, FALSE, 0, nullptr,
                                                 nullptr, &startup, &child))) {
    WaitForSingleObject(child.hProcess, INFINITE);
    t.succeeds("GetExitCodeProcess", GetExitCodeProcess(child.hProcess, &code));
    CloseHandle(child.hProcess);
    CloseHandle(child.hThread);
  }
  return code;
}

void unhandled(ktap::Test& t) {
  t.equal("of an access violation", exit_code_of(t, "violation"), 0xC0000005);
  t.equal("of a breakpoint", exit_code_of(t, "breakpoint"), 0x80000003);
  t.equal("of RaiseException", exit_code_of(t, "raise"), ours);
  t.equal("of a division by zero", exit_code_of(t, "divide"), 0xC0000094);
}

void frames_off_the_stack(ktap::Test& t) {
  t.equal("in static memory", exit_code_of(t, "static-frame"), 0xC0000005);
  t.equal("not aligned", exit_code_of(t, "odd-frame"), 0xC0000005);
}

void top_level_filter(ktap::Test& t) {
  const PTOP_LEVEL_EXCEPTION_FILTER old = SetUnhandledExceptionFilter(go_on);
  t.expect("it returns the filter before", SetUnhandledExceptionFilter(old) == go_on);
  t.equal("EXCEPTION_EXECUTE_HANDLER", exit_code_of(t, "filter-executes"), 0xC0000005);
  t.equal("EXCEPTION_CONTINUE_EXECUTION", exit_code_of(t, "filter-continues"), 41);
  t.equal("EXCEPTION_CONTINUE_SEARCH", exit_code_of(t, "filter-searches"), 0xC0000005);
  t.equal("a filter that ends the process", exit_code_of(t, "filter-exits"), 43);
}

void other_thread(ktap::Test& t) { t.equal("exit code", exit_code_of(t, "thread"), 0xC0000005); }

void no_debugger(ktap::Test& t) { t.equal("IsDebuggerPresent", IsDebuggerPresent(), 0); }

namespace {

bool is(const char* a, const char* b) { return lstrcmpA(a, b) == 0; }

/// Two bytes: movl (%ecx), %eax.
void violate() { asm volatile(".byte 0x8B, 0x01" : : "c"(0x10) : "eax", "memory"); }

LONG WINAPI execute_handler(EXCEPTION_POINTERS*) { return EXCEPTION_EXECUTE_HANDLER; }
LONG WINAPI step_and_continue(EXCEPTION_POINTERS* pointers) {
  pointers->ContextRecord->Eip += 2;
  return EXCEPTION_CONTINUE_EXECUTION;
}
LONG WINAPI leave(EXCEPTION_POINTERS*) { ExitProcess(43); }

EXCEPTION_DISPOSITION __cdecl must_not_be_called(EXCEPTION_RECORD*, void*, CONTEXT*, void*) {
  ExitProcess(99);
}

/// Faults with this frame as the first of the chain.
void violate_below(void* frame) {
  auto* words = static_cast<DWORD*>(frame);
  words[0] = 0xFFFFFFFF;
  words[1] = reinterpret_cast<DWORD>(&must_not_be_called);
  asm volatile("movl %0, %%fs:0" : : "r"(frame) : "memory");
  violate();
}

DWORD WINAPI violate_in_thread(void*) {
  violate();
  return 0;
}

}  // namespace

int play(const char* role) {
  SetErrorMode(SEM_NOGPFAULTERRORBOX);
  static DWORD static_frame[2];
  alignas(4) char stack_frame[16];
  if (is(role, "violation")) violate();
  if (is(role, "breakpoint")) DebugBreak();
  if (is(role, "raise")) RaiseException(ours, 0, 0, nullptr);
  if (is(role, "divide")) asm volatile("divl %%ecx" : : "c"(0), "a"(1), "d"(0) : "cc");
  if (is(role, "static-frame")) violate_below(static_frame);
  if (is(role, "odd-frame")) violate_below(stack_frame + 2);
  if (is(role, "thread")) {
    DWORD id;
    WaitForSingleObject(CreateThread(nullptr, 0, violate_in_thread, nullptr, 0, &id), INFINITE);
    Sleep(1000);
  }
  if (is(role, "filter-executes")) SetUnhandledExceptionFilter(execute_handler);
  if (is(role, "filter-continues")) SetUnhandledExceptionFilter(step_and_continue);
  if (is(role, "filter-searches")) SetUnhandledExceptionFilter(pass_on<'s'>);
  if (is(role, "filter-exits")) SetUnhandledExceptionFilter(leave);
  violate();
  return 41;
}

}  // namespace exceptions
