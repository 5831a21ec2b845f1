// There is one locale, "C".
#include "guest/msvcrt/msvcrt.hpp"

namespace {

constexpr char none = '\x7F';
char empty[] = "", point[] = ".", name[] = "C";
WCHAR wide_name[] = L"C";

struct Conventions {
  char *decimal_point, *thousands_sep, *grouping, *int_curr_symbol, *currency_symbol,
      *mon_decimal_point, *mon_thousands_sep, *mon_grouping, *positive_sign, *negative_sign;
  char int_frac_digits, frac_digits, p_cs_precedes, p_sep_by_space, n_cs_precedes, n_sep_by_space,
      p_sign_posn, n_sign_posn;
};
Conventions conventions = {point, empty, empty, empty, empty, empty, empty, empty, empty,
                           empty, none,  none,  none,  none,  none,  none,  none,  none};
constexpr int categories = 6;

}  // namespace

extern "C" {

Conventions* localeconv() { return &conventions; }

char* setlocale(int category, const char* wanted) {
  if (category < 0 || category >= categories) return nullptr;
  if (wanted == nullptr || *wanted == '\0' || strcmp(wanted, "C") == 0) return name;
  return nullptr;
}
WCHAR* _wsetlocale(int category, const WCHAR* wanted) {
  return setlocale(category, c::Narrow(wanted).get()) == nullptr ? nullptr : wide_name;
}

unsigned ___lc_codepage_func() { return 0; }
int ___mb_cur_max_func() { return 1; }
extern int __mb_cur_max;
int* __p___mb_cur_max() { return &__mb_cur_max; }

}  // extern "C"
