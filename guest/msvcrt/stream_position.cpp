// Where a stream is in its file.
#include "guest/msvcrt/streams.hpp"

namespace {

/// Bytes of the file that have been read and not handed out: text has lost its CRs.
LONGLONG unread(const FILE* file) {
  LONGLONG bytes = file->_cnt;
  if (!c::is_text(file->_file)) return bytes;
  for (int i = 0; i < file->_cnt; ++i) bytes += file->_ptr[i] == '\n';
  return bytes;
}

/// Bytes that the file will have more of when the buffer has gone out.
LONGLONG unwritten(const FILE* file) {
  if (file->_base == nullptr) return 0;
  LONGLONG bytes = file->_ptr - file->_base;
  if (!c::is_text(file->_file)) return bytes;
  for (const char* at = file->_base; at != file->_ptr; ++at) bytes += *at == '\n';
  return bytes;
}

/// What is appended counts from where the descriptor is; only writing moves that to the end.
LONGLONG tell(FILE* file) {
  const bool writing = (file->_flag & _IOWRT) != 0;
  const LONGLONG at = c::seek(file->_file, 0, SEEK_CUR);
  return at < 0 ? -1 : writing ? at + unwritten(file) : at - unread(file);
}

}  // namespace

extern "C" {

int _fseeki64(FILE* file, LONGLONG to, int from) {
  const c::StreamGuard guard(file);
  if (from < SEEK_SET || from > SEEK_END) return c::fail(EINVAL);
  if (from == SEEK_CUR && (file->_flag & _IOWRT) == 0) to -= unread(file);
  c::flush(file);
  c::forget_buffer(file);
  file->_flag &= ~_IOEOF;
  if ((file->_flag & _IORW) != 0) file->_flag &= ~(_IOREAD | _IOWRT);
  return c::seek(file->_file, to, from) < 0 ? -1 : 0;
}
int fseek(FILE* file, LONG to, int from) { return _fseeki64(file, to, from); }

LONGLONG _ftelli64(FILE* file) {
  const c::StreamGuard guard(file);
  return tell(file);
}
LONG ftell(FILE* file) { return static_cast<LONG>(_ftelli64(file)); }

int fgetpos(FILE* file, LONGLONG* position) {
  *position = _ftelli64(file);
  return *position < 0 ? -1 : 0;
}
int fsetpos(FILE* file, const LONGLONG* position) { return _fseeki64(file, *position, SEEK_SET); }
void rewind(FILE* file) {
  const c::StreamGuard guard(file);
  _fseeki64(file, 0, SEEK_SET);
  file->_flag &= ~_IOERR;
}

}  // extern "C"
