// Mappings that processes share: by name, by inheritance, by duplication.
#include "guest/conformance/mapping_objects.hpp"

namespace mapping {

namespace {

constexpr char shared_name[] = "shrmem";
constexpr DWORD wrong = 100;

DWORD number(const char* text) {
  DWORD value = 0;
  for (; *text != '\0'; ++text) value = value * 10 + static_cast<DWORD>(*text - '0');
  return value;
}

void append(char* line, DWORD value) {
  char digits[12];
  char* digit = digits + sizeof digits - 1;
  *digit = '\0';
  do {
    *--digit = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  lstrcatA(line, digit);
}

/// The client of the example: opens what the server has made, and answers in it.
int client() {
  const Handle mapping(OpenFileMappingA(FILE_MAP_WRITE, FALSE, shared_name));
  const View view(mapping, FILE_MAP_WRITE, 0, 0);
  if (view.address() == nullptr) return static_cast<int>(GetLastError());
  if (view[0] != 4711) return wrong;
  view[2047] = 4712;
  return 0;
}

constexpr char counter_name[] = "faultline counter", lock_name[] = "faultline lock";
constexpr DWORD rounds = 200;

/// Counts in the shared memory, which somebody else does, too.
int count() {
  const Handle mapping(OpenFileMappingA(FILE_MAP_WRITE, FALSE, counter_name));
  const Handle lock(OpenMutexA(SYNCHRONIZE, FALSE, lock_name));
  const View view(mapping);
  if (view.address() == nullptr || lock.get() == nullptr) return static_cast<int>(GetLastError());
  for (DWORD i = 0; i < rounds; ++i) {
    WaitForSingleObject(lock.get(), INFINITE);
    const DWORD before = view[0];
    if (i % 8 == 0) Sleep(0);  // whoever is to come between has the chance to
    view[0] = before + 1;
    ReleaseMutex(lock.get());
  }
  return 0;
}

int heir(HANDLE handle) {
  const View view(Handle(handle), FILE_MAP_WRITE);
  if (view.address() == nullptr) return static_cast<int>(GetLastError());
  view[1] = view[0] + 1;
  return 0;
}

}  // namespace

/// This program again; null if it can't be started.
HANDLE start_child(const char* arguments, bool inherit) {
  char line[64] = "mapping.exe ";
  lstrcatA(line, arguments);
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION process;
  if (!CreateProcessA(nullptr, line, nullptr, nullptr, inherit, 0, nullptr, nullptr, &startup,
                      &process)) {
    return nullptr;
  }
  CloseHandle(process.hThread);
  return process.hProcess;
}

DWORD exit_code_of(HANDLE process) {
  DWORD code = ~0u;
  WaitForSingleObject(process, INFINITE);
  GetExitCodeProcess(process, &code);
  return code;
}

DWORD run_child(const char* arguments, bool inherit) {
  return exit_code_of(Handle(start_child(arguments, inherit)).get());
}

int child(int argc, char** argv) {
  if (argc > 2) return heir(reinterpret_cast<HANDLE>(number(argv[2])));
  return argv[1][1] == 'o' ? count() : client();
}

void names(ktap::Test& t) {
  const Mapping mapping(8192, PAGE_READWRITE, "faultline names");
  t.succeeds("a name with a blank", mapping.get());
  t.fails("another case is another name", OpenFileMappingA(FILE_MAP_READ, FALSE, "Faultline Names"),
          ERROR_FILE_NOT_FOUND);
  t.fails("a name with a backslash", Mapping(8192, PAGE_READWRITE, "a\\b").get(),
          ERROR_PATH_NOT_FOUND);
  const Handle event(CreateEventA(nullptr, FALSE, FALSE, "faultline event"));
  t.fails(
      "the name of an event",
      CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 8192, "faultline event"),
      ERROR_INVALID_HANDLE);
  const Handle wide(CreateFileMappingW(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 8192,
                                       L"faultline wide"));
  t.succeeds("CreateFileMappingW", wide.get());
  const Handle opened(OpenFileMappingA(FILE_MAP_READ, FALSE, "faultline wide"));
  t.succeeds("opened by the other name", opened.get());
  const Handle second(OpenFileMappingW(FILE_MAP_READ, FALSE, L"faultline names"));
  t.succeeds("OpenFileMappingW", second.get());
}

void existing(ktap::Test& t) {
  const Mapping first(8192, PAGE_READWRITE, "faultline existing");
  const View view(first);
  view[0] = 21;
  const Handle second(CreateFileMappingA(INVALID_HANDLE_VALUE, nullptr, PAGE_READWRITE, 0, 65536,
                                         "faultline existing"));
  const DWORD error = GetLastError();
  t.succeeds("CreateFileMapping again", second.get());
  t.equal("GetLastError", error, ERROR_ALREADY_EXISTS);
  const View same(second);
  if (!t.succeeds("a view", same.address())) return;
  t.equal("it is the same memory", same[0], 21);
  t.equal("of the first one's size", query(same.address()).RegionSize, 8192);
}

void opening(ktap::Test& t) {
  const Mapping mapping(8192, PAGE_READWRITE, "faultline opening");
  t.fails("no such name", OpenFileMappingA(FILE_MAP_READ, FALSE, "faultline nothing"),
          ERROR_FILE_NOT_FOUND);
  t.fails("no name", OpenFileMappingA(FILE_MAP_READ, FALSE, nullptr), ERROR_INVALID_PARAMETER);
  const Handle reader(OpenFileMappingA(FILE_MAP_READ, FALSE, "faultline opening"));
  t.succeeds("opened for reading", reader.get());
  t.succeeds("it reads", View(reader, FILE_MAP_READ).address());
  t.fails("it doesn't write", View(reader, FILE_MAP_WRITE).address(), ERROR_ACCESS_DENIED);
  const Handle writer(OpenFileMappingA(FILE_MAP_WRITE, FALSE, "faultline opening"));
  t.succeeds("opened for writing: it writes", View(writer, FILE_MAP_WRITE).address());
  const Handle all(OpenFileMappingA(FILE_MAP_ALL_ACCESS, FALSE, "faultline opening"));
  t.succeeds("opened for all: it writes", View(all, FILE_MAP_WRITE).address());
}

void server_and_client(ktap::Test& t) {
  const Mapping mapping(8192, PAGE_READWRITE, shared_name);
  const View view(mapping);
  if (!t.succeeds("the server's view", view.address())) return;
  view[0] = 4711;
  t.equal("the client", run_child("client", false), 0);
  t.equal("its answer", view[2047], 4712);
}

void synchronised(ktap::Test& t) {
  const Mapping mapping(8192, PAGE_READWRITE, counter_name);
  const Handle lock(CreateMutexA(nullptr, FALSE, lock_name));
  const View view(mapping);
  const Handle process(start_child("count", false));
  t.equal("this one counts", count(), 0);
  t.equal("another process counts", exit_code_of(process.get()), 0);
  t.equal("both together", view[0], 400);
}

void inheritance(ktap::Test& t) {
  SECURITY_ATTRIBUTES inherit = {sizeof inherit, nullptr, TRUE};
  const Handle heirloom(
      CreateFileMappingA(INVALID_HANDLE_VALUE, &inherit, PAGE_READWRITE, 0, 8192, nullptr));
  const Mapping own(8192);
  const View view(heirloom);
  if (!t.succeeds("a view", view.address())) return;
  view[0] = 5;
  char line[32] = "heir ";
  append(line, static_cast<DWORD>(reinterpret_cast<ULONG_PTR>(heirloom.get())));
  t.equal("a child with handles", run_child(line, true), 0);
  t.equal("what it wrote", view[1], 6);
  t.equal("a child without handles", run_child(line, false), ERROR_INVALID_HANDLE);
  char other[32] = "heir ";
  append(other, static_cast<DWORD>(reinterpret_cast<ULONG_PTR>(own.get())));
  t.equal("a handle that is not inherited", run_child(other, true), ERROR_INVALID_HANDLE);
}

void duplication(ktap::Test& t) {
  Mapping mapping(8192);
  HANDLE value = nullptr;
  t.succeeds("DuplicateHandle",
             DuplicateHandle(GetCurrentProcess(), mapping.get(), GetCurrentProcess(), &value,
                             FILE_MAP_READ, FALSE, 0));
  const Handle reader(value);
  const View view(mapping);
  view[0] = 8;
  mapping.close();
  t.equal("the duplicate shows the same", View(reader, FILE_MAP_READ)[0], 8);
  t.fails("it allows what was asked for", View(reader, FILE_MAP_WRITE).address(),
          ERROR_ACCESS_DENIED);
}

}  // namespace mapping
