// Streams: a buffer over a descriptor.
#include "guest/msvcrt/msvcrt.hpp"

namespace {

constexpr int buffer_size = 4096;

/// Holds the run-time library's lock: a stream is one thread's at a time.
class Guard {
 public:
  Guard() { RtlAcquirePebLock(); }
  ~Guard() { RtlReleasePebLock(); }
  Guard(const Guard&) = delete;
  Guard& operator=(const Guard&) = delete;
};

bool in_use(const FILE& file) { return (file._flag & (_IOREAD | _IOWRT | _IORW)) != 0; }

void forget_buffer(FILE* file) {
  file->_ptr = file->_base;
  file->_cnt = 0;
}

bool make_buffer(FILE* file) {
  if (file->_base != nullptr || (file->_flag & _IONBF) != 0) return file->_base != nullptr;
  file->_base = static_cast<char*>(malloc(buffer_size));
  if (file->_base == nullptr) return false;
  file->_bufsiz = buffer_size;
  file->_flag |= _IOMYBUF;
  forget_buffer(file);
  return true;
}

/// Bytes of the file that have been read and not handed out: text has lost its CRs.
LONGLONG unread(const FILE* file) {
  LONGLONG bytes = file->_cnt + (file->_charbuf != 0 ? 1 : 0);
  if (!c::is_text(file->_file)) return bytes;
  for (int i = 0; i < file->_cnt; ++i) bytes += file->_ptr[i] == '\n';
  return bytes;
}

/// What has been filled goes out.
int flush(FILE* file) {
  if ((file->_flag & _IOWRT) == 0 || file->_base == nullptr) return 0;
  const int count = static_cast<int>(file->_ptr - file->_base);
  forget_buffer(file);
  if (count <= 0) return 0;
  if (c::write(file->_file, file->_base, static_cast<unsigned>(count)) == count) return 0;
  file->_flag |= _IOERR;
  return EOF;
}

/// The stream reads from now on.
bool for_reading(FILE* file) {
  if ((file->_flag & _IOREAD) != 0) return true;
  if ((file->_flag & _IORW) == 0) {
    file->_flag |= _IOERR;
    c::fail(EBADF);
    return false;
  }
  flush(file);
  file->_flag = (file->_flag & ~_IOWRT) | _IOREAD;
  return true;
}

bool for_writing(FILE* file) {
  if ((file->_flag & _IOWRT) != 0) return true;
  if ((file->_flag & _IORW) == 0) {
    file->_flag |= _IOERR;
    c::fail(EBADF);
    return false;
  }
  if (file->_cnt > 0) c::seek(file->_file, -file->_cnt, SEEK_CUR);
  forget_buffer(file);
  file->_flag = (file->_flag & ~(_IOREAD | _IOEOF)) | _IOWRT;
  return true;
}

int next(FILE* file) {
  if (file->_charbuf != 0) {
    const int c = file->_charbuf - 1;
    file->_charbuf = 0;
    return c;
  }
  if (!for_reading(file)) return EOF;
  if (file->_cnt > 0) {
    --file->_cnt;
    return static_cast<unsigned char>(*file->_ptr++);
  }
  char one;
  const bool buffered = make_buffer(file);
  const int got = c::read(file->_file, buffered ? file->_base : &one,
                          buffered ? static_cast<unsigned>(file->_bufsiz) : 1);
  if (got <= 0) {
    file->_flag |= got == 0 ? _IOEOF : _IOERR;
    return EOF;
  }
  if (!buffered) return static_cast<unsigned char>(one);
  file->_ptr = file->_base + 1;
  file->_cnt = got - 1;
  return static_cast<unsigned char>(*file->_base);
}

int put(FILE* file, int character) {
  if (!for_writing(file)) return EOF;
  const char byte = static_cast<char>(character);
  if (!make_buffer(file)) {
    if (c::write(file->_file, &byte, 1) == 1) return static_cast<unsigned char>(byte);
    file->_flag |= _IOERR;
    return EOF;
  }
  *file->_ptr++ = byte;
  const bool full = file->_ptr - file->_base == file->_bufsiz;
  if (full && flush(file) != 0) return EOF;
  return static_cast<unsigned char>(byte);
}

/// "r", "w+b" and so on; 0: no mode.
int flags_of(const char* mode) {
  const bool both = mode[0] != '\0' && (mode[1] == '+' || (mode[1] != '\0' && mode[2] == '+'));
  const bool binary = mode[0] != '\0' && (mode[1] == 'b' || (mode[1] != '\0' && mode[2] == 'b'));
  int flags = binary ? _O_BINARY : _O_TEXT;
  switch (mode[0]) {
    case 'r':
      return flags | (both ? _O_RDWR : _O_RDONLY);
    case 'w':
      return flags | (both ? _O_RDWR : _O_WRONLY) | _O_CREAT | _O_TRUNC;
    case 'a':
      return flags | (both ? _O_RDWR : _O_WRONLY) | _O_CREAT | _O_APPEND;
    default:
      return 0;
  }
}

FILE* attach(FILE* file, int descriptor, const char* mode) {
  *file = {};
  file->_file = descriptor;
  const int way = flags_of(mode) & 3;
  file->_flag = way == _O_RDWR ? _IORW : way == _O_RDONLY ? _IOREAD : _IOWRT;
  return file;
}

FILE* free_stream() {
  for (int i = c::standard_streams; i < c::streams; ++i) {
    if (!in_use(_iob[i])) return &_iob[i];
  }
  c::fail(EMFILE);
  return nullptr;
}

}  // namespace

