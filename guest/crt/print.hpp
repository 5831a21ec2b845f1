// Type-safe output to the standard handles: print("page size ", size, " at ", hex(base), "\n").
#pragma once

#include "guest/crt/text.hpp"

namespace crt {

/// A number printed as eight hexadecimal digits, the way NT prints addresses and status codes.
struct Hex {
  u32 value;
};
constexpr Hex hex(u32 value) { return {value}; }
inline Hex hex(const volatile void* address) {
  return {static_cast<u32>(reinterpret_cast<std::uintptr_t>(address))};
}

/// Text or a number right-aligned (or, for text, left-aligned) in a column.
struct Column {
  const char* text = nullptr;
  u32 value = 0;
  unsigned width = 0;
};
constexpr Column column(u32 value, unsigned width) { return {nullptr, value, width}; }
constexpr Column column(const char* text, unsigned width) { return {text, 0, width}; }

/// Collects one message and writes it with a single WriteFile.
class Line {
 public:
  explicit Line(u32 standard_handle) : handle_(standard_handle) {}
  ~Line() { flush(); }
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  void add(const char* text);
  void add(char c);
  void add(unsigned value);
  void add(int value);
  void add(unsigned long value) { add(static_cast<unsigned>(value)); }
  void add(long value) { add(static_cast<int>(value)); }
  void add(Hex value);
  void add(Column item);
  void flush();

 private:
  u32 handle_;
  unsigned length_ = 0;
  char text_[256];
};

inline constexpr u32 standard_output = static_cast<u32>(-11);
inline constexpr u32 standard_error = static_cast<u32>(-12);

template <class... Items>
void print(const Items&... items) {
  Line line(standard_output);
  (line.add(items), ...);
}

template <class... Items>
void complain(const Items&... items) {
  Line line(standard_error);
  (line.add(items), ...);
}

}  // namespace crt
