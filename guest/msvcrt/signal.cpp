// Signals. Those of exceptions come through the program's own filter of unhandled exceptions, which
// asks signal for the handler; Ctrl-C has no way in.
#include <initializer_list>

#include "guest/msvcrt/msvcrt.hpp"

namespace {

using Handler = void(__cdecl*)(int);
using AnyHandler = void(__cdecl*)(int, int);

constexpr int SIGINT = 2, SIGILL = 4, SIGFPE = 8, SIGSEGV = 11, SIGTERM = 15, SIGBREAK = 21,
              SIGABRT = 22, signal_count = 23, explicitly_raised = 0x8C;
const Handler by_default = nullptr, ignored = reinterpret_cast<Handler>(1);
Handler handlers[signal_count];

bool known(int number) {
  for (const int one : {SIGINT, SIGILL, SIGFPE, SIGSEGV, SIGTERM, SIGBREAK, SIGABRT}) {
    if (one == number) return true;
  }
  return false;
}

}  // namespace

bool c::signal_is_handled(int number) {
  return handlers[number] != by_default && handlers[number] != ignored;
}

extern "C" {

[[noreturn]] void _exit(int code);

Handler signal(int number, Handler handler) {
  const auto value = reinterpret_cast<ULONG>(handler);
  if (!known(number) || (value >= 2 && value <= 4)) {  // SIG_GET, SIG_SGE, SIG_ACK
    c::fail(EINVAL);
    return reinterpret_cast<Handler>(-1);
  }
  const Handler old = handlers[number];
  handlers[number] = handler;
  return old;
}

int raise(int number) {
  if (!known(number)) return -1;
  const Handler handler = handlers[number];
  if (handler == ignored) return 0;
  if (handler == by_default) _exit(3);
  handlers[number] = by_default;
  // The handler of SIGFPE may have a second parameter; what is not asked for does no harm.
  reinterpret_cast<AnyHandler>(reinterpret_cast<void*>(handler))(number, explicitly_raised);
  return 0;
}

}  // extern "C"
