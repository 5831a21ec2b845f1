// dir, type and del.
#include <windows.h>

#include "guest/crt/print.hpp"
#include "guest/shell/command.hpp"

namespace shell {

namespace {

void report_error(const char* name) {
  const DWORD error = GetLastError();
  crt::print(name, ": ", describe(error), " (error ", error, ")\n");
}

/// What `dir` looks for: all names of a drive or a directory, or what the pattern says.
void find_pattern(const char* argument, char (&pattern)[MAX_PATH]) {
  constexpr char all[] = "*.*";
  lstrcpynA(pattern, argument, sizeof pattern - sizeof all);
  const int length = lstrlenA(pattern);
  const char last = length == 0 ? '\\' : pattern[length - 1];
  const bool open_end = last == '\\' || last == '/' || last == ':';
  const DWORD attributes = open_end ? 0 : GetFileAttributesA(pattern);
  const bool directory =
      attributes != INVALID_FILE_ATTRIBUTES && (attributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
  if (directory) lstrcatA(pattern, "\\");
  if (directory || open_end) lstrcatA(pattern, all);
}

}  // namespace

void dir(char* arguments) {
  cut_word(arguments);
  char pattern[MAX_PATH];
  find_pattern(arguments, pattern);
  WIN32_FIND_DATAA found;
  HANDLE search = FindFirstFileA(pattern, &found);
  if (search == INVALID_HANDLE_VALUE) {
    report_error(pattern);
    return;
  }
  unsigned files = 0;
  unsigned bytes = 0;
  do {
    const bool directory = (found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
    crt::print("  ", crt::column(found.cFileName, 14));
    if (directory) {
      crt::print("     <DIR>\n");
      continue;
    }
    crt::print(crt::column(found.nFileSizeLow, 10), "\n");
    ++files;
    bytes += found.nFileSizeLow;
  } while (FindNextFileA(search, &found));
  FindClose(search);
  crt::print("  ", files, " files, ", bytes, " bytes\n");
}

void type(char* arguments) {
  cut_word(arguments);
  HANDLE file =
      CreateFileA(arguments, GENERIC_READ, FILE_SHARE_READ, nullptr, OPEN_EXISTING, 0, nullptr);
  if (file == INVALID_HANDLE_VALUE) {
    report_error(arguments);
    return;
  }
  char buffer[512];
  DWORD count = 0;
  char last = '\n';
  bool readable = true;
  for (;;) {
    readable = ReadFile(file, buffer, sizeof buffer, &count, nullptr);
    if (!readable || count == 0) break;
    last = buffer[count - 1];
    DWORD written = 0;
    WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), buffer, count, &written, nullptr);
  }
  if (!readable) report_error(arguments);
  if (last != '\n') crt::print("\n");
  CloseHandle(file);
}

void del(char* arguments) {
  cut_word(arguments);
  if (!DeleteFileA(arguments)) report_error(arguments);
}

}  // namespace shell
