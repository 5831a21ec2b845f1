// Formatting: one pass over the format, one conversion at a time.
#include "kernel/rtl/format.hpp"

#include "kernel/nt/types.hpp"

namespace {

class Output {
 public:
  Output(char* buffer, std::size_t size) : buffer_(buffer), size_(size) {}
  void put(char c) {
    if (length_ + 1 < size_) buffer_[length_++] = c;
  }
  void pad(char c, std::size_t written, unsigned width) {
    for (; written < width; ++written) put(c);
  }
  std::size_t finish() {
    if (size_ != 0) buffer_[length_] = '\0';
    return length_;
  }

 private:
  char* buffer_;
  std::size_t size_, length_ = 0;
};

struct Conversion {
  unsigned width = 0;
  bool zero = false, left = false;
};

void put_number(Output& out, ULONG value, unsigned base, bool negative, bool upper,
                const Conversion& how) {
  char digits[12];
  unsigned count = 0;
  do {
    digits[count++] = (upper ? "0123456789ABCDEF" : "0123456789abcdef")[value % base];
    value /= base;
  } while (value != 0);
  if (negative) digits[count++] = '-';
  if (!how.left) out.pad(how.zero ? '0' : ' ', count, how.width);
  for (unsigned i = count; i != 0; --i) out.put(digits[i - 1]);
  if (how.left) out.pad(' ', count, how.width);
}

void put_text(Output& out, const char* text, const Conversion& how) {
  if (text == nullptr) text = "(null)";
  std::size_t length = 0;
  while (text[length] != '\0') ++length;
  if (!how.left) out.pad(' ', length, how.width);
  for (std::size_t i = 0; i < length; ++i) out.put(text[i]);
  if (how.left) out.pad(' ', length, how.width);
}

void put_unicode(Output& out, const UNICODE_STRING* text) {
  for (unsigned i = 0; i < text->Length / sizeof(WCHAR); ++i) {
    out.put(text->Buffer[i] < 0x100 ? static_cast<char>(text->Buffer[i]) : '?');
  }
}

}  // namespace

std::size_t RtlFormatV(char* buffer, std::size_t size, const char* format, std::va_list arguments) {
  Output out(buffer, size);
  for (; *format != '\0'; ++format) {
    if (*format != '%') {
      out.put(*format);
      continue;
    }
    Conversion how;
    for (++format; *format == '0' || *format == '-'; ++format) {
      (*format == '0' ? how.zero : how.left) = true;
    }
    for (; *format >= '0' && *format <= '9'; ++format) {
      how.width = how.width * 10 + static_cast<unsigned>(*format - '0');
    }
    while (*format == 'l') ++format;
    switch (*format) {
      case 'd': {
        const LONG value = va_arg(arguments, LONG);
        const ULONG magnitude = static_cast<ULONG>(value);
        put_number(out, value < 0 ? 0 - magnitude : magnitude, 10, value < 0, false, how);
        break;
      }
      case 'u':
        put_number(out, va_arg(arguments, ULONG), 10, false, false, how);
        break;
      case 'x':
        put_number(out, va_arg(arguments, ULONG), 16, false, false, how);
        break;
      case 'X':
        put_number(out, va_arg(arguments, ULONG), 16, false, true, how);
        break;
      case 'p':
        put_number(out, va_arg(arguments, ULONG), 16, false, true, {.width = 8, .zero = true});
        break;
      case 's':
        put_text(out, va_arg(arguments, const char*), how);
        break;
      case 'c':
        out.put(static_cast<char>(va_arg(arguments, int)));
        break;
      case 'w':  // %wZ
        ++format;
        put_unicode(out, va_arg(arguments, const UNICODE_STRING*));
        break;
      default:
        out.put(*format);
        break;
    }
    if (*format == '\0') break;
  }
  return out.finish();
}

std::size_t RtlFormat(char* buffer, std::size_t size, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  const std::size_t length = RtlFormatV(buffer, size, format, arguments);
  va_end(arguments);
  return length;
}
