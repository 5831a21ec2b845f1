// Images and libraries: how they are found, counted, placed, told of processes and threads, and
// refused.
#include "guest/conformance/loader_library.hpp"

namespace loader {

void found_by_name(ktap::Test& t) {
  const Library library("ldbase.dll");
  if (!t.succeeds("LoadLibrary", library.module())) return;
  const auto add = exported<int(int, int)>(library.module(), "ld_add");
  if (t.succeeds("GetProcAddress of a function", add)) t.equal("ld_add(3, 4)", add(3, 4), 7);
  const auto data = exported<int>(library.module(), "ld_data");
  if (t.succeeds("GetProcAddress of a variable", data)) t.equal("ld_data", *data, 0x1234);
  t.fails("another case", exported<int>(library.module(), "LD_DATA"), ERROR_PROC_NOT_FOUND);
  t.fails("no such name", exported<int>(library.module(), "ld_nothing"), ERROR_PROC_NOT_FOUND);
  t.fails("a name without a number", exported<int>(library.module(), "ld_seventh"),
          ERROR_PROC_NOT_FOUND);
}

void found_by_ordinal(ktap::Test& t) {
  const Library library("ldbase.dll");
  const auto seventh = exported<int()>(library.module(), MAKEINTRESOURCEA(77));
  if (t.succeeds("GetProcAddress of number 77", seventh)) t.equal("the result", seventh(), 7);
  t.fails("no such number", exported<int>(library.module(), MAKEINTRESOURCEA(999)),
          ERROR_INVALID_ORDINAL);
}

void forwarders(ktap::Test& t) {
  const Library library("ldbase.dll");
  using Ticks = DWORD WINAPI();
  const auto ticks = exported<Ticks>(library.module(), "Ticks");
  t.equal("a forwarder leads to the other library", ticks,
          exported<Ticks>(GetModuleHandleA("kernel32.dll"), "GetTickCount"));
  t.fails("a forwarder to nothing", exported<Ticks>(library.module(), "Nowhere"),
          ERROR_PROC_NOT_FOUND);
}

/// What a forwarder has loaded stays; so this is the last test.
void forwarder_that_loads(ktap::Test& t) {
  const Library library("ldbase.dll");
  t.fails("lduser.dll is not loaded", GetModuleHandleA("lduser"), ERROR_MOD_NOT_FOUND);
  const auto twice = exported<int(int)>(library.module(), "Twice");
  if (t.succeeds("a forwarder loads its library", twice)) t.equal("twice 21", twice(21), 42);
  t.succeeds("lduser.dll is loaded now", GetModuleHandleA("lduser"));
}

void counts(ktap::Test& t) {
  HMODULE first = LoadLibraryA("ldbase"), second = LoadLibraryA("LDBASE.DLL");
  t.succeeds("LoadLibrary", first);
  t.equal("a second LoadLibrary gives the same", second, first);
  t.succeeds("FreeLibrary", FreeLibrary(first));
  t.equal("it is still there", GetModuleHandleA("ldbase.dll"), first);
  t.succeeds("a second FreeLibrary", FreeLibrary(first));
  t.fails("it has gone", GetModuleHandleA("ldbase.dll"), ERROR_MOD_NOT_FOUND);
  t.equal("its memory is free", query(first).State, MEM_FREE);
  t.fails("a third FreeLibrary", FreeLibrary(first), ERROR_MOD_NOT_FOUND);
  t.succeeds("FreeLibrary of kernel32", FreeLibrary(GetModuleHandleA("kernel32")));
  t.succeeds("kernel32 stays", GetModuleHandleA("kernel32"));
}

void needed_libraries(ktap::Test& t) {
  Library user("lduser.dll");
  t.succeeds("LoadLibrary", user.module());
  t.succeeds("what it needs has come", GetModuleHandleA("ldbase.dll"));
  user.free();
  t.fails("both have gone: lduser", GetModuleHandleA("lduser.dll"), ERROR_MOD_NOT_FOUND);
  t.fails("both have gone: ldbase", GetModuleHandleA("ldbase.dll"), ERROR_MOD_NOT_FOUND);
  const Library base("ldbase.dll");
  { const Library again("lduser.dll"); }
  t.equal("what was loaded itself stays", GetModuleHandleA("ldbase.dll"), base.module());
}

/// The last part of a path.
const char* name_in(const char* path) {
  const char* name = path;
  for (; *path != '\0'; ++path) {
    if (*path == '\\') name = path + 1;
  }
  return name;
}

void names_of_modules(ktap::Test& t) {
  const Library library("ldbase");
  char path[MAX_PATH], cut[8];
  const DWORD length = GetModuleFileNameA(library.module(), path, sizeof path);
  t.succeeds("GetModuleFileName", length);
  t.equal("its length is the text's", length, lstrlenA(path));
  t.equal("the name", lstrcmpiA(name_in(path), "ldbase.dll"), 0);
  t.equal("a full path", path[1], ':');
  t.equal("the program's own", GetModuleFileNameA(nullptr, path, sizeof path) != 0, true);
  t.equal("its name", lstrcmpiA(name_in(path), "loader.exe"), 0);
  t.equal("a buffer that is too small", GetModuleFileNameA(nullptr, cut, sizeof cut), 8);
  WCHAR wide[MAX_PATH];
  t.equal("GetModuleFileNameW", GetModuleFileNameW(nullptr, wide, MAX_PATH),
          static_cast<DWORD>(lstrlenA(path)));
  t.equal("its second character", wide[1], u':');
  t.equal("GetModuleHandleW", GetModuleHandleW(L"ldbase.dll"), library.module());
  t.equal("GetModuleHandle of nothing is the program's", GetModuleHandleA(nullptr),
          GetModuleHandleA("loader.exe"));
  t.equal("a handle is the image's address", *reinterpret_cast<const WORD*>(library.module()),
          IMAGE_DOS_SIGNATURE);
}

constexpr ktap::Case cases[] = {
    {"B9 libraries are loaded and searched by name", found_by_name},
    {"exports have numbers", found_by_ordinal},
    {"exports are forwarded", forwarders},
    {"libraries are counted", counts},
    {"libraries come and go with those that need them", needed_libraries},
    {"modules have names", names_of_modules},
    {"DllMain is called in order of need", order_of_attaching},
    {"DllMain hears of threads", threads},
    {"DisableThreadLibraryCalls", threads_that_nobody_hears_of},
    {"DllMain refuses", refusal},
    {"DllMain has an access violation", fault},
    {"DllMain is told what is linked to the program", static_reserved},
    {"static thread-local storage", static_storage},
    {"callbacks of thread-local storage", callbacks},
    {"a library whose place is taken is relocated", relocation},
    {"A9 sections have protections", sections},
    {"B15 data of a library is private to each process", private_data},
    {"G16 a shared section is common to all processes", shared_data},
    {"G16 VirtualProtect leaves shared pages shared", protected_together},
    {"LOAD_LIBRARY_AS_DATAFILE", data_file},
    {"DONT_RESOLVE_DLL_REFERENCES", unresolved},
    {"libraries that are missing", missing_libraries},
    {"exports that are missing", missing_exports},
    {"files that are no images", no_images},
    {"handles that are no modules", no_modules},
    {"a forwarder loads what it leads to", forwarder_that_loads},
};

}  // namespace loader

extern "C" int main(int argc, char**) {
  return argc > 1 ? loader::child() : ktap::run(loader::cases);
}
