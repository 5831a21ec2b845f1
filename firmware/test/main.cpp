// The BIOS test's frame: reporting, calling, running.
#include "arch/ports.hpp"
#include "firmware/test/bios_test.hpp"

extern "C" void call_int(arch::u32 vector, bios_test::Registers* registers);

namespace bios_test {
namespace {

u32 checks = 0, failures = 0;

void print(const char* text) {
  for (; *text != 0; ++text) outb(port::debug_console, static_cast<u8>(*text));
}
void print_number(u32 value) {
  if (value >= 10) print_number(value / 10);
  outb(port::debug_console, static_cast<u8>('0' + value % 10));
}

}  // namespace

Registers interrupt(u8 vector, Registers r) {
  const u32 frame = r.ebp;
  call_int(vector, &r);
  check(r.ebp == frame && r.stack_high == 0x5AA5, "EBP and ESP survive a service");
  return r;
}

void check(bool ok, const char* what) {
  ++checks;
  if (ok) return;
  ++failures;
  print("FAILED ");
  print(what);
  print("\n");
}

extern "C" void run_tests() {
  test_system();
  test_video();
  test_disk();
  test_keyboard();
  test_clock();
  test_serial();
  print_number(checks);
  print(" checks, ");
  print_number(failures);
  print(" failures\n");
  outl(port::exit_register, failures);
  outb(port::debug_exit, static_cast<u8>(failures));
}

}  // namespace bios_test
