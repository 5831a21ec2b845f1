// Streams: a buffer over a descriptor.
#include "guest/msvcrt/streams.hpp"

namespace {

constexpr int buffer_size = 4096, small_size = sizeof(FILE::_charbuf);

RTL_CRITICAL_SECTION sections[c::streams];
volatile bool ready[c::streams];

/// A stream without a buffer reads and writes a byte at a time through the room in the stream
/// itself.
bool is_small(const FILE* file) {
  return file->_base == reinterpret_cast<const char*>(&file->_charbuf);
}

void make_buffer(FILE* file) {
  if (file->_base != nullptr) return;
  if ((file->_flag & _IONBF) == 0) {
    file->_base = static_cast<char*>(malloc(buffer_size));
    file->_bufsiz = buffer_size;
  }
  if (file->_base != nullptr) {
    file->_flag |= _IOMYBUF;
  } else {
    file->_base = reinterpret_cast<char*>(&file->_charbuf);
    file->_bufsiz = small_size;
  }
  c::forget_buffer(file);
}

bool refuse(FILE* file) {
  file->_flag |= _IOERR;
  c::fail(EBADF);
  return false;
}

/// The stream reads from now on.
bool for_reading(FILE* file) {
  if ((file->_flag & _IOREAD) != 0) return true;
  if ((file->_flag & _IORW) == 0) return refuse(file);
  c::flush(file);
  file->_flag = (file->_flag & ~_IOWRT) | _IOREAD;
  return true;
}

bool for_writing(FILE* file) {
  if ((file->_flag & _IOWRT) != 0) return true;
  if ((file->_flag & _IORW) == 0) return refuse(file);
  if (file->_cnt > 0) c::seek(file->_file, -file->_cnt, SEEK_CUR);
  c::forget_buffer(file);
  file->_flag = (file->_flag & ~(_IOREAD | _IOEOF)) | _IOWRT;
  return true;
}

bool fill(FILE* file) {
  make_buffer(file);
  const unsigned wanted = is_small(file) ? 1 : static_cast<unsigned>(file->_bufsiz);
  const int got = c::read(file->_file, file->_base, wanted);
  c::forget_buffer(file);
  if (got <= 0) {
    file->_flag |= got == 0 ? _IOEOF : _IOERR;
    return false;
  }
  file->_cnt = got;
  return true;
}

}  // namespace

RTL_CRITICAL_SECTION& c::section_of(FILE* file) {
  const auto index = static_cast<size_t>(file - _iob);
  if (index >= streams) return numbered_section(streams_lock);
  if (!ready[index]) {
    RtlAcquirePebLock();
    if (!ready[index]) {
      RtlInitializeCriticalSection(&sections[index]);
      ready[index] = true;
    }
    RtlReleasePebLock();
  }
  return sections[index];
}

c::StreamGuard::StreamGuard(FILE* file) : section_(section_of(file)) {
  RtlEnterCriticalSection(&section_);
}
c::StreamGuard::~StreamGuard() { RtlLeaveCriticalSection(&section_); }

c::LentBuffer::LentBuffer(FILE* file) {
  const bool without = file->_base == nullptr || is_small(file);
  if ((file->_flag & _IONBF) == 0 || (file->_flag & _IOWRT) == 0 || !without) return;
  file_ = file;
  file->_base = buffer_;
  file->_bufsiz = sizeof buffer_;
  forget_buffer(file);
}

c::LentBuffer::~LentBuffer() {
  if (file_ == nullptr) return;
  flush(file_);
  file_->_base = file_->_ptr = nullptr;
  file_->_cnt = file_->_bufsiz = 0;
}

void c::forget_buffer(FILE* file) {
  file->_ptr = file->_base;
  file->_cnt = 0;
}

/// What has been filled goes out.
int c::flush(FILE* file) {
  if ((file->_flag & _IOWRT) == 0 || file->_base == nullptr) return 0;
  const int count = static_cast<int>(file->_ptr - file->_base);
  forget_buffer(file);
  if (count <= 0) return 0;
  if (write(file->_file, file->_base, static_cast<unsigned>(count)) == count) return 0;
  file->_flag |= _IOERR;
  return EOF;
}

int c::next(FILE* file) {
  if (file->_cnt <= 0 && (!for_reading(file) || !fill(file))) return EOF;
  --file->_cnt;
  return static_cast<unsigned char>(*file->_ptr++);
}

int c::put(FILE* file, int character) {
  if (!for_writing(file)) return EOF;
  make_buffer(file);
  *file->_ptr++ = static_cast<char>(character);
  const bool full = is_small(file) || file->_ptr - file->_base == file->_bufsiz;
  if (full && flush(file) != 0) return EOF;
  return character & 0xFF;
}

bool c::put_text(FILE* file, const char* text) {
  for (; *text != '\0'; ++text) {
    if (put(file, static_cast<unsigned char>(*text)) == EOF) return false;
  }
  return true;
}

/// In front of what has been read; the room that there is sets the bound.
int c::push_back(FILE* file, int character) {
  const bool readable = (file->_flag & _IOREAD) != 0 || ((file->_flag & (_IORW | _IOWRT)) == _IORW);
  if (character == EOF || !readable) return EOF;
  make_buffer(file);
  if (file->_ptr == file->_base) {
    if (file->_cnt != 0) return EOF;
    file->_ptr += is_small(file) ? small_size : 2;
  }
  *--file->_ptr = static_cast<char>(character);
  ++file->_cnt;
  file->_flag = (file->_flag & ~_IOEOF) | _IOREAD;
  return character & 0xFF;
}

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
  for (FILE& file : _iob) {
    if ((file._flag & _IOWRT) == 0) continue;  // another thread may wait in it for a line to read
    const StreamGuard guard(&file);
    flush(&file);
  }
}

/// The process ends: nobody else is left, whatever they had locked.
void c::flush_at_end() {
  for (FILE& file : _iob) {
    if ((file._flag & _IOWRT) != 0) flush(&file);
  }
}

extern "C" {

FILE _iob[c::streams];

FILE* __p__iob() { return _iob; }
FILE* __iob_func() { return _iob; }
void _lock_file(FILE* file) { RtlEnterCriticalSection(&c::section_of(file)); }
void _unlock_file(FILE* file) { RtlLeaveCriticalSection(&c::section_of(file)); }

}  // extern "C"
