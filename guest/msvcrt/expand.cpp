// Wildcards in arguments: the names of the files they mean, or the pattern itself when there is
// none.
#include "guest/msvcrt/msvcrt.hpp"

extern "C" {
HANDLE WINAPI FindFirstFileA(LPCSTR Name, WIN32_FIND_DATAA* Data);
BOOL WINAPI FindNextFileA(HANDLE Find, WIN32_FIND_DATAA* Data);
BOOL WINAPI FindClose(HANDLE Find);
}

namespace {

struct List {
  char** names = nullptr;
  int count = 0, room = 0;

  void add(char* name) {
    if (count + 1 >= room) {
      room = room == 0 ? 16 : 2 * room;
      auto** more = static_cast<char**>(realloc(names, static_cast<size_t>(room) * sizeof(char*)));
      if (more == nullptr || name == nullptr) ExitProcess(255);
      names = more;
    }
    names[count++] = name;
    names[count] = nullptr;
  }
};

bool has_wildcard(const char* text) {
  return strchr(text, '*') != nullptr || strchr(text, '?') != nullptr;
}

/// Behind the last separator.
size_t directory_length(const char* path) {
  size_t length = 0;
  for (size_t i = 0; path[i] != '\0'; ++i) {
    if (path[i] == '\\' || path[i] == '/' || path[i] == ':') length = i + 1;
  }
  return length;
}

bool before(const char* a, const char* b) { return _stricmp(a, b) < 0; }

void sort(char** names, int count) {
  for (int i = 1; i < count; ++i) {
    char* moved = names[i];
    int at = i;
    for (; at != 0 && before(moved, names[at - 1]); --at) names[at] = names[at - 1];
    names[at] = moved;
  }
}

void expand(char* pattern, List& list) {
  WIN32_FIND_DATAA found;
  const int start = list.count;
  const HANDLE search =
      has_wildcard(pattern) ? FindFirstFileA(pattern, &found) : INVALID_HANDLE_VALUE;
  if (search != INVALID_HANDLE_VALUE) {
    const size_t directory = directory_length(pattern);
    do {
      if (strcmp(found.cFileName, ".") == 0 || strcmp(found.cFileName, "..") == 0) continue;
      auto* name = static_cast<char*>(malloc(directory + strlen(found.cFileName) + 1));
      if (name != nullptr)
        strcpy(static_cast<char*>(memcpy(name, pattern, directory)) + directory, found.cFileName);
      list.add(name);
    } while (FindNextFileA(search, &found));
    FindClose(search);
  }
  if (list.count == start) return list.add(pattern);
  sort(list.names + start, list.count - start);
}

}  // namespace

void c::expand_arguments() {
  List list;
  for (int i = 0; i < __argc; ++i) {
    if (i == 0) {
      list.add(__argv[i]);
    } else {
      expand(__argv[i], list);
    }
  }
  if (list.count == 0) return;
  __argv = list.names;
  __argc = list.count;
}

extern "C" {

int __argc;
char **__argv, *_acmdln, *_pgmptr;
WCHAR** __wargv;
unsigned _osver, _winver, _winmajor, _winminor;

}  // extern "C"
