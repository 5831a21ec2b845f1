// GNU inline assembly: load the guest's control word, compute, read the host's status word. Only
// the two exceptions that change a result keep the guest's masks, and FNCLEX clears them before an
// instruction that waits; nothing traps.
#include "cpu/x87/host_arithmetic.hpp"

#include <cstring>

namespace faultline::x87 {
namespace {

/// An operand in memory as FLD m80 wants it.
struct alignas(16) Image {
  explicit Image(Extended x) {
    std::memcpy(bytes, &x.significand, 8);
    std::memcpy(bytes + 8, &x.sign_exponent, 2);
  }
  Extended value() const {
    Extended x;
    std::memcpy(&x.significand, bytes, 8);
    std::memcpy(&x.sign_exponent, bytes + 8, 2);
    return x;
  }
  u8 bytes[16] = {};
};

u16 host_control(ControlWord control) {
  constexpr u16 range = exception::overflow | exception::underflow;
  return static_cast<u16>((control.value & (0x0F00 | range)) | (exception::all & ~range) | 0x40);
}

template <class T>
Rounded<T> with_status(T value, u16 status_word) {
  return {value, static_cast<u16>(status_word & exception::all & ~exception::denormal),
          (status_word & status::c1) != 0};
}

// FNCLEX comes after FNSTSW: it may clear the condition codes too.
#define FAULTLINE_X87_ENTER "fnstcw %[saved]\n fnclex\n fldcw %[control]\n"
#define FAULTLINE_X87_LEAVE "fldcw %[saved]\n"

#define FAULTLINE_X87_BINARY(name, instruction)                                            \
  Rounded<Extended> HostArithmetic::name(Extended a, Extended b, ControlWord control) {    \
    Image left(a);                                                                         \
    const Image right(b);                                                                  \
    const u16 word = host_control(control);                                                \
    u16 saved, status_word;                                                                \
    asm volatile(                                                                          \
        FAULTLINE_X87_ENTER                                                                \
        "fldt %[left]\n fldt %[right]\n" instruction                                       \
        " %%st, %%st(1)\n fnstsw %[status]\n fnclex\n fstpt %[left]\n" FAULTLINE_X87_LEAVE \
        : [left] "+m"(left), [saved] "=&m"(saved), [status] "=&m"(status_word)             \
        : [right] "m"(right), [control] "m"(word)                                          \
        : "st", "st(1)");                                                                  \
    return with_status(left.value(), status_word);                                         \
  }

#define FAULTLINE_X87_UNARY(name, instruction)                                                \
  Rounded<Extended> HostArithmetic::name(Extended a, ControlWord control) {                   \
    Image operand(a);                                                                         \
    const u16 word = host_control(control);                                                   \
    u16 saved, status_word;                                                                   \
    asm volatile(FAULTLINE_X87_ENTER                                                          \
                 "fldt %[operand]\n" instruction                                              \
                 "\n fnstsw %[status]\n fnclex\n fstpt %[operand]\n" FAULTLINE_X87_LEAVE      \
                 : [operand] "+m"(operand), [saved] "=&m"(saved), [status] "=&m"(status_word) \
                 : [control] "m"(word)                                                        \
                 : "st");                                                                     \
    return with_status(operand.value(), status_word);                                         \
  }

/// `take` leaves the stack as deep as it was before the operand was loaded.
#define FAULTLINE_X87_STORE(name, type, take)                                               \
  Rounded<type> name(Extended a, u16 word) {                                                \
    const Image operand(a);                                                                 \
    type result = 0;                                                                        \
    u16 saved, status_word;                                                                 \
    asm volatile(FAULTLINE_X87_ENTER "fldt %[operand]\n" take FAULTLINE_X87_LEAVE           \
                 : [result] "+m"(result), [saved] "=&m"(saved), [status] "=&m"(status_word) \
                 : [operand] "m"(operand), [control] "m"(word)                              \
                 : "st");                                                                   \
    return with_status(result, status_word);                                                \
  }

#define FAULTLINE_X87_KEEP(store) store " %[result]\n fnstsw %[status]\n fnclex\n fstp %%st\n"
#define FAULTLINE_X87_POP(store)  store " %[result]\n fnstsw %[status]\n fnclex\n"

FAULTLINE_X87_STORE(store_single, u32, FAULTLINE_X87_KEEP("fsts"))
FAULTLINE_X87_STORE(store_double, u64, FAULTLINE_X87_KEEP("fstl"))
FAULTLINE_X87_STORE(store_word, s16, FAULTLINE_X87_KEEP("fists"))
FAULTLINE_X87_STORE(store_dword, s32, FAULTLINE_X87_KEEP("fistl"))
FAULTLINE_X87_STORE(store_qword, s64, FAULTLINE_X87_POP("fistpll"))

template <class T>
Rounded<s64> widened(Rounded<T> r) {
  return {r.value, r.exceptions, r.rounded_up};
}

}  // namespace

FAULTLINE_X87_BINARY(add, "faddp")
FAULTLINE_X87_BINARY(multiply, "fmulp")
// The AT&T names of the reversed pair are exchanged: these are left - right and left / right.
FAULTLINE_X87_BINARY(subtract, "fsubrp")
FAULTLINE_X87_BINARY(divide, "fdivrp")
FAULTLINE_X87_UNARY(square_root, "fsqrt")
FAULTLINE_X87_UNARY(round_to_integer, "frndint")

Rounded<u32> HostArithmetic::to_single(Extended a, ControlWord control) {
  return store_single(a, host_control(control));
}
Rounded<u64> HostArithmetic::to_double(Extended a, ControlWord control) {
  return store_double(a, host_control(control));
}
Rounded<s64> HostArithmetic::to_integer(Extended a, unsigned bits, ControlWord control) {
  const u16 word = host_control(control);
  if (bits == 16) return widened(store_word(a, word));
  if (bits == 32) return widened(store_dword(a, word));
  return store_qword(a, word);
}

}  // namespace faultline::x87
