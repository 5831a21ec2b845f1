// ReadFileEx, WriteFileEx, and OVERLAPPED with an event.
#include "guest/conformance/apc.hpp"

namespace apc {

namespace {

constexpr char name[] = "APC.TMP";
char buffer[8192];

struct {
  DWORD calls, error, bytes;
  OVERLAPPED* overlapped;
} completion;

void CALLBACK complete(DWORD error, DWORD bytes, OVERLAPPED* overlapped) {
  completion = {completion.calls + 1, error, bytes, overlapped};
}

HANDLE open_file() {
  return CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS,
                     FILE_FLAG_OVERLAPPED, nullptr);
}

void fill(unsigned seed) {
  for (unsigned i = 0; i < sizeof buffer; ++i) buffer[i] = static_cast<char>(i * 7 + seed);
}

bool filled(unsigned seed, unsigned from, unsigned count) {
  for (unsigned i = 0; i < count; ++i) {
    if (buffer[i] != static_cast<char>((from + i) * 7 + seed)) return false;
  }
  return true;
}

/// What ReadFile and WriteFile of an overlapped file may say.
bool done_or_pending(BOOL result) { return result != 0 || GetLastError() == ERROR_IO_PENDING; }

}  // namespace

void completion_routines(ktap::Test& t) {
  HANDLE file = open_file();
  OVERLAPPED overlapped = {};
  fill(1);
  completion = {};
  t.succeeds("WriteFileEx", WriteFileEx(file, buffer, sizeof buffer, &overlapped, complete));
  t.equal("its routine waits for an alertable wait", completion.calls, 0);
  t.equal("SleepEx", SleepEx(5000, TRUE), io_completion);
  t.equal("it was called once", completion.calls, 1);
  t.equal("without an error", completion.error, 0);
  t.equal("bytes written", completion.bytes, 8192);
  t.expect("with its OVERLAPPED", completion.overlapped == &overlapped);
  OVERLAPPED at = {};
  at.Offset = 4096;
  fill(0);
  t.succeeds("ReadFileEx", ReadFileEx(file, buffer, 1000, &at, complete));
  t.equal("SleepEx again", SleepEx(5000, TRUE), io_completion);
  t.equal("it was called twice", completion.calls, 2);
  t.equal("bytes read", completion.bytes, 1000);
  t.expect("the second OVERLAPPED", completion.overlapped == &at);
  t.expect("from the offset", filled(1, 4096, 1000));
  at.Offset = 8000;
  t.succeeds("ReadFileEx across the end", ReadFileEx(file, buffer, 1000, &at, complete));
  SleepEx(5000, TRUE);
  t.equal("what there is", completion.bytes, 192);
  CloseHandle(file);
  t.fails("a handle that is none", ReadFileEx(nullptr, buffer, 1, &at, complete),
          ERROR_INVALID_HANDLE);
  t.equal("calls nothing", SleepEx(0, TRUE), 0);
  DeleteFileA(name);
}

void overlapped_events(ktap::Test& t) {
  HANDLE file = open_file();
  const Handle event(CreateEventA(nullptr, TRUE, FALSE, nullptr));
  OVERLAPPED overlapped = {};
  overlapped.hEvent = event;
  fill(2);
  DWORD bytes = 0;
  t.expect("WriteFile", done_or_pending(WriteFile(file, buffer, 5000, nullptr, &overlapped)));
  t.succeeds("GetOverlappedResult", GetOverlappedResult(file, &overlapped, &bytes, TRUE));
  t.equal("bytes", bytes, 5000);
  t.equal("the event is set", objects::poll(event), WAIT_OBJECT_0);
  fill(0);
  overlapped.Offset = 3000;
  t.expect("ReadFile", done_or_pending(ReadFile(file, buffer, 3000, nullptr, &overlapped)));
  t.succeeds("its result", GetOverlappedResult(file, &overlapped, &bytes, TRUE));
  t.equal("up to the end", bytes, 2000);
  t.expect("from its offset", filled(2, 3000, 2000));
  t.expect("it is complete", overlapped.Internal != STATUS_PENDING);
  t.equal("InternalHigh has the bytes", overlapped.InternalHigh, 2000);
  OVERLAPPED pending = {};
  pending.Internal = STATUS_PENDING;
  t.fails("one that is pending", GetOverlappedResult(file, &pending, &bytes, FALSE),
          ERROR_IO_INCOMPLETE);
  CloseHandle(file);
  DeleteFileA(name);
}

}  // namespace apc
