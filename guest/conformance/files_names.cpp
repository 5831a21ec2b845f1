// What files are called: deleting, moving, copying, attributes, directories, searches.
#include "guest/conformance/files.hpp"

namespace {

bool exists(const char* name) { return GetFileAttributesA(name) != INVALID_FILE_ATTRIBUTES; }

DWORD size_of(const char* name) {
  const HANDLE file =
      CreateFileA(name, GENERIC_READ, FILE_SHARE_READ, nullptr, OPEN_EXISTING, 0, nullptr);
  const DWORD size = GetFileSize(file, nullptr);
  CloseHandle(file);
  return size;
}

}  // namespace

void files::deleting(ktap::Test& t) {
  make("DEL.BIN", "1", 1);
  t.succeeds("DeleteFile", DeleteFileA("DEL.BIN"));
  t.fails("once more", DeleteFileA("DEL.BIN"), ERROR_FILE_NOT_FOUND);
  t.fails("in a directory that is not there", DeleteFileA("NOWHERE\\A"), ERROR_PATH_NOT_FOUND);
  CreateDirectoryA("DIR", nullptr);
  t.fails("of a directory", DeleteFileA("DIR"), ERROR_ACCESS_DENIED);
  RemoveDirectoryA("DIR");
  make("DEL.BIN", "1", 1);
  SetFileAttributesA("DEL.BIN", FILE_ATTRIBUTE_READONLY);
  t.fails("of a read-only file", DeleteFileA("DEL.BIN"), ERROR_ACCESS_DENIED);
  SetFileAttributesA("DEL.BIN", FILE_ATTRIBUTE_NORMAL);
  const HANDLE file = CreateFileA("DEL.BIN", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE,
                                  nullptr, OPEN_EXISTING, 0, nullptr);
  t.succeeds("of one that is open and shared so", DeleteFileA("DEL.BIN"));
  t.fails(
      "it opens no more",
      CreateFileA("DEL.BIN", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                  nullptr, OPEN_EXISTING, 0, nullptr),
      ERROR_ACCESS_DENIED);
  CloseHandle(file);
  t.expect("and is gone with its last handle", !exists("DEL.BIN"));
  DeleteFileA("DEL.BIN");
}

void files::moving(ktap::Test& t) {
  make("OLD.BIN", "12345", 5);
  make("OTHER.BIN", "1", 1);
  t.succeeds("MoveFile", MoveFileA("OLD.BIN", "NEW.BIN"));
  t.expect("the old name is gone", !exists("OLD.BIN"));
  t.equal("the new one has its bytes", size_of("NEW.BIN"), 5);
  t.fails("MoveFile of nothing", MoveFileA("OLD.BIN", "X.BIN"), ERROR_FILE_NOT_FOUND);
  t.fails("to a name that is taken", MoveFileA("NEW.BIN", "OTHER.BIN"), ERROR_ALREADY_EXISTS);
  t.fails("to a directory that is not there", MoveFileA("NEW.BIN", "NOWHERE\\A"),
          ERROR_PATH_NOT_FOUND);
  CreateDirectoryA("SUB", nullptr);
  t.succeeds("into a directory", MoveFileA("NEW.BIN", "SUB\\MOVED.BIN"));
  t.equal("it is there", size_of("SUB\\MOVED.BIN"), 5);
  t.succeeds("a directory itself", MoveFileA("SUB", "SUB2"));
  t.succeeds("MOVEFILE_REPLACE_EXISTING",
             MoveFileExA("SUB2\\MOVED.BIN", "OTHER.BIN", MOVEFILE_REPLACE_EXISTING));
  t.equal("replaces", size_of("OTHER.BIN"), 5);
  const HANDLE file =
      CreateFileA("OTHER.BIN", GENERIC_READ, FILE_SHARE_READ, nullptr, OPEN_EXISTING, 0, nullptr);
  t.fails("of an open file", MoveFileA("OTHER.BIN", "X.BIN"), ERROR_SHARING_VIOLATION);
  CloseHandle(file);
  DeleteFileA("OTHER.BIN");
  t.succeeds("SUB2 is empty", RemoveDirectoryA("SUB2"));
}

void files::copying(ktap::Test& t) {
  static char bytes[70000];
  for (unsigned i = 0; i < sizeof bytes; ++i) bytes[i] = static_cast<char>(i * 7);
  make("FROM.BIN", bytes, sizeof bytes);
  SetFileAttributesA("FROM.BIN", FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_ARCHIVE);
  t.succeeds("CopyFile", CopyFileA("FROM.BIN", "TO.BIN", TRUE));
  t.equal("all of it", size_of("TO.BIN"), 70000);
  t.equal("its attributes", GetFileAttributesA("TO.BIN"),
          FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_ARCHIVE);
  static char seen[70000];
  const HANDLE file = CreateFileA("TO.BIN", GENERIC_READ, 0, nullptr, OPEN_EXISTING, 0, nullptr);
  DWORD count;
  ReadFile(file, seen, sizeof seen, &count, nullptr);
  CloseHandle(file);
  bool same = true;
  for (unsigned i = 0; i < sizeof bytes; ++i) same = same && seen[i] == bytes[i];
  t.expect("its bytes", same);
  t.fails("where there is one already", CopyFileA("FROM.BIN", "TO.BIN", TRUE), ERROR_FILE_EXISTS);
  t.fails("of nothing", CopyFileA("NOTHING", "TO2.BIN", TRUE), ERROR_FILE_NOT_FOUND);
  SetFileAttributesA("TO.BIN", FILE_ATTRIBUTE_NORMAL);
  DeleteFileA("FROM.BIN");
  DeleteFileA("TO.BIN");
}

