// Names of objects.
#include "guest/conformance/objects.hpp"

namespace objects {

void one_name_space(ktap::Test& t) {
  const Handle event(CreateEventA(nullptr, TRUE, FALSE, "faultline one"));
  t.succeeds("an event", event != nullptr);
  t.fails("a mutex of its name", CreateMutexA(nullptr, FALSE, "faultline one"),
          ERROR_INVALID_HANDLE);
  t.fails("a semaphore of its name", CreateSemaphoreA(nullptr, 1, 1, "faultline one"),
          ERROR_INVALID_HANDLE);
  t.fails(
      "a mapping of its name",
      CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 4096, "faultline one"),
      ERROR_INVALID_HANDLE);
  t.fails("OpenMutex", OpenMutexA(MUTEX_ALL_ACCESS, FALSE, "faultline one"), ERROR_INVALID_HANDLE);
  t.fails("OpenSemaphore", OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, "faultline one"),
          ERROR_INVALID_HANDLE);
  t.fails("OpenFileMapping", OpenFileMappingA(FILE_MAP_READ, FALSE, "faultline one"),
          ERROR_INVALID_HANDLE);
}

void case_of_names(ktap::Test& t) {
  const Handle lower(CreateEventA(nullptr, TRUE, TRUE, "faultline case"));
  const Handle upper(CreateEventA(nullptr, TRUE, FALSE, "FAULTLINE CASE"));
  t.equal("the one in lower case", poll(lower), WAIT_OBJECT_0);
  t.equal("the one in upper case", poll(upper), WAIT_TIMEOUT);
  t.fails("neither", OpenEventA(EVENT_ALL_ACCESS, FALSE, "Faultline Case"), ERROR_FILE_NOT_FOUND);
}

void bad_names(ktap::Test& t) {
  t.fails("a backslash within", CreateEventA(nullptr, TRUE, FALSE, "a\\b"), ERROR_PATH_NOT_FOUND);
  t.fails("a backslash at the end", CreateEventA(nullptr, TRUE, FALSE, "b\\"),
          ERROR_PATH_NOT_FOUND);
  t.fails("a backslash at the start", CreateEventA(nullptr, TRUE, FALSE, "\\b"),
          ERROR_BAD_PATHNAME);
  const Handle event(CreateEventA(nullptr, TRUE, FALSE, "faultline bad"));
  t.fails("behind an object", CreateEventA(nullptr, TRUE, FALSE, "faultline bad\\b"),
          ERROR_INVALID_HANDLE);
  t.fails("opened with a backslash", OpenEventA(EVENT_ALL_ACCESS, FALSE, "a\\b"),
          ERROR_PATH_NOT_FOUND);
  char name[261];
  for (char& c : name) c = 'n';
  name[260] = '\0';
  t.fails("260 characters", CreateEventA(nullptr, TRUE, FALSE, name), ERROR_FILENAME_EXCED_RANGE);
  t.fails("260 characters to open", OpenEventA(EVENT_ALL_ACCESS, FALSE, name),
          ERROR_FILENAME_EXCED_RANGE);
  name[259] = '\0';
  const Handle longest(CreateEventA(nullptr, TRUE, FALSE, name));
  t.succeeds("259 characters", longest != nullptr);
}

void empty_name(ktap::Test& t) {
  const Handle first(CreateEventA(nullptr, TRUE, TRUE, "")),
      second(CreateEventA(nullptr, TRUE, FALSE, ""));
  t.equal("the first", poll(first), WAIT_OBJECT_0);
  t.equal("is not the second", poll(second), WAIT_TIMEOUT);
  t.fails("opened", OpenEventA(EVENT_ALL_ACCESS, FALSE, ""), ERROR_INVALID_HANDLE);
}

