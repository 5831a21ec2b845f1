// Streams of UTF-16: in text a byte for each character below 100h, in binary streams two.
#include "guest/msvcrt/streams.hpp"

wint_t c::next_wide(FILE* file) {
  const int low = next(file);
  if (low == EOF) return WEOF;
  if (is_text(file->_file)) return static_cast<wint_t>(low);
  const int high = next(file);
  return high == EOF ? WEOF : static_cast<wint_t>(high << 8 | low);
}

wint_t c::put_wide(FILE* file, WCHAR character) {
  if (!is_text(file->_file)) {
    const bool done = put(file, character & 0xFF) != EOF && put(file, character >> 8) != EOF;
    return done ? character : WEOF;
  }
  if (character > 0xFF) {
    file->_flag |= _IOERR;
    fail(EILSEQ);
    return WEOF;
  }
  return put(file, character) == EOF ? WEOF : character;
}

wint_t c::push_back_wide(FILE* file, wint_t character) {
  if (character == WEOF) return WEOF;
  if (!is_text(file->_file) && push_back(file, character >> 8) == EOF) return WEOF;
  return push_back(file, character & 0xFF) == EOF ? WEOF : character;
}

extern "C" {

wint_t fgetwc(FILE* file) {
  const c::StreamGuard guard(file);
  return c::next_wide(file);
}
wint_t getwc(FILE* file) { return fgetwc(file); }
wint_t getwchar() { return fgetwc(&_iob[0]); }
wint_t _fgetwchar() { return fgetwc(&_iob[0]); }

wint_t fputwc(WCHAR c, FILE* file) {
  const c::StreamGuard guard(file);
  return c::put_wide(file, c);
}
wint_t putwc(WCHAR c, FILE* file) { return fputwc(c, file); }
wint_t putwchar(WCHAR c) { return fputwc(c, &_iob[1]); }
wint_t _fputwchar(WCHAR c) { return fputwc(c, &_iob[1]); }

wint_t ungetwc(wint_t c, FILE* file) {
  const c::StreamGuard guard(file);
  return c::push_back_wide(file, c);
}

WCHAR* fgetws(WCHAR* to, int room, FILE* file) {
  const c::StreamGuard guard(file);
  int count = 0;
  while (count + 1 < room) {
    const wint_t c = c::next_wide(file);
    if (c == WEOF) break;
    to[count++] = c;
    if (c == '\n') break;
  }
  if (count == 0) return nullptr;
  to[count] = 0;
  return to;
}

int fputws(const WCHAR* text, FILE* file) {
  const c::StreamGuard guard(file);
  const c::LentBuffer lent(file);
  for (; *text != 0; ++text) {
    if (c::put_wide(file, *text) == WEOF) return -1;
  }
  return 0;
}
int _putws(const WCHAR* text) {
  return fputws(text, &_iob[1]) == 0 && fputwc('\n', &_iob[1]) != WEOF ? 0 : WEOF;
}

}  // extern "C"
