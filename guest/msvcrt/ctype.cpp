// Classes of characters, in the "C" locale.
#include "guest/msvcrt/msvcrt.hpp"

namespace {

constexpr USHORT upper = 1, lower = 2, digit = 4, space = 8, punct = 16, control = 32, blank = 64,
                 hex = 128, alpha = 256;

constexpr USHORT class_of(int c) {
  if (c < 0 || c > 0x7F) return 0;
  if (c == ' ') return space | blank;
  if (c >= 9 && c <= 13) return control | space | (c == 9 ? blank : 0);
  if (c < ' ' || c == 0x7F) return control;
  if (c >= '0' && c <= '9') return digit | hex;
  if (c >= 'A' && c <= 'Z') return upper | alpha | (c <= 'F' ? hex : 0);
  if (c >= 'a' && c <= 'z') return lower | alpha | (c <= 'f' ? hex : 0);
  return punct;
}

struct Table {
  USHORT of[257];  // of[0] is EOF's
  constexpr Table() : of{} {
    for (int c = 0; c < 256; ++c) of[c + 1] = class_of(c);
  }
};
constexpr Table table;

int test(int c, int mask) { return c < -1 || c > 255 ? 0 : table.of[c + 1] & mask; }

}  // namespace

extern "C" {

const USHORT* _pctype = table.of + 1;
const USHORT* __p__pctype() { return _pctype; }
int _isctype(int c, int mask) { return test(c, mask); }

int isalpha(int c) { return test(c, alpha); }
int isupper(int c) { return test(c, upper); }
int islower(int c) { return test(c, lower); }
int isdigit(int c) { return test(c, digit); }
int isxdigit(int c) { return test(c, hex); }
int isspace(int c) { return test(c, space); }
int ispunct(int c) { return test(c, punct); }
int isalnum(int c) { return test(c, alpha | digit); }
int isprint(int c) { return c == '\t' ? 0 : test(c, blank | punct | alpha | digit); }
int isgraph(int c) { return test(c, punct | alpha | digit); }
int iscntrl(int c) { return test(c, control); }
int tolower(int c) { return test(c, upper) != 0 ? c + 32 : c; }
int toupper(int c) { return test(c, lower) != 0 ? c - 32 : c; }
int _tolower(int c) { return c + 32; }
int _toupper(int c) { return c - 32; }

int __isascii(int c) { return static_cast<unsigned>(c) < 0x80; }
int __toascii(int c) { return c & 0x7F; }
int __iscsym(int c) { return c == '_' || isalnum(c); }
int __iscsymf(int c) { return c == '_' || isalpha(c); }

}  // extern "C"
