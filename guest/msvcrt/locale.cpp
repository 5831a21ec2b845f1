// There is one locale, "C".
#include "guest/msvcrt/msvcrt.hpp"

namespace {

constexpr char none = '\x7F';
char empty[] = "", point[] = ".", name[] = "C";

struct Conventions {
  char *decimal_point, *thousands_sep, *grouping, *int_curr_symbol, *currency_symbol,
      *mon_decimal_point, *mon_thousands_sep, *mon_grouping, *positive_sign, *negative_sign;
  char int_frac_digits, frac_digits, p_cs_precedes, p_sep_by_space, n_cs_precedes, n_sep_by_space,
      p_sign_posn, n_sign_posn;
};
Conventions conventions = {point, empty, empty, empty, empty, empty, empty, empty, empty,
                           empty, none,  none,  none,  none,  none,  none,  none,  none};

}  // namespace

extern "C" {

Conventions* localeconv() { return &conventions; }

char* setlocale(int, const char* wanted) {
  if (wanted == nullptr || *wanted == '\0' || strcmp(wanted, "C") == 0) return name;
  return nullptr;
}

}  // extern "C"
