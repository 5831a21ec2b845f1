// The printf family over c::format, to UTF-16.
#include "guest/msvcrt/format.hpp"
#include "guest/msvcrt/streams.hpp"

namespace {

struct Room {
  WCHAR* to;
  size_t room, used;
};
void put_in_room(void* context, unsigned character) {
  auto& room = *static_cast<Room*>(context);
  if (room.used < room.room) room.to[room.used] = static_cast<WCHAR>(character);
  ++room.used;
}
void put_in_stream(void* context, unsigned character) {
  c::put_wide(static_cast<FILE*>(context), static_cast<WCHAR>(character));
}
void count_only(void*, unsigned) {}

int to_room(WCHAR* to, size_t size, const WCHAR* format, std::va_list arguments) {
  Room room = {to, size, 0};
  const int count = c::format(put_in_room, &room, format, arguments);
  if (room.used < size) to[room.used] = 0;
  return count;
}

}  // namespace

extern "C" {

int vfwprintf(FILE* file, const WCHAR* format, std::va_list arguments) {
  const c::StreamGuard guard(file);
  const c::LentBuffer lent(file);
  const int count = c::format(put_in_stream, file, format, arguments);
  return (file->_flag & _IOERR) != 0 ? -1 : count;
}
int vwprintf(const WCHAR* format, std::va_list arguments) {
  return vfwprintf(&_iob[1], format, arguments);
}
/// This library's swprintf has no room to heed.
int vswprintf(WCHAR* to, const WCHAR* format, std::va_list arguments) {
  return to_room(to, 0x3FFFFFFF, format, arguments);
}
int _vsnwprintf(WCHAR* to, size_t size, const WCHAR* format, std::va_list arguments) {
  const int count = to_room(to, size, format, arguments);
  if (to == nullptr && size == 0) return count;
  return count >= 0 && static_cast<size_t>(count) > size ? -1 : count;
}
int _vscwprintf(const WCHAR* format, std::va_list arguments) {
  return c::format(count_only, nullptr, format, arguments);
}

#define FORWARD(call)          \
  std::va_list arguments;      \
  va_start(arguments, format); \
  const int count = call;      \
  va_end(arguments);           \
  return count;

int fwprintf(FILE* file, const WCHAR* format, ...) { FORWARD(vfwprintf(file, format, arguments)) }
int wprintf(const WCHAR* format, ...) { FORWARD(vwprintf(format, arguments)) }
int swprintf(WCHAR* to, const WCHAR* format, ...) { FORWARD(vswprintf(to, format, arguments)) }
int _snwprintf(WCHAR* to, size_t size, const WCHAR* format, ...) {
  FORWARD(_vsnwprintf(to, size, format, arguments))
}
int _scwprintf(const WCHAR* format, ...) { FORWARD(_vscwprintf(format, arguments)) }

#undef FORWARD

}  // extern "C"
