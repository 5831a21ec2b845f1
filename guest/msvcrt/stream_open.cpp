// Streams come and go: fopen and its kin, fclose, flushing, buffers.
#include "guest/msvcrt/streams.hpp"

namespace {

/// "r", "w+b" and so on as flags of a descriptor; -1: no mode.
int flags_of(const char* mode) {
  while (*mode == ' ') ++mode;
  int flags = 0;
  switch (*mode) {
    case 'r':
      flags = _O_RDONLY;
      break;
    case 'w':
      flags = _O_WRONLY | _O_CREAT | _O_TRUNC;
      break;
    case 'a':
      flags = _O_WRONLY | _O_CREAT | _O_APPEND;
      break;
    default:
      return -1;
  }
  for (++mode; *mode != '\0' && *mode != ','; ++mode) {
    switch (*mode) {
      case '+':
        flags = (flags & ~3) | _O_RDWR;
        break;
      case 'b':
        flags |= _O_BINARY;
        break;
      case 't':
        flags |= _O_TEXT;
        break;
      case 'D':
        flags |= _O_TEMPORARY;
        break;
      case 'T':
        flags |= _O_SHORT_LIVED;
        break;
      case 'S':
        flags |= _O_SEQUENTIAL;
        break;
      case 'R':
        flags |= _O_RANDOM;
        break;
      case 'N':
        flags |= _O_NOINHERIT;
        break;
      default:
        break;
    }
  }
  return flags;
}

FILE* attach(FILE* file, int descriptor, int flags) {
  *file = {};
  file->_file = descriptor;
  const int way = flags & 3;
  file->_flag = way == _O_RDWR ? _IORW : way == _O_RDONLY ? _IOREAD : _IOWRT;
  return file;
}

FILE* free_stream() {
  for (int i = c::standard_streams; i < c::streams; ++i) {
    if (!c::in_use(_iob[i])) return &_iob[i];
  }
  return c::no_pointer(EMFILE);
}

FILE* open(const char* path, const char* mode, int share) {
  const int flags = path == nullptr || mode == nullptr ? -1 : flags_of(mode);
  if (flags < 0) return c::no_pointer(EINVAL);
  const c::Guard guard(c::streams_lock);
  FILE* file = free_stream();
  if (file == nullptr) return nullptr;
  const int descriptor = c::open(path, flags, share);
  return descriptor < 0 ? nullptr : attach(file, descriptor, flags);
}

int close(FILE* file) {
  const c::StreamGuard guard(file);
  if (!c::in_use(*file)) return EOF;
  const int flushed = c::flush(file);
  const int closed = c::close(file->_file);
  if ((file->_flag & _IOMYBUF) != 0) free(file->_base);
  free(file->_tmpfname);  // the file goes with its descriptor
  *file = {};
  return flushed == 0 && closed == 0 ? 0 : EOF;
}

int close_all(bool temporary) {
  int count = 0;
  for (int i = c::standard_streams; i < c::streams; ++i) {
    const bool wanted = !temporary || _iob[i]._tmpfname != nullptr;
    if (c::in_use(_iob[i]) && wanted && close(&_iob[i]) == 0) ++count;
  }
  return count;
}

}  // namespace

extern "C" {

FILE* fopen(const char* path, const char* mode) { return open(path, mode, 0x40); }
FILE* _fsopen(const char* path, const char* mode, int share) { return open(path, mode, share); }
FILE* _wfopen(const WCHAR* path, const WCHAR* mode) {
  return open(c::Narrow(path).get(), c::Narrow(mode).get(), 0x40);
}
FILE* _wfsopen(const WCHAR* path, const WCHAR* mode, int share) {
  return open(c::Narrow(path).get(), c::Narrow(mode).get(), share);
}

FILE* _fdopen(int descriptor, const char* mode) {
  const int flags = flags_of(mode);
  if (flags < 0) return c::no_pointer(EINVAL);
  if (c::find_descriptor(descriptor) == nullptr) return nullptr;
  const c::Guard guard(c::streams_lock);
  FILE* file = free_stream();
  return file == nullptr ? nullptr : attach(file, descriptor, flags);
}
FILE* _wfdopen(int descriptor, const WCHAR* mode) {
  return _fdopen(descriptor, c::Narrow(mode).get());
}

/// The descriptor's number stays where the standard streams are.
FILE* freopen(const char* path, const char* mode, FILE* file) {
  const int flags = flags_of(mode);
  const c::StreamGuard guard(file);
  if (flags < 0) return c::no_pointer(EINVAL);
  close(file);
  const int descriptor = c::open(path, flags);
  return descriptor < 0 ? nullptr : attach(file, descriptor, flags);
}
FILE* _wfreopen(const WCHAR* path, const WCHAR* mode, FILE* file) {
  return freopen(c::Narrow(path).get(), c::Narrow(mode).get(), file);
}

int fclose(FILE* file) {
  if (file != nullptr) return close(file);
  return c::fail(EINVAL);
}
int _fcloseall() { return close_all(false); }
int _rmtmp() { return close_all(true); }

int fflush(FILE* file) {
  if (file == nullptr) {
    c::flush_all();
    return 0;
  }
  const c::StreamGuard guard(file);
  return c::flush(file);
}

/// How many streams are open.
int _flushall() {
  int count = 0;
  c::flush_all();
  for (const FILE& file : _iob) count += c::in_use(file) ? 1 : 0;
  return count;
}

int setvbuf(FILE* file, char* buffer, int mode, size_t size) {
  const c::StreamGuard guard(file);
  if (mode != _IOFBF && mode != _IONBF && mode != _IOLBF) return -1;
  if (mode != _IONBF && (size < 2 || size > 0x7FFFFFFF)) return -1;
  c::flush(file);
  if ((file->_flag & _IOMYBUF) != 0) free(file->_base);
  file->_flag &= ~(_IOMYBUF | _IONBF);
  file->_base = nullptr;
  if (mode == _IONBF) {
    file->_flag |= _IONBF;
  } else {
    file->_bufsiz = static_cast<int>(size);
    file->_base = buffer != nullptr ? buffer : static_cast<char*>(malloc(size));
    if (buffer == nullptr && file->_base != nullptr) file->_flag |= _IOMYBUF;
  }
  c::forget_buffer(file);
  return 0;
}
void setbuf(FILE* file, char* buffer) {
  setvbuf(file, buffer, buffer == nullptr ? _IONBF : _IOFBF, 512);
}

int _getmaxstdio() { return c::streams; }
int _setmaxstdio(int wanted) {
  return wanted >= 20 && wanted <= c::streams ? wanted : c::fail(EINVAL);
}

int feof(FILE* file) { return file->_flag & _IOEOF; }
int ferror(FILE* file) { return file->_flag & _IOERR; }
void clearerr(FILE* file) { file->_flag &= ~(_IOEOF | _IOERR); }
int _fileno(FILE* file) { return file->_file; }

}  // extern "C"
