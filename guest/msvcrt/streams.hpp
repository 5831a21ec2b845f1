// Descriptors and streams, as the parts of stdio and low-level I/O share them.
#pragma once

#include "guest/msvcrt/msvcrt.hpp"

namespace c {

// Descriptors (descriptor.cpp).
struct Descriptor {
  HANDLE handle;
  bool open, text, append, end;
};
inline constexpr int descriptors = 128;
void open_standard_descriptors();
/// The descriptor of that number; without one null, and errno is EBADF.
Descriptor* find_descriptor(int number);
/// Of a number in range, open or not.
Descriptor* descriptor_slot(int number);
/// A free number for the handle; without one it is closed, and errno is EMFILE.
int enter_descriptor(HANDLE handle, bool text, bool append);
int open(const char* path, int flags, int share = 0x40, int mode = 0x180);
int close(int descriptor);
/// Bytes moved, or -1. Text mode makes CR LF of LF and LF of CR LF; Ctrl-Z ends the text.
int read(int descriptor, char* to, unsigned count);
int write(int descriptor, const char* from, unsigned count);
LONGLONG seek(int descriptor, LONGLONG to, int from);
bool is_console(int descriptor);
bool is_text(int descriptor);

// Streams (stream.cpp).
inline constexpr int standard_streams = 3, streams = open_streams;
void open_standard_streams();
void flush_all();
void flush_at_end();
inline bool in_use(const FILE& file) { return (file._flag & (_IOREAD | _IOWRT | _IORW)) != 0; }

/// A stream is one thread's at a time, each with a lock of its own: who waits for a line of the
/// console keeps nobody else from writing.
class StreamGuard {
 public:
  explicit StreamGuard(FILE* file);
  ~StreamGuard();
  StreamGuard(const StreamGuard&) = delete;
  StreamGuard& operator=(const StreamGuard&) = delete;

 private:
  RTL_CRITICAL_SECTION& section_;
};
RTL_CRITICAL_SECTION& section_of(FILE* file);

/// Lends a stream that has no buffer one for the time of a call that writes much.
class LentBuffer {
 public:
  explicit LentBuffer(FILE* file);
  ~LentBuffer();
  LentBuffer(const LentBuffer&) = delete;
  LentBuffer& operator=(const LentBuffer&) = delete;

 private:
  FILE* file_ = nullptr;
  char buffer_[512];
};

// All of these want the stream's lock.
int next(FILE* file);
int put(FILE* file, int character);
bool put_text(FILE* file, const char* text);
int push_back(FILE* file, int character);
int flush(FILE* file);
void forget_buffer(FILE* file);
/// A character of a text, or two bytes of a binary stream.
wint_t next_wide(FILE* file);
wint_t put_wide(FILE* file, WCHAR character);
wint_t push_back_wide(FILE* file, wint_t character);

}  // namespace c
