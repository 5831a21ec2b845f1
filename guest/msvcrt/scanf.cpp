// The scanf family over c::scan: from text and from streams, of bytes and of UTF-16.
#include "guest/msvcrt/scan.hpp"
#include "guest/msvcrt/streams.hpp"

namespace {

template <class Char>
struct Text {
  const Char *at, *end;  // a null end: up to the terminator
};

template <class Char>
int next_of_text(void* context) {
  auto& text = *static_cast<Text<Char>*>(context);
  if (text.at == text.end || *text.at == 0) return -1;
  return static_cast<std::make_unsigned_t<Char>>(*text.at++);
}
template <class Char>
void back_to_text(void* context, int) {
  --static_cast<Text<Char>*>(context)->at;
}

int next_byte(void* context) { return c::next(static_cast<FILE*>(context)); }
void back_byte(void* context, int c) { c::push_back(static_cast<FILE*>(context), c); }
int next_unit(void* context) {
  const wint_t c = c::next_wide(static_cast<FILE*>(context));
  return c == WEOF ? -1 : c;
}
void back_unit(void* context, int c) {
  c::push_back_wide(static_cast<FILE*>(context), static_cast<wint_t>(c));
}

template <class Char>
int scan_text(const Char* from, const Char* end, const Char* format, std::va_list arguments) {
  Text<Char> text = {from, end};
  return c::scan({next_of_text<Char>, back_to_text<Char>, &text}, format, arguments);
}

}  // namespace

extern "C" {

int vfscanf(FILE* file, const char* format, std::va_list arguments) {
  const c::StreamGuard guard(file);
  return c::scan({next_byte, back_byte, file}, format, arguments);
}
int vsscanf(const char* text, const char* format, std::va_list arguments) {
  return scan_text<char>(text, nullptr, format, arguments);
}
int vfwscanf(FILE* file, const WCHAR* format, std::va_list arguments) {
  const c::StreamGuard guard(file);
  return c::scan({next_unit, back_unit, file}, format, arguments);
}
int vswscanf(const WCHAR* text, const WCHAR* format, std::va_list arguments) {
  return scan_text<WCHAR>(text, nullptr, format, arguments);
}

#define FORWARD(call)          \
  std::va_list arguments;      \
  va_start(arguments, format); \
  const int count = call;      \
  va_end(arguments);           \
  return count;

int fscanf(FILE* file, const char* format, ...) { FORWARD(vfscanf(file, format, arguments)) }
int scanf(const char* format, ...) { FORWARD(vfscanf(&_iob[0], format, arguments)) }
int sscanf(const char* text, const char* format, ...) { FORWARD(vsscanf(text, format, arguments)) }
int _snscanf(const char* text, size_t length, const char* format, ...) {
  FORWARD(scan_text<char>(text, text + length, format, arguments))
}
int fwscanf(FILE* file, const WCHAR* format, ...) { FORWARD(vfwscanf(file, format, arguments)) }
int wscanf(const WCHAR* format, ...) { FORWARD(vfwscanf(&_iob[0], format, arguments)) }
int swscanf(const WCHAR* text, const WCHAR* format, ...) {
  FORWARD(vswscanf(text, format, arguments))
}
int _snwscanf(const WCHAR* text, size_t length, const WCHAR* format, ...) {
  FORWARD(scan_text<WCHAR>(text, text + length, format, arguments))
}

#undef FORWARD

}  // extern "C"
