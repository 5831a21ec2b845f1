// Strings of UTF-16, and streams of them: in the "C" locale a byte each.
#include "guest/msvcrt/msvcrt.hpp"

extern "C" {

int fgetc(FILE* file);
int ungetc(int c, FILE* file);

int wcscmp(const WCHAR* a, const WCHAR* b) {
  while (*a != 0 && *a == *b) ++a, ++b;
  return *a < *b ? -1 : *a > *b;
}
int wcscoll(const WCHAR* a, const WCHAR* b) { return wcscmp(a, b); }

size_t wcsxfrm(WCHAR* to, const WCHAR* from, size_t count) {
  const size_t length = wcslen(from);
  for (size_t i = 0; i < count; ++i) {
    to[i] = i + 1 < count && i < length ? from[i] : WCHAR{0};
    if (i >= length) break;
  }
  return length;
}

WCHAR* wcscpy(WCHAR* to, const WCHAR* from) {
  for (WCHAR* at = to; (*at++ = *from++) != 0;) {
  }
  return to;
}

wint_t getwc(FILE* file) {
  const int c = fgetc(file);
  return c == EOF ? wint_t{0xFFFF} : static_cast<wint_t>(c);
}

wint_t putwc(WCHAR c, FILE* file) {
  if (c > 0xFF) {
    *_errno() = EILSEQ;
    return 0xFFFF;
  }
  return fputc(c, file) == EOF ? wint_t{0xFFFF} : c;
}

wint_t ungetwc(wint_t c, FILE* file) {
  return c == 0xFFFF || ungetc(c, file) == EOF ? wint_t{0xFFFF} : c;
}

}  // extern "C"
