// The floating-point unit's control and status as Microsoft's library numbers them, and what kind
// of number a double is.
#include "guest/msvcrt/x87.hpp"

namespace {

/// The library's bits, and the processor's.
struct Bit {
  unsigned ours;
  USHORT x87;
};
constexpr unsigned rounding_mask = 0x300, precision_mask = 0x30000, infinity_bit = 0x40000,
                   all_bits = 0x8001F | rounding_mask | precision_mask | infinity_bit;
constexpr Bit exceptions[] = {{0x10, 1}, {0x80000, 2}, {8, 4}, {4, 8}, {2, 16}, {1, 32}};

unsigned from_x87(USHORT word, bool control) {
  unsigned value = 0;
  for (const Bit& bit : exceptions) {
    if ((word & bit.x87) != 0) value |= bit.ours;
  }
  if (!control) return value;
  value |= (word >> 10 & 3) << 8;
  constexpr unsigned precisions[] = {0x20000, 0x20000, 0x10000, 0};  // 24, none, 53, 64 bits
  value |= precisions[word >> 8 & 3];
  return (word & 0x1000) != 0 ? value | infinity_bit : value;
}

USHORT to_x87(unsigned value) {
  USHORT word = 0;
  for (const Bit& bit : exceptions) {
    if ((value & bit.ours) != 0) word |= bit.x87;
  }
  word |= static_cast<USHORT>((value >> 8 & 3) << 10);
  const unsigned precision = value & precision_mask;
  word |= static_cast<USHORT>(precision == 0 ? 0x300 : precision == 0x10000 ? 0x200 : 0);
  return (value & infinity_bit) != 0 ? static_cast<USHORT>(word | 0x1000) : word;
}

unsigned status() {
  USHORT word;
  __asm__ volatile("fnstsw %0" : "=am"(word));
  return from_x87(word, false);
}

}  // namespace

extern "C" {

unsigned _control87(unsigned value, unsigned mask) {
  USHORT word;
  __asm__ volatile("fnstcw %0" : "=m"(word));
  unsigned now = from_x87(word, true);
  if (mask != 0) {
    now = ((now & ~mask) | (value & mask)) & all_bits;
    word = static_cast<USHORT>(to_x87(now) | (word & 0xE0C0));
    __asm__ volatile("fldcw %0" : : "m"(word));
  }
  return now;
}
/// Leaves the exception of denormal operands as it is.
unsigned _controlfp(unsigned value, unsigned mask) { return _control87(value, mask & ~0x80000u); }
unsigned _status87() { return status(); }
unsigned _statusfp() { return status(); }
unsigned _clear87() {
  const unsigned was = status();
  __asm__ volatile("fnclex");
  return was;
}
unsigned _clearfp() { return _clear87(); }

/// 53 bits, every exception masked.
void _fpreset() {
  constexpr USHORT word = 0x27F;
  __asm__ volatile("fninit\n\tfldcw %0" : : "m"(word));
}

int _isnan(double x) { return c::is_nan(x); }
int _finite(double x) { return !c::is_nan(x) && !c::is_infinite(x); }
double _copysign(double x, double sign) {
  return c::from_bits((c::bits_of(x) & ~c::sign_bit) | (c::bits_of(sign) & c::sign_bit));
}
double _chgsign(double x) { return c::from_bits(c::bits_of(x) ^ c::sign_bit); }

/// 1 signalling, 2 quiet; then from minus infinity (4) by powers of two to infinity (200h).
int _fpclass(double x) {
  const bool negative = c::is_negative(x);
  const ULONGLONG bits = c::bits_of(x) & ~c::sign_bit;
  if (bits > c::infinity_bits) return (bits & 1ull << 51) != 0 ? 2 : 1;
  if (bits == c::infinity_bits) return negative ? 4 : 0x200;
  if (bits >= 1ull << 52) return negative ? 8 : 0x100;
  if (bits != 0) return negative ? 0x10 : 0x80;
  return negative ? 0x20 : 0x40;
}

double frexp(double x, int* exponent);
double ldexp(double x, int exponent);
double _scalb(double x, LONG exponent) { return ldexp(x, exponent); }

double _logb(double x) {
  if (c::is_nan(x)) return x;
  if (c::is_infinite(x)) return c::from_bits(c::infinity_bits);
  if (x == 0) {
    *_errno() = ERANGE;
    return c::from_bits(c::sign_bit | c::infinity_bits);
  }
  int exponent;
  frexp(x, &exponent);
  return exponent - 1;
}

double _nextafter(double x, double towards) {
  if (c::is_nan(x)) return x;
  if (c::is_nan(towards)) return towards;
  if (x == towards) return towards;
  ULONGLONG bits = c::bits_of(x);
  if (x == 0) {
    bits = 1 | (towards < 0 ? c::sign_bit : 0);
  } else if ((x < towards) == (x > 0)) {
    ++bits;
  } else {
    --bits;
  }
  const double result = c::from_bits(bits);
  if (c::is_infinite(result) || (bits & c::infinity_bits) == 0) *_errno() = ERANGE;
  return result;
}

}  // extern "C"
