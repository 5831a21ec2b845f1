// What is in files: reading, writing, positions, sizes.
#include "guest/conformance/files.hpp"

namespace {

constexpr char name[] = "DATA.BIN";

/// A file of ten digits, open for reading and writing, gone at the end of the scope.
class Digits {
 public:
  explicit Digits(DWORD flags = 0) {
    files::make(name, "0123456789", 10);
    handle_ =
        CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING, flags, nullptr);
  }
  ~Digits() {
    CloseHandle(handle_);
    DeleteFileA(name);
  }
  Digits(const Digits&) = delete;
  Digits& operator=(const Digits&) = delete;
  operator HANDLE() const { return handle_; }

 private:
  HANDLE handle_;
};

}  // namespace

void files::end_of_file(ktap::Test& t) {
  const Digits file;
  char buffer[20] = {};
  DWORD count = 77;
  t.succeeds("ReadFile of more than there is", ReadFile(file, buffer, 20, &count, nullptr));
  t.equal("gives what there is", count, 10);
  t.expect("the digits", buffer[0] == '0' && buffer[9] == '9' && buffer[10] == 0);
  t.succeeds("ReadFile at the end", ReadFile(file, buffer, 20, &count, nullptr));
  t.equal("gives nothing", count, 0);
}

void files::zero_bytes(ktap::Test& t) {
  const Digits file;
  char byte;
  DWORD count = 77;
  t.succeeds("ReadFile", ReadFile(file, &byte, 0, &count, nullptr));
  t.equal("of nothing", count, 0);
  SetFilePointer(file, 20, nullptr, FILE_BEGIN);
  count = 77;
  t.succeeds("WriteFile", WriteFile(file, &byte, 0, &count, nullptr));
  t.equal("of nothing either", count, 0);
  t.equal("the file stays as it is", GetFileSize(file, nullptr), 10);
}

void files::bad_buffers(ktap::Test& t) {
  const Digits file;
  DWORD count = 77;
  auto* reserved = static_cast<char*>(VirtualAlloc(nullptr, 0x10000, MEM_RESERVE, PAGE_NOACCESS));
  t.fails("ReadFile to a reserved page", ReadFile(file, reserved, 5, &count, nullptr),
          ERROR_NOACCESS);
  t.equal("read", count, 0);
  VirtualAlloc(reserved, 1, MEM_COMMIT, PAGE_READONLY);
  t.fails("to one that is read-only", ReadFile(file, reserved, 5, &count, nullptr), ERROR_NOACCESS);
  t.equal("where one stands", SetFilePointer(file, 0, nullptr, FILE_CURRENT), 0);
  count = 77;
  const BOOL done = WriteFile(file, reserved + 0x8000, 5, &count, nullptr);
  t.expect("WriteFile from a reserved page fails", !done);
  t.equal("written", count, 0);
  VirtualFree(reserved, 0, MEM_RELEASE);
}

void files::overlapped(ktap::Test& t) {
  const Digits file;
  char buffer[4] = {};
  DWORD count = 0;
  OVERLAPPED at = {};
  at.Offset = 3;
  t.succeeds("ReadFile at 3", ReadFile(file, buffer, 3, &count, &at));
  t.expect("3, 4, 5", count == 3 && buffer[0] == '3' && buffer[2] == '5');
  t.equal("where one stands", SetFilePointer(file, 0, nullptr, FILE_CURRENT), 6);
  at.Offset = 10;
  t.fails("ReadFile at the end", ReadFile(file, buffer, 3, &count, &at), ERROR_HANDLE_EOF);
  at.Offset = 12;
  t.succeeds("WriteFile past it", WriteFile(file, "xy", 2, &count, &at));
  t.equal("makes the file longer", GetFileSize(file, nullptr), 14);
  at.Offset = 8;
  t.succeeds("ReadFile over the gap", ReadFile(file, buffer, 4, &count, &at));
  t.expect("which is zero", buffer[1] == '9' && buffer[2] == 0 && buffer[3] == 0);
}

void files::positions(ktap::Test& t) {
  const Digits file;
  t.equal("from the beginning", SetFilePointer(file, 4, nullptr, FILE_BEGIN), 4);
  t.equal("from here", SetFilePointer(file, -1, nullptr, FILE_CURRENT), 3);
  t.equal("from the end", SetFilePointer(file, -3, nullptr, FILE_END), 7);
  DWORD seen = SetFilePointer(file, -11, nullptr, FILE_END);
  t.equal("before the beginning", GetLastError(), ERROR_NEGATIVE_SEEK);
  t.equal("is no position", seen, INVALID_SET_FILE_POINTER);
  t.equal("one stays where one was", SetFilePointer(file, 0, nullptr, FILE_CURRENT), 7);
  LONG high = 1;
  t.equal("4 GB and 5: the low half", SetFilePointer(file, 5, &high, FILE_BEGIN), 5);
  t.equal("and the high one", high, 1);
  seen = SetFilePointer(file, 0, nullptr, FILE_CURRENT);
  t.equal("without a place for it", GetLastError(), ERROR_INVALID_PARAMETER);
  t.equal("no position", seen, INVALID_SET_FILE_POINTER);
  high = -1;
  t.equal("back by 64 bits", SetFilePointer(file, -1, &high, FILE_CURRENT), 4);
  t.equal("its high half", high, 1);
  high = -2;
  seen = SetFilePointer(file, 0, &high, FILE_BEGIN);
  t.equal("negative in 64 bits", GetLastError(), ERROR_NEGATIVE_SEEK);
  t.equal("is none", seen, INVALID_SET_FILE_POINTER);
  seen = SetFilePointer(file, 0, nullptr, 3);
  t.equal("a method that there is not", GetLastError(), ERROR_INVALID_PARAMETER);
}

