// Messages go to the screen by INT 10h and to COM1.
#include "firmware/boot/loader/fatal.hpp"

#include "arch/ports.hpp"
#include "firmware/boot/loader/bios.hpp"
#include "firmware/boot/loader/ports.hpp"

namespace loader {
namespace {

void print_character(char c) {
  BiosRegisters r;
  r.vector = 0x10;
  r.eax = 0x0E00u | static_cast<u8>(c);
  r.ebx = 7;
  call_bios(&r);
  constexpr u16 line_status = port::com1 + 5;
  constexpr u8 transmitter_empty = 0x20;
  for (u32 i = 0; i < 1'000'000 && (inb(line_status) & transmitter_empty) == 0; ++i) {
  }
  outb(port::com1, static_cast<u8>(c));
}

}  // namespace

void print(const char* text) {
  for (; *text != 0; ++text) {
    if (*text == '\n') print_character('\r');
    print_character(*text);
  }
}

void print_decimal(u32 value) {
  char digits[11];
  char* p = digits + sizeof digits - 1;
  *p = 0;
  do {
    *--p = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  print(p);
}

void stop(StopCode code) {
  print("\n");
  outl(port::bugcheck_register, static_cast<u32>(code));
  for (;;) asm volatile("cli; hlt");
}

void fatal(const char* message, StopCode code) {
  print(message);
  stop(code);
}

}  // namespace loader
