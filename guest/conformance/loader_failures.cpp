// What can't be loaded, and the error that says so.
#include "guest/conformance/loader_library.hpp"

namespace loader {

namespace {

constexpr char file_name[] = "noimage.dll";

void write_file(ktap::Test& t, const void* bytes, DWORD size) {
  HANDLE file = CreateFileA(file_name, GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, 0, nullptr);
  t.succeeds("CreateFile", file);
  DWORD written = 0;
  if (size != 0) t.succeeds("WriteFile", WriteFile(file, bytes, size, &written, nullptr));
  CloseHandle(file);
}

DWORD start_error(const char* name) {
  char line[32];
  lstrcpyA(line, name);
  STARTUPINFOA startup = {};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION process;
  return CreateProcessA(nullptr, line, nullptr, nullptr, FALSE, 0, nullptr, nullptr, &startup,
                        &process)
             ? 0
             : GetLastError();
}

}  // namespace

void missing_libraries(ktap::Test& t) {
  t.fails("no such file", LoadLibraryA("nowhere.dll"), ERROR_MOD_NOT_FOUND);
  t.fails("no such path", LoadLibraryA("C:\\NODIR\\ldbase.dll"), ERROR_MOD_NOT_FOUND);
  t.fails("one that needs what isn't there", LoadLibraryA("ldalone.dll"), ERROR_MOD_NOT_FOUND);
  t.fails("it has left nothing behind", GetModuleHandleA("ldalone.dll"), ERROR_MOD_NOT_FOUND);
}

void missing_exports(ktap::Test& t) {
  t.fails("one that needs what isn't exported", LoadLibraryA("ldlacks.dll"), ERROR_PROC_NOT_FOUND);
  t.fails("it has left nothing behind", GetModuleHandleA("ldlacks.dll"), ERROR_MOD_NOT_FOUND);
  t.fails("nor what it came with", GetModuleHandleA("ldbase.dll"), ERROR_MOD_NOT_FOUND);
}

void no_images(ktap::Test& t) {
  static constexpr char text[] = "This is not the image of a program, whatever its name says.\r\n";
  write_file(t, text, sizeof text);
  t.fails("LoadLibrary of a text", LoadLibraryA(file_name), ERROR_BAD_EXE_FORMAT);
  t.equal("CreateProcess of a text", start_error(file_name), ERROR_BAD_EXE_FORMAT);
  static char header[512] = "MZ";
  write_file(t, header, sizeof header);
  t.fails("LoadLibrary of a header without an image", LoadLibraryA(file_name),
          ERROR_BAD_EXE_FORMAT);
  t.fails("the same as data", LoadLibraryExA(file_name, nullptr, LOAD_LIBRARY_AS_DATAFILE),
          ERROR_BAD_EXE_FORMAT);
  t.succeeds("DeleteFile", DeleteFileA(file_name));
  t.equal("CreateProcess of what isn't there", start_error(file_name), ERROR_FILE_NOT_FOUND);
}

void no_modules(ktap::Test& t) {
  t.fails("FreeLibrary of nothing", FreeLibrary(nullptr), ERROR_INVALID_HANDLE);
  static char memory[16];
  auto* module = reinterpret_cast<HMODULE>(reinterpret_cast<ULONG_PTR>(memory + 7) & ~7u);
  t.fails("FreeLibrary of memory", FreeLibrary(module), ERROR_MOD_NOT_FOUND);
  t.fails("GetProcAddress in memory", GetProcAddress(module, "x") != nullptr, ERROR_MOD_NOT_FOUND);
  char path[MAX_PATH];
  t.fails("GetModuleFileName of memory", GetModuleFileNameA(module, path, sizeof path),
          ERROR_MOD_NOT_FOUND);
}

}  // namespace loader
