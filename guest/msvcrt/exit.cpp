// The program's end: what is to be called then, exit in its forms, abort, assert.
#include "guest/msvcrt/streams.hpp"

namespace {

using Procedure = void(__cdecl*)();
using OnExit = int(__cdecl*)();

Procedure* at_exit;
unsigned count, room;

/// The last one first; they may add others.
void run_exit_procedures() {
  for (;;) {
    Procedure procedure = nullptr;
    {
      const c::Guard guard(c::exit_lock);
      if (count != 0) procedure = at_exit[--count];
    }
    if (procedure == nullptr) return;
    procedure();
  }
}

}  // namespace

extern "C" {

int raise(int number);

OnExit _onexit(OnExit procedure) {
  const c::Guard guard(c::exit_lock);
  if (count == room) {
    const unsigned wanted = room == 0 ? 32 : 2 * room;
    auto* more = static_cast<Procedure*>(realloc(at_exit, wanted * sizeof(Procedure)));
    if (more == nullptr) return nullptr;
    at_exit = more;
    room = wanted;
  }
  at_exit[count++] = reinterpret_cast<Procedure>(procedure);
  return procedure;
}
int atexit(Procedure procedure) {
  return _onexit(reinterpret_cast<OnExit>(procedure)) == nullptr ? -1 : 0;
}

/// The same for a library's own list, which grows from *begin to *end.
OnExit __dllonexit(OnExit procedure, OnExit** begin, OnExit** end) {
  const c::Guard guard(c::exit_lock);
  const auto used = static_cast<size_t>(*end - *begin);
  auto* more = static_cast<OnExit*>(realloc(*begin, (used + 1) * sizeof(OnExit)));
  if (more == nullptr) return nullptr;
  more[used] = procedure;
  *begin = more;
  *end = more + used + 1;
  return procedure;
}

void _cexit() {
  run_exit_procedures();
  c::flush_all();
}
void _c_exit() {}
[[noreturn]] void _exit(int code) { ExitProcess(static_cast<UINT>(code)); }
[[noreturn]] void exit(int code) {
  _cexit();
  _exit(code);
}
[[noreturn]] void _amsg_exit(int) { _exit(255); }

[[noreturn]] void abort() {
  constexpr int SIGABRT = 22;
  constexpr char text[] =
      "\nThis application has requested the Runtime to terminate it in an unusual way.\nPlease "
      "contact the application's support team for more information.\n";
  if (c::signal_is_handled(SIGABRT)) {
    raise(SIGABRT);
  } else {
    c::write(2, text, sizeof text - 1);
  }
  _exit(3);
}

void _assert(const char* expression, const char* file, unsigned line) {
  FILE* error = &_iob[2];
  {
    const c::StreamGuard guard(error);
    c::put_text(error, "Assertion failed: ");
    c::put_text(error, expression);
    c::put_text(error, ", file ");
    c::put_text(error, file);
    c::put_text(error, ", line ");
    char digits[12];
    char* at = digits + sizeof digits;
    *--at = '\0';
    do *--at = static_cast<char>('0' + line % 10);
    while ((line /= 10) != 0);
    c::put_text(error, at);
    c::put_text(error, "\n");
  }
  abort();
}

void _wassert(const WCHAR* expression, const WCHAR* file, unsigned line) {
  _assert(c::Narrow(expression).get(), c::Narrow(file).get(), line);
}

}  // extern "C"
