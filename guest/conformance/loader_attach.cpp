// What libraries are told: DllMain and the callbacks of thread-local storage.
#include "guest/conformance/loader_library.hpp"

extern "C" {
__declspec(dllimport) int ls_callbacks[4];
__declspec(dllimport) int ls_callbacks_before_main;
__declspec(dllimport) void* ls_reserved;
__declspec(dllimport) int* ls_storage();
}

namespace loader {

namespace {

char events[64];

/// ldbase.dll loaded, and what is told from now on in `events`.
class Recorded {
 public:
  Recorded() : base_("ldbase.dll") { set_record(events); }
  ~Recorded() { set_record(nullptr); }
  HMODULE module() const { return base_.module(); }
  const char* text() const { return events; }
  void begin() const { set_record(events); }

 private:
  void set_record(char* text) const {
    const auto set = exported<void(char*)>(base_.module(), "ld_set_record");
    if (set != nullptr) set(text);
  }
  Library base_;
};

void run_thread(LPTHREAD_START_ROUTINE routine, void* argument) {
  DWORD id;
  HANDLE thread = CreateThread(nullptr, 0, routine, argument, 0, &id);
  WaitForSingleObject(thread, INFINITE);
  CloseHandle(thread);
}

DWORD WINAPI nothing(void*) { return 0; }

struct Seen {
  int* storage;
  int values[4];
};

DWORD WINAPI look_at_storage(void* argument) {
  Seen& seen = *static_cast<Seen*>(argument);
  seen.storage = ls_storage();
  for (int i = 0; i < 4; ++i) seen.values[i] = seen.storage[i];
  seen.storage[0] = 1;
  return 0;
}

}  // namespace

void order_of_attaching(ktap::Test& t) {
  Library user("lduser.dll");
  const auto text = exported<const char*()>(GetModuleHandleA("ldbase.dll"), "ld_record_text");
  if (t.succeeds("ldbase.dll is loaded", text)) {
    t.equal("those that are needed come first", text(), "BPUP");
  }
  user.free();
  const Recorded recorded;
  Library again("lduser.dll");
  t.equal("only what is new is told", recorded.text(), "UP");
  again.free();
  t.equal("and what goes", recorded.text(), "UPUp");
}

void threads(ktap::Test& t) {
  const Recorded recorded;
  const Library user("lduser.dll");
  recorded.begin();
  run_thread(nothing, nullptr);
  t.equal("each hears twice", recorded.text(), "BTUTUtBt");
}

void threads_that_nobody_hears_of(ktap::Test& t) {
  const Recorded recorded;
  const Library user("lduser.dll");
  t.succeeds("DisableThreadLibraryCalls", DisableThreadLibraryCalls(user.module()));
  recorded.begin();
  run_thread(nothing, nullptr);
  t.equal("the other one only", recorded.text(), "BTBt");
}

void refusal(ktap::Test& t) {
  const Recorded recorded;
  t.fails("LoadLibrary", LoadLibraryA("ldfail.dll"), ERROR_DLL_INIT_FAILED);
  t.equal("it is told that it leaves", recorded.text(), "FPFp");
  t.fails("it is not there", GetModuleHandleA("ldfail.dll"), ERROR_MOD_NOT_FOUND);
}

void fault(ktap::Test& t) {
  t.fails("LoadLibrary", LoadLibraryA("ldcrash.dll"), ERROR_NOACCESS);
  t.fails("it is not there", GetModuleHandleA("ldcrash.dll"), ERROR_MOD_NOT_FOUND);
}

void static_reserved(ktap::Test& t) {
  t.expect("a library linked to the program gets a pointer", ls_reserved != nullptr);
}

void static_storage(ktap::Test& t) {
  int* storage = ls_storage();
  t.equal("the template's first", storage[0], 77);
  t.equal("the template's second", storage[1], 78);
  t.equal("then zeros", storage[2] | storage[3], 0);
  storage[0] = 5;
  Seen seen = {};
  run_thread(look_at_storage, &seen);
  t.expect("another thread has its own", seen.storage != storage);
  t.equal("its first", seen.values[0], 77);
  t.equal("its second", seen.values[1], 78);
  t.equal("its zeros", seen.values[2] | seen.values[3], 0);
  t.equal("this thread's is what it was", storage[0], 5);
  storage[0] = 77;
}

void callbacks(ktap::Test& t) {
  t.equal("both are told of the process", ls_callbacks[DLL_PROCESS_ATTACH], 2);
  t.equal("before DllMain", ls_callbacks_before_main, 2);
  const int attached = ls_callbacks[DLL_THREAD_ATTACH], detached = ls_callbacks[DLL_THREAD_DETACH];
  run_thread(nothing, nullptr);
  t.equal("of a thread", ls_callbacks[DLL_THREAD_ATTACH] - attached, 2);
  t.equal("of its end", ls_callbacks[DLL_THREAD_DETACH] - detached, 2);
}

}  // namespace loader
