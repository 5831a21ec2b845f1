// Arithmetic of integers, rotations, random numbers.
#include "guest/msvcrt/msvcrt.hpp"

extern "C" {

int abs(int value) { return value < 0 ? -value : value; }
LONG labs(LONG value) { return value < 0 ? -value : value; }
LONGLONG _abs64(LONGLONG value) { return value < 0 ? -value : value; }

/// Both of them in EDX:EAX, as this library gives its structures of eight bytes.
struct div_t {
  int quot, rem;
};
struct ldiv_t {
  LONG quot, rem;
};
div_t div(int a, int b) { return {a / b, a % b}; }
ldiv_t ldiv(LONG a, LONG b) { return {a / b, a % b}; }

ULONG _lrotl(ULONG value, int by) { return value << (by & 31) | value >> (-by & 31); }
ULONG _lrotr(ULONG value, int by) { return value >> (by & 31) | value << (-by & 31); }
ULONG _rotl(ULONG value, int by) { return _lrotl(value, by); }
ULONG _rotr(ULONG value, int by) { return _lrotr(value, by); }
ULONGLONG _rotl64(ULONGLONG value, int by) { return value << (by & 63) | value >> (-by & 63); }
ULONGLONG _rotr64(ULONGLONG value, int by) { return value >> (by & 63) | value << (-by & 63); }
ULONG _byteswap_ulong(ULONG value) {
  return value << 24 | (value << 8 & 0xFF0000) | (value >> 8 & 0xFF00) | value >> 24;
}
USHORT _byteswap_ushort(USHORT value) { return static_cast<USHORT>(value << 8 | value >> 8); }
ULONGLONG _byteswap_uint64(ULONGLONG value) {
  return static_cast<ULONGLONG>(_byteswap_ulong(static_cast<ULONG>(value))) << 32 |
         _byteswap_ulong(static_cast<ULONG>(value >> 32));
}

void srand(unsigned value) { c::thread_data().seed = value; }
int rand() {
  ULONG& seed = c::thread_data().seed;
  seed = seed * 214013 + 2531011;
  return static_cast<int>(seed >> 16 & 0x7FFF);
}

}  // extern "C"
