// Files: opening them in every way and sharing them. What is in them is in files_data.cpp, what
// they are called in files_names.cpp. Everything lies in a directory of its own, which goes at the
// end.
#include "guest/conformance/files.hpp"

namespace {

constexpr char name[] = "DATA.BIN";

HANDLE open(DWORD access, DWORD share, DWORD creation, DWORD flags = 0) {
  return CreateFileA(name, access, share, nullptr, creation, flags, nullptr);
}

void create_new(ktap::Test& t) {
  const HANDLE file = open(GENERIC_WRITE, 0, CREATE_NEW);
  t.succeeds("CREATE_NEW of a new name", file);
  CloseHandle(file);
  t.fails("of one there is", open(GENERIC_WRITE, 0, CREATE_NEW), ERROR_FILE_EXISTS);
  DeleteFileA(name);
}

void create_always(ktap::Test& t) {
  SetLastError(ktap::Test::untouched);
  HANDLE file = open(GENERIC_WRITE, 0, CREATE_ALWAYS);
  t.equal("a new name leaves no error", GetLastError(), 0);
  CloseHandle(file);
  files::make(name, "12345", 5);
  file = open(GENERIC_WRITE, 0, CREATE_ALWAYS);
  t.equal("one there is", GetLastError(), ERROR_ALREADY_EXISTS);
  t.equal("is empty then", GetFileSize(file, nullptr), 0);
  CloseHandle(file);
  DeleteFileA(name);
}

void open_existing(ktap::Test& t) {
  t.fails("OPEN_EXISTING of nothing", open(GENERIC_READ, 0, OPEN_EXISTING), ERROR_FILE_NOT_FOUND);
  files::make(name, "12345", 5);
  const HANDLE file = open(GENERIC_READ, 0, OPEN_EXISTING);
  t.succeeds("of something", file);
  t.equal("it is as it was", GetFileSize(file, nullptr), 5);
  CloseHandle(file);
  DeleteFileA(name);
}

void open_always(ktap::Test& t) {
  SetLastError(ktap::Test::untouched);
  HANDLE file = open(GENERIC_WRITE, 0, OPEN_ALWAYS);
  t.equal("OPEN_ALWAYS of nothing makes it", GetLastError(), 0);
  DWORD written;
  WriteFile(file, "123", 3, &written, nullptr);
  CloseHandle(file);
  file = open(GENERIC_WRITE, 0, OPEN_ALWAYS);
  t.equal("and then it is there", GetLastError(), ERROR_ALREADY_EXISTS);
  t.equal("with what was in it", GetFileSize(file, nullptr), 3);
  CloseHandle(file);
  DeleteFileA(name);
}

void truncate_existing(ktap::Test& t) {
  t.fails("TRUNCATE_EXISTING of nothing", open(GENERIC_WRITE, 0, TRUNCATE_EXISTING),
          ERROR_FILE_NOT_FOUND);
  files::make(name, "12345", 5);
  const HANDLE file = open(GENERIC_WRITE, 0, TRUNCATE_EXISTING);
  t.succeeds("of something", file);
  t.equal("it is empty", GetFileSize(file, nullptr), 0);
  CloseHandle(file);
  DeleteFileA(name);
}

void names(ktap::Test& t) {
  const auto try_open = [](const char* path, DWORD access = GENERIC_READ) {
    return CreateFileA(path, access, 0, nullptr, OPEN_EXISTING, 0, nullptr);
  };
  t.fails("a directory that is not there", try_open("NOWHERE\\A.BIN"), ERROR_PATH_NOT_FOUND);
  t.fails("no name", try_open(""), ERROR_PATH_NOT_FOUND);
  t.fails("a directory as a file", try_open("."), ERROR_ACCESS_DENIED);
  t.fails("a disposition that there is not",
          CreateFileA(name, GENERIC_READ, 0, nullptr, 6, 0, nullptr), ERROR_INVALID_PARAMETER);
  const HANDLE nothing = try_open("NUL", GENERIC_READ | GENERIC_WRITE);
  t.succeeds("NUL is everywhere", nothing);
  DWORD count = 77;
  t.succeeds("it takes everything", WriteFile(nothing, "abc", 3, &count, nullptr));
  t.equal("three bytes", count, 3);
  char byte;
  t.succeeds("and gives nothing", ReadFile(nothing, &byte, 1, &count, nullptr));
  t.equal("no bytes", count, 0);
  CloseHandle(nothing);
}

void sharing(ktap::Test& t) {
  files::make(name, "12345", 5);
  const HANDLE alone = open(GENERIC_READ, 0, OPEN_EXISTING);
  t.fails("shared with nobody", open(GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING),
          ERROR_SHARING_VIOLATION);
  t.fails("nor deleted", DeleteFileA(name), ERROR_SHARING_VIOLATION);
  CloseHandle(alone);
  const HANDLE reader = open(GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING);
  const HANDLE second = open(GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING);
  t.succeeds("FILE_SHARE_READ allows readers", second);
  CloseHandle(second);
  t.fails("but no writer", open(GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING),
          ERROR_SHARING_VIOLATION);
  t.fails("a reader who doesn't share", open(GENERIC_READ, 0, OPEN_EXISTING),
          ERROR_SHARING_VIOLATION);
  CloseHandle(reader);
  const HANDLE writer = open(GENERIC_WRITE, FILE_SHARE_READ, OPEN_EXISTING);
  t.fails("a reader must share writing, too", open(GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING),
          ERROR_SHARING_VIOLATION);
  const HANDLE both = open(GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING);
  t.succeeds("then it may", both);
  CloseHandle(both);
  CloseHandle(writer);
  DeleteFileA(name);
}

void access(ktap::Test& t) {
  files::make(name, "12345", 5);
  char byte;
  DWORD count;
  HANDLE file = open(GENERIC_READ, 0, OPEN_EXISTING);
  t.fails("WriteFile by a reader", WriteFile(file, "a", 1, &count, nullptr), ERROR_ACCESS_DENIED);
  t.fails("SetEndOfFile", SetEndOfFile(file), ERROR_ACCESS_DENIED);
  CloseHandle(file);
  file = open(GENERIC_WRITE, 0, OPEN_EXISTING);
  t.fails("ReadFile by a writer", ReadFile(file, &byte, 1, &count, nullptr), ERROR_ACCESS_DENIED);
  CloseHandle(file);
  t.fails("a closed handle", ReadFile(file, &byte, 1, &count, nullptr), ERROR_INVALID_HANDLE);
  t.fails("CloseHandle twice", CloseHandle(file), ERROR_INVALID_HANDLE);
  DeleteFileA(name);
}

void delete_on_close(ktap::Test& t) {
  const HANDLE file = open(GENERIC_WRITE, FILE_SHARE_DELETE, CREATE_NEW, FILE_FLAG_DELETE_ON_CLOSE);
  t.succeeds("FILE_FLAG_DELETE_ON_CLOSE", file);
  t.expect("it is there", GetFileAttributesA(name) != INVALID_FILE_ATTRIBUTES);
  CloseHandle(file);
  t.expect("it is gone", GetFileAttributesA(name) == INVALID_FILE_ATTRIBUTES);
}

void file_type(ktap::Test& t) {
  files::make(name, "1", 1);
  const HANDLE file = open(GENERIC_READ, 0, OPEN_EXISTING);
  t.equal("GetFileType of a file", GetFileType(file), FILE_TYPE_DISK);
  CloseHandle(file);
  const DWORD type = GetFileType(file);
  t.equal("of a closed handle", GetLastError(), ERROR_INVALID_HANDLE);
  t.equal("is unknown", type, FILE_TYPE_UNKNOWN);
  DeleteFileA(name);
}

constexpr ktap::Case cases[] = {
    {"CREATE_NEW", create_new},
    {"CREATE_ALWAYS", create_always},
    {"OPEN_EXISTING", open_existing},
    {"OPEN_ALWAYS", open_always},
    {"TRUNCATE_EXISTING", truncate_existing},
    {"names that can't be opened, and NUL", names},
    {"share modes", sharing},
    {"a handle allows what it was opened for", access},
    {"FILE_FLAG_DELETE_ON_CLOSE", delete_on_close},
    {"GetFileType", file_type},
    {"reading at the end of the file", files::end_of_file},
    {"transfers of nothing", files::zero_bytes},
    {"buffers that are none", files::bad_buffers},
    {"positions in an OVERLAPPED", files::overlapped},
    {"SetFilePointer", files::positions},
    {"positions past the end", files::past_the_end},
    {"SetEndOfFile", files::set_end_of_file},
    {"FILE_APPEND_DATA", files::append},
    {"FILE_FLAG_NO_BUFFERING", files::no_buffering},
    {"G5 FILE_FLAG_WRITE_THROUGH", files::write_through},
    {"DeleteFile", files::deleting},
    {"MoveFile and MoveFileEx", files::moving},
    {"CopyFile", files::copying},
    {"attributes", files::attributes},
    {"directories", files::directories},
    {"FindFirstFile", files::finding},
    {"GetFullPathName", files::full_paths},
    {"the current directory", files::current_directory},
    {"temporary files", files::temporary},
    {"environment variables", files::environment},
    {"a child inherits the environment", files::inherited_environment},
    {"or is given one", files::given_environment},
    {"a child's current directory", files::inherited_directory},
    {"the console", files::console},
    {"the wide forms", files::wide},
};

}  // namespace

bool files::make(const char* path, const void* bytes, DWORD count) {
  const HANDLE file =
      CreateFileA(path, GENERIC_WRITE, 0, nullptr, CREATE_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
  DWORD written = 0;
  const bool good = file != INVALID_HANDLE_VALUE &&
                    WriteFile(file, bytes, count, &written, nullptr) && written == count;
  CloseHandle(file);
  return good;
}

extern "C" int main(int count, char**) {
  if (count > 1) return files::tell_surroundings();
  constexpr char folder[] = "FILETEST";
  CreateDirectoryA(folder, nullptr);
  SetCurrentDirectoryA(folder);
  const int code = ktap::run(cases);
  SetCurrentDirectoryA("..");
  RemoveDirectoryA(folder);
  return code;
}
