// Streams of bytes: characters, lines, blocks.
#include "guest/msvcrt/streams.hpp"

extern "C" {

int fgetc(FILE* file) {
  const c::StreamGuard guard(file);
  return c::next(file);
}
int getc(FILE* file) { return fgetc(file); }
int getchar() { return fgetc(&_iob[0]); }
int _fgetchar() { return fgetc(&_iob[0]); }
int _filbuf(FILE* file) { return fgetc(file); }

int fputc(int c, FILE* file) {
  const c::StreamGuard guard(file);
  return c::put(file, c);
}
int putc(int c, FILE* file) { return fputc(c, file); }
int putchar(int c) { return fputc(c, &_iob[1]); }
int _fputchar(int c) { return fputc(c, &_iob[1]); }
int _flsbuf(int c, FILE* file) { return fputc(c, file); }

int ungetc(int c, FILE* file) {
  const c::StreamGuard guard(file);
  return c::push_back(file, c);
}

char* fgets(char* to, int room, FILE* file) {
  const c::StreamGuard guard(file);
  int count = 0;
  while (count + 1 < room) {
    const int c = c::next(file);
    if (c == EOF) break;
    to[count++] = static_cast<char>(c);
    if (c == '\n') break;
  }
  if (count == 0) return nullptr;
  to[count] = '\0';
  return to;
}

char* gets(char* to) {
  const c::StreamGuard guard(&_iob[0]);
  char* at = to;
  int c;
  while ((c = c::next(&_iob[0])) != EOF && c != '\n') *at++ = static_cast<char>(c);
  if (c == EOF && at == to) return nullptr;
  *at = '\0';
  return to;
}

int fputs(const char* text, FILE* file) {
  const c::StreamGuard guard(file);
  const c::LentBuffer lent(file);
  return c::put_text(file, text) ? 0 : EOF;
}
int puts(const char* text) {
  FILE* file = &_iob[1];
  const c::StreamGuard guard(file);
  const c::LentBuffer lent(file);
  return c::put_text(file, text) && c::put(file, '\n') == '\n' ? 0 : EOF;
}

size_t fread(void* to, size_t size, size_t count, FILE* file) {
  if (size == 0 || count == 0) return 0;
  const c::StreamGuard guard(file);
  auto* bytes = static_cast<char*>(to);
  size_t done = 0;
  for (const size_t wanted = size * count; done < wanted;) {
    const int c = c::next(file);
    if (c == EOF) break;
    bytes[done++] = static_cast<char>(c);
    size_t ready = static_cast<size_t>(file->_cnt);
    if (ready > wanted - done) ready = wanted - done;
    memcpy(bytes + done, file->_ptr, ready);
    file->_ptr += ready;
    file->_cnt -= static_cast<int>(ready);
    done += ready;
  }
  return done / size;
}

size_t fwrite(const void* from, size_t size, size_t count, FILE* file) {
  if (size == 0 || count == 0) return 0;
  const c::StreamGuard guard(file);
  const c::LentBuffer lent(file);
  const auto* bytes = static_cast<const char*>(from);
  for (size_t i = 0; i < size * count; ++i) {
    if (c::put(file, static_cast<unsigned char>(bytes[i])) == EOF) return i / size;
  }
  return count;
}

/// An int's bytes.
int _getw(FILE* file) {
  int value = 0;
  return fread(&value, sizeof value, 1, file) == 1 ? value : EOF;
}
int _putw(int value, FILE* file) {
  return fwrite(&value, sizeof value, 1, file) == 1 ? value : EOF;
}

}  // extern "C"
