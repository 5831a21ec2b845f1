// The wide forms.
#include "guest/conformance/files.hpp"

void files::wide(ktap::Test& t) {
  t.succeeds("CreateDirectoryW", CreateDirectoryW(L"WIDE", nullptr));
  const HANDLE file =
      CreateFileW(L"WIDE\\A.BIN", GENERIC_WRITE, 0, nullptr, CREATE_NEW, 0, nullptr);
  t.succeeds("CreateFileW", file);
  CloseHandle(file);
  t.succeeds("CopyFileW", CopyFileW(L"WIDE\\A.BIN", L"WIDE\\B.BIN", TRUE));
  t.succeeds("MoveFileW", MoveFileW(L"WIDE\\B.BIN", L"WIDE\\C.BIN"));
  t.equal("GetFileAttributesW", GetFileAttributesW(L"WIDE\\C.BIN"), FILE_ATTRIBUTE_ARCHIVE);
  t.equal("the same by bytes", GetFileAttributesA("WIDE\\C.BIN"), FILE_ATTRIBUTE_ARCHIVE);
  WIN32_FIND_DATAW data = {};
  const HANDLE find = FindFirstFileW(L"WIDE\\C*", &data);
  t.succeeds("FindFirstFileW", find);
  t.expect("its name", data.cFileName[0] == L'C' && data.cFileName[5] == 0);
  t.fails("FindNextFileW", FindNextFileW(find, &data), ERROR_NO_MORE_FILES);
  FindClose(find);
  WCHAR path[MAX_PATH];
  WCHAR* part = nullptr;
  t.equal("GetFullPathNameW", GetFullPathNameW(L"C:\\A\\..\\B", MAX_PATH, path, &part), 4);
  t.expect("is C:\\B", part == path + 3 && path[3] == L'B');
  t.equal("into too little", GetFullPathNameW(L"C:\\ABC", 3, path, nullptr), 7);
  t.equal("GetCurrentDirectoryW", GetCurrentDirectoryW(MAX_PATH, path),
          GetCurrentDirectoryA(0, nullptr) - 1);
  t.fails("DeleteFileW of nothing", DeleteFileW(L"WIDE\\X.BIN"), ERROR_FILE_NOT_FOUND);
  t.succeeds("DeleteFileW", DeleteFileW(L"WIDE\\A.BIN"));
  t.succeeds("and the other", DeleteFileW(L"WIDE\\C.BIN"));
  t.succeeds("RemoveDirectoryW", RemoveDirectoryW(L"WIDE"));
}
