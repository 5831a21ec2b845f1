// The printf family over c::format.
#include "guest/msvcrt/msvcrt.hpp"

namespace {

struct Room {
  char* to;
  size_t room, used;
};
void put_in_room(void* context, char character) {
  auto& room = *static_cast<Room*>(context);
  if (room.used < room.room) room.to[room.used] = character;
  ++room.used;
}
void put_in_stream(void* context, char character) { fputc(character, static_cast<FILE*>(context)); }

int to_stream(FILE* file, const char* format, std::va_list arguments) {
  RtlAcquirePebLock();
  const int count = c::format(put_in_stream, file, format, arguments);
  RtlReleasePebLock();
  return (file->_flag & _IOERR) != 0 ? -1 : count;
}

int to_room(char* to, size_t size, const char* format, std::va_list arguments) {
  Room room = {to, size, 0};
  RtlAcquirePebLock();
  const int count = c::format(put_in_room, &room, format, arguments);
  RtlReleasePebLock();
  if (room.used < size) to[room.used] = '\0';
  return count;
}

}  // namespace

extern "C" {

int vfprintf(FILE* file, const char* format, std::va_list arguments) {
  return to_stream(file, format, arguments);
}
int vprintf(const char* format, std::va_list arguments) {
  return to_stream(&_iob[1], format, arguments);
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

int fprintf(FILE* file, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  const int count = vfprintf(file, format, arguments);
  va_end(arguments);
  return count;
}
int printf(const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  const int count = vprintf(format, arguments);
  va_end(arguments);
  return count;
}
int sprintf(char* to, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  const int count = vsprintf(to, format, arguments);
  va_end(arguments);
  return count;
}
int _snprintf(char* to, size_t size, const char* format, ...) {
  std::va_list arguments;
  va_start(arguments, format);
  const int count = _vsnprintf(to, size, format, arguments);
  va_end(arguments);
  return count;
}

void _assert(const char* expression, const char* file, unsigned line) {
  fprintf(&_iob[2], "Assertion failed: %s, file %s, line %u\n", expression, file, line);
  abort();
}

}  // extern "C"
