// Output to the standard handles.
#include "guest/crt/print.hpp"

#include <windows.h>

namespace crt {

void Line::add(char c) {
  if (length_ == sizeof text_) flush();
  text_[length_++] = c;
}

void Line::add(const char* text) {
  while (*text != '\0') add(*text++);
}

void Line::add(unsigned value) {
  char digits[10];
  const char* end = format_unsigned(digits, value, 10, 1);
  for (const char* digit = digits; digit != end; ++digit) add(*digit);
}

void Line::add(int value) {
  if (value < 0) add('-');
  add(value < 0 ? 0 - static_cast<u32>(value) : static_cast<u32>(value));
}

void Line::add(Hex value) {
  char digits[8];
  const char* end = format_unsigned(digits, value.value, 16, 8);
  for (const char* digit = digits; digit != end; ++digit) add(*digit);
}

void Line::add(Column item) {
  if (item.text != nullptr) {
    unsigned length = 0;
    for (; item.text[length] != '\0'; ++length) add(item.text[length]);
    for (; length < item.width; ++length) add(' ');
    return;
  }
  char digits[10];
  const char* end = format_unsigned(digits, item.value, 10, 1);
  for (auto length = static_cast<unsigned>(end - digits); length < item.width; ++length) add(' ');
  for (const char* digit = digits; digit != end; ++digit) add(*digit);
}

void Line::flush() {
  DWORD written = 0;
  if (length_ != 0) WriteFile(GetStdHandle(handle_), text_, length_, &written, nullptr);
  length_ = 0;
}

}  // namespace crt
