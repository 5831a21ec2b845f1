// Multibyte characters of the "C" locale: a byte each, and a byte is the character of that number.
#include "guest/msvcrt/msvcrt.hpp"

extern "C" {

int mblen(const char* text, size_t count) {
  if (text == nullptr || count == 0 || *text == '\0') return 0;
  return 1;
}

int mbtowc(WCHAR* to, const char* text, size_t count) {
  if (text == nullptr || count == 0) return 0;
  if (to != nullptr) *to = static_cast<unsigned char>(*text);
  return *text != '\0' ? 1 : 0;
}

int wctomb(char* to, WCHAR c) {
  if (to == nullptr) return 0;
  if (c > 0xFF) return c::fail(EILSEQ);
  *to = static_cast<char>(c);
  return 1;
}

size_t mbstowcs(WCHAR* to, const char* from, size_t count) {
  if (to == nullptr) return strlen(from);
  size_t i = 0;
  for (; i < count; ++i) {
    to[i] = static_cast<unsigned char>(from[i]);
    if (from[i] == '\0') break;
  }
  return i;
}

size_t wcstombs(char* to, const WCHAR* from, size_t count) {
  size_t i = 0;
  for (; to == nullptr || i < count; ++i) {
    if (from[i] > 0xFF) return static_cast<size_t>(c::fail(EILSEQ));
    if (to != nullptr) to[i] = static_cast<char>(from[i]);
    if (from[i] == 0) break;
  }
  return i;
}

int _ismbblead(unsigned) { return 0; }
int _getmbcp() { return 0; }
int _setmbcp(int page) { return page == 0 || page == -2 || page == -3 || page == -4 ? 0 : -1; }

}  // extern "C"
