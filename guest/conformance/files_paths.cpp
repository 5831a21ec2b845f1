// Paths, the current directory, names for temporary files; environment variables.
#include "guest/conformance/files.hpp"

namespace {

bool exists(const char* name) { return GetFileAttributesA(name) != INVALID_FILE_ATTRIBUTES; }

}  // namespace

void files::full_paths(ktap::Test& t) {
  char path[MAX_PATH];
  char* part = nullptr;
  t.equal("GetFullPathName", GetFullPathNameA("C:\\A\\.\\B\\..\\C.TXT", MAX_PATH, path, &part), 10);
  t.equal("without . and ..", path, "C:\\A\\C.TXT");
  t.equal("its last part", part, "C.TXT");
  t.equal("into too little", GetFullPathNameA("C:\\A\\C.TXT", 10, path, nullptr), 11);
  GetFullPathNameA("C:\\..\\..\\X", MAX_PATH, path, nullptr);
  t.equal("above the root", path, "C:\\X");
  GetFullPathNameA("C:/A/B", MAX_PATH, path, nullptr);
  t.equal("either slash", path, "C:\\A\\B");
  GetFullPathNameA("C:\\A\\", MAX_PATH, path, &part);
  t.equal("a slash at the end stays", path, "C:\\A\\");
  t.equal("and there is no last part", part, nullptr);
}

void files::current_directory(ktap::Test& t) {
  char before[MAX_PATH], inside[MAX_PATH];
  const DWORD length = GetCurrentDirectoryA(MAX_PATH, before);
  t.equal("GetCurrentDirectory", static_cast<DWORD>(lstrlenA(before)), length);
  t.equal("into too little", GetCurrentDirectoryA(2, inside), length + 1);
  CreateDirectoryA("DEEP", nullptr);
  t.succeeds("SetCurrentDirectory", SetCurrentDirectoryA("DEEP"));
  t.equal("it is longer by five", GetCurrentDirectoryA(MAX_PATH, inside), length + 5);
  make("X.BIN", "1", 1);
  t.succeeds("back", SetCurrentDirectoryA(".."));
  t.expect("files lie where one was", exists("DEEP\\X.BIN"));
  t.fails("into nothing", SetCurrentDirectoryA("NOWHERE"), ERROR_FILE_NOT_FOUND);
  t.fails("into a file", SetCurrentDirectoryA("DEEP\\X.BIN"), ERROR_DIRECTORY);
  GetCurrentDirectoryA(MAX_PATH, inside);
  t.equal("one stays", inside, before);
  DeleteFileA("DEEP\\X.BIN");
  RemoveDirectoryA("DEEP");
}

void files::temporary(ktap::Test& t) {
  char path[MAX_PATH], name[MAX_PATH];
  const DWORD length = GetTempPathA(MAX_PATH, path);
  t.expect("GetTempPath ends in a backslash", length != 0 && path[length - 1] == '\\');
  t.equal("GetTempFileName with a number", GetTempFileNameA(".", "abcd", 0x12, name), 0x12);
  t.equal("three letters and the number", name, ".\\abc12.tmp");
  t.expect("no file is made", !exists(name));
  t.succeeds("without one", GetTempFileNameA(".", "t", 0, name));
  t.expect("it is", exists(name));
  DeleteFileA(name);
  t.fails("in no directory", GetTempFileNameA("NOWHERE", "t", 0, name), ERROR_DIRECTORY);
}

void files::environment(ktap::Test& t) {
  char value[64] = {};
  t.fails("a variable that is not there", GetEnvironmentVariableA("NOPE", value, sizeof value),
          ERROR_ENVVAR_NOT_FOUND);
  t.succeeds("SetEnvironmentVariable", SetEnvironmentVariableA("Colour", "blue and green"));
  t.equal("GetEnvironmentVariable", GetEnvironmentVariableA("COLOUR", value, sizeof value), 14);
  t.equal("its value", value, "blue and green");
  t.equal("into too little", GetEnvironmentVariableA("colour", value, 14), 15);
  t.equal("ExpandEnvironmentStrings",
          ExpandEnvironmentStringsA("<%colour%> %NOPE%", value, sizeof value), 24);
  t.equal("only what there is", value, "<blue and green> %NOPE%");
  char* strings = GetEnvironmentStringsA();
  bool listed = false;
  for (const char* at = strings; *at != '\0'; at += lstrlenA(at) + 1) {
    listed = listed || lstrcmpA(at, "Colour=blue and green") == 0;
  }
  t.expect("GetEnvironmentStrings", listed);
  t.succeeds("FreeEnvironmentStrings", FreeEnvironmentStringsA(strings));
  t.succeeds("another value", SetEnvironmentVariableA("COLOUR", "red"));
  GetEnvironmentVariableA("Colour", value, sizeof value);
  t.equal("replaces it", value, "red");
  t.succeeds("null takes it away", SetEnvironmentVariableA("colour", nullptr));
  t.fails("it is gone", GetEnvironmentVariableA("Colour", value, sizeof value),
          ERROR_ENVVAR_NOT_FOUND);
}