void wide_names(ktap::Test& t) {
  const Handle event(CreateEventW(nullptr, TRUE, TRUE, L"faultline wide"));
  const Handle same(OpenEventA(SYNCHRONIZE, FALSE, "faultline wide"));
  t.equal("the same event", poll(same), WAIT_OBJECT_0);
  const Handle mutex(CreateMutexW(nullptr, FALSE, L"faultline mutex"));
  const Handle again(OpenMutexW(SYNCHRONIZE, FALSE, L"faultline mutex"));
  t.equal("a mutex", poll(again), WAIT_OBJECT_0);
  t.succeeds("is released through the other handle", ReleaseMutex(mutex));
  const Handle semaphore(CreateSemaphoreW(nullptr, 1, 1, L"faultline semaphore"));
  const Handle counted(OpenSemaphoreW(SYNCHRONIZE, FALSE, L"faultline semaphore"));
  t.equal("a semaphore", poll(counted), WAIT_OBJECT_0);
  t.equal("is taken", poll(semaphore), WAIT_TIMEOUT);
  const Handle unicode(CreateEventW(nullptr, TRUE, TRUE, L"\x3b1\x3b2"));
  const Handle other(CreateEventW(nullptr, TRUE, FALSE, L"\x3b1\x3b3"));
  t.equal("letters beyond Latin-1", poll(other), WAIT_TIMEOUT);
}

void opening(ktap::Test& t) {
  t.fails("an event", OpenEventA(EVENT_ALL_ACCESS, FALSE, "faultline no"), ERROR_FILE_NOT_FOUND);
  t.fails("a mutex", OpenMutexA(MUTEX_ALL_ACCESS, FALSE, "faultline no"), ERROR_FILE_NOT_FOUND);
  t.fails("a semaphore", OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, "faultline no"),
          ERROR_FILE_NOT_FOUND);
  t.fails("an event without a name", OpenEventA(EVENT_ALL_ACCESS, FALSE, nullptr),
          ERROR_INVALID_PARAMETER);
  t.fails("a mutex without a name", OpenMutexA(MUTEX_ALL_ACCESS, FALSE, nullptr),
          ERROR_INVALID_PARAMETER);
  t.fails("a semaphore without a name", OpenSemaphoreA(SEMAPHORE_ALL_ACCESS, FALSE, nullptr),
          ERROR_INVALID_PARAMETER);
}

void end_of_a_name(ktap::Test& t) {
  HANDLE first = CreateEventA(nullptr, TRUE, FALSE, "faultline end");
  HANDLE second = OpenEventA(EVENT_ALL_ACCESS, FALSE, "faultline end");
  CloseHandle(first);
  first = OpenEventA(EVENT_ALL_ACCESS, FALSE, "faultline end");
  t.succeeds("one handle is enough", first != nullptr);
  CloseHandle(first);
  CloseHandle(second);
  t.fails("without a handle", OpenEventA(EVENT_ALL_ACCESS, FALSE, "faultline end"),
          ERROR_FILE_NOT_FOUND);
  const Handle mutex(CreateMutexA(nullptr, FALSE, "faultline end"));
  t.succeeds("another kind may have it now", mutex != nullptr);
}

void existing(ktap::Test& t) {
  const Handle first(CreateEventA(nullptr, FALSE, TRUE, "faultline exists"));
  t.equal("GetLastError of the first", GetLastError(), ERROR_SUCCESS);
  const Handle second(CreateEventA(nullptr, TRUE, FALSE, "faultline exists"));
  t.equal("GetLastError of the second", GetLastError(), ERROR_ALREADY_EXISTS);
  t.equal("its state is as it was", poll(second), WAIT_OBJECT_0);
  t.equal("it is automatic as it was", poll(first), WAIT_TIMEOUT);
  const Handle mutex(CreateMutexA(nullptr, TRUE, "faultline mine"));
  const Handle again(CreateMutexA(nullptr, TRUE, "faultline mine"));
  t.equal("GetLastError of a mutex", GetLastError(), ERROR_ALREADY_EXISTS);
  t.succeeds("it is released once", ReleaseMutex(mutex));
  t.fails("and was not taken twice", ReleaseMutex(mutex), ERROR_NOT_OWNER);
  const Handle three(CreateSemaphoreA(nullptr, 3, 3, "faultline count"));
  const Handle one(CreateSemaphoreA(nullptr, 1, 1, "faultline count"));
  t.equal("GetLastError of a semaphore", GetLastError(), ERROR_ALREADY_EXISTS);
  poll(one);
  LONG previous = -1;
  t.succeeds("ReleaseSemaphore", ReleaseSemaphore(one, 1, &previous));
  t.equal("it counts as it did", previous, 2);
}

}  // namespace objects
