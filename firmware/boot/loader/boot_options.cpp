// A text file of lines; the loader wants one of them.
#include "firmware/boot/loader/boot_options.hpp"

#include "firmware/boot/loader/fatal.hpp"
#include "firmware/boot/loader/memory.hpp"
#include "firmware/boot/loader/volume.hpp"

namespace loader {
namespace {

constexpr u32 max_size = 4096;
constexpr char key[] = "options=";
constexpr u32 key_length = sizeof key - 1;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

bool has_key(const char* line, u32 length) {
  if (length < key_length) return false;
  for (u32 i = 0; i < key_length; ++i) {
    if (lower(line[i]) != key[i]) return false;
  }
  return true;
}

}  // namespace

void read_boot_options(char* options, u32 capacity) {
  options[0] = 0;
  File file;
  if (!find_file("BOOT    INI", file)) return;
  static char text[max_size];
  if (file.size > max_size) fatal("BOOT.INI: longer than 4096 bytes", StopCode::InvalidParameter);
  read_file(file, 0, text, file.size);
  for (u32 begin = 0; begin < file.size;) {
    u32 end = begin;
    while (end < file.size && text[end] != '\n' && text[end] != '\r') ++end;
    if (has_key(text + begin, end - begin)) {
      const u32 length = end - begin - key_length;
      if (length >= capacity) fatal("BOOT.INI: options too long", StopCode::InvalidParameter);
      memcpy(options, text + begin + key_length, length);
      options[length] = 0;
      return;
    }
    begin = end + 1;
  }
}

}  // namespace loader
