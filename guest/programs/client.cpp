// The client of the text's example: opens the memory that server.exe has named, and answers.
#include <windows.h>

#include "guest/crt/print.hpp"

extern "C" int main(int, char**) {
  HANDLE mapping = OpenFileMappingA(FILE_MAP_WRITE, FALSE, "shrmem");
  if (mapping == nullptr) {
    crt::complain("client: there is no server (error ", GetLastError(), ")\n");
    return 1;
  }
  auto* text = static_cast<char*>(MapViewOfFile(mapping, FILE_MAP_WRITE, 0, 0, 0));
  if (text == nullptr) return 1;
  crt::print("client: I am asked: ", text, "\n");
  lstrcpyA(text, lstrcmpA(text, "What is seven times six?") == 0 ? "42" : "?");
  UnmapViewOfFile(text);
  CloseHandle(mapping);
  return 0;
}