void files::attributes(ktap::Test& t) {
  make("A.BIN", "1", 1);
  t.equal("of a new file", GetFileAttributesA("A.BIN"), FILE_ATTRIBUTE_ARCHIVE);
  t.succeeds("SetFileAttributes",
             SetFileAttributesA("A.BIN", FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN));
  t.equal("GetFileAttributes", GetFileAttributesA("A.BIN"),
          FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN);
  const HANDLE written = CreateFileA("A.BIN", GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, 0, nullptr);
  t.fails("a read-only file is not written", written, ERROR_ACCESS_DENIED);
  if (written != INVALID_HANDLE_VALUE) CloseHandle(written);
  SetFileAttributesA("A.BIN", FILE_ATTRIBUTE_NORMAL);
  t.equal("FILE_ATTRIBUTE_NORMAL", GetFileAttributesA("A.BIN"), FILE_ATTRIBUTE_NORMAL);
  DeleteFileA("A.BIN");
  const DWORD seen = GetFileAttributesA("A.BIN");
  t.equal("of what is not there", GetLastError(), ERROR_FILE_NOT_FOUND);
  t.equal("there are none", seen, INVALID_FILE_ATTRIBUTES);
  t.fails("SetFileAttributes of it", SetFileAttributesA("A.BIN", FILE_ATTRIBUTE_NORMAL),
          ERROR_FILE_NOT_FOUND);
  CloseHandle(
      CreateFileA("H.BIN", GENERIC_WRITE, 0, nullptr, CREATE_NEW, FILE_ATTRIBUTE_HIDDEN, nullptr));
  t.equal("given to CreateFile", GetFileAttributesA("H.BIN"),
          FILE_ATTRIBUTE_HIDDEN | FILE_ATTRIBUTE_ARCHIVE);
  DeleteFileA("H.BIN");
}

void files::directories(ktap::Test& t) {
  t.succeeds("CreateDirectory", CreateDirectoryA("DIR", nullptr));
  t.equal("its attributes", GetFileAttributesA("DIR"), FILE_ATTRIBUTE_DIRECTORY);
  t.equal("with a slash behind it", GetFileAttributesA("DIR\\"), FILE_ATTRIBUTE_DIRECTORY);
  t.fails("once more", CreateDirectoryA("DIR", nullptr), ERROR_ALREADY_EXISTS);
  t.fails("under nothing", CreateDirectoryA("NOWHERE\\DIR", nullptr), ERROR_PATH_NOT_FOUND);
  make("DIR\\A.BIN", "1", 1);
  t.fails("RemoveDirectory of one in use", RemoveDirectoryA("DIR"), ERROR_DIR_NOT_EMPTY);
  t.fails("of a file", RemoveDirectoryA("DIR\\A.BIN"), ERROR_DIRECTORY);
  DeleteFileA("DIR\\A.BIN");
  t.succeeds("of an empty one", RemoveDirectoryA("DIR"));
  t.fails("of none", RemoveDirectoryA("DIR"), ERROR_FILE_NOT_FOUND);
}

void files::finding(ktap::Test& t) {
  CreateDirectoryA("FIND", nullptr);
  SetCurrentDirectoryA("FIND");
  make("ONE.TXT", "1", 1);
  make("TWO.TXT", "22", 2);
  make("THREE.BIN", "333", 3);
  WIN32_FIND_DATAA data = {};
  HANDLE find = FindFirstFileA("*.TXT", &data);
  t.succeeds("FindFirstFile", find);
  DWORD sizes = data.nFileSizeLow;
  t.succeeds("FindNextFile", FindNextFileA(find, &data));
  sizes += data.nFileSizeLow;
  t.equal("their sizes", sizes, 3);
  t.fails("FindNextFile at the end", FindNextFileA(find, &data), ERROR_NO_MORE_FILES);
  t.succeeds("FindClose", FindClose(find));
  find = FindFirstFileA("three.*", &data);
  t.equal("letter case does not matter", data.cFileName, "THREE.BIN");
  t.equal("its size", data.nFileSizeLow, 3);
  FindClose(find);
  unsigned names = 0;
  find = FindFirstFileA("*.*", &data);
  do {
    ++names;
  } while (FindNextFileA(find, &data));
  FindClose(find);
  t.equal("*.*, with . and ..", names, 5);
  t.fails("FindFirstFile of nothing", FindFirstFileA("*.NIL", &data), ERROR_FILE_NOT_FOUND);
  t.fails("in no directory", FindFirstFileA("NOWHERE\\*.*", &data), ERROR_PATH_NOT_FOUND);
  t.fails("FindClose of no handle", FindClose(INVALID_HANDLE_VALUE), ERROR_INVALID_HANDLE);
  DeleteFileA("ONE.TXT");
  DeleteFileA("TWO.TXT");
  DeleteFileA("THREE.BIN");
  SetCurrentDirectoryA("..");
  RemoveDirectoryA("FIND");
}
