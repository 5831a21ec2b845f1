// The pages of images: where they are, what may be done with them, who shares them.
#include "guest/conformance/loader_library.hpp"

namespace loader {

namespace {

constexpr char self[] = "loader.exe child";
constexpr DWORD initial = 0x1234, wrong_data = 100, wrong_shared = 101, no_library = 102;

DWORD run_child() {
  char line[sizeof self];
  lstrcpyA(line, self);
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION process;
  if (!CreateProcessA(nullptr, line, nullptr, nullptr, FALSE, 0, nullptr, nullptr, &startup,
                      &process)) {
    return GetLastError();
  }
  WaitForSingleObject(process.hProcess, INFINITE);
  DWORD code = ~0u;
  GetExitCodeProcess(process.hProcess, &code);
  CloseHandle(process.hThread);
  CloseHandle(process.hProcess);
  return code;
}

}  // namespace

/// 0: data as the file has it, and 2 in the shared section, which becomes 3.
int child() {
  const Library library("ldbase.dll");
  const auto data = exported<int>(library.module(), "ld_data");
  const auto shared = exported<int>(library.module(), "ld_shared");
  if (data == nullptr || shared == nullptr) return no_library;
  if (*data != initial) return wrong_data;
  if (*shared != 2) return wrong_shared;
  *shared = 3;
  return 0;
}

/// lduser.dll wants the place that ldbase.dll has.
void relocation(ktap::Test& t) {
  const Library base("ldbase.dll"), user("lduser.dll");
  t.equal("the first one is where it wants to be", base.module(),
          reinterpret_cast<HMODULE>(0x10000000));
  t.expect("the second one is elsewhere", user.module() != reinterpret_cast<HMODULE>(0x10000000));
  const auto pointer = exported<int*>(user.module(), "ld_user_pointer");
  if (!t.succeeds("a pointer", pointer)) return;
  t.equal("it points into the image", query(*pointer).AllocationBase,
          static_cast<void*>(user.module()));
  t.equal("to the right place", **pointer, 2);
  const auto twice = exported<int(int)>(user.module(), "ld_twice");
  t.equal("its code runs", twice(21), 42);
  const auto own = exported<int*>(base.module(), "ld_pointer");
  t.equal("the first one's pointer", *own, exported<int>(base.module(), "ld_data"));
}

void sections(ktap::Test& t) {
  const Library library("ldbase.dll");
  const auto code =
      query(GetProcAddress(library.module(), "ld_add") == nullptr
                ? nullptr
                : reinterpret_cast<void*>(exported<int(int, int)>(library.module(), "ld_add")));
  t.equal("code: Type", code.Type, MEM_IMAGE);
  t.equal("code: Protect", code.Protect, PAGE_EXECUTE_READ);
  t.equal("code: AllocationProtect", code.AllocationProtect, PAGE_EXECUTE_WRITECOPY);
  t.equal("code: AllocationBase", code.AllocationBase, static_cast<void*>(library.module()));
  t.equal("headers: Protect", query(library.module()).Protect, PAGE_READONLY);
  t.equal("constants: Protect", query(exported<int>(library.module(), "ld_constant")).Protect,
          PAGE_READONLY);
  const auto data = exported<volatile int>(library.module(), "ld_data");
  t.equal("data: Protect", query(data).Protect, PAGE_WRITECOPY);
  *data = 5;
  t.equal("data written to: Protect", query(data).Protect, PAGE_READWRITE);
  t.equal("data written to: Type", query(data).Type, MEM_IMAGE);
  t.equal("shared data: Protect", query(exported<int>(library.module(), "ld_shared")).Protect,
          PAGE_READWRITE);
}

void private_data(ktap::Test& t) {
  const Library library("ldbase.dll");
  const auto data = exported<int>(library.module(), "ld_data");
  const auto shared = exported<int>(library.module(), "ld_shared");
  if (!t.succeeds("ld_data", data)) return;
  t.equal("it is new for this process", *data, initial);
  *data = 5;
  *shared = 2;
  t.equal("another process sees what the file has", run_child(), 0);
  t.equal("and this one its own", *data, 5);
}

void shared_data(ktap::Test& t) {
  const Library library("ldbase.dll");
  const auto shared = exported<volatile int>(library.module(), "ld_shared");
  if (!t.succeeds("ld_shared", shared)) return;
  *shared = 2;
  t.equal("another process sees what this one wrote", run_child(), 0);
  t.equal("this one sees what the other wrote", *shared, 3);
}

/// VirtualProtect of pages of both kinds leaves each what it is.
void protected_together(ktap::Test& t) {
  const Library library("ldbase.dll");
  const auto data = exported<volatile int>(library.module(), "ld_data");
  const auto shared = exported<volatile int>(library.module(), "ld_shared");
  if (!t.succeeds("ld_shared", shared)) return;
  *data = 5;
  const auto low = reinterpret_cast<ULONG_PTR>(data), high = reinterpret_cast<ULONG_PTR>(shared);
  t.expect("the private page comes first", low < high);
  DWORD old;
  t.succeeds(
      "VirtualProtect of all between",
      VirtualProtect(const_cast<int*>(data), high - low + sizeof *shared, PAGE_READWRITE, &old));
  *shared = 2;
  t.equal("another process sees the shared one, not the private one", run_child(), 0);
  t.equal("this one sees what the other wrote", *shared, 3);
}

void data_file(ktap::Test& t) {
  HMODULE file = LoadLibraryExA("ldbase.dll", nullptr, LOAD_LIBRARY_AS_DATAFILE);
  if (!t.succeeds("LoadLibraryEx", file)) return;
  const auto address = reinterpret_cast<ULONG_PTR>(file);
  t.equal("the handle's lowest bits", address & 3, 1);
  t.equal("the file is there", *reinterpret_cast<const WORD*>(address & ~ULONG_PTR{3}),
          IMAGE_DOS_SIGNATURE);
  t.fails("it is no module", GetModuleHandleA("ldbase.dll"), ERROR_MOD_NOT_FOUND);
  t.succeeds("FreeLibrary", FreeLibrary(file));
  t.equal("its memory is free", query(reinterpret_cast<void*>(address & ~ULONG_PTR{3})).State,
          MEM_FREE);
}

void unresolved(ktap::Test& t) {
  HMODULE module = LoadLibraryExA("ldlacks.dll", nullptr, DONT_RESOLVE_DLL_REFERENCES);
  if (!t.succeeds("LoadLibraryEx of what can't be loaded", module)) return;
  t.equal("it is a module", GetModuleHandleA("ldlacks.dll"), module);
  t.fails("what it needs has not come", GetModuleHandleA("ldbase.dll"), ERROR_MOD_NOT_FOUND);
  t.succeeds("FreeLibrary", FreeLibrary(module));
  t.fails("it has gone", GetModuleHandleA("ldlacks.dll"), ERROR_MOD_NOT_FOUND);
}

}  // namespace loader