void files::past_the_end(ktap::Test& t) {
  const Digits file;
  char buffer[4];
  DWORD count = 77;
  t.equal("position 100", SetFilePointer(file, 100, nullptr, FILE_BEGIN), 100);
  t.equal("leaves the size", GetFileSize(file, nullptr), 10);
  t.succeeds("ReadFile there", ReadFile(file, buffer, 4, &count, nullptr));
  t.equal("finds nothing", count, 0);
  t.succeeds("WriteFile there", WriteFile(file, "z", 1, &count, nullptr));
  t.equal("makes it 101", GetFileSize(file, nullptr), 101);
  SetFilePointer(file, 50, nullptr, FILE_BEGIN);
  ReadFile(file, buffer, 4, &count, nullptr);
  t.expect("with zeros between", buffer[0] == 0 && buffer[3] == 0);
}

void files::set_end_of_file(ktap::Test& t) {
  const Digits file;
  SetFilePointer(file, 4, nullptr, FILE_BEGIN);
  t.succeeds("SetEndOfFile at 4", SetEndOfFile(file));
  DWORD high = 77;
  t.equal("GetFileSize", GetFileSize(file, &high), 4);
  t.equal("its high half", high, 0);
  SetFilePointer(file, 3000, nullptr, FILE_BEGIN);
  t.succeeds("at 3000", SetEndOfFile(file));
  t.equal("it is larger", GetFileSize(file, nullptr), 3000);
  t.equal("one stands there", SetFilePointer(file, 0, nullptr, FILE_CURRENT), 3000);
  char buffer[8];
  DWORD count;
  SetFilePointer(file, 2, nullptr, FILE_BEGIN);
  ReadFile(file, buffer, 8, &count, nullptr);
  t.expect("what was cut off does not come back",
           buffer[0] == '2' && buffer[1] == '3' && buffer[2] == 0 && buffer[7] == 0);
}

void files::append(ktap::Test& t) {
  make(name, "0123", 4);
  const HANDLE file = CreateFileA(name, FILE_APPEND_DATA, 0, nullptr, OPEN_EXISTING, 0, nullptr);
  DWORD count;
  SetFilePointer(file, 0, nullptr, FILE_BEGIN);
  t.succeeds("WriteFile", WriteFile(file, "45", 2, &count, nullptr));
  t.equal("goes to the end", GetFileSize(file, nullptr), 6);
  CloseHandle(file);
  DeleteFileA(name);
}

void files::no_buffering(ktap::Test& t) {
  auto* buffer =
      static_cast<char*>(VirtualAlloc(nullptr, 0x2000, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE));
  make(name, buffer, 0x2000);
  const HANDLE file = CreateFileA(name, GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                                  FILE_FLAG_NO_BUFFERING, nullptr);
  t.succeeds("CreateFile", file);
  DWORD count;
  t.fails("ReadFile of part of a sector", ReadFile(file, buffer, 100, &count, nullptr),
          ERROR_INVALID_PARAMETER);
  t.succeeds("of whole ones", ReadFile(file, buffer, 0x1000, &count, nullptr));
  t.equal("all of them", count, 0x1000);
  t.succeeds("WriteFile of whole ones", WriteFile(file, buffer, 0x1000, &count, nullptr));
  SetFilePointer(file, 10, nullptr, FILE_BEGIN);
  t.fails("ReadFile from within one", ReadFile(file, buffer, 0x1000, &count, nullptr),
          ERROR_INVALID_PARAMETER);
  CloseHandle(file);
  DeleteFileA(name);
  VirtualFree(buffer, 0, MEM_RELEASE);
}

void files::write_through(ktap::Test& t) {
  const Digits file(FILE_FLAG_WRITE_THROUGH);
  DWORD count;
  t.succeeds("WriteFile", WriteFile(file, "abc", 3, &count, nullptr));
  t.equal("three bytes", count, 3);
  t.succeeds("FlushFileBuffers", FlushFileBuffers(file));
  SetFilePointer(file, 0, nullptr, FILE_BEGIN);
  char buffer[4] = {};
  ReadFile(file, buffer, 4, &count, nullptr);
  t.expect("they are there", buffer[0] == 'a' && buffer[2] == 'c' && buffer[3] == '3');
}
