// What Microsoft's library adds to the strings of C.
#include "guest/msvcrt/msvcrt.hpp"

extern "C" {

char* _strlwr(char* text) {
  for (char* at = text; *at != '\0'; ++at)
    *at = static_cast<char>(tolower(static_cast<unsigned char>(*at)));
  return text;
}
char* _strupr(char* text) {
  for (char* at = text; *at != '\0'; ++at)
    *at = static_cast<char>(toupper(static_cast<unsigned char>(*at)));
  return text;
}

char* _strrev(char* text) {
  char* end = text + strlen(text);
  for (char* at = text; at < end; ++at) {
    const char c = *at;
    *at = *--end;
    *end = c;
  }
  return text;
}

char* _strset(char* text, int c) {
  for (char* at = text; *at != '\0'; ++at) *at = static_cast<char>(c);
  return text;
}
char* _strnset(char* text, int c, size_t count) {
  for (char* at = text; count != 0 && *at != '\0'; --count, ++at) *at = static_cast<char>(c);
  return text;
}

char* _strdup(const char* text) {
  if (text == nullptr) return nullptr;
  auto* copy = static_cast<char*>(malloc(strlen(text) + 1));
  return copy == nullptr ? nullptr : strcpy(copy, text);
}

int _strcmpi(const char* a, const char* b) { return _stricmp(a, b); }
int _stricoll(const char* a, const char* b) { return _stricmp(a, b); }

int _memicmp(const void* a, const void* b, size_t count) {
  const auto *left = static_cast<const unsigned char*>(a),
             *right = static_cast<const unsigned char*>(b);
  for (; count != 0; --count, ++left, ++right) {
    const int difference = tolower(*left) - tolower(*right);
    if (difference != 0) return difference;
  }
  return 0;
}

/// Copies up to and with `c`; a null when it was not there.
void* _memccpy(void* to, const void* from, int c, size_t count) {
  auto* out = static_cast<unsigned char*>(to);
  const auto* in = static_cast<const unsigned char*>(from);
  for (; count != 0; --count) {
    if ((*out++ = *in++) == static_cast<unsigned char>(c)) return out;
  }
  return nullptr;
}

void _swab(char* from, char* to, int count) {
  for (int i = 0; i + 1 < count; i += 2) {
    const char first = from[i];
    to[i] = from[i + 1];
    to[i + 1] = first;
  }
}

size_t strnlen(const char* text, size_t most) {
  size_t length = 0;
  while (length < most && text[length] != '\0') ++length;
  return length;
}

}  // extern "C"
