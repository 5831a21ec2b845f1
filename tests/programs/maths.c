// The mathematics of msvcrt itself, which mingw's own library stands in front of: values to twelve
// digits, special values, errno.
#define __USE_MINGW_ANSI_STDIO 0
#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <windows.h>

typedef double (*Unary)(double);
typedef double (*Binary)(double, double);

static HMODULE library;

static void* function(const char* name) {
  void* found = (void*)GetProcAddress(library, name);
  if (found == NULL) printf("there is no %s\n", name);
  return found;
}

static const char* text_of(double x, char* to) {
  unsigned long long bits;
  memcpy(&bits, &x, sizeof bits);
  if (x != x) return "not a number";
  if (bits << 1 == 0xFFEull << 52) return x > 0 ? "infinity" : "-infinity";
  sprintf(to, "%.12g", x);
  return to;
}

static void unary(const char* name, const double* values, int count) {
  const Unary f = (Unary)function(name);
  for (int i = 0; i < count; ++i) {
    char a[40], b[40];
    errno = 0;
    const double result = f(values[i]);
    const int error = errno;
    printf("%s(%s) = %s, %d\n", name, text_of(values[i], a), text_of(result, b), error);
  }
}

static void binary(const char* name, const double* values, int count) {
  const Binary f = (Binary)function(name);
  for (int i = 0; i < count; ++i) {
    for (int j = 0; j < count; ++j) {
      char a[40], b[40], c[40];
      errno = 0;
      const double result = f(values[i], values[j]);
      const int error = errno;
      printf("%s(%s, %s) = %s, %d\n", name, text_of(values[i], a), text_of(values[j], b),
             text_of(result, c), error);
    }
  }
}

static void parts(const double* values, int count) {
  double (*split)(double, double*) = (double (*)(double, double*))function("modf");
  double (*fraction)(double, int*) = (double (*)(double, int*))function("frexp");
  double (*load)(double, int) = (double (*)(double, int))function("ldexp");
  for (int i = 0; i < count; ++i) {
    char a[40], b[40], c[40];
    double whole;
    int exponent = 77;
    const double rest = split(values[i], &whole);
    printf("modf(%s) = %s + %s\n", text_of(values[i], a), text_of(whole, b), text_of(rest, c));
    const double f = fraction(values[i], &exponent);
    printf("frexp(%s) = %s", text_of(values[i], a), text_of(f, b));
    if (values[i] - values[i] == 0) printf(" * 2^%d", exponent);
    printf("\n");
    static const int by[] = {0, 1, -1, 100, -100, 2000, -2000};
    for (unsigned j = 0; j < sizeof by / sizeof *by; ++j)
      printf("ldexp(%s, %d) = %s\n", text_of(values[i], a), by[j],
             text_of(load(values[i], by[j]), b));
  }
}

int main(void) {
  volatile double zero = 0;
  const double infinity = 1 / zero, nan = infinity - infinity;
  const double values[] = {0,    0.1,  0.25,  0.5,   0.75, 1,    1.5,      2,         2.5,    3,
                           10,   20,   50.5,  100,   700,  710,  1e-5,     1e-10,     1e-300, 1e5,
                           1e9,  -0.1, -0.5,  -0.75, -1,   -1.5, -2,       -2.5,      -20,    -50.5,
                           -100, -710, -1e-5, 1e15,  2.3,  -2.7, infinity, -infinity, nan};
  const double few[] = {0,    0.5, 1,   -1,   2,    -2,       3,         2.5,
                        -2.5, 10,  1e3, -1e3, 1e-3, infinity, -infinity, nan};
  const int count = sizeof values / sizeof *values, few_count = sizeof few / sizeof *few;
  static const char* one[] = {"sin",  "cos",  "tan",  "asin",  "acos",  "atan",
                              "sinh", "cosh", "tanh", "exp",   "log",   "log10",
                              "sqrt", "fabs", "ceil", "floor", "_logb", "_chgsign"};
  static const char* two[] = {"pow", "atan2", "fmod", "_hypot", "_copysign"};
  library = GetModuleHandleA("msvcrt.dll");
  for (unsigned i = 0; i < sizeof one / sizeof *one; ++i) unary(one[i], values, count);
  for (unsigned i = 0; i < sizeof two / sizeof *two; ++i) binary(two[i], few, few_count);
  parts(values, count);
  printf("%g\n", ((Unary)function("exp"))(-746));
  for (int i = 0; i < count; ++i)
    printf("%d: %d %d %x\n", i, _isnan(values[i]) != 0, _finite(values[i]) != 0,
           _fpclass(values[i]));
  printf("%x %x\n", _fpclass(-zero), _fpclass(5e-324));
  printf("%.17g %.17g %.17g\n", _nextafter(1, 2), _nextafter(1, 0), _nextafter(0, -1));
  printf("%g %g\n", _scalb(3, 4), _scalb(3, -4));
  return 0;
}
