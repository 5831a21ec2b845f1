// Strings of UTF-16.
#include "guest/msvcrt/msvcrt.hpp"

extern "C" {
wint_t towlower(wint_t c);
wint_t towupper(wint_t c);
}

c::Narrow::Narrow(const WCHAR* text) {
  if (text == nullptr) return;
  const size_t length = wcslen(text);
  text_ = static_cast<char*>(malloc(length + 1));
  for (size_t i = 0; text_ != nullptr && i <= length; ++i)
    text_[i] = text[i] <= 0xFF ? static_cast<char>(text[i]) : '?';
}

void c::widen(WCHAR* to, const char* from) {
  do *to++ = static_cast<unsigned char>(*from);
  while (*from++ != '\0');
}

WCHAR* c::widened(const char* text) {
  auto* to = static_cast<WCHAR*>(malloc((strlen(text) + 1) * sizeof(WCHAR)));
  if (to != nullptr) widen(to, text);
  return to;
}

extern "C" {

WCHAR* wcscpy(WCHAR* to, const WCHAR* from) {
  for (WCHAR* at = to; (*at++ = *from++) != 0;) {
  }
  return to;
}
WCHAR* wcscat(WCHAR* to, const WCHAR* from) {
  wcscpy(to + wcslen(to), from);
  return to;
}
WCHAR* wcsncpy(WCHAR* to, const WCHAR* from, size_t count) {
  size_t i = 0;
  for (; i < count && from[i] != 0; ++i) to[i] = from[i];
  for (; i < count; ++i) to[i] = 0;
  return to;
}
WCHAR* wcsncat(WCHAR* to, const WCHAR* from, size_t count) {
  WCHAR* end = to + wcslen(to);
  for (; count != 0 && *from != 0; --count) *end++ = *from++;
  *end = 0;
  return to;
}
size_t wcsnlen(const WCHAR* text, size_t most) {
  size_t length = 0;
  while (length < most && text[length] != 0) ++length;
  return length;
}

int wcsncmp(const WCHAR* a, const WCHAR* b, size_t count) {
  for (; count != 0; --count, ++a, ++b) {
    if (*a != *b) return *a < *b ? -1 : 1;
    if (*a == 0) break;
  }
  return 0;
}
int wcscmp(const WCHAR* a, const WCHAR* b) { return wcsncmp(a, b, ~size_t{0}); }
int wcscoll(const WCHAR* a, const WCHAR* b) { return wcscmp(a, b); }
int _wcsnicmp(const WCHAR* a, const WCHAR* b, size_t count) {
  for (; count != 0; --count, ++a, ++b) {
    const int difference = towlower(*a) - towlower(*b);
    if (difference != 0 || *a == 0) return difference;
  }
  return 0;
}
int _wcsicmp(const WCHAR* a, const WCHAR* b) { return _wcsnicmp(a, b, ~size_t{0}); }
int _wcsicoll(const WCHAR* a, const WCHAR* b) { return _wcsicmp(a, b); }

size_t wcsxfrm(WCHAR* to, const WCHAR* from, size_t count) {
  const size_t length = wcslen(from);
  for (size_t i = 0; i < count; ++i) {
    to[i] = i + 1 < count && i < length ? from[i] : WCHAR{0};
    if (i >= length) break;
  }
  return length;
}

WCHAR* wcschr(const WCHAR* text, WCHAR c) {
  for (;; ++text) {
    if (*text == c) return const_cast<WCHAR*>(text);
    if (*text == 0) return nullptr;
  }
}
WCHAR* wcsrchr(const WCHAR* text, WCHAR c) {
  const WCHAR* found = nullptr;
  do {
    if (*text == c) found = text;
  } while (*text++ != 0);
  return const_cast<WCHAR*>(found);
}
size_t wcsspn(const WCHAR* text, const WCHAR* set) {
  size_t i = 0;
  while (text[i] != 0 && wcschr(set, text[i]) != nullptr) ++i;
  return i;
}
size_t wcscspn(const WCHAR* text, const WCHAR* set) {
  size_t i = 0;
  while (text[i] != 0 && wcschr(set, text[i]) == nullptr) ++i;
  return i;
}
WCHAR* wcspbrk(const WCHAR* text, const WCHAR* set) {
  const WCHAR* at = text + wcscspn(text, set);
  return *at == 0 ? nullptr : const_cast<WCHAR*>(at);
}
WCHAR* wcsstr(const WCHAR* text, const WCHAR* wanted) {
  const size_t length = wcslen(wanted);
  for (;; ++text) {
    if (wcsncmp(text, wanted, length) == 0) return const_cast<WCHAR*>(text);
    if (*text == 0) return nullptr;
  }
}

/// Without the third argument of C99: where it stopped is the thread's own.
WCHAR* wcstok(WCHAR* text, const WCHAR* set) {
  WCHAR*& rest = c::thread_data().wcstok_rest;
  if (text == nullptr) text = rest;
  if (text == nullptr) return nullptr;
  text += wcsspn(text, set);
  if (*text == 0) return rest = nullptr;
  WCHAR* end = text + wcscspn(text, set);
  rest = *end == 0 ? nullptr : end + 1;
  *end = 0;
  return text;
}

WCHAR* _wcsdup(const WCHAR* text) {
  if (text == nullptr) return nullptr;
  auto* copy = static_cast<WCHAR*>(malloc((wcslen(text) + 1) * sizeof(WCHAR)));
  return copy == nullptr ? nullptr : wcscpy(copy, text);
}
WCHAR* _wcslwr(WCHAR* text) {
  for (WCHAR* at = text; *at != 0; ++at) *at = towlower(*at);
  return text;
}
WCHAR* _wcsupr(WCHAR* text) {
  for (WCHAR* at = text; *at != 0; ++at) *at = towupper(*at);
  return text;
}
WCHAR* _wcsrev(WCHAR* text) {
  WCHAR* end = text + wcslen(text);
  for (WCHAR* at = text; at < end; ++at) {
    const WCHAR c = *at;
    *at = *--end;
    *end = c;
  }
  return text;
}
WCHAR* _wcsset(WCHAR* text, WCHAR c) {
  for (WCHAR* at = text; *at != 0; ++at) *at = c;
  return text;
}
WCHAR* _wcsnset(WCHAR* text, WCHAR c, size_t count) {
  for (WCHAR* at = text; count != 0 && *at != 0; --count, ++at) *at = c;
  return text;
}

}  // extern "C"
