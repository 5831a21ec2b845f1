// The printf family over c::format, to bytes.
#include "guest/msvcrt/format.hpp"
#include "guest/msvcrt/streams.hpp"

namespace {

struct Room {
  char* to;
  size_t room, used;
};
void put_in_room(void* context, unsigned character) {
  auto& room = *static_cast<Room*>(context);
  if (room.used < room.room) room.to[room.used] = static_cast<char>(character);
  ++room.used;
}
void put_in_stream(void* context, unsigned character) {
  c::put(static_cast<FILE*>(context), static_cast<int>(character));
}
void count_only(void*, unsigned) {}

int to_room(char* to, size_t size, const char* format, std::va_list arguments) {
  Room room = {to, size, 0};
  const int count = c::format(put_in_room, &room, format, arguments);
  if (room.used < size) to[room.used] = '\0';
  return count;
}

}  // namespace

extern "C" {

int vfprintf(FILE* file, const char* format, std::va_list arguments) {
  const c::StreamGuard guard(file);
  const c::LentBuffer lent(file);
  const int count = c::format(put_in_stream, file, format, arguments);
  return (file->_flag & _IOERR) != 0 ? -1 : count;
}
int vprintf(const char* format, std::va_list arguments) {
  return vfprintf(&_iob[1], format, arguments);
}
int vsprintf(char* to, const char* format, std::va_list arguments) {
  return to_room(to, 0x7FFFFFFF, format, arguments);
}
/// Does not terminate what fills its room, and gives -1 for what is longer.
int _vsnprintf(char* to, size_t size, const char* format, std::va_list arguments) {
  const int count = to_room(to, size, format, arguments);
  if (to == nullptr && size == 0) return count;  // only asked how long it is
  return count >= 0 && static_cast<size_t>(count) > size ? -1 : count;
}
int _vscprintf(const char* format, std::va_list arguments) {
  return c::format(count_only, nullptr, format, arguments);
}

#define FORWARD(call)          \
  std::va_list arguments;      \
  va_start(arguments, format); \
  const int count = call;      \
  va_end(arguments);           \
  return count;

int fprintf(FILE* file, const char* format, ...) { FORWARD(vfprintf(file, format, arguments)) }
int printf(const char* format, ...) { FORWARD(vprintf(format, arguments)) }
int _cprintf(const char* format, ...) { FORWARD(vprintf(format, arguments)) }
int sprintf(char* to, const char* format, ...) { FORWARD(vsprintf(to, format, arguments)) }
int _snprintf(char* to, size_t size, const char* format, ...) {
  FORWARD(_vsnprintf(to, size, format, arguments))
}
int _scprintf(const char* format, ...) { FORWARD(_vscprintf(format, arguments)) }

#undef FORWARD

}  // extern "C"