void c::open_standard_streams() {
  constexpr int flags[] = {_IOREAD, _IOWRT, _IOWRT | _IONBF};
  for (int i = 0; i < standard_streams; ++i) {
    _iob[i] = {};
    _iob[i]._file = i;
    _iob[i]._flag = flags[i];
    if (i == 1 && is_console(i)) _iob[i]._flag |= _IONBF;
  }
}

void c::flush_all() {
  for (int i = 0; i < streams; ++i) {
    if (in_use(_iob[i])) flush(&_iob[i]);
  }
}

extern "C" {

FILE _iob[c::streams];

FILE* __p__iob() { return _iob; }
FILE* __iob_func() { return _iob; }

FILE* fopen(const char* path, const char* mode) {
  const Guard guard;
  const int flags = flags_of(mode);
  if (flags == 0) {
    c::fail(EINVAL);
    return nullptr;
  }
  FILE* file = free_stream();
  if (file == nullptr) return nullptr;
  const int descriptor = c::open(path, flags);
  return descriptor < 0 ? nullptr : attach(file, descriptor, mode);
}

FILE* _wfopen(const WCHAR* path, const WCHAR* mode) {
  char narrow_path[260], narrow_mode[8];
  unsigned i = 0;
  for (; path[i] != 0 && i + 1 < sizeof narrow_path; ++i)
    narrow_path[i] = static_cast<char>(path[i]);
  narrow_path[i] = '\0';
  for (i = 0; mode[i] != 0 && i + 1 < sizeof narrow_mode; ++i)
    narrow_mode[i] = static_cast<char>(mode[i]);
  narrow_mode[i] = '\0';
  return fopen(narrow_path, narrow_mode);
}

FILE* _fdopen(int descriptor, const char* mode) {
  const Guard guard;
  FILE* file = free_stream();
  return file == nullptr ? nullptr : attach(file, descriptor, mode);
}

int fflush(FILE* file) {
  const Guard guard;
  if (file == nullptr) {
    c::flush_all();
    return 0;
  }
  return flush(file);
}

int fclose(FILE* file) {
  const Guard guard;
  if (file == nullptr || !in_use(*file)) return EOF;
  const int flushed = flush(file);
  const int closed = c::close(file->_file);
  if ((file->_flag & _IOMYBUF) != 0) free(file->_base);
  *file = {};
  return flushed == 0 && closed == 0 ? 0 : EOF;
}

FILE* freopen(const char* path, const char* mode, FILE* file) {
  fclose(file);
  const int descriptor = c::open(path, flags_of(mode));
  return descriptor < 0 ? nullptr : attach(file, descriptor, mode);
}

int fgetc(FILE* file) {
  const Guard guard;
  return next(file);
}
int getc(FILE* file) { return fgetc(file); }
int getchar() { return fgetc(&_iob[0]); }
int _filbuf(FILE* file) { return fgetc(file); }

int fputc(int c, FILE* file) {
  const Guard guard;
  return put(file, c);
}
int putc(int c, FILE* file) { return fputc(c, file); }
int putchar(int c) { return fputc(c, &_iob[1]); }
int _flsbuf(int c, FILE* file) { return fputc(c, file); }

int ungetc(int c, FILE* file) {
  const Guard guard;
  if (c == EOF || file->_charbuf != 0) return EOF;
  file->_charbuf = (c & 0xFF) + 1;
  file->_flag &= ~_IOEOF;
  return c & 0xFF;
}

char* fgets(char* to, int room, FILE* file) {
  const Guard guard;
  int count = 0;
  while (count + 1 < room) {
    const int c = next(file);
    if (c == EOF) break;
    to[count++] = static_cast<char>(c);
    if (c == '\n') break;
  }
  if (count == 0) return nullptr;
  to[count] = '\0';
  return to;
}

int fputs(const char* text, FILE* file) {
  const size_t length = strlen(text);
  return fwrite(text, 1, length, file) == length ? 0 : EOF;
}
int puts(const char* text) {
  return fputs(text, &_iob[1]) == 0 && fputc('\n', &_iob[1]) == '\n' ? 0 : EOF;
}

size_t fread(void* to, size_t size, size_t count, FILE* file) {
  const Guard guard;
  if (size == 0) return 0;
  auto* bytes = static_cast<char*>(to);
  for (size_t i = 0; i < size * count; ++i) {
    const int c = next(file);
    if (c == EOF) return i / size;
    bytes[i] = static_cast<char>(c);
  }
  return count;
}

size_t fwrite(const void* from, size_t size, size_t count, FILE* file) {
  const Guard guard;
  if (size == 0) return 0;
  const auto* bytes = static_cast<const char*>(from);
  for (size_t i = 0; i < size * count; ++i) {
    if (put(file, static_cast<unsigned char>(bytes[i])) == EOF) return i / size;
  }
  return count;
}

int _fseeki64(FILE* file, LONGLONG to, int from) {
  const Guard guard;
  if (from == SEEK_CUR && (file->_flag & _IOWRT) == 0) to -= unread(file);
  flush(file);
  forget_buffer(file);
  file->_charbuf = 0;
  file->_flag &= ~_IOEOF;
  if ((file->_flag & _IORW) != 0) file->_flag &= ~(_IOREAD | _IOWRT);
  return c::seek(file->_file, to, from) < 0 ? -1 : 0;
}
int fseek(FILE* file, LONG to, int from) { return _fseeki64(file, to, from); }

LONGLONG _ftelli64(FILE* file) {
  const Guard guard;
  if ((file->_flag & _IOWRT) != 0) flush(file);
  const LONGLONG at = c::seek(file->_file, 0, SEEK_CUR);
  return at < 0 ? -1 : (file->_flag & _IOWRT) != 0 ? at : at - unread(file);
}
LONG ftell(FILE* file) { return static_cast<LONG>(_ftelli64(file)); }

int fgetpos(FILE* file, LONGLONG* position) {
  *position = _ftelli64(file);
  return *position < 0 ? -1 : 0;
}
int fsetpos(FILE* file, const LONGLONG* position) { return _fseeki64(file, *position, SEEK_SET); }
void rewind(FILE* file) {
  _fseeki64(file, 0, SEEK_SET);
  file->_flag &= ~_IOERR;
}

int feof(FILE* file) { return file->_flag & _IOEOF; }
int ferror(FILE* file) { return file->_flag & _IOERR; }
void clearerr(FILE* file) { file->_flag &= ~(_IOEOF | _IOERR); }
int _fileno(FILE* file) { return file->_file; }

int setvbuf(FILE* file, char* buffer, int mode, size_t size) {
  const Guard guard;
  flush(file);
  if ((file->_flag & _IOMYBUF) != 0) free(file->_base);
  file->_flag &= ~(_IOMYBUF | _IONBF);
  file->_base = nullptr;
  file->_cnt = 0;
  if (mode == _IONBF || (buffer != nullptr && size < 2)) {
    file->_flag |= _IONBF;
  } else if (buffer != nullptr) {
    file->_base = buffer;
    file->_bufsiz = static_cast<int>(size);
  }
  forget_buffer(file);
  return 0;
}
void setbuf(FILE* file, char* buffer) {
  setvbuf(file, buffer, buffer == nullptr ? _IONBF : 0, 512);
}

}  // extern "C"
