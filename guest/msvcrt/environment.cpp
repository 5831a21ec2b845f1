// The environment as C has it: pointers to "NAME=value", in bytes and wide.
#include "guest/msvcrt/msvcrt.hpp"

extern "C" {
LPSTR WINAPI GetEnvironmentStringsA();
BOOL WINAPI FreeEnvironmentStringsA(PVOID Strings);
BOOL WINAPI SetEnvironmentVariableA(LPCSTR Name, LPCSTR Value);
int _strnicmp(const char* a, const char* b, size_t count);
}

namespace {

size_t count_of(char** list) {
  size_t count = 0;
  while (list != nullptr && list[count] != nullptr) ++count;
  return count;
}

/// Where the variable is, or where the list ends.
size_t find(const char* name, size_t length) {
  size_t i = 0;
  for (; _environ != nullptr && _environ[i] != nullptr; ++i) {
    if (_strnicmp(_environ[i], name, length) == 0 && _environ[i][length] == '=') break;
  }
  return i;
}

bool same(const WCHAR* entry, const WCHAR* name, size_t length) {
  for (size_t i = 0; i < length; ++i) {
    if (RtlUpcaseUnicodeChar(entry[i]) != RtlUpcaseUnicodeChar(name[i])) return false;
  }
  return entry[length] == '=';
}

/// What pointers lead to stays: a program may have kept what getenv gave.
int set(size_t at, char* entry) {
  const size_t count = count_of(_environ);
  if (at != count) {
    if (entry != nullptr) {
      _environ[at] = entry;
    } else {
      for (size_t i = at; i < count; ++i) _environ[i] = _environ[i + 1];
    }
    return 0;
  }
  if (entry == nullptr) return 0;
  auto** list = static_cast<char**>(calloc(count + 2, sizeof(char*)));
  if (list == nullptr) return -1;
  for (size_t i = 0; i < count; ++i) list[i] = _environ[i];
  list[count] = entry;
  _environ = list;
  return 0;
}

}  // namespace

/// Of "A=1\0B=2\0\0"; the drives' directories ("=C:=C:\X") are not the program's.
void c::make_environment() {
  char* block = GetEnvironmentStringsA();
  size_t count = 0;
  for (char* at = block; at != nullptr && *at != '\0'; at += strlen(at) + 1) count += *at != '=';
  auto** list = static_cast<char**>(calloc(count + 1, sizeof(char*)));
  if (list == nullptr) return;
  size_t i = 0;
  for (char* at = block; i < count; at += strlen(at) + 1) {
    if (*at != '=') list[i++] = at;
  }
  _environ = __initenv = list;
}

void c::make_wide_environment() {
  const Guard guard(environment_lock);
  const size_t count = count_of(_environ);
  auto** list = static_cast<WCHAR**>(calloc(count + 1, sizeof(WCHAR*)));
  if (list == nullptr) return;
  for (size_t i = 0; i < count; ++i) list[i] = widened(_environ[i]);
  _wenviron = list;
  if (__winitenv == nullptr) __winitenv = list;
}

extern "C" {

char **_environ, **__initenv;
WCHAR **_wenviron, **__winitenv;
char*** __p__environ() { return &_environ; }
char*** __p___initenv() { return &__initenv; }
WCHAR*** __p__wenviron() {
  if (_wenviron == nullptr) c::make_wide_environment();
  return &_wenviron;
}
WCHAR*** __p___winitenv() { return &__winitenv; }

char* getenv(const char* name) {
  const c::Guard guard(c::environment_lock);
  const size_t length = strlen(name), at = find(name, length);
  if (length == 0 || _environ == nullptr || _environ[at] == nullptr) return nullptr;
  return _environ[at] + length + 1;
}

WCHAR* _wgetenv(const WCHAR* name) {
  if (_wenviron == nullptr) c::make_wide_environment();
  const c::Guard guard(c::environment_lock);
  const size_t length = wcslen(name);
  for (WCHAR** entry = _wenviron; entry != nullptr && *entry != nullptr; ++entry) {
    if (same(*entry, name, length)) return *entry + length + 1;
  }
  return nullptr;
}

/// "NAME=value"; "NAME=" takes the variable away.
int _putenv(const char* text) {
  const char* equals = text == nullptr ? nullptr : strchr(text, '=');
  if (equals == nullptr || equals == text) return c::fail(EINVAL);
  const size_t length = static_cast<size_t>(equals - text);
  auto* entry = static_cast<char*>(malloc(strlen(text) + 1));
  if (entry == nullptr) return -1;
  memcpy(entry, text, length);
  entry[length] = '\0';
  const bool taken_away = equals[1] == '\0';
  SetEnvironmentVariableA(entry, taken_away ? nullptr : equals + 1);
  strcpy(entry, text);
  const c::Guard guard(c::environment_lock);
  const int result = set(find(text, length), taken_away ? nullptr : entry);
  if (taken_away) free(entry);
  if (_wenviron != nullptr) c::make_wide_environment();
  return result;
}

int _wputenv(const WCHAR* text) { return _putenv(c::Narrow(text).get()); }

int _putenv_s(const char* name, const char* value) {
  if (name == nullptr || value == nullptr) return c::fail(EINVAL), EINVAL;
  auto* text = static_cast<char*>(malloc(strlen(name) + strlen(value) + 2));
  if (text == nullptr) return ENOMEM;
  strcat(strcat(strcpy(text, name), "="), value);
  const int result = _putenv(text);
  free(text);
  return result == 0 ? 0 : *_errno();
}

}  // extern "C"
