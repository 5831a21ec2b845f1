// termios and sigaction.
#include "app/terminal.hpp"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <initializer_list>

namespace faultline::app {
namespace {

termios saved_mode;
volatile std::sig_atomic_t raw = 0;
volatile std::sig_atomic_t signal_seen = 0;

void restore() {
  if (raw != 0) tcsetattr(STDIN_FILENO, TCSANOW, &saved_mode);
  raw = 0;
}

/// For signals that end the process on the spot: leave the terminal as it was found.
void restore_and_die(int number) {
  restore();
  std::signal(number, SIG_DFL);
  std::raise(number);
}

constexpr int ticks_of_grace = 3;
volatile std::sig_atomic_t ticks = 0;

/// Sets the flag. Whoever blocks in a system call, or has not got round to the flag, is interrupted
/// again each second; the process ends in any case.
void remember_signal(int number) {
  signal_seen = number;
  alarm(1);
}

void tick(int) {
  ticks = ticks + 1;
  if (ticks > ticks_of_grace) restore_and_die(signal_seen);
  alarm(1);
}

volatile std::sig_atomic_t interrupt_seen = 0;

void remember_interrupt(int) { interrupt_seen = 1; }

void on_signal(int number, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;  // without SA_RESTART: a blocking read comes back
  sigaction(number, &action, nullptr);
}

}  // namespace

bool stdin_is_terminal() { return isatty(STDIN_FILENO) != 0; }

RawTerminal::RawTerminal() {
  if (tcgetattr(STDIN_FILENO, &saved_mode) != 0) return;
  termios mode = saved_mode;
  cfmakeraw(&mode);
  mode.c_oflag |= OPOST;  // our own messages still end their lines properly
  if (tcsetattr(STDIN_FILENO, TCSANOW, &mode) != 0) return;
  raw = 1;
  for (const int number : {SIGABRT, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGQUIT}) {
    on_signal(number, restore_and_die);
  }
  std::atexit(restore);
}

RawTerminal::~RawTerminal() { restore(); }

void fill_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    // What open() returns is the lowest free number: this one.
    if (fcntl(stream, F_GETFD) < 0 && open("/dev/null", O_RDWR) != stream) std::abort();
  }
}

void catch_signals() {
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) on_signal(number, remember_signal);
  on_signal(SIGALRM, tick);
  on_signal(SIGPIPE, SIG_IGN);
}

int pending_signal() { return signal_seen; }

void catch_interrupts() { on_signal(SIGINT, remember_interrupt); }

bool take_interrupt() {
  const bool seen = interrupt_seen != 0;
  interrupt_seen = 0;
  return seen;
}

}  // namespace faultline::app
