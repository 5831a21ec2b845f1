// Classes of UTF-16's characters: those of Latin 1, and the letters of Greek and Cyrillic.
#include "guest/msvcrt/msvcrt.hpp"

namespace {

constexpr USHORT upper = 1, lower = 2, digit = 4, space = 8, punct = 16, control = 32, blank = 64,
                 hex = 128, alpha = 256;

bool between(unsigned c, unsigned first, unsigned last) { return c >= first && c <= last; }

bool is_upper(unsigned c) {
  return between(c, 'A', 'Z') || (between(c, 0xC0, 0xDE) && c != 0xD7) ||
         between(c, 0x391, 0x3A9) || between(c, 0x400, 0x42F);
}
bool is_lower(unsigned c) {
  return between(c, 'a', 'z') || (between(c, 0xDF, 0xFF) && c != 0xF7) || c == 0xB5 || c == 0xAA ||
         c == 0xBA || between(c, 0x3B1, 0x3C9) || between(c, 0x430, 0x45F);
}

USHORT class_of(unsigned c) {
  if (c < 0x80) {
    if (c == ' ') return space | blank;
    if (between(c, 9, 13)) return control | space | (c == 9 ? blank : 0);
    if (c < ' ' || c == 0x7F) return control;
    if (between(c, '0', '9')) return digit | hex;
  }
  const bool is_hex = between(c, 'A', 'F') || between(c, 'a', 'f');
  if (is_upper(c)) return upper | alpha | (is_hex ? hex : 0);
  if (is_lower(c)) return lower | alpha | (is_hex ? hex : 0);
  if (between(c, 0x80, 0x9F)) return control | (c == 0x85 ? space : 0);
  if (c == 0xA0) return space | blank;
  if (between(c, 0xB2, 0xB3) || c == 0xB9) return digit | punct;
  return c < 0x100 ? punct : 0;
}

int test(wint_t c, unsigned mask) { return c == WEOF ? 0 : class_of(c) & mask; }

}  // namespace

extern "C" {

int iswctype(wint_t c, wctype_t mask) { return test(c, mask); }
int is_wctype(wint_t c, wctype_t mask) { return test(c, mask); }
int iswalpha(wint_t c) { return test(c, alpha); }
int iswupper(wint_t c) { return test(c, upper); }
int iswlower(wint_t c) { return test(c, lower); }
int iswdigit(wint_t c) { return test(c, digit); }
int iswxdigit(wint_t c) { return test(c, hex); }
int iswspace(wint_t c) { return test(c, space); }
int iswpunct(wint_t c) { return test(c, punct); }
int iswalnum(wint_t c) { return test(c, alpha | digit); }
int iswprint(wint_t c) { return c == '\t' ? 0 : test(c, blank | punct | alpha | digit); }
int iswgraph(wint_t c) { return test(c, punct | alpha | digit); }
int iswcntrl(wint_t c) { return test(c, control); }
int iswascii(wint_t c) { return c < 0x80; }

/// The "C" locale knows the other case of 26 letters.
wint_t towlower(wint_t c) { return between(c, 'A', 'Z') ? static_cast<wint_t>(c + 32) : c; }
wint_t towupper(wint_t c) { return between(c, 'a', 'z') ? static_cast<wint_t>(c - 32) : c; }

}  // extern "C"
