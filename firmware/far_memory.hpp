// Memory outside the stack segment. In real mode the services' DS is the caller's stack segment, so
// every other place is named by segment and offset, and constants in the ROM are read through CS.
#pragma once

#include "arch/integers.hpp"

namespace firmware {

using namespace arch;

template <class T>
inline T far_read(u16 segment, u32 offset) {
  if constexpr (sizeof(T) == 1) {
    u8 value;
    asm volatile("movw %1, %%fs; movb %%fs:(%2), %0" : "=q"(value) : "r"(segment), "r"(offset));
    return static_cast<T>(value);
  } else {
    T value;
    asm volatile("movw %w1, %%fs; mov %%fs:(%2), %0" : "=r"(value) : "r"(segment), "r"(offset));
    return value;
  }
}

template <class T>
inline void far_write(u16 segment, u32 offset, T value) {
  if constexpr (sizeof(T) == 1) {
    asm volatile("movw %0, %%fs; movb %2, %%fs:(%1)"
                 :
                 : "r"(segment), "r"(offset), "q"(static_cast<u8>(value))
                 : "memory");
  } else {
    asm volatile("movw %w0, %%fs; mov %2, %%fs:(%1)"
                 :
                 : "r"(segment), "r"(offset), "r"(value)
                 : "memory");
  }
}

/// A variable at a fixed place: reads and assigns like an ordinary one.
template <class T, u16 Segment, u16 Offset>
struct FarVariable {
  static constexpr u16 offset = Offset;
  operator T() const { return far_read<T>(Segment, Offset); }
  const FarVariable& operator=(T value) const {
    far_write<T>(Segment, Offset, value);
    return *this;
  }
};

/// An array of words or bytes at a fixed place.
template <class T, u16 Segment, u16 Offset>
struct FarArray {
  T operator[](u32 i) const { return far_read<T>(Segment, Offset + i * sizeof(T)); }
  void set(u32 i, T value) const { far_write<T>(Segment, Offset + i * sizeof(T), value); }
};

/// A constant in the ROM.
template <class T>
inline T rom_read(const T* address) {
  if constexpr (sizeof(T) == 1) {
    u8 value;
    asm("movb %%cs:(%1), %0" : "=q"(value) : "r"(address));
    return static_cast<T>(value);
  } else {
    T value;
    asm("mov %%cs:(%1), %0" : "=r"(value) : "r"(address));
    return value;
  }
}

/// A constant table in the ROM; only ever read through CS.
template <class T, unsigned N>
struct RomTable {
  T value[N];
  static constexpr unsigned size = N;
  T operator[](unsigned i) const { return rom_read(&value[i]); }
};

/// REP MOVS within one segment; `backward` for overlapping moves to higher addresses.
inline void far_move_words(u16 segment, u16 to, u16 from, u16 words, bool backward) {
  u32 destination = to, source = from, count = words;
  if (backward) {
    destination += words * 2u - 2;
    source += words * 2u - 2;
    asm volatile(
        "pushw %%ds; pushw %%es; movw %w3, %%ds; movw %w3, %%es; std; rep movsw; cld; "
        "popw %%es; popw %%ds"
        : "+D"(destination), "+S"(source), "+c"(count)
        : "r"(segment)
        : "memory");
  } else {
    asm volatile(
        "pushw %%ds; pushw %%es; movw %w3, %%ds; movw %w3, %%es; rep movsw; "
        "popw %%es; popw %%ds"
        : "+D"(destination), "+S"(source), "+c"(count)
        : "r"(segment)
        : "memory");
  }
}

inline void far_fill_words(u16 segment, u16 to, u16 value, u16 words) {
  u32 destination = to, count = words;
  asm volatile("pushw %%es; movw %w3, %%es; rep stosw; popw %%es"
               : "+D"(destination), "+c"(count)
               : "a"(value), "r"(segment)
               : "memory");
}

}  // namespace firmware
